//! Whether the peer of a connection that was opened here is still there: after a silence it is asked, by two line ends, and answers with
//! one. A peer that has never answered may know nothing of this, and loses nothing by it.
//!
//! RFC 5626 §4.4.1; RFC 6223 departs: nobody is asked before whether it will answer.

use std::time::Duration;

use tokio::time::Instant;

/// RFC 5626 §4.4.1: an answer must come within 10 s.
const PATIENCE: Duration = Duration::from_secs(10);
const NEVER: Duration = Duration::from_secs(1 << 30);

/// What is known of one peer.
#[derive(Debug)]
pub(super) struct Pings {
    /// None: it is not asked.
    after: Option<Duration>,
    next: Instant,
    awaited: bool,
    answers: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Ask.
    Ask,
    /// Nothing.
    Wait,
    /// The peer is gone.
    Gone,
}

impl Pings {
    /// Asks after such a silence.
    pub(super) fn new(after: Option<Duration>, now: Instant) -> Pings {
        Pings { after, next: now + after.unwrap_or(NEVER), awaited: false, answers: false }
    }

    /// When [`Pings::due`] is to be asked.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Something came; whether it answers.
    pub(super) fn heard(&mut self, now: Instant) -> bool {
        self.next = now + self.after.unwrap_or(NEVER);
        let answered = std::mem::take(&mut self.awaited);
        self.answers |= answered;
        answered
    }

    /// Its time has come.
    pub(super) fn due(&mut self, now: Instant) -> Due {
        if now < self.next {
            return Due::Wait;
        }
        if self.awaited && self.answers {
            return Due::Gone;
        }
        let asks = !std::mem::take(&mut self.awaited);
        if asks && self.after.is_some() {
            self.awaited = true;
            self.next = now + PATIENCE;
            return Due::Ask;
        }
        self.next = now + self.after.unwrap_or(NEVER);
        Due::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(110);

    // RFC 5626 §4.4.1.
    #[test]
    fn a_peer_that_has_answered_must_answer_in_time() {
        let start = Instant::now();
        let mut pings = Pings::new(Some(AFTER), start);
        assert_eq!(pings.due(start + AFTER / 2), Due::Wait);
        assert_eq!(pings.due(start + AFTER), Due::Ask);
        let answered = start + AFTER + PATIENCE / 2;
        assert_eq!(pings.next(), start + AFTER + PATIENCE);
        assert!(pings.heard(answered));
        assert_eq!(pings.next(), answered + AFTER);
        assert_eq!(pings.due(answered + AFTER), Due::Ask);
        assert_eq!(pings.due(answered + AFTER + PATIENCE), Due::Gone);
    }

    #[test]
    fn a_peer_that_never_answers_is_asked_and_kept() {
        let mut now = Instant::now();
        let mut pings = Pings::new(Some(AFTER), now);
        for _ in 0..5 {
            now = pings.next();
            assert_eq!(pings.due(now), Due::Ask);
            now = pings.next();
            assert_eq!(pings.due(now), Due::Wait);
        }
        let mut nobody = Pings::new(None, now);
        assert_eq!(nobody.due(now + NEVER), Due::Wait);
    }
}
