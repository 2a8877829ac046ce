//! The routing policy: an ordered list of steps, read top to bottom, each answering Continue, Reply, Ask or Forward. A step that asks is
//! run again with the answer, so a request waits here and nowhere else. What each step decided is kept with the request.
//!
//! Sending and answering is [`crate::forward`]'s, transactions are below. RFC 3261 §16.3 to §16.5, §10, §11, §22.
//!
//! To add a rule: its file in `route/`, its line in [`STEPS`], a case in `tests/sip/`.

pub(crate) mod account;
mod authenticate;
mod caller_rights;
mod dialled;
pub(crate) mod emergency;
mod extensions;
mod failed;
mod foreign;
mod hops;
mod loose_route;
mod old_phones;
mod own;
mod own_enum;
mod pstn;
pub(crate) mod reach;
mod register;
mod relay;
pub(crate) mod routing;
mod sanity;
mod told;
mod trusted_peer;
pub(crate) mod verdict;
mod watch;
pub(crate) mod wishes;

use crate::command::{Answer, AskId, Lookup, Report};
use crate::directory::Memory;
use crate::flow::{Flow, Transport};
use crate::forward::{Breadth, Forwards, Job, at_once};
use crate::hashing::NumberMap;
use crate::notifier::{LOOK_TIMER, Notifier, Watch};
use crate::registrar::{self, BindingChange, ByConnection};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{ServerId, Transactions, TuEvent, render};
use bytes::Bytes;
use routing::{Env, Routing};
use sip_message::{HeaderName, Message, Method};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use verdict::{Hop, LocalReply, StepResult, Target, Verdict};

pub(crate) use hops::loop_hash;
pub(crate) use loose_route::{MARK, NAMES, names_mark};

/// Marks the tokens of the timers that bound lookups; the others are those of forwarded requests.
const LOOKUP_TIMER: u64 = 1 << 63;

/// How often what is provisioned may lead one request to another address.
const TURNS_MAX: u8 = 12;

/// How many requests may wait for a lookup in one shard.
const WAITING_MAX: usize = 20_000;

/// A step: its name in traces, and what it does.
struct Step {
    name: &'static str,
    run: fn(&mut Routing, &Env<'_>) -> StepResult,
}

/// The policy. The order is the meaning: what stands above decides first.
const STEPS: &[Step] = &[
    Step { name: "sanity", run: sanity::run },
    Step { name: "loose_route", run: loose_route::run },
    Step { name: "register", run: register::run },
    Step { name: "own", run: own::run },
    Step { name: "hops", run: hops::run },
    Step { name: "relay", run: relay::run },
    Step { name: "trusted_peer", run: trusted_peer::run },
    Step { name: "authenticate", run: authenticate::run },
    Step { name: "emergency", run: emergency::run },
    Step { name: "caller_rights", run: caller_rights::run },
    Step { name: "watch", run: watch::run },
    Step { name: "failed", run: failed::run },
    Step { name: "foreign", run: foreign::run },
    Step { name: "dialled", run: dialled::run },
    Step { name: "account", run: account::run },
    Step { name: "own_enum", run: own_enum::run },
    Step { name: "pstn", run: pstn::run },
];

/// Where an address that a request is redirected to enters the policy: who calls is known by then.
pub(crate) fn redirected_step() -> usize {
    STEPS.iter().position(|step| step.name == "failed").unwrap_or(STEPS.len())
}

/// The proxy of one shard: requests on their way through the policy, and those that were forwarded.
pub(crate) struct Proxy {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    waiting: NumberMap<AskId, (Box<Routing>, Lookup)>,
    /// What was asked and when it must be answered, oldest first; the first may have been answered.
    asked: VecDeque<(Instant, AskId)>,
    /// Whether the timer that watches over them runs.
    watching: bool,
    waiting_by_txn: NumberMap<ServerId, AskId>,
    forwards: Forwards,
    notifier: Notifier,
    by_connection: ByConnection,
    memory: Option<Arc<dyn Memory>>,
}

impl Proxy {
    /// A proxy without requests.
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Proxy {
        let forwards = Forwards::new(Arc::clone(&settings), Arc::clone(&shared));
        let notifier = Notifier::new(Arc::clone(&settings), Arc::clone(&shared));
        Proxy {
            settings,
            shared,
            waiting: NumberMap::default(),
            asked: VecDeque::new(),
            watching: false,
            waiting_by_txn: NumberMap::default(),
            forwards,
            notifier,
            by_connection: ByConnection::default(),
            memory: None,
        }
    }

