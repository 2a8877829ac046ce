//! Flow files: what the lines mean. The language is described in `tests/sip/README.md`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip_core::Transport;
use sip_core::digest::StoredDigests;

use super::world::{HOME, World};
use crate::support::text::Text;

/// A line of a file, with those that continue it.
struct Line {
    number: usize,
    columns: Vec<String>,
}

/// Runs one file; says where and why it failed.
pub(crate) fn run(text: &str) -> Result<(), String> {
    let mut world = World::new();
    let mut last = 0;
    for line in lines(text) {
        last = line.number;
        step(&mut world, &line)
            .map_err(|why| format!("line {}: {}\n    {why}", line.number, line.columns.join("  ")))?;
    }
    nothing_unread(&world).map_err(|why| format!("after line {last}: {why}"))
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, raw) in text.lines().enumerate() {
        let content = raw.trim_end();
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let columns = content.split("  ").map(str::trim).filter(|column| !column.is_empty()).map(str::to_owned);
        match lines.last_mut() {
            Some(line) if raw.starts_with(' ') => line.columns.extend(columns),
            _ => lines.push(Line { number: number + 1, columns: columns.collect() }),
        }
    }
    lines
}

fn step(world: &mut World, line: &Line) -> Result<(), String> {
    let columns: Vec<&str> = line.columns.iter().map(String::as_str).collect();
    if let Some(time) = columns[0].strip_prefix('+') {
        nothing_unread(world)?;
        world.pass(duration(time)?);
        return Ok(());
    }
    if let Some((from, to)) = columns[0].split_once(" > ") {
        let what = columns.get(1).ok_or("what is sent?")?;
        return match (from, to) {
            ("proxy", phone) => expect(world, phone, what, &columns[2..]),
            (phone, "proxy") => send(world, phone, what, &columns[2..]),
            _ => Err("one side must be the proxy".to_owned()),
        };
    }
    let words: Vec<&str> = columns.iter().flat_map(|column| column.split(' ')).collect();
    if words[0] == "given" {
        return given(world, &words[1..]);
    }
    nothing_unread(world)?;
    match words[..] {
        ["fail", phone] => world.phone(phone).unreachable = true,
        ["heal", phone] => world.phone(phone).unreachable = false,
        ["close", phone] => world.close(phone),
        ["directory", "away"] => world.directory.away = true,
        ["directory", "back"] => world.directory.away = false,
        ["hold", "answers"] => world.holding = true,
        ["release", "answers"] => world.release(),
        ["stored", aor, count] => return stored(world, aor, count),
        ["transactions", count] => return transactions(world, count),
        _ => return Err("no such line".to_owned()),
    }
    Ok(())
}

fn given(world: &mut World, words: &[&str]) -> Result<(), String> {
    match words {
        ["domain", name] => world.directory.add_domain(name),
        ["account", id, rest @ ..] => {
            let list = |key| option(rest, key).map(|list| list.split(',').collect::<Vec<_>>()).unwrap_or_default();
            let password = option(rest, "password").unwrap_or("secret");
            world.directory.add_account(id, password, &list("groups"), &list("acl"));
            match option(rest, "only").or(option(rest, "no")) {
                Some("md5") => forget_digests(world, id, false),
                Some("password") => forget_digests(world, id, true),
                _ => {}
            }
        }
        ["alias", alias, "for", target] => world.directory.add_alias(alias, target),
        ["host", name, "is", address] => {
            world.directory.hosts.entry(name.to_ascii_lowercase()).or_default().push(place(address)?);
        }
        ["at", "most", count, "transactions"] => {
            world.settings.transactions_max = count.parse().map_err(|_| "how many?")?;
        }
        ["at", "most", count, "contacts"] => {
            world.settings.registrar.contacts_max = count.parse().map_err(|_| "how many?")?;
        }
        ["peer", address, "is", "trusted"] => world.trust(address)?,
        ["redirections", "are", "followed"] => world.settings.follow_redirects = true,
        ["sessions", "of", time] => {
            world.settings.session_timers.max_s = duration(time)?.as_secs().try_into().map_err(|_| "how long?")?;
        }
        ["service", "route", route] => world.settings.service_route = (*route).to_owned(),
        ["paths", "for", "everybody"] => world.settings.registrar.path_unsupported = true,
        [aor, "at", address, rest @ ..] if aor.contains('@') => binding(world, aor, address, rest)?,
        ["only", "UDP", "and", "TCP"] => world.settings.listeners.truncate(2),
        [phone, "at", address] => {
            let (transport, address) = place(address)?;
            world.add_phone(phone, transport, address);
        }
        _ => return Err("nothing like that can be given".to_owned()),
    }
    Ok(())
}

