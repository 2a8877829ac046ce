//! Forwarding (RFC 3261 §16.6, §16.7, §16.8, §16.10): one copy of a request for each target, all at once, and one answer out of theirs. A
//! response context lives from the first copy to the last answer.
//!
//! RFC 3261 §16.6 departs: contacts of lower preference are not kept for later; all are tried at once. RFC 3261 §16.7 item 4: a redirection is
//! passed on, not followed.

mod best;
mod breadth;
mod hop;

use crate::hashing::NumberMap;
use crate::route::routing::Routing;
use crate::route::verdict::{Hop, LocalReply, Target};
use crate::route::{loop_hash, respond};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{ClientId, OutgoingRequest, Owner, ServerId, Transactions};
pub(crate) use breadth::Breadth;
use bytes::Bytes;
use hop::{Outgoing, flow_to, remove_identities};
use sip_message::{Message, Method, Rewrite};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// The low bits of an owner number that tell the branch.
const BRANCH_BITS: u32 = 8;

/// A request that is ready to be forwarded.
#[derive(Debug)]
pub(crate) struct Job {
    routing: Box<Routing>,
    targets: Vec<Target>,
    breadth: Breadth,
}

impl Job {
    pub(crate) fn new(routing: Box<Routing>, targets: Vec<Target>, breadth: Breadth) -> Job {
        Job { routing, targets, breadth }
    }
}

/// All requests that were forwarded and are not over.
pub(crate) struct Forwards {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    contexts: NumberMap<u64, Context>,
    by_txn: NumberMap<ServerId, u64>,
    /// The INVITEs that were accepted. Nothing is kept of them but where to pass on what the callee repeats.
    accepted: NumberMap<u64, ServerId>,
    next: u64,
}

/// A response context.
struct Context {
    txn: ServerId,
    routing: Box<Routing>,
    branches: SmallVec<[Branch; 2]>,
    breadth: Breadth,
    /// Whether the caller has its final response.
    answered: bool,
    /// Whether the caller gave up.
    cancelled: bool,
    /// Whether a 6xx ended the search.
    refused: bool,
}

struct Branch {
    target: Target,
    /// The ways that were not tried yet.
    further: VecDeque<Hop>,
    state: State,
    /// Whether timer C ended it.
    rang_out: bool,
}

enum State {
    /// Sent.
    Waiting(ClientId),
    /// Over, with the response that came, or with the status that stands for none.
    Over(u16, Option<Box<Message>>),
}

impl Branch {
    fn status(&self) -> Option<u16> {
        match self.state {
            State::Waiting(_) => None,
            State::Over(status, _) => Some(status),
        }
    }

    /// What stands for a branch that could not be delivered.
    fn undelivered(&self) -> u16 {
        // RFC 3261 §16.9: as if the next hop had answered 503.
        // RFC 3261 §16.9 departs for registered devices: one that cannot be reached is an account that is away.
        if self.target.registered { 480 } else { 503 }
    }
}

impl Forwards {
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Forwards {
        Forwards {
            settings,
            shared,
            contexts: NumberMap::default(),
            by_txn: NumberMap::default(),
            accepted: NumberMap::default(),
            next: 0,
        }
    }

    /// How many requests are under way.
    pub(crate) fn len(&self) -> usize {
        self.contexts.len() + self.accepted.len()
    }

    /// The request that this transaction brought, while it is under way.
    pub(crate) fn routing_of(&self, txn: ServerId) -> Option<&Routing> {
        Some(&self.contexts.get(self.by_txn.get(&txn)?)?.routing)
    }

    /// Sends a request to its targets.
    pub(crate) fn start(&mut self, now: Instant, txns: &mut Transactions, job: Job) {
        let Job { routing, targets, breadth } = job;
        let Some(txn) = routing.txn else {
            self.send_ack(txns, &routing, targets.first(), breadth);
            return;
        };
        // RFC 3261 §17.2.1: the caller of an INVITE learns that it is on its way before anybody rings.
        if routing.method == Method::Invite {
            txns.trying(now, txn, &routing.request, routing.flow);
        }
        self.next += 1;
        let id = self.next;
        let mut context = Context {
            txn,
            routing,
            branches: SmallVec::new(),
            breadth,
            answered: false,
            cancelled: false,
            refused: false,
        };
        for target in targets.into_iter().take(1 << BRANCH_BITS) {
            let further = target.hops.clone().into();
            let state = State::Over(480, None);
            context.branches.push(Branch { target, further, state, rang_out: false });
            let place = context.branches.len() - 1;
            self.send(now, txns, id, &mut context, place);
        }
        self.contexts.insert(id, context);
        self.by_txn.insert(txn, id);
        self.conclude(now, txns, id);
    }

