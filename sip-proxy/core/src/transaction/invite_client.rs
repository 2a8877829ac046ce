//! The INVITE client transaction: gets the INVITE through, acknowledges what is not a 2xx, and cancels when asked to.
//!
//! Acknowledging a 2xx is left to the caller, whose ACK a proxy forwards.
//!
//! RFC 3261 §17.1.1 (figure 5) as amended by RFC 6026 §7.2: state Accepted, timer M; §9.1 (CANCEL), §16.6 item 11 and
//! §16.7 step 2 (timer C).

use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::Message;

use crate::timer::Timer;
use crate::transaction::client::{ClientInput, ClientOutcome};
use crate::transaction::effects::Effects;
use crate::transaction::hop;

/// The machine.
#[derive(Debug)]
pub(crate) enum InviteClient {
    /// Sent, nothing heard.
    Calling {
        /// The INVITE.
        request: Bytes,
        /// Timer A as it was last set.
        interval: Duration,
        /// When timer C fires.
        ring_until: Instant,
        /// The reason of a CANCEL that waits for the first provisional response; empty: it gives none.
        cancel_wanted: Option<Box<[u8]>>,
    },
    /// The callee works on it.
    Proceeding {
        /// The INVITE, from which a CANCEL and an ACK are made.
        request: Bytes,
        /// When timer C fires.
        ring_until: Instant,
        /// A CANCEL was sent.
        cancelled: bool,
    },
    /// A final response other than 2xx was acknowledged; repetitions get the ACK again.
    Completed {
        /// The ACK.
        ack: Bytes,
    },
    /// A 2xx came; further ones are passed up.
    Accepted,
}

impl InviteClient {
    /// Sends the INVITE.
    pub(crate) fn start(request: Bytes, effects: &mut Effects<'_>) -> InviteClient {
        effects.send(&request);
        // RFC 3261 §17.1.1.2: timer A starts at T1, over unreliable transports only; timer B at 64*T1.
        let interval = effects.values.t1;
        effects.linger(Timer::A, interval);
        effects.set(Timer::B, effects.values.give_up());
        effects.set(Timer::C, effects.values.c);
        let ring_until = effects.now + effects.values.c;
        InviteClient::Calling { request, interval, ring_until, cancel_wanted: None }
    }

    pub(crate) fn handle(&mut self, input: ClientInput<'_>, effects: &mut Effects<'_>) -> ClientOutcome {
        match input {
            ClientInput::Response { status: 100..=199, response } => self.provisional(response, effects),
            ClientInput::Response { status: 200..=299, .. } => self.success(effects),
            ClientInput::Response { response, .. } => self.failure(response, effects),
            ClientInput::Cancel { reason } => self.cancel(reason, effects),
            ClientInput::Timer(timer) => self.timer(timer, effects),
            ClientInput::ConnectionEnded { again } => match self {
                InviteClient::Calling { request, .. } if again => {
                    effects.send(request);
                    ClientOutcome::Quiet
                }
                InviteClient::Calling { .. } => ClientOutcome::Unreachable,
                // RFC 3261 §18.2.2: what has arrived is answered over a new connection: the callee may still ring.
                InviteClient::Proceeding { .. } | InviteClient::Completed { .. } | InviteClient::Accepted => {
                    ClientOutcome::Quiet
                }
            },
            ClientInput::TransportError => match self {
                // RFC 3261 §17.1.4: the transaction user learns of it, unless it has its final response.
                InviteClient::Calling { .. } | InviteClient::Proceeding { .. } => ClientOutcome::Unreachable,
                InviteClient::Completed { .. } => ClientOutcome::Ended,
                InviteClient::Accepted => ClientOutcome::Quiet,
            },
        }
    }

    fn provisional(&mut self, response: &Message, effects: &mut Effects<'_>) -> ClientOutcome {
        let trying = response.status() == Some(100);
        // RFC 3261 §16.7 step 2: a provisional response other than 100 starts timer C again.
        let rings_until = effects.now + effects.values.c;
        match self {
            InviteClient::Calling { request, ring_until, cancel_wanted, .. } => {
                let ring_until = if trying { *ring_until } else { rings_until };
                let wanted = cancel_wanted.take();
                let request = std::mem::take(request);
                *self = InviteClient::Proceeding { request, ring_until, cancelled: wanted.is_some() };
                if let Some(reason) = wanted {
                    // RFC 3261 §9.1: a CANCEL is held back until a provisional response arrives.
                    return self.send_cancel(&reason, effects);
                }
            }
            InviteClient::Proceeding { ring_until, .. } if !trying => *ring_until = rings_until,
            InviteClient::Proceeding { .. } => {}
            InviteClient::Completed { .. } | InviteClient::Accepted => return ClientOutcome::Quiet,
        }
        // RFC 3261 §16.7 step 5: a 100 is not forwarded, so nobody above needs it.
        if trying { ClientOutcome::Quiet } else { ClientOutcome::PassUp }
    }

