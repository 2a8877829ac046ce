//! Who may do what: every operation by every role, on records of its own, of others and on absent ones, over each wire.
//!
//! The outcome is a table that is compared with `rights.golden.txt`, the same for all wires (`make bless` rewrites it, the
//! diff is reviewed). Whatever that file says, this also holds: a record that is out of a role's reach is answered as one
//! that does not exist, except where the operation itself is not allowed (9001), and every operation of the published
//! contract has a row.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ngnpro_server::wire::Operation;

use crate::cases::{CASES, Case, NO_CUSTOMER, Names, Record, Shows, Target};
use crate::other_ports;
use crate::platform::Platform;
use crate::wires::{Client, Wire};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tenants/rights.golden.txt");

/// Who tries, and which records are in its reach, beside new ones of its own.
#[derive(Clone)]
struct Role {
    name: &'static str,
    reach: &'static [Target],
    client: Client,
}

/// The holder of the account under test, or else of another account.
const HOLDER: &str = "account's holder";
/// The password of every account.
const ACCOUNT_PASSWORD: &str = "phone password";

/// Two active resellers and one that is not, with customers; records under test belong to those of [`Target`].
struct World {
    administrator: Client,
    roles: Vec<Role>,
    /// Customer and reseller of the records of each target.
    parents: Vec<[String; 2]>,
}

#[test]
fn every_role_has_its_rights_on_the_encoded_wire() {
    table_of(Wire::Encoded);
}

#[test]
fn every_role_has_its_rights_on_the_literal_wire() {
    table_of(Wire::Literal);
}

#[test]
fn every_role_has_its_rights_on_the_json_wire() {
    table_of(Wire::Json);
}

#[test]
fn every_operation_of_the_contract_has_a_row() {
    let name = |operation: &Operation| {
        let described = operation.describe();
        format!("{}.{}", described.port, described.name)
    };
    let published: BTreeSet<String> = Operation::ALL.iter().map(name).collect();
    let tried: BTreeSet<String> = all_cases().map(|case| case.operation.to_owned()).collect();
    assert_eq!(tried, published);
}

/// The rows of the table.
fn all_cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(other_ports::CASES)
}

/// The outcomes of a case: a row for each target.
type Rows = Vec<Vec<String>>;

fn table_of(wire: Wire) {
    let platform = Platform::start();
    let world = World::create(&platform, wire);
    let cases: Vec<&Case> = all_cases().collect();
    let next = AtomicUsize::new(0);
    // A few at a time: half of the work is the database's.
    let done: Vec<(usize, Rows)> = std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            let (administrator, roles) = (world.administrator.clone(), world.roles.clone());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(number) else { return done };
                done.push((number, world.rows(case, number, &administrator, &roles)));
            }
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut rows: Vec<Rows> = vec![Vec::new(); cases.len()];
    done.into_iter().for_each(|(number, of_case)| rows[number] = of_case);
    let mut table = String::from(
        "Outcome by role: ok, ok with the number of rows seen or whose the new record is, or the fault's code.\n\n",
    );
    let _ = writeln!(table, "{}", row("operation", "record", world.roles.iter().map(|role| role.name)));
    for (case, rows) in cases.iter().zip(&rows) {
        for (target, outcomes) in Target::ALL.iter().zip(rows) {
            let _ = writeln!(table, "{}", row(case.operation, target.name(), outcomes.iter().map(String::as_str)));
        }
        world.assert_foreign_is_absent(case, rows);
    }
    let wrong = platform.client(wire, "first", "not the password").call("Sip.getDomains", "<query/>").outcome;
    let _ = writeln!(table, "\nwrong password, any operation: {wrong}");
    compare(&table);
}

