//! A line: a socket that speaks SIP as text, for a test to hold both ends of a call and to look at every octet. It answers challenges and
//! leaves out what was sent again; all else the test says.

use std::collections::HashSet;
use std::net::{SocketAddr, UdpSocket};
use std::rc::Rc;
use std::time::Duration;

use md5::{Digest, Md5};

use crate::platform::Platform;

/// How long a test waits for a message; only a test that fails waits for so long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Line {
    socket: UdpSocket,
    proxy: SocketAddr,
    pub(crate) user: String,
    domain: String,
    password: String,
    seen: HashSet<String>,
    calls: u32,
    /// Waits until the proxy knows what was provisioned.
    known: Rc<dyn Fn()>,
}

/// A request or response.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) String);

/// An INVITE that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) uri: String,
    call_id: String,
    from: String,
    more: String,
    cseq: u32,
    via: String,
}

impl Text {
    pub(crate) fn first(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// The status of a response; 0: it is a request.
    pub(crate) fn status(&self) -> u16 {
        self.first().strip_prefix("SIP/2.0 ").map_or(0, |rest| rest[..3].parse().unwrap())
    }

    /// The Request-URI.
    pub(crate) fn uri(&self) -> &str {
        self.first().split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.0.lines().skip(1).take_while(|line| !line.is_empty());
        lines
            .filter_map(|line| line.split_once(':'))
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers(name).first().copied().unwrap_or_default()
    }
}

impl Line {
    pub(crate) fn new(platform: &Platform, user: &str, domain: &str, password: &str, known: Rc<dyn Fn()>) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let [user, domain, password] = [user, domain, password].map(str::to_owned);
        Self { socket, proxy: platform.sip, user, domain, password, seen: HashSet::new(), calls: 0, known }
    }

    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    pub(crate) fn send(&self, text: &str) {
        self.socket.send_to(text.replace('\n', "\r\n").as_bytes(), self.proxy).unwrap();
    }

    /// The next message that was not seen before.
    pub(crate) fn receive(&mut self) -> Text {
        let mut buffer = vec![0; 65_536];
        loop {
            let length = match self.socket.recv(&mut buffer) {
                Ok(length) => length,
                Err(error) => panic!("{} hears nothing: {error}", self.user),
            };
            let text = Text(String::from_utf8_lossy(&buffer[..length]).replace("\r\n", "\n"));
            if self.seen.insert(format!("{}{}{}", text.first(), text.header("Via"), text.header("CSeq"))) {
                return text;
            }
        }
    }

    /// Registers this line for its account.
    pub(crate) fn register(&mut self) {
        (self.known)();
        let mut authorization = String::new();
        self.calls += 1;
        for cseq in 1..=2 {
            let uri = format!("sip:{}", self.domain);
            self.send(&format!(
                "REGISTER {uri} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}r{calls}c{cseq};rport\nMax-Forwards: 70\n\
                 From: <sip:{user}@{domain}>;tag=r{port}\nTo: <sip:{user}@{domain}>\nCall-ID: r{port}-{calls}\nCSeq: {cseq} REGISTER\n\
                 Contact: <sip:{user}@127.0.0.1:{port}>\nExpires: 600\n{authorization}Content-Length: 0\n\n",
                port = self.port(),
                calls = self.calls,
                user = self.user,
                domain = self.domain,
            ));
            let answer = loop {
                let answer = self.receive();
                if answer.status() >= 200 {
                    break answer;
                }
            };
            if answer.status() == 200 {
                return;
            }
            assert_eq!(answer.status(), 401, "{}", answer.0);
            authorization = format!("Authorization: {}\n", self.proof(&answer, "WWW-Authenticate", "REGISTER", &uri));
        }
        panic!("{} is not registered", self.user);
    }

    /// Calls; the call is challenged where `challenged`.
    pub(crate) fn invite(&mut self, uri: &str, more: &str, challenged: bool) -> Call {
        let from = format!("<sip:{}@{}>", self.user, self.domain);
        self.invite_as(&from, uri, more, challenged)
    }

    pub(crate) fn invite_as(&mut self, from: &str, uri: &str, more: &str, challenged: bool) -> Call {
        (self.known)();
        self.calls += 1;
        let port = self.port();
        let mut call = Call {
            uri: uri.to_owned(),
            call_id: format!("c{port}-{}@127.0.0.1", self.calls),
            from: format!("{from};tag=f{port}c{}", self.calls),
            more: more.to_owned(),
            cseq: 1,
            via: String::new(),
        };
        self.send_invite(&mut call);
        if challenged {
            let refused = self.outcome(&call);
            assert_eq!(refused.status(), 407, "{}", refused.0);
            let proof = self.proof(&refused, "Proxy-Authenticate", "INVITE", uri);
            call.more = format!("{more}Proxy-Authorization: {proof}\n");
            call.cseq = 2;
            self.send_invite(&mut call);
        }
        call
    }

