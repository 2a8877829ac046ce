//! The comparison with Kamailio: both answer the same load, in turns, on the same core, so that what the machine does besides troubles both.
//!
//! Saturated CPU time is the least of several turns, since disturbance only adds. It is that of all threads and processes of a subject.

use crate::kamailio::{self, Kamailio, Keeps};
use crate::phones::{Outcome, Phones, Population, Scenario};
use crate::platform::Platform;
use crate::stats::ms;
use crate::wire::Wire;
use crate::{DOMAIN, OTHER_CORE, PROXY_CORE, Size, cpu, fill_accounts, line, verdict};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Operations under way when a subject is saturated.
const AT_ONCE: usize = 32;
/// Turns of which the least counts.
const TURNS: usize = 3;
/// What a registration that is written through may take.
const WRITTEN_WITHIN: Duration = Duration::from_millis(5);

/// An operation, how many of it make a turn, and the low rate.
struct Row {
    name: &'static str,
    scenario: Scenario,
    turn: u64,
    low: f64,
    target: f64,
}

const ROWS: [Row; 5] = [
    Row { name: "REGISTER with challenge", scenario: Scenario::Register, turn: 40_000, low: 2_000.0, target: 0.7 },
    Row { name: "REGISTER refresh", scenario: Scenario::Refresh, turn: 80_000, low: 2_000.0, target: 0.7 },
    Row { name: "call", scenario: Scenario::Call, turn: 10_000, low: 300.0, target: 0.7 },
    Row { name: "MESSAGE", scenario: Scenario::Message, turn: 20_000, low: 600.0, target: 0.7 },
    Row { name: "OPTIONS", scenario: Scenario::Options, turn: 120_000, low: 3_000.0, target: 1.0 },
];

/// One of the two.
struct Subject {
    pids: Vec<u32>,
    address: SocketAddr,
    callee: UdpSocket,
}

/// What a run cost and how it went.
struct Cost {
    each_us: f64,
    outcome: Outcome,
}

impl Subject {
    fn new(pids: Vec<u32>, address: SocketAddr) -> io::Result<Subject> {
        for pid in &pids {
            if !cpu::pin(*pid, PROXY_CORE) {
                return Err(io::Error::other("taskset is missing: nothing can be pinned, so nothing can be compared"));
            }
        }
        Ok(Subject { pids, address, callee: UdpSocket::bind("127.0.0.1:0")? })
    }

    fn phones(&self, size: Size, scenario: Scenario) -> io::Result<Phones> {
        Phones::new(self.address, &self.callee, population(size), scenario)
    }

    fn cost(&self, phones: &mut Phones, total: u64, at_once: usize, rate: Option<f64>) -> io::Result<Cost> {
        let before = cpu::nanoseconds(&self.pids);
        let outcome = phones.run(total.max(1), at_once, rate)?;
        let used = cpu::nanoseconds(&self.pids).saturating_sub(before);
        Ok(Cost { each_us: used as f64 / 1e3 / outcome.ok.max(1) as f64, outcome })
    }

    /// Every account known and registered.
    fn warm(&self, size: Size) -> io::Result<()> {
        let outcome = self.phones(size, Scenario::Register)?.run(u64::from(size.users), AT_ONCE, None)?;
        match outcome.first_failure {
            None => Ok(()),
            Some(why) => Err(io::Error::other(format!("registering beforehand failed: {why}"))),
        }
    }
}

fn population(size: Size) -> Population {
    Population { domain: DOMAIN.into(), users: size.users }
}

