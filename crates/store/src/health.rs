//! Whether the database answered last time. While it does not, one caller at a time tries and the others are told at
//! once: a queue of waiting calls would only make the outage last longer.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::StoreError;

/// Shared by all users of one pool.
#[derive(Debug, Default)]
pub(crate) struct Health {
    away: AtomicBool,
    probed: AtomicBool,
}

/// The right to try the database once. Dropped without a verdict (the caller gave up), it lets the next one try.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    health: &'a Health,
    probe: bool,
}

impl Health {
    /// Asks to try; refused while the database is away and somebody else is trying already.
    pub(crate) fn attempt(&self) -> Result<Attempt<'_>, StoreError> {
        let probe = self.away.load(Ordering::Acquire);
        if probe && self.probed.swap(true, Ordering::AcqRel) {
            return Err(StoreError::unavailable("it did not answer the last call"));
        }
        Ok(Attempt { health: self, probe })
    }
}

impl Attempt<'_> {
    /// The database answered.
    pub(crate) fn succeeded(self) {
        self.health.away.store(false, Ordering::Release);
    }

    /// The attempt failed; only a database that is away counts.
    pub(crate) fn ended_with(self, error: &StoreError) {
        self.health.away.store(error.is_unavailable(), Ordering::Release);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.health.probed.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_the_database_is_away_one_caller_tries_and_the_others_are_refused_at_once() {
        let health = Health::default();
        let away = StoreError::unavailable("test");
        health.attempt().expect("nothing known yet").ended_with(&away);
        let probe = health.attempt().expect("one may try");
        assert!(health.attempt().is_err());
        probe.ended_with(&away);
        health.attempt().expect("the next may try").succeeded();
        let (_one, _other) = (health.attempt().expect("it answers"), health.attempt().expect("it answers"));
    }

    #[test]
    fn a_caller_that_gives_up_lets_the_next_one_try() {
        let health = Health::default();
        health.attempt().expect("nothing known yet").ended_with(&StoreError::unavailable("test"));
        drop(health.attempt().expect("one may try"));
        assert!(health.attempt().is_ok());
    }
}