    /// From here on what this knows is not asked for.
    pub(crate) fn remember(&mut self, memory: Arc<dyn Memory>) {
        self.memory = Some(memory);
    }

    /// How many requests wait for an answer of the directory or of those that they were forwarded to.
    pub(crate) fn pending(&self) -> usize {
        self.waiting.len() + self.forwards.len()
    }

    /// The same without those that were accepted and may be accepted again.
    pub(crate) fn under_way(&self) -> usize {
        self.waiting.len() + self.forwards.unanswered()
    }

    /// Acts on what the transaction layer tells.
    pub(crate) fn handle(&mut self, now: Instant, txns: &mut Transactions, event: TuEvent<'_>) {
        match event {
            TuEvent::Request { txn, request, flow } => self.begin(now, txns, request, flow, Some(txn)),
            TuEvent::Ack { request, flow } => self.begin(now, txns, request, flow, None),
            TuEvent::Cancel { txn, reason } => self.cancel(now, txns, txn, &reason),
            TuEvent::Response { owner, response, .. } if owner.is_ours() => {
                self.notifier.response(owner, response.status().unwrap_or_default());
            }
            TuEvent::ClientTimeout { owner, .. } | TuEvent::ClientTransportError { owner, .. } if owner.is_ours() => {
                self.notifier.unanswered(owner);
            }
            TuEvent::Response { txn, owner, response, flow } => {
                for routing in self.forwards.response(now, txns, (txn, owner), response, flow) {
                    self.run(now, txns, Box::new(routing));
                }
            }
            TuEvent::ClientTimeout { txn, owner } => self.forwards.timed_out(now, txns, txn, owner),
            TuEvent::ClientTransportError { txn, owner } => self.forwards.undelivered(now, txns, txn, owner),
            TuEvent::TimerC { txn, owner } => self.forwards.rang_too_long(now, txns, txn, owner),
            TuEvent::TryingDue { txn } => {
                let waiting = self.waiting_by_txn.get(&txn).and_then(|id| self.waiting.get(id));
                let routing = waiting.map(|(routing, _)| &**routing).or_else(|| self.forwards.routing_of(txn));
                if let Some(routing) = routing {
                    txns.trying(now, txn, &routing.request, routing.flow);
                }
            }
            TuEvent::ServerGone { txn } => {
                self.forget(txn);
                self.forwards.caller_gone(now, txns, txn);
            }
            // A directory that never answers is as good as one that is away.
            TuEvent::Timer { token: LOOKUP_TIMER } => self.give_up_lookups(now, txns),
            TuEvent::Timer { token: LOOK_TIMER } => self.notifier.look(now, txns),
            TuEvent::Timer { token } => self.forwards.timer(now, txns, token),
            TuEvent::Answer { id, answer } => self.resume(now, txns, id, answer),
        }
        self.lead_on(now, txns);
    }

    /// Calls that failed take the way to where they are diverted; that may fail at once as well.
    fn lead_on(&mut self, now: Instant, txns: &mut Transactions) {
        for _ in 0..TURNS_MAX {
            let diverted = self.forwards.take_diverted();
            if diverted.is_empty() {
                return;
            }
            for routing in diverted {
                self.run(now, txns, Box::new(routing));
            }
        }
    }

    fn begin(
        &mut self,
        now: Instant,
        txns: &mut Transactions,
        request: Arc<Message>,
        flow: Flow,
        txn: Option<ServerId>,
    ) {
        let routing = Box::new(Routing::new(request, flow, txn).remembering(self.memory.clone()));
        self.run(now, txns, routing);
    }

