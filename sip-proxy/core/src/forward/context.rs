//! A response context (RFC 3261 §16.7): what was sent for one request, what came of it, and what is left to try.

use super::diverted::Diverting;
use super::{best, for_upstream, identity, session_timer, upstream, written};
use crate::flow::Flow;
use crate::forward::Breadth;
use crate::route::respond;
use crate::route::routing::Routing;
use crate::route::verdict::{Hop, LocalReply, Target};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{ClientId, ServerId, Transactions};
use bytes::Bytes;
use sip_message::{HeaderName, Message, Method, Rewrite};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

/// A response context.
pub(super) struct Context {
    pub(super) txn: ServerId,
    pub(super) routing: Box<Routing>,
    pub(super) branches: SmallVec<[Branch; 2]>,
    /// Targets of lower preference that were not tried yet, the next ones last.
    pub(super) later: Vec<Target>,
    /// How many groups of targets were begun.
    pub(super) group: u8,
    pub(super) breadth: Breadth,
    /// How many contacts of redirections were tried or are about to be.
    pub(super) redirected: u8,
    /// Whether the caller has its final response.
    pub(super) answered: bool,
    /// Whether the caller gave up.
    pub(super) cancelled: bool,
    /// Whether a 6xx ended the search.
    pub(super) refused: bool,
    /// The account whose devices are tried, while it may have the call diverted when they fail.
    pub(super) diverting: Option<Diverting>,
}

pub(super) struct Branch {
    pub(super) target: Target,
    /// The ways that were not tried yet.
    pub(super) further: VecDeque<Hop>,
    pub(super) state: State,
    /// Whether anything came from where it was sent last.
    pub(super) heard: bool,
    /// Whether timer C ended it.
    pub(super) rang_out: bool,
    /// Whether it was ended because others are tried in its place.
    pub(super) passed_over: bool,
    /// Its share of what the request may be split into.
    pub(super) breadth: u8,
    /// The branch that was redirected here.
    pub(super) came_from: Option<usize>,
    /// Whether it was redirected, and what it was redirected to is tried in its place.
    pub(super) followed: bool,
    /// How many of these contacts still look for their way. Each will have its breadth.
    pub(super) awaited: u8,
    /// The answer of the policy to where it was led.
    pub(super) said: Option<Box<LocalReply>>,
}

pub(super) enum State {
    /// Sent.
    Waiting(ClientId),
    /// Over, with the response that came, or with the status that stands for none.
    Over(u16, Option<Box<Message>>),
}

impl Branch {
    pub(super) fn new(target: Target, further: VecDeque<Hop>, state: State, breadth: u8) -> Branch {
        let (rang_out, passed_over, came_from, followed, awaited) = (false, false, None, false, 0);
        let (heard, said) = (false, None);
        Branch { target, further, state, heard, rang_out, passed_over, breadth, came_from, followed, awaited, said }
    }

    pub(super) fn status(&self) -> Option<u16> {
        match self.state {
            State::Waiting(_) => None,
            State::Over(status, _) => Some(status),
        }
    }

    /// The way to try next: the next one to this contact, or else to the next contact of the same device.
    pub(super) fn next_way(&mut self) -> Option<Hop> {
        loop {
            if let Some(hop) = self.further.pop_front() {
                return Some(hop);
            }
            let mut others = std::mem::take(&mut self.target.others).into_iter();
            let mut next = others.next()?;
            next.others.extend(others);
            self.target = next;
            self.further = self.target.hops.clone().into();
        }
    }

    /// What stands for a branch that could not be delivered.
    pub(super) fn undelivered(&self) -> u16 {
        // RFC 5626 §5.3.1: the proxy that asked for this flow tries the next one.
        if self.target.flow_only {
            return 430;
        }
        // RFC 3261 §16.9: as if the next hop had answered 503.
        // RFC 3261 §16.9 departs for registered devices: one that cannot be reached is an account that is away.
        if self.target.registered { 480 } else { 503 }
    }
}

