//! What a routing step may answer: go on, reply, ask, forward.

use crate::command::Lookup;
use crate::flow::{Flow, Transport};
use crate::peer_names::PeerName;
use sip_message::HeaderName;
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

/// A step's answer.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The next step decides; the word says why this one does not.
    Continue(&'static str),
    /// This is the answer to the request.
    Reply(LocalReply),
    /// The step must know this first; it is run again with the answer.
    Ask(Lookup),
    /// The request goes on to another address, which takes the way that such an address takes.
    Again(&'static str),
    /// The request goes to these targets; the word says why.
    Forward(Vec<Target>, &'static str),
}

/// A step's result. Both sides are verdicts: `?` ends a step early with what a lookup demands.
pub(crate) type StepResult = Result<Verdict, Verdict>;

/// A response made here.
#[derive(Debug)]
pub(crate) struct LocalReply {
    pub(crate) status: u16,
    pub(crate) phrase: Option<&'static str>,
    pub(crate) headers: Vec<(HeaderName, Cow<'static, [u8]>)>,
    pub(crate) why: &'static str,
}

impl LocalReply {
    /// A reply with the usual phrase.
    pub(crate) fn new(status: u16, why: &'static str) -> LocalReply {
        LocalReply { status, phrase: None, headers: Vec::new(), why }
    }

    /// The same with a reason phrase of its own.
    #[must_use]
    pub(crate) fn phrase(mut self, phrase: &'static str) -> LocalReply {
        self.phrase = Some(phrase);
        self
    }

    /// The same with one more header.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<Vec<u8>>) -> LocalReply {
        self.headers.push((name, Cow::Owned(value.into())));
        self
    }

    /// The same with headers that never differ.
    #[must_use]
    pub(crate) fn always<const N: usize>(mut self, headers: [(HeaderName, &'static str); N]) -> LocalReply {
        self.headers.extend(headers.map(|(name, value)| (name, Cow::Borrowed(value.as_bytes()))));
        self
    }
}

impl From<LocalReply> for Verdict {
    fn from(reply: LocalReply) -> Verdict {
        Verdict::Reply(reply)
    }
}

/// Shorthand for a reply without further headers.
pub(crate) fn reply(status: u16, why: &'static str) -> Verdict {
    Verdict::Reply(LocalReply::new(status, why))
}

/// Where one copy of a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The Request-URI that it gets; none: the one that it has.
    pub(crate) uri: Option<Box<[u8]>>,
    /// Route values put on top (a registered Path); empty: none.
    pub(crate) path: Box<[u8]>,
    /// The ways to the next hop, tried in this order (RFC 3263 §4.3).
    pub(crate) hops: Vec<Hop>,
    /// Preference in thousandths.
    pub(crate) q_per_mille: u16,
    /// Whether this is a registered contact, whose absence is the account's absence.
    pub(crate) registered: bool,
    /// Whether it is a flow that another proxy asked for and wants to know when it is no more.
    pub(crate) flow_only: bool,
    /// Further contacts of the same device, tried one after the other where this one cannot be reached.
    pub(crate) others: Vec<Target>,
    /// The gateway that it is. The others are gateways then too, and take its place wherever the call could not be completed by it.
    pub(crate) gateway: Option<i32>,
    /// What it is told beyond what every target is.
    pub(crate) told: Option<Arc<Told>>,
}

/// What a target is told of how a call came to it and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Who calls, as the telephone network shows it: a URI.
    pub(crate) shown: Option<Box<[u8]>>,
    /// Whether that is to be shown to nobody.
    pub(crate) hidden: bool,
    /// Who diverted the call and why, as values of the header Diversion, the last one first.
    pub(crate) diversions: Vec<Box<str>>,
}

impl Target {
    /// The request as it is, by these ways.
    pub(crate) fn along(hops: Vec<Hop>) -> Target {
        Target {
            uri: None,
            path: Box::default(),
            hops,
            q_per_mille: 1000,
            registered: false,
            flow_only: false,
            others: Vec::new(),
            gateway: None,
            told: None,
        }
    }
}

/// A way to the next hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// The way that a registration came.
    Flow(Flow),
    /// An address.
    Address(Transport, SocketAddr),
    /// An address over UDP, however long the request is.
    Datagram(SocketAddr),
    /// An address over TLS, of a peer that must prove to have this name.
    Named(PeerName, SocketAddr),
    /// A name that must be resolved first.
    Name {
        /// The host.
        host: String,
        /// The port, where the URI names one.
        port: Option<u16>,
        /// The transport, where the URI names one.
        transport: Option<Transport>,
    },
}
