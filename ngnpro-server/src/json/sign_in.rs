//! Who calls on the JSON wire: HTTP Basic (RFC 7617) with the credentials of the other wires, or a token (RFC 6750); and whom the
//! caller acts as.

use std::net::IpAddr;

use domain::{CustomerId, Refusal, Secret};

use super::{Problem, text};
use crate::app::App;
use crate::caller::{Caller, Credentials};

/// The caller, by the headers `Authorization` and `Impersonate`; for everything but the operations that are an account's own.
///
/// What it may do at all is the operation's to ask, and for a resource `caller.grant.allows_resource`.
pub(crate) async fn caller(
    app: &App,
    authorization: Option<&str>,
    impersonate: Option<&str>,
    peer: IpAddr,
) -> Result<Caller, Problem> {
    if let Some(token) = authorization.and_then(text::bearer) {
        let barred = !app.may_try_from(peer);
        let caller = app.authenticate_token(token, wanted(impersonate)?, peer).await;
        return caller.map_err(|failure| Problem::of_sign_in(failure, barred));
    }
    let (name, password) = authorization.and_then(text::basic).ok_or(Refusal::AuthenticationFailed)?;
    let credentials = credentials(&name, &password, impersonate)?;
    let barred = !app.may_try(&credentials, peer);
    let caller = app.authenticate(&credentials, peer).await;
    caller.map_err(|failure| Problem::of_sign_in(failure, barred))
}

/// The credentials of HTTP Basic, and whom the caller acts as.
fn credentials(name: &str, password: &Secret, impersonate: Option<&str>) -> Result<Credentials, Problem> {
    Ok(Credentials::new(name, password, wanted(impersonate)?)?)
}

/// The customer that the caller wants to act as; nobody for itself.
fn wanted(impersonate: Option<&str>) -> Result<CustomerId, Problem> {
    let number = match impersonate {
        None => 0,
        Some(text) => {
            text.trim().parse().map_err(|_| Refusal::invalid("Impersonate", "is not the number of a customer"))?
        }
    };
    Ok(CustomerId::new(number))
}
