//! What would become of a call: the steps of the policy themselves, taken by a call that nobody makes, with what each looked at. Nothing is
//! sent, counted or remembered.
//!
//! It is the live code that decides. Left out is what a call would prove by its credentials: who is asked about is taken for the caller.

use crate::command::{Answer, Lookup};
use crate::directory::Account;
use crate::flow::{Flow, ListenerId, Transport};
use crate::route::decide;
use crate::route::routing::{Env, Routing, Trace, sip_id};
use crate::route::verdict::{Hop, Target, Verdict};
use crate::settings::Settings;
use crate::shared::Shared;
use domain::DiversionTarget;
use sip_message::Message;
use sip_message::uri::Uri;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// A call to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who calls: an address with or without `sip:`.
    pub from: String,
    /// Who is called: the same.
    pub to: String,
    /// Where the call comes from.
    pub source: (Transport, SocketAddr),
    /// When, in seconds since 1970; none: now.
    pub at_s: Option<i64>,
    /// Its Call-ID, by which equal routes share the load.
    pub call_id: String,
}

/// A question on its way through the steps.
#[derive(Debug)]
pub struct Explaining {
    routing: Routing,
    waits_for: Option<Lookup>,
}

/// How far it is.
#[derive(Debug)]
pub enum Progress {
    /// This must be answered first.
    Ask(Lookup),
    /// This is what would become of the call.
    Done(Explanation),
}

/// What would become of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The steps that it takes.
    pub steps: Vec<Explained>,
    /// How it ends.
    pub outcome: Outcome,
    /// Where it goes when that fails.
    pub after: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its name.
    pub step: &'static str,
    /// What it decided.
    pub why: &'static str,
    /// The provisioned data that it looked at.
    pub rows: Vec<String>,
}

/// How a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is answered here.
    Answered {
        /// By this status.
        status: u16,
        /// A redirection's address.
        contact: Option<String>,
    },
    /// It is sent to these, at once or one after the other.
    Sent(Vec<Sent>),
}

/// Where a call is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The Request-URI that it gets.
    pub uri: String,
    /// The address that it is sent to; none where it has none.
    pub to: Option<String>,
    /// Whether it is only tried when those before have failed.
    pub in_reserve: bool,
}

impl Explaining {
    /// Begins; says what of the question cannot be read.
    pub fn begin(question: &Question, settings: &Settings) -> Result<Explaining, &'static str> {
        let from = uri_of(&question.from);
        let to = uri_of(&question.to);
        let caller = Uri::parse(from.as_bytes()).map_err(|_| "the caller's address cannot be read")?;
        Uri::parse(to.as_bytes()).map_err(|_| "the called address cannot be read")?;
        let presumed = sip_id(&caller);
        let is_line = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if ![&from, &to, &question.call_id].into_iter().all(|text| is_line(text)) {
            return Err("an address has characters that no address has");
        }
        let (transport, remote) = question.source;
        let text = format!(
            "INVITE {to} SIP/2.0\r\nVia: SIP/2.0/{} {remote};branch=z9hG4bKexplained\r\nMax-Forwards: 70\r\nFrom: <{from}>;tag=explained\r\n\
             To: <{to}>\r\nCall-ID: {}\r\nCSeq: 1 INVITE\r\nContact: <sip:{remote}>\r\nContent-Length: 0\r\n\r\n",
            transport.via_name(),
            question.call_id,
        );
        let request = Message::parse(text.into()).map_err(|_| "an address cannot stand in a request")?;
        let listener = settings.listener_for(transport, remote).unwrap_or(ListenerId(0));
        let mut routing = Routing::new(Arc::new(request), Flow::to(transport, listener, remote), None);
        routing.trace = Some(RefCell::new(Trace::default()));
        routing.presumed = presumed;
        routing.at_s = question.at_s;
        Ok(Explaining { routing, waits_for: None })
    }

    /// Goes on, with the answer to what was asked last.
    pub fn go_on(&mut self, now: Instant, settings: &Settings, shared: &Shared, answer: Option<Answer>) -> Progress {
        if let (Some(lookup), Some(answer)) = (self.waits_for.take(), answer) {
            self.routing.learn(lookup, answer);
        }
        let env = Env { now, settings, shared, from: self.routing.flow.remote.ip() };
        let outcome = match decide(&mut self.routing, &env) {
            Verdict::Ask(lookup) => {
                self.waits_for = Some(lookup.clone());
                return Progress::Ask(lookup);
            }
            Verdict::Reply(reply) => {
                let contact = reply.headers.first().filter(|_| reply.status / 100 == 3);
                let contact = contact.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
                Outcome::Answered { status: reply.status, contact }
            }
            Verdict::Forward(targets, _) => Outcome::Sent(sent(&self.routing, &targets)),
            Verdict::Continue(_) | Verdict::Again(_) => Outcome::Answered { status: 500, contact: None },
        };
        let after = match (&outcome, &self.routing.called) {
            (Outcome::Sent(_), Some(called)) => after(called),
            _ => Vec::new(),
        };
        Progress::Done(Explanation { steps: self.steps(), outcome, after })
    }

    fn steps(&mut self) -> Vec<Explained> {
        let trace = self.routing.trace.take().map(RefCell::into_inner).unwrap_or_default();
        trace.steps.into_iter().map(|step| Explained { step: step.step, why: step.why, rows: step.rows }).collect()
    }
}

fn uri_of(address: &str) -> String {
    let address = address.trim();
    let has_scheme = ["sip:", "sips:", "tel:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if has_scheme { address.to_owned() } else { format!("sip:{address}") }
}

fn sent(routing: &Routing, targets: &[Target]) -> Vec<Sent> {
    let most = targets.first().map(|target| target.q_per_mille);
    let each = targets.iter().flat_map(|target| {
        let reserve = Some(target.q_per_mille) != most;
        let others = target.others.iter().map(|other| (other, true));
        std::iter::once((target, reserve)).chain(others)
    });
    each.map(|(target, in_reserve)| {
        let uri = target.uri.as_deref().or(routing.uri.as_deref()).unwrap_or_else(|| routing.request.request_uri());
        let to = target.hops.first().map(|hop| match hop {
            Hop::Flow(flow) => format!("{} {}", flow.transport, flow.remote),
            Hop::Address(transport, address) => format!("{transport} {address}"),
            Hop::Datagram(address) => format!("udp {address}"),
            Hop::Named(_, address) => format!("tls {address}"),
            Hop::Name { host, .. } => host.clone(),
        });
        Sent { uri: String::from_utf8_lossy(uri).into_owned(), to, in_reserve }
    })
    .collect()
}

/// The diversions that an account's devices leave to be taken.
fn after(called: &Account) -> Vec<String> {
    let Some(calls) = called.call_settings() else { return Vec::new() };
    let later = calls
        .diversions
        .iter()
        .filter(|(condition, _)| matches!(condition.as_str(), "FBUS" | "RBUS" | "FNOA" | "RNOA"));
    later
        .map(|(condition, target)| {
            let target = match target {
                DiversionTarget::VoiceMailbox => "<voice-mailbox>",
                DiversionTarget::Uri(uri) => uri,
            };
            let when = match condition.as_str() {
                "FNOA" | "RNOA" => format!(" after {} s", calls.rings_s()),
                _ => String::new(),
            };
            format!("sip_call_diversions {} {}{when}: {target}", called.id, condition.as_str())
        })
        .collect()
}
