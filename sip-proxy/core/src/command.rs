//! What goes into a core and what comes out of it: the whole conversation with the process around it.
//!
//! RFC 3261 §18 stands on the other side of this file: sending, receiving, connections.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use domain::{DomainName, SipId};
use sip_message::Fault;

use crate::directory::{Account, Domain};
use crate::flow::{Flow, Transport};
use crate::registrar::BindingChange;
use crate::transaction::TransactionId;

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// One whole message, as a datagram or cut from a stream by the framer.
    Received {
        /// The way back to who sent it.
        flow: Flow,
        /// The message; the buffer may be shared, nothing is copied.
        bytes: Bytes,
    },
    /// The answer to a [`Command::Ask`].
    Answer {
        /// The number that the question carried.
        id: AskId,
        /// What was found.
        answer: Answer,
    },
    /// A [`Command::Send`] with an origin could not be delivered: no connection, refused, unreachable. Its parts come back.
    SendFailed {
        /// The origin that the command carried.
        origin: TransactionId,
        /// The way that failed.
        flow: Flow,
        /// The message: a response that lost its connection is tried over a new one (RFC 3261 §18.2.2).
        bytes: Bytes,
    },
    /// The network says that a datagram did not arrive (RFC 3261 §18.4). Anybody may say so: it counts only if it quotes the branch of a
    /// request of ours.
    Undeliverable {
        /// Where the datagram was sent to.
        flow: Flow,
        /// Its beginning.
        quoted: Bytes,
    },
    /// A connection ended, whoever closed it.
    FlowClosed {
        /// The connection's flow.
        flow: Flow,
    },
    /// The time of [`crate::Core::next_deadline`] has come. Harmless when it has not.
    Deadline,
}

/// What is to be done outside. Drained with [`crate::Core::poll`] after each input.
#[derive(Debug)]
pub enum Command {
    /// Send a message.
    Send {
        /// Over which way.
        flow: Flow,
        /// The message.
        bytes: Bytes,
        /// Who wants to know when it fails ([`Input::SendFailed`]); none for stateless messages.
        origin: Option<TransactionId>,
    },
    /// Look something up; the answer is an input. What is in memory is answered at once.
    Ask {
        /// To be repeated in the answer.
        id: AskId,
        /// The question.
        lookup: Lookup,
    },
    /// Write changed bindings behind.
    Store(BindingChange),
    /// Something worth counting or logging.
    Report(Report),
}

/// A question's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AskId(pub u64);

/// A question to the directory or to the resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Is this domain served here?
    Domain(DomainName),
    /// The account of this name.
    Account(SipId),
    /// The account that this alias stands for.
    Alias(SipId),
    /// Where a number of an ENUM range leads; it is written as the user and the range's root as the domain.
    Number(SipId),
    /// The addresses behind a host name (RFC 3263). Literal addresses never ask.
    Resolve {
        /// The host name.
        host: String,
        /// The port, where the URI names one.
        port: Option<u16>,
        /// The transport, where the URI names one.
        transport: Option<Transport>,
    },
}

/// What the directory or the resolver knows.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Lookup::Domain`]; none: not ours.
    Domain(Option<Arc<Domain>>),
    /// To [`Lookup::Account`]; none: there is no such account.
    Account(Option<Arc<Account>>),
    /// To [`Lookup::Alias`]; none: there is no such alias.
    Alias(Option<SipId>),
    /// To [`Lookup::Number`]: the SIP URI that goes before the others; none: it leads nowhere.
    Number(Option<Arc<str>>),
    /// To [`Lookup::Resolve`]: where to try, in this order; empty: nowhere.
    Addresses(Vec<(Transport, SocketAddr)>),
    /// Nothing in memory and nobody to ask.
    Unavailable,
}

/// What the process counts, logs or shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// Bytes that are no SIP message and get no answer.
    Unreadable {
        /// Where they came from.
        flow: Flow,
        /// What is wrong with them.
        fault: Fault,
    },
    /// A response that answers nothing that was asked (RFC 6026 §7.3 has it dropped).
    StrayResponse {
        /// Where it came from.
        flow: Flow,
    },
    /// The table of transactions is full; the request was answered 503.
    Overloaded {
        /// Where it came from.
        flow: Flow,
    },
    /// A request that begins something was dropped without an answer: it had waited for too long.
    Shed {
        /// Where it came from.
        flow: Flow,
    },
    /// A known scanner's request was dropped.
    Scanner {
        /// Where it came from.
        flow: Flow,
    },
    /// Something became of a call.
    Call {
        /// The request's Call-ID.
        call_id: Bytes,
        /// What became of it.
        event: CallEvent,
    },
    /// What the routing decided and why.
    Routed {
        /// The request's Call-ID.
        call_id: Bytes,
        /// The step that decided, and its reason.
        why: String,
    },
}

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// An INVITE that begins one was forwarded.
    Began {
        /// The value of From.
        from: Bytes,
        /// The value of To.
        to: Bytes,
    },
    /// The INVITE was answered 2xx.
    Answered,
    /// The INVITE was refused, or nobody answered it.
    Refused,
    /// A BYE was forwarded.
    Ended,
}