    fn resume(&mut self, now: Instant, txns: &mut Transactions, id: AskId, answer: Answer) {
        let Some((mut routing, lookup)) = self.waiting.remove(&id) else { return };
        if let Some(txn) = routing.txn {
            self.waiting_by_txn.remove(&txn);
        }
        routing.learn(lookup, answer);
        self.run(now, txns, routing);
    }

    /// Answers the lookups that nobody answered in time, and waits for the next.
    fn give_up_lookups(&mut self, now: Instant, txns: &mut Transactions) {
        self.watching = false;
        while let Some((due, id)) = self.asked.front().copied() {
            if due > now && self.waiting.contains_key(&id) {
                self.watching = true;
                txns.set_timer(now, due - now, LOOKUP_TIMER);
                return;
            }
            self.asked.pop_front();
            self.resume(now, txns, id, Answer::Unavailable);
        }
    }

    fn run(&mut self, now: Instant, txns: &mut Transactions, mut routing: Box<Routing>) {
        let from = routing.flow.remote.ip();
        let env = Env { now, settings: &self.settings, shared: &self.shared, from };
        match decide(&mut routing, &env) {
            Verdict::Ask(lookup) => self.ask(now, txns, routing, lookup),
            Verdict::Reply(mut reply) => {
                old_phones::spare(&routing.request, routing.flow.transport, &mut reply);
                self.reply(now, txns, &mut routing, reply);
            }
            Verdict::Forward(targets, _) if routing.follows.is_some() => {
                self.forwards.follow(now, txns, &routing, targets)
            }
            Verdict::Forward(targets, _) => match Breadth::of(&routing.request, at_once(&targets)) {
                Some(breadth) => self.forwards.start(now, txns, Job::new(routing, targets, breadth)),
                // RFC 5393 §5.3.3: more copies at once than the request may still have.
                None => self.reply(now, txns, &mut routing, LocalReply::new(440, "too many branches")),
            },
            Verdict::Continue(_) | Verdict::Again(_) => {}
        }
    }

    fn ask(&mut self, now: Instant, txns: &mut Transactions, mut routing: Box<Routing>, lookup: Lookup) {
        if self.waiting.len() >= WAITING_MAX {
            if let Verdict::Reply(reply) = routing::unavailable() {
                self.reply(now, txns, &mut routing, reply);
            }
            return;
        }
        let id = txns.ask(lookup.clone());
        while self.asked.front().is_some_and(|(_, first)| !self.waiting.contains_key(first)) {
            self.asked.pop_front();
        }
        if !self.watching {
            self.watching = true;
            txns.set_timer(now, self.settings.lookup_timeout, LOOKUP_TIMER);
        }
        self.asked.push_back((now + self.settings.lookup_timeout, id));
        if let Some(txn) = routing.txn {
            self.waiting_by_txn.insert(txn, id);
        }
        self.waiting.insert(id, (routing, lookup));
    }

    fn reply(&mut self, now: Instant, txns: &mut Transactions, routing: &mut Routing, reply: LocalReply) {
        if routing.follows.is_some() {
            return self.forwards.not_followed(now, txns, routing, reply);
        }
        if let Some(change) = routing.change.take() {
            self.note_connection(now, &change, routing.flow);
            txns.store(change);
        }
        // An ACK is never answered (RFC 3261 §17).
        let Some(txn) = routing.txn else { return };
        if let Some(watch) = routing.watch.as_deref().filter(|_| reply.status == 200) {
            return self.subscribe(now, txns, txn, routing, watch, &reply);
        }
        let stranger =
            !routing.flow.transport.is_reliable() && !self.shared.guard.has_proved(now, routing.flow.remote.ip());
        let respond = if stranger { respond_to_stranger } else { respond };
        respond(now, txns, txn, &routing.request, routing.flow, &reply);
        if reply.status >= 400 && reply.status != 401 && reply.status != 407 {
            txns.report(Report::Routed {
                call_id: routing.request.share(routing.request.call_id()),
                why: why(routing, reply.status),
            });
        }
    }

