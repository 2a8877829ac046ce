//! The calls of the attack: for each kind of record, what is said to make, read, change, list, give away and delete one; and the
//! rows that the database then has.

use crate::model::{Kind, Place};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Get,
    Update,
    Delete,
    List,
    /// To a customer.
    Give,
}

impl Verb {
    /// Twice as often what makes something: there is something to attack then.
    pub(crate) const ALL: [Self; 8] =
        [Self::Add, Self::Add, Self::Get, Self::Get, Self::Update, Self::Delete, Self::List, Self::Give];
}

/// A call to be made.
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) parameters: String,
}

/// Names of the records at a place of a tenant; everybody can guess them.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    pub(crate) tenant: usize,
    pub(crate) place: Place,
}

impl Names {
    fn of(self, what: &str) -> String {
        format!("mk{}x-{}{what}{}", self.tenant, self.place.0, self.place.1)
    }

    /// The domain that a person has from the beginning, and its range of numbers.
    pub(crate) fn fixed_domain(self) -> String {
        format!("mk{}x-fixed{}.example", self.tenant, self.place.0)
    }

    pub(crate) fn range(self) -> String {
        format!("<prefix>{}</prefix><tld>e164.arpa</tld>", self.digits())
    }

    fn digits(self) -> String {
        format!("3120{}{}0000", self.tenant, self.place.0)
    }

    fn domain(self) -> String {
        format!("{}.example", self.of("d"))
    }

    fn zone(self) -> String {
        format!("{}.example", self.of("z"))
    }

    fn user(self, name: &str, what: &str) -> String {
        format!("<{name}><username>{}</username><domain>{}</domain></{name}>", self.of(what), self.fixed_domain())
    }

    fn number(self, name: &str) -> String {
        format!("<{name}><number>{}{}</number><tld>e164.arpa</tld></{name}>", self.digits(), self.place.1)
    }

    /// A record as one of [`ROWS`] shows it.
    pub(crate) fn row(self, kind: Kind, owner: &str, writer: usize, version: u32) -> String {
        let text = written(kind, writer, version);
        match kind {
            Kind::Domain => format!("{} {owner}", self.domain()),
            Kind::Zone => format!("{} {owner}", self.zone()),
            Kind::Record => format!("www.{} {owner} {text}", self.zone()),
            Kind::Number => format!("{}{} {text}", self.digits(), self.place.1),
            Kind::Account => format!("{}@{} {text}", self.of("u"), self.fixed_domain()),
            Kind::Alias => format!("{}@{}", self.of("a"), self.fixed_domain()),
            Kind::Membership => self.of("u"),
            Kind::Contact | Kind::Mailbox => format!("{} {text}", self.of("u")),
            Kind::Carrier => format!("{} {owner}", self.of("c")),
            Kind::Property => format!("mk{}x-person{} {text}", self.tenant, self.place.0),
        }
    }
}

/// What a tenant writes into a record: a text that is nobody else's, where the kind has one.
pub(crate) fn written(kind: Kind, writer: usize, version: u32) -> String {
    match kind {
        Kind::Record => (version + 1).to_string(),
        _ => format!("sec{writer}x{version}"),
    }
}

/// The rows of each kind, as [`Names::row`] says them.
pub(crate) const ROWS: [(Kind, &str); 11] = [
    (Kind::Domain, "SELECT domain || ' ' || customer FROM sip_domains WHERE domain NOT LIKE '%fixed%'"),
    (Kind::Zone, "SELECT name || ' ' || customer FROM dns_zones"),
    (
        Kind::Record,
        "SELECT r.name || '.' || z.name || ' ' || customer || ' ' || r.ttl FROM dns_records AS r JOIN dns_zones AS z ON z.id = zone_id",
    ),
    (Kind::Number, "SELECT number || ' ' || info FROM enum_numbers"),
    (
        Kind::Account,
        "SELECT username || '@' || domain || ' ' || first_name FROM sip_accounts JOIN sip_domains AS d ON d.id = domain_id",
    ),
    (Kind::Alias, "SELECT username || '@' || domain FROM sip_aliases JOIN sip_domains AS d ON d.id = domain_id"),
    (Kind::Membership, "SELECT username FROM sip_account_groups JOIN sip_accounts AS a ON a.id = account_id"),
    (
        Kind::Contact,
        "SELECT username || ' ' || name FROM sip_phonebook_entries JOIN sip_accounts AS a ON a.id = account_id",
    ),
    (
        Kind::Mailbox,
        "SELECT username || ' ' || name FROM voicemail_accounts JOIN sip_accounts AS a ON a.id = account_id",
    ),
    (Kind::Carrier, "SELECT name || ' ' || reseller FROM carriers"),
    (
        Kind::Property,
        "SELECT username || ' ' || value FROM customer_properties JOIN customers AS c ON c.id = customer WHERE name = 'language'",
    ),
];