    /// Sends a branch over its next way; it is over when none is left.
    fn send(&self, now: Instant, txns: &mut Transactions, id: u64, context: &mut Context, place: usize) {
        let loop_hash = loop_hash(&context.routing.request);
        let invite = context.routing.method == Method::Invite;
        let Some(branch) = context.branches.get_mut(place) else { return };
        while let Some(hop) = branch.further.pop_front() {
            let Some(flow) = flow_to(&self.settings, &hop, context.routing.flow) else { continue };
            let via = txns.new_branch(loop_hash);
            let breadth = context.breadth.share(place);
            let outgoing =
                Outgoing { settings: &self.settings, shared: &self.shared, routing: &context.routing, breadth };
            let bytes = outgoing.render(&branch.target, &hop, flow, &via);
            let owner = Owner(id << BRANCH_BITS | place as u64);
            branch.state = match txns.send_request(now, flow, via, OutgoingRequest { invite, bytes }, owner) {
                Ok(client) => State::Waiting(client),
                Err(_full) => State::Over(503, None),
            };
            return;
        }
        branch.state = State::Over(branch.undelivered(), None);
    }

    /// RFC 3261 §17: the ACK of a 2xx is forwarded without a transaction.
    fn send_ack(&self, txns: &mut Transactions, routing: &Routing, target: Option<&Target>, breadth: Breadth) {
        let Some((target, hop)) = target.and_then(|t| Some((t, t.hops.first()?))) else { return };
        let Some(flow) = flow_to(&self.settings, hop, routing.flow) else { return };
        let via = txns.new_branch(loop_hash(&routing.request));
        let breadth = breadth.share(0);
        let outgoing = Outgoing { settings: &self.settings, shared: &self.shared, routing, breadth };
        txns.send_stateless(flow, outgoing.render(target, hop, flow, &via));
    }

    /// A response came.
    pub(crate) fn response(
        &mut self,
        now: Instant,
        txns: &mut Transactions,
        client: ClientId,
        owner: Owner,
        response: &Message,
    ) {
        let (id, place) = split(owner);
        let status = response.status().unwrap_or_default();
        let Some(context) = self.contexts.get_mut(&id) else {
            // RFC 6026 §7.2: further 2xx responses are passed on.
            if let (Some(txn), 200..300) = (self.accepted.get(&id), status) {
                txns.respond(now, *txn, status, upstream(response));
            }
            return;
        };
        let invite = context.routing.method == Method::Invite;
        match status {
            // RFC 3261 §16.7 item 5: provisional responses go on at once, but not after a final one.
            // RFC 4320 §4.1: and only to an INVITE.
            0..200 if context.answered || !invite => {}
            0..200 => txns.respond(now, context.txn, status, upstream(response)),
            200..300 => {
                // RFC 3261 §16.7 item 5: every 2xx to an INVITE goes on at once, also after another.
                if invite || !context.answered {
                    txns.respond(now, context.txn, status, upstream(response));
                }
                context.answered = true;
                context.end(place, status, None);
                context.cancel_others(now, txns, Some(client));
                self.conclude(now, txns, id);
            }
            // RFC 3263 §4.3: a hop that is not available is passed over for the next.
            503 if context.may_retry(place) => self.retry(now, txns, id, place),
            _ => {
                context.end(place, status, Some(Box::new(response.clone())));
                if status >= 600 {
                    // RFC 3261 §16.7 item 5: a 6xx ends the other branches, which are still waited for, and none is begun.
                    context.refused = true;
                    context.cancel_others(now, txns, None);
                }
                self.conclude(now, txns, id);
            }
        }
    }

