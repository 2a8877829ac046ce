//! The JSON wire's request for an input, by the published routes; values as JSON has them.

use std::fmt::Write as _;

use ngnpro_server::json::{Method, ROOT};
use ngnpro_server::wire::Operation;
use serde_json::{Map, Value};
use soap::schema::{Member, Scalar, Type};

/// What is sent.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) body: String,
}

/// The request that says the same as the parameters.
pub(crate) fn request(operation: Operation, mut parameters: Map<String, Value>) -> Request {
    let route = operation.route();
    let mut url = ROOT.to_owned();
    let mut rest: Vec<&Member> = operation.describe().parameters.members.iter().collect();
    // The password of an account's holder is in the credentials.
    rest.retain(|member| operation.describe().port != "Presence" || member.name != "password");
    for step in route.path.split('/').skip(1) {
        url.push('/');
        let Some(place) = step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) else {
            url.push_str(step);
            continue;
        };
        let value = place.split('.').fold(&Value::Object(parameters.clone()), |value, name| &value[name]).clone();
        url.push_str(&encoded(&one_text(&value)));
        rest.retain(|member| member.name != place);
    }
    parameters.retain(|name, _| rest.iter().any(|member| member.name == name));
    let (method, has_body) = match route.method {
        Method::Get => ("GET", false),
        Method::Delete => ("DELETE", false),
        Method::Post => ("POST", true),
        Method::Put => ("PUT", true),
    };
    let mut body = String::new();
    if has_body {
        let one = match rest.as_slice() {
            [one] if !matches!(one.ty, Type::Scalar(_)) => Some(parameters[one.name].clone()),
            _ => None,
        };
        if !rest.is_empty() {
            body = one.unwrap_or(Value::Object(parameters)).to_string();
        }
    } else {
        let one = match rest.as_slice() {
            [one] if matches!(one.ty, Type::Record(_)) && !is_range(one) => Some(one.name),
            _ => None,
        };
        let mut pairs = Vec::new();
        for (name, value) in &parameters {
            flat(if one == Some(name.as_str()) { "" } else { name }, value, &mut pairs);
        }
        for (number, (name, value)) in pairs.iter().enumerate() {
            let mark = if number == 0 { '?' } else { '&' };
            let _ = write!(url, "{mark}{name}={}", encoded(value));
        }
    }
    Request { method, url, body }
}

fn is_range(member: &Member) -> bool {
    matches!(member.ty, Type::Record(record) if record.name == "Range")
}

/// Names and values of a query string.
fn flat(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if name.ends_with("range") => {
            pairs.extend(members.get("count").map(|count| ("limit".to_owned(), text(count))));
            pairs.extend(members.get("start").map(|start| ("cursor".to_owned(), format!("r{}", text(start)))));
        }
        Value::Object(members) if !is_pair(members) => members.iter().for_each(|(member, value)| {
            let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
            flat(&name, value, pairs);
        }),
        Value::Array(items) => items.iter().for_each(|item| flat(name, item, pairs)),
        value => pairs.push((name.to_owned(), one_text(value))),
    }
}

/// Whether it is a structure that is written as `first@second`.
fn is_pair(members: &Map<String, Value>) -> bool {
    ["username", "number", "prefix"].iter().any(|first| members.contains_key(*first))
        && ["domain", "tld"].iter().any(|second| members.contains_key(*second))
        && members.len() == 2
}

/// A value as a step of a path.
fn one_text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let of = |names: [&str; 3]| names.iter().find_map(|name| members.get(*name)).map(text).unwrap_or_default();
            format!("{}@{}", of(["username", "number", "prefix"]), of(["domain", "tld", ""]))
        }
        value => text(value),
    }
}

/// A scalar's text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => out.push(char::from(byte)),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// A scalar as JSON has it.
pub(crate) fn scalar(ty: Scalar, text: &str) -> Value {
    match ty {
        Scalar::String | Scalar::Base64Binary => text.into(),
        Scalar::Boolean => matches!(text, "true" | "1").into(),
        Scalar::Float | Scalar::Double => text.parse::<f64>().map_or(Value::Null, Value::from),
        _ => text.parse::<i64>().map_or(Value::Null, Value::from),
    }
}

/// Of credentials.
pub(crate) fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            out.push(match digit <= chunk.len() {
                true => char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]),
                false => '=',
            });
        }
    }
    out
}