/// Compares, and prints a table, then each target with whether it is met.
pub fn report(platform: &Platform, size: Size) -> io::Result<()> {
    let Some(program) = kamailio::program() else {
        println!("Kamailio is not installed (Debian: kamailio, kamailio-postgres-modules): nothing is compared");
        return Ok(());
    };
    fill_accounts(platform, size.users)?;
    kamailio::prepare(platform)?;
    cpu::pin(std::process::id(), OTHER_CORE);
    let ours = Subject::new(vec![platform.pid("sip-proxy")?], platform.sip()?)?;
    ours.warm(size)?;
    let running = Kamailio::start(platform, &program, Keeps::InMemory)?;
    let theirs = Subject::new(running.pids(), running.address)?;
    theirs.warm(size)?;
    println!(
        "\nKamailio {} and sip-proxy, in turns on one core: CPU time an operation in microseconds, p99 in milliseconds\n",
        kamailio::version(&program)
    );
    println!(
        "| operation | saturated: Kamailio | sip-proxy | ratio | low rate | Kamailio | sip-proxy | ratio | half of Kamailio's most | p99: Kamailio | sip-proxy |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut targets = Vec::new();
    for row in &ROWS {
        println!("{}", compared(row, &theirs, &ours, size, &mut targets)?);
    }
    targets.push(over_tcp(&theirs, &ours, size)?);
    drop(running);
    targets.push(written_through(platform, &program, &ours, size)?);
    println!();
    for target in targets {
        target.print();
    }
    Ok(())
}

/// What a figure is measured against.
struct Target {
    what: String,
    figure: String,
    wanted: String,
    met: bool,
    failed: Option<String>,
}

impl Target {
    fn ratio(what: String, [theirs, ours]: [f64; 2], unit: &str, most: f64) -> Target {
        Target {
            what,
            figure: format!("{:.2}", ours / theirs),
            wanted: format!("at most {most:.1} of Kamailio's; {ours:.2} {unit} of {theirs:.2} {unit}"),
            met: ours <= most * theirs,
            failed: None,
        }
    }

    fn print(&self) {
        // A figure beside which something failed is worth nothing.
        let verdict = match &self.failed {
            Some(why) => format!("FAILED: {why}"),
            None => verdict(self.met).to_owned(),
        };
        line(&self.what, &self.figure, &format!("target: {}: {verdict}", self.wanted));
    }
}

/// A row of the table; its targets go to the others.
fn compared(row: &Row, theirs: &Subject, ours: &Subject, size: Size, targets: &mut Vec<Target>) -> io::Result<String> {
    let subjects = [theirs, ours];
    let mut phones = [theirs.phones(size, row.scenario)?, ours.phones(size, row.scenario)?];
    let mut failed = None;
    let mut most = [0.0_f64; 2];
    let mut least = [[f64::MAX; 2]; 2];
    let mut p99 = [Duration::MAX; 2];
    // The first turn gives every phone its nonce, and is not counted.
    for turn in 0..=TURNS {
        for (place, subject) in subjects.iter().enumerate() {
            let total = if turn == 0 { u64::from(size.users) } else { row.turn / size.divisor };
            let cost = subject.cost(&mut phones[place], total, AT_ONCE, None)?;
            if turn > 0 {
                least[0][place] = least[0][place].min(cost.each_us);
                most[place] = most[place].max(cost.outcome.ok as f64 / cost.outcome.wall.as_secs_f64());
            }
            failed = failed.or(cost.outcome.first_failure);
        }
    }
    let seconds = if size.divisor == 1 { 1.5 } else { 0.2 };
    let half = (most[0] / 2.0).round();
    for _ in 0..TURNS {
        for (place, subject) in subjects.iter().enumerate() {
            let mut paced = |rate: f64| subject.cost(&mut phones[place], (rate * seconds) as u64, 4096, Some(rate));
            let at_low = paced(row.low)?;
            let mut at_half = paced(half)?;
            least[1][place] = least[1][place].min(at_low.each_us);
            p99[place] = p99[place].min(at_half.outcome.latency.quantile(0.99));
            failed = failed.or(at_low.outcome.first_failure).or(at_half.outcome.first_failure);
        }
    }
    let [saturated, low] = least;
    let p99_ms = p99.map(|p99| p99.as_secs_f64() * 1e3);
    let name = row.name;
    let mut of_row = [
        Target::ratio(format!("{name}: CPU, saturated"), saturated, "us", row.target),
        Target::ratio(format!("{name}: CPU at {:.0}/s", row.low), low, "us", 1.0),
        Target::ratio(format!("{name}: p99 at {half:.0}/s"), p99_ms, "ms", 1.0),
    ];
    of_row.iter_mut().for_each(|target| target.failed.clone_from(&failed));
    targets.extend(of_row);
    Ok(format!(
        "| {name} | {:.1} | {:.1} | {:.2} | {:.0}/s | {:.1} | {:.1} | {:.2} | {half:.0}/s | {} | {} |",
        saturated[0],
        saturated[1],
        saturated[1] / saturated[0],
        row.low,
        low[0],
        low[1],
        low[1] / low[0],
        ms(p99[0]),
        ms(p99[1]),
    ))
}

fn over_tcp(theirs: &Subject, ours: &Subject, size: Size) -> io::Result<Target> {
    let mut least = [f64::MAX; 2];
    let mut phones = Vec::new();
    for subject in [theirs, ours] {
        let wire = Wire::tcp(subject.address)?;
        phones.push(Phones::over(wire, &subject.callee, population(size), Scenario::Register)?);
    }
    let mut failed = None;
    for _ in 0..TURNS {
        for (place, subject) in [theirs, ours].into_iter().enumerate() {
            let cost = subject.cost(&mut phones[place], 20_000 / size.divisor, AT_ONCE, None)?;
            least[place] = least[place].min(cost.each_us);
            failed = failed.or(cost.outcome.first_failure);
        }
    }
    let mut target = Target::ratio("REGISTER over one TCP connection: CPU, saturated".to_owned(), least, "us", 0.7);
    target.failed = failed;
    Ok(target)
}

/// Registrations that outlive the process when their 200 leaves: Kamailio's most, and ours at twice that.
fn written_through(platform: &Platform, program: &std::path::Path, ours: &Subject, size: Size) -> io::Result<Target> {
    let running = Kamailio::start(platform, program, Keeps::WriteThrough)?;
    let theirs = Subject::new(running.pids(), running.address)?;
    theirs.warm(size)?;
    let total = 20_000 / size.divisor;
    let mut closed = theirs.cost(&mut theirs.phones(size, Scenario::Register)?, total, AT_ONCE, None)?;
    let most = closed.outcome.ok as f64 / closed.outcome.wall.as_secs_f64();
    drop(running);
    let rate = (2.0 * most).round();
    let total = (rate * if size.divisor == 1 { 5.0 } else { 0.2 }) as u64;
    let mut paced = ours.cost(&mut ours.phones(size, Scenario::Register)?, total, 4096, Some(rate))?;
    let p99 = paced.outcome.latency.quantile(0.99);
    let reached = paced.outcome.ok as f64 / paced.outcome.wall.as_secs_f64();
    Ok(Target {
        what: format!("REGISTER that a kill does not lose: p99 at {rate:.0}/s"),
        figure: format!("{} ms", ms(p99)),
        wanted: format!(
            "below {} ms at twice Kamailio's most, which is {most:.0}/s with p99 {} ms; {reached:.0}/s reached",
            ms(WRITTEN_WITHIN),
            ms(closed.outcome.latency.quantile(0.99))
        ),
        met: p99 < WRITTEN_WITHIN && reached > 0.95 * rate,
        failed: paced.outcome.first_failure.or(closed.outcome.first_failure),
    })
}
