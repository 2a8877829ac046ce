//! The non-INVITE server transaction, and what both server transactions hear and say.
//!
//! RFC 3261 §17.2.2 (figure 8), §17.2.4; RFC 4320 §4.1 on what may be answered when.

use bytes::Bytes;

use crate::timer::Timer;
use crate::transaction::effects::Effects;

/// What happens to a server transaction.
#[derive(Debug)]
pub(crate) enum ServerInput {
    /// The request came again.
    Retransmission,
    /// Its ACK came (INVITE only).
    Ack,
    /// The transaction user answers.
    Respond { status: u16, bytes: Bytes },
    /// A timer fired; perhaps one that is no longer waited for.
    Timer(Timer),
    /// The response could not be delivered.
    TransportError,
}

/// What a server transaction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerOutcome {
    /// Nothing to say.
    Quiet,
    /// The ACK is for the transaction user.
    PassAck,
    /// Nothing was answered for so long that a 100 is due.
    TryingDue,
    /// The transaction is over.
    Ended,
    /// The transaction is over and its peer did not get the final response.
    EndedUnheard,
}

/// The machine.
#[derive(Debug)]
pub(crate) enum Server {
    /// Nothing was answered.
    Trying,
    /// A provisional response was given, and is given again to a repeated request.
    Proceeding {
        /// The last provisional response.
        provisional: Bytes,
    },
    /// The final response is given again to a repeated request.
    Completed {
        /// The response.
        response: Bytes,
    },
}

impl Server {
    pub(crate) fn new() -> Server {
        Server::Trying
    }

    pub(crate) fn handle(&mut self, input: ServerInput, effects: &mut Effects<'_>) -> ServerOutcome {
        match input {
            ServerInput::Retransmission => {
                match self {
                    // RFC 3261 §17.2.2: in Trying a repeated request is discarded.
                    Server::Trying => {}
                    Server::Proceeding { provisional } => effects.send(provisional),
                    Server::Completed { response } => effects.send(response),
                }
                ServerOutcome::Quiet
            }
            ServerInput::Respond { status, bytes } => self.respond(status, bytes, effects),
            ServerInput::Timer(Timer::Trying) if matches!(self, Server::Trying) => ServerOutcome::TryingDue,
            // RFC 3261 §17.2.2: timer J ends Completed.
            ServerInput::Timer(Timer::J) => ServerOutcome::Ended,
            ServerInput::TransportError => ServerOutcome::EndedUnheard,
            ServerInput::Ack | ServerInput::Timer(_) => ServerOutcome::Quiet,
        }
    }

    fn respond(&mut self, status: u16, bytes: Bytes, effects: &mut Effects<'_>) -> ServerOutcome {
        match (&*self, status) {
            // RFC 3261 §17.2.2: in Completed further responses are discarded.
            (Server::Completed { .. }, _) => ServerOutcome::Quiet,
            (_, 100..=199) => {
                effects.send(&bytes);
                *self = Server::Proceeding { provisional: bytes };
                ServerOutcome::Quiet
            }
            _ => {
                effects.send(&bytes);
                *self = Server::Completed { response: bytes };
                // RFC 3261 §17.2.2: timer J is zero over a reliable transport.
                let lingers = effects.linger(Timer::J, effects.timer_j());
                if lingers { ServerOutcome::Quiet } else { ServerOutcome::Ended }
            }
        }
    }
}