    fn success(&mut self, effects: &mut Effects<'_>) -> ClientOutcome {
        match self {
            InviteClient::Calling { .. } | InviteClient::Proceeding { .. } => {
                // RFC 6026 §7.2: timer M is 64*T1 over every transport.
                effects.set(Timer::M, effects.values.give_up());
                *self = InviteClient::Accepted;
                ClientOutcome::PassUp
            }
            // RFC 6026 §7.2: each 2xx in Accepted is passed up: repetitions, and those of other forks downstream.
            InviteClient::Accepted => ClientOutcome::PassUp,
            InviteClient::Completed { .. } => ClientOutcome::Quiet,
        }
    }

    fn failure(&mut self, response: &Message, effects: &mut Effects<'_>) -> ClientOutcome {
        match self {
            InviteClient::Calling { request, .. } | InviteClient::Proceeding { request, .. } => {
                let Some(ack) = hop::ack(request, response) else { return ClientOutcome::PassUpAndEnd };
                effects.send(&ack);
                *self = InviteClient::Completed { ack };
                // RFC 3261 §17.1.1.2: timer D is zero over a reliable transport.
                let lingers = effects.linger(Timer::D, effects.values.d);
                if lingers { ClientOutcome::PassUp } else { ClientOutcome::PassUpAndEnd }
            }
            InviteClient::Completed { ack } => {
                // RFC 3261 §17.1.1.2: a repeated final response gets the ACK again and goes no further.
                effects.send(ack);
                ClientOutcome::Quiet
            }
            InviteClient::Accepted => ClientOutcome::Quiet,
        }
    }

    fn cancel(&mut self, reason: &[u8], effects: &mut Effects<'_>) -> ClientOutcome {
        match self {
            InviteClient::Calling { cancel_wanted, .. } => {
                cancel_wanted.get_or_insert_with(|| reason.into());
                ClientOutcome::Quiet
            }
            InviteClient::Proceeding { cancelled, .. } if !*cancelled => {
                *cancelled = true;
                self.send_cancel(reason, effects)
            }
            // RFC 3261 §9.1: after a final response a CANCEL has no effect and is not sent.
            InviteClient::Proceeding { .. } | InviteClient::Completed { .. } | InviteClient::Accepted => {
                ClientOutcome::Quiet
            }
        }
    }

    fn send_cancel(&mut self, reason: &[u8], effects: &mut Effects<'_>) -> ClientOutcome {
        let InviteClient::Proceeding { request, .. } = self else { return ClientOutcome::Quiet };
        // RFC 3261 §9.1: the callee may know no CANCEL, so the final response is waited for 64*T1 and no longer.
        effects.set(Timer::Cancelled, effects.values.give_up());
        hop::cancel(request, reason).map_or(ClientOutcome::Quiet, ClientOutcome::SendCancel)
    }

    fn timer(&mut self, timer: Timer, effects: &mut Effects<'_>) -> ClientOutcome {
        match (&mut *self, timer) {
            (InviteClient::Calling { request, interval, .. }, Timer::A) => {
                effects.send(request);
                // RFC 3261 §17.1.1.2: timer A doubles without a bound but timer B.
                *interval *= 2;
                let next = *interval;
                effects.set(Timer::A, next);
                ClientOutcome::Quiet
            }
            // RFC 3261 §17.1.1.2: timer B only counts while nothing was heard.
            (InviteClient::Calling { .. }, Timer::B) => ClientOutcome::TimedOut,
            (InviteClient::Proceeding { cancelled: true, .. }, Timer::Cancelled) => ClientOutcome::TimedOut,
            (InviteClient::Calling { ring_until, .. } | InviteClient::Proceeding { ring_until, .. }, Timer::C) => {
                if *ring_until > effects.now {
                    let left = *ring_until - effects.now;
                    effects.set(Timer::C, left);
                    return ClientOutcome::Quiet;
                }
                ClientOutcome::RangTooLong
            }
            (InviteClient::Completed { .. }, Timer::D) | (InviteClient::Accepted, Timer::M) => ClientOutcome::Ended,
            _ => ClientOutcome::Quiet,
        }
    }
}
