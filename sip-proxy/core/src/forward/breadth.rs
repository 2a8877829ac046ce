//! Max-Breadth (RFC 5393 §5.3): how many branches a request may have at any one time, over all proxies that it passes. Each copy gets its
//! share of what came, so that proxies that fork to one another in circles run out of it.

use sip_message::{HeaderName, Message};

/// RFC 5393 §5.3.3: what a request without a bound gets, and the most that another may have.
const MAX: u8 = 60;

/// What came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Breadth(u8);

impl Breadth {
    /// What a request may be split into; none if that is not enough for so many copies at once.
    pub(crate) fn of(request: &Message, copies: usize) -> Option<Breadth> {
        let came = request.header(HeaderName::MaxBreadth).and_then(read).unwrap_or(MAX).min(MAX);
        (usize::from(came) >= copies.max(1)).then_some(Breadth(came))
    }

    /// All of it, for the one copy that there is.
    pub(super) fn whole(self) -> u8 {
        self.0
    }

    /// What is left beside copies that are under way and have so much.
    pub(super) fn beside(self, under_way: usize) -> Left {
        Left(self.0.saturating_sub(u8::try_from(under_way).unwrap_or(u8::MAX)))
    }
}

/// What may still be given away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left(u8);

impl Left {
    /// The shares of the copies that are sent now: as many as there is something for. Where others may follow while these are under way,
    /// each gets only what all of them would get, so that something is left.
    pub(super) fn shares(self, copies: usize, followers: usize) -> impl Iterator<Item = u8> {
        let Left(left) = self;
        let copies = u8::try_from(copies).unwrap_or(u8::MAX).min(left);
        let among = copies.saturating_add(u8::try_from(followers).unwrap_or(u8::MAX)).max(1);
        let rest = if followers == 0 { left % among } else { 0 };
        (0..copies).map(move |place| (left / among).max(1) + u8::from(place < rest))
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

    fn breadth(header: &str, copies: usize) -> Option<Breadth> {
        let text = format!(
            "MESSAGE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n\
             Call-ID: c\r\nCSeq: 1 MESSAGE\r\n{header}Content-Length: 0\r\n\r\n"
        );
        Breadth::of(&Message::parse(text.into()).unwrap(), copies)
    }

    fn shares(header: &str, copies: usize) -> Option<Vec<u8>> {
        Some(breadth(header, copies)?.beside(0).shares(copies, 0).collect())
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

    /// RFC 5393 §5.3.3: nor is it while copies of several preferences are under way at once.
    #[test]
    fn what_is_under_way_leaves_something_for_those_that_follow() {
        let came = breadth("Max-Breadth: 7\r\n", 2).unwrap();
        let first: Vec<u8> = came.beside(0).shares(2, 2).collect();
        assert_eq!(first, [1, 1]);
        assert_eq!(came.beside(2).shares(1, 1).collect::<Vec<u8>>(), [2]);
        assert_eq!(came.beside(4).shares(1, 0).collect::<Vec<u8>>(), [3]);
        assert_eq!(came.beside(5).shares(4, 0).collect::<Vec<u8>>(), [1, 1]);
        assert_eq!(came.beside(7).shares(1, 0).count(), 0);
        for (came, copies, followers) in [(1, 1, 9), (3, 5, 0), (60, 7, 300), (60, 300, 0)] {
            let sum: usize = Left(came).shares(copies, followers).map(usize::from).sum();
            assert!((1..=usize::from(came)).contains(&sum), "{came} {copies} {followers}: {sum}");
        }
    }
}