    /// Answers a SUBSCRIBE, and tells the watcher what there is.
    fn subscribe(
        &mut self,
        now: Instant,
        txns: &mut Transactions,
        txn: ServerId,
        routing: &Routing,
        watch: &Watch,
        reply: &LocalReply,
    ) {
        let refusal = self.notifier.refusal(routing, watch);
        respond(now, txns, txn, &routing.request, routing.flow, refusal.as_ref().unwrap_or(reply));
        if refusal.is_none() {
            let tag = txns.local_tag(&routing.request).to_string();
            self.notifier.subscribe(now, txns, routing, watch, &tag);
        }
    }

    /// A contact that came over a connection may go when that ends.
    fn note_connection(&mut self, now: Instant, change: &BindingChange, flow: Flow) {
        let Some(connection) = flow.connection else { return };
        if change.bindings.iter().any(|binding| binding.flow.connection == Some(connection)) {
            let locations = &self.shared.locations;
            self.by_connection.note(connection, &change.aor, |connection, aor| {
                let bindings = locations.get(aor, now).unwrap_or_default();
                bindings.iter().any(|binding| binding.flow.connection == Some(connection))
            });
        }
    }

    /// A connection ended: contacts that were reached over it and cannot be reached otherwise are gone (RFC 5626 §3.1).
    pub(crate) fn flow_closed(&mut self, now: Instant, txns: &mut Transactions, flow: Flow) {
        let Some(connection) = flow.connection else { return };
        self.notifier.flow_closed(flow);
        for aor in self.by_connection.take(connection) {
            let mut lost = false;
            let Ok(bindings) = self.shared.locations.update(&aor, now, |current| {
                let next = registrar::without_connection(current, connection, account::is_reached_by_its_address);
                lost = next.as_ref().is_some_and(|next| next.len() < current.len());
                Ok::<_, std::convert::Infallible>(next)
            });
            if lost {
                txns.store(BindingChange { aor, bindings, taken_over: Vec::new() });
            }
        }
    }

    fn cancel(&mut self, now: Instant, txns: &mut Transactions, txn: ServerId, reason: &[u8]) {
        let Some(id) = self.waiting_by_txn.remove(&txn) else {
            self.forwards.cancel(now, txns, txn, reason);
            return;
        };
        if let Some((mut routing, _)) = self.waiting.remove(&id) {
            // RFC 3261 §9.2: nothing was forwarded yet, so the INVITE ends here.
            self.reply(now, txns, &mut routing, LocalReply::new(487, "cancelled by the caller"));
        }
    }

