//! Credits of all six kinds under load: a hundred people create at once, over all wires, and exactly as many succeed as the
//! reseller and the customer may have together.

use crate::platform::Platform;
use crate::wires::{Client, Wire};

/// Creations at once, half of them by each customer.
const ATTEMPTS: usize = 100;
/// What the reseller may have in all.
const OF_THE_RESELLER: usize = 10;
/// What the first customer may have of that.
const OF_THE_CUSTOMER: usize = 7;

/// A kind of credit: its property, and the creation that uses it.
type Kind = (&'static str, &'static str, fn(customer: usize, attempt: usize) -> String);

const KINDS: [Kind; 6] = [
    ("sip_credit", "Sip.addAccount", |customer, n| {
        let id = format!("<id><username>u{n}</username><domain>c{customer}.example</domain></id>");
        format!("<account>{id}<password>phone password</password></account>")
    }),
    ("sip_alias_credit", "Sip.addAlias", |customer, n| {
        let id = |name: &str, user: &str| {
            format!("<{name}><username>{user}</username><domain>c{customer}.example</domain></{name}>")
        };
        format!("<alias>{}{}</alias>", id("id", &format!("a{n}")), id("target", "fixed"))
    }),
    ("enum_range_credit", "Enum.addRange", |customer, n| {
        format!("<range><id><prefix>49{customer}{n:03}</prefix><tld>e164.arpa</tld></id></range>")
    }),
    ("enum_number_credit", "Enum.addNumber", |customer, n| {
        let leads = "<mappings><item><type>sip</type><mapto>sip:a@example.org</mapto></item></mappings>";
        format!("<number><id><number>3120{customer}000{n:03}</number><tld>e164.arpa</tld></id>{leads}</number>")
    }),
    ("dns_zone_credit", "Dns.addZone", |customer, n| format!("<zone><name>z{n}.c{customer}.example</name></zone>")),
    ("email_credit", "Dns.addFancyRecord", |customer, n| {
        let zone = format!("<zone>c{customer}.example</zone>");
        format!("<record>{zone}<name>m{n}</name><type>MBOXFW</type><value>a@example.org</value></record>")
    }),
];

#[test]
fn a_hundred_creations_at_once_get_exactly_what_is_allowed() {
    let platform = Platform::start();
    let administrator = platform.administrator(Wire::Encoded);
    let login = |name: &str, more: &str| {
        format!("<account><username>{name}</username><password>{name} password</password>{more}</account>")
    };
    let active = "<resellerActive>true</resellerActive>";
    let reseller = administrator.must("Customer.addAccount", &login("reseller", active)).member("id");
    let by_reseller = platform.client(Wire::Encoded, "reseller", "reseller password");
    let customers: Vec<String> = (0..2)
        .map(|n| by_reseller.must("Customer.addAccount", &login(&format!("customer{n}"), "")).member("id"))
        .collect();
    for n in 0..2 {
        let customer = people(&platform, n, Wire::Encoded);
        customer.must("Sip.addDomain", &format!("<domain><domain>c{n}.example</domain></domain>"));
        let id = format!("<id><username>fixed</username><domain>c{n}.example</domain></id>");
        customer.must("Sip.addAccount", &format!("<account>{id}<password>phone password</password></account>"));
        customer.must("Dns.addZone", &format!("<zone><name>c{n}.example</name></zone>"));
        let id = format!("<id><prefix>3120{n}</prefix><tld>e164.arpa</tld></id>");
        customer.must("Enum.addRange", &format!("<range>{id}</range>"));
    }
    for (property, operation, parameters) in KINDS {
        // What there is already, one of each customer's, counts too.
        let present = usize::from(matches!(property, "sip_credit" | "dns_zone_credit" | "enum_range_credit"));
        for (id, credit) in [(&reseller, OF_THE_RESELLER + 2 * present), (&customers[0], OF_THE_CUSTOMER + present)] {
            let item = format!("<item><name>{property}</name><value>{credit}</value></item>");
            let grant = format!("<customer>{id}</customer><properties>{item}</properties>");
            administrator.must("Customer.setProperties", &grant);
        }
        let done: Vec<(usize, String)> = std::thread::scope(|scope| {
            let tries = (0..ATTEMPTS).map(|n| {
                let client = people(&platform, n % 2, Wire::ALL[n % 3]);
                scope.spawn(move || (n % 2, answered(&client, operation, &parameters(n % 2, n))))
            });
            let tries: Vec<_> = tries.collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let count = |wanted: &str| done.iter().filter(|(_, outcome)| outcome == wanted).count();
        assert_eq!((count("ok"), count("9003")), (OF_THE_RESELLER, ATTEMPTS - OF_THE_RESELLER), "{property}: {done:?}");
        let of_first = done.iter().filter(|(customer, outcome)| *customer == 0 && outcome == "ok").count();
        assert!(of_first <= OF_THE_CUSTOMER, "{property}: {of_first} of the first customer's");
    }
}

fn people(platform: &Platform, customer: usize, wire: Wire) -> Client {
    platform.client(wire, &format!("customer{customer}"), &format!("customer{customer} password"))
}

/// The outcome; where the lock was not got in time (9009, nothing was done) it is asked for again.
fn answered(client: &Client, operation: &str, parameters: &str) -> String {
    let outcomes = (0..50).map(|_| client.call(operation, parameters).outcome);
    outcomes.into_iter().find(|outcome| outcome != "9009").unwrap_or_default()
}