/// Leaves of an account's password only the MD5 digests, or nothing.
fn forget_digests(world: &mut World, id: &str, all: bool) {
    let account = world.directory.accounts.values_mut().find(|account| account.id.to_string() == id);
    if let Some(account) = account.map(Arc::make_mut) {
        account.digests = match all {
            true => StoredDigests::default(),
            false => StoredDigests { sha256: None, ..account.digests.clone() },
        };
    }
}

fn binding(world: &mut World, aor: &str, address: &str, rest: &[&str]) -> Result<(), String> {
    let (transport, address) = place(address)?;
    let user = aor.split('@').next().unwrap_or_default();
    if !world.has_account(aor) {
        world.directory.add_account(aor, "secret", &[], &[]);
    }
    let name = option(rest, "as").unwrap_or(user);
    if !world.phones.iter().any(|phone| phone.name == name) {
        world.add_phone(name, transport, address);
    }
    world.connect(name);
    let suffix = transport.uri_param();
    let contact = option(rest, "contact").map_or_else(|| format!("sip:{user}@{address}{suffix}"), str::to_owned);
    let q_per_mille = match option(rest, "q") {
        Some(q) => Some((q.parse::<f32>().map_err(|_| "q is a number")? * 1000.0) as u16),
        None => None,
    };
    let expires = option(rest, "expires").map_or(Ok(Duration::from_secs(3600)), duration)?;
    let flow = world.phone(name).flow();
    let params = option(rest, "params").unwrap_or_default();
    world.register(aor, [&contact, params], flow, q_per_mille, expires);
    Ok(())
}

fn send(world: &mut World, phone: &str, what: &str, items: &[&str]) -> Result<(), String> {
    nothing_unread(world)?;
    let what = &filled_in(world, what);
    let words: Vec<&str> = what.split(' ').collect();
    let mut message = if items.contains(&"again") {
        world.phone(phone).again(words[0])
    } else if let Ok(status) = words[0].parse::<u16>() {
        let method = words.iter().position(|word| *word == "to").and_then(|place| words.get(place + 1)).copied();
        let reason = words.get(1).filter(|word| **word != "to").copied().unwrap_or("Whatever");
        world.phone(phone).response(status, reason, method)
    } else {
        if items.contains(&"new call") {
            world.phone(phone).new_call();
        }
        match words[..] {
            ["CANCEL", "of", method] => world.phone(phone).cancel(method),
            _ => world.phone(phone).request(words[0], words.get(1).copied(), items.contains(&"in dialog")),
        }
    };
    for item in items {
        let item = filled_in(world, item);
        change(world, phone, &mut message, &item)?;
    }
    world.phone(phone).remember(&message);
    world.receive(phone, message.write());
    Ok(())
}

/// Puts in what only the proxy can have made: `{flow of bob}`, `{temp-gruu of bob}`, `{to of bob}`, `{contact of bob}`.
fn filled_in(world: &mut World, text: &str) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (what, after) = rest.split_once('}').expect("a closing brace");
    let (what, phone) = what.split_once(" of ").expect("what of whom");
    let value = match what {
        "flow" => world.relay_token(phone),
        "temp-gruu" => {
            let last = world.phone(phone).heard.last().expect("something was heard").1.clone();
            let contact = last.header("Contact").expect("a Contact").to_owned();
            let after = contact.split_once("temp-gruu=\"").expect("a temporary GRUU").1;
            after.split('"').next().unwrap_or_default().to_owned()
        }
        name => {
            let heard = world.phone(phone).heard.iter().rev();
            let response = heard.map(|(_, message)| message).find(|message| message.status().is_some());
            response.and_then(|message| message.header(name)).expect("a response with it").to_owned()
        }
    };
    format!("{before}{value}{}", filled_in(world, after))
}

