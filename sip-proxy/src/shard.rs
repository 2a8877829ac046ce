//! A shard: one thread, one core, one UDP socket for each listener, one loop with an order and a budget.
//!
//! Each turn reads the clock once and then handles what is due: timers first, so that a flood delays no retransmission,
//! then the inbox, then datagrams, each at most so many; what the core wants is done in between, answers that are in
//! memory at once. Datagrams that cannot be handled in this turn are taken out of the kernel nevertheless, with the time at which
//! they came, so that how long messages wait is known and decides when new work is shed (`sip_core::abuse::load`). At the end of the turn the changed registrations go into the journal in one write, and only then do
//! the messages leave. Nothing here waits but the loop itself.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_core::abuse::{Admission, Kind, Load, Shed};
use sip_core::registrar::BindingChange;
use sip_core::{CallEvent, Command, Core, Flow, Input, Report, Shared, TransactionId, Transport};
use tokio::time::Sleep;
use tracing::{debug, trace};

use crate::capture::Tap;
use crate::counters::Counters;
use crate::directory::{Asked, Directory};
use crate::drain::ShardState;
use crate::inbox::{Delivery, Inbox, Inboxes};
use crate::locations::LocationWriter;
use crate::transport::connections::{Origin, Outgoing};
use crate::transport::streams::Streams;
use crate::transport::udp::{DATAGRAM_BYTES_MAX, Sent, UdpPort};

/// Deliveries handled in one turn.
const INBOX_BUDGET: usize = 128;
/// Datagrams handled in one turn, and taken out of one socket.
const DATAGRAM_BUDGET: usize = 64;
const READ_BUDGET: usize = 256;
/// Datagrams that may wait; beyond that what begins something is dropped, beyond twice that everything.
const WAITING_MAX: usize = 4096;
/// Rounds of failed sends that may lead to other sends in one turn; more wait for the next.
const SEND_ROUNDS: usize = 4;
/// A loop without a deadline looks again after so long.
const IDLE: Duration = Duration::from_secs(3600);
/// How late a deadline may be met while nothing else happens. The shortest is 200 ms, and none needs to be met exactly.
const ALARM_STEP: Duration = Duration::from_millis(20);

/// What a shard works with.
pub(crate) struct Shard {
    pub(crate) index: usize,
    pub(crate) core: Core,
    pub(crate) udp: Vec<UdpPort>,
    pub(crate) inbox: Inbox,
    pub(crate) inboxes: Inboxes,
    pub(crate) streams: Arc<Streams>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) locations: Arc<LocationWriter>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) load: Load,
    pub(crate) state: Arc<ShardState>,
    pub(crate) tap: Arc<Tap>,
    /// Datagrams that were taken out of the kernel and not handled yet, and when.
    pub(crate) waiting: VecDeque<(Instant, Flow, Bytes)>,
}

/// What a turn gathers until its end.
#[derive(Default)]
struct Turn {
    sends: Vec<(Flow, Bytes, Option<TransactionId>)>,
    changes: Vec<BindingChange>,
    stop: bool,
}

/// Wakes the loop for the core's next deadline: at the next whole [`ALARM_STEP`], so that many deadlines need few awakenings. Most of
/// them are for what has long been answered, and an awakening costs more than a message. Who is awake looks at every turn.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    /// Steps are counted from here.
    base: Instant,
    set_for: Option<Instant>,
}

