//! The names of peers that are connected to: who they must prove to be, when a connection to them is opened. A number stands for a name,
//! so that a way to a peer stays a few octets that can be copied.
//!
//! RFC 5922 §7.3: a server is who the URI named, whatever its address was found to be.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

/// Names that are told apart; the oldest goes when there is another.
const NAMES_MAX: usize = 16_384;

/// A name, as [`PeerNames`] knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerName(NonZeroU32);

/// The names, and the numbers that stand for them.
#[derive(Debug, Default)]
pub struct PeerNames {
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<Arc<str>, PeerName>,
    /// In the order of their numbers, without gaps.
    names: VecDeque<(PeerName, Arc<str>)>,
    last: u32,
}

impl PeerNames {
    /// The number of a host name.
    pub fn of(&self, host: &str) -> PeerName {
        let names = &mut *self.names.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is about to be forgotten gets a new number, since it is in use.
        let old = names.names.get(NAMES_MAX / 2).map(|(number, _)| *number);
        if let Some(number) = names.numbers.get(host).copied()
            && (names.names.len() < NAMES_MAX || old.is_none_or(|old| number >= old))
        {
            return number;
        }
        if names.names.len() >= NAMES_MAX
            && let Some((number, oldest)) = names.names.pop_front()
            && names.numbers.get(&oldest) == Some(&number)
        {
            names.numbers.remove(&oldest);
        }
        names.last = names.last.checked_add(1).unwrap_or(1);
        let number = PeerName(NonZeroU32::new(names.last).unwrap_or(NonZeroU32::MIN));
        let name: Arc<str> = host.into();
        names.names.push_back((number, Arc::clone(&name)));
        names.numbers.insert(name, number);
        number
    }

    /// The name that a number stands for; none if too many others have come since.
    pub fn name(&self, number: PeerName) -> Option<Arc<str>> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let place = names.names.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        names.names.get(place).map(|(_, name)| Arc::clone(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_while_it_is_used_and_is_forgotten_after_many_others() {
        let names = PeerNames::default();
        let (used, once) = (names.of("used.example"), names.of("once.example"));
        assert_eq!(names.of("used.example"), used);
        assert_eq!(names.name(once).as_deref(), Some("once.example"));
        for number in 0..2 * NAMES_MAX {
            names.of(&format!("n{number}.example"));
            let used = names.of("used.example");
            assert_eq!(names.name(used).as_deref(), Some("used.example"));
        }
        assert_eq!(names.name(once), None);
        let held = names.names.lock().unwrap();
        assert!(held.names.len() <= NAMES_MAX && held.numbers.len() <= NAMES_MAX);
    }
}
