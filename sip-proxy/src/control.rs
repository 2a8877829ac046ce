//! The control socket: what `sip-proxy ctl` asks of a running proxy, over a Unix socket in the state directory that only its owner may
//! open (`docs/decisions/control-socket.md`).
//!
//! A request is one line of JSON, the answer another. A capture into a file is followed by the file. What is asked for is a [`Request`];
//! the commands and how answers are shown are `ctl`'s.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sip_core::Shared;
use sip_core::abuse::Network;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UdpSocket, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::bans::BanKeeper;
use crate::capture::{Captured, Filter, Tap, hep, ladder, pcap};
use crate::counters::AllCounters;
use crate::drain::Drain;
use crate::explain::{self, Explainer};
use crate::locations::clocks;

/// The socket's name in the state directory.
pub(crate) const SOCKET: &str = "control.sock";
/// Operators at once.
const CLIENTS_MAX: usize = 32;
const REQUEST_BYTES_MAX: u64 = 64 * 1024;
const REQUEST_PATIENCE: Duration = Duration::from_secs(10);
/// Entries of one page.
pub(crate) const PAGE_MAX: usize = 1_000;
/// The longest capture.
pub(crate) const CAPTURE_S_MAX: u64 = 86_400;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Request {
    /// A page of addresses with their contacts, or those of one address.
    Registrations { address: Option<String>, after: Option<String>, limit: usize },
    /// A page of the calls that this node knows of.
    Calls { after: Option<String>, limit: usize },
    /// A page of the bans in force.
    Bans { after: Option<String>, limit: usize },
    /// Ban a network; without seconds until it is lifted.
    Ban { network: String, reason: String, seconds: Option<u64> },
    /// Lift a ban.
    Lift { network: String },
    /// The sources that did most of what they should not.
    Sources { limit: usize },
    /// All counters and gauges.
    Counters,
    /// What would become of a call.
    Explain { from: String, to: String, source: Option<std::net::IpAddr>, at: Option<String>, call_id: String },
    /// Copy messages for some time.
    Capture { filter: Filter, seconds: u64, form: Form },
    /// Begin nothing new from now on, and go on with what is under way.
    Drain,
}

/// Where a capture goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// Back over the socket, as a pcap file.
    Pcap,
    /// To a capture server, by this node.
    Hep { to: std::net::SocketAddr, agent: u32 },
    /// Into this node's log.
    Ladder,
}

/// What the socket shows and changes.
pub(crate) struct Controlled {
    pub(crate) shared: Arc<Shared>,
    pub(crate) bans: Arc<BanKeeper>,
    pub(crate) counters: AllCounters,
    pub(crate) drain: Arc<Drain>,
    pub(crate) tap: Arc<Tap>,
    pub(crate) node: String,
    pub(crate) explainer: Explainer,
}

/// A bound socket; its file goes with it.
pub(crate) struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // A file that is gone already is what is wanted.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl ControlSocket {
    /// Opens the socket. What an earlier process left behind is taken away: the state directory is locked, so nobody listens there.
    pub(crate) fn open(state_dir: &Path) -> std::io::Result<ControlSocket> {
        let path = state_dir.join(SOCKET);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error);
        }
        // Nobody may connect before the mode is right: it is made under another name in a directory of our own.
        let beside = state_dir.join("control.new");
        let _ = std::fs::remove_file(&beside);
        let listener = UnixListener::bind(&beside)?;
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&beside, &path)?;
        Ok(ControlSocket { listener, path })
    }

    /// Answers for as long as the runtime lives.
    pub(crate) async fn serve(self, controlled: Arc<Controlled>) {
        let places = Arc::new(Semaphore::new(CLIENTS_MAX));
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let controlled = Arc::clone(&controlled);
            spawn_local(async move {
                let _place = place;
                // An operator who goes away in between misses the answer.
                let _ = controlled.converse(stream).await;
            });
        }
    }
}

