//! Header names, and the typed views of the headers that a registrar and proxy reads: a file a header.
//!
//! A view borrows from the message and is made when it is asked for. Headers without a view pass as they came.
//!
//! RFC 3261 §7.3, §20.

mod auth;
mod contact;
mod cseq;
mod event;
mod expires;
mod lookup;
mod max_forwards;
mod name_addr;
mod option_tags;
mod route;
mod via;

pub use auth::{Credentials, Digest};
pub use contact::{Contact, Q_ONE};
pub use cseq::CSeq;
pub use event::Event;
pub use expires::delta_seconds;
pub(crate) use lookup::name_at;
pub use max_forwards::max_forwards;
pub use name_addr::NameAddr;
pub use option_tags::option_tags;
pub use route::Route;
pub use via::{COOKIE, Via};
pub(crate) use via::{address as host_address, host};

/// A header, parameter or URI that its grammar does not allow. It names what was being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {0}")]
pub struct Malformed(pub &'static str);

macro_rules! header_names {
    ($($(#[doc = $doc:literal])? $variant:ident = $text:literal $(/ $compact:literal)?;)*) => {
        /// A header's name. Full and compact spelling are the same name; what is not listed is [`HeaderName::Other`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum HeaderName {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// Any other name; its text is in the message.
            Other,
        }

        impl HeaderName {
            /// The full spelling, empty for [`HeaderName::Other`].
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(HeaderName::$variant => $text,)*
                    HeaderName::Other => "",
                }
            }

            /// Every name that is known, with its compact form where it has one.
            pub const ALL: &'static [(HeaderName, Option<u8>)] = &[
                $((HeaderName::$variant, header_names!(@compact $($compact)?)),)*
            ];

            /// How many there are, [`HeaderName::Other`] included.
            pub(crate) const COUNT: usize = HeaderName::ALL.len() + 1;
        }
    };
    (@compact) => { None };
    (@compact $compact:literal) => { Some($compact) };
}

header_names! {
    Accept = "Accept";
    AcceptEncoding = "Accept-Encoding";
    AcceptLanguage = "Accept-Language";
    AlertInfo = "Alert-Info";
    Allow = "Allow";
    AllowEvents = "Allow-Events" / b'u';
    Authorization = "Authorization";
    CallId = "Call-ID" / b'i';
    Contact = "Contact" / b'm';
    ContentEncoding = "Content-Encoding" / b'e';
    ContentLength = "Content-Length" / b'l';
    ContentType = "Content-Type" / b'c';
    CSeq = "CSeq";
    Date = "Date";
    Diversion = "Diversion";
    Event = "Event" / b'o';
    Expires = "Expires";
    From = "From" / b'f';
    HistoryInfo = "History-Info";
    MaxBreadth = "Max-Breadth";
    MaxForwards = "Max-Forwards";
    MinExpires = "Min-Expires";
    FlowTimer = "Flow-Timer";
    MinSe = "Min-SE";
    PAssertedIdentity = "P-Asserted-Identity";
    PPreferredIdentity = "P-Preferred-Identity";
    Path = "Path";
    Privacy = "Privacy";
    ProxyAuthenticate = "Proxy-Authenticate";
    ProxyAuthorization = "Proxy-Authorization";
    ProxyRequire = "Proxy-Require";
    RSeq = "RSeq";
    Reason = "Reason";
    RecordRoute = "Record-Route";
    ReferTo = "Refer-To" / b'r';
    ReferredBy = "Referred-By" / b'b';
    RemotePartyId = "Remote-Party-ID";
    Require = "Require";
    RetryAfter = "Retry-After";
    Route = "Route";
    Server = "Server";
    ServiceRoute = "Service-Route";
    SessionExpires = "Session-Expires" / b'x';
    Subject = "Subject" / b's';
    Supported = "Supported" / b'k';
    Timestamp = "Timestamp";
    To = "To" / b't';
    Unsupported = "Unsupported";
    UserAgent = "User-Agent";
    Via = "Via" / b'v';
    Warning = "Warning";
    WwwAuthenticate = "WWW-Authenticate";
}

impl HeaderName {
    /// Whether the parser refuses a message that has two lines of it: without it nobody could say which one counts.
    #[inline]
    pub(crate) fn is_single(self) -> bool {
        use HeaderName as H;
        matches!(self, H::CallId | H::CSeq | H::From | H::MaxForwards | H::To)
    }

    /// The name that a text spells, in any case, full or compact (RFC 3261 §7.3.3, §20).
    pub fn from_bytes(text: &[u8]) -> HeaderName {
        let mut line = [b':'; lookup::LONGEST];
        let Some(start) = line.get_mut(..text.len()) else { return HeaderName::Other };
        start.copy_from_slice(text);
        match name_at(&line) {
            Some((name, len)) if len == text.len() => name,
            _ => HeaderName::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_in_its_compact_form() {
        for (name, letter) in HeaderName::ALL {
            assert_eq!(HeaderName::from_bytes(name.as_str().as_bytes()), *name);
            assert_eq!(HeaderName::from_bytes(name.as_str().to_uppercase().as_bytes()), *name);
            if let Some(letter) = letter {
                assert_eq!(HeaderName::from_bytes(&[*letter]), *name);
                assert_eq!(HeaderName::from_bytes(&[letter.to_ascii_uppercase()]), *name);
            }
        }
    }

    #[test]
    fn unknown_names_are_other() {
        for name in [
            "",
            "X-Vendor",
            "Vias",
            "z",
            "Call_ID",
            "Max_Forwards",
            "Content-Lengtl",
            "Contacs",
            "To:",
            ":",
            "To ",
            "Via:To",
        ] {
            assert_eq!(HeaderName::from_bytes(name.as_bytes()), HeaderName::Other);
        }
    }
}
