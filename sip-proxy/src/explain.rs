//! `sip-proxy explain`: what would become of a call, by the routing of the running proxy and by what it knows. What it does not hold in memory
//! is read from the database as a call would have it read, and not kept.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};
use sip_core::explain::{Explaining, Explanation, Outcome, Progress, Question};
use sip_core::{Answer, Lookup, Settings, Shared, Transport};
use store::{DatabaseUrl, StoreError};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Mutex;

use crate::directory::{Directory, loader};
use crate::locations::clocks;

/// Lookups of one question; a call may not need more either.
const LOOKUPS_MAX: usize = 64;

/// The part of the command line behind `explain`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Who calls: alice@example.com, sip:+31208005161@192.0.2.9.
    #[arg(long)]
    pub(crate) from: String,
    /// Who is called.
    #[arg(long)]
    pub(crate) to: String,
    /// The address that the call comes from. Without it: one that is nobody's.
    #[arg(long)]
    pub(crate) source: Option<IpAddr>,
    /// When, as 2026-01-31T12:00:00Z. Without it: now.
    #[arg(long)]
    pub(crate) at: Option<String>,
    /// Its Call-ID, by which equal routes share the load.
    #[arg(long, default_value = "explained")]
    pub(crate) call_id: String,
    /// The control socket. Without it: control.sock in sip.state_dir of the settings.
    #[arg(long, env = "SIP_PROXY_SOCKET")]
    pub(crate) socket: Option<std::path::PathBuf>,
    /// Shows the answer as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What explains, in a running proxy.
pub(crate) struct Explainer {
    pub(crate) settings: Arc<Settings>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) directory: Arc<Directory>,
    reader: Mutex<store::directory::Directory>,
}

impl Explainer {
    pub(crate) fn new(
        settings: Arc<Settings>,
        shared: Arc<Shared>,
        directory: Arc<Directory>,
        url: &DatabaseUrl,
    ) -> Result<Explainer, StoreError> {
        let reader = Mutex::new(store::directory::Directory::new(url)?);
        Ok(Explainer { settings, shared, directory, reader })
    }

    /// What would become of the call.
    pub(crate) async fn explain(&self, question: &Question) -> Result<Explanation, String> {
        let mut explaining = Explaining::begin(question, &self.settings)?;
        let mut answer = None;
        for _ in 0..LOOKUPS_MAX {
            match explaining.go_on(clocks().now, &self.settings, &self.shared, answer.take()) {
                Progress::Done(explanation) => return Ok(explanation),
                Progress::Ask(lookup) => answer = Some(self.answer(&lookup).await),
            }
        }
        Err("the call needs more lookups than one may".to_owned())
    }

    async fn answer(&self, lookup: &Lookup) -> Answer {
        if let Some(answer) = self.directory.remembered(lookup) {
            return answer;
        }
        let mut reader = self.reader.lock().await;
        let read = match lookup {
            Lookup::Account(name) => reader.accounts(std::slice::from_ref(name)).await.map(|found| {
                let mut found = VecDeque::from(found);
                Answer::Account(found.pop_front().map(|row| Arc::new(loader::account_of(row))))
            }),
            Lookup::Alias(name) => reader
                .aliases(std::slice::from_ref(name))
                .await
                .map(|mut found| Answer::Alias(found.pop().map(|alias| alias.target))),
            Lookup::Number(name) => reader
                .enum_numbers(std::slice::from_ref(name))
                .await
                .map(|mut found| Answer::Number(found.pop().map(|(_, target)| target.into()))),
            Lookup::Resolve { host, port, transport } => {
                return self.directory.resolve(host, *port, *transport).await;
            }
            // All domains are in memory, or nothing is.
            Lookup::Domain(_) => return Answer::Unavailable,
        };
        read.unwrap_or(Answer::Unavailable)
    }
}

