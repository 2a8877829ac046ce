//! Tenants that try at random whatever they can think of, on their own records, on each other's and on absent ones, all at once
//! and on all three wires; a model in memory says what each call must answer.
//!
//! No answer may hold a text that only another tenant wrote, nor a name of another tenant's that was not asked for. In the end
//! the database holds what the model does. The seed is told when something is wrong; `SEED=n` walks that way again.

use std::sync::Mutex;

use crate::calls::{Call, Names, ROWS, Verb, call};
use crate::model::{Kind, Model, PEOPLE, Place, Thing};
use crate::platform::Platform;
use crate::wires::{Answer, Client, Wire};

/// Resellers, each with its customers, that walk at the same time.
pub(crate) const TENANTS: usize = 4;
/// Calls of each.
const STEPS: u32 = 5_100;
/// Records of a kind that a person may have.
const PLACES: u64 = 4;

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Somebody, on each wire.
struct Person {
    id: String,
    clients: [Client; 3],
}

/// A reseller and its customers: who they are, and what the model says of them.
struct Tenant {
    number: usize,
    people: Vec<Person>,
    model: Model,
    /// How many calls were done, and how many refused.
    outcomes: [u32; 2],
}

/// What is tried: by whom, on whose record, to whose customer it is given.
#[derive(Debug, Clone, Copy)]
struct Try {
    verb: Verb,
    kind: Kind,
    actor: usize,
    tenant: usize,
    place: Place,
    to: usize,
    version: u32,
}

/// Ids of records as they were given out, by tenant and kind: what an attacker would guess.
type Known = Mutex<Vec<(usize, Kind, String)>>;

#[test]
fn no_sequence_of_calls_crosses_a_tenants_border() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| u64::from(std::process::id()) * 1_000_003 + 7);
    println!("SEED={seed}");
    let platform = Platform::start();
    let mut tenants: Vec<Tenant> = (0..TENANTS).map(|number| Tenant::create(&platform, number)).collect();
    let ids: Vec<Vec<String>> =
        tenants.iter().map(|tenant| tenant.people.iter().map(|person| person.id.clone()).collect()).collect();
    let known = Known::default();
    std::thread::scope(|scope| {
        for tenant in &mut tenants {
            let (ids, known) = (&ids, &known);
            let mut random = Random(seed.wrapping_add(tenant.number as u64 * 7_919));
            scope.spawn(move || {
                let mut done = 0;
                while done < STEPS {
                    done += u32::from(tenant.step(&mut random, ids, known, done));
                }
            });
        }
    });
    for tenant in &tenants {
        // A walk that only met closed doors, or only its own records, has shown nothing.
        assert!(tenant.outcomes.iter().all(|count| *count > STEPS / 8), "{:?}", tenant.outcomes);
    }
    compare(&platform, &tenants);
}

impl Tenant {
    fn create(platform: &Platform, number: usize) -> Self {
        let administrator = platform.administrator(Wire::Encoded);
        let people = (0..PEOPLE).map(|person| {
            let name = format!("mk{number}x-person{person}");
            let login = format!("<username>{name}</username><password>{name} password</password>");
            let more = if person == 0 { "<resellerActive>true</resellerActive>" } else { "" };
            (name, format!("<account>{login}{more}</account>"))
        });
        let mut made: Vec<Person> = Vec::new();
        for (name, account) in people {
            let by = made.first().map_or(&administrator, |reseller| &reseller.clients[0]);
            let id = by.must("Customer.addAccount", &account).member("id");
            let clients = Wire::ALL.map(|wire| platform.client(wire, &name, &format!("{name} password")));
            made.push(Person { id, clients });
        }
        let grant = "<properties><item><name>pstn_access</name><value>1</value></item></properties>";
        administrator.must("Customer.setProperties", &format!("<customer>{}</customer>{grant}", made[0].id));
        for (person, Person { clients, .. }) in made.iter().enumerate() {
            let names = Names { tenant: number, place: (person, 0) };
            let domain = names.fixed_domain();
            clients[0].must("Sip.addDomain", &format!("<domain><domain>{domain}</domain></domain>"));
            let range = format!("<range><id>{}</id></range>", names.range());
            clients[0].must("Enum.addRange", &range);
        }
        Self { number, people: made, model: Model::default(), outcomes: [0; 2] }
    }

