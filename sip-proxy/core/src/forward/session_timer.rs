//! Session timers, as a proxy (RFC 4028 §8): a session interval below the shortest is refused or raised, one beyond the longest is lowered,
//! and where the operator wants every call to be refreshed a request that names none gets one. The timers themselves run in the phones.

use crate::settings::SessionTimers;
use sip_message::{HeaderName, Message, Method, Rewrite, text};

/// The option tag of who understands session timers.
const TIMER: &str = "timer";

/// The session interval that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked<'a> {
    /// In seconds; none: it does not ask.
    interval_s: Option<u32>,
    /// The refresher and other parameters, with the semicolon before them.
    params: &'a [u8],
    /// Below this it must not be lowered.
    min_s: Option<u32>,
    /// Whether the caller understands session timers.
    supported: bool,
}

impl<'a> Asked<'a> {
    fn of(request: &'a Message) -> Option<Asked<'a>> {
        // RFC 4028 §3: the session is refreshed by INVITE and UPDATE.
        if !matches!(request.method(), Method::Invite | Method::Update) {
            return None;
        }
        let min_s = request.header(HeaderName::MinSe).and_then(seconds).map(|(min_s, _)| min_s);
        let (interval_s, params) = match request.header(HeaderName::SessionExpires) {
            None => (None, &b""[..]),
            // What cannot be read is the callee's to judge.
            Some(value) => seconds(value).map(|(interval_s, params)| (Some(interval_s), params))?,
        };
        let supported =
            request.has_option(HeaderName::Supported, TIMER) || request.has_option(HeaderName::Require, TIMER);
        Some(Asked { interval_s, params, min_s, supported })
    }

    /// The interval that the request goes on with, and the Min-SE where that is raised.
    fn granted(&self, timers: SessionTimers) -> Option<(u32, Option<u32>)> {
        let floor_s = timers.min_s.max(self.min_s.unwrap_or_default());
        match (self.interval_s, timers.max_s) {
            // RFC 4028 §8.1: the next server would refuse it and nobody could tell the caller, so the interval is raised, and Min-SE says why.
            (Some(asked_s), _) if asked_s < timers.min_s => Some((floor_s, Some(floor_s))),
            // RFC 4028 §8.1: it may be lowered, but not below Min-SE.
            (Some(asked_s), max_s @ 1..) if asked_s > max_s => Some((max_s.max(floor_s).min(asked_s), None)),
            (Some(asked_s), _) => Some((asked_s, None)),
            (None, 0) => None,
            // RFC 4028 §8.1: a proxy may ask for a session timer where the caller does not.
            (None, max_s) => Some((max_s.max(floor_s), None)),
        }
    }
}

/// The shortest interval, where a request asks for a shorter one and its sender understands the refusal.
pub(crate) fn too_small(request: &Message, timers: SessionTimers) -> Option<u32> {
    let asked = Asked::of(request)?;
    // RFC 4028 §8.1: only who supports the extension can be told by 422.
    (asked.supported && asked.interval_s? < timers.min_s).then_some(timers.min_s)
}

/// What the request goes on with.
pub(super) fn put<'a>(request: &'a Message, timers: SessionTimers, edits: &mut Rewrite<'a>) {
    let Some(asked) = Asked::of(request) else { return };
    let Some((interval_s, min_s)) = asked.granted(timers) else { return };
    if asked.interval_s != Some(interval_s) {
        edits.replace(HeaderName::SessionExpires, [interval_s.to_string().as_bytes(), asked.params].concat());
    }
    if let Some(min_s) = min_s.filter(|min_s| asked.min_s != Some(*min_s)) {
        edits.replace(HeaderName::MinSe, min_s.to_string());
    }
}

/// The interval that the caller is to be told where the callee knows none; none: nobody is.
pub(super) fn remembered(request: &Message, timers: SessionTimers) -> Option<u32> {
    // Where the operator wants nothing of it the proxy is not among those that remember.
    if timers.max_s == 0 {
        return None;
    }
    let asked = Asked::of(request).filter(|asked| asked.supported)?;
    asked.granted(timers).map(|(interval_s, _)| interval_s)
}

/// RFC 4028 §8.2: where the callee knows no session timers, the caller that does refreshes the session alone.
pub(super) fn put_into_answer(response: &Message, interval_s: u32, edits: &mut Rewrite<'_>) {
    if response.has(HeaderName::SessionExpires) {
        return;
    }
    edits.append(HeaderName::SessionExpires.as_str(), format!("{interval_s};refresher=uac"));
    if !response.has_option(HeaderName::Require, TIMER) {
        edits.append(HeaderName::Require.as_str(), TIMER);
    }
}

/// The seconds that a value begins with, and what follows.
fn seconds(value: &[u8]) -> Option<(u32, &[u8])> {
    let digits = value.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(value.len());
    let (digits, rest) = value.split_at(digits);
    let rest = text::trim(rest);
    (rest.is_empty() || rest.starts_with(b";")).then_some((text::number(digits)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &str) -> Message {
        let text = format!(
            "{method} sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n\
             Call-ID: c\r\nCSeq: 1 {method}\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        Message::parse(text.into()).unwrap()
    }

    /// RFC 4028 §4, §5, §8.1.
    #[test]
    fn an_interval_is_lowered_and_raised_and_never_below_min_se() {
        let timers = |max_s| SessionTimers { max_s, min_s: 90 };
        let granted =
            |headers: &str, max_s| Asked::of(&request("INVITE", headers)).and_then(|a| a.granted(timers(max_s)));
        for (headers, max_s, wanted) in [
            ("", 0, None),
            ("", 600, Some((600, None))),
            ("Min-SE: 700\r\n", 600, Some((700, None))),
            ("Session-Expires: 1800\r\n", 0, Some((1800, None))),
            ("x: 1800;refresher=uac\r\n", 600, Some((600, None))),
            ("Session-Expires: 1800\r\nMin-SE: 1200\r\n", 600, Some((1200, None))),
            ("Session-Expires: 300\r\n", 600, Some((300, None))),
            ("Session-Expires: 60\r\n", 600, Some((90, Some(90)))),
            ("Session-Expires: 60\r\nMin-SE: 120\r\n", 0, Some((120, Some(120)))),
            ("Session-Expires: soon\r\n", 600, None),
        ] {
            assert_eq!(granted(headers, max_s), wanted, "{headers}{max_s}");
        }
        assert_eq!(Asked::of(&request("BYE", "Session-Expires: 60\r\n")), None);
    }
}
