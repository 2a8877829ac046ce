//! A phone that registers: as much SIP as these tests need, over any transport.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use sip_core::digest::Algorithm;

use crate::proxy::{PATIENCE, now};

pub(crate) const DOMAIN: &str = "example.com";

/// Octets that go both ways.
pub(crate) trait Octets: Read + Write + Send {}
impl<T: Read + Write + Send> Octets for T {}

enum Line {
    Udp(UdpSocket, SocketAddr),
    Stream(&'static str, Box<dyn Octets>, Vec<u8>),
    Frames(&'static str, Box<WebSocket<Box<dyn Octets>>>),
}

pub(crate) struct Phone {
    user: String,
    password: String,
    line: Line,
    local: SocketAddr,
    cseq: u32,
    call_id: String,
    calls: Vec<String>,
}

/// A response, as far as it is looked at.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// The values of a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.text.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(found, _)| found.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }
}

impl Phone {
    pub(crate) fn udp(proxy: SocketAddr, user: &str, password: &str) -> Phone {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(PATIENCE)).expect("set");
        let local = socket.local_addr().expect("bound");
        Phone::new(Line::Udp(socket, proxy), local, user, password)
    }

    pub(crate) fn tcp(proxy: SocketAddr, user: &str, password: &str) -> Phone {
        let (stream, local) = connected(proxy);
        Phone::new(Line::Stream("TCP", Box::new(stream), Vec::new()), local, user, password)
    }

    /// Over TLS, to who is expected to have that name.
    pub(crate) fn tls(proxy: SocketAddr, name: &str, config: Arc<ClientConfig>, user: &str, password: &str) -> Phone {
        let (stream, local) = secured(proxy, name, config);
        Phone::new(Line::Stream("TLS", stream, Vec::new()), local, user, password)
    }

    pub(crate) fn ws(proxy: SocketAddr, user: &str, password: &str) -> Phone {
        let (stream, local) = connected(proxy);
        let socket = websocket(Box::new(stream), Some("sip"), None).expect("a WebSocket");
        Phone::new(Line::Frames("WS", Box::new(socket)), local, user, password)
    }

    pub(crate) fn wss(proxy: SocketAddr, name: &str, config: Arc<ClientConfig>, user: &str, password: &str) -> Phone {
        let (stream, local) = secured(proxy, name, config);
        let socket = websocket(stream, Some("sip"), None).expect("a WebSocket");
        Phone::new(Line::Frames("WSS", Box::new(socket)), local, user, password)
    }

    /// The WebSocket itself.
    pub(crate) fn frames(&mut self) -> &mut WebSocket<Box<dyn Octets>> {
        match &mut self.line {
            Line::Frames(_, socket) => socket,
            Line::Udp(..) | Line::Stream(..) => panic!("no WebSocket"),
        }
    }

    fn new(line: Line, local: SocketAddr, user: &str, password: &str) -> Phone {
        let call_id = format!("{}-{}", local.port(), user);
        Phone { user: user.to_owned(), password: password.to_owned(), line, local, cseq: 0, call_id, calls: Vec::new() }
    }

    /// Where it is.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// The Contact that it registers.
    pub(crate) fn contact(&self) -> String {
        match self.line {
            // RFC 7118 §5: a browser has no address that means anything to others.
            Line::Frames(..) => format!("sip:{}@p{}.invalid;transport=ws", self.user, self.local.port()),
            Line::Stream("TLS", ..) => format!("sip:{}@{};transport=tls", self.user, self.local),
            Line::Udp(..) | Line::Stream(..) => format!("sip:{}@{}", self.user, self.local),
        }
    }

    /// Registers its contact, as often as a slow database makes the proxy ask it to come back; answers the last response.
    pub(crate) fn register(&mut self) -> Answer {
        let until = now() + PATIENCE;
        loop {
            let answer = self.register_once();
            if answer.status != 503 || now() > until {
                return answer;
            }
        }
    }

    /// Registers its contact; answers the last response.
    pub(crate) fn register_once(&mut self) -> Answer {
        let contact = format!("Contact: <{}>\r\nExpires: 600\r\n", self.contact());
        self.request("REGISTER", &contact)
    }

    /// Registers nothing: only asks.
    pub(crate) fn ask(&mut self) -> Answer {
        self.request("REGISTER", "")
    }

    /// Asks which contacts are registered.
    pub(crate) fn registered(&mut self) -> Vec<String> {
        let answer = self.ask();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let contacts = answer.headers("Contact").into_iter().flat_map(|line| line.split(','));
        contacts.filter_map(|value| Some(value.split_once('<')?.1.split_once('>')?.0.to_owned())).collect()
    }

