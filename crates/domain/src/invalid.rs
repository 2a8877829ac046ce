//! Why a value could not become one of this crate's types; where it stood is added by whoever read it.

use std::borrow::Cow;
use std::fmt;

use crate::Refusal;

/// A value that breaks a rule, in words for the person who sent it. Never holds the value itself: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(Cow<'static, str>);

impl Invalid {
    /// Says what is wrong, as the end of the sentence "Invalid value for account.email: …".
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self(why.into())
    }

    /// The reason.
    pub fn why(&self) -> &str {
        &self.0
    }

    /// Names the member that held the value, as a dotted path such as `account.id.domain`.
    pub fn at(self, member: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::InvalidValue { member: member.into(), why: self.0 }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}
