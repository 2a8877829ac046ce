//! What is provisioned decides calls: each row of the feature list is provisioned over SOAP and seen on the wire. The numbers in the names
//! are the rows'.

use std::cell::Cell;
use std::net::{SocketAddr, UdpSocket};
use std::rc::Rc;
use std::time::Duration;

use crate::line::{Line, Text};
use crate::platform::Platform;
use crate::soap::{Answer, Client, sip_id};
use crate::wait;

mod callees;
mod explained;
mod telephone;

const DOMAIN: &str = "example.com";
const PASSWORD: &str = "the password of everybody";

/// A platform with a domain of nobody's, and its administrator.
struct Site {
    platform: Platform,
    soap: Rc<Provisioner>,
}

/// The administrator, and what the proxy has still to learn of what it provisioned.
struct Provisioner {
    client: Client,
    sip: SocketAddr,
    unknown: Cell<bool>,
    markers: Cell<u32>,
}

impl Provisioner {
    fn must(&self, operation: &str, parameters: &str) -> Answer {
        self.unknown.set(true);
        self.client.must(operation, parameters)
    }

    /// Waits until the proxy has learnt everything: changes come in order, so what was written last is known last.
    fn learn(&self) {
        if !self.unknown.replace(false) {
            return;
        }
        self.markers.set(self.markers.get() + 1);
        let marker = format!("marker{}.example", self.markers.get());
        self.client.must("Sip.addDomain", &format!("<domain><domain>{marker}</domain></domain>"));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let port = socket.local_addr().unwrap().port();
        let mut asked = 0;
        wait::until(60, "the proxy knows what was provisioned", || {
            asked += 1;
            let text = format!(
                "OPTIONS sip:{marker} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{marker}{asked};rport\r\nMax-Forwards: 70\r\n\
                 From: <sip:test@127.0.0.1>;tag=m\r\nTo: <sip:{marker}>\r\nCall-ID: {marker}{asked}\r\nCSeq: 1 OPTIONS\r\n\
                 Content-Length: 0\r\n\r\n"
            );
            socket.send_to(text.as_bytes(), self.sip).unwrap();
            let mut buffer = [0; 4096];
            let length = socket.recv(&mut buffer).ok()?;
            buffer[..length].starts_with(b"SIP/2.0 200 ").then_some(())
        });
    }
}

impl Site {
    fn new() -> Self {
        Self::of(Platform::prepare())
    }

    fn of(platform: Platform) -> Self {
        let platform = platform.started();
        let (client, sip) = (platform.administrator(), platform.sip);
        let soap = Rc::new(Provisioner { client, sip, unknown: Cell::new(true), markers: Cell::new(0) });
        soap.must("Sip.addDomain", &format!("<domain><domain>{DOMAIN}</domain></domain>"));
        Self { platform, soap }
    }

    /// Makes an account; `more` is what else stands in it.
    fn account(&self, user: &str, more: &str) -> Line {
        self.soap.must("Sip.addAccount", &account(user, more));
        self.line(user, DOMAIN)
    }

    /// A line of that account.
    fn line(&self, user: &str, domain: &str) -> Line {
        let soap = Rc::clone(&self.soap);
        Line::new(&self.platform, user, domain, PASSWORD, Rc::new(move || soap.learn()))
    }

    /// A line of nobody.
    fn bare(&self) -> Line {
        self.line("gateway", "gateway.invalid")
    }

    /// An account with a phone.
    fn phone(&self, user: &str, more: &str) -> Line {
        let mut line = self.account(user, more);
        line.register();
        line
    }

    fn update(&self, user: &str, more: &str) {
        self.soap.must("Sip.updateAccount", &account(user, more));
    }

    fn divert(&self, user: &str, diversions: &str) {
        let of = sip_id("sipId", user, DOMAIN);
        self.soap.must("Sip.setCallDiversions", &format!("{of}<diversions>{diversions}</diversions>"));
    }

    fn carrier(&self, name: &str) -> String {
        let made = self.soap.must("Sip.addCarrier", &format!("<carrier><name>{name}</name></carrier>"));
        made.element("id").unwrap()
    }

    /// A gateway of that carrier at that port; its id.
    fn gateway(&self, carrier: &str, name: &str, port: u16) -> String {
        let made = self.soap.must(
            "Sip.addGateway",
            &format!("<gateway><name>{name}</name><carrier_id>{carrier}</carrier_id><transport>udp</transport><ip>127.0.0.1</ip><port>{port}</port></gateway>"),
        );
        made.element("id").unwrap()
    }

    fn rule(&self, gateway: &str, rule: &str) {
        self.soap.must("Sip.addGatewayRule", &format!("<rule><gateway_id>{gateway}</gateway_id>{rule}</rule>"));
    }

    fn route(&self, carrier: &str, prefix: &str, more: &str) {
        self.soap.must(
            "Sip.addRoutes",
            &format!("<routes><item><carrier_id>{carrier}</carrier_id><prefix>{prefix}</prefix>{more}</item></routes>"),
        );
    }

    /// A carrier with one gateway, which is returned, for all numbers with that prefix.
    fn way(&self, name: &str, prefix: &str, more: &str) -> Line {
        let gateway = self.bare();
        let carrier = self.carrier(name);
        self.gateway(&carrier, name, gateway.port());
        self.route(&carrier, prefix, more);
        gateway
    }
}

fn account(user: &str, more: &str) -> String {
    let id = sip_id("id", user, DOMAIN);
    format!("<account>{id}<password>{PASSWORD}</password>{more}</account>")
}

fn groups(names: &[&str]) -> String {
    let items: String = names.iter().map(|name| format!("<item>{name}</item>")).collect();
    format!("<groups>{items}</groups>")
}

fn at(user: &str) -> String {
    format!("sip:{user}@{DOMAIN}")
}

/// The caller's call is offered to `callee`, which refuses it; what the callee got, and what the caller heard.
fn refused_by(caller: &mut Line, dialled: &str, callee: &mut Line, status: u16) -> (Text, Text) {
    let call = caller.invite(&at(dialled), "", true);
    let offered = callee.next("INVITE");
    callee.answer(&offered, status, "");
    (offered, caller.outcome(&call))
}

/// What the caller hears of a call that nobody is offered.
fn outcome(caller: &mut Line, dialled: &str) -> Text {
    let call = caller.invite(&at(dialled), "", true);
    caller.outcome(&call)
}