    /// Sends a request to the domain; when challenged, sends it again with credentials.
    pub(crate) fn request(&mut self, method: &str, more: &str) -> Answer {
        let first = self.exchange(method, more, "");
        if first.status != 401 {
            return first;
        }
        let credentials = self.credentials(method, &first);
        self.exchange(method, more, &credentials)
    }

    /// Sends a request with the credentials that its challenge asks for, and leaves the last answer unread.
    pub(crate) fn send_without_reading(&mut self, method: &str, more: &str) {
        let challenge = self.exchange(method, more, "");
        assert_eq!(challenge.status, 401, "{}", challenge.text);
        let credentials = self.credentials(method, &challenge);
        self.cseq += 1;
        let text = self.text(method, more, &credentials);
        self.send(text.as_bytes());
    }

    fn exchange(&mut self, method: &str, more: &str, credentials: &str) -> Answer {
        self.cseq += 1;
        let text = self.text(method, more, credentials);
        self.send(text.as_bytes());
        self.final_answer(method)
    }

    /// The final answer to the last request, which had this method.
    pub(crate) fn final_answer(&mut self, method: &str) -> Answer {
        loop {
            let answer = self.receive();
            if answer.headers("CSeq") == [format!("{} {method}", self.cseq)] && answer.status >= 200 {
                return answer;
            }
        }
    }

    /// Calls somebody of the domain; the answer is to be fetched with [`Phone::final_answer`].
    pub(crate) fn call(&mut self, to: &str) {
        self.call_with(to, "");
    }

    /// As [`Phone::call`], with more header lines.
    pub(crate) fn call_with(&mut self, to: &str, more: &str) {
        let invite = |phone: &mut Phone, credentials: &str| {
            phone.cseq += 1;
            let contact = format!("Contact: <{}>\r\n{more}", phone.contact());
            let text = phone.text("INVITE", &contact, credentials);
            let text = text.replace(&format!("INVITE sip:{DOMAIN}"), &format!("INVITE sip:{to}@{DOMAIN}"));
            let own = format!("To: <sip:{}@", phone.user);
            phone.send(text.replace(&own, &format!("To: <sip:{to}@")).as_bytes());
        };
        invite(self, "");
        let challenge = self.final_answer("INVITE");
        assert_eq!(challenge.status, 407, "{}", challenge.text);
        let credentials = self.credentials("INVITE", &challenge).replace("Authorization:", "Proxy-Authorization:");
        invite(self, &credentials);
    }

    /// The next INVITE that is not one that came before.
    pub(crate) fn called(&mut self) -> String {
        loop {
            let text = self.receive_text();
            let invite = Answer { status: 0, text: text.clone() };
            let cseq = [invite.headers("Call-ID"), invite.headers("CSeq")].concat().concat();
            if text.starts_with("INVITE ") && !self.calls.contains(&cseq) {
                self.calls.push(cseq);
                return text;
            }
        }
    }

    /// The next request of this method.
    pub(crate) fn requested(&mut self, method: &str) -> String {
        loop {
            let text = self.receive_text();
            if text.starts_with(&format!("{method} ")) {
                return text;
            }
        }
    }

    /// Acknowledges an answer to its call.
    pub(crate) fn acknowledge(&mut self, answer: &Answer) {
        let routes: Vec<&str> = answer.headers("Record-Route").into_iter().flat_map(|line| line.split(',')).collect();
        let routes: String = routes.iter().rev().map(|route| format!("Route: {}\r\n", route.trim())).collect();
        let text = self.text("ACK", &routes, "");
        let contact = answer.headers("Contact").concat();
        let target = contact.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("a contact").0;
        let text = text.replace(&format!("ACK sip:{DOMAIN}"), &format!("ACK {target}"));
        let own = text.lines().find(|line| line.starts_with("To: ")).expect("a To").to_owned();
        self.send(text.replace(&own, &format!("To: {}", answer.headers("To").concat())).as_bytes());
    }