impl Shard {
    /// Runs until it is told to stop.
    pub(crate) async fn run(mut self) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut alarm = Alarm::new(clock());
        loop {
            let more = !self.waiting.is_empty();
            let (first, waited) = next_event(&mut self.inbox, &self.udp, more, alarm.sleep.as_mut()).await;
            let now = clock();
            let mut turn = Turn::default();
            self.fire_timers(now, &mut turn);
            let inbox = self.take_deliveries(now, first, &mut turn);
            let sockets = match turn.stop {
                // What the kernel holds is for whoever serves this address next; what was taken out of it is not.
                true => self.work_off(now, &mut turn),
                false => self.receive(now, &mut buffer, &mut turn),
            };
            if inbox && sockets {
                self.load.idle();
            }
            let stop = turn.stop;
            self.finish(now, turn);
            self.state.under_way.store(self.core.under_way(), Ordering::Release);
            if stop {
                return;
            }
            alarm.set(now, self.core.next_deadline().map(|(at, _)| at));
            // Connections live on this thread too: they had their turn while there was nothing to do, and get one where there always is.
            if !waited {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Takes deliveries within the budget; whether the inbox was emptied.
    fn take_deliveries(&mut self, now: Instant, first: Option<(Instant, Delivery)>, turn: &mut Turn) -> bool {
        if let Some((came, delivery)) = first {
            self.take(now, came, delivery, turn);
        }
        for _ in 1..INBOX_BUDGET {
            let Ok((came, delivery)) = self.inbox.try_recv() else { return true };
            self.take(now, came, delivery, turn);
        }
        false
    }

    fn fire_timers(&mut self, now: Instant, turn: &mut Turn) {
        if self.core.next_deadline().is_some_and(|(at, _)| at <= now) {
            self.input(now, Input::Deadline, turn);
        }
    }

    fn take(&mut self, now: Instant, came: Instant, delivery: Delivery, turn: &mut Turn) {
        let input = match delivery {
            Delivery::Received { flow, bytes } => {
                // A datagram was looked at by the shard whose socket it came to.
                if flow.transport == Transport::Udp || self.admits(now, flow, &bytes) {
                    self.received(now, came, flow, bytes, turn);
                }
                return;
            }
            Delivery::Answer { id, answer } => Input::Answer { id, answer },
            Delivery::SendFailed { origin, flow, bytes } => Input::SendFailed { origin, flow, bytes },
            Delivery::Undeliverable { flow, quoted } => Input::Undeliverable { flow, quoted },
            Delivery::FlowClosed { flow } => Input::FlowClosed { flow },
            Delivery::Drain => {
                self.core.drain();
                self.state.draining.store(true, Ordering::Release);
                return;
            }
            Delivery::Stop => {
                turn.stop = true;
                return;
            }
        };
        self.input(now, input, turn);
    }

    /// Handles everything that waits.
    fn work_off(&mut self, now: Instant, turn: &mut Turn) -> bool {
        while let Some((came, flow, bytes)) = self.waiting.pop_front() {
            self.received(now, came, flow, bytes, turn);
        }
        true
    }

    /// Takes datagrams within the budget; whether nothing is left waiting.
    fn receive(&mut self, now: Instant, buffer: &mut [u8], turn: &mut Turn) -> bool {
        let mut handled = 0;
        while handled < DATAGRAM_BUDGET
            && let Some((came, flow, bytes)) = self.waiting.pop_front()
        {
            handled += 1;
            self.received(now, came, flow, bytes, turn);
        }
        let mut drained = true;
        for port in 0..self.udp.len() {
            self.udp[port].flush();
            drained &= self.receive_on(now, port, buffer, &mut handled, turn);
        }
        drained && self.waiting.is_empty()
    }

    /// Takes datagrams out of a socket; whether it was emptied.
    fn receive_on(
        &mut self,
        now: Instant,
        port: usize,
        buffer: &mut [u8],
        handled: &mut usize,
        turn: &mut Turn,
    ) -> bool {
        for _ in 0..READ_BUDGET {
            let Some((flow, bytes)) = self.udp[port].receive(buffer) else { return true };
            self.counters.messages_received_udp.one();
            if !self.admits(now, flow, &bytes) {
                continue;
            }
            let owner = self.inboxes.shard_of(&bytes);
            if owner == self.index && self.waiting.is_empty() && *handled < DATAGRAM_BUDGET {
                *handled += 1;
                self.received(now, now, flow, bytes, turn);
            } else if owner == self.index {
                self.queue(now, flow, bytes);
            } else {
                self.hand_over(now, owner, flow, bytes, turn);
            }
        }
        false
    }

    /// Whether a message is handled at all: its source is not banned, and may send as much.
    fn admits(&self, now: Instant, flow: Flow, bytes: &[u8]) -> bool {
        // Who is provisioned as a peer sends for many, and is neither limited nor banned.
        if self.shared.peers.trusts(flow) {
            return true;
        }
        match self.shared.guard.admit(now, flow.remote.ip(), flow.transport.is_reliable()) {
            Admission::Pass => true,
            Admission::Banned => {
                self.counters.messages_banned.one();
                false
            }
            Admission::Limited => {
                let passes = match self.shared.guard.glance(bytes) {
                    Kind::UnderWay => true,
                    Kind::Emergency => self.load.level() == Shed::Nothing,
                    Kind::New => false,
                };
                if !passes {
                    self.counters.messages_limited.one();
                }
                passes
            }
        }
    }

    /// Keeps a datagram for a later turn, in the order in which they came: what overtook its INVITE would cancel nothing.
    fn queue(&mut self, now: Instant, flow: Flow, bytes: Bytes) {
        let full = self.waiting.len() >= 2 * WAITING_MAX
            || self.waiting.len() >= WAITING_MAX && self.shared.guard.glance(&bytes) == Kind::New;
        if full {
            self.counters.messages_dropped_inbox_full.one();
        } else {
            self.waiting.push_back((now, flow, bytes));
        }
    }

    fn hand_over(&mut self, now: Instant, owner: usize, flow: Flow, bytes: Bytes, turn: &mut Turn) {
        self.counters.messages_handed_over.one();
        if !self.inboxes.try_deliver(owner, Delivery::Received { flow, bytes: bytes.clone() }) {
            self.counters.messages_dropped_inbox_full.one();
            self.core.refuse(flow, bytes);
            self.obey(now, turn);
        }
    }

    /// A message whose turn has come, after it waited since `came`.
    fn received(&mut self, now: Instant, came: Instant, flow: Flow, bytes: Bytes, turn: &mut Turn) {
        self.tap.see(true, &flow, &bytes);
        let wait = now.saturating_duration_since(came);
        let shed = self.load.waited(now, wait);
        self.core.set_shed(shed, self.load.is_too_late_to_answer(wait));
        self.input(now, Input::Received { flow, bytes }, turn);
    }

    /// One input, and everything that the core wants because of it.
    fn input(&mut self, now: Instant, input: Input, turn: &mut Turn) {
        self.core.handle(now, input);
        self.obey(now, turn);
    }

    /// Does, or gathers, what the core wants.
    fn obey(&mut self, now: Instant, turn: &mut Turn) {
        while let Some(command) = self.core.poll() {
            match command {
                Command::Send { flow, bytes, origin } => turn.sends.push((flow, bytes, origin)),
                Command::Ask { id, lookup } => match self.directory.ask(self.index, id, lookup) {
                    Asked::Answered(answer) => self.core.handle(now, Input::Answer { id, answer }),
                    Asked::Later => {}
                },
                Command::Store(change) => turn.changes.push(change),
                Command::Report(report) => self.report(now, report),
            }
        }
    }

    /// Journals, then sends.
    fn finish(&mut self, now: Instant, mut turn: Turn) {
        for _ in 0..SEND_ROUNDS {
            if !turn.changes.is_empty() {
                self.counters.bindings_changed.add(turn.changes.len() as u64);
                self.locations.record(now, std::mem::take(&mut turn.changes));
            }
            if turn.sends.is_empty() {
                return;
            }
            self.counters.messages_sent.add(turn.sends.len() as u64);
            for (flow, bytes, origin) in std::mem::take(&mut turn.sends) {
                if let Some((flow, bytes)) = self.send(flow, bytes, origin)
                    && let Some(origin) = origin
                {
                    self.input(now, Input::SendFailed { origin, flow, bytes }, &mut turn);
                }
            }
        }
        for (_, _, origin) in turn.sends {
            trace!(?origin, "given up: too many failed sends in one turn");
            self.counters.messages_dropped_send.one();
        }
        if !turn.changes.is_empty() {
            self.locations.record(now, turn.changes);
        }
    }

    /// Sends one message; what could not be sent comes back.
    fn send(&mut self, flow: Flow, bytes: Bytes, origin: Option<TransactionId>) -> Option<(Flow, Bytes)> {
        trace!(message.flow = %flow, "to {flow}: {} bytes", bytes.len());
        self.tap.see(false, &flow, &bytes);
        match flow.transport {
            Transport::Udp => {
                let Some(port) = self.udp.iter_mut().find(|port| port.listener() == flow.listener) else {
                    return Some((flow, bytes));
                };
                match port.send(flow.remote, bytes.clone()) {
                    Sent::Yes => return None,
                    Sent::Dropped => {
                        // As if the network had lost it: retransmission is the transaction's business.
                        self.counters.messages_dropped_send.one();
                        return None;
                    }
                    Sent::Failed => {}
                }
                self.counters.messages_dropped_send.one();
                Some((flow, bytes))
            }
            Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
                let origin = origin.map(|transaction| Origin { shard: self.index, transaction });
                let refused = self.streams.send(Outgoing { bytes, flow, origin }).err()?;
                self.counters.messages_dropped_send.one();
                Some((refused.0.flow, refused.0.bytes))
            }
        }
    }

    fn report(&self, now: Instant, report: Report) {
        match report {
            Report::Unreadable { flow, fault } => {
                self.counters.messages_unreadable.one();
                debug!(message.flow = %flow, "no SIP message came over {}: {fault}", flow.transport);
            }
            Report::StrayResponse { .. } => self.counters.responses_stray.one(),
            Report::Overloaded { .. } => self.counters.requests_overloaded.one(),
            Report::Shed { .. } => self.counters.requests_shed_silently.one(),
            Report::Scanner { flow } => {
                self.counters.requests_of_scanners.one();
                debug!(message.flow = %flow, "a scanner asks from {flow}");
            }
            Report::Call { call_id, event } => self.call(now, &call_id, &event),
            Report::Routed { call_id, why } => {
                self.counters.requests_routed.one();
                debug!(call.id = %String::from_utf8_lossy(&call_id), "routed: {why}");
            }
        }
    }
}

impl Shard {
    /// Something became of a call.
    fn call(&self, now: Instant, call_id: &[u8], event: &CallEvent) {
        let calls = &self.state.calls;
        match event {
            CallEvent::Began { from, to } => calls.began(now, call_id, from, to),
            CallEvent::Answered => calls.answered(now, call_id),
            CallEvent::Refused => calls.ended(call_id, true),
            CallEvent::Ended => calls.ended(call_id, false),
        }
        debug!(call.id = %String::from_utf8_lossy(call_id), "call: {event:?}");
    }
}

impl Alarm {
    fn new(base: Instant) -> Alarm {
        Alarm { sleep: Box::pin(tokio::time::sleep(IDLE)), base, set_for: None }
    }

