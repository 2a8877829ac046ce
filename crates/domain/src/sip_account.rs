//! A SIP account: what is given for it, and what is known of it.

use std::collections::BTreeSet;

use crate::{
    AclEntry, CustomerId, Digest, DomainName, Group, Invalid, NewUsername, PropertyName, ResellerId, Secret, SipId,
    SipPassword, TimeZoneName,
};

/// Seconds of ringing before the call counts as not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingTimeout(u16);

/// A name and a value; no effect on routing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Unique in the account.
    pub name: PropertyName,
    /// Free text.
    pub value: String,
}

/// Everything of an account that whoever may edit it decides. Replaced as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SipAccountSettings {
    /// Given name of the person.
    pub first_name: String,
    /// Family name of the person.
    pub last_name: String,
    /// Where notifications go.
    pub email: String,
    /// Networks that the account may be used from; none is everywhere.
    pub acl: Vec<AclEntry>,
    /// Rights. Never holds the group prepaid: that is the attribute below.
    pub groups: BTreeSet<Group>,
    /// Free pairs.
    pub properties: Vec<Property>,
    /// The zone that times of day in the account's settings are in.
    pub timezone: TimeZoneName,
    /// The caller's number presented to the public telephone network.
    pub rpid: String,
    /// The monthly limit; 0 is none.
    pub quota: i32,
    /// Digits put before short numbers.
    pub quickdial_prefix: String,
    /// Most calls at the same time; 0 is no limit.
    pub call_limit: i32,
    /// Calls are limited by the prepaid balance.
    pub prepaid: bool,
    /// The label that emergency calls are routed by.
    pub region: String,
    /// How long it rings.
    pub timeout: RingTimeout,
    /// The customer that the single account is assigned to.
    pub owner: CustomerId,
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSipAccount {
    /// The user part, or the wish for a number.
    pub username: NewUsername,
    /// An existing domain.
    pub domain: DomainName,
    /// The password.
    pub password: SipPassword,
    /// All else.
    pub settings: SipAccountSettings,
}

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipAccount {
    /// Its identity.
    pub id: SipId,
    /// Inherited from the domain.
    pub customer: CustomerId,
    /// Inherited from the domain.
    pub reseller: ResellerId,
    /// The password, where clear text is stored.
    pub password: Option<Secret>,
    /// MD5(username:domain:password).
    pub ha1: Digest,
    /// What can be edited.
    pub settings: SipAccountSettings,
    /// When it was last changed, as text.
    pub change_date: String,
    /// When it was made, as text.
    pub create_date: String,
}

impl RingTimeout {
    /// Seconds when nothing is said.
    pub const USUAL_S: u16 = 35;
    /// Most seconds.
    pub const MOST_S: u16 = 900;

    /// Reads a number of seconds: 0 and absent are the usual, more than the most is the most.
    pub fn parse(seconds: Option<i64>) -> Result<Self, Invalid> {
        match seconds.unwrap_or(0) {
            0 => Ok(Self(Self::USUAL_S)),
            s if s < 0 => Err(Invalid::new("a time is not negative")),
            s => Ok(Self(u16::try_from(s).unwrap_or(Self::MOST_S).min(Self::MOST_S))),
        }
    }

    /// The seconds.
    pub const fn seconds(self) -> u16 {
        self.0
    }
}

impl Default for RingTimeout {
    fn default() -> Self {
        Self(Self::USUAL_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ringing_has_a_usual_and_a_longest_time() {
        for (sent, kept) in [(None, 35), (Some(0), 35), (Some(20), 20), (Some(900), 900), (Some(100_000), 900)] {
            assert_eq!(RingTimeout::parse(sent).map(RingTimeout::seconds), Ok(kept));
        }
        assert!(RingTimeout::parse(Some(-1)).is_err());
    }
}