/// What a provisional response or a 2xx needs on its way to the caller.
#[derive(Clone, Copy)]
pub(super) struct Back {
    pub(super) txn: ServerId,
    /// Where the request came from.
    to: Flow,
    /// The session interval that the caller is told where the callee knows none.
    interval_s: Option<u32>,
}

impl Back {
    /// The response without our Via.
    pub(super) fn written(self, response: &Message, from: Flow, shared: &Shared) -> Bytes {
        let mut edits = Rewrite::new(response);
        edits.pop_via();
        identity::put_into_answer(response, shared, from, self.to, &mut edits);
        // RFC 3261 §18.3: a stream cannot be read without it, and a datagram may come without.
        edits.ensure_content_length();
        if let (Some(interval_s), Some(200..300)) = (self.interval_s, response.status()) {
            session_timer::put_into_answer(response, interval_s, &mut edits);
        }
        written(&edits, response)
    }
}

impl Context {
    /// What its responses need.
    pub(super) fn back(&self, settings: &Settings) -> Back {
        let interval_s = session_timer::remembered(&self.routing.request, settings.session_timers);
        Back { txn: self.txn, to: self.routing.flow, interval_s }
    }

    /// With nothing sent yet. The targets are in the order of their preference.
    pub(super) fn new(txn: ServerId, routing: Box<Routing>, mut targets: Vec<Target>, breadth: Breadth) -> Context {
        targets.reverse();
        let diverting = Diverting::of(&routing);
        Context {
            txn,
            routing,
            branches: SmallVec::new(),
            later: targets,
            group: 0,
            breadth,
            redirected: 0,
            answered: false,
            cancelled: false,
            refused: false,
            diverting,
        }
    }

    /// Whether there are targets that were not tried yet.
    pub(super) fn has_more(&self) -> bool {
        !self.later.is_empty()
    }

    /// Whether they may be tried.
    pub(super) fn may_go_on(&self) -> bool {
        self.has_more() && !self.cancelled && !self.answered && !self.refused
    }

    /// How many branches the copies that are under way may become, and those that are about to be.
    fn under_way(&self) -> usize {
        let of = |branch: &Branch| usize::from(branch.awaited) + usize::from(branch.status().is_none());
        self.branches.iter().map(|branch| of(branch) * usize::from(branch.breadth)).sum()
    }

    /// Whether branches are waited for, or contacts that still look for their way.
    pub(super) fn is_under_way(&self) -> bool {
        self.branches.iter().any(|branch| branch.awaited > 0 || branch.status().is_none())
    }

    /// Makes branches of the targets that are next; `most` is how many there may be in all.
    pub(super) fn take_next(&mut self, most: usize) -> Range<usize> {
        let begin = self.branches.len();
        let preference = self.later.last().map(|target| target.q_per_mille);
        let preferred = self.later.iter().rev().take_while(|target| Some(target.q_per_mille) == preference).count();
        // RFC 5393 §5.3.3: all copies that are under way share what came; who finds nothing left waits until others are over.
        let shares = self.breadth.beside(self.under_way()).shares(preferred, self.later.len() - preferred);
        for breadth in shares {
            if self.branches.len() >= most {
                self.later.clear();
                break;
            }
            let Some(target) = self.later.pop() else { break };
            let further = target.hops.clone().into();
            self.branches.push(Branch::new(target, further, State::Over(480, None), breadth));
        }
        self.group = self.group.wrapping_add(1);
        begin..self.branches.len()
    }

    /// Those that ring have rung for long enough; others are tried now.
    pub(super) fn give_up_ringing(&mut self, now: Instant, txns: &mut Transactions) {
        if self.routing.method != Method::Invite {
            return;
        }
        for branch in &mut self.branches {
            if let State::Waiting(client) = branch.state {
                branch.passed_over = true;
                txns.cancel(now, client, b"");
            }
        }
    }

