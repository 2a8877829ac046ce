//! SIP accounts between the wire and the domain: reading for add and update, writing for every answer.

use std::collections::BTreeSet;

use domain::{
    AclEntry, AclNetwork, Group, Property, PropertyName, PstnRights, PstnState, Refusal, RingTimeout, Scope, Secret,
    SipAccount, SipAccountSettings, SipPassword, TimeZoneName, prepaid_of,
};
use store::sip_accounts::ClearText;
use store::{Tx, customers};

use crate::context::OperationSettings;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::types;

/// Reads everything but identity and password.
pub(super) fn settings(wire: &mut types::SipAccount) -> Result<SipAccountSettings, Refusal> {
    let mut groups = groups(wire.groups.take(), "account.groups")?;
    let prepaid = prepaid_of(wire.prepaid, &mut groups);
    let timezone = wire.timezone.take().unwrap_or_default();
    Ok(SipAccountSettings {
        first_name: member::line(wire.first_name.take(), "account.firstName")?,
        last_name: member::line(wire.last_name.take(), "account.lastName")?,
        email: member::line(wire.email.take(), "account.email")?,
        acl: acl(wire.acl.take())?,
        groups,
        properties: properties(wire.properties.take())?,
        timezone: TimeZoneName::parse(&timezone).map_err(|why| why.at("account.timezone"))?,
        rpid: member::line(wire.rpid.take(), "account.rpid")?,
        quota: member::count(wire.quota, "account.quota")?,
        quickdial_prefix: member::line(wire.quickdial_prefix.take(), "account.quickdialPrefix")?,
        call_limit: member::count(wire.call_limit, "account.callLimit")?,
        prepaid,
        region: member::line(wire.region.take(), "account.region")?,
        timeout: RingTimeout::parse(wire.timeout.map(i64::from)).map_err(|why| why.at("account.timeout"))?,
        owner: member::customer(wire.owner, "account.owner")?,
    })
}

/// Reads the password; none when it is absent or empty.
pub(super) fn password(wire: &mut types::SipAccount) -> Result<Option<SipPassword>, Refusal> {
    let text = Secret::new(wire.password.take().unwrap_or_default());
    SipPassword::parse(text.expose()).map_err(|why| why.at("account.password"))
}

/// A password for an account that was sent without one: nobody knows it until it is changed, or read where it is stored.
pub(super) fn random_password() -> Result<SipPassword, Failure> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz2345679";
    let mut octets = [0; 20];
    getrandom::fill(&mut octets).map_err(|e| Failure::Internal(e.to_string()))?;
    let text: String = octets.iter().map(|octet| char::from(LETTERS[usize::from(octet % 32)])).collect();
    Ok(SipPassword::Clear(Secret::new(text)))
}

/// Whether clear text is stored.
pub(super) const fn clear_text(settings: &OperationSettings) -> ClearText {
    if settings.store_clear_text_passwords { ClearText::Stored } else { ClearText::Dropped }
}

/// Groups by name; empty names are dropped.
pub(super) fn groups(names: Option<Vec<String>>, at: &'static str) -> Result<BTreeSet<Group>, Refusal> {
    let names = member::entries(names, at)?;
    Ok(member::each_text(&names, at, Group::parse)?.into_iter().collect())
}

fn acl(entries: Option<Vec<types::SubscriberACL>>) -> Result<Vec<AclEntry>, Refusal> {
    let mut list: Vec<AclEntry> = Vec::new();
    let read = |entry: types::SubscriberACL| {
        let ip = entry.ip.unwrap_or_default();
        let network = AclNetwork::parse(&ip, entry.mask.map(i64::from)).map_err(|why| why.at("account.acl.ip"))?;
        Ok((network, member::line(entry.tag, "account.acl.tag")?))
    };
    for (network, tag) in member::each(member::entries(entries, "account.acl")?, "account.acl", read)? {
        // One network, one label: the last one holds.
        list.retain(|known| known.network != network);
        list.push(AclEntry { network, tag });
    }
    Ok(list)
}

