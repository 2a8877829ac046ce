//! The non-INVITE client transaction, and what both client transactions hear and say.
//!
//! RFC 3261 §17.1.2 (figure 6), §17.1.4; RFC 4320 §4.2: a timeout here makes no 408 upstream, which is for the proxy.

use std::time::Duration;

use bytes::Bytes;
use sip_message::Message;

use crate::timer::Timer;
use crate::transaction::effects::Effects;

/// What happens to a client transaction.
#[derive(Debug)]
pub(crate) enum ClientInput<'a> {
    /// A response came.
    Response { status: u16, response: &'a Message },
    /// The transaction user wants the INVITE cancelled, for this reason; empty: it gives none.
    Cancel { reason: &'a [u8] },
    /// A timer fired; perhaps one that is no longer waited for.
    Timer(Timer),
    /// The request could not be delivered.
    TransportError,
    /// The connection that it was sent over has ended. It may not have arrived, so it is sent over another one where that may be.
    ConnectionEnded { again: bool },
}

/// What a client transaction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientOutcome {
    /// Nothing to say.
    Quiet,
    /// The response is for the transaction user.
    PassUp,
    /// The response is for the transaction user, and the transaction is over.
    PassUpAndEnd,
    /// Over, without a final response.
    TimedOut,
    /// Over, the request was not delivered.
    Unreachable,
    /// Over.
    Ended,
    /// Timer C fired.
    RangTooLong,
    /// This CANCEL is to be sent in a transaction of its own.
    SendCancel(Bytes),
}

/// The machine.
#[derive(Debug)]
pub(crate) enum Client {
    /// Sent, nothing heard.
    Trying {
        /// The request.
        request: Bytes,
        /// Timer E as it was last set.
        interval: Duration,
    },
    /// A provisional response was heard; the request is still repeated, each T2.
    Proceeding {
        /// The request.
        request: Bytes,
    },
    /// A final response was heard; repetitions are absorbed.
    Completed,
}

impl Client {
    /// Sends the request.
    pub(crate) fn start(request: Bytes, effects: &mut Effects<'_>) -> Client {
        effects.send(&request);
        // RFC 3261 §17.1.2.2: timer E starts at T1, over unreliable transports only; timer F at 64*T1.
        let interval = effects.values.t1;
        effects.linger(Timer::E, interval);
        effects.set(Timer::F, effects.values.give_up());
        Client::Trying { request, interval }
    }

    pub(crate) fn handle(&mut self, input: ClientInput<'_>, effects: &mut Effects<'_>) -> ClientOutcome {
        match input {
            ClientInput::Response { status, .. } => self.response(status, effects),
            ClientInput::Timer(timer) => self.timer(timer, effects),
            ClientInput::TransportError => match self {
                Client::Trying { .. } | Client::Proceeding { .. } => ClientOutcome::Unreachable,
                Client::Completed => ClientOutcome::Quiet,
            },
            ClientInput::ConnectionEnded { again } => match self {
                Client::Trying { request, .. } if again => {
                    effects.send(request);
                    ClientOutcome::Quiet
                }
                Client::Trying { .. } => ClientOutcome::Unreachable,
                // RFC 3261 §18.2.2: what has arrived is answered over a new connection.
                Client::Proceeding { .. } | Client::Completed => ClientOutcome::Quiet,
            },
            // RFC 3261 §9.1: a request other than INVITE is not cancelled.
            ClientInput::Cancel { .. } => ClientOutcome::Quiet,
        }
    }

    fn response(&mut self, status: u16, effects: &mut Effects<'_>) -> ClientOutcome {
        match self {
            Client::Completed => ClientOutcome::Quiet,
            Client::Trying { request, .. } | Client::Proceeding { request } if status < 200 => {
                *self = Client::Proceeding { request: std::mem::take(request) };
                // RFC 3261 §16.7 step 5: a 100 is not forwarded, so nobody above needs it.
                if status == 100 { ClientOutcome::Quiet } else { ClientOutcome::PassUp }
            }
            Client::Trying { .. } | Client::Proceeding { .. } => {
                *self = Client::Completed;
                // RFC 3261 §17.1.2.2: timer K is zero over a reliable transport.
                let lingers = effects.linger(Timer::K, effects.values.t4);
                if lingers { ClientOutcome::PassUp } else { ClientOutcome::PassUpAndEnd }
            }
        }
    }

    fn timer(&mut self, timer: Timer, effects: &mut Effects<'_>) -> ClientOutcome {
        match (self, timer) {
            (Client::Trying { request, interval }, Timer::E) => {
                effects.send(request);
                // RFC 3261 §17.1.2.2: timer E doubles up to T2.
                *interval = (*interval * 2).min(effects.values.t2);
                let next = *interval;
                effects.set(Timer::E, next);
                ClientOutcome::Quiet
            }
            (Client::Proceeding { request }, Timer::E) => {
                effects.send(request);
                // RFC 3261 §17.1.2.2: in Proceeding timer E is T2.
                effects.set(Timer::E, effects.values.t2);
                ClientOutcome::Quiet
            }
            (Client::Trying { .. } | Client::Proceeding { .. }, Timer::F) => ClientOutcome::TimedOut,
            (Client::Completed, Timer::K) => ClientOutcome::Ended,
            _ => ClientOutcome::Quiet,
        }
    }
}
