//! `sip-proxy ctl`: asks a running proxy over its control socket and shows what it answers, as text or as JSON.
//!
//! The requests and their answers are `control`'s.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::capture::Filter;
use crate::config::Settings;
use crate::control::{CAPTURE_S_MAX, Form, Request, SOCKET};
use crate::{exit, explain};

/// The part of the command line behind `ctl`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The control socket. Without it: control.sock in sip.state_dir of the settings.
    #[arg(long, global = true, env = "SIP_PROXY_SOCKET")]
    socket: Option<PathBuf>,
    /// Shows the answer as one JSON document.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  sip-proxy ctl registrations --limit 20          the first 20 addresses that have contacts
  sip-proxy ctl registrations alice@example.com   the contacts of one address
  sip-proxy ctl calls                             calls that ring or are answered
  sip-proxy ctl bans                              who is banned, by whom, why, for how long
  sip-proxy ctl bans add 192.0.2.7 --for-s 3600   bans an address for an hour, on all nodes
  sip-proxy ctl bans lift 192.0.2.7               lifts it, on all nodes
  sip-proxy ctl sources                           who sends rubbish, guesses, or too much
  sip-proxy ctl counters --json                   everything that is counted
  sip-proxy ctl capture --user alice --pcap a.pcap --seconds 60
  sip-proxy ctl capture --call-id 7f3a@host --hep 192.0.2.9:9060
  sip-proxy ctl capture --user alice --ladder     alice's calls, message by message, in the proxy's log
  sip-proxy ctl drain                             begins nothing new; SIGTERM then ends it

A list is shown in pages: what stands behind \"more:\" is the --after of the next one.
The socket belongs to the user that runs the proxy: run this as that user, or as root.";

