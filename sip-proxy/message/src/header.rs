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
            pub fn as_str(self) -> &'static str {
                match self {
                    $(HeaderName::$variant => $text,)*
                    HeaderName::Other => "",
                }
            }

            /// Every name that is known, with its compact form where it has one.
            pub const ALL: &'static [(HeaderName, Option<u8>)] = &[
                $((HeaderName::$variant, header_names!(@compact $($compact)?)),)*
            ];
        }
    };
    (@compact) => { None };
    (@compact $compact:literal) => { Some($compact) };
}

header_names! {
    Accept = "Accept";
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
    MaxForwards = "Max-Forwards";
    MinExpires = "Min-Expires";
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
    /// The name that a text spells, in any case, full or compact (RFC 3261 §7.3.3, §20).
    #[inline]
    pub fn from_bytes(text: &[u8]) -> HeaderName {
        use HeaderName as H;
        let Some(first) = text.first() else { return H::Other };
        // Length and first letter leave one name, or two that a second letter tells apart.
        let name = match (text.len(), first | 0x20) {
            (1, letter) => return compact(letter),
            (2, b't') => H::To,
            (3, b'v') => H::Via,
            (4, b'c') => H::CSeq,
            (4, b'd') => H::Date,
            (4, b'f') => H::From,
            (4, b'p') => H::Path,
            (4, b'r') => H::RSeq,
            (5, b'a') => H::Allow,
            (5, b'e') => H::Event,
            (5, b'r') => H::Route,
            (6, b'a') => H::Accept,
            (6, b'r') => H::Reason,
            (6, b's') => H::Server,
            (7, b'c') if text[1] | 0x20 == b'a' => H::CallId,
            (7, b'c') => H::Contact,
            (7, b'e') => H::Expires,
            (7, b'p') => H::Privacy,
            (7, b'r') => H::Require,
            (7, b's') => H::Subject,
            (7, b'w') => H::Warning,
            (8, b'r') => H::ReferTo,
            (9, b'd') => H::Diversion,
            (9, b's') => H::Supported,
            (9, b't') => H::Timestamp,
            (10, b'a') => H::AlertInfo,
            (10, b'u') => H::UserAgent,
            (11, b'm') => H::MinExpires,
            (11, b'r') if text[2] | 0x20 == b't' => H::RetryAfter,
            (11, b'r') => H::ReferredBy,
            (11, b'u') => H::Unsupported,
            (12, b'a') => H::AllowEvents,
            (12, b'c') => H::ContentType,
            (12, b'm') => H::MaxForwards,
            (12, b'r') => H::RecordRoute,
            (13, b'a') => H::Authorization,
            (13, b'p') => H::ProxyRequire,
            (13, b's') => H::ServiceRoute,
            (14, b'c') => H::ContentLength,
            (15, b'r') => H::RemotePartyId,
            (15, b's') => H::SessionExpires,
            (16, b'c') => H::ContentEncoding,
            (16, b'w') => H::WwwAuthenticate,
            (18, b'p') => H::ProxyAuthenticate,
            (19, b'p') if text[1] == b'-' => H::PAssertedIdentity,
            (19, b'p') => H::ProxyAuthorization,
            (20, b'p') => H::PPreferredIdentity,
            _ => return H::Other,
        };
        if same_name(text, name.as_str().as_bytes()) { name } else { H::Other }
    }
}

/// Whether two names are the same but for case, eight letters at a time. The second is one of ours, of letters and
/// hyphens, so that a bit's difference can only be case, or a control character for the hyphen, which no token has.
#[inline]
fn same_name(text: &[u8], name: &[u8]) -> bool {
    const CASE: u64 = 0x2020_2020_2020_2020;
    if text.len() != name.len() {
        return false;
    }
    let (mut a, mut b) = (text, name);
    while let (Some((a8, a_rest)), Some((b8, b_rest))) = (a.split_first_chunk(), b.split_first_chunk()) {
        if (u64::from_ne_bytes(*a8) ^ u64::from_ne_bytes(*b8)) & !CASE != 0 {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    if let (Some(a8), Some(b8)) = (text.last_chunk(), name.last_chunk()) {
        return (u64::from_ne_bytes(*a8) ^ u64::from_ne_bytes(*b8)) & !CASE == 0;
    }
    a.iter().zip(b).all(|(a, b)| (a ^ b) & !0x20 == 0)
}

fn compact(letter: u8) -> HeaderName {
    use HeaderName as H;
    match letter {
        b'b' => H::ReferredBy,
        b'c' => H::ContentType,
        b'e' => H::ContentEncoding,
        b'f' => H::From,
        b'i' => H::CallId,
        b'k' => H::Supported,
        b'l' => H::ContentLength,
        b'm' => H::Contact,
        b'o' => H::Event,
        b'r' => H::ReferTo,
        b's' => H::Subject,
        b't' => H::To,
        b'u' => H::AllowEvents,
        b'v' => H::Via,
        b'x' => H::SessionExpires,
        _ => H::Other,
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
        for name in ["", "X-Vendor", "Vias", "z", "Call_ID", "Max_Forwards", "Content-Lengtl", "Contacs"] {
            assert_eq!(HeaderName::from_bytes(name.as_bytes()), HeaderName::Other);
        }
    }
}