fn properties(entries: Option<Vec<types::Property>>) -> Result<Vec<Property>, Refusal> {
    let mut list: Vec<Property> = Vec::new();
    let read = |entry: types::Property| {
        let name = PropertyName::parse(entry.name.unwrap_or_default().trim())
            .map_err(|why| why.at("account.properties.name"))?;
        Ok((name, member::block(entry.value, "account.properties.value")?))
    };
    let entries = member::entries(entries, "account.properties")?;
    for (name, value) in member::each(entries, "account.properties", read)? {
        list.retain(|known| known.name != name);
        list.push(Property { name, value });
    }
    Ok(list)
}

/// The part of the settings that rights guard.
pub(super) fn pstn(settings: &SipAccountSettings) -> PstnState {
    let free_pstn = settings.groups.iter().any(|group| group.is(Group::FREE_PSTN));
    PstnState { free_pstn, prepaid: settings.prepaid, quota: settings.quota }
}

/// Writes what was settled back into the settings.
pub(super) fn set_pstn(settings: &mut SipAccountSettings, settled: PstnState) -> Result<(), Refusal> {
    set_group(settings, Group::FREE_PSTN, settled.free_pstn)?;
    settings.prepaid = settled.prepaid;
    settings.quota = settled.quota;
    Ok(())
}

/// The group that only the administrator changes is as it was when anybody else writes.
pub(super) fn keep_intercept(settings: &mut SipAccountSettings, scope: &Scope, was: bool) -> Result<(), Refusal> {
    if scope.is_administrator() { Ok(()) } else { set_group(settings, Group::INTERCEPT, was) }
}

fn set_group(settings: &mut SipAccountSettings, name: &'static str, member: bool) -> Result<(), Refusal> {
    settings.groups.retain(|group| !group.is(name));
    if member {
        settings.groups.insert(Group::parse(name).map_err(|why| why.at("account.groups"))?);
    }
    Ok(())
}

/// The caller's rights; asked for only when something depends on them.
pub(super) async fn rights(tx: &mut Tx, matters: bool) -> Result<PstnRights, Failure> {
    if matters { Ok(customers::pstn_rights(tx).await?) } else { Ok(PstnRights::ALL) }
}

/// Writes an account with every member; the group prepaid stands for the attribute.
pub(super) fn write(account: SipAccount) -> types::SipAccount {
    let settings = account.settings;
    let mut groups: Vec<String> = settings.groups.iter().map(Group::to_string).collect();
    if settings.prepaid {
        groups.push(Group::PREPAID.to_owned());
        groups.sort_unstable();
    }
    types::SipAccount {
        id: Some(member::wire_id(&account.id)),
        password: Some(account.password.map(|secret| secret.expose().to_owned()).unwrap_or_default()),
        first_name: Some(settings.first_name),
        last_name: Some(settings.last_name),
        email: Some(settings.email),
        acl: Some(settings.acl.into_iter().map(write_acl).collect()),
        groups: Some(groups),
        properties: Some(settings.properties.into_iter().map(write_property).collect()),
        timezone: Some(settings.timezone.as_str().to_owned()),
        rpid: Some(settings.rpid),
        quota: Some(settings.quota),
        quickdial_prefix: Some(settings.quickdial_prefix),
        call_limit: Some(settings.call_limit),
        prepaid: Some(settings.prepaid),
        region: Some(settings.region),
        timeout: Some(u32::from(settings.timeout.seconds())),
        owner: Some(settings.owner.get()),
        customer: Some(account.customer.get()),
        reseller: Some(account.reseller.get()),
        change_date: Some(account.change_date),
        create_date: Some(account.create_date),
        ha1: Some(account.ha1.expose().to_owned()),
    }
}

fn write_acl(entry: AclEntry) -> types::SubscriberACL {
    types::SubscriberACL {
        ip: Some(entry.network.ip().to_string()),
        mask: Some(i32::from(entry.network.mask())),
        tag: Some(entry.tag),
    }
}

fn write_property(property: Property) -> types::Property {
    types::Property { name: Some(property.name.to_string()), value: Some(property.value) }
}