impl Controlled {
    async fn converse(&self, stream: UnixStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut reader = BufReader::new(read.take(REQUEST_BYTES_MAX));
        let mut line = String::new();
        let Ok(read) = timeout(REQUEST_PATIENCE, reader.read_line(&mut line)).await else { return Ok(()) };
        read?;
        let request: Request = match serde_json::from_str(&line) {
            Ok(request) => request,
            Err(error) => return say(&mut write, &refused(&format!("the request cannot be read: {error}"))).await,
        };
        match request {
            Request::Capture { filter, seconds, form } => {
                let seconds = Duration::from_secs(seconds.min(CAPTURE_S_MAX));
                let Some(captured) = self.tap.begin(filter.clone()) else {
                    return say(&mut write, &refused("there are as many captures as there may be")).await;
                };
                info!(?filter, "a capture begins");
                let gone = async {
                    let mut rest = [0; 16];
                    while matches!(reader.read(&mut rest).await, Ok(1..)) {}
                };
                let ended = async {
                    tokio::select! {
                        () = sleep(seconds) => {}
                        () = gone => {}
                    }
                };
                capture(captured, form, ended, &mut write).await
            }
            request => {
                let answer = self.answer(request).await.map_or_else(|why| refused(&why), |ok| json!({ "ok": ok }));
                say(&mut write, &answer).await
            }
        }
    }

    async fn answer(&self, request: Request) -> Result<Value, String> {
        match request {
            Request::Registrations { address: Some(address), .. } => self.registration(&address),
            Request::Registrations { address: None, after, limit } => self.registrations(after.as_deref(), limit),
            Request::Calls { after, limit } => Ok(self.calls(after.as_deref(), limit)),
            Request::Bans { after, limit } => {
                let after = after.map(|after| network(&after)).transpose()?;
                Ok(self.listed_bans(after, limit.min(PAGE_MAX)))
            }
            Request::Ban { network: source, reason, seconds } => {
                let network = network(&source)?;
                let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
                let stored = self.bans.add(network, &reason, seconds.map(Duration::from_secs)).await;
                info!(ban.source = %network, %reason, "{network} is banned by hand: {reason}");
                Ok(json!({ "source": network.to_string(), "stored": stored.is_ok() }))
            }
            Request::Lift { network: source } => {
                let network = network(&source)?;
                let lifted = self.bans.lift(network).await.map_err(|error| {
                    format!("the ban is lifted on this node only, the database does not answer: {error}")
                })?;
                if !lifted {
                    return Err(format!("{network} is not banned"));
                }
                info!(ban.source = %network, "the ban of {network} is lifted by hand");
                Ok(json!({ "source": network.to_string() }))
            }
            Request::Sources { limit } => {
                let worst = self.shared.guard.worst(limit.min(PAGE_MAX));
                let items: Vec<Value> = worst
                    .into_iter()
                    .map(|(source, counts)| {
                        let network = source.network();
                        json!({
                            "source": network.to_string(),
                            "malformed": counts.malformed,
                            "unknown": counts.unknown,
                            "scanner": counts.scanner,
                            "wrong_answers": counts.wrong_answers,
                            "limited": counts.limited,
                        })
                    })
                    .collect();
                Ok(json!({ "items": items }))
            }
            Request::Explain { from, to, source, at, call_id } => {
                let question = explain::question(from, to, source, at.as_deref(), call_id)?;
                Ok(explain::as_json(&self.explainer.explain(&question).await?))
            }
            Request::Counters => Ok(self.counters.values(&self.drain.gauges())),
            Request::Drain => {
                self.drain.begin().await;
                let (calls, ringing) = self.drain.calls();
                Ok(json!({ "under_way": self.drain.under_way(), "calls": calls, "ringing": ringing }))
            }
            Request::Capture { .. } => Err("a capture is not answered so".to_owned()),
        }
    }

    fn registration(&self, address: &str) -> Result<Value, String> {
        let address =
            domain::SipId::parse(address).map_err(|_| format!("{address} is no address: write user@domain"))?;
        let now = clocks().now;
        let bindings = self.shared.locations.get(&address, now).unwrap_or_default();
        Ok(json!({ "items": [shown_contacts(&address, &bindings, now)] }))
    }

    fn registrations(&self, after: Option<&str>, limit: usize) -> Result<Value, String> {
        let from = match after {
            None => 0,
            Some(after) => after.parse().map_err(|_| format!("{after} is no place in this list"))?,
        };
        let now = clocks().now;
        let (page, next) = self.shared.locations.page(from, limit.clamp(1, PAGE_MAX), now);
        let items: Vec<Value> = page.iter().map(|(aor, bindings)| shown_contacts(aor, bindings, now)).collect();
        Ok(json!({ "items": items, "next": next.map(|next| next.to_string()), "all": self.shared.locations.len() }))
    }

