//! Redirections that are followed here, where the operator wants that (RFC 3261 §16.7 item 4): each contact of a 3xx takes the way
//! through the policy that its address would take, and becomes a branch beside the others.

use super::Forwards;
use super::context::{Branch, Context, State};
use super::diverted::Diverting;
use crate::forward::split;
use crate::route::account::request_uri;
use crate::route::redirected_step;
use crate::route::routing::Routing;
use crate::route::verdict::{LocalReply, Target};
use crate::transaction::{Owner, Transactions};
use sip_message::Message;
use sip_message::header::Contact;
use sip_message::uri::Uri;
use std::time::Instant;

/// How many contacts of redirections one request is tried at in all.
const REDIRECTIONS_MAX: u8 = 8;

impl Context {
    /// The ways to the contacts of a redirection that are tried here; none: the caller gets it.
    pub(super) fn redirections(&mut self, owner: Owner, response: &Message) -> Vec<Routing> {
        let (id, place) = split(owner);
        let Some(branch) = self.branches.get(place) else { return Vec::new() };
        // Somebody else's redirection is followed for callers that are known here only.
        let ours = branch.target.registered || self.routing.caller.is_some();
        if !ours || self.routing.in_dialog || self.cancelled || self.answered || self.refused {
            return Vec::new();
        }
        let mut found: Vec<Routing> = Vec::new();
        for contact in response.contacts() {
            let Ok(Contact::Address(address)) = contact else { continue };
            let Ok(uri) = address.parse_uri() else { continue };
            // RFC 3261 §16.7 item 4: what is no SIP URI is left to the caller; §16.5: nothing is tried twice.
            let again =
                self.was_tried(&uri) || found.iter().any(|other| other.uri().is_ok_and(|o| o.is_equivalent(&uri)));
            if !uri.is_sip() || again || self.redirected >= REDIRECTIONS_MAX {
                continue;
            }
            self.redirected += 1;
            found.push(self.routing.redirected(redirected_step(), request_uri(&uri), (id, place)));
        }
        self.share_among(place, &mut found);
        found
    }

    /// RFC 5393 §5.3.3: what the redirected branch had is divided among those in its place; who finds nothing left is not tried.
    fn share_among(&mut self, place: usize, found: &mut Vec<Routing>) {
        let Some(branch) = self.branches.get_mut(place) else { return };
        found.truncate(usize::from(branch.breadth));
        branch.awaited = u8::try_from(found.len()).unwrap_or(u8::MAX);
        branch.breadth /= branch.awaited.max(1);
    }

    /// One of the contacts in place of a branch has found its way, or none; the breadth that it has.
    fn found_its_way(&mut self, from: usize) -> u8 {
        let Some(branch) = self.branches.get_mut(from) else { return 0 };
        branch.awaited = branch.awaited.saturating_sub(1);
        branch.breadth
    }

    fn was_tried(&self, uri: &Uri<'_>) -> bool {
        let first = self.routing.uri().is_ok_and(|first| first.is_equivalent(uri));
        let same = |target: &Target| {
            target.uri.as_deref().and_then(|tried| Uri::parse(tried).ok()).is_some_and(|tried| tried.is_equivalent(uri))
        };
        first || self.branches.iter().any(|branch| same(&branch.target)) || self.later.iter().any(same)
    }
}

impl Forwards {
    /// Where a contact of a redirection leads.
    pub(crate) fn follow(&mut self, now: Instant, txns: &mut Transactions, routing: &Routing, targets: Vec<Target>) {
        let Some((id, from)) = routing.follows else { return };
        let Some(mut context) = self.contexts.remove(&id) else { return };
        let share = context.found_its_way(from);
        context.diverting = Diverting::of(routing);
        if !context.cancelled && !context.answered && !context.refused {
            // RFC 5393 §5.3.3: and so is the share of a contact that leads to several.
            let copies = targets.len().min(usize::from(share)).min(super::BRANCHES_MAX - context.branches.len());
            for mut target in targets.into_iter().take(copies) {
                if target.uri.is_none() {
                    target.uri.clone_from(&routing.uri);
                }
                let breadth = (share / u8::try_from(copies).unwrap_or(1)).max(1);
                let further = target.hops.clone().into();
                let state = State::Over(480, None);
                context.branches.push(Branch { came_from: Some(from), ..Branch::new(target, further, state, breadth) });
                let place = context.branches.len() - 1;
                self.send(now, txns, id, &mut context, place);
            }
        }
        self.await_answer(now, txns, id, &context);
        self.contexts.insert(id, context);
        self.conclude(now, txns, id);
    }

    /// A contact of a redirection leads nowhere; the reply says why.
    pub(crate) fn not_followed(&mut self, now: Instant, txns: &mut Transactions, routing: &Routing, reply: LocalReply) {
        let Some((id, from)) = routing.follows else { return };
        let Some(context) = self.contexts.get_mut(&id) else { return };
        context.found_its_way(from);
        if let Some(branch) = context.branches.get_mut(from) {
            branch.state = State::Over(reply.status, None);
            branch.said = Some(Box::new(reply));
            branch.followed = false;
        }
        self.conclude(now, txns, id);
    }
}
