//! Who may do what: every operation by every role, on a record of the first reseller's and on one that does not exist.
//!
//! The outcome is a table that is compared with `tenants.golden.txt` (`make bless` rewrites it, the diff is reviewed).
//! Whatever that file says, this also holds: the second reseller and its customer neither see nor touch what is the
//! first one's, and every operation of the published contract has a row.

mod cases;
mod other_ports;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::platform::Platform;
use crate::soap::Client;
use cases::{CASES, Case, Target};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/together/tenants.golden.txt");
const WSDL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wsdl/ngnpro.wsdl");

/// Two resellers, each with a customer; the records under test belong to the first one's customer.
struct World {
    administrator: Client,
    roles: Vec<(&'static str, Client)>,
    first_reseller: String,
    second_reseller: String,
    first_customer: String,
}

/// The roles that must not reach the first reseller's records.
const STRANGERS: [&str; 2] = ["other reseller", "its customer"];

#[test]
fn a_second_reseller_neither_sees_nor_touches_the_first_ones_records() {
    let platform = Platform::start();
    let world = World::create(&platform);
    let mut table = String::from(
        "Outcome by role: ok, ok with the number of rows seen or whose the new record is, or the fault's code.\n\n",
    );
    let _ = writeln!(table, "{}", row("operation", "record", world.roles.iter().map(|(name, _)| (*name).to_owned())));
    for (number, case) in all_cases().enumerate() {
        for target in [Target::First, Target::Absent] {
            let outcomes = world.attempts(case, target, number);
            for (outcome, (role, _)) in outcomes.iter().zip(&world.roles) {
                let is_stranger = STRANGERS.contains(role) && target == Target::First;
                assert!(
                    !(is_stranger && touches(outcome)),
                    "{} by {role} on the first reseller's record: {outcome}",
                    case.operation
                );
            }
            let _ = writeln!(table, "{}", row(case.operation, target.name(), outcomes.into_iter()));
        }
    }
    let wrong = platform.client("reseller", "not the password").call("Sip.getDomains", "<query/>").outcome();
    let _ = writeln!(table, "\nwrong password, any operation: {wrong}");
    compare(&table);
}

#[test]
fn every_operation_of_the_contract_has_a_row() {
    let wsdl = fs::read_to_string(WSDL).unwrap();
    let mut published = BTreeSet::new();
    for port in wsdl.split("<portType name=\"").skip(1) {
        let name = port.split("PortType\"").next().unwrap();
        let operations = port.split("</portType>").next().unwrap();
        for operation in operations.split("<operation name=\"").skip(1) {
            published.insert(format!("{name}.{}", operation.split('"').next().unwrap()));
        }
    }
    assert!(published.len() >= 27, "{published:?}");
    let tried: BTreeSet<String> = all_cases().map(|case| case.operation.to_owned()).collect();
    assert_eq!(tried, published);
}

/// The rows of the table.
fn all_cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(other_ports::CASES)
}

impl World {
    fn create(platform: &Platform) -> Self {
        let administrator = platform.administrator();
        let reseller = |name: &str| {
            let active = format!(
                "<account><username>{name}</username><password>{name} password</password><resellerActive>true</resellerActive></account>"
            );
            let id = administrator.must("Customer.addAccount", &active).element("id").unwrap();
            (id, platform.client(name, &format!("{name} password")))
        };
        let customer = |parent: &Client, name: &str| {
            let account = format!("<account><username>{name}</username><password>{name} password</password></account>");
            let id = parent.must("Customer.addAccount", &account).element("id").unwrap();
            (id, platform.client(name, &format!("{name} password")))
        };
        let (first_reseller, first) = reseller("reseller");
        let (second_reseller, second) = reseller("other");
        let (first_customer, first_of_first) = customer(&first, "customer");
        let (_, first_of_second) = customer(&second, "stranger");
        for reseller in [&first_reseller, &second_reseller] {
            let properties = "<item><name>pstn_access</name><value>1</value></item>";
            let grant = format!("<customer>{reseller}</customer><properties>{properties}</properties>");
            administrator.must("Customer.setProperties", &grant);
        }
        first.must(
            "Sip.addDomain",
            &format!("<domain><domain>{}</domain><customer>{first_customer}</customer></domain>", cases::DOMAIN),
        );
        let roles = vec![
            ("administrator", administrator.clone()),
            ("reseller", first),
            ("customer", first_of_first),
            (STRANGERS[0], second),
            (STRANGERS[1], first_of_second),
        ];
        Self { administrator, roles, first_reseller, second_reseller, first_customer }
    }

    /// What each role gets. They try at the same time: most of it is waiting for the disk.
    fn attempts(&self, case: &Case, target: Target, number: usize) -> Vec<String> {
        std::thread::scope(|scope| {
            let tries: Vec<_> = (0..self.roles.len())
                .map(|role| scope.spawn(move || self.attempt(case, target, number, role)))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        })
    }

    /// One role tries one operation on a record of its own number, so that no attempt sees what another one did.
    fn attempt(&self, case: &Case, target: Target, number: usize, role: usize) -> String {
        let names = cases::Names::new(number * 10 + role, target, &self.first_customer, &self.first_reseller);
        let names = case.record.make(&self.administrator, names, target);
        let answer = self.roles[role].1.call(case.operation, &(case.parameters)(&names));
        let outcome = answer.outcome();
        if outcome != "ok" {
            return outcome;
        }
        match case.shows {
            cases::Shows::Nothing => outcome,
            cases::Shows::Rows => format!("ok, {} rows", answer.element("total").unwrap_or_default()),
            cases::Shows::Items => format!("ok, {} rows", answer.body.matches("<item").count()),
            cases::Shows::Owner => {
                let reseller = answer.element("reseller").unwrap_or_default();
                let owner = match reseller.as_str() {
                    id if id == self.first_reseller => "first's",
                    id if id == self.second_reseller => "second's",
                    "" | "0" => "nobody's",
                    id if answer.element("id").as_deref() == Some(id) => "its own",
                    _ => "another's",
                };
                format!("ok, {owner}")
            }
        }
    }
}

/// Whether an outcome means that something of the first reseller's was seen, changed or added to.
fn touches(outcome: &str) -> bool {
    match outcome.strip_prefix("ok") {
        Some(", 0 rows" | ", second's") => false,
        Some(_) => true,
        None => false,
    }
}

fn row(operation: &str, record: &str, outcomes: impl Iterator<Item = String>) -> String {
    let mut line = format!("{operation:<27} {record:<9}");
    for outcome in outcomes {
        let _ = write!(line, "{outcome:<17}");
    }
    line.trim_end().to_owned()
}

fn compare(table: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(GOLDEN, table).unwrap();
        return;
    }
    let golden = if Path::new(GOLDEN).exists() { fs::read_to_string(GOLDEN).unwrap() } else { String::new() };
    let changed: Vec<String> = table
        .lines()
        .filter(|line| !golden.lines().any(|old| old == *line))
        .map(|line| format!("+ {line}"))
        .chain(golden.lines().filter(|old| !table.lines().any(|line| line == *old)).map(|old| format!("- {old}")))
        .collect();
    assert!(table == golden, "rights have changed; when that is wanted, make bless:\n{}", changed.join("\n"));
}
