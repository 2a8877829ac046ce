//! An operation whose caller is known, done in steps.
//!
//! A change of a part (RFC 7396) and a write for a state that the caller knows (If-Match, RFC 9110 section 13.1.1) are the same
//! operations as ever, as steps of one transaction with what is looked at first.

use serde_json::Value;
use sha2::{Digest, Sha256};
use soap::schema::Type;
use store::Store;

use super::input::{self, Input};
use super::routes::{self, Found};
use super::write::{self, AsJson, Document};
use super::writing::Call;
use super::{Answer, JSON, Method, Problem, Request, paging, text};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Failure;
use crate::ports;
use domain::Secret;

/// What is to be done.
pub(super) struct Job<'a> {
    pub(super) app: &'a App,
    /// The store of this caller.
    pub(super) store: &'a Store,
    pub(super) request: &'a Request<'a>,
    pub(super) found: &'a Found<'a>,
    pub(super) caller: &'a Caller,
    /// The holder of a SIP account, whose name and password are among the parameters.
    pub(super) own: Option<(&'a str, &'a Secret)>,
}

impl Job<'_> {
    /// Does it.
    pub(super) async fn done(&self) -> Result<Answer, Problem> {
        let method = self.found.method;
        let is_one = self.found.is_patch || (method != Method::Get && self.request.has_conditions());
        let call = Call { store: self.store, caller: self.caller, request: self.request, method, is_one };
        call.done(async |store: &Store| self.steps(store).await).await
    }

    /// The steps: what the state is now, the write, what it is then.
    async fn steps(&self, store: &Store) -> Result<Answer, Problem> {
        let asked = self.request.if_match.filter(|_| self.found.method != Method::Get);
        let other = self.request.if_none_match.filter(|_| self.found.method != Method::Get);
        let mut current = None;
        if asked.is_some() || other.is_some() || self.found.is_patch {
            current = self.state(store).await?;
        }
        if let Some(asked) = asked {
            let known = current.as_ref().ok_or_else(|| Problem::new(400, "If-Match: this resource has no ETag"))?;
            if !text::names_tag(asked, &tag(&known.text)) {
                return Err(Problem::new(412, "the resource is not in the state that If-Match names"));
            }
        }
        if let Some(other) = other
            && current.as_ref().is_some_and(|known| text::names_tag(other, &tag(&known.text)))
        {
            return Err(Problem::new(412, "the resource is in a state that If-None-Match names"));
        }
        let limit = self.app.settings.limits.nodes;
        let had_state = current.is_some();
        let body = match (self.found.is_patch, current) {
            (true, Some(current)) => {
                let patch = input::patch(self.found, self.request, self.own, limit)?;
                let mut merged = serde_json::from_str(&current.text)
                    .map_err(|error| Failure::Internal(format!("a document that was written is none: {error}")))?;
                merge(&mut merged, patch);
                Some(merged)
            }
            _ => None,
        };
        let input = Input::read(self.found, self.request, self.own, limit, body)?;
        let document = self.run(store, self.found, &input).await?;
        if self.found.is_patch
            && let Some(state) = self.state(store).await?
        {
            return self.answer(None, state);
        }
        // A record that cannot be read was there: its write was done, and is rolled back.
        if !had_state && self.found.method != Method::Post && other.is_some_and(|other| text::names_tag(other, "*")) {
            return Err(Problem::new(412, "the resource is there, and If-None-Match names every state"));
        }
        self.answer(Some(&input), document)
    }

    /// What the resource is now; `None` when its path cannot be read.
    async fn state(&self, store: &Store) -> Result<Option<Document>, Problem> {
        let Some(reads) = routes::reading(self.found, self.request.path) else { return Ok(None) };
        let request = Request { query: "", body: b"", ..*self.request };
        let input = Input::read(&reads, &request, self.own, self.app.settings.limits.nodes, None)?;
        self.run(store, &reads, &input).await.map(Some)
    }

    async fn run(&self, store: &Store, found: &Found<'_>, input: &Input) -> Result<Document, Problem> {
        let seek = input.page.as_ref().and_then(paging::Page::seek);
        let seeking = seek.map(|seek| store.seeking(seek));
        let context = self.app.context_in(seeking.as_ref().unwrap_or(store), self.caller);
        let written = ports::call(found.operation, &context, AsJson, input.values.root()).await;
        let document = written.map_err(|failure| match Problem::of_input(failure, input) {
            problem if problem.member.as_deref() == Some("cursor") => paging::not_ours(),
            problem => problem,
        })?;
        match (&found.listed, found.places.last()) {
            (Some(listed), Some((_, key))) => listed.pick(&document, &text::decoded(key)?),
            _ => Ok(document),
        }
    }

    /// The answer of what was done; without input it is the state after a change.
    fn answer(&self, input: Option<&Input>, document: Document) -> Result<Answer, Problem> {
        let Document { text: body, rows, total, .. } = document;
        let mut answer = Answer { status: 200, media_type: Some(JSON), headers: Vec::new(), body, errorcode: None };
        if answer.body.is_empty() {
            return Ok(Answer { status: 204, media_type: None, ..answer });
        }
        let operation = self.found.operation;
        let page = input.and_then(|input| input.page.as_ref());
        if self.found.method == Method::Post && operation.describe().name.starts_with("add") {
            answer.status = 201;
            if let Some(location) = routes::location(operation, self.request.path, &answer.body) {
                answer.headers.push(("Location", location));
            }
        } else if page.is_none() && (input.is_none() || self.found.method == Method::Get) {
            let tag = tag(&answer.body);
            let known = self.request.if_none_match.is_some_and(|known| text::names_tag(known, &tag));
            answer.headers.push(("ETag", tag));
            if known && self.found.method == Method::Get {
                return Ok(Answer { status: 304, media_type: None, body: String::new(), ..answer });
            }
        }
        if let (Some(page), Some(rows), Some(total)) = (page, rows, total) {
            let next = page.next(rows, total)?.map(|cursor| paging::link(self.request, &cursor));
            if let Some(next) = &next {
                answer.headers.push(("Link", format!("<{next}>; rel=\"next\"")));
            }
            // A list is an object: its last brace makes room.
            answer.body.pop();
            let next = next.map_or_else(|| "null".to_owned(), |next| write::quoted(&next));
            answer.body.push_str(&format!(",\"next\":{next}}}"));
        }
        Ok(answer)
    }
}

/// Stands for a state of a resource: the same text has the same tag, on every server.
fn tag(text: &str) -> String {
    let digest: String = Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}

/// Changes a part of a document (RFC 7396): what the patch names is replaced, objects member by member. What it removes
/// becomes null, which reads as absent does.
fn merge(document: &mut Value, patch: Value) {
    match patch {
        Value::Object(patch) => {
            if !document.is_object() {
                *document = Value::Object(serde_json::Map::new());
            }
            if let Some(document) = document.as_object_mut() {
                for (name, value) in patch {
                    merge(document.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        other => *document = other,
    }
}

/// Whether a write of that type can be a change of what a reading answers.
pub(super) fn is_change_of(body: &Type, answer: &Type) -> bool {
    match (body, answer) {
        (Type::Record(body), Type::Record(answer)) => std::ptr::eq(*body, *answer) || body.name == answer.name,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_replaces_what_it_names_and_nothing_else() {
        let mut document = json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": "x"});
        merge(&mut document, json!({"a": {"b": null}, "d": [3], "f": {"g": 4}}));
        assert_eq!(document, json!({"a": {"b": null, "c": 2}, "d": [3], "e": "x", "f": {"g": 4}}));
    }
}
