//! One call, made over any of the three wires: parameters are written once, as the elements inside of the operation's, and
//! answers are read into one form, so that what a test says is said of all wires.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use ngnpro_server::wire::Operation;
use serde_json::{Map, Value};
use soap::schema::Type;
use soap::{Element, Envelope, Limits};

use crate::rest;

/// A way to say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Encoded,
    Literal,
    Json,
}

impl Wire {
    pub(crate) const ALL: [Self; 3] = [Self::Encoded, Self::Literal, Self::Json];
}

/// Somebody with credentials, on a connection that is kept.
pub(crate) struct Client {
    server: SocketAddr,
    pub(crate) wire: Wire,
    username: String,
    password: String,
    impersonate: Option<String>,
    /// Another line of the head, on the JSON wire.
    header: String,
    connection: Mutex<Option<BufReader<TcpStream>>>,
}

impl Clone for Client {
    /// The same person on a connection of its own.
    fn clone(&self) -> Self {
        let (impersonate, header) = (self.impersonate.clone(), self.header.clone());
        Self { impersonate, header, ..Self::new(self.server, self.wire, &self.username, &self.password) }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// `ok`, or the contract's code.
    pub(crate) outcome: String,
    /// The result.
    pub(crate) value: Value,
    /// The body as it came.
    pub(crate) text: String,
}

impl Answer {
    /// A member of the result, as text.
    pub(crate) fn member(&self, name: &str) -> String {
        rest::text(&self.value[name])
    }
}

/// The operation of a name such as `Sip.addAccount`.
pub(crate) fn operation(name: &str) -> Operation {
    let named = |operation: &&Operation| {
        let described = operation.describe();
        name.split_once('.') == Some((described.port, described.name))
    };
    *Operation::ALL.iter().find(named).unwrap_or_else(|| panic!("no operation {name}"))
}

impl Client {
    pub(crate) fn new(server: SocketAddr, wire: Wire, username: &str, password: &str) -> Self {
        let (username, password) = (username.to_owned(), password.to_owned());
        Self {
            server,
            wire,
            username,
            password,
            impersonate: None,
            header: String::new(),
            connection: Mutex::default(),
        }
    }

    /// The same person acting as a customer.
    pub(crate) fn acting_as(&self, customer: &str) -> Self {
        Self { impersonate: Some(customer.to_owned()), ..self.clone() }
    }

    /// The same person, who writes under a key (`Idempotency-Key`).
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { header: format!("Idempotency-Key: {key}\r\n"), ..self.clone() }
    }

    /// The same person with other credentials.
    pub(crate) fn signed_in_as(&self, username: &str, password: &str) -> Self {
        Self::new(self.server, self.wire, username, password)
    }

    /// Calls an operation; `parameters` is the XML inside of the operation's element.
    pub(crate) fn call(&self, name: &str, parameters: &str) -> Answer {
        let operation = operation(name);
        match self.wire {
            Wire::Json => self.call_json(operation, parameters),
            Wire::Encoded | Wire::Literal => self.call_soap(operation, parameters),
        }
    }

    /// Calls and demands success.
    pub(crate) fn must(&self, name: &str, parameters: &str) -> Answer {
        let answer = self.call(name, parameters);
        assert_eq!(answer.outcome, "ok", "{name} by {}: {}", self.username, answer.text);
        answer
    }

    fn call_soap(&self, operation: Operation, parameters: &str) -> Answer {
        let described = operation.describe();
        let (name, namespace, prefix) = match self.wire {
            Wire::Literal => (described.name, described.literal_namespace, ""),
            _ => (described.name, described.namespace, "o:"),
        };
        let declared = if prefix.is_empty() { "xmlns" } else { "xmlns:o" };
        let impersonate = self.impersonate.as_ref().map(|id| format!("<impersonate>{id}</impersonate>"));
        let (username, password) = (escaped(&self.username), escaped(&self.password));
        // What an account's holder calls has the account's password among its parameters.
        let own = match described.port {
            "Presence" => {
                format!("{}<password>{password}</password>{}", first_element(parameters), rest_of(parameters))
            }
            _ => parameters.to_owned(),
        };
        let envelope = format!(
            "<?xml version='1.0' encoding='UTF-8'?><e:Envelope xmlns:e='{}'><e:Header><n:auth xmlns:n='{}'><username>\
             {username}</username><password>{password}</password>{}</n:auth></e:Header><e:Body><{prefix}{name} \
             {declared}='{namespace}'>{own}</{prefix}{name}></e:Body></e:Envelope>",
            soap::ns::ENVELOPE_11,
            soap::ns::TYPES,
            impersonate.unwrap_or_default(),
        );
        let head = format!(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            envelope.len()
        );
        let (status, text) = self.exchange(&format!("{head}{envelope}"));
        match status {
            200 => {
                let value = described.result.as_ref().map_or(Value::Null, |ty| answered(&text, ty));
                Answer { outcome: "ok".to_owned(), value, text }
            }
            _ => {
                let code = text.split_once("<errorcode").and_then(|(_, rest)| rest.split_once('>'));
                let code = code.and_then(|(_, rest)| rest.split_once('<')).map(|(code, _)| code.to_owned());
                Answer { outcome: code.unwrap_or_else(|| format!("HTTP {status}")), value: Value::Null, text }
            }
        }
    }