    /// One call by one of the people, and what it must answer; nothing when the contract has no such call.
    fn step(&mut self, random: &mut Random, ids: &[Vec<String>], known: &Known, version: u32) -> bool {
        let wire = random.below(3) as usize;
        let kind = Kind::ALL[random.below(Kind::ALL.len() as u64) as usize];
        // There is one property of a name.
        let places = if kind == Kind::Property { 1 } else { PLACES };
        let attempt = Try {
            verb: Verb::ALL[random.below(Verb::ALL.len() as u64) as usize],
            kind,
            actor: random.below(PEOPLE as u64) as usize,
            tenant: self.some_tenant(random),
            place: (random.below(PEOPLE as u64) as usize, random.below(places) as usize),
            to: self.some_tenant(random),
            version,
        };
        // Whoever is first to make it has it: tenants that make the same would depend on each other.
        if attempt.verb == Verb::Add && (kind.is_assigned() || kind == Kind::Carrier) && attempt.tenant != self.number {
            return false;
        }
        let id = self.id_of(&attempt, known, random);
        let of = if attempt.verb == Verb::Give { attempt.to } else { attempt.tenant };
        let customer = ids.get(of).map_or("999999", |people| people[attempt.place.0].as_str());
        let names = Names { tenant: attempt.tenant, place: attempt.place };
        let said = call(attempt.verb, kind, names, [&id, customer], (self.number, version));
        let Some(Call { operation, parameters }) = said else { return false };
        let expected = self.expected(&attempt);
        let answer = self.people[attempt.actor].clients[wire].call(operation, &parameters);
        let said = format!("tenant {}, {:?}, {attempt:?}: {operation} {parameters}", self.number, Wire::ALL[wire]);
        assert_eq!(answer.outcome, expected, "{said}: {}", answer.text);
        assert_nothing_foreign(&answer, self.number, &parameters, &said);
        self.outcomes[usize::from(answer.outcome != "ok")] += 1;
        if answer.outcome == "ok" {
            self.done(&attempt, &answer, known, &said);
        }
        true
    }

    /// Mostly itself, often another one, now and then nobody.
    fn some_tenant(&self, random: &mut Random) -> usize {
        match random.below(10) {
            0..7 => self.number,
            7..9 => (self.number + 1 + random.below(TENANTS as u64 - 1) as usize) % TENANTS,
            _ => TENANTS,
        }
    }

    /// The id to ask with: of the record itself, or any that the other tenant was given.
    fn id_of(&self, attempt: &Try, known: &Known, random: &mut Random) -> String {
        let Try { kind, tenant, place, .. } = *attempt;
        let none = "999999999".to_owned();
        if tenant == self.number {
            return self.model.get(kind, place).map_or(none, |thing| thing.id.clone());
        }
        let known = known.lock().unwrap();
        let theirs: Vec<&String> =
            known.iter().filter(|(of, kinds, _)| (*of, *kinds) == (tenant, kind)).map(|(_, _, id)| id).collect();
        match theirs.len() {
            0 => none,
            count => theirs[random.below(count as u64) as usize].clone(),
        }
    }

    /// What the call must answer.
    fn expected(&self, attempt: &Try) -> String {
        let Try { verb, kind, actor, tenant, place, to, .. } = *attempt;
        let own = tenant == self.number;
        let [absent, present] = kind.codes();
        let outcome = match (verb, kind) {
            // Carriers are the business of resellers.
            (_, Kind::Carrier) if actor != 0 => "9001",
            (Verb::List, _) => "ok",
            (_, Kind::Property) => match own && Model::reaches(actor, place.0) {
                true => "ok",
                false => "5000",
            },
            // To one of its own customers only; what a customer says about it is not heard.
            (Verb::Give, _) => match own && self.model.seen(actor, kind, place).is_some() {
                true if actor == 0 && to != self.number => "9001",
                true => "ok",
                false => absent,
            },
            // The domain that it is in comes first.
            (Verb::Add, Kind::Alias) if !own || !Model::reaches(actor, place.0) => "1000",
            (Verb::Add, _) if kind.parent().is_some() => {
                let (parent, code) = kind.parent().unwrap();
                match own && self.model.seen(actor, parent, place).is_some() {
                    false => code,
                    true if self.model.get(kind, place).is_some() => present,
                    true => "ok",
                }
            }
            // The domain and the range that it is in.
            (Verb::Add, Kind::Account | Kind::Number) if !own || !Model::reaches(actor, place.0) => match kind {
                Kind::Account => "1000",
                _ => "3000",
            },
            (Verb::Add, _) => match self.model.get(kind, place).is_some() {
                true => present,
                false => "ok",
            },
            (Verb::Get | Verb::Update | Verb::Delete, _) => {
                let is_reached = |kind| own && self.model.seen(actor, kind, place).is_some();
                match kind {
                    _ if is_reached(kind) => "ok",
                    // What hangs on an account is looked for there first.
                    Kind::Membership | Kind::Contact if !is_reached(Kind::Account) => "1010",
                    Kind::Mailbox if verb == Verb::Get && !is_reached(Kind::Account) => "1010",
                    // Lists of what an account has are answered empty.
                    Kind::Membership | Kind::Contact if verb == Verb::Get => "ok",
                    _ => absent,
                }
            }
        };
        outcome.to_owned()
    }

