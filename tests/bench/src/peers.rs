//! The comparison with Kamailio: both answer the same load, in turns, on the same core, so that what the machine does besides troubles both.
//!
//! Saturated CPU time is the least of several turns, since disturbance only adds. It is that of all threads and processes of a subject.

use crate::kamailio::{self, Kamailio, Keeps};
use crate::phones::{Outcome, Phones, Population, Scenario};
use crate::platform::Platform;
use crate::stats::ms;
use crate::wire::Wire;
use crate::{DOMAIN, OTHER_CORE, PROXY_CORE, Size, cpu, fill_accounts};
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

/// Compares, and prints a table.
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
        "\nKamailio {} and sip-proxy, in turns on one core, CPU time an operation in microseconds\n",
        kamailio::version(&program)
    );
    println!(
        "| operation | saturated: Kamailio | sip-proxy | ratio | target | low rate | Kamailio | sip-proxy | ratio | half of Kamailio's most | p99 ms: Kamailio | sip-proxy |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in &ROWS {
        println!("{}", compared(row, &theirs, &ours, size)?);
    }
    let tcp = over_tcp(&theirs, &ours, size)?;
    drop(running);
    println!();
    println!("{tcp}");
    println!("{}", written_through(platform, &program, &ours, size)?);
    Ok(())
}

/// A row of the table.
fn compared(row: &Row, theirs: &Subject, ours: &Subject, size: Size) -> io::Result<String> {
    let subjects = [theirs, ours];
    let mut phones = [theirs.phones(size, row.scenario)?, ours.phones(size, row.scenario)?];
    let (mut least, mut most) = ([f64::MAX; 2], [0.0_f64; 2]);
    let mut failed = Vec::new();
    for turn in 0..=TURNS {
        for (place, subject) in subjects.iter().enumerate() {
            // The first gives every phone its nonce, and is not counted.
            let total = if turn == 0 { u64::from(size.users) } else { row.turn / size.divisor };
            let cost = subject.cost(&mut phones[place], total, AT_ONCE, None)?;
            if turn > 0 {
                least[place] = least[place].min(cost.each_us);
                most[place] = most[place].max(cost.outcome.ok as f64 / cost.outcome.wall.as_secs_f64());
            }
            failed.extend(cost.outcome.first_failure);
        }
    }
    let seconds = if size.divisor == 1 { 2.5 } else { 0.2 };
    let half = (most[0] / 2.0).round();
    let (mut low, mut p99) = ([0.0; 2], [Duration::ZERO; 2]);
    for (place, subject) in subjects.iter().enumerate() {
        let mut paced = |rate: f64| subject.cost(&mut phones[place], (rate * seconds) as u64, 4096, Some(rate));
        let at_low = paced(row.low)?;
        let mut at_half = paced(half)?;
        low[place] = at_low.each_us;
        p99[place] = at_half.outcome.latency.quantile(0.99);
        failed.extend(at_low.outcome.first_failure);
        failed.extend(at_half.outcome.first_failure);
    }
    Ok(format!(
        "| {} | {:.1} | {:.1} | {:.2} | {:.1} | {:.0}/s | {:.1} | {:.1} | {:.2} | {half:.0}/s | {} | {} |{}",
        row.name,
        least[0],
        least[1],
        least[1] / least[0],
        row.target,
        row.low,
        low[0],
        low[1],
        low[1] / low[0],
        ms(p99[0]),
        ms(p99[1]),
        failed.first().map_or(String::new(), |why| format!(" FAILED: {why}"))
    ))
}

fn over_tcp(theirs: &Subject, ours: &Subject, size: Size) -> io::Result<String> {
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
    Ok(format!(
        "REGISTER with challenge over one TCP connection: Kamailio {:.1} us, sip-proxy {:.1} us, ratio {:.2} (target 0.7){}",
        least[0],
        least[1],
        least[1] / least[0],
        failed.map_or(String::new(), |why| format!(" FAILED: {why}"))
    ))
}

/// Registrations that outlive the process when their 200 leaves: Kamailio's most, and ours at twice that.
fn written_through(platform: &Platform, program: &std::path::Path, ours: &Subject, size: Size) -> io::Result<String> {
    let running = Kamailio::start(platform, program, Keeps::WriteThrough)?;
    let theirs = Subject::new(running.pids(), running.address)?;
    theirs.warm(size)?;
    let total = 20_000 / size.divisor;
    let mut closed = theirs.cost(&mut theirs.phones(size, Scenario::Register)?, total, AT_ONCE, None)?;
    let most = closed.outcome.ok as f64 / closed.outcome.wall.as_secs_f64();
    drop(running);
    let rate = (2.0 * most).round();
    let total = (rate * if size.divisor == 1 { 3.0 } else { 0.2 }) as u64;
    let mut paced = ours.cost(&mut ours.phones(size, Scenario::Register)?, total, 4096, Some(rate))?;
    let p99 = paced.outcome.latency.quantile(0.99);
    let reached = paced.outcome.ok as f64 / paced.outcome.wall.as_secs_f64();
    let met = p99 < WRITTEN_WITHIN && reached > 0.95 * rate && paced.outcome.failed == 0;
    Ok(format!(
        "registrations that a kill does not lose: Kamailio (db_mode 1) {most:.0}/s at p99 {} ms; sip-proxy at twice that, {reached:.0}/s of \
         {rate:.0}/s: p99 {} ms (target: below {} ms: {})",
        ms(closed.outcome.latency.quantile(0.99)),
        ms(p99),
        ms(WRITTEN_WITHIN),
        if met { "met" } else { "missed" }
    ))
}
