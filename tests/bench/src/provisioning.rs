//! The provisioning server: single calls beside pgbench doing the bare statements on the same cluster, a long list, an import.

use crate::platform::Platform;
use crate::soap::{self, Connection, Outcome};
use crate::stats::{Durations, ms};
use crate::{DOMAIN, Size, line};
use std::io;
use std::time::{Duration, Instant};

const CALLERS: usize = 8;

/// What `Sip.getAccount` answers, read of one account. A colon in a text would be a variable to pgbench.
const ACCOUNT: &str = "select a.username, d.domain, d.customer, d.reseller, a.password, a.ha1, a.first_name, a.last_name, a.email, \
     a.timezone, a.rpid, a.quota, a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout, a.owner, \
     to_char(a.change_date, 'YYYY-MM-DD HH24.MI.SS'), to_char(a.create_date, 'YYYY-MM-DD HH24.MI.SS'), \
     array(select g.name from sip_account_groups g where g.account_id = a.id), \
     array(select l.network from sip_account_acl l where l.account_id = a.id order by l.position, l.network), \
     array(select l.tag from sip_account_acl l where l.account_id = a.id order by l.position, l.network), \
     array(select p.name from sip_account_properties p where p.account_id = a.id order by p.name), \
     array(select p.value from sip_account_properties p where p.account_id = a.id order by p.name) \
     from sip_accounts a join sip_domains d on d.id = a.domain_id";

/// Measures all of it; accounts of earlier measurements stay for the later ones.
pub fn measure(platform: &Platform, size: Size) -> io::Result<()> {
    let endpoint = platform.endpoint()?;
    let lasts = Duration::from_secs(size.seconds);
    let name = |number: u64| format!("s{number:07}");
    let load = |operation: &str, parameters: &(dyn Fn(u64) -> String + Sync)| {
        soap::load(&endpoint, CALLERS, lasts, operation, parameters)
    };
    let pgbench = |script: &str| platform.pgbench(script, CALLERS as u32, size.seconds);

    let mut added = load("addAccount", &|n| soap::account(&name(n), DOMAIN, "secret"))?;
    let count = added.calls.max(1);
    let any = |n: u64| name(n * 7919 % count);
    let any_of_sql = format!("\\set n random(0, {})\n", count - 1);
    let of_any = format!("where d.domain = '{DOMAIN}' and a.username = 's' || lpad((:n)::text, 7, '0')");

    let insert = pgbench(&format!(
        "\\set n random(1, 1000000000)\ninsert into sip_accounts (domain_id, username, ha1, ha1b, ha1_sha256) \
         select id, 'b' || :n, md5('a' || :n), md5('b' || :n), encode(sha256('x'), 'hex') from sip_domains where domain = '{DOMAIN}' on conflict do nothing;\n"
    ))?;
    beside("addAccount", &mut added, insert, 50);
    let mut got = load("getAccount", &|n| soap::sip_id(&any(n), DOMAIN))?;
    let select = pgbench(&format!("{any_of_sql}{ACCOUNT} {of_any};\n"))?;
    beside("getAccount", &mut got, select, 60);
    let mut updated = load("updateAccount", &|n| soap::account(&any(n), DOMAIN, "other"))?;
    let update = pgbench(&format!(
        "{any_of_sql}update sip_accounts a set ha1 = md5('c' || (:n)::text), ha1b = md5('d' || (:n)::text), first_name = 'Bench' \
         from sip_domains d {of_any} and d.id = a.domain_id;\n"
    ))?;
    beside("updateAccount", &mut updated, update, 50);
    // A hundred accounts match, twenty are answered: a page of a customer's form. The bare statement says the prefix as the
    // server does, as a range that an index serves: as a LIKE whose pattern is computed it would read all accounts.
    let hundred = |n: u64| format!("s{:05}", n * 7919 % (count / 100).max(1));
    let mut listed = load("getAccounts", &|n| list(&format!("{}%", hundred(n)), 20))?;
    let page = pgbench(&format!(
        "\\set n random(0, {})\nwith matched as materialized (select a.id, a.username from sip_accounts a join sip_domains d \
         on d.id = a.domain_id where d.domain = '{DOMAIN}' and a.username ~>=~ ('s' || lpad((:n)::text, 5, '0')) \
         and a.username ~<~ ('s' || lpad((:n)::text, 5, '0') || '~')) \
         select (select count(*) from matched) as total, array(select id from matched order by username limit 20)::text as ids \\gset\n\
         {ACCOUNT} where a.id = any ((:ids)::bigint[]);\n",
        (count / 100).max(1) - 1
    ))?;
    beside("getAccounts(20)", &mut listed, page, 60);
    thousand(platform, size)?;
    import(platform, size)
}

fn beside(what: &str, outcome: &mut Outcome, alone: f64, target: u32) {
    line(
        &format!("{what} over SOAP, {CALLERS} connections"),
        &format!("{:.0}/s", outcome.per_second()),
        &format!(
            "target: {target} % of pgbench's bare statements, {alone:.0}/s: {:.0} %; p50 {} ms, p99 {} ms",
            outcome.per_second() / alone * 100.0,
            ms(outcome.latency.quantile(0.5)),
            ms(outcome.latency.quantile(0.99)),
        ),
    );
}

/// The `query` parameter of getAccounts.
fn list(username: &str, count: u32) -> String {
    format!(
        "<query><filter><username>{username}</username><domain>{DOMAIN}</domain></filter>\
         <orderBy><attribute>username</attribute><direction>ASC</direction></orderBy>\
         <range><start>0</start><count>{count}</count></range></query>"
    )
}

/// One answer of a thousand accounts, by one caller.
fn thousand(platform: &Platform, size: Size) -> io::Result<()> {
    let mut connection = Connection::open(&platform.endpoint()?)?;
    let mut took = Durations::default();
    let mut bytes = 0;
    for _ in 0..(60 / size.divisor.max(1)).max(3) {
        let sent = Instant::now();
        bytes = connection.call("Sip", "getAccounts", &list("", 1000))?.len();
        took.push(sent.elapsed());
    }
    let words = format!("target: under 100 ms; p99 {} ms; {} KiB", ms(took.quantile(0.99)), bytes / 1024);
    line("answer of 1,000 accounts over SOAP", &format!("p50 {} ms", ms(took.quantile(0.5))), &words);
    Ok(())
}

/// An import of accounts with a group each.
fn import(platform: &Platform, size: Size) -> io::Result<()> {
    let rows: u64 = if size.divisor > 1 { 2_000 } else { 100_000 };
    let mut body = String::new();
    for n in 0..rows {
        body.push_str(&format!(
            "{{\"id\":{{\"username\":\"i{n:07}\",\"domain\":\"{DOMAIN}\"}},\"password\":\"pw{n:07}\",\"firstName\":\"Bench\",\
             \"email\":\"i{n:07}@{DOMAIN}\",\"timezone\":\"Europe/Amsterdam\",\"groups\":[\"free\"]}}\n"
        ));
    }
    let sent = Instant::now();
    let answer = Connection::open(&platform.endpoint()?)?.import("sip/accounts?verdicts=refused", &body)?;
    let took = sent.elapsed();
    let bad = match answer.contains(&format!("\"added\":{rows},")) {
        true => "",
        false => "  FAILED: not every row was added",
    };
    line(
        &format!("import of {rows} accounts as NDJSON"),
        &format!("{:.1} s", took.as_secs_f64()),
        &format!("target: 60 s for 100,000; {:.0}/s{bad}", rows as f64 / took.as_secs_f64()),
    );
    Ok(())
}
