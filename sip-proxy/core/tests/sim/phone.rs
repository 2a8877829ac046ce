//! A phone of the simulation: both sides of its transactions, as simple as RFC 3261 lets them be.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_core::Flow;

use crate::support::credentials::sign;
use crate::support::text::{Text, param, uri_of};

pub(crate) const PASSWORD: &str = "secret";

/// A request that the phone sent.
pub(crate) struct Asked {
    pub(crate) request: Text,
    pub(crate) since: Instant,
    pub(crate) provisional: bool,
    /// Answered as far as the phone knows, or given up.
    pub(crate) done: bool,
    /// The final responses, each once: status and To tag.
    pub(crate) finals: Vec<(u16, String)>,
    /// A copy reached the proxy, so that an answer is owed.
    pub(crate) arrived: bool,
    pub(crate) tries: u32,
    /// The node died since it was sent, and knows nothing of it.
    pub(crate) forgotten: bool,
}

/// An INVITE that the phone got.
pub(crate) struct Rung {
    pub(crate) since: Instant,
    pub(crate) invite: Text,
    /// The final response, repeated until its ACK.
    pub(crate) answer: Option<Text>,
    pub(crate) acknowledged: bool,
}

pub(crate) struct Phone {
    pub(crate) user: String,
    pub(crate) flow: Flow,
    pub(crate) asked: BTreeMap<String, Asked>,
    pub(crate) rung: BTreeMap<String, Rung>,
    /// The 2xx of calls that were made, by the INVITE's branch.
    pub(crate) calls: BTreeMap<String, Text>,
    /// It hears and says nothing until then.
    pub(crate) dead_until: Option<Instant>,
    nonces: BTreeMap<String, u32>,
    number: usize,
    counter: u32,
}

impl Phone {
    pub(crate) fn new(number: usize, user: String, flow: Flow) -> Phone {
        let (asked, rung, calls) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Phone { user, flow, asked, rung, calls, dead_until: None, nonces: BTreeMap::new(), number, counter: 0 }
    }

    fn address(&self) -> SocketAddr {
        self.flow.remote
    }

    fn via(&mut self) -> String {
        self.counter += 1;
        let branch = format!("z9hG4bKp{}x{}", self.number, self.counter);
        let rport = if self.number.is_multiple_of(2) { ";rport" } else { "" };
        format!("SIP/2.0/{} {};branch={branch}{rport}", self.flow.transport.via_name(), self.address())
    }

    /// A request outside of any dialog.
    pub(crate) fn request(&mut self, method: &str, uri: &str) -> Text {
        let via = self.via();
        let mut message = Text::new(format!("{method} {uri} SIP/2.0"));
        message.add("Via", via);
        message.add("Max-Forwards", "70");
        message.add("From", format!("<sip:{}@example.com>;tag=f{}", self.user, self.number));
        let own = format!("sip:{}@example.com", self.user);
        message.add("To", format!("<{}>", if method == "REGISTER" { &own } else { uri }));
        let call = if method == "REGISTER" { 0 } else { self.counter };
        message.add("Call-ID", format!("c{}-{call}", self.number));
        message.add("CSeq", format!("{} {method}", self.counter));
        // Every other phone is preferred to those of the same account.
        let q = if method == "REGISTER" && self.number.is_multiple_of(2) { ";q=0.3" } else { "" };
        message.add("Contact", self.contact() + q);
        message
    }

    /// A request along the route set of a 2xx: the ACK keeps the number, others count on.
    pub(crate) fn in_dialog(&mut self, method: &str, ok: &Text) -> Text {
        let via = self.via();
        let target = uri_of(ok.header("Contact").unwrap_or_default()).to_owned();
        let mut message = Text::new(format!("{method} {target} SIP/2.0"));
        message.add("Via", via);
        message.add("Max-Forwards", "70");
        for route in ok.list("Record-Route").into_iter().rev() {
            message.add("Route", route);
        }
        for name in ["From", "To", "Call-ID"] {
            message.add(name, ok.header(name).unwrap_or_default());
        }
        let number = if method == "ACK" { ok.cseq() } else { ok.cseq() + 1 };
        message.add("CSeq", format!("{number} {method}"));
        message
    }

    /// The request once more, with credentials.
    pub(crate) fn with_credentials(&mut self, request: &Text, challenge: &Text) -> Text {
        let mut next = request.clone();
        let via = self.via();
        next.set("Via", via);
        next.set("CSeq", format!("{} {}", self.counter, request.method()));
        let header =
            challenge.header("WWW-Authenticate").or(challenge.header("Proxy-Authenticate")).unwrap_or_default();
        let count = self.nonces.entry(header.split("nonce=").nth(1).unwrap_or_default().to_owned()).or_default();
        *count += 1;
        sign(&mut next, challenge, &self.user, PASSWORD, *count);
        next
    }

    /// The ACK of a refusal, or a CANCEL.
    pub(crate) fn hop_by_hop(&self, method: &str, invite: &Text, to: &str) -> Text {
        let mut message = Text::new(format!("{method} {} SIP/2.0", invite.uri()));
        for name in ["Via", "Max-Forwards", "From"] {
            message.add(name, invite.header(name).unwrap_or_default());
        }
        message.add("To", to);
        message.add("Call-ID", invite.call_id());
        message.add("CSeq", format!("{} {method}", invite.cseq()));
        message
    }

    pub(crate) fn response(&self, request: &Text, status: u16) -> Text {
        let mut message = Text::new(format!("SIP/2.0 {status} Simulated"));
        for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
            for value in request.all(name) {
                message.add(name, value);
            }
        }
        if request.tag("To").is_none() {
            message.set("To", format!("{};tag=t{}", request.header("To").unwrap_or_default(), self.number));
        }
        message.add("Contact", self.contact());
        message
    }

    /// Whether nothing gets through to it or from it.
    pub(crate) fn is_dead(&self, now: Instant) -> bool {
        self.dead_until.is_some_and(|until| until > now)
    }

    fn contact(&self) -> String {
        format!("<sip:{}@{}{}>", self.user, self.address(), self.flow.transport.uri_param())
    }

    /// Notes a request that is about to be sent; gives the name by which it is known from now on.
    pub(crate) fn ask(&mut self, now: Instant, request: Text, tries: u32) -> String {
        let name = name_of(&request);
        let (provisional, done, finals, arrived) = (false, false, Vec::new(), false);
        let asked = Asked { request, since: now, provisional, done, finals, arrived, tries, forgotten: false };
        self.asked.insert(name.clone(), asked);
        name
    }
}

/// The name of a transaction: its branch, and a mark for a CANCEL, which has its INVITE's.
pub(crate) fn name_of(message: &Text) -> String {
    let branch = message.header("Via").and_then(|via| param(via, "branch")).unwrap_or_default();
    if message.method() == "CANCEL" { format!("{branch}!") } else { branch.to_owned() }
}

pub(crate) const T1: Duration = Duration::from_millis(500);
pub(crate) const T1_64: Duration = Duration::from_secs(32);
