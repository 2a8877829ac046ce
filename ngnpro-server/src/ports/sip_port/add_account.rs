//! `Sip.addAccount`: makes an account in an existing domain, which gives it its customer and reseller.
//!
//! 1000 the domain is not there or not in reach, 1011 the account (or an alias of that address) exists, 9002 the reseller
//! is not active, 9003 a credit is used up, 9004. What the caller has no right to (the public telephone network, postpaid)
//! is left out and not refused.

use domain::{NewSipAccount, NewUsername, PstnState};
use store::{customers, sip_accounts};

use super::account;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::AddAccountInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddAccountInput) -> Result<types::SipAccount, Failure> {
    let mut wire = member::required(input.account, "account")?;
    let id = member::required(wire.id.take(), "account.id")?;
    let username = NewUsername::parse(id.username.unwrap_or_default().trim());
    let password = match account::password(&mut wire)? {
        Some(password) => password,
        None => account::random_password()?,
    };
    let mut new = NewSipAccount {
        username: username.map_err(|why| why.at("account.id.username"))?,
        domain: member::domain_name(id.domain.as_deref(), "account.id.domain")?,
        password,
        settings: account::settings(&mut wire)?,
    };

    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    let wanted = account::pstn(&new.settings);
    let closed = PstnState { free_pstn: false, ..wanted };
    let rights = account::rights(&mut tx, wanted != closed).await?;
    account::set_pstn(&mut new.settings, rights.of_new(wanted))?;
    account::keep_intercept(&mut new.settings, &context.caller.scope, false)?;
    sip_accounts::check_owner(&mut tx, new.settings.owner, "account.owner").await?;
    let made = sip_accounts::add(&mut tx, &new, account::clear_text(context.settings)).await?;
    tx.commit().await?;
    Ok(account::write(made))
}
