//! A shard: one thread, one core, one UDP socket for each listener, one loop with an order and a budget.
//!
//! Each turn reads the clock once and then handles what is due: timers first, so that a flood delays no retransmission,
//! then the inbox, then datagrams, each at most so many; what the core wants is done in between, answers that are in
//! memory at once. At the end of the turn the changed registrations go into the journal in one write, and only then do
//! the messages leave. Nothing here waits but the loop itself.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_core::registrar::BindingChange;
use sip_core::{Command, Core, Flow, Input, Report, TransactionId, Transport};
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tracing::{debug, trace};

use crate::counters::Counters;
use crate::directory::{Asked, Directory};
use crate::inbox::{Delivery, Inboxes};
use crate::locations::LocationWriter;
use crate::transport::connections::{Origin, Outgoing};
use crate::transport::streams::Streams;
use crate::transport::udp::{DATAGRAM_BYTES_MAX, Sent, UdpPort};

/// Deliveries handled in one turn.
const INBOX_BUDGET: usize = 128;
/// Datagrams of one socket handled in one turn.
const DATAGRAM_BUDGET: usize = 64;
/// Rounds of failed sends that may lead to other sends in one turn; more wait for the next.
const SEND_ROUNDS: usize = 4;
/// A loop without a deadline looks again after so long.
const IDLE: Duration = Duration::from_secs(3600);

/// What a shard works with.
pub(crate) struct Shard {
    pub(crate) index: usize,
    pub(crate) core: Core,
    pub(crate) udp: Vec<UdpPort>,
    pub(crate) inbox: mpsc::Receiver<Delivery>,
    pub(crate) inboxes: Inboxes,
    pub(crate) streams: Arc<Streams>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) locations: Arc<LocationWriter>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) overload_after: Duration,
}

/// What a turn gathers until its end.
#[derive(Default)]
struct Turn {
    sends: Vec<(Flow, Bytes, Option<TransactionId>)>,
    changes: Vec<BindingChange>,
    stop: bool,
}

/// Wakes the loop at the core's next deadline.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    set_for: Option<Instant>,
}

/// How long sockets have had more to give than a turn takes.
#[derive(Default)]
struct Backlog {
    since: Option<Instant>,
}