/// The call; none where the contract has no such operation. The id is the record's where it has one, the customer the one that it
/// is of or given to; `writer` is who says it, and in which step.
pub(crate) fn call(
    verb: Verb,
    kind: Kind,
    names: Names,
    [id, customer]: [&str; 2],
    writer: (usize, u32),
) -> Option<Call> {
    let text = written(kind, writer.0, writer.1);
    let (operation, parameters) = match kind {
        Kind::Domain => domain(verb, names, customer)?,
        Kind::Zone => zone(verb, names, customer)?,
        Kind::Record => record(verb, names, id, &text)?,
        Kind::Number => number(verb, names, &text)?,
        Kind::Account => account(verb, names, &text)?,
        Kind::Alias => alias(verb, names)?,
        Kind::Membership => membership(verb, names)?,
        Kind::Contact => contact(verb, names, &text)?,
        Kind::Mailbox => mailbox(verb, names, &text)?,
        Kind::Carrier => carrier(verb, names, id)?,
        Kind::Property => property(verb, customer, &text)?,
    };
    Some(Call { operation, parameters })
}

type Said = Option<(&'static str, String)>;

fn filter(term: &str, pattern: String) -> String {
    format!("<query><filter><{term}>{pattern}</{term}></filter></query>")
}

fn domain(verb: Verb, names: Names, receiver: &str) -> Said {
    let name = names.domain();
    Some(match verb {
        Verb::Add => ("Sip.addDomain", format!("<domain><domain>{name}</domain></domain>")),
        Verb::Update => ("Sip.updateDomain", format!("<domain><domain>{name}</domain></domain>")),
        Verb::Give => {
            ("Sip.updateDomain", format!("<domain><domain>{name}</domain><customer>{receiver}</customer></domain>"))
        }
        Verb::Delete => ("Sip.deleteDomain", format!("<domain>{name}</domain>")),
        Verb::List => ("Sip.getDomains", filter("domain", format!("mk{}x-%", names.tenant))),
        Verb::Get => return None,
    })
}

fn zone(verb: Verb, names: Names, receiver: &str) -> Said {
    let name = names.zone();
    Some(match verb {
        Verb::Add => ("Dns.addZone", format!("<zone><name>{name}</name></zone>")),
        Verb::Update => ("Dns.updateZone", format!("<zone><name>{name}</name></zone>")),
        Verb::Give => ("Dns.updateZone", format!("<zone><name>{name}</name><customer>{receiver}</customer></zone>")),
        Verb::Delete => ("Dns.deleteZone", format!("<zone>{name}</zone>")),
        Verb::List => ("Dns.getZones", filter("name", format!("mk{}x-%", names.tenant))),
        Verb::Get => ("Dns.getZone", format!("<zone>{name}</zone>")),
    })
}

fn record(verb: Verb, names: Names, id: &str, ttl: &str) -> Said {
    let record = |id: &str| {
        format!(
            "<record>{id}<zone>{}</zone><name>www</name><type>A</type><ttl>{ttl}</ttl><value>192.0.2.1</value></record>",
            names.zone()
        )
    };
    Some(match verb {
        Verb::Add => ("Dns.addRecord", record("")),
        Verb::Update => ("Dns.updateRecord", record(&format!("<id>{id}</id>"))),
        Verb::Delete => ("Dns.deleteRecord", format!("<recordId>{id}</recordId>")),
        Verb::List => ("Dns.getRecords", filter("zone", format!("mk{}x-%", names.tenant))),
        Verb::Get => ("Dns.getRecord", format!("<recordId>{id}</recordId>")),
        Verb::Give => return None,
    })
}

fn number(verb: Verb, names: Names, info: &str) -> Said {
    let number = || {
        let leads = "<mappings><item><type>sip</type><mapto>sip:a@example.org</mapto></item></mappings>";
        format!("<number>{}<info>{info}</info>{leads}</number>", names.number("id"))
    };
    Some(match verb {
        Verb::Add => ("Enum.addNumber", number()),
        Verb::Update => ("Enum.updateNumber", number()),
        Verb::Delete => ("Enum.deleteNumber", names.number("enumId")),
        Verb::List => ("Enum.getNumbers", filter("number", format!("3120{}%", names.tenant))),
        Verb::Get => ("Enum.getNumber", names.number("enumId")),
        Verb::Give => return None,
    })
}

fn account(verb: Verb, names: Names, first_name: &str) -> Said {
    let account =
        |password| format!("<account>{}<firstName>{first_name}</firstName>{password}</account>", names.user("id", "u"));
    Some(match verb {
        Verb::Add => ("Sip.addAccount", account("<password>phone password</password>")),
        Verb::Update => ("Sip.updateAccount", account("")),
        Verb::Delete => ("Sip.deleteAccount", names.user("sipId", "u")),
        Verb::List => ("Sip.getAccounts", filter("domain", format!("mk{}x-%", names.tenant))),
        Verb::Get => ("Sip.getAccount", names.user("sipId", "u")),
        Verb::Give => return None,
    })
}

fn alias(verb: Verb, names: Names) -> Said {
    let alias = || format!("<alias>{}{}</alias>", names.user("id", "a"), names.user("target", "u"));
    Some(match verb {
        Verb::Add => ("Sip.addAlias", alias()),
        Verb::Update => ("Sip.updateAlias", alias()),
        Verb::Delete => ("Sip.deleteAlias", names.user("id", "a")),
        Verb::List => ("Sip.getAliases", filter("targetDomain", format!("mk{}x-%", names.tenant))),
        Verb::Get => ("Sip.getAlias", names.user("id", "a")),
        Verb::Give => return None,
    })
}

fn membership(verb: Verb, names: Names) -> Said {
    let group = || format!("{}<group>anonymous</group>", names.user("sipId", "u"));
    Some(match verb {
        Verb::Add => ("Sip.addToGroup", group()),
        Verb::Delete => ("Sip.removeFromGroup", group()),
        Verb::Get => ("Sip.getGroups", names.user("sipId", "u")),
        Verb::Update | Verb::List | Verb::Give => return None,
    })
}

fn contact(verb: Verb, names: Names, name: &str) -> Said {
    let holder = names.user("sipId", "u");
    let entry = || format!("{holder}<entry><uri>bob@example.net</uri><name>{name}</name></entry>");
    Some(match verb {
        Verb::Add => ("Sip.addPhonebookEntry", entry()),
        Verb::Update => ("Sip.updatePhonebookEntry", entry()),
        Verb::Delete => ("Sip.deletePhonebookEntry", format!("{holder}<uri>bob@example.net</uri>")),
        Verb::Get => ("Sip.getPhonebookEntries", holder),
        Verb::List | Verb::Give => return None,
    })
}

fn mailbox(verb: Verb, names: Names, name: &str) -> Said {
    let account =
        || format!("<account>{}<name>{name}</name><email>a@example.org</email></account>", names.user("sipId", "u"));
    Some(match verb {
        Verb::Add => ("Voicemail.addAccount", account()),
        Verb::Update => ("Voicemail.updateAccount", account()),
        Verb::Delete => ("Voicemail.deleteAccount", names.user("sipId", "u")),
        Verb::Get => ("Voicemail.getAccount", names.user("sipId", "u")),
        Verb::List | Verb::Give => return None,
    })
}

fn carrier(verb: Verb, names: Names, id: &str) -> Said {
    let carrier = |id: &str| format!("<carrier>{id}<name>{}</name></carrier>", names.of("c"));
    Some(match verb {
        // Names of carriers are a reseller's own: there is no other one to meet.
        Verb::Add => ("Sip.addCarrier", carrier("")),
        Verb::Update => ("Sip.updateCarrier", carrier(&format!("<id>{id}</id>"))),
        Verb::Delete => ("Sip.deleteCarrier", format!("<id>{id}</id>")),
        Verb::List => ("Sip.getCarriers", filter("name", format!("mk{}x-%", names.tenant))),
        Verb::Get | Verb::Give => return None,
    })
}

fn property(verb: Verb, customer: &str, value: &str) -> Said {
    let item = format!("<item><name>language</name><value>{value}</value></item>");
    Some(match verb {
        Verb::Add | Verb::Update => {
            ("Customer.setProperties", format!("<customer>{customer}</customer><properties>{item}</properties>"))
        }
        Verb::Get => ("Customer.getProperties", format!("<customer>{customer}</customer>")),
        Verb::Delete | Verb::List | Verb::Give => return None,
    })
}
