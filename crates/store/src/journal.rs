//! The journal: who changed which row, from where, with which operation, and what it was before and after.
//!
//! The rows are written by triggers, in the transaction of the change; what a trigger cannot know, the [`Actor`], travels with
//! the BEGIN. Nothing here writes.

mod read;

pub use read::{Asked, Entry, Look, Lost, NoPlace, Place, after, list, now};

use std::fmt::Write as _;
use std::net::IpAddr;

use domain::CustomerId;

/// Who changes something, and on whose behalf: what an entry says besides the row.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The login name.
    pub who: String,
    /// Whose login it is: `administrator`, `reseller`, `customer` or `account`.
    pub role: &'static str,
    /// The customer acted for; nobody for the plain administrator.
    pub acting_as: CustomerId,
    /// Where the request came from; none: from this machine's command line.
    pub peer: Option<IpAddr>,
    /// How it came: `encoded`, `literal`, `json` or `command`.
    pub wire: &'static str,
    /// The id of the request, which the log and the answer have too.
    pub request: String,
    /// What is done, as `Sip.addAccount`.
    pub operation: String,
    /// What this change belongs to, with others or alone.
    pub change_set: String,
}

impl Actor {
    /// As a setting of the transaction: hexadecimal digits of JSON, so that whatever a name holds is no SQL.
    pub(crate) fn setting(&self) -> String {
        let mut json = String::with_capacity(256);
        let mut member = |name: &str, value: &str| {
            json.push_str(if json.is_empty() { "{" } else { "," });
            let _ = write!(json, "\"{name}\":");
            quote(&mut json, value);
        };
        member("who", &self.who);
        member("role", self.role);
        member("peer", &self.peer.map(|peer| peer.to_canonical().to_string()).unwrap_or_default());
        member("wire", self.wire);
        member("request", &self.request);
        member("operation", &self.operation);
        member("change_set", &self.change_set);
        if !self.acting_as.is_nobody() {
            member("acting_as", &self.acting_as.get().to_string());
        }
        json.push('}');
        let mut digits = String::with_capacity(2 * json.len());
        let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
        json.bytes().for_each(|byte| digits.extend([digit(byte >> 4), digit(byte & 15)]));
        digits
    }
}

/// A text as JSON has it. A NUL, which PostgreSQL's texts cannot hold, is left out.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars().filter(|c| *c != '\0') {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}
