//! A phone of a flow file: where it is, what it sent and heard, and the messages that it makes from that.

use std::net::SocketAddr;
use std::num::NonZeroU64;

use sip_core::{ConnectionId, Flow, ListenerId, Transport};

use crate::support::credentials::{sign, sign_for};
use crate::support::text::{Text, uri_of};

/// A dialog as one of its ends knows it.
#[derive(Clone)]
struct Dialog {
    local: String,
    remote: String,
    target: String,
    routes: Vec<String>,
    call_id: String,
}

pub(crate) struct Phone {
    pub(crate) name: String,
    pub(crate) aor: String,
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
    /// The open connection, if there is one.
    pub(crate) connection: Option<ConnectionId>,
    /// Nothing can be delivered to it.
    pub(crate) unreachable: bool,
    /// Heard and not yet expected by the file.
    pub(crate) unread: Vec<Text>,
    /// All that was heard.
    pub(crate) heard: Vec<(Vec<u8>, Text)>,
    sent: Vec<Text>,
    dialog: Option<Dialog>,
    call_id: String,
    cseq: u32,
    branches: u32,
    nonce_count: u32,
}

impl Phone {
    pub(crate) fn new(name: &str, aor: String, transport: Transport, address: SocketAddr) -> Phone {
        Phone {
            name: name.to_owned(),
            aor,
            transport,
            address,
            connection: None,
            unreachable: false,
            unread: Vec::new(),
            heard: Vec::new(),
            sent: Vec::new(),
            dialog: None,
            call_id: format!("{name}-1"),
            cseq: 0,
            branches: 0,
            nonce_count: 0,
        }
    }

    /// The way from the proxy to this phone; over TCP the open connection, if there is one.
    pub(crate) fn flow(&self) -> Flow {
        let family = if self.address.is_ipv6() { Transport::ALL.len() as u16 } else { 0 };
        let listener = ListenerId(family + self.transport as u16);
        Flow { connection: self.connection, ..Flow::to(self.transport, listener, self.address) }
    }