fn change(world: &mut World, phone: &str, message: &mut Text, item: &str) -> Result<(), String> {
    match item.split(' ').collect::<Vec<_>>()[..] {
        ["again"] | ["new", "call"] | ["in", "dialog"] => {}
        ["no", name] => message.remove(name),
        ["only", "our", "Via"] => {
            let ours = message.header("Via").unwrap_or_default().to_owned();
            message.set("Via", ours);
        }
        ["auth", password] => world.phone(phone).sign(message, password, None),
        ["auth", password, "for", uri] => world.phone(phone).sign_for(message, password, uri),
        ["auth", password, "as", user] => world.phone(phone).sign(message, password, Some(user)),
        ["body", ref words @ ..] => message.body = words.join(" "),
        ["also", ref words @ ..] => {
            let header = words.join(" ");
            let (name, value) = header.split_once(':').ok_or("also Name: value")?;
            message.add(name, value.trim());
        }
        _ => {
            let (name, value) = item.split_once(':').ok_or_else(|| format!("what is {item:?}?"))?;
            message.set(name, value.trim());
        }
    }
    Ok(())
}

fn expect(world: &mut World, phone: &str, what: &str, items: &[&str]) -> Result<(), String> {
    let everything = unread(world);
    let phone = world.phone(phone);
    if what == "nothing" {
        return if phone.unread.is_empty() { Ok(()) } else { Err(format!("there is\n{everything}")) };
    }
    if phone.unread.is_empty() {
        return Err(format!("nothing came to {}; unread is:\n{everything}", phone.name));
    }
    let message = phone.unread.remove(0);
    let what = match what.as_bytes()[0].is_ascii_digit() {
        true => format!("SIP/2.0 {what}"),
        false => what.to_owned(),
    };
    let starts = message.start.strip_prefix(&what).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if !starts {
        return Err(format!("this came:\n{}", show(&message)));
    }
    for item in items {
        let earlier = phone.heard.iter().rev().skip(phone.unread.len() + 1).map(|(_, message)| message);
        let holds = match item.split(' ').collect::<Vec<_>>()[..] {
            ["again"] => earlier.clone().any(|other| *other == message),
            ["no", name] => message.header(name).is_none(),
            ["has", name] => message.header(name).is_some(),
            ["count", name, count] => Ok(message.list(name).len()) == count.parse(),
            ["body", ref words @ ..] => message.body == words.join(" "),
            ["holds", ref words @ ..] => message.body.contains(&words.join(" ")),
            [name, "~", ref words @ ..] => message.all(name).any(|value| value.contains(&words.join(" "))),
            _ => {
                let (name, value) = item.split_once(':').ok_or_else(|| format!("what is {item:?}?"))?;
                message.all(name).any(|other| other == value.trim())
            }
        };
        if !holds {
            return Err(format!("{item:?} does not hold of\n{}", show(&message)));
        }
    }
    Ok(())
}

fn stored(world: &World, aor: &str, count: &str) -> Result<(), String> {
    let last = world.stored.iter().rev().find(|(other, _)| other == aor).map(|(_, count)| *count);
    if last.map(|last| last.to_string()).as_deref() == Some(count) { Ok(()) } else { Err(format!("stored: {last:?}")) }
}

fn transactions(world: &mut World, count: &str) -> Result<(), String> {
    let there = world.transactions().to_string();
    if there == count { Ok(()) } else { Err(format!("there are {there}")) }
}

/// What came and was not expected before the next step.
fn nothing_unread(world: &World) -> Result<(), String> {
    let unread = unread(world);
    if unread.is_empty() { Ok(()) } else { Err(format!("nobody expected\n{unread}")) }
}

fn unread(world: &World) -> String {
    let show = |name: &str, message: &Text| format!("    proxy > {name}\n{}", show(message));
    let of = |phone: &super::phone::Phone| phone.unread.iter().map(|message| show(&phone.name, message)).collect();
    world.phones.iter().map(of).collect::<Vec<String>>().concat()
}

fn show(message: &Text) -> String {
    String::from_utf8_lossy(&message.write()).lines().map(|line| format!("      {line}\n")).collect()
}

fn option<'a>(words: &[&'a str], key: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == key).and_then(|place| words.get(place + 1)).copied()
}

/// `192.0.2.7:5060/udp`.
fn place(text: &str) -> Result<(Transport, SocketAddr), String> {
    let (address, transport) = text.split_once('/').ok_or_else(|| format!("{text}: which transport?"))?;
    let transport = Transport::from_name(transport.as_bytes()).ok_or("a transport")?;
    Ok((transport, address.parse().map_err(|_| format!("{address} is no address; {HOME} is a domain"))?))
}

/// `500ms`, `32s`, `3m`.
fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|letter: char| !letter.is_ascii_digit()).ok_or("a unit is missing")?;
    let number: u64 = text[..split].parse().map_err(|_| "how long?")?;
    match &text[split..] {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(60 * number)),
        unit => Err(format!("{unit} is no unit of time")),
    }
}
