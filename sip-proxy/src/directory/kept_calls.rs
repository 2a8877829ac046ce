//! What was decided about an account's calls, as the octets that [`super::cache`] keeps of it.

use domain::{DiversionCondition, DiversionTarget};
use sip_core::directory::{AcceptRule, CallSettings, TemporaryRule};

use super::kept::Reader;

/// Appends the octets of the settings.
pub(super) fn write(calls: &CallSettings, out: &mut Vec<u8>) {
    for value in [&calls.timezone, &calls.rpid, &calls.quickdial_prefix, &calls.region, &calls.mailbox] {
        text(value, out);
    }
    out.extend_from_slice(&calls.call_limit.to_le_bytes());
    out.extend_from_slice(&calls.timeout_s.to_le_bytes());
    out.push(u8::from(calls.used_up));
    list(calls.diversions.iter(), out, |(condition, target), out| {
        text(condition.as_str(), out);
        match target {
            DiversionTarget::VoiceMailbox => text("<voice-mailbox>", out),
            DiversionTarget::Uri(uri) => text(uri, out),
        }
    });
    list(calls.accept_rules.iter(), out, |rule, out| {
        out.push(rule.days);
        out.extend_from_slice(&rule.start.to_le_bytes());
        out.extend_from_slice(&rule.stop.to_le_bytes());
        list(rule.groups.iter(), out, |group, out| text(group, out));
    });
    list(calls.temporary.iter(), out, |rule, out| {
        out.extend_from_slice(&rule.until_s.to_le_bytes());
        list(rule.groups.iter(), out, |group, out| text(group, out));
    });
    for values in [&calls.reject_members, &calls.barring_prefixes] {
        list(values.iter(), out, |value, out| text(value, out));
    }
    list(calls.phonebook.iter(), out, |(group, uri), out| {
        text(group, out);
        text(uri, out);
    });
}

/// The settings that were written.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<CallSettings> {
    Some(CallSettings {
        timezone: read_text(reader)?,
        rpid: read_text(reader)?,
        quickdial_prefix: read_text(reader)?,
        region: read_text(reader)?,
        mailbox: read_text(reader)?,
        call_limit: u32::from_le_bytes(reader.array()?),
        timeout_s: u16::from_le_bytes(reader.array()?),
        used_up: reader.array()? == [1],
        diversions: read_list(reader, |reader| {
            let condition = DiversionCondition::parse(&read_text(reader)?).ok()?;
            Some((condition, DiversionTarget::parse(&read_text(reader)?).ok()??))
        })?
        .into_iter()
        .collect(),
        accept_rules: read_list(reader, |reader| {
            let [days] = reader.array()?;
            let (start, stop) = (u16::from_le_bytes(reader.array()?), u16::from_le_bytes(reader.array()?));
            Some(AcceptRule { days, start, stop, groups: read_list(reader, read_text)? })
        })?,
        temporary: read_list(reader, |reader| {
            let until_s = i64::from_le_bytes(reader.array()?);
            Some(TemporaryRule { until_s, groups: read_list(reader, read_text)? })
        })?
        .pop(),
        reject_members: read_list(reader, read_text)?,
        barring_prefixes: read_list(reader, read_text)?,
        phonebook: read_list(reader, |reader| Some((read_text(reader)?, read_text(reader)?)))?,
    })
}

/// What is longer than the length can say is cut; nothing that can be provisioned is.
fn text(value: &str, out: &mut Vec<u8>) {
    let mut end = value.len().min(usize::from(u16::MAX));
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    out.extend_from_slice(&(end as u16).to_le_bytes());
    out.extend_from_slice(&value.as_bytes()[..end]);
}

fn read_text(reader: &mut Reader<'_>) -> Option<Box<str>> {
    let length = u16::from_le_bytes(reader.array()?);
    reader.text(usize::from(length)).map(Into::into)
}

fn list<T>(values: impl ExactSizeIterator<Item = T>, out: &mut Vec<u8>, write: impl Fn(T, &mut Vec<u8>)) {
    let count = values.len().min(usize::from(u16::MAX));
    out.extend_from_slice(&(count as u16).to_le_bytes());
    for value in values.take(count) {
        write(value, out);
    }
}

fn read_list<'a, T>(reader: &mut Reader<'a>, read: impl Fn(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let count = u16::from_le_bytes(reader.array()?);
    (0..count).map(|_| read(reader)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::SipId;
    use sip_core::digest::StoredDigests;
    use sip_core::directory::Account;

    use super::super::cache::Kept;
    use super::super::kept::KeptAccount;
    use super::*;

    #[test]
    fn what_was_decided_about_calls_comes_back_as_it_was_kept() {
        let rule = |group: &str| AcceptRule { days: 31, start: 480, stop: 1440, groups: vec![group.into()] };
        let calls = CallSettings {
            timezone: "Europe/Amsterdam".into(),
            rpid: "31208005161".into(),
            quickdial_prefix: "3120800".into(),
            region: "010".into(),
            mailbox: "1000000".into(),
            call_limit: 70_000,
            timeout_s: 900,
            used_up: true,
            diversions: [
                (DiversionCondition::Fbus, DiversionTarget::VoiceMailbox),
                (DiversionCondition::Runc, DiversionTarget::Uri("sip:bob@example.com".into())),
            ]
            .into(),
            accept_rules: vec![rule("everybody"), rule("Fr\u{e9}unde")],
            temporary: Some(TemporaryRule { groups: vec!["nobody".into()], until_s: 4_000_000_000 }),
            reject_members: vec!["sip:spam@example.com".into()],
            barring_prefixes: vec!["+31900".into(), "+1".into()],
            phonebook: vec![("vip".into(), "boss@example.com".into())],
        };
        let id = SipId::parse("alice@example.com").expect("a name");
        let account = Account {
            id: id.clone(),
            digests: StoredDigests::default(),
            groups: [].into(),
            acl: [].into(),
            calls: Some(Arc::new(calls)),
        };
        let kept: KeptAccount = Some(Arc::new(account));
        let mut bytes = Vec::new();
        kept.write(&mut bytes);
        let read = KeptAccount::read(&id, &bytes).flatten().expect("what was written");
        assert_eq!(read.calls, kept.and_then(|account| account.calls.clone()));
    }
}
