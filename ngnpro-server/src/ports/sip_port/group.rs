//! Single groups: reading the name, and who may change which.

use domain::{Group, Refusal, SipId};
use store::{Tx, customers, sip_groups};

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
    let may = !group.is(Group::INTERCEPT) && customers::pstn_rights(tx).await?.may_change_group(group);
    if may { Ok(()) } else { Err(Refusal::NotAllowed.into()) }
}