impl World {
    fn create(platform: &Platform, wire: Wire) -> Self {
        let administrator = platform.administrator(wire);
        let add = |by: &Client, name: &str, more: &str| {
            let login = format!("<username>{name}</username><password>{name} password</password>");
            let made = by.must("Customer.addAccount", &format!("<account>{login}{more}</account>"));
            (made.member("id"), platform.client(wire, name, &format!("{name} password")))
        };
        let active = "<resellerActive>true</resellerActive>";
        let (first, first_reseller) = add(&administrator, "first", active);
        let (second, second_reseller) = add(&administrator, "second", active);
        let (inactive, inactive_reseller) = add(&administrator, "inactive", "<resellerActive>false</resellerActive>");
        let (first_customer, customer) = add(&first_reseller, "customer", "");
        let (sister, _) = add(&first_reseller, "sister", "");
        let (second_customer, stranger) = add(&second_reseller, "stranger", "");
        let parents = [
            [&first_customer, &first],
            [&sister, &first],
            [&second_customer, &second],
            [&inactive, &inactive],
            [NO_CUSTOMER, NO_CUSTOMER].map(str::to_owned).each_ref(),
        ]
        .map(|parents| parents.map(String::clone))
        .to_vec();
        for (target, [customer, reseller]) in Target::ALL.iter().zip(&parents).take(4) {
            let properties = "<item><name>pstn_access</name><value>1</value></item>";
            let grant = format!("<customer>{reseller}</customer><properties>{properties}</properties>");
            administrator.must("Customer.setProperties", &grant);
            let domain = format!(
                "<domain><domain>{}</domain><customer>{customer}</customer><reseller>{reseller}</reseller></domain>",
                target.domain()
            );
            administrator.must("Sip.addDomain", &domain);
        }
        let id = format!("<id><username>holder</username><domain>{}</domain></id>", Target::First.domain());
        let account = format!("<account>{id}<password>{ACCOUNT_PASSWORD}</password></account>");
        administrator.must("Sip.addAccount", &account);
        let holder = platform.client(wire, "holder@first.example", ACCOUNT_PASSWORD);
        let role = |name, reach, client| Role { name, reach, client };
        let of_first: &[Target] = &[Target::First, Target::Sister];
        let roles = vec![
            role("administrator", &Target::ALL[..4], administrator.clone()),
            role("reseller", of_first, first_reseller),
            role("acting reseller", of_first, administrator.acting_as(&first)),
            role("customer", &[Target::First], customer),
            role("other reseller", &[Target::Second], second_reseller),
            role("its customer", &[Target::Second], stranger),
            role("inactive reseller", &[Target::Inactive], inactive_reseller),
            role(HOLDER, &[Target::First, Target::Sister, Target::Second, Target::Inactive], holder),
        ];
        Self { administrator, roles, parents }
    }

    /// What each role gets for each target.
    fn rows(&self, case: &Case, number: usize, administrator: &Client, roles: &[Role]) -> Rows {
        let rows = Target::ALL.iter().enumerate().map(|(place, target)| {
            // Those who reach it, or could make it, have one each, so that no attempt sees what another one did; the others
            // share one.
            let made = |role: usize| {
                let attempt = (number * Target::ALL.len() + place) * (roles.len() + 1) + role;
                let [customer, reseller] = &self.parents[place];
                let names = Names::new(attempt, *target, [customer, reseller]);
                case.record.make(administrator, names, *target)
            };
            let shared = made(roles.len());
            let tries = roles.iter().enumerate().map(|(number, role)| {
                let has_own = role.reach.contains(target) || matches!(case.record, Record::Nothing);
                let own = has_own.then(|| made(number));
                self.attempt(case, role, own.as_ref().unwrap_or(&shared))
            });
            tries.collect()
        });
        rows.collect()
    }

    /// One role tries one operation.
    fn attempt(&self, case: &Case, role: &Role, names: &Names) -> String {
        let own = format!("{}@{}", names.user, names.parent_domain);
        let parameters = (case.parameters)(names);
        let answer = match (role.name, case.operation.starts_with("Presence")) {
            // With the password of the very account, where there is one.
            (HOLDER, true) => role.client.signed_in_as(&own, ACCOUNT_PASSWORD).call(case.operation, &parameters),
            _ => role.client.call(case.operation, &parameters),
        };
        if answer.outcome != "ok" {
            return answer.outcome;
        }
        match case.shows {
            Shows::Nothing => answer.outcome,
            Shows::Rows => format!("ok, {} rows", answer.member("total")),
            Shows::Items => format!("ok, {} rows", answer.value.as_array().map_or(0, Vec::len)),
            Shows::Owner => {
                let reseller = answer.member("reseller");
                let of = self.parents.iter().position(|[_, parent]| *parent == reseller);
                let owner = match of.map(|place| Target::ALL[place]) {
                    Some(target) => target.name(),
                    None if matches!(reseller.as_str(), "" | "0") => "nobody's",
                    None if answer.member("id") == reseller => "its own",
                    None => "another's",
                };
                format!("ok, {owner}")
            }
        }
    }

    /// What is out of reach is answered as what is not there.
    fn assert_foreign_is_absent(&self, case: &Case, rows: &Rows) {
        for (place, role) in self.roles.iter().enumerate() {
            let absent = &rows[Target::ALL.len() - 1][place];
            for (target, outcomes) in Target::ALL.iter().zip(rows) {
                let outcome = &outcomes[place];
                let is_told = !role.reach.contains(target) && outcome != absent && outcome != "9001";
                assert!(
                    !is_told,
                    "{} by {} on {}: {outcome}, and on absent: {absent}",
                    case.operation,
                    role.name,
                    target.name()
                );
            }
        }
    }
}

fn row<'a>(operation: &str, record: &str, outcomes: impl Iterator<Item = &'a str>) -> String {
    let mut line = format!("{operation:<34} {record:<11}");
    for outcome in outcomes {
        let _ = write!(line, "{outcome:<18}");
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
