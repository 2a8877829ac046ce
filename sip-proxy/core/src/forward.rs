//! Forwarding (RFC 3261 §16.6, §16.7, §16.8, §16.10): one copy of a request for each target, those of one preference at once and the others
//! behind them, and one answer out of theirs. A response context lives from the first copy to the last answer.
//!
//! RFC 3261 §16.7 item 4: a redirection is passed on, unless the operator has it followed.

mod best;
mod breadth;
mod calls;
mod context;
mod datagrams;
mod diverted;
mod failover;
mod history;
mod hop;
pub(crate) mod identity;
mod redirect;
pub(crate) mod session_timer;

use crate::command::CallEvent;
use crate::flow::{Flow, Transport};
use crate::hashing::NumberMap;
use crate::route::loop_hash;
use crate::route::routing::Routing;
use crate::route::verdict::{Hop, Target};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{ClientId, OutgoingRequest, Owner, ServerId, Transactions};
pub(crate) use breadth::Breadth;
use bytes::Bytes;
use context::{Back, Context, State};
use datagrams::DatagramsOnly;
use hop::{Outgoing, flow_to};
use sip_message::status::reason_phrase;
use sip_message::{Message, Method, Rewrite};
use std::sync::Arc;
use std::time::Instant;

/// The low bits of an owner number that tell the branch.
const BRANCH_BITS: u32 = 8;
const BRANCHES_MAX: usize = 1 << BRANCH_BITS;

/// Marks the timers after which the targets of lower preference are tried; the others end what is remembered of accepted INVITEs.
const PREFERENCE_TIMER: u64 = 1 << 62;

/// Marks the timers after which a gateway that has said nothing is passed over for the next.
const GATEWAY_TIMER: u64 = 1 << 61;

/// Marks the timers after which nobody has answered, where the called account has its calls diverted then.
const NO_ANSWER_TIMER: u64 = 1 << 60;

/// How many of these targets are tried at once at most.
pub(crate) fn at_once(targets: &[Target]) -> usize {
    targets.chunk_by(|one, next| one.q_per_mille == next.q_per_mille).map(<[Target]>::len).max().unwrap_or_default()
}

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
    accepted: NumberMap<u64, Back>,
    datagrams_only: DatagramsOnly,
    /// Calls that failed and are diverted, on their way through the policy.
    diverted: Vec<Routing>,
    next: u64,
}

impl Forwards {
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Forwards {
        Forwards {
            settings,
            shared,
            contexts: NumberMap::default(),
            by_txn: NumberMap::default(),
            accepted: NumberMap::default(),
            datagrams_only: DatagramsOnly::default(),
            diverted: Vec::new(),
            next: 0,
        }
    }

    /// How many requests are under way.
    pub(crate) fn len(&self) -> usize {
        self.contexts.len() + self.accepted.len()
    }

    /// Of these, how many still wait for an answer.
    pub(crate) fn unanswered(&self) -> usize {
        self.contexts.len()
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
        let mut context = Context::new(txn, routing, targets, breadth);
        self.begin_next(now, txns, id, &mut context);
        self.await_answer(now, txns, id, &context);
        calls::forwarded(txns, &context.routing.request);
        self.contexts.insert(id, context);
        self.by_txn.insert(txn, id);
        self.conclude(now, txns, id);
    }

    /// RFC 3261 §16.6: targets of one preference are tried at once, those of the next when all of them have failed, or when they have taken
    /// their time.
    fn begin_next(&self, now: Instant, txns: &mut Transactions, id: u64, context: &mut Context) {
        for place in context.take_next(BRANCHES_MAX) {
            self.send(now, txns, id, context, place);
        }
        if context.has_more() {
            let invite = context.routing.method == Method::Invite;
            let patience = match invite {
                true => self.settings.preference_patience,
                // RFC 4320 §4.2: who sent another request gives up after 64*T1, whatever was tried until then.
                false => self.settings.preference_patience.min(self.settings.timers.t2 * 2),
            };
            txns.set_timer(now, patience, PREFERENCE_TIMER | id << BRANCH_BITS | u64::from(context.group));
        }
    }

