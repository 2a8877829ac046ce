//! Where a change comes from, as the journal keeps it: request, change set, caller, wire.

use std::net::IpAddr;

use domain::Refusal;
use store::Store;
use store::journal::Actor;

use crate::app::App;
use crate::caller::Caller;
use crate::wire::Operation;

/// The request that a change comes with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// Its id, which the answer has as `X-Request-Id` and the log's lines too.
    pub request: &'a str,
    /// Header `Change-Set`: what the client does together with other requests.
    pub change_set: Option<&'a str>,
}

/// The longest name of a change set.
const CHANGE_SET_MAX: usize = 64;

impl Origin<'_> {
    /// The change set: the client's, or this request alone.
    ///
    /// # Errors
    /// 9004 for a name that is not printable ASCII or too long.
    pub(crate) fn change_set(&self) -> Result<&str, Refusal> {
        let Some(name) = self.change_set.map(str::trim) else { return Ok(self.request) };
        let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        match !name.is_empty() && name.len() <= CHANGE_SET_MAX && name.bytes().all(is_plain) {
            true => Ok(name),
            false => Err(Refusal::invalid("Change-Set", "is 1 to 64 printable ASCII characters")),
        }
    }
}

/// An operation as the journal names it.
#[must_use]
pub fn operation_name(operation: Operation) -> String {
    let described = operation.describe();
    format!("{}.{}", described.port, described.name)
}

impl App {
    /// The store in which what this caller changes is written down as its doing.
    ///
    /// # Errors
    /// 9004 for a change set's name that cannot be one.
    pub fn acting(
        &self,
        caller: &Caller,
        operation: String,
        wire: &'static str,
        peer: IpAddr,
        origin: Origin<'_>,
    ) -> Result<Store, Refusal> {
        Ok(self.store.acting(Actor {
            who: caller.name.clone(),
            role: caller.login_role.name(),
            acting_as: caller.customer,
            peer: Some(peer),
            wire,
            request: origin.request.to_owned(),
            operation,
            change_set: origin.change_set()?.to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_set_is_the_clients_or_the_request_alone() {
        let of = |change_set| Origin { request: "1-2", change_set }.change_set().map(str::to_owned);
        assert_eq!(of(None).unwrap(), "1-2");
        assert_eq!(of(Some(" release 7 ")).unwrap(), "release 7");
        for wrong in ["", " ", "a\u{e9}", "a\nb", &"x".repeat(65)] {
            assert_eq!(of(Some(wrong)).unwrap_err().code(), 9004, "{wrong:?}");
        }
    }
}
