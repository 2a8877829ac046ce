//! Max-Breadth (RFC 5393 §5.3): how many branches a request may have at any one time, over all proxies that it passes. Each copy gets its
//! share of what came, so that proxies that fork to one another in circles run out of it.

use sip_message::{HeaderName, Message};

/// RFC 5393 §5.3.3: what a request without a bound gets, and the most that another may have.
const MAX: u8 = 60;

/// What came, and among how many copies it is divided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Breadth {
    came: u8,
    copies: u8,
}

impl Breadth {
    /// The shares of so many copies; none if there is not enough for each.
    pub(crate) fn divided(request: &Message, copies: usize) -> Option<Breadth> {
        let came = request.header(HeaderName::MaxBreadth).and_then(read).unwrap_or(MAX).min(MAX);
        let copies = u8::try_from(copies).ok().filter(|copies| *copies <= came)?;
        Some(Breadth { came, copies })
    }

    /// The share of one copy; together they are what came.
    pub(super) fn share(self, place: usize) -> u8 {
        let copies = self.copies.max(1);
        self.came / copies + u8::from(place < usize::from(self.came % copies))
    }
}

/// A number, however large; none for anything else, which then counts as nothing said.
fn read(value: &[u8]) -> Option<u8> {
    let digits = value.trim_ascii();
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
        .then(|| std::str::from_utf8(digits).ok()?.parse().ok())
        .map(|number| number.unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(header: &str, copies: usize) -> Option<Vec<u8>> {
        let text = format!(
            "MESSAGE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n\
             Call-ID: c\r\nCSeq: 1 MESSAGE\r\n{header}Content-Length: 0\r\n\r\n"
        );
        let breadth = Breadth::divided(&Message::parse(text.into()).unwrap(), copies)?;
        Some((0..copies).map(|place| breadth.share(place)).collect())
    }

    /// RFC 5393 §5.3.3: the sum of what goes out is never more than what came in.
    #[test]
    fn what_came_is_divided_and_never_grows() {
        for (header, copies, wanted) in [
            ("", 1, Some(vec![60])),
            ("", 16, Some([4; 12].into_iter().chain([3; 4]).collect())),
            ("Max-Breadth: 5\r\n", 2, Some(vec![3, 2])),
            ("Max-Breadth: 2\r\n", 2, Some(vec![1, 1])),
            ("Max-Breadth: 1\r\n", 2, None),
            ("max-breadth: 0\r\n", 1, None),
            ("Max-Breadth: 70\r\n", 1, Some(vec![60])),
            ("Max-Breadth: 4294967296\r\n", 1, Some(vec![60])),
            ("Max-Breadth: many\r\n", 1, Some(vec![60])),
        ] {
            assert_eq!(shares(header, copies), wanted, "{header}{copies}");
        }
    }
}
