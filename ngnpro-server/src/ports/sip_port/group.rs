//! Single groups: reading the name, and who may change which.

use domain::{Group, Refusal, SipId};
use store::{Tx, customers, sip_groups};

use super::{balance, pstn_network};
use crate::error::Failure;

/// Reads the name of a group.
pub(super) fn read(name: Option<String>) -> Result<Group, Refusal> {
    Group::parse(name.unwrap_or_default().trim()).map_err(|why| why.at("group"))
}

/// Some groups are rights that not every caller may give or take; an account out of reach is 1010 all the same.
pub(super) async fn check_may_change(tx: &mut Tx, id: &SipId, group: &Group) -> Result<(), Failure> {
    if tx.scope().is_administrator() || ![Group::FREE_PSTN, Group::PREPAID, Group::INTERCEPT].contains(&group.as_str())
    {
        return Ok(());
    }
    sip_groups::of_account(tx, id).await?;
    if group.is(Group::INTERCEPT) {
        return Err(Refusal::NotAllowed("the group intercept is the administrator's").into());
    }
    match customers::pstn_rights(tx).await?.may_change_group(group) {
        true => Ok(()),
        false if group.is(Group::PREPAID) => Err(balance::NO_PREPAID_CHANGES.into()),
        false => Err(pstn_network::NO_ACCESS.into()),
    }
}