    /// Ends a call that came.
    pub(crate) fn hang_up(&mut self, invite: &str) {
        self.cseq += 1;
        let invite = Answer { status: 0, text: invite.to_owned() };
        let field = |name: &str| invite.headers(name).concat();
        let routes: String = invite.headers("Record-Route").iter().map(|route| format!("Route: {route}\r\n")).collect();
        let contact = field("Contact");
        let target = contact.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("a contact").0;
        let (cseq, branch) = (self.cseq, field("Call-ID"));
        let via = self.text("BYE", "", "").lines().nth(1).expect("a Via").to_owned();
        self.send(
            format!(
                "BYE {target} SIP/2.0\r\n{via}{branch}\r\nFrom: {};tag=2\r\nTo: {}\r\nCall-ID: {branch}\r\nCSeq: {cseq} BYE\r\n\
                 Max-Forwards: 70\r\n{routes}Content-Length: 0\r\n\r\n",
                field("To"),
                field("From"),
            )
            .as_bytes(),
        );
    }

    /// Sends a request in the dialog that this answer made.
    pub(crate) fn in_dialog(&mut self, method: &str, answer: &Answer) {
        self.cseq += 1;
        let mut routes: Vec<&str> = answer.headers("Record-Route").iter().flat_map(|line| line.split(',')).collect();
        routes.reverse();
        let more: String = routes.iter().map(|route| format!("Route: {}\r\n", route.trim())).collect();
        let uri = answer.headers("Contact").concat().trim_start_matches('<').trim_end_matches('>').to_owned();
        let text =
            self.text(method, &more, "").replace(&format!("{method} sip:{DOMAIN} "), &format!("{method} {uri} "));
        let own = format!("To: <sip:{}@{DOMAIN}>", self.user);
        self.send(text.replace(&own, &format!("To: {}", answer.headers("To").concat())).as_bytes());
    }

    /// Is challenged by this proxy, and gives its proof to another one.
    pub(crate) fn registers_across(&mut self, other: SocketAddr) -> Answer {
        let contact = format!("Contact: <{}>\r\nExpires: 600\r\n", self.contact());
        let challenge = self.exchange("REGISTER", &contact, "");
        if challenge.status != 401 {
            return challenge;
        }
        let credentials = self.credentials("REGISTER", &challenge);
        self.moves_to(other);
        self.exchange("REGISTER", &contact, &credentials)
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, request: &str, status: &str) {
        let kept = ["via", "from", "to", "call-id", "cseq", "record-route"];
        let lines = request.lines().skip(1).filter(|line| {
            line.split_once(':').is_some_and(|(name, _)| kept.contains(&name.trim().to_ascii_lowercase().as_str()))
        });
        let head: Vec<&str> = lines.collect();
        let contact = self.contact();
        let text =
            format!("SIP/2.0 {status}\r\n{}\r\nContact: <{contact}>\r\nContent-Length: 0\r\n\r\n", head.join("\r\n"));
        self.send(text.replace(&format!("{DOMAIN}>\r\nCall"), &format!("{DOMAIN}>;tag=2\r\nCall")).as_bytes());
    }

    /// A request of this phone.
    pub(crate) fn text(&self, method: &str, more: &str, credentials: &str) -> String {
        let Phone { user, local, cseq, call_id, .. } = self;
        let transport = match self.line {
            Line::Udp(..) => "UDP",
            Line::Stream(name, ..) | Line::Frames(name, _) => name,
        };
        format!(
            "{method} sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/{transport} {local};rport;branch=z9hG4bK-{call_id}-{cseq}-{method}\r\n\
             From: <sip:{user}@{DOMAIN}>;tag=1\r\nTo: <sip:{user}@{DOMAIN}>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
             Max-Forwards: 70\r\n{credentials}{more}Content-Length: 0\r\n\r\n"
        )
    }

