//! The calls that a shard knows of, for operators: from the INVITE that it forwarded to the BYE, or for as long as one may be forgotten.
//!
//! Nothing is decided by this table. A call that began before the process did is not in it, and one whose BYE went another way stays until
//! it is old.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Calls of one shard; what comes beyond is not listed.
const CALLS_MAX: usize = 50_000;
/// No call lasts for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(12 * 3600);

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) call_id: Box<[u8]>,
    pub(crate) from: Box<[u8]>,
    pub(crate) to: Box<[u8]>,
    pub(crate) began: Instant,
    /// When it was answered; none while it rings.
    pub(crate) answered: Option<Instant>,
}

/// The calls of one shard.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    table: Mutex<HashMap<Box<[u8]>, Call>>,
}

impl Calls {
    /// An INVITE was forwarded that begins a call.
    pub(crate) fn began(&self, now: Instant, call_id: &[u8], from: &[u8], to: &[u8]) {
        let mut table = self.table();
        if table.len() >= CALLS_MAX {
            table.retain(|_, call| now.saturating_duration_since(call.began) < FORGOTTEN_AFTER);
        }
        if table.len() < CALLS_MAX {
            let call = Call { call_id: call_id.into(), from: from.into(), to: to.into(), began: now, answered: None };
            table.entry(call_id.into()).or_insert(call);
        }
    }

    /// It was answered.
    pub(crate) fn answered(&self, now: Instant, call_id: &[u8]) {
        if let Some(call) = self.table().get_mut(call_id) {
            call.answered.get_or_insert(now);
        }
    }

    /// It is over. A refusal ends only what was not answered.
    pub(crate) fn ended(&self, call_id: &[u8], refused: bool) {
        let mut table = self.table();
        if table.get(call_id).is_some_and(|call| !refused || call.answered.is_none()) {
            table.remove(call_id);
        }
    }

    /// How many there are, and how many of them ring.
    pub(crate) fn count(&self) -> (usize, usize) {
        let table = self.table();
        (table.len(), table.values().filter(|call| call.answered.is_none()).count())
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Call> {
        self.table().values().cloned().collect()
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, Call>> {
        // Each change is complete before anything can panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_listed_from_its_beginning_to_its_end() {
        let (calls, now) = (Calls::default(), crate::locations::clocks().now);
        calls.began(now, b"1", b"a@h", b"b@h");
        calls.began(now, b"2", b"a@h", b"c@h");
        assert_eq!(calls.count(), (2, 2));
        calls.answered(now, b"1");
        assert_eq!(calls.count(), (2, 1));
        calls.ended(b"1", true);
        calls.ended(b"2", true);
        assert_eq!(calls.all().len(), 1, "what a later branch answers does not end what was answered");
        calls.ended(b"1", false);
        calls.ended(b"unknown", false);
        assert_eq!(calls.count(), (0, 0));
    }
}