    /// Sends a branch over its next way; it is over when none is left.
    fn send(&self, now: Instant, txns: &mut Transactions, id: u64, context: &mut Context, place: usize) {
        let loop_hash = loop_hash(&context.routing.request);
        let invite = context.routing.method == Method::Invite;
        let history = history::entries(&context.routing, &context.branches, place);
        let Some(branch) = context.branches.get_mut(place) else { return };
        while let Some(hop) = branch.next_way() {
            let Some(flow) = flow_to(&self.settings, &hop, context.routing.flow) else { continue };
            let via = txns.new_branch(loop_hash);
            let breadth = branch.breadth;
            let outgoing = Outgoing {
                settings: &self.settings,
                shared: &self.shared,
                routing: &context.routing,
                breadth,
                history: history.clone(),
            };
            let bytes = outgoing.render(&branch.target, &hop, flow, &via);
            // RFC 3261 §18.1.1: what may be too long for a datagram goes over a connection; as a datagram after all where there is none.
            if let Hop::Address(Transport::Udp, address) = hop
                && bytes.len() > self.settings.datagram_bytes_max
                && !self.datagrams_only.contains(now, address)
            {
                branch.further.push_front(Hop::Datagram(address));
                branch.further.push_front(Hop::Address(Transport::Tcp, address));
                continue;
            }
            let owner = Owner(id << BRANCH_BITS | place as u64);
            branch.state = match txns.send_request(now, flow, via, OutgoingRequest { invite, bytes }, owner) {
                Ok(client) => {
                    branch.heard = false;
                    if invite && branch.target.gateway.is_some() && !branch.target.others.is_empty() {
                        txns.set_timer(now, self.settings.gateway_patience, GATEWAY_TIMER | owner.0);
                    }
                    State::Waiting(client)
                }
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
        let breadth = breadth.whole();
        let outgoing = Outgoing { settings: &self.settings, shared: &self.shared, routing, breadth, history: None };
        txns.send_stateless(flow, outgoing.render(target, hop, flow, &via));
    }

    /// A response came. What it redirects to is returned, to be led through the policy.
    pub(crate) fn response(
        &mut self,
        now: Instant,
        txns: &mut Transactions,
        (client, owner): (ClientId, Owner),
        response: &Message,
        from: Flow,
    ) -> Vec<Routing> {
        let (id, place) = split(owner);
        let status = response.status().unwrap_or_default();
        let Some(context) = self.contexts.get_mut(&id) else {
            // RFC 6026 §7.2: further 2xx responses are passed on.
            if let (Some(back), 200..300) = (self.accepted.get(&id), status) {
                txns.respond(now, back.txn, status, back.written(response, from, &self.shared));
            }
            return Vec::new();
        };
        let invite = context.routing.method == Method::Invite;
        let mut redirected = Vec::new();
        if let Some(current) = context.passed_over_for(place, client) {
            // RFC 3261 §16.7 item 5: a 2xx goes on whenever it comes; anything else of a gateway that was given up is too late.
            if !(200..300).contains(&status) {
                return Vec::new();
            }
            txns.cancel(now, current, ANSWERED_ELSEWHERE);
        }
        context.heard(place);
        match status {
            // RFC 3261 §16.7 item 5: provisional responses go on at once, but not after a final one.
            // RFC 4320 §4.1: and only to an INVITE.
            0..200 if context.answered || !invite => {}
            0..200 => {
                let bytes = context.back(&self.settings).written(response, from, &self.shared);
                txns.respond(now, context.txn, status, bytes);
            }
            200..300 => {
                // RFC 3261 §16.7 item 5: every 2xx to an INVITE goes on at once, also after another.
                if invite || !context.answered {
                    let bytes = context.back(&self.settings).written(response, from, &self.shared);
                    txns.respond(now, context.txn, status, bytes);
                }
                if !context.answered {
                    calls::answered(txns, &context.routing.request, CallEvent::Answered);
                }
                context.answered = true;
                context.end(place, status, None);
                // RFC 3326 §3.1: a phone that knows it was answered elsewhere shows no missed call.
                context.cancel_others(now, txns, Some(client), ANSWERED_ELSEWHERE);
                self.conclude(now, txns, id);
            }
            // RFC 3263 §4.3: a hop that is not available is passed over for the next.
            503 if context.may_retry(place) => self.retry(now, txns, id, place),
            status if context.fails_over(place, status) => self.retry(now, txns, id, place),
            // RFC 5626 §6: the next flow of the device takes the place of one that has failed. That it failed is nobody else's business.
            430 if context.may_reach_otherwise(place) => self.retry(now, txns, id, place),
            430 if context.is_registered(place) => {
                context.end(place, 480, None);
                self.conclude(now, txns, id);
            }
            _ => {
                context.end(place, status, Some(Box::new(response.clone())));
                if self.settings.follow_redirects && matches!(status, 300..=302) {
                    redirected = context.redirections(owner, response);
                    if let Some(branch) = context.branches.get_mut(place) {
                        branch.followed = !redirected.is_empty();
                    }
                }
                if status >= 600 {
                    // RFC 3261 §16.7 item 5: a 6xx ends the other branches, which are still waited for, and none is begun.
                    context.refused = true;
                    let phrase = reason_phrase(status);
                    let reason = format!("SIP;cause={status};text=\"{phrase}\"");
                    context.cancel_others(now, txns, None, reason.as_bytes());
                }
                self.conclude(now, txns, id);
            }
        }
        redirected
    }

    /// No final response came in time.
    pub(crate) fn timed_out(&mut self, now: Instant, txns: &mut Transactions, client: ClientId, owner: Owner) {
        let (id, place) = split(owner);
        let Some(context) = self.awaiting(client, owner) else { return };
        // RFC 3263 §4.3: so is an address of a name that never said anything; a device that is silent is not there. Who sent another
        // request than an INVITE has given up by now.
        let silent = context.branches.get(place).is_some_and(|branch| !branch.rang_out && !branch.target.registered);
        let invite = context.routing.method == Method::Invite;
        // RFC 5626 §6: a flow that times out is like one that has failed.
        let next_flow = context.branches.get(place).is_some_and(|b| !b.rang_out) && context.may_reach_otherwise(place);
        if invite && (silent && context.may_retry(place) || next_flow) {
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
        if context.may_retry(place) || context.may_reach_otherwise(place) {
            let next = context.branches.get(place).and_then(|branch| branch.further.front());
            if let Some(Hop::Datagram(peer)) = next.cloned() {
                self.datagrams_only.note(now, peer);
            }
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
        txns.cancel(now, client, b"");
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
    pub(crate) fn cancel(&mut self, now: Instant, txns: &mut Transactions, txn: ServerId, reason: &[u8]) {
        let Some(context) = self.by_txn.get(&txn).and_then(|id| self.contexts.get_mut(id)) else { return };
        context.cancelled = true;
        // RFC 3261 §16.10: every branch that is still pending is cancelled. RFC 3326 §2: for the caller's reason.
        context.cancel_others(now, txns, None, reason);
    }

    /// Nothing more can be said to the caller.
    pub(crate) fn caller_gone(&mut self, now: Instant, txns: &mut Transactions, txn: ServerId) {
        let Some(id) = self.by_txn.remove(&txn) else { return };
        let Some(context) = self.contexts.remove(&id) else { return };
        context.cancel_others(now, txns, None, b"");
        for branch in &context.branches {
            if let State::Waiting(client) = branch.state {
                txns.abandon(client);
            }
        }
    }

    /// A timer came due: the time is over in which further 2xx responses may come, or in which the preferred targets are waited for.
    pub(crate) fn timer(&mut self, now: Instant, txns: &mut Transactions, token: u64) {
        match token {
            _ if token & PREFERENCE_TIMER != 0 => {}
            _ if token & GATEWAY_TIMER != 0 => return self.gateway_silent(now, txns, Owner(token & !GATEWAY_TIMER)),
            _ if token & NO_ANSWER_TIMER != 0 => return self.nobody_answered(now, txns, token & !NO_ANSWER_TIMER),
            _ => {
                self.accepted.remove(&token);
                return;
            }
        }
        let (id, group) = split(Owner(token & !PREFERENCE_TIMER));
        let waits = |context: &Context| usize::from(context.group) == group && context.may_go_on();
        let Some(mut context) = self.contexts.get(&id).is_some_and(waits).then(|| self.contexts.remove(&id)).flatten()
        else {
            return;
        };
        context.give_up_ringing(now, txns);
        self.begin_next(now, txns, id, &mut context);
        self.contexts.insert(id, context);
        self.conclude(now, txns, id);
    }

    fn remove(&mut self, id: u64) {
        if let Some(context) = self.contexts.remove(&id) {
            self.by_txn.remove(&context.txn);
        }
    }

    /// Answers the caller when all branches are over, and forgets what is done.
    fn conclude(&mut self, now: Instant, txns: &mut Transactions, id: u64) {
        loop {
            let Some(context) = self.contexts.get(&id) else { return };
            if context.is_under_way() {
                return;
            }
            if !context.may_go_on() {
                if let Some(when) = context.diverts_now() {
                    return self.divert(id, when);
                }
                break;
            }
            let Some(mut context) = self.contexts.remove(&id) else { return };
            self.begin_next(now, txns, id, &mut context);
            self.contexts.insert(id, context);
        }
        let Some(context) = self.contexts.get_mut(&id) else { return };
        let succeeded = context.branches.iter().any(|b| matches!(b.status(), Some(200..300)));
        if !context.answered {
            context.answered = true;
            calls::answered(txns, &context.routing.request, CallEvent::Refused);
            context.answer_best(now, txns);
        }
        let back = context.back(&self.settings);
        let invite = context.routing.method == Method::Invite;
        self.remove(id);
        if succeeded && invite {
            // RFC 6026 §7.2: repeated 2xx responses are passed on for 64*T1.
            self.accepted.insert(id, back);
            txns.set_timer(now, self.settings.timers.give_up(), id);
        }
    }
}

/// RFC 3326 §3.1.
const ANSWERED_ELSEWHERE: &[u8] = b"SIP;cause=200;text=\"Call completed elsewhere\"";

/// RFC 3261 §16.7 item 3: a refusal without our Via.
fn upstream(response: &Message) -> Bytes {
    written(&for_upstream(response), response)
}

/// The edits that every refusal has in common. Who refused is nobody's business.
fn for_upstream(response: &Message) -> Rewrite<'_> {
    let mut edits = Rewrite::new(response);
    edits.pop_via();
    identity::remove_all(response, &mut edits);
    // RFC 3261 §18.3, §20.14: a stream cannot be read without it, and a datagram may come without.
    edits.ensure_content_length();
    edits
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
