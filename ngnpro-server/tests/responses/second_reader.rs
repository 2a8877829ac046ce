//! An independent second implementation reads what the server writes: yaserde, with mirrors of the wire types.
//!
//! It trims text and takes a nil number for an error, so it is given neither; it never reads network input.

use ngnpro_server::wire::{Operation, types};
use yaserde::YaDeserialize;

macro_rules! mirror {
    ($element:literal $(in $prefix:literal)?, $name:ident { $($(#[$meta:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        #[derive(Debug, Default, Clone, PartialEq, YaDeserialize)]
        #[yaserde(
            rename = $element,
            $(prefix = $prefix,)?
            namespaces = {
                "SOAP-ENV" = "http://schemas.xmlsoap.org/soap/envelope/",
                "m" = "urn:AGProjects:NGNPro:Sip"
            }
        )]
        struct $name { $($(#[$meta])* $field: $ty,)* }
    };
}

mirror!(
    "Envelope" in "SOAP-ENV",
    MirrorEnvelope {
        #[yaserde(prefix = "SOAP-ENV", rename = "Body")]
        body: MirrorBody,
    }
);
mirror!(
    "Body" in "SOAP-ENV",
    MirrorBody {
        #[yaserde(prefix = "m", rename = "getAccountsResponse")]
        response: MirrorResponse,
    }
);
mirror!(
    "getAccountsResponse" in "m",
    MirrorResponse {
        #[yaserde(rename = "return")]
        result: MirrorAccounts,
    }
);
mirror!("return", MirrorAccounts { accounts: MirrorList, total: i32 });
mirror!("accounts", MirrorList { item: Vec<MirrorAccount>, });
mirror!(
    "item",
    MirrorAccount {
        id: MirrorId,
        #[yaserde(rename = "firstName")]
        first_name: String,
        groups: MirrorGroups,
        properties: MirrorProperties,
        quota: i32,
        prepaid: bool,
        owner: i64,
    }
);
mirror!("id", MirrorId { username: String, domain: String });
mirror!("groups", MirrorGroups { item: Vec<String>, });
mirror!("properties", MirrorProperties { item: Vec<MirrorProperty>, });
mirror!("item", MirrorProperty { name: String, value: String });

fn full(number: i32) -> types::SipAccount {
    let text = |text: &str| Some(format!("{text}{number}"));
    types::SipAccount {
        id: Some(types::SipId { username: text("alice"), domain: text("example.com") }),
        password: text("p"),
        first_name: text("O'N\u{e9}il & <Sons> \"\u{1f600}\""),
        last_name: text("l"),
        email: text("e"),
        acl: Some(vec![]),
        groups: Some((0..number).map(|n| format!("group & {n}")).collect()),
        properties: Some(vec![types::Property { name: text("language"), value: text("<nl>") }]),
        timezone: text("t"),
        rpid: text("31"),
        quota: Some(number),
        quickdial_prefix: text("q"),
        call_limit: Some(2),
        prepaid: Some(number % 2 == 0),
        region: text("r"),
        timeout: Some(35),
        owner: Some(5_000_000_000 + i64::from(number)),
        customer: Some(1),
        reseller: Some(1),
        change_date: text("2026-01-31 12:00:00"),
        create_date: text("2026-01-31 12:00:00"),
        ha1: text("0"),
    }
}

fn mirrored(account: &types::SipAccount) -> MirrorAccount {
    let id = account.id.clone().unwrap();
    let properties = account.properties.clone().unwrap().into_iter();
    MirrorAccount {
        id: MirrorId { username: id.username.unwrap(), domain: id.domain.unwrap() },
        first_name: account.first_name.clone().unwrap(),
        groups: MirrorGroups { item: account.groups.clone().unwrap() },
        properties: MirrorProperties {
            item: properties.map(|p| MirrorProperty { name: p.name.unwrap(), value: p.value.unwrap() }).collect(),
        },
        quota: account.quota.unwrap(),
        prepaid: account.prepaid.unwrap(),
        owner: account.owner.unwrap(),
    }
}

#[test]
fn a_second_reader_reads_the_same_from_a_list() {
    for count in [0, 1, 3] {
        let accounts: Vec<_> = (0..count).map(full).collect();
        let expected: Vec<_> = accounts.iter().map(mirrored).collect();
        let answer = types::SipAccounts { accounts: Some(accounts), total: Some(count) };
        let answer = soap::response(soap::Version::Soap11, Operation::SipGetAccounts.describe(), &answer);
        let read: MirrorEnvelope = yaserde::de::from_str(&answer).unwrap();
        let result = read.body.response.result;
        assert_eq!((result.accounts.item, result.total), (expected, count));
    }
}
