//! Whoever is no phone: sends what it likes from an address of its own, and hears what it is told.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use sip_core::digest::Algorithm;

use crate::client::DOMAIN;
use crate::proxy::{PATIENCE, now};

/// RFC 3261 §17.1.1.2: after so long a request is sent again.
const T1: Duration = Duration::from_millis(500);

pub(crate) struct Attacker {
    socket: UdpSocket,
    proxy: SocketAddr,
    sent: u32,
    pub(crate) agent: String,
}

impl Attacker {
    pub(crate) fn at(ip: &str, proxy: SocketAddr) -> Attacker {
        let ip: IpAddr = ip.parse().expect("an address");
        let socket = UdpSocket::bind((ip, 0)).expect("a loopback address");
        Attacker { socket, proxy, sent: 0, agent: "phone".to_owned() }
    }

    pub(crate) fn at_proxy(&mut self, proxy: SocketAddr) {
        self.proxy = proxy;
    }

    /// A request with nothing that need not be there.
    pub(crate) fn text(&mut self, method: &str, user: &str, more: &str) -> String {
        self.sent += 1;
        let (number, local) = (self.sent, self.socket.local_addr().expect("bound"));
        let agent = &self.agent;
        format!(
            "{method} sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bK{number}-{}\r\n\
             From: <sip:{user}@{DOMAIN}>;tag=1\r\nTo: <sip:{user}@{DOMAIN}>\r\nCall-ID: {number}@{local}\r\n\
             CSeq: {number} {method}\r\nMax-Forwards: 70\r\nUser-Agent: {agent}\r\n{more}Content-Length: 0\r\n\r\n",
            local.port(),
        )
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.proxy).expect("sent");
    }

    /// The final answer to a request, which is repeated as over a network that loses messages; none when nobody answers for long.
    pub(crate) fn ask(&self, text: &str, patience: Duration) -> Option<String> {
        let call_id = text.lines().find(|line| line.starts_with("Call-ID")).expect("a Call-ID").to_owned();
        let until = now() + patience;
        self.socket.set_read_timeout(Some(T1.min(patience))).expect("set");
        let mut buffer = [0; 65_535];
        while now() < until {
            self.send(text.as_bytes());
            while let Ok(length) = self.socket.recv(&mut buffer) {
                let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if answer.contains(&call_id) && !answer.starts_with("SIP/2.0 1") {
                    return Some(answer);
                }
            }
        }
        None
    }

    /// Tries a password for an account; the final answer.
    pub(crate) fn guess(&mut self, user: &str, password: &str) -> Option<String> {
        let first = self.text("REGISTER", user, "");
        let challenge = self.ask(&first, PATIENCE)?;
        let credentials = answer_to(&challenge, "REGISTER", user, password);
        let second = self.text("REGISTER", user, &credentials);
        self.ask(&second, PATIENCE)
    }
}

/// The Authorization header for a challenge.
pub(crate) fn answer_to(challenge: &str, method: &str, user: &str, password: &str) -> String {
    let header = challenge.lines().find(|line| line.contains("algorithm=MD5")).expect("a challenge for MD5");
    let nonce = header.split_once("nonce=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a nonce").0;
    let uri = format!("sip:{DOMAIN}");
    let hash = |parts: &[&str]| {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        String::from_utf8_lossy(Algorithm::Md5.hash(&parts).as_bytes()).into_owned()
    };
    let (ha1, ha2) = (hash(&[user, DOMAIN, password]), hash(&[method, &uri]));
    let response = hash(&[&ha1, nonce, &ha2]);
    format!(
        "Authorization: Digest username=\"{user}\",realm=\"{DOMAIN}\",nonce=\"{nonce}\",uri=\"{uri}\",response=\"{response}\"\r\n"
    )
}