#[derive(Subcommand)]
enum Command {
    /// Addresses with the contacts that they registered.
    Registrations {
        /// Only this address, user@domain.
        address: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    /// The calls that this node knows of since it was started.
    Calls {
        #[command(flatten)]
        page: Page,
    },
    /// Who is banned; bans somebody; lifts a ban.
    Bans {
        #[command(subcommand)]
        command: Option<BanCommand>,
        #[command(flatten)]
        page: Page,
    },
    /// The sources that did most of what they should not: rubbish, unknown accounts, wrong passwords, too much.
    Sources {
        /// How many are shown.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Everything that is counted, as on /metrics.
    Counters,
    /// Copies the messages of one call, or of one user's calls.
    Capture(CaptureArguments),
    /// Begins nothing new from now on: new requests are answered 503 with Retry-After, what is under way goes on.
    Drain,
}

#[derive(Args)]
struct Page {
    /// Entries of a page.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Where the last page ended.
    #[arg(long)]
    after: Option<String>,
}

#[derive(Subcommand)]
enum BanCommand {
    /// Shows who is banned (the default).
    List {
        #[command(flatten)]
        page: Page,
    },
    /// Bans an address or a network, on all nodes.
    Add {
        /// 192.0.2.1, 192.0.2.0/24, 2001:db8::/64.
        network: String,
        /// Why, for whoever reads the list.
        #[arg(long, default_value = "by hand")]
        reason: String,
        /// For how many seconds; without it until it is lifted.
        #[arg(long)]
        for_s: Option<u64>,
    },
    /// Lifts the ban of an address or a network, on all nodes.
    Lift {
        /// As the list shows it.
        network: String,
    },
}

#[derive(Args)]
struct CaptureArguments {
    /// The Call-ID of the call.
    #[arg(long, required_unless_present = "user", conflicts_with = "user")]
    call_id: Option<String>,
    /// Every call in whose From, To or Request-URI this user stands: alice, alice@example.com.
    #[arg(long)]
    user: Option<String>,
    /// For how long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=CAPTURE_S_MAX))]
    seconds: u64,
    #[command(flatten)]
    form: FormArguments,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct FormArguments {
    /// Into this file, which Wireshark and sngrep read; - is standard output.
    #[arg(long)]
    pcap: Option<PathBuf>,
    /// To a HEP version 3 server, over UDP.
    #[arg(long)]
    hep: Option<SocketAddr>,
    /// Into the proxy's own log, a line for each message.
    #[arg(long)]
    ladder: bool,
}

/// Does what is asked; answers the exit code.
pub(crate) fn run(arguments: Arguments, config: Option<&Path>) -> u8 {
    let json = arguments.json;
    let socket = match socket_of(arguments.socket, config) {
        Ok(socket) => socket,
        Err(code) => return code,
    };
    let (request, file) = request_of(arguments.command);
    match ask(&socket, &request, file.as_deref(), json) {
        Ok(()) => exit::OK,
        Err(why) => crate::complain(&why, exit::UNAVAILABLE),
    }
}

/// Asks what would become of a call; answers the exit code.
pub(crate) fn explain(asked: explain::Arguments, config: Option<&Path>) -> u8 {
    let socket = match socket_of(asked.socket, config) {
        Ok(socket) => socket,
        Err(code) => return code,
    };
    let explain::Arguments { from, to, source, at, call_id, .. } = asked;
    let request = Request::Explain { from, to, source, at, call_id };
    let answered = answer_of(&socket, &request).and_then(|(answer, _)| {
        let text = if asked.json { format!("{answer:#}\n") } else { explain::as_text(&answer) };
        std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
    });
    match answered {
        Ok(()) => exit::OK,
        Err(why) => crate::complain(&why, exit::UNAVAILABLE),
    }
}

/// The control socket that is named, or that of the settings; the exit code where they cannot be read.
fn socket_of(named: Option<PathBuf>, config: Option<&Path>) -> Result<PathBuf, u8> {
    match named {
        Some(socket) => Ok(socket),
        None => match Settings::load(config) {
            Ok(settings) => Ok(settings.sip.state_dir.join(SOCKET)),
            Err(error) => Err(crate::complain(&error.to_string(), exit::CONFIGURATION)),
        },
    }
}

/// The request, and the file that a capture goes into.
fn request_of(command: Command) -> (Request, Option<PathBuf>) {
    let request = match command {
        Command::Registrations { address, page } => {
            Request::Registrations { address, after: page.after, limit: page.limit }
        }
        Command::Calls { page } => Request::Calls { after: page.after, limit: page.limit },
        Command::Bans { command: None, page } | Command::Bans { command: Some(BanCommand::List { page }), .. } => {
            Request::Bans { after: page.after, limit: page.limit }
        }
        Command::Bans { command: Some(BanCommand::Add { network, reason, for_s }), .. } => {
            Request::Ban { network, reason, seconds: for_s }
        }
        Command::Bans { command: Some(BanCommand::Lift { network }), .. } => Request::Lift { network },
        Command::Sources { limit } => Request::Sources { limit },
        Command::Counters => Request::Counters,
        Command::Drain => Request::Drain,
        Command::Capture(asked) => {
            let filter = match (asked.call_id, asked.user) {
                (Some(call_id), _) => Filter::CallId(call_id),
                (None, user) => Filter::User(user.unwrap_or_default()),
            };
            let form = match asked.form.hep {
                Some(to) => Form::Hep { to, agent: std::process::id() },
                None if asked.form.ladder => Form::Ladder,
                None => Form::Pcap,
            };
            return (Request::Capture { filter, seconds: asked.seconds, form }, asked.form.pcap);
        }
    };
    (request, None)
}

fn ask(socket: &Path, request: &Request, file: Option<&Path>, json: bool) -> Result<(), String> {
    let (answer, mut reader) = answer_of(socket, request)?;
    match request {
        Request::Capture { form: Form::Pcap, .. } => save(&mut reader, file),
        Request::Capture { .. } => show(&next_answer(&mut reader)?, json),
        _ => show(&answer, json),
    }
}

fn answer_of(socket: &Path, request: &Request) -> Result<(Value, BufReader<UnixStream>), String> {
    let unreachable = |error: std::io::Error| {
        format!(
            "no proxy answers on {}: {error}; is it running, with this sip.state_dir, and is this its user?",
            socket.display()
        )
    };
    let mut stream = UnixStream::connect(socket).map_err(unreachable)?;
    let line = serde_json::to_string(request).map_err(|error| error.to_string())?;
    writeln!(stream, "{line}").map_err(unreachable)?;
    let mut reader = BufReader::new(stream);
    let answer = next_answer(&mut reader)?;
    Ok((answer, reader))
}

fn next_answer(reader: &mut impl BufRead) -> Result<Value, String> {
    let mut line = String::new();
    reader.read_line(&mut line).map_err(|error| format!("the answer broke off: {error}"))?;
    let mut answer: Value =
        serde_json::from_str(&line).map_err(|_| "the proxy ended the conversation without an answer".to_owned())?;
    match answer.get("error").and_then(Value::as_str) {
        Some(why) => Err(why.to_owned()),
        None => Ok(answer["ok"].take()),
    }
}

fn save(reader: &mut impl Read, file: Option<&Path>) -> Result<(), String> {
    let copied = match file {
        Some(path) if path != Path::new("-") => std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .and_then(|mut file| std::io::copy(reader, &mut file))
            .map_err(|error| format!("{}: {error}", path.display())),
        _ => std::io::copy(reader, &mut std::io::stdout()).map_err(|error| error.to_string()),
    };
    copied.map(drop)
}

fn show(answer: &Value, json: bool) -> Result<(), String> {
    let text = if json { format!("{answer:#}\n") } else { as_text(answer) };
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

/// A list as a table, one thing as lines of its own.
fn as_text(answer: &Value) -> String {
    let Some(items) = answer.get("items").and_then(Value::as_array) else { return lines(answer) };
    let rows: Vec<Vec<(String, String)>> = items.iter().flat_map(rows).collect();
    let mut out = table(&rows);
    if let Some(all) = answer.get("all").and_then(Value::as_u64) {
        out.push_str(&format!("{all} in all\n"));
    }
    if let Some(next) = answer.get("next").and_then(Value::as_str) {
        out.push_str(&format!("more: --after '{next}'\n"));
    }
    out
}

/// An address with several contacts is several rows.
fn rows(item: &Value) -> Vec<Vec<(String, String)>> {
    let cells = |value: &Value| -> Vec<(String, String)> {
        let members = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_array());
        members.map(|(name, value)| (name.clone(), plain(value))).collect()
    };
    match item.get("contacts").and_then(Value::as_array) {
        None => vec![cells(item)],
        Some(contacts) => contacts.iter().map(|contact| [cells(item), cells(contact)].concat()).collect(),
    }
}

fn table(rows: &[Vec<(String, String)>]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let mut lines: Vec<Vec<&str>> = vec![first.iter().map(|(name, _)| name.as_str()).collect()];
    lines.extend(rows.iter().map(|row| row.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>()));
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..first.len()).map(width).collect();
    let mut out = String::new();
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn lines(answer: &Value) -> String {
    let members = answer.as_object().into_iter().flatten();
    members.map(|(name, value)| format!("{name} {}\n", plain(value))).collect()
}

/// A value on one line, whatever a phone wrote into it.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_a_table_with_a_row_for_each_contact_and_the_way_to_the_next_page() {
        let answer = json!({
            "items": [{"address": "alice@example.com", "contacts": [
                {"contact": "sip:a@192.0.2.7", "expires_s": 60}, {"contact": "sip:a\n@h", "expires_s": 5}]}],
            "next": "7", "all": 9,
        });
        assert_eq!(
            as_text(&answer),
            "address            contact          expires_s\nalice@example.com  sip:a@192.0.2.7  60\n\
             alice@example.com  sip:a?@h         5\n9 in all\nmore: --after '7'\n"
        );
    }

    #[test]
    fn one_thing_is_shown_line_by_line_and_an_empty_list_is_empty() {
        assert_eq!(as_text(&json!({"source": "192.0.2.1", "ends_in_s": null})), "ends_in_s -\nsource 192.0.2.1\n");
        assert_eq!(as_text(&json!({"items": [], "all": 0})), "0 in all\n");
    }
}
