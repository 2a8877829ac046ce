//! Who may open an account towards the public telephone network, make it prepaid or postpaid, or change its limit.
//!
//! Whoever lacks a right and writes a whole account back must not fail: what the right guards stays as it is stored.

use std::collections::BTreeSet;

use crate::Group;

/// The part of an account that rights guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PstnState {
    /// Member of the group free-pstn.
    pub free_pstn: bool,
    /// Calls are limited by the prepaid balance.
    pub prepaid: bool,
    /// The monthly limit; 0 is none.
    pub quota: i32,
}

/// The rights of a caller over accounts of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PstnRights {
    /// `pstn_access`: may put accounts into free-pstn.
    pub access: bool,
    /// `prepaid_changes`: may switch between prepaid and postpaid.
    pub prepaid_changes: bool,
    /// `pstn_changes`: may change the limit.
    pub changes: bool,
}

impl PstnRights {
    /// The administrator's, and everybody's over what belongs to no customer.
    pub const ALL: Self = Self { access: true, prepaid_changes: true, changes: true };

    /// What a new account gets of what was asked for.
    pub const fn of_new(&self, wanted: PstnState) -> PstnState {
        let free_pstn = wanted.free_pstn && self.access;
        // Without the right to choose postpaid, an account that reaches the network is a prepaid one.
        let prepaid = wanted.prepaid || (free_pstn && !self.prepaid_changes);
        PstnState { free_pstn, prepaid, quota: wanted.quota }
    }

    /// What a stored account becomes of what was asked for.
    pub const fn of_change(&self, stored: PstnState, wanted: PstnState) -> PstnState {
        let free_pstn = if self.access { wanted.free_pstn } else { stored.free_pstn };
        let opened = free_pstn && !stored.free_pstn;
        let prepaid = match self.prepaid_changes {
            true => wanted.prepaid,
            false => stored.prepaid || opened,
        };
        PstnState { free_pstn, prepaid, quota: if self.changes { wanted.quota } else { stored.quota } }
    }

    /// Whether single membership of this group may be changed.
    pub fn may_change_group(&self, group: &Group) -> bool {
        match group.as_str() {
            Group::FREE_PSTN => self.access,
            Group::PREPAID => self.prepaid_changes,
            _ => true,
        }
    }
}

/// The attribute prepaid and the group of that name are one thing: the attribute wins, and is taken from the group
/// where it is absent. The group is removed from the list; whoever reads an account adds it again.
pub fn prepaid_of(attribute: Option<bool>, groups: &mut BTreeSet<Group>) -> bool {
    let before = groups.len();
    groups.retain(|group| !group.is(Group::PREPAID));
    attribute.unwrap_or(groups.len() < before)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: PstnRights = PstnRights { access: false, prepaid_changes: false, changes: false };

    fn groups(names: &[&str]) -> BTreeSet<Group> {
        names.iter().map(|name| Group::parse(name).unwrap()).collect()
    }

    fn state(free_pstn: bool, prepaid: bool, quota: i32) -> PstnState {
        PstnState { free_pstn, prepaid, quota }
    }

    #[test]
    fn without_rights_a_new_account_stays_closed() {
        assert_eq!(NONE.of_new(state(true, false, 50)), state(false, false, 50));
    }

    #[test]
    fn access_alone_opens_prepaid_accounts_only() {
        let rights = PstnRights { access: true, ..NONE };
        assert_eq!(rights.of_new(state(true, false, 0)), state(true, true, 0));
        assert_eq!(rights.of_change(state(false, false, 0), state(true, false, 0)), state(true, true, 0));
    }

    #[test]
    fn whoever_lacks_the_rights_changes_nothing_of_a_stored_account() {
        let stored = state(true, false, 50);
        assert_eq!(NONE.of_change(stored, state(false, true, 0)), stored);
    }

    #[test]
    fn each_right_opens_its_own_part() {
        let (stored, wanted) = (state(false, false, 0), state(true, true, 75));
        let prepaid = PstnRights { prepaid_changes: true, ..NONE };
        let changes = PstnRights { changes: true, ..NONE };
        assert_eq!(PstnRights::ALL.of_change(stored, wanted), wanted);
        assert_eq!(prepaid.of_change(stored, wanted), state(false, true, 0));
        assert_eq!(changes.of_change(stored, wanted), state(false, false, 75));
    }

    #[test]
    fn single_groups_need_the_right_that_guards_them() {
        let [free, prepaid, other] = ["free-pstn", "prepaid", "quota"].map(|name| Group::parse(name).unwrap());
        assert!(!NONE.may_change_group(&free) && !NONE.may_change_group(&prepaid));
        assert!(NONE.may_change_group(&other) && PstnRights::ALL.may_change_group(&free));
    }

    #[test]
    fn the_attribute_wins_over_the_group() {
        for (attribute, names, prepaid) in [
            (Some(false), &["prepaid", "quota"][..], false),
            (Some(true), &["quota"], true),
            (None, &["prepaid", "quota"], true),
            (None, &["quota"], false),
        ] {
            let mut list = groups(names);
            assert_eq!(prepaid_of(attribute, &mut list), prepaid);
            assert_eq!(list, groups(&["quota"]));
        }
    }

    proptest! {
        /// No order of changes by somebody without the right to postpaid leads to an open postpaid account.
        #[test]
        fn nobody_opens_a_postpaid_account_without_the_right(steps in prop::collection::vec(any::<(bool, bool)>(), 1..6)) {
            let rights = PstnRights { access: true, ..NONE };
            let mut account: Option<PstnState> = None;
            for (free_pstn, prepaid) in steps {
                let wanted = state(free_pstn, prepaid, 0);
                account = Some(account.map_or(rights.of_new(wanted), |stored| rights.of_change(stored, wanted)));
                prop_assert!(account.is_some_and(|a| !a.free_pstn || a.prepaid));
            }
        }
    }
}