    /// Setting a timer costs more than looking at it: it is left alone while the deadline is in the same step.
    fn set(&mut self, now: Instant, deadline: Option<Instant>) {
        let deadline = deadline.map(|deadline| step_after(self.base, deadline));
        if deadline == self.set_for && !self.sleep.is_elapsed() {
            return;
        }
        self.set_for = deadline;
        self.sleep.as_mut().reset(deadline.unwrap_or(now + IDLE).into());
    }
}

/// The first whole step that is not before a moment.
fn step_after(base: Instant, moment: Instant) -> Instant {
    let steps = moment.saturating_duration_since(base).as_nanos().div_ceil(ALARM_STEP.as_nanos());
    base + ALARM_STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

/// Waits for a delivery, a datagram or the deadline; a delivery is handed out. Tells whether there was nothing to do for a while.
async fn next_event(
    inbox: &mut Inbox,
    udp: &[UdpPort],
    mut ready: bool,
    mut sleep: Pin<&mut Sleep>,
) -> (Option<(Instant, Delivery)>, bool) {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if let Poll::Ready(delivery) = inbox.poll_recv(context) {
            return Poll::Ready((delivery, waited));
        }
        ready |= sleep.as_mut().poll(context).is_ready();
        for port in udp {
            ready |= port.poll_ready(context).is_ready();
        }
        if ready {
            return Poll::Ready((None, waited));
        }
        waited = true;
        Poll::Pending
    })
    .await
}

#[expect(clippy::disallowed_methods, reason = "the one place where the time of every input is read")]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_within_one_step_are_met_together_and_none_is_met_early() {
        let base = clock();
        let after = |ms| step_after(base, base + Duration::from_millis(ms)) - base;
        assert_eq!([after(0), after(1), after(19), after(20)], [0, 20, 20, 20].map(Duration::from_millis));
        assert_eq!([after(21), after(32_000)], [40, 32_000].map(Duration::from_millis));
    }
}
