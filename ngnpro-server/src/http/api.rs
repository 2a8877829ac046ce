//! `/api`: requests of the JSON wire, any verb, and its answers.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use tracing::Instrument;

use super::body::{self, Unreadable};
use super::peer;
use crate::app::App;
use crate::json::{self, Answer, Problem, Request};
use crate::origin::Origin;

/// Whether a path is below `/api`.
pub(super) fn is_api(path: &str) -> bool {
    path.strip_prefix("/api").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request.
pub(super) async fn handle(
    request: &HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    id: &str,
) -> HttpResponse {
    let body = match body::bytes(request, payload, &app.settings).await {
        Ok(body) => body,
        Err(unreadable) => {
            let answer = match unreadable {
                Unreadable::Broken => Answer::unreadable(400, "The request's body is broken"),
                Unreadable::Refused(status, why) => Answer::unreadable(status.as_u16(), why),
            };
            let mut response = respond(answer);
            // The rest of the body is not wanted.
            response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
            return response;
        }
    };
    let span = tracing::info_span!("call", request.id = id);
    let (request, id) = (request.clone(), id.to_owned());
    let work = async move { json::answer(&app, asked(&request, &id, &body), peer(&request)).await };
    // A defect in a call is its own: the connection gets a problem and the thread goes on.
    match actix_web::rt::spawn(work.instrument(span)).await {
        Ok(answer) => respond(answer),
        Err(error) => {
            tracing::error!(%error, "a call panicked: {error}");
            respond(Answer::defect())
        }
    }
}

/// Headers whose meaning must not depend on which of two is read, nor on one that cannot be read being left out.
const ONCE: [&str; 5] = ["Authorization", "Impersonate", "Idempotency-Key", "If-Match", "If-None-Match"];

/// The answer to a request that has a header twice which stands once, or one that is no text.
pub(super) fn refused(request: &HttpRequest) -> Option<HttpResponse> {
    let wrong = |name: &&str| {
        let mut sent = request.headers().get_all(*name);
        let is_text = sent.next().is_none_or(|value| value.to_str().is_ok());
        !is_text || sent.next().is_some()
    };
    let name = ONCE.into_iter().find(wrong)?;
    let problem = Problem::new(400, &format!("{name}: is sent once, in visible characters")).at(name.to_owned());
    let mut response = respond(problem.answer());
    // A body that comes is not wanted.
    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    Some(response)
}

/// What is asked.
pub(super) fn asked<'a>(request: &'a HttpRequest, id: &'a str, body: &'a [u8]) -> Request<'a> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.query_string(),
        authorization: text("authorization"),
        impersonate: text("impersonate"),
        content_type: text("content-type"),
        accept: text("accept"),
        if_match: text("if-match"),
        if_none_match: text("if-none-match"),
        // What cannot be read is no key, and must not be taken for none.
        idempotency_key: request.headers().get("idempotency-key").map(|key| key.to_str().unwrap_or_default()),
        origin: Origin { request: id, change_set: super::change_set(request) },
        body,
    }
}

/// Writes an answer.
pub(super) fn respond(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in answer.headers {
        response.insert_header(header);
    }
    // What one caller may see is nothing for a cache between.
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    match answer.media_type {
        Some(media_type) => response.insert_header((header::CONTENT_TYPE, media_type)).body(answer.body),
        None => response.finish(),
    }
}