    /// No final response came in time.
    pub(crate) fn timed_out(&mut self, now: Instant, txns: &mut Transactions, client: ClientId, owner: Owner) {
        let (id, place) = split(owner);
        let Some(context) = self.awaiting(client, owner) else { return };
        // RFC 3263 §4.3: so is an address of a name that never said anything; a device that is silent is not there. Who sent another
        // request than an INVITE has given up by now.
        let silent = context.branches.get(place).is_some_and(|branch| !branch.rang_out && !branch.target.registered);
        if silent && context.routing.method == Method::Invite && context.may_retry(place) {
            return self.retry(now, txns, id, place);
        }
        // RFC 3261 §16.8: as if a 408 had come; after the caller's CANCEL it is a call that ended.
        let status = if context.cancelled { 487 } else { 408 };
        context.end(place, status, None);
        self.conclude(now, txns, id);
    }

    /// A request could not be delivered.
    pub(crate) fn undelivered(&mut self, now: Instant, txns: &mut Transactions, client: ClientId, owner: Owner) {
        let (id, place) = split(owner);
        let Some(context) = self.awaiting(client, owner) else { return };
        if context.may_retry(place) {
            return self.retry(now, txns, id, place);
        }
        let status = match context.branches.get(place) {
            Some(branch) if !context.cancelled => branch.undelivered(),
            _ => 487,
        };
        context.end(place, status, None);
        self.conclude(now, txns, id);
    }

    /// RFC 3261 §16.8: what rang for too long is cancelled; if nothing answers to that either, it ends as a timeout.
    pub(crate) fn rang_too_long(&mut self, now: Instant, txns: &mut Transactions, client: ClientId, owner: Owner) {
        let (_, place) = split(owner);
        let Some(branch) = self.awaiting(client, owner).and_then(|context| context.branches.get_mut(place)) else {
            return;
        };
        branch.rang_out = true;
        txns.cancel(now, client);
    }

    /// The context that still waits for this transaction.
    fn awaiting(&mut self, client: ClientId, owner: Owner) -> Option<&mut Context> {
        let (id, place) = split(owner);
        let context = self.contexts.get_mut(&id)?;
        let waits = matches!(context.branches.get(place)?.state, State::Waiting(sent) if sent == client);
        waits.then_some(context)
    }

    fn retry(&mut self, now: Instant, txns: &mut Transactions, id: u64, place: usize) {
        let Some(mut context) = self.contexts.remove(&id) else { return };
        self.send(now, txns, id, &mut context, place);
        self.contexts.insert(id, context);
        self.conclude(now, txns, id);
    }

    /// The caller cancelled its INVITE.
    pub(crate) fn cancel(&mut self, now: Instant, txns: &mut Transactions, txn: ServerId) {
        let Some(context) = self.by_txn.get(&txn).and_then(|id| self.contexts.get_mut(id)) else { return };
        context.cancelled = true;
        // RFC 3261 §16.10: every branch that is still pending is cancelled.
        context.cancel_others(now, txns, None);
    }

    /// Nothing more can be said to the caller.
    pub(crate) fn caller_gone(&mut self, now: Instant, txns: &mut Transactions, txn: ServerId) {
        let Some(id) = self.by_txn.remove(&txn) else { return };
        let Some(context) = self.contexts.remove(&id) else { return };
        context.cancel_others(now, txns, None);
        for branch in &context.branches {
            if let State::Waiting(client) = branch.state {
                txns.abandon(client);
            }
        }
    }

    /// The time is over in which further 2xx responses may come.
    pub(crate) fn expire(&mut self, token: u64) {
        self.accepted.remove(&token);
    }

    fn remove(&mut self, id: u64) -> Option<ServerId> {
        let context = self.contexts.remove(&id)?;
        self.by_txn.remove(&context.txn);
        Some(context.txn)
    }

    /// Answers the caller when all branches are over, and forgets what is done.
    fn conclude(&mut self, now: Instant, txns: &mut Transactions, id: u64) {
        let Some(context) = self.contexts.get_mut(&id) else { return };
        if context.branches.iter().any(|b| b.status().is_none()) {
            return;
        }
        let succeeded = context.branches.iter().any(|b| matches!(b.status(), Some(200..300)));
        if !context.answered {
            context.answered = true;
            context.answer_best(now, txns);
        }
        let accepted = succeeded && context.routing.method == Method::Invite;
        if let (Some(txn), true) = (self.remove(id), accepted) {
            // RFC 6026 §7.2: repeated 2xx responses are passed on for 64*T1.
            self.accepted.insert(id, txn);
            txns.set_timer(now, self.settings.timers.give_up(), id);
        }
    }
}

