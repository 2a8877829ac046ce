//! Calls that the called account has diverted after its devices have failed: when all are busy, or nobody answers in the account's time.
//! A forwarded one takes the way through the policy that the diversion's address would take, and goes on beside what is left of the
//! devices; a redirected one is answered to the caller.

use super::context::{Context, State};
use super::{Forwards, NO_ANSWER_TIMER};
use crate::directory::Account;
use crate::route::redirected_step;
use crate::route::routing::Routing;
use crate::route::wishes::When;
use crate::transaction::Transactions;
use domain::DiversionCondition;
use sip_message::Method;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The account whose devices are tried.
#[derive(Clone, Debug)]
pub(super) struct Diverting {
    account: Arc<Account>,
    /// How the call came to it.
    routing: Arc<Before>,
}

/// What the diversion goes on from.
#[derive(Debug)]
struct Before {
    diverted: Vec<crate::route::routing::Diverted>,
    turns: u8,
}

impl Diverting {
    /// The account that a call was forwarded to, if it has calls diverted that failed.
    pub(super) fn of(routing: &Routing) -> Option<Diverting> {
        if routing.method != Method::Invite || routing.in_dialog {
            return None;
        }
        let account = routing.called.as_ref()?;
        let diversions = &account.call_settings()?.diversions;
        let after =
            [DiversionCondition::Fbus, DiversionCondition::Rbus, DiversionCondition::Fnoa, DiversionCondition::Rnoa];
        if !after.iter().any(|condition| diversions.contains_key(condition)) {
            return None;
        }
        let before = Before { diverted: routing.diverted.clone(), turns: routing.turns };
        Some(Diverting { account: Arc::clone(account), routing: Arc::new(before) })
    }

    fn diverts(&self, when: When) -> bool {
        let calls = self.account.call_settings();
        calls.is_some_and(|calls| when.conditions().iter().any(|condition| calls.diversion(*condition).is_some()))
    }
}

impl Context {
    /// Whether the way is being looked for to somewhere else.
    fn is_led_on(&self) -> bool {
        self.branches.iter().any(|branch| branch.awaited > 0)
    }

    /// The condition under which the call is diverted now that everything has failed; none: it is not.
    pub(super) fn diverts_now(&self) -> Option<When> {
        if self.answered || self.cancelled {
            return None;
        }
        let diverting = self.diverting.as_ref()?;
        let statuses = || self.branches.iter().filter(|branch| !branch.followed).filter_map(|branch| branch.status());
        // One device that is busy says more than others that say nothing.
        let when = match () {
            () if statuses().any(|status| matches!(status, 486 | 600)) => When::Busy,
            () if statuses().all(|status| matches!(status, 408 | 480 | 487)) => When::NoAnswer,
            () => return None,
        };
        diverting.diverts(when).then_some(when)
    }
}

impl Forwards {
    /// Where the called account has calls diverted that nobody answers, its devices ring for its time.
    pub(super) fn await_answer(&self, now: Instant, txns: &mut Transactions, id: u64, context: &Context) {
        let Some(diverting) = context.diverting.as_ref().filter(|diverting| diverting.diverts(When::NoAnswer)) else {
            return;
        };
        let rings_s = diverting.account.call_settings().map_or(0, |calls| calls.rings_s());
        let token = NO_ANSWER_TIMER | id << super::BRANCH_BITS | u64::from(diverting.routing.turns);
        txns.set_timer(now, Duration::from_secs(rings_s), token);
    }

    /// The account's time is over.
    pub(super) fn nobody_answered(&mut self, now: Instant, txns: &mut Transactions, token: u64) {
        let (id, turns) = super::split(crate::transaction::Owner(token));
        let Some(context) = self.contexts.get_mut(&id) else { return };
        let waits = context.diverting.as_ref().is_some_and(|diverting| usize::from(diverting.routing.turns) == turns);
        if !waits || context.answered || context.cancelled || context.refused || context.is_led_on() {
            return;
        }
        context.later.clear();
        context.give_up_ringing(now, txns);
        self.divert(id, When::NoAnswer);
    }

    /// Leads the call on to where the account has it diverted.
    pub(super) fn divert(&mut self, id: u64, when: When) {
        let Some(context) = self.contexts.get_mut(&id) else { return };
        let Some(diverting) = context.diverting.take() else { return };
        let place = context.branches.len().saturating_sub(1);
        let uri = context.routing.uri.clone().unwrap_or_else(|| context.routing.request.request_uri().into());
        let mut routing = context.routing.redirected(redirected_step(), uri, (id, place));
        routing.caller.clone_from(&context.routing.caller);
        routing.called = Some(diverting.account);
        routing.diverted.clone_from(&diverting.routing.diverted);
        routing.turns = diverting.routing.turns;
        routing.failed = Some(when);
        for branch in &mut context.branches {
            // Its answer is not the call's any more.
            branch.followed |= matches!(branch.state, State::Over(..));
        }
        if let Some(branch) = context.branches.get_mut(place) {
            branch.awaited = branch.awaited.saturating_add(1);
        }
        self.diverted.push(routing);
    }

    /// The calls that are to be led on.
    pub(crate) fn take_diverted(&mut self) -> Vec<Routing> {
        std::mem::take(&mut self.diverted)
    }
}