    fn credentials(&self, method: &str, challenge: &Answer) -> String {
        let challenges = [challenge.headers("WWW-Authenticate"), challenge.headers("Proxy-Authenticate")].concat();
        let header = challenges.iter().find(|value| value.contains("MD5")).expect("a challenge for MD5");
        let nonce = header.split_once("nonce=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a nonce").0;
        let (user, uri) = (&self.user, format!("sip:{DOMAIN}"));
        let hash = |parts: &[&str]| {
            let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
            String::from_utf8_lossy(Algorithm::Md5.hash(&parts).as_bytes()).into_owned()
        };
        let ha1 = hash(&[user, DOMAIN, &self.password]);
        let ha2 = hash(&[method, &uri]);
        let response = hash(&[&ha1, nonce, "00000001", "cn", "auth", &ha2]);
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"{DOMAIN}\", nonce=\"{nonce}\", uri=\"{uri}\", \
             response=\"{response}\", algorithm=MD5, cnonce=\"cn\", qop=auth, nc=00000001\r\n"
        )
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        match &mut self.line {
            Line::Udp(socket, proxy) => drop(socket.send_to(bytes, *proxy).expect("sent")),
            Line::Stream(_, stream, _) => {
                stream.write_all(bytes).expect("sent");
                stream.flush().expect("sent");
            }
            Line::Frames(_, socket) => {
                let text = String::from_utf8(bytes.to_vec()).expect("text");
                socket.send(Message::text(text)).expect("sent");
            }
        }
    }

    /// The next response.
    pub(crate) fn receive(&mut self) -> Answer {
        let mut text = self.receive_text();
        while !text.starts_with("SIP/2.0 ") {
            text = self.receive_text();
        }
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status line");
        Answer { status, text }
    }

    /// The next message, of whatever kind.
    pub(crate) fn receive_text(&mut self) -> String {
        match &mut self.line {
            Line::Udp(socket, _) => {
                let mut buffer = [0; 65_535];
                let length = socket.recv(&mut buffer).expect("an answer in time");
                String::from_utf8_lossy(&buffer[..length]).into_owned()
            }
            Line::Stream(_, stream, buffer) => read_head(stream, buffer),
            Line::Frames(_, socket) => loop {
                match socket.read().expect("an answer in time") {
                    Message::Text(text) => return text.to_string(),
                    Message::Binary(bytes) => return String::from_utf8_lossy(&bytes).into_owned(),
                    _ => {}
                }
            },
        }
    }

    /// Takes all its contacts away.
    pub(crate) fn unregister(&mut self) -> Answer {
        self.request("REGISTER", "Contact: *\r\nExpires: 0\r\n")
    }

    /// The same phone, which now sends to another proxy.
    pub(crate) fn moves_to(&mut self, proxy: SocketAddr) {
        match &mut self.line {
            Line::Udp(_, where_to) => *where_to = proxy,
            Line::Stream(..) | Line::Frames(..) => panic!("a connection does not move"),
        }
    }

    /// Reads what comes until the proxy closes the connection.
    pub(crate) fn read_to_end(&mut self) -> String {
        match &mut self.line {
            Line::Udp(..) | Line::Frames(..) => panic!("it is no stream"),
            Line::Stream(_, stream, buffer) => {
                let mut bytes = std::mem::take(buffer);
                match stream.read_to_end(&mut bytes) {
                    // TLS that is cut off without a word.
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
                    ended => drop(ended.expect("the end in time")),
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
        }
    }

    /// Reads exactly so many bytes.
    pub(crate) fn read_exact(&mut self, count: usize) -> Vec<u8> {
        match &mut self.line {
            Line::Udp(..) | Line::Frames(..) => panic!("it is no stream"),
            Line::Stream(_, stream, _) => {
                let mut bytes = vec![0; count];
                stream.read_exact(&mut bytes).expect("in time");
                bytes
            }
        }
    }
}

fn connected(proxy: SocketAddr) -> (TcpStream, SocketAddr) {
    let stream = TcpStream::connect(proxy).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    let local = stream.local_addr().expect("bound");
    (stream, local)
}

/// A stream within TLS. The handshake is made with what is first sent or read.
pub(crate) fn secured(proxy: SocketAddr, name: &str, config: Arc<ClientConfig>) -> (Box<dyn Octets>, SocketAddr) {
    let (stream, local) = connected(proxy);
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let session = ClientConnection::new(config, name).expect("a session");
    (Box::new(StreamOwned::new(session, stream)), local)
}

/// Opens a WebSocket with this subprotocol, from a page of this origin.
pub(crate) fn websocket(
    stream: Box<dyn Octets>,
    subprotocol: Option<&'static str>,
    origin: Option<&'static str>,
) -> Result<WebSocket<Box<dyn Octets>>, tungstenite::Error> {
    let mut request = "ws://example.com/".into_client_request().expect("a request");
    if let Some(subprotocol) = subprotocol {
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(subprotocol));
    }
    if let Some(origin) = origin {
        request.headers_mut().insert("Origin", HeaderValue::from_static(origin));
    }
    match tungstenite::client::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
        Err(tungstenite::HandshakeError::Interrupted(_)) => panic!("no answer in time"),
    }
}

/// A response without a body.
fn read_head(stream: &mut impl Read, buffer: &mut Vec<u8>) -> String {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = buffer.split_off(end + 4);
            let head = std::mem::replace(buffer, rest);
            return String::from_utf8_lossy(&head).into_owned();
        }
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).expect("an answer in time");
        assert_ne!(length, 0, "the proxy closed the connection");
        buffer.extend_from_slice(&piece[..length]);
    }
}
