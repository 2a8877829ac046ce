//! Which of the answers of all branches the caller gets (RFC 3261 §16.7 items 6 and 7).

use sip_message::{HeaderName, Message};

/// How good an answer is; the smallest is the best.
pub(super) fn rank(status: u16) -> (u8, u8) {
    match status {
        // RFC 3261 §16.7 item 6: a 6xx before all others.
        600.. => (0, 0),
        // … then the lowest class; within 4xx those that tell the caller how to go on.
        300..400 => (1, 0),
        401 | 407 => (2, 0),
        415 | 420 | 484 => (2, 1),
        // What only says that nobody was reached tells the least.
        404 | 410 | 480 => (2, 3),
        408 => (2, 4),
        400..500 => (2, 2),
        // RFC 3261 §16.7 item 6: 503 is the last choice, being about one hop and not about the callee.
        503 => (3, 1),
        500..600 => (3, 0),
        // No answer at all.
        ..300 => (4, 0),
    }
}

/// The place of the best answer; among equals the first that came.
pub(super) fn best(answers: impl Iterator<Item = u16>) -> Option<usize> {
    answers.enumerate().min_by_key(|(_, status)| rank(*status)).map(|(place, _)| place)
}

/// The challenges of an answer, name and value.
pub(super) fn challenges(response: &Message) -> impl Iterator<Item = (&'static str, &[u8])> {
    [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate]
        .into_iter()
        .flat_map(|name| response.headers_named(name).map(move |header| (name.as_str(), header.value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(answers: &[u16]) -> u16 {
        answers[best(answers.iter().copied()).unwrap()]
    }

    /// RFC 3261 §16.7 item 6.
    #[test]
    fn a_6xx_wins_and_else_the_lowest_class() {
        assert_eq!(chosen(&[404, 603, 302]), 603);
        assert_eq!(chosen(&[500, 404]), 404);
        assert_eq!(chosen(&[486, 302, 500]), 302);
    }

    /// RFC 3261 §16.7 item 6: those that affect resubmission.
    #[test]
    fn an_answer_that_tells_how_to_go_on_wins_within_its_class() {
        for telling in [401, 407, 415, 420, 484] {
            assert_eq!(chosen(&[486, telling, 404]), telling);
        }
        assert_eq!(chosen(&[415, 407]), 407);
    }

    #[test]
    fn a_callee_that_spoke_wins_over_one_that_was_not_reached() {
        assert_eq!(chosen(&[408, 480, 486]), 486);
        assert_eq!(chosen(&[408, 480]), 480);
        assert_eq!(chosen(&[503, 500]), 500);
    }

    #[test]
    fn nothing_is_best_of_nothing() {
        assert_eq!(best(std::iter::empty()), None);
    }

    proptest! {
        #[test]
        fn a_6xx_is_never_passed_over_and_a_higher_class_never_preferred(
            answers in prop::collection::vec(300_u16..700, 1..10),
        ) {
            let class = chosen(&answers) / 100;
            let classes: Vec<_> = answers.iter().map(|a| a / 100).collect();
            match classes.contains(&6) {
                true => prop_assert_eq!(class, 6),
                false => prop_assert_eq!(Some(&class), classes.iter().min()),
            }
        }
    }
}