    fn send_invite(&self, call: &mut Call) {
        let port = self.port();
        call.via = format!("SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}i{}c{};rport", self.calls, call.cseq);
        self.send(&format!(
            "INVITE {} SIP/2.0\nVia: {}\nMax-Forwards: 70\nFrom: {}\nTo: <{}>\nCall-ID: {}\nCSeq: {} INVITE\n\
             Contact: <sip:{}@127.0.0.1:{port}>\n{}Content-Length: 0\n\n",
            call.uri, call.via, call.from, call.uri, call.call_id, call.cseq, self.user, call.more,
        ));
    }

    /// The final answer to a call, acknowledged where it is a refusal.
    pub(crate) fn outcome(&mut self, call: &Call) -> Text {
        loop {
            let answer = self.receive();
            let is_it =
                answer.header("Call-ID") == call.call_id && answer.header("CSeq") == format!("{} INVITE", call.cseq);
            if !is_it || answer.status() < 200 {
                continue;
            }
            if answer.status() >= 300 {
                self.send(&format!(
                    "ACK {} SIP/2.0\nVia: {}\nMax-Forwards: 70\nFrom: {}\nTo: {}\nCall-ID: {}\nCSeq: {} ACK\nContent-Length: 0\n\n",
                    call.uri,
                    call.via,
                    call.from,
                    answer.header("To"),
                    call.call_id,
                    call.cseq,
                ));
            }
            return answer;
        }
    }

    /// A request within a call that was answered: along its route to where the other end is.
    pub(crate) fn within(&mut self, call: &Call, answer: &Text, method: &str, cseq: u32) {
        let contact = answer.header("Contact").trim_matches(['<', '>']).to_owned();
        let routes: String =
            answer.headers("Record-Route").iter().rev().map(|route| format!("Route: {route}\n")).collect();
        let cseq = if method == "ACK" { call.cseq } else { cseq };
        self.send(&format!(
            "{method} {contact} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}{method}{calls}c{cseq};rport\n\
             Max-Forwards: 70\n{routes}From: {}\nTo: {}\nCall-ID: {}\nCSeq: {cseq} {method}\nContent-Length: 0\n\n",
            call.from,
            answer.header("To"),
            call.call_id,
            port = self.port(),
            calls = self.calls,
        ));
    }

    /// The next request of that method; others are passed over.
    pub(crate) fn next(&mut self, method: &str) -> Text {
        loop {
            let text = self.receive();
            if text.first().starts_with(&format!("{method} ")) {
                return text;
            }
        }
    }

    /// Answers a request.
    pub(crate) fn answer(&self, request: &Text, status: u16, more: &str) {
        let copied =
            |name: &str| -> String { request.headers(name).iter().map(|value| format!("{name}: {value}\n")).collect() };
        let to = request.header("To");
        let tag = if to.contains(";tag=") { String::new() } else { format!(";tag=t{}", self.port()) };
        let contact = format!("Contact: <sip:{}@127.0.0.1:{}>\n", self.user, self.port());
        let contact = if (200..300).contains(&status) && !more.contains("Contact:") { contact } else { String::new() };
        self.send(&format!(
            "SIP/2.0 {status} Said so\n{}{}From: {}\nTo: {to}{tag}\nCall-ID: {}\nCSeq: {}\n{contact}{more}Content-Length: 0\n\n",
            copied("Via"),
            copied("Record-Route"),
            request.header("From"),
            request.header("Call-ID"),
            request.header("CSeq"),
        ));
    }

    fn proof(&self, challenge: &Text, name: &str, method: &str, uri: &str) -> String {
        let is_md5 = |value: &&&str| !value.contains("SHA-256");
        let challenges = challenge.headers(name);
        let value = challenges.iter().find(is_md5).unwrap();
        let param = |name: &str| {
            let rest = value.split(&format!("{name}=")).nth(1).unwrap_or_default();
            rest.trim_start_matches('"').split(['"', ',']).next().unwrap_or_default().to_owned()
        };
        let (realm, nonce) = (param("realm"), param("nonce"));
        let md5 = |text: String| Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let ha1 = md5(format!("{}:{realm}:{}", self.user, self.password));
        let ha2 = md5(format!("{method}:{uri}"));
        let response = md5(format!("{ha1}:{nonce}:00000001:c:auth:{ha2}"));
        format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5, \
             qop=auth, nc=00000001, cnonce=\"c\"",
            self.user
        )
    }
}

/// Which of these lines is offered a call first; it refuses that as busy.
pub(crate) fn first_of(lines: &mut [Line]) -> usize {
    for line in &mut *lines {
        line.socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    }
    let mut buffer = vec![0; 65_536];
    for _ in 0..PATIENCE.as_millis() / 20 {
        for (place, line) in lines.iter_mut().enumerate() {
            let Ok(length) = line.socket.recv(&mut buffer) else { continue };
            let text = Text(String::from_utf8_lossy(&buffer[..length]).replace("\r\n", "\n"));
            if text.first().starts_with("INVITE ") && line.seen.insert(text.header("Via").to_owned()) {
                line.answer(&text, 486, "");
                return place;
            }
        }
    }
    panic!("nobody is offered the call");
}
