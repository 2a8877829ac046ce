//! The JSON wire: `/api/v1`, resources and verbs over the same table of operations as SOAP.
//!
//! A request becomes the input of an operation by its route, is read by the same field tables and done by the same function;
//! only how it is written differs. What HTTP is good for is used as it is meant: verbs, statuses, Basic (RFC 7617), problem
//! details (RFC 9457). Nothing here opens a socket: `http/api.rs` brings requests and takes answers.

pub mod bulk;
mod input;
mod job;

mod journal;
mod listed;
mod once;
mod paging;
mod problem;
mod read;
mod resources;
mod routes;
mod sign_in;
mod text;
mod tokens;
mod webhooks;
mod write;
mod writing;

use std::net::IpAddr;
use std::time::Duration;

use domain::Refusal;
use store::Store;
use tokio::time::Instant;

use crate::app::App;
use crate::caller::{Caller, Role};
use crate::error::Failure;
use crate::json::job::Job;
use crate::json::resources::Asked;
use crate::json::writing::Call;
use crate::metrics::{self, Named, UNNAMED};
use crate::origin::{Origin, operation_name};
use crate::ports::Answering;
use crate::wire::Operation;

pub(crate) use problem::Problem;
pub(crate) use sign_in::caller;
pub(crate) use text::pairs;

/// Where the routes begin.
pub const ROOT: &str = "/api/v1";

/// Verbs that routes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Whether the input is in the body.
    const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put)
    }
}

/// How an operation is called: the verb, and the path below [`ROOT`] with the input's parts in braces.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The verb.
    pub method: Method,
    /// The path.
    pub path: &'static str,
}

/// A request as HTTP brought it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The verb.
    pub method: &'a str,
    /// The path as sent, percent signs and all.
    pub path: &'a str,
    /// The query string as sent.
    pub query: &'a str,
    /// Header `Authorization`.
    pub authorization: Option<&'a str>,
    /// Header `Impersonate`: the customer to act as.
    pub impersonate: Option<&'a str>,
    /// Header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// Header `Accept`.
    pub accept: Option<&'a str>,
    /// Header `If-Match`: the state that a write is meant for.
    pub if_match: Option<&'a str>,
    /// Header `If-None-Match`: the state that a reader knows.
    pub if_none_match: Option<&'a str>,
    /// Header `Idempotency-Key`: the caller's name for this write, which is then done once.
    pub idempotency_key: Option<&'a str>,
    /// The request, for the journal.
    pub origin: Origin<'a>,
    /// The body, unpacked.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// Whether a write is meant for some states only.
    const fn has_conditions(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }
}

/// An answer for HTTP.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type of the body; none when there is no body.
    pub media_type: Option<&'static str>,
    /// Headers besides.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// The contract's code when it is a refusal.
    pub errorcode: Option<u16>,
}

impl Answer {
    /// The answer to a request whose body could not be had, in words for the caller.
    #[must_use]
    pub fn unreadable(status: u16, why: &str) -> Self {
        Problem::new(status, why).answer()
    }

    /// The answer when a call ended by a defect.
    #[must_use]
    pub fn defect() -> Self {
        Problem::from(Failure::Internal(String::new())).answer()
    }
}

/// What is known of a call while it runs.
#[derive(Debug, Default)]
struct Progress {
    name: Option<Named>,
    caller: Option<(String, Role)>,
}

/// Answers a request.
pub async fn answer(app: &App, request: Request<'_>, peer: IpAddr) -> Answer {
    let started = Instant::now();
    let mut progress = Progress::default();
    let limit = Duration::from_millis(app.settings.limits.call_timeout_ms);
    let late = |_| Err(Failure::Unavailable("the call took longer than limits.call_timeout_ms".to_owned()).into());
    if request.path == OPENAPI_PATH && matches!(request.method, "GET" | "HEAD") {
        let body = OPENAPI.to_owned();
        return Answer { status: 200, media_type: Some(JSON), headers: Vec::new(), body, errorcode: None };
    }
    let result = tokio::time::timeout(limit, call(app, &request, peer, &mut progress)).await.unwrap_or_else(late);
    let answer = result.unwrap_or_else(Problem::answer);
    let caller = progress.caller.as_ref().map(|(name, role)| (name.as_str(), *role));
    app.note(progress.name.unwrap_or(UNNAMED), caller, answer.errorcode, peer, started);
    answer
}