    fn call_json(&self, operation: Operation, parameters: &str) -> Answer {
        let envelope =
            format!("<Envelope xmlns='{}'><Body><x>{parameters}</x></Body></Envelope>", soap::ns::ENVELOPE_11);
        let envelope = Envelope::read(envelope.as_bytes(), None, &Limits::default()).unwrap();
        let call = envelope.call(|_, _| Some(())).unwrap();
        let read = value_of(call.parameters, &Type::Record(operation.describe().parameters));
        let Value::Object(read) = read else { panic!("parameters are members") };
        let request = rest::request(operation, read);
        let impersonate = self.impersonate.as_ref().map(|id| format!("Impersonate: {id}\r\n")).unwrap_or_default();
        let media_type = if request.body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let (status, text) = self.exchange(&format!(
            "{} {} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {}\r\n{impersonate}{media_type}{}Content-Length: {}\r\n\r\n{}",
            request.method,
            request.url,
            rest::base64(&format!("{}:{}", self.username, self.password)),
            self.header,
            request.body.len(),
            request.body
        ));
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let outcome = match (status, &value["errorcode"]) {
            (200..=299, _) => "ok".to_owned(),
            (status, Value::Null) => format!("HTTP {status}"),
            (_, code) => code.to_string(),
        };
        Answer { outcome, value, text }
    }

    /// Sends a request and reads its answer; the connection is kept.
    fn exchange(&self, request: &str) -> (u16, String) {
        let mut kept = self.connection.lock().unwrap();
        let connection = kept.get_or_insert_with(|| {
            let stream = TcpStream::connect(self.server).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
            stream.set_nodelay(true).unwrap();
            BufReader::new(stream)
        });
        connection.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            assert_ne!(connection.read_line(&mut line).unwrap(), 0, "the server closed the connection");
            let line = line.trim_end();
            match line.split_once(": ") {
                _ if line.is_empty() => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                Some(_) => {}
                None => status = line.split(' ').nth(1).unwrap().parse().unwrap(),
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }
}

/// The result of a SOAP answer.
fn answered(text: &str, ty: &Type) -> Value {
    let envelope = Envelope::read(text.as_bytes(), None, &Limits { nodes: 1_000_000, ..Limits::default() }).unwrap();
    let call = envelope.call(|_, _| Some(())).unwrap();
    call.parameters.children().next().map_or(Value::Null, |result| value_of(result, ty))
}

/// An element by its declared type, as JSON has it.
fn value_of(element: Element<'_>, ty: &Type) -> Value {
    match ty {
        _ if element.is_nil() => Value::Null,
        Type::Scalar(scalar) => rest::scalar(*scalar, element.text()),
        Type::Record(record) => {
            let member = |child: Element<'_>| {
                let named = record.members.iter().find(|member| member.name == child.local());
                let named = named.unwrap_or_else(|| panic!("{} has no member {}", record.name, child.local()));
                (named.name.to_owned(), value_of(child, &named.ty))
            };
            Value::Object(element.children().map(member).collect::<Map<_, _>>())
        }
        Type::Array(array) => element.children().map(|item| value_of(item, &array.item)).collect(),
    }
}

/// The first element, and what stands behind it.
fn first_element(parameters: &str) -> &str {
    &parameters[..parameters.len() - rest_of(parameters).len()]
}

fn rest_of(parameters: &str) -> &str {
    let end = "</sipId>";
    parameters.split_once(end).map_or("", |(_, rest)| rest)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
