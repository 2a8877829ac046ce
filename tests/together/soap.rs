//! A SOAP client without a library: text out, text in. It shares nothing with the server's own reading and writing.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Namespace prefix of every port.
const NAMESPACE: &str = "urn:AGProjects:NGNPro";

/// The namespace of a port's operations. Presence was another product's.
fn namespace(port: &str) -> String {
    match port {
        "Presence" => "urn:AGProjects:SoapSIMPLEProxy:Presence".to_owned(),
        _ => format!("{NAMESPACE}:{port}"),
    }
}

/// Somebody with credentials.
#[derive(Clone)]
pub(crate) struct Client {
    server: SocketAddr,
    username: String,
    password: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(server: SocketAddr, username: &str, password: &str) -> Self {
        Self { server, username: username.to_owned(), password: password.to_owned() }
    }

    /// Calls an operation such as `Sip.addAccount`; `parameters` is the XML inside the operation's element.
    pub(crate) fn call(&self, operation: &str, parameters: &str) -> Answer {
        let (port, name) = operation.split_once('.').unwrap();
        let envelope = format!(
            "<?xml version='1.0' encoding='UTF-8'?><e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' \
             xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:xsd='http://www.w3.org/2001/XMLSchema' \
             xmlns:n='{NAMESPACE}'><e:Header><n:auth><username>{}</username><password>{}</password></n:auth></e:Header>\
             <e:Body><o:{name} xmlns:o='{}'>{parameters}</o:{name}></e:Body></e:Envelope>",
            escaped(&self.username),
            escaped(&self.password),
            namespace(port),
        );
        let head = format!(
            "POST / HTTP/1.0\r\nHost: {}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: {}\r\n\r\n",
            self.server,
            envelope.len()
        );
        exchange(self.server, &format!("{head}{envelope}")).unwrap()
    }

    /// Calls and demands success.
    pub(crate) fn must(&self, operation: &str, parameters: &str) -> Answer {
        let answer = self.call(operation, parameters);
        assert_eq!(answer.outcome(), "ok", "{operation} by {}: {}", self.username, answer.body);
        answer
    }
}

impl Answer {
    /// `ok`, or the code of the fault.
    pub(crate) fn outcome(&self) -> String {
        match (self.status, self.element("errorcode")) {
            (200, None) => "ok".to_owned(),
            (_, Some(code)) => code,
            (status, None) => format!("HTTP {status}"),
        }
    }

    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let mut rest = self.body.as_str();
        while let Some(at) = rest.find(&format!("<{name}")) {
            rest = &rest[at + 1 + name.len()..];
            if !rest.starts_with(['>', ' ']) {
                continue;
            }
            let content = &rest[rest.find('>')? + 1..];
            return Some(content[..content.find('<')?].to_owned());
        }
        None
    }
}

/// `GET` of a URL; `None` when nobody answers.
pub(crate) fn get(url: &str) -> Option<Answer> {
    let (server, path) = url.strip_prefix("http://")?.split_once('/')?;
    exchange(server.parse().ok()?, &format!("GET /{path} HTTP/1.0\r\nHost: {server}\r\n\r\n")).ok()
}

fn exchange(server: SocketAddr, request: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    Ok(Answer { status, body })
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `<name><username>…</username><domain>…</domain></name>`
pub(crate) fn sip_id(name: &str, user: &str, domain: &str) -> String {
    format!("<{name}><username>{user}</username><domain>{domain}</domain></{name}>")
}
