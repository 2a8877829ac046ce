//! SIP aliases between the wire and the domain.

use domain::{NewSipAlias, Refusal, SipAlias};

use crate::ports::member;
use crate::wire::types;

/// Reads an alias to be made, or what one is to become.
pub(super) fn read(wire: Option<types::SipAlias>) -> Result<NewSipAlias, Refusal> {
    let wire = member::required(wire, "alias")?;
    Ok(NewSipAlias {
        id: member::sip_id(wire.id, "alias.id")?,
        target: member::sip_id(wire.target, "alias.target")?,
        owner: member::customer(wire.owner, "alias.owner")?,
    })
}

/// Writes an alias with every member; the target is left out where it is out of the caller's reach.
pub(super) fn write(alias: SipAlias) -> types::SipAlias {
    types::SipAlias {
        id: Some(member::wire_id(&alias.id)),
        target: alias.target.as_ref().map(member::wire_id),
        owner: Some(alias.owner.get()),
        customer: Some(alias.ownership.customer.get()),
        reseller: Some(alias.ownership.reseller.get()),
        change_date: Some(alias.change_date),
    }
}