    fn forget(&mut self, txn: ServerId) {
        if let Some(id) = self.waiting_by_txn.remove(&txn) {
            self.waiting.remove(&id);
        }
    }
}

/// Takes a request through the steps until one of them ends it or asks.
pub(crate) fn decide(routing: &mut Routing, env: &Env<'_>) -> Verdict {
    loop {
        if routing.targets.is_some() {
            return resolve(routing, env.shared);
        }
        let Some(step) = STEPS.get(routing.step) else {
            // The last step always decides; a policy that ends without a decision answers nothing better.
            return verdict::reply(500, "no step decided");
        };
        routing.step_begins();
        match (step.run)(routing, env).unwrap_or_else(|early| early) {
            Verdict::Continue(why) => {
                routing.step_decided(step.name, why);
                routing.step += 1;
            }
            Verdict::Again(why) => {
                routing.step_decided(step.name, why);
                routing.turns += 1;
                if routing.turns > TURNS_MAX {
                    return verdict::reply(
                        482,
                        "what is provisioned leads the call from address to address without end",
                    );
                }
                routing.step = redirected_step();
            }
            Verdict::Forward(mut targets, why) => {
                routing.step_decided(step.name, why);
                told::put(routing, &mut targets);
                routing.targets = Some(targets);
            }
            Verdict::Reply(reply) => {
                routing.step_decided(step.name, reply.why);
                return Verdict::Reply(reply);
            }
            Verdict::Ask(lookup) => return Verdict::Ask(lookup),
        }
    }
}

/// Turns names among the next hops into addresses, one question at a time. A name without an address is no hop.
fn resolve(routing: &mut Routing, shared: &Shared) -> Verdict {
    let targets = routing.targets.take().unwrap_or_default();
    let all = || targets.iter().flat_map(|target| std::iter::once(target).chain(&target.others));
    if !all().flat_map(|target| &target.hops).any(|hop| matches!(hop, Hop::Name { .. })) {
        return Verdict::Forward(targets, "resolved");
    }
    match resolved(routing, shared, &targets) {
        Ok(resolved) => Verdict::Forward(resolved, "resolved"),
        Err(verdict) => {
            routing.targets = Some(targets);
            verdict
        }
    }
}

fn resolved(routing: &Routing, shared: &Shared, targets: &[Target]) -> Result<Vec<Target>, Verdict> {
    let mut all = targets.to_vec();
    let every = all.iter_mut().flat_map(|target| {
        let Target { hops, others, .. } = target;
        std::iter::once(hops).chain(others.iter_mut().map(|other| &mut other.hops))
    });
    for target_hops in every {
        let mut hops = Vec::with_capacity(target_hops.len());
        for hop in std::mem::take(target_hops) {
            let (Some(lookup), Hop::Name { host, .. }) = (reach::lookup_of(&hop), &hop) else {
                hops.push(hop);
                continue;
            };
            hops.extend(routing.addresses(lookup)?.into_iter().map(|(transport, address)| match transport {
                Transport::Tls => Hop::Named(shared.peer_names.of(host), address),
                transport => Hop::Address(transport, address),
            }));
        }
        *target_hops = hops;
    }
    Ok(all)
}

fn why(routing: &Routing, status: u16) -> String {
    let (step, reason) = routing.decided;
    format!("{status} by {step}: {reason}")
}

/// Answers a request with a response of our own.
pub(crate) fn respond(
    now: Instant,
    txns: &mut Transactions,
    txn: ServerId,
    request: &Message,
    flow: Flow,
    reply: &LocalReply,
) {
    let bytes = rendered(txns, request, flow, reply, &[]);
    answer(now, txns, txn, request, reply.status, bytes);
}

/// What a response may do without.
const DISPENSABLE: [HeaderName; 5] = [
    HeaderName::Accept,
    HeaderName::AcceptEncoding,
    HeaderName::AcceptLanguage,
    HeaderName::Supported,
    HeaderName::Date,
];

/// The same to somebody who may have forged the address that the request came from: over UDP, and nobody has authenticated from there.
/// Nothing that the RFC does not demand may make the answer larger than the request, or whoever has that address could be flooded with our
/// answers (`docs/decisions/abuse.md`).
fn respond_to_stranger(
    now: Instant,
    txns: &mut Transactions,
    txn: ServerId,
    request: &Message,
    flow: Flow,
    reply: &LocalReply,
) {
    let mut bytes = rendered(txns, request, flow, reply, &[]);
    if bytes.len() > request.as_bytes().len() && reply.headers.iter().any(|(name, _)| DISPENSABLE.contains(name)) {
        bytes = rendered(txns, request, flow, reply, &DISPENSABLE);
    }
    answer(now, txns, txn, request, reply.status, bytes);
}

fn rendered(txns: &Transactions, request: &Message, flow: Flow, reply: &LocalReply, without: &[HeaderName]) -> Bytes {
    let mut response = txns.reply(request, flow, reply.status);
    if let Some(phrase) = reply.phrase {
        response = response.reason(phrase);
    }
    for (name, value) in reply.headers.iter().filter(|(name, _)| !without.contains(name)) {
        response = response.header(name.as_str(), &**value);
    }
    render(&response)
}

fn answer(now: Instant, txns: &mut Transactions, txn: ServerId, request: &Message, status: u16, bytes: Bytes) {
    // RFC 3261 §26.3.2.4: a challenge costs nothing to make again, so nothing is kept for it, nor for what OPTIONS is told. Only
    // an INVITE that has had a 100 is not sent again, so that its challenge must be repeated until it is acknowledged.
    let again = matches!(status, 401 | 407) || request.method() == Method::Options;
    if again && (request.method() != Method::Invite || txns.is_unanswered(txn)) {
        txns.respond_stateless(txn, bytes);
    } else {
        txns.respond(now, txn, status, bytes);
    }
}