    pub(crate) fn connect(&mut self, number: u64) {
        if self.transport.is_reliable() && self.connection.is_none() {
            self.connection = NonZeroU64::new(number).map(ConnectionId);
        }
    }

    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        let message = Text::read(bytes);
        if message.status().is_some_and(|status| (200..300).contains(&status)) && message.method() == "INVITE" {
            self.dialog = Some(Dialog {
                local: message.header("From").unwrap_or_default().to_owned(),
                remote: message.header("To").unwrap_or_default().to_owned(),
                target: uri_of(message.header("Contact").unwrap_or_default()).to_owned(),
                routes: message.list("Record-Route").into_iter().rev().collect(),
                call_id: message.call_id().to_owned(),
            });
        }
        self.heard.push((bytes.to_vec(), message.clone()));
        self.unread.push(message);
    }

    pub(crate) fn remember(&mut self, message: &Text) {
        let answers_invite = message.status().is_some_and(|status| (200..300).contains(&status));
        if answers_invite && message.method() == "INVITE" {
            let invite = self.last_heard_request(Some("INVITE"));
            self.dialog = Some(Dialog {
                local: message.header("To").unwrap_or_default().to_owned(),
                remote: message.header("From").unwrap_or_default().to_owned(),
                target: uri_of(invite.header("Contact").unwrap_or_default()).to_owned(),
                routes: message.list("Record-Route"),
                call_id: message.call_id().to_owned(),
            });
        }
        self.sent.push(message.clone());
    }

    /// A message that was sent before, to be sent again.
    pub(crate) fn again(&self, start: &str) -> Text {
        let fits = |message: &&Text| message.start.trim_start_matches("SIP/2.0 ").starts_with(start);
        self.sent.iter().rev().find(fits).unwrap_or_else(|| panic!("{} never sent {start}", self.name)).clone()
    }

    /// A new call: another Call-ID, counted anew.
    pub(crate) fn new_call(&mut self) {
        let number: u32 = self.call_id.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        self.call_id = format!("{}-{}", self.name, number + 1);
        self.cseq = 0;
    }

    pub(crate) fn request(&mut self, method: &str, uri: Option<&str>, in_dialog: bool) -> Text {
        match method {
            "ACK" => self.ack(uri),
            "CANCEL" => self.cancel("INVITE"),
            "BYE" if uri.is_none() => self.in_dialog(method, uri),
            _ if in_dialog => self.in_dialog(method, uri),
            _ => self.fresh(method, uri),
        }
    }

    fn begin(&mut self, method: &str, uri: &str) -> Text {
        let mut message = Text::new(format!("{method} {uri} SIP/2.0"));
        self.branches += 1;
        let via = format!(
            "SIP/2.0/{} {};branch=z9hG4bK-{}-{}",
            self.transport.via_name(),
            self.address,
            self.name,
            self.branches
        );
        message.add("Via", via);
        message.add("Max-Forwards", "70");
        message
    }

    fn fresh(&mut self, method: &str, uri: Option<&str>) -> Text {
        let home = self.aor.split('@').nth(1).unwrap_or_default().to_owned();
        let registrar = format!("sip:{home}");
        let uri = uri.unwrap_or(&registrar);
        let mut message = self.begin(method, uri);
        let from = format!("<sip:{}>;tag={}", self.aor, self.name);
        let to = if method == "REGISTER" { format!("<sip:{}>", self.aor) } else { format!("<{uri}>") };
        self.cseq += 1;
        message.add("From", from);
        message.add("To", to);
        message.add("Call-ID", self.call_id.clone());
        message.add("CSeq", format!("{} {method}", self.cseq));
        if matches!(method, "INVITE" | "SUBSCRIBE" | "REGISTER") {
            message.add("Contact", self.contact());
        }
        message
    }

    fn in_dialog(&mut self, method: &str, uri: Option<&str>) -> Text {
        let dialog = self.dialog.clone().unwrap_or_else(|| panic!("{} is in no dialog", self.name));
        let mut message = self.begin(method, uri.unwrap_or(&dialog.target));
        self.cseq += 1;
        for route in &dialog.routes {
            message.add("Route", route.clone());
        }
        message.add("From", dialog.local);
        message.add("To", dialog.remote);
        message.add("Call-ID", dialog.call_id);
        message.add("CSeq", format!("{} {method}", self.cseq));
        if method == "INVITE" {
            message.add("Contact", self.contact());
        }
        message
    }

    fn ack(&mut self, uri: Option<&str>) -> Text {
        let invite = self.again("INVITE");
        let last = |(_, message): &&(Vec<u8>, Text)| {
            message.method() == "INVITE" && message.status() >= Some(200) && message.call_id() == invite.call_id()
        };
        let Some((_, response)) = self.heard.iter().rev().find(last).cloned() else {
            return follow_up(&invite, "ACK", invite.header("To").unwrap_or_default());
        };
        let to = response.header("To").unwrap_or_default().to_owned();
        if response.status() >= Some(300) {
            return follow_up(&invite, "ACK", &to);
        }
        let mut ack = self.in_dialog("ACK", uri);
        self.cseq -= 1;
        ack.set("CSeq", format!("{} ACK", invite.cseq()));
        ack.set("To", to);
        ack
    }

    /// The CANCEL of the last request of that method.
    pub(crate) fn cancel(&mut self, method: &str) -> Text {
        let request = self.again(method);
        follow_up(&request, "CANCEL", request.header("To").unwrap_or_default())
    }

    pub(crate) fn response(&mut self, status: u16, reason: &str, method: Option<&str>) -> Text {
        let request = self.last_heard_request(method);
        let mut message = Text::new(format!("SIP/2.0 {status} {reason}"));
        for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
            for value in request.all(name).filter(|_| name != "Record-Route" || (101..300).contains(&status)) {
                message.add(name, value);
            }
        }
        if status > 100 && request.tag("To").is_none() {
            message.set("To", format!("{};tag={}", request.header("To").unwrap_or_default(), self.name));
        }
        if request.method() == "INVITE" && (101..300).contains(&status) {
            message.add("Contact", self.contact());
        }
        message
    }

    fn last_heard_request(&self, method: Option<&str>) -> Text {
        let fits = |message: &&Text| {
            message.status().is_none() && method.map_or(message.method() != "ACK", |method| message.method() == method)
        };
        let heard = self.heard.iter().rev().map(|(_, message)| message);
        heard.clone().find(fits).unwrap_or_else(|| panic!("{} heard no such request", self.name)).clone()
    }

    /// Adds credentials for the last challenge that was heard.
    pub(crate) fn sign(&mut self, message: &mut Text, password: &str, name: Option<&str>) {
        let challenged = |(_, message): &&(Vec<u8>, Text)| matches!(message.status(), Some(401 | 407));
        let (_, challenge) = self.heard.iter().rev().find(challenged).expect("a challenge was heard");
        let challenge = challenge.clone();
        let user = name.unwrap_or_else(|| self.aor.split('@').next().unwrap_or_default());
        self.nonce_count += 1;
        sign(message, &challenge, user, password, self.nonce_count);
    }

    /// The same, made for another address than the request's.
    pub(crate) fn sign_for(&mut self, message: &mut Text, password: &str, uri: &str) {
        let challenged = |(_, message): &&(Vec<u8>, Text)| matches!(message.status(), Some(401 | 407));
        let (_, challenge) = self.heard.iter().rev().find(challenged).expect("a challenge was heard");
        let challenge = challenge.clone();
        let user = self.aor.split('@').next().unwrap_or_default().to_owned();
        self.nonce_count += 1;
        sign_for(message, &challenge, (&user, password), self.nonce_count, uri);
    }

    fn contact(&self) -> String {
        let user = self.aor.split('@').next().unwrap_or_default();
        format!("<sip:{user}@{}{}>", self.address, self.transport.uri_param())
    }
}

/// An ACK or CANCEL of the same hop: the INVITE's Via, routes and number.
fn follow_up(invite: &Text, method: &str, to: &str) -> Text {
    let mut message = Text::new(format!("{method} {} SIP/2.0", invite.uri()));
    for name in ["Via", "Route", "Max-Forwards", "From"] {
        for value in invite.all(name) {
            message.add(name, value);
        }
    }
    message.add("To", to);
    message.add("Call-ID", invite.call_id());
    message.add("CSeq", format!("{} {method}", invite.cseq()));
    message
}
