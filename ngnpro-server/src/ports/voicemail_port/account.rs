//! Voicemail boxes between the wire and the domain.

use domain::{Mailbox, NewVoicemailAccount, Pin, Refusal, SipId, VoicemailAccount, VoicemailChange};

use crate::ports::member;
use crate::wire::types;

/// Reads a box to be made. What is absent has its usual value; no number is the next free one.
pub(super) fn read_new(wire: Option<types::VoicemailAccount>) -> Result<NewVoicemailAccount, Refusal> {
    let (id, change) = read_change(wire)?;
    Ok(NewVoicemailAccount {
        id,
        mailbox: change.mailbox,
        pin: change.pin.unwrap_or_default(),
        name: change.name.unwrap_or_default(),
        email: change.email.unwrap_or_default(),
        info: change.info.unwrap_or_default(),
        delete: change.delete.unwrap_or(true),
    })
}

/// Reads what is to become of a box. What is absent stays; so do number and PIN when they are empty.
pub(super) fn read_change(wire: Option<types::VoicemailAccount>) -> Result<(SipId, VoicemailChange), Refusal> {
    let wire = member::required(wire, "account")?;
    let id = member::sip_id(wire.sip_id, "account.sipId")?;
    let mailbox = wire.mailbox.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let line = |value: Option<String>, name| value.map(|text| member::line(Some(text), name)).transpose();
    let change = VoicemailChange {
        mailbox: mailbox.map(|text| Mailbox::parse(&text).map_err(|why| why.at("account.mailbox"))).transpose()?,
        pin: wire
            .password
            .filter(|text| !text.is_empty())
            .map(|text| Pin::parse(&text).map_err(|why| why.at("account.password")))
            .transpose()?,
        name: line(wire.name, "account.name")?,
        email: line(wire.email, "account.email")?,
        info: wire.info.map(|text| member::block(Some(text), "account.info")).transpose()?,
        delete: wire.options.and_then(|options| options.delete),
    };
    Ok((id, change))
}

/// Writes a box with every member.
pub(super) fn write(account: VoicemailAccount) -> types::VoicemailAccount {
    types::VoicemailAccount {
        sip_id: Some(member::wire_id(&account.id)),
        mailbox: Some(account.mailbox),
        password: Some(account.pin.expose().to_owned()),
        name: Some(account.name),
        email: Some(account.email),
        info: Some(account.info),
        options: Some(types::VoicemailOptions { delete: Some(account.delete) }),
        customer: Some(account.ownership.customer.get()),
        reseller: Some(account.ownership.reseller.get()),
        change_date: Some(account.change_date),
    }
}