impl Shard {
    /// Runs until it is told to stop.
    pub(crate) async fn run(mut self) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut backlog = Backlog::default();
        let mut alarm = Alarm::new();
        loop {
            let (first, waited) = next_event(&mut self.inbox, &self.udp, alarm.sleep.as_mut()).await;
            let now = clock();
            let mut turn = Turn::default();
            self.fire_timers(now, &mut turn);
            let inbox = self.take_deliveries(now, first, &mut turn);
            let sockets = self.receive(now, &mut buffer, &mut turn);
            self.core.set_overloaded(backlog.is_overload(now, inbox && sockets, self.overload_after));
            let stop = turn.stop;
            self.finish(now, turn);
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
    fn take_deliveries(&mut self, now: Instant, first: Option<Delivery>, turn: &mut Turn) -> bool {
        if let Some(delivery) = first {
            self.take(now, delivery, turn);
        }
        for _ in 1..INBOX_BUDGET {
            let Ok(delivery) = self.inbox.try_recv() else { return true };
            self.take(now, delivery, turn);
        }
        false
    }

    fn fire_timers(&mut self, now: Instant, turn: &mut Turn) {
        if self.core.next_deadline().is_some_and(|(at, _)| at <= now) {
            self.input(now, Input::Deadline, turn);
        }
    }

    fn take(&mut self, now: Instant, delivery: Delivery, turn: &mut Turn) {
        let input = match delivery {
            Delivery::Received { flow, bytes } => Input::Received { flow, bytes },
            Delivery::Answer { id, answer } => Input::Answer { id, answer },
            Delivery::SendFailed { origin, flow, bytes } => Input::SendFailed { origin, flow, bytes },
            Delivery::FlowClosed { flow } => Input::FlowClosed { flow },
            Delivery::Stop => {
                turn.stop = true;
                return;
            }
        };
        self.input(now, input, turn);
    }

    /// Takes datagrams within the budget; whether every socket was emptied.
    fn receive(&mut self, now: Instant, buffer: &mut [u8], turn: &mut Turn) -> bool {
        let mut drained = true;
        for port in 0..self.udp.len() {
            self.udp[port].flush();
            drained &= self.receive_on(now, port, buffer, turn);
        }
        drained
    }

    fn receive_on(&mut self, now: Instant, port: usize, buffer: &mut [u8], turn: &mut Turn) -> bool {
        for _ in 0..DATAGRAM_BUDGET {
            let Some((flow, bytes)) = self.udp[port].receive(buffer) else { return true };
            self.counters.messages_received_udp.one();
            let owner = self.inboxes.shard_of(&bytes);
            if owner == self.index {
                self.input(now, Input::Received { flow, bytes }, turn);
                continue;
            }
            self.counters.messages_handed_over.one();
            if !self.inboxes.try_deliver(owner, Delivery::Received { flow, bytes: bytes.clone() }) {
                self.counters.messages_dropped_inbox_full.one();
                self.core.refuse(flow, bytes);
                self.obey(now, turn);
            }
        }
        false
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
                Command::Report(report) => self.report(report),
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

    fn report(&self, report: Report) {
        match report {
            Report::Unreadable { flow, fault } => {
                self.counters.messages_unreadable.one();
                debug!(message.flow = %flow, "no SIP message came over {}: {fault}", flow.transport);
            }
            Report::StrayResponse { .. } => self.counters.responses_stray.one(),
            Report::Overloaded { .. } => self.counters.requests_overloaded.one(),
            Report::Routed { call_id, why } => {
                self.counters.requests_routed.one();
                debug!(call.id = %String::from_utf8_lossy(&call_id), "routed: {why}");
            }
        }
    }
}

impl Alarm {
    fn new() -> Alarm {
        Alarm { sleep: Box::pin(tokio::time::sleep(IDLE)), set_for: None }
    }

    /// Setting a timer costs more than looking at it: it is left alone while the deadline is the same.
    fn set(&mut self, now: Instant, deadline: Option<Instant>) {
        if deadline == self.set_for && !self.sleep.is_elapsed() {
            return;
        }
        self.set_for = deadline;
        self.sleep.as_mut().reset(deadline.unwrap_or(now + IDLE).into());
    }
}

impl Backlog {
    /// Whether there has been more to do than could be done for longer than `bound`.
    fn is_overload(&mut self, now: Instant, drained: bool, bound: Duration) -> bool {
        if drained {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        now.duration_since(since) > bound
    }
}

/// Waits for a delivery, a datagram or the deadline; a delivery is handed out. Tells whether there was anything to wait for.
async fn next_event(
    inbox: &mut mpsc::Receiver<Delivery>,
    udp: &[UdpPort],
    mut sleep: Pin<&mut Sleep>,
) -> (Option<Delivery>, bool) {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if let Poll::Ready(delivery) = inbox.poll_recv(context) {
            return Poll::Ready((delivery, waited));
        }
        let mut ready = sleep.as_mut().poll(context).is_ready();
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
    fn a_backlog_counts_as_overload_only_when_it_lasts() {
        let start = clock();
        let at = |ms| start + Duration::from_millis(ms);
        let bound = Duration::from_millis(200);
        let mut backlog = Backlog::default();
        assert!(!backlog.is_overload(at(0), false, bound));
        assert!(!backlog.is_overload(at(150), false, bound));
        assert!(backlog.is_overload(at(201), false, bound));
        assert!(!backlog.is_overload(at(202), true, bound));
        assert!(!backlog.is_overload(at(203), false, bound));
    }
}
