//! `make bench`: what the programs cost, each figure beside its target. docs/benchmarks.md gives the method.
//!
//! Usage: `bench [--quick] [micro|sip|peers|soap|memory|feed|connections]…`; without a part all of them run. `--quick` does a twentieth of the
//! work: it proves that everything still measures, and its figures mean nothing.

mod allocations;
mod connections;
mod cpu;
mod digest;
mod feed;
mod kamailio;
mod memory;
mod micro;
mod peers;
mod phones;
mod platform;
mod provisioning;
mod soap;
mod stats;
mod wire;

use phones::{Phones, Population, Scenario};
use platform::Platform;
use stats::ms;
use std::io;
use std::net::UdpSocket;
use std::process::ExitCode;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

const DOMAIN: &str = "bench.example";
const PROXY_CORE: u32 = 0;
const OTHER_CORE: u32 = 1;

fn main() -> ExitCode {
    let mut asked: Vec<String> = std::env::args().skip(1).collect();
    let quick = asked.iter().any(|argument| argument == "--quick");
    asked.retain(|argument| argument != "--quick");
    let size = if quick { Size::QUICK } else { Size::FULL };
    let known = ["micro", "sip", "peers", "soap", "memory", "feed", "connections"];
    if let Some(unknown) = asked.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("bench: unknown part {unknown}; there are: {}", known.join(" "));
        return ExitCode::from(2);
    }
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|part| part == name);
    match platform::end_on_interrupt().and_then(|()| run(&wanted, size)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How much work a measurement is made of.
#[derive(Clone, Copy)]
struct Size {
    users: u32,
    bindings: u32,
    connections: u32,
    seconds: u64,
    divisor: u64,
    /// After timer J (RFC 3261 §17.2.2) and the registrations' way to the database nothing of a REGISTER is left but its binding.
    transactions_end: Duration,
}

impl Size {
    const FULL: Self = Size {
        users: 10_000,
        bindings: 1_000_000,
        connections: 2_500,
        seconds: 8,
        divisor: 1,
        transactions_end: Duration::from_secs(40),
    };
    const QUICK: Self = Size {
        users: 500,
        bindings: 5_000,
        connections: 50,
        seconds: 1,
        divisor: 20,
        transactions_end: Duration::from_secs(1),
    };
}

fn run(wanted: &dyn Fn(&str) -> bool, size: Size) -> io::Result<()> {
    if wanted("micro") {
        micro::report();
    }
    if wanted("sip") || wanted("soap") || wanted("feed") {
        Platform::with(|platform| {
            let mut connection = soap::Connection::open(&platform.endpoint()?)?;
            connection.call("Sip", "addDomain", &format!("<domain><domain>{DOMAIN}</domain></domain>"))?;
            if wanted("soap") {
                provisioning::measure(platform, size)?;
            }
            if wanted("feed") {
                feed_delay(platform, size)?;
            }
            if wanted("sip") {
                sip(platform, size)?;
            }
            Ok(())
        })?;
    }
    if wanted("peers") {
        Platform::with(|platform| peers::report(platform, size))?;
    }
    if wanted("connections") {
        Platform::with(|platform| connections::report(platform, size))?;
    }
    if wanted("memory") {
        Platform::with(|platform| memory::report(platform, size))?;
    }
    Ok(())
}

/// Says when not every operation came to its good end: the figure beside it is then worth nothing.
fn bad(outcome: &phones::Outcome) -> String {
    match &outcome.first_failure {
        Some(why) => format!("  FAILED {} ({why})", outcome.failed),
        None => String::new(),
    }
}

/// Whether a target was met, as the report says it.
fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

fn line(what: &str, figure: &str, beside: &str) {
    println!("{what:<58} {figure:>16}   {beside}");
}

/// Fills accounts with plain SQL: only the proxy is measured here.
fn fill_accounts(platform: &Platform, users: u32) -> io::Result<()> {
    platform.sql(&format!(
        "insert into sip_domains (domain) values ('{DOMAIN}') on conflict do nothing;
         insert into sip_accounts (domain_id, username, ha1, ha1b, ha1_sha256)
         select d.id, u, md5(u || ':{DOMAIN}:' || p), md5(u || '@{DOMAIN}:{DOMAIN}:' || p),
                encode(sha256(convert_to(u || ':{DOMAIN}:' || p, 'UTF8')), 'hex')
         from sip_domains d, generate_series(1, {users}) i,
              lateral (select lpad(i::text, greatest(6, length(i::text)), '0') n) n,
              lateral (select 'user' || n u, 'pw' || n p) x
         where d.domain = '{DOMAIN}' on conflict do nothing; analyze sip_accounts"
    ))?;
    // Plain SQL wakes nobody: the proxy finds it when it looks the next time.
    let callee = UdpSocket::bind("127.0.0.1:0")?;
    for _ in 0..1_000 {
        let population = Population { domain: DOMAIN.into(), users: 1 };
        if Phones::new(platform.sip()?, &callee, population, Scenario::Register)?.run(1, 1, None)?.failed == 0 {
            return Ok(());
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Err(io::Error::other("the proxy does not know the accounts after 20 seconds"))
}

fn sip(platform: &Platform, size: Size) -> io::Result<()> {
    fill_accounts(platform, size.users)?;
    let proxy = platform.pid("sip-proxy")?;
    if !cpu::pin(proxy, PROXY_CORE) || !cpu::pin(std::process::id(), OTHER_CORE) {
        println!("(taskset is missing: nothing is pinned, the figures include the generator's disturbance)");
    }
    let callee = UdpSocket::bind("127.0.0.1:0")?;
    let population = Population { domain: DOMAIN.into(), users: size.users };
    let run = |scenario, total, at_once, rate| -> io::Result<(phones::Outcome, f64)> {
        let mut phones = Phones::new(platform.sip()?, &callee, population.clone(), scenario)?;
        let before = cpu::nanoseconds(&[proxy]);
        let outcome = phones.run(total, at_once, rate)?;
        let used = cpu::nanoseconds(&[proxy]) - before;
        let each = used as f64 / 1e3 / outcome.ok.max(1) as f64;
        Ok((outcome, each))
    };
    run(Scenario::Register, u64::from(size.users), 32, None)?; // every account and phone is known from here on
    for (name, scenario, total, rate, kamailio) in [
        ("REGISTER with challenge (401+200)", Scenario::Register, 100_000, 5_000.0, "Kamailio 5.6 saturated: 31.5 us"),
        (
            "call, callee registered (INVITE 407 … BYE 200)",
            Scenario::Call,
            30_000,
            1_000.0,
            "Kamailio 5.6 saturated: 124 us",
        ),
    ] {
        let (mut paced, paced_cpu) = run(scenario, (rate * 5.0) as u64 / size.divisor, 4096, Some(rate))?;
        let (saturated, saturated_cpu) = run(scenario, total / size.divisor, 32, None)?;
        line(
            &format!("{name}, CPU, {rate:.0}/s"),
            &format!("{paced_cpu:.1} us"),
            &format!(
                "p50 {} ms, p99 {} ms{}",
                ms(paced.latency.quantile(0.5)),
                ms(paced.latency.quantile(0.99)),
                bad(&paced)
            ),
        );
        let per_second = saturated.ok as f64 / saturated.wall.as_secs_f64();
        line(
            &format!("{name}, CPU, saturated"),
            &format!("{saturated_cpu:.1} us"),
            &format!("{per_second:.0}/s; {kamailio}{}", bad(&saturated)),
        );
    }
    Ok(())
}

fn feed_delay(platform: &Platform, size: Size) -> io::Result<()> {
    let mut outcome =
        feed::measure(&platform.endpoint()?, platform.sip()?, DOMAIN, 200, Duration::from_secs(size.seconds))?;
    line(
        "SOAP reply to the next routing decision, 200 writes/s",
        &format!("p99 {} ms", ms(outcome.delay.quantile(0.99))),
        &format!(
            "target: under 100 ms; p50 {} ms, {:.0} writes/s reached",
            ms(outcome.delay.quantile(0.5)),
            outcome.per_second
        ),
    );
    Ok(())
}