    fn is_ended(&self, place: usize) -> bool {
        let passed_over = self.branches.get(place).is_some_and(|branch| branch.passed_over);
        self.cancelled || self.answered || self.refused || passed_over
    }

    /// Whether a branch may take its next way.
    pub(super) fn may_retry(&self, place: usize) -> bool {
        !self.is_ended(place) && self.branches.get(place).is_some_and(|branch| !branch.further.is_empty())
    }

    /// Whether a branch may go on to the next contact of its device.
    pub(super) fn may_reach_otherwise(&self, place: usize) -> bool {
        !self.is_ended(place) && self.branches.get(place).is_some_and(|branch| !branch.target.others.is_empty())
    }

    /// Whether a branch goes to a contact that was registered.
    pub(super) fn is_registered(&self, place: usize) -> bool {
        self.branches.get(place).is_some_and(|branch| branch.target.registered)
    }

    pub(super) fn end(&mut self, place: usize, status: u16, response: Option<Box<Message>>) {
        if let Some(branch) = self.branches.get_mut(place) {
            // A 2xx that came stays the branch's end, whatever follows.
            if !matches!(branch.status(), Some(200..300)) {
                // Nobody has cancelled the call: as if nobody had answered it.
                let (status, response) =
                    if branch.passed_over && status == 487 { (408, None) } else { (status, response) };
                branch.state = State::Over(status, response);
            }
        }
    }

    pub(super) fn cancel_others(&self, now: Instant, txns: &mut Transactions, except: Option<ClientId>, reason: &[u8]) {
        if self.routing.method != Method::Invite {
            return;
        }
        for branch in &self.branches {
            match branch.state {
                State::Waiting(client) if Some(client) != except => txns.cancel(now, client, reason),
                State::Waiting(_) | State::Over(..) => {}
            }
        }
    }

    /// RFC 3261 §16.7 item 6: the best of the answers.
    pub(super) fn answer_best(&self, now: Instant, txns: &mut Transactions) {
        let request = &self.routing.request;
        let flow = self.routing.flow;
        // RFC 3261 §16.7 item 4: a redirection that was followed is no answer.
        let statuses = self.branches.iter().map(|b| b.status().filter(|_| !b.followed).unwrap_or(u16::MIN));
        // RFC 3261 §16.7 item 6 departs: who gave up is told so, and not how to try again.
        let given_up = self.branches.iter().position(|b| self.cancelled && b.status() == Some(487));
        let best = given_up.or_else(|| best::best(statuses)).and_then(|place| self.branches.get(place));
        let said = best.and_then(|branch| branch.said.as_deref());
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
            _ if status == 503 && said.is_none() => {
                let mut reply = LocalReply::new(500, "the next hop is not available");
                if let Some(seconds) = self.retry_after() {
                    reply = reply.header(HeaderName::RetryAfter, seconds.to_string());
                }
                respond(now, txns, self.txn, request, flow, &reply);
            }
            Some(response) if status == 401 || status == 407 => {
                txns.respond(now, self.txn, status, self.with_all_challenges(response));
            }
            Some(response) => txns.respond(now, self.txn, status, upstream(response)),
            None => {
                let none = LocalReply::new(status, "no branch was answered");
                respond(now, txns, self.txn, request, flow, said.unwrap_or(&none));
            }
        }
    }

    /// RFC 3261 §21.5.1, §21.5.4: the shortest time after which one of those that are not available says that it will be.
    fn retry_after(&self) -> Option<u32> {
        let unavailable = self.branches.iter().filter_map(|branch| match &branch.state {
            State::Over(503, Some(response)) => response.header(HeaderName::RetryAfter),
            _ => None,
        });
        let seconds = |value: &[u8]| {
            let digits = value.split(|byte| !byte.is_ascii_digit()).next()?;
            sip_message::text::number(digits)
        };
        unavailable.filter_map(seconds).min()
    }

    /// RFC 3261 §16.7 item 7: the challenges of all branches.
    fn with_all_challenges(&self, best: &Message) -> Bytes {
        let mut edits = for_upstream(best);
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