/// The question that a request asks.
pub(crate) fn question(
    from: String,
    to: String,
    source: Option<IpAddr>,
    at: Option<&str>,
    call_id: String,
) -> Result<Question, String> {
    let at_s = match at {
        None => None,
        Some(at) => Some(
            OffsetDateTime::parse(at, &Rfc3339)
                .map_err(|_| format!("{at} is no time: write 2026-01-31T12:00:00Z"))?
                .unix_timestamp(),
        ),
    };
    // RFC 5737 §3: an address that nobody has.
    let source = source.unwrap_or(IpAddr::from([192, 0, 2, 1]));
    Ok(Question { from, to, source: (Transport::Udp, SocketAddr::new(source, 5060)), at_s, call_id })
}

/// The answer as JSON.
pub(crate) fn as_json(explanation: &Explanation) -> Value {
    let steps: Vec<Value> =
        explanation.steps.iter().map(|step| json!({ "step": step.step, "why": step.why, "rows": step.rows })).collect();
    let outcome = match &explanation.outcome {
        Outcome::Answered { status, contact } => json!({ "status": status, "contact": contact }),
        Outcome::Sent(sent) => {
            let targets: Vec<Value> = sent
                .iter()
                .map(|sent| json!({ "uri": sent.uri, "to": sent.to, "in_reserve": sent.in_reserve }))
                .collect();
            json!({ "targets": targets })
        }
    };
    json!({ "steps": steps, "outcome": outcome, "after": explanation.after })
}

/// The answer for a person: a line a step, with what it looked at below.
pub(crate) fn as_text(answer: &Value) -> String {
    let text = |value: &Value| {
        value.as_str().unwrap_or_default().chars().map(|c| if c.is_control() { '?' } else { c }).collect::<String>()
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut out = String::new();
    for step in list(&answer["steps"]) {
        out.push_str(&format!("{:<14}{}\n", text(&step["step"]), text(&step["why"])));
        for row in list(&step["rows"]) {
            out.push_str(&format!("{:<16}{}\n", "", text(&row)));
        }
    }
    let outcome = &answer["outcome"];
    match outcome["status"].as_u64() {
        Some(status) => {
            let contact = text(&outcome["contact"]);
            let contact = if contact.is_empty() { contact } else { format!(" to {contact}") };
            out.push_str(&format!("answered {status}{contact}\n"));
        }
        None => {
            for target in list(&outcome["targets"]) {
                let how = if target["in_reserve"] == true { "or, if that fails, sent to" } else { "sent to" };
                out.push_str(&format!("{how} {} over {}\n", text(&target["uri"]), text(&target["to"])));
            }
        }
    }
    for row in list(&answer["after"]) {
        out.push_str(&format!("later         {}\n", text(&row)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_a_line_a_step_with_its_rows_and_the_outcome() {
        let answer = json!({
            "steps": [{"step": "pstn", "why": "to the telephone network", "rows": ["routes 1: x"]}],
            "outcome": {"targets": [{"uri": "sip:1@192.0.2.9", "to": "udp 192.0.2.9:5060", "in_reserve": false}]},
            "after": [],
        });
        assert_eq!(
            as_text(&answer),
            "pstn          to the telephone network\n                routes 1: x\nsent to sip:1@192.0.2.9 over udp 192.0.2.9:5060\n"
        );
        assert_eq!(
            as_text(&json!({"outcome": {"status": 302, "contact": "<sip:x@y>"}})),
            "answered 302 to <sip:x@y>\n"
        );
    }

    #[test]
    fn a_time_is_read_and_a_wrong_one_is_named() {
        let of = |at| question("a@b".to_owned(), "c@d".to_owned(), None, at, "x".to_owned());
        assert_eq!(of(Some("2025-01-04T12:00:00Z")).map(|question| question.at_s), Ok(Some(1_735_992_000)));
        assert!(of(Some("noon")).is_err_and(|why| why.contains("noon")));
    }
}