impl Context {
    /// Whether a branch may take its next way.
    fn may_retry(&self, place: usize) -> bool {
        let ended = self.cancelled || self.answered || self.refused;
        !ended && self.branches.get(place).is_some_and(|branch| !branch.further.is_empty())
    }

    fn end(&mut self, place: usize, status: u16, response: Option<Box<Message>>) {
        if let Some(branch) = self.branches.get_mut(place) {
            // A 2xx that came stays the branch's end, whatever follows.
            if !matches!(branch.status(), Some(200..300)) {
                branch.state = State::Over(status, response);
            }
        }
    }

    fn cancel_others(&self, now: Instant, txns: &mut Transactions, except: Option<ClientId>) {
        if self.routing.method != Method::Invite {
            return;
        }
        for branch in &self.branches {
            match branch.state {
                State::Waiting(client) if Some(client) != except => txns.cancel(now, client),
                State::Waiting(_) | State::Over(..) => {}
            }
        }
    }

    /// RFC 3261 §16.7 item 6: the best of the answers.
    fn answer_best(&self, now: Instant, txns: &mut Transactions) {
        let request = &self.routing.request;
        let flow = self.routing.flow;
        let statuses = self.branches.iter().map(|b| b.status().unwrap_or(408));
        // RFC 3261 §16.7 item 6 departs: who gave up is told so, and not how to try again.
        let given_up = self.branches.iter().position(|b| self.cancelled && b.status() == Some(487));
        let best = given_up.or_else(|| best::best(statuses)).and_then(|place| self.branches.get(place));
        let (status, response) = match best.map(|b| &b.state) {
            Some(State::Over(status, response)) => (*status, response.as_deref()),
            _ => (480, None),
        };
        if status == 408 && self.routing.method != Method::Invite {
            // RFC 4320 §4.2: no 408 to a request other than INVITE, nobody's and not ours: its sender has given up.
            return txns.forget(self.txn);
        }
        match response {
            // RFC 3261 §16.7 item 6: a 503 says something about one hop only, so the caller gets 500.
            _ if status == 503 => {
                let reply = LocalReply::new(500, "the next hop is not available");
                respond(now, txns, self.txn, request, flow, &reply);
            }
            Some(response) if status == 401 || status == 407 => {
                txns.respond(now, self.txn, status, self.with_all_challenges(response));
            }
            Some(response) => txns.respond(now, self.txn, status, upstream(response)),
            None => {
                let reply = LocalReply::new(status, "no branch was answered");
                respond(now, txns, self.txn, request, flow, &reply);
            }
        }
    }

    /// RFC 3261 §16.7 item 7: the challenges of all branches.
    fn with_all_challenges(&self, best: &Message) -> Bytes {
        let mut edits = Rewrite::new(best);
        edits.pop_via();
        remove_identities(best, &mut edits);
        for branch in &self.branches {
            let State::Over(401 | 407, Some(other)) = &branch.state else { continue };
            if !std::ptr::eq(&**other, best) {
                for (name, value) in best::challenges(other) {
                    edits.append(name, value);
                }
            }
        }
        written(&edits, best)
    }
}

/// RFC 3261 §16.7 item 3: the response without our Via.
fn upstream(response: &Message) -> Bytes {
    let mut edits = Rewrite::new(response);
    edits.pop_via();
    remove_identities(response, &mut edits);
    written(&edits, response)
}

/// The message with its edits, in a buffer of its own, which may be kept for long and has no room to spare.
fn written(edits: &Rewrite<'_>, message: &Message) -> Bytes {
    let mut out = Vec::with_capacity(message.as_bytes().len() + 512);
    edits.render(&mut out);
    Bytes::copy_from_slice(&out)
}

fn split(owner: Owner) -> (u64, usize) {
    (owner.0 >> BRANCH_BITS, (owner.0 & ((1 << BRANCH_BITS) - 1)) as usize)
}