    /// What is there after a call that was done; what it showed must be what was there.
    fn done(&mut self, attempt: &Try, answer: &Answer, known: &Known, said: &str) {
        let Try { verb, kind, actor, tenant, place, version, .. } = *attempt;
        match verb {
            Verb::Add if kind != Kind::Property => {
                let id = answer.member("id");
                let owner = match kind.parent().and_then(|(parent, _)| self.model.get(parent, place)) {
                    Some(parent) => parent.owner,
                    None if kind.is_assigned() || kind == Kind::Carrier => actor,
                    None => place.0,
                };
                if matches!(kind, Kind::Record | Kind::Carrier) {
                    known.lock().unwrap().push((self.number, kind, id.clone()));
                }
                self.model.add(kind, place, Thing { owner, version, id });
            }
            Verb::Add | Verb::Update if kind == Kind::Property => {
                self.model.add(kind, place, Thing { owner: place.0, version, id: String::new() });
            }
            Verb::Add | Verb::Update => {
                self.model.write(kind, place, version);
                // An account is replaced as a whole, with the groups that it is in.
                if kind == Kind::Account {
                    self.model.remove(Kind::Membership, place);
                }
            }
            Verb::Delete if kind != Kind::Property => self.model.remove(kind, place),
            Verb::Give if actor == 0 => self.model.give(kind, place, place.0),
            Verb::Give | Verb::Delete => {}
            Verb::Get => self.assert_shown(kind, place, answer, said),
            Verb::List => {
                let fixed = match kind {
                    Kind::Domain if actor == 0 => PEOPLE,
                    Kind::Domain => 1,
                    _ => 0,
                };
                let rows = match kind {
                    Kind::Property => return,
                    // Of the one account that is named.
                    Kind::Membership | Kind::Contact | Kind::Mailbox => return,
                    _ => self.model.count(actor, kind) + fixed,
                };
                // With a filter that names the tenant asked for.
                let rows = if tenant == self.number { rows } else { 0 };
                assert_eq!(answer.member("total"), rows.to_string(), "{said}: {}", answer.text);
            }
        }
    }

    /// What was last written is what is read.
    fn assert_shown(&self, kind: Kind, place: Place, answer: &Answer, said: &str) {
        let Some(thing) = self.model.get(kind, place) else { return };
        let member = match kind {
            Kind::Account => "firstName",
            Kind::Record => "ttl",
            Kind::Number => "info",
            Kind::Mailbox => "name",
            _ => return,
        };
        let written = crate::calls::written(kind, self.number, thing.version);
        assert_eq!(answer.member(member), written, "{said}: {}", answer.text);
    }
}

/// No text of another tenant's, and no name of another's that was not asked for.
fn assert_nothing_foreign(answer: &Answer, tenant: usize, parameters: &str, said: &str) {
    for other in (0..TENANTS).filter(|other| *other != tenant) {
        let secret = format!("sec{other}x");
        assert!(!answer.text.contains(&secret), "{said}: {}", answer.text);
        let mark = format!("mk{other}x");
        for (at, _) in answer.text.match_indices(&mark) {
            let name: String =
                answer.text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            assert!(parameters.contains(&name), "{said}: {name} in {}", answer.text);
        }
    }
}

/// The database holds what the model does.
fn compare(platform: &Platform, tenants: &[Tenant]) {
    for (kind, sql) in ROWS {
        let mut expected = Vec::new();
        for tenant in tenants {
            for (place, thing) in tenant.model.all(kind) {
                let names = Names { tenant: tenant.number, place };
                let owner = &tenant.people[thing.owner].id;
                expected.push(names.row(kind, owner, tenant.number, thing.version));
            }
        }
        expected.sort();
        let mut found = platform.texts(sql);
        found.sort();
        assert_eq!(found, expected, "{kind:?}");
    }
}
