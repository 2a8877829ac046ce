//! The INVITE server transaction: absorbs the caller's retransmissions and gets a final response through to the ACK.
//!
//! Retransmitting a 2xx is left to the callee: a proxy passes each on as it comes.
//!
//! RFC 3261 §17.2.1 (figure 7) as amended by RFC 6026 §7.1: state Accepted, timer L, and no end by a transport error.

use std::time::Duration;

use bytes::Bytes;

use crate::timer::Timer;
use crate::transaction::effects::Effects;
use crate::transaction::server::{ServerInput, ServerOutcome};

/// The machine.
#[derive(Debug)]
pub(crate) enum InviteServer {
    /// No final response yet; the last provisional is what a repeated INVITE gets.
    Proceeding {
        /// The last provisional response.
        provisional: Option<Bytes>,
    },
    /// A final response other than 2xx is repeated until it is acknowledged.
    Completed {
        /// The response.
        response: Bytes,
        /// Timer G as it was last set.
        interval: Duration,
    },
    /// Acknowledged; further ACKs are absorbed.
    Confirmed,
    /// A 2xx went out; repeated INVITEs are absorbed, the ACK goes past.
    Accepted,
}

impl InviteServer {
    pub(crate) fn new() -> InviteServer {
        InviteServer::Proceeding { provisional: None }
    }

    pub(crate) fn handle(&mut self, input: ServerInput, effects: &mut Effects<'_>) -> ServerOutcome {
        match input {
            ServerInput::Retransmission => self.retransmission(effects),
            ServerInput::Ack => self.ack(effects),
            ServerInput::Respond { status, bytes } => self.respond(status, bytes, effects),
            ServerInput::Timer(timer) => self.timer(timer, effects),
            // RFC 6026 §7.1: a response that cannot be delivered ends nothing, or a repeated INVITE would be a new one.
            ServerInput::TransportError => ServerOutcome::Quiet,
        }
    }

    fn retransmission(&self, effects: &mut Effects<'_>) -> ServerOutcome {
        match self {
            // RFC 3261 §17.2.1: a repeated INVITE gets the most recent provisional response again.
            InviteServer::Proceeding { provisional: Some(bytes) } => effects.send(bytes),
            // RFC 3261 §17.2.1: in Completed it gets the final response again.
            InviteServer::Completed { response, .. } => effects.send(response),
            // RFC 6026 §7.1: in Accepted repeated INVITEs are absorbed without an answer.
            InviteServer::Proceeding { provisional: None } | InviteServer::Confirmed | InviteServer::Accepted => {}
        }
        ServerOutcome::Quiet
    }

    fn ack(&mut self, effects: &mut Effects<'_>) -> ServerOutcome {
        match self {
            // RFC 3261 §17.2.1: the ACK ends Completed; timer I is zero over a reliable transport.
            InviteServer::Completed { .. } => {
                *self = InviteServer::Confirmed;
                if effects.linger(Timer::I, effects.values.t4) { ServerOutcome::Quiet } else { ServerOutcome::Ended }
            }
            // RFC 6026 §7.1: an ACK in Accepted is handed to the transaction user.
            InviteServer::Accepted => ServerOutcome::PassAck,
            InviteServer::Proceeding { .. } | InviteServer::Confirmed => ServerOutcome::Quiet,
        }
    }

    fn respond(&mut self, status: u16, bytes: Bytes, effects: &mut Effects<'_>) -> ServerOutcome {
        match (&mut *self, status) {
            (InviteServer::Proceeding { provisional }, 100..=199) => {
                effects.send(&bytes);
                *provisional = Some(bytes);
            }
            (InviteServer::Proceeding { .. }, 200..=299) => {
                effects.send(&bytes);
                // RFC 6026 §7.1: timer L is 64*T1 over every transport.
                effects.set(Timer::L, effects.values.give_up());
                *self = InviteServer::Accepted;
            }
            (InviteServer::Proceeding { .. }, _) => {
                effects.send(&bytes);
                // RFC 3261 §17.2.1: timer H bounds the wait for the ACK; timer G only runs over unreliable transports.
                effects.set(Timer::H, effects.values.give_up());
                let interval = effects.values.t1;
                effects.linger(Timer::G, interval);
                *self = InviteServer::Completed { response: bytes, interval };
            }
            // RFC 6026 §7.1: in Accepted every further 2xx goes straight through.
            (InviteServer::Accepted, 200..=299) => effects.send(&bytes),
            // RFC 3261 §17.2.1: any other response is discarded.
            _ => {}
        }
        ServerOutcome::Quiet
    }

    fn timer(&mut self, timer: Timer, effects: &mut Effects<'_>) -> ServerOutcome {
        match (&mut *self, timer) {
            (InviteServer::Completed { response, interval }, Timer::G) => {
                effects.send(response);
                // RFC 3261 §17.2.1: timer G doubles up to T2.
                *interval = (*interval * 2).min(effects.values.t2);
                let next = *interval;
                effects.set(Timer::G, next);
                ServerOutcome::Quiet
            }
            // RFC 3261 §17.2.1: no ACK before timer H is a failure that the transaction user learns of.
            (InviteServer::Completed { .. }, Timer::H) => ServerOutcome::EndedUnheard,
            (InviteServer::Proceeding { provisional: None }, Timer::Trying) => ServerOutcome::TryingDue,
            (InviteServer::Confirmed, Timer::I) | (InviteServer::Accepted, Timer::L) => ServerOutcome::Ended,
            _ => ServerOutcome::Quiet,
        }
    }
}