/// Checks what is sent and accepted before any work.
fn check(request: &Request<'_>, method: Method, is_patch: bool) -> Result<(), Problem> {
    if !request.accept.is_none_or(text::accepts_json) {
        return Err(Problem::new(406, "answers are application/json or application/problem+json"));
    }
    // A page of another origin can send a form in its reader's name, and no JSON: writes are JSON and nothing else.
    let sent = method == Method::Post || (method == Method::Put && !request.body.is_empty());
    let known =
        |media_type| text::is_json(media_type, "application/json") || (is_patch && text::is_json(media_type, PATCH));
    if sent && !request.content_type.is_some_and(known) {
        return Err(Problem::new(415, "a body is application/json in UTF-8"));
    }
    if !method.has_body() && !request.body.is_empty() {
        return Err(Problem::new(400, "this method takes no body"));
    }
    Ok(())
}

async fn call(app: &App, request: &Request<'_>, peer: IpAddr, progress: &mut Progress) -> Result<Answer, Problem> {
    let below = routes::below_root(request.path)?;
    if let Some(found) = resources::find(request.method, below) {
        return call_resource(app, request, peer, progress, &found?).await;
    }
    let found = routes::find(request.method, below)?;
    check(request, found.method, found.is_patch)?;
    progress.name = Some(metrics::named(found.operation));
    let of_account = found.operation.roles() == [Role::Account];
    let account = match of_account {
        true => Some(request.authorization.and_then(text::basic).ok_or(Refusal::AuthenticationFailed)?),
        false => None,
    };
    let own = account.as_ref().map(|(name, password)| (name.as_str(), password));
    let caller = match own {
        Some(_) => app.authenticate_account(input::of_path(&found, own)?.root(), peer).await?,
        None => caller(app, request.authorization, request.impersonate, peer).await?,
    };
    progress.caller = Some((caller.name.clone(), caller.role()));
    let reads = routes::reading(&found, request.path).map(|reads| reads.operation);
    may(&caller, found.operation)?;
    let looks_first = found.is_patch || (found.method != Method::Get && request.has_conditions());
    if let Some(reads) = reads.filter(|_| looks_first) {
        may(&caller, reads).map_err(|problem| problem.because("PATCH, If-Match and If-None-Match read first"))?;
    }
    let store = app.acting(&caller, operation_name(found.operation), "json", peer, request.origin)?;
    Job { app, store: &store, request, found: &found, caller: &caller, own }.done().await
}

/// Checks that the caller may call an operation at all, before anything is looked up for it: also what was answered before.
fn may(caller: &Caller, operation: Operation) -> Result<(), Problem> {
    let roles = operation.roles();
    if !roles.contains(&caller.role()) {
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        let why = format!("this is for the role {}, and the caller is {}", names.join(" or "), caller.role().name());
        return Err(Problem::not_allowed(&why));
    }
    match caller.grant.allows(operation) {
        true => Ok(()),
        false => Err(beyond_scopes(&operation_name(operation))),
    }
}

/// What a token is told whose scopes do not have that.
pub(crate) fn beyond_scopes(name: &str) -> Problem {
    Problem::not_allowed(&format!("no scope of this token has {name}"))
}

async fn call_resource(
    app: &App,
    request: &Request<'_>,
    peer: IpAddr,
    progress: &mut Progress,
    found: &resources::Found,
) -> Result<Answer, Problem> {
    let (method, path, name) = found.resource.describe();
    progress.name = Some(found.resource.named());
    check(request, method, false)?;
    let caller = caller(app, request.authorization, request.impersonate, peer).await?;
    progress.caller = Some((caller.name.clone(), caller.role()));
    // Whoever has a token may know whose it is.
    if name != "me" && !caller.grant.allows_resource(name, method == Method::Get) {
        return Err(beyond_scopes(name));
    }
    let places = found.places.as_slice();
    let steps =
        async |store: &Store| found.resource.answer(&Asked { app, store, caller: &caller, request, places }).await;
    let operation = format!("{} {path}", method.name());
    let store = app.acting(&caller, operation, "json", peer, request.origin)?;
    Call { store: &store, caller: &caller, request, method, is_one: false }.done(steps).await
}

/// A result as this wire writes it; empty for void.
#[must_use]
pub fn written<T: soap::Wire>(operation: Operation, result: &T) -> String {
    write::AsJson.write(operation, result).text
}

/// Where the wire describes itself, to everybody.
const OPENAPI_PATH: &str = "/api/v1/openapi.json";
/// The description, as generated.
const OPENAPI: &str = include_str!("../../schema/openapi.json");
/// The media type of documents.
const JSON: &str = "application/json";
/// The media type of changes to a document (RFC 7396).
const PATCH: &str = "application/merge-patch+json";