    fn calls(&self, after: Option<&str>, limit: usize) -> Value {
        let now = clocks().now;
        let mut calls: Vec<_> = self.drain.shards.iter().flat_map(|shard| shard.calls.all()).collect();
        calls.sort_unstable_by(|one, other| one.call_id.cmp(&other.call_id));
        let all = calls.len();
        let mut rest = calls.into_iter().filter(|call| after.is_none_or(|after| *call.call_id > *after.as_bytes()));
        let page: Vec<_> = rest.by_ref().take(limit.clamp(1, PAGE_MAX)).collect();
        let more = rest.next().is_some();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let next = page.last().filter(|_| more).map(|call| text(&call.call_id));
        let items: Vec<Value> = page
            .iter()
            .map(|call| {
                let since = call.answered.unwrap_or(call.began);
                json!({
                    "call_id": text(&call.call_id),
                    "from": text(&call.from),
                    "to": text(&call.to),
                    "state": if call.answered.is_some() { "answered" } else { "ringing" },
                    "seconds": now.saturating_duration_since(since).as_secs(),
                })
            })
            .collect();
        json!({ "items": items, "next": next, "all": all })
    }

    fn listed_bans(&self, after: Option<Network>, limit: usize) -> Value {
        let now = clocks().now;
        let mut bans = self.shared.guard.bans.list(now, after, limit + 1);
        let more = bans.len() > limit;
        bans.truncate(limit);
        let next = bans.last().filter(|_| more).map(|ban| ban.network.to_string());
        let items: Vec<Value> = bans
            .iter()
            .map(|ban| {
                json!({
                    "source": ban.network.to_string(),
                    "reason": ban.reason,
                    "node": if ban.node.is_empty() { &self.node } else { &*ban.node },
                    "banned_s": now.saturating_duration_since(ban.since).as_secs(),
                    "ends_in_s": ban.ends.map(|ends| ends.saturating_duration_since(now).as_secs()),
                })
            })
            .collect();
        json!({ "items": items, "next": next, "all": self.shared.guard.bans.len() })
    }
}

fn shown_contacts(aor: &domain::SipId, bindings: &[sip_core::locations::Binding], now: std::time::Instant) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let contacts: Vec<Value> = bindings
        .iter()
        .map(|binding| {
            json!({
                "contact": text(binding.contact()),
                "expires_s": binding.remaining_s(now),
                "q": f64::from(binding.q_per_mille) / 1000.0,
                "from": binding.flow.remote.to_string(),
                "transport": binding.flow.transport.to_string(),
                "path": text(binding.path()),
                "user_agent": text(binding.user_agent()),
                "elsewhere": binding.elsewhere,
            })
        })
        .collect();
    json!({ "address": aor.to_string(), "contacts": contacts })
}

fn network(text: &str) -> Result<Network, String> {
    text.parse().map_err(|error| format!("{text} is {error}"))
}

fn refused(why: &str) -> Value {
    json!({ "error": why })
}

async fn say(write: &mut tokio::net::unix::OwnedWriteHalf, answer: &Value) -> std::io::Result<()> {
    let mut line = answer.to_string();
    line.push('\n');
    write.write_all(line.as_bytes()).await
}

async fn capture(
    mut captured: Captured,
    form: Form,
    ended: impl Future<Output = ()>,
    write: &mut tokio::net::unix::OwnedWriteHalf,
) -> std::io::Result<()> {
    tokio::pin!(ended);
    let mut messages = 0_u64;
    let hep = match &form {
        Form::Hep { to, agent } => {
            let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            Some((UdpSocket::bind(any).await?, *to, *agent))
        }
        Form::Pcap | Form::Ladder => None,
    };
    if form == Form::Pcap {
        say(write, &json!({ "ok": { "pcap": true } })).await?;
        write.write_all(&pcap::file_header()).await?;
    } else {
        say(write, &json!({ "ok": { "begun": true } })).await?;
    }
    loop {
        let seen = tokio::select! {
            biased;
            seen = captured.messages.recv() => seen,
            () = &mut ended => None,
        };
        let Some(seen) = seen else { break };
        messages += 1;
        match (&form, &hep) {
            (Form::Pcap, _) => write.write_all(&pcap::record(&seen)).await?,
            (Form::Ladder, _) => ladder::rung(&seen),
            (Form::Hep { .. }, Some((socket, to, agent))) => {
                if let Err(error) = socket.send_to(&hep::packet(&seen, *agent), to).await {
                    warn!(%error, "a captured message could not be sent to {to}: {error}");
                }
            }
            (Form::Hep { .. }, None) => {}
        }
    }
    if form != Form::Pcap {
        let lost = captured.lost.load(Ordering::Relaxed);
        say(write, &json!({ "ok": { "messages": messages, "lost": lost } })).await?;
    }
    Ok(())
}
