//! Imports and exports as streams: a body is read while its verdicts are written, rows are written as they are read.
//!
//! What is written waits for its reader in a queue of limited length, long enough for a client that sends some hundred thousand
//! rows before it reads a verdict; what has no room makes the reading wait.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::time::error::Elapsed;
use tracing::Instrument;

use super::{api, peer};
use crate::app::App;
use crate::json::bulk::{self, Accepted, Done, Export, Import, Options, Origin, Wanted};
use crate::json::{Answer, Request};

/// Pieces that wait for their reader: of an import the verdicts of a batch each.
const WAITING: usize = 512;
/// Of an export less: a page of rows is large.
const PAGES_WAITING: usize = 4;

/// Answers a request.
pub(super) async fn handle(
    request: &HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    id: &str,
) -> HttpResponse {
    let asked = api::asked(request, id, b"");
    let peer: IpAddr = peer(request);
    if bulk::is_import(request.path()) {
        let coding = request.headers().get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| coding != "identity") {
            return closed(Answer::unreadable(415, "rows are sent without a content coding"));
        }
        match bulk::accept_import(&app, &asked, peer).await {
            Ok(accepted) => {
                let change_set = accepted.change_set.clone();
                let origin = Origin { peer: Some(peer), wire: "json", request: id.to_owned(), change_set };
                import(payload, app, accepted, origin).await
            }
            // The rows are not wanted.
            Err(answer) => closed(answer),
        }
    } else {
        match bulk::accept_export(&app, &asked, peer).await {
            Ok(accepted) => export(app, accepted, &asked, id).await,
            Err(answer) => api::respond(answer),
        }
    }
}

fn closed(answer: Answer) -> HttpResponse {
    let mut response = api::respond(answer);
    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    response
}

async fn import(
    mut payload: web::Payload,
    app: web::Data<App>,
    mut accepted: Accepted<Options>,
    origin: Origin,
) -> HttpResponse {
    let (out, waiting) = mpsc::channel(WAITING);
    let (begun, is_begun) = tokio::sync::oneshot::channel();
    let key = accepted.key.take();
    let span = tracing::info_span!("import", request.id = origin.request);
    let work = async move {
        let patience = Duration::from_millis(app.settings.http.body_timeout_ms);
        let mut import = Import::new(&app, &accepted.caller, accepted.collection, accepted.asked, &origin);
        if let Some(key) = key {
            match import.once(key).await {
                Ok(None) => {}
                Ok(Some(done)) => return drop(begun.send(Err(repeated(payload, done, patience).await))),
                Err(problem) => return drop(begun.send(Err(closed(problem.answer())))),
            }
        }
        drop(begun.send(Ok(())));
        while !import.is_stopped() {
            let lines = match next_rows(&mut payload, patience).await {
                Ok(None) => break,
                Ok(Some(Ok(bytes))) => import.push(&bytes).await,
                Ok(Some(Err(_))) => {
                    import.stop("the rows broke off");
                    break;
                }
                Err(_) => {
                    import.stop("no rows came for http.body_timeout_ms");
                    break;
                }
            };
            if !lines.is_empty() && out.send(Ok(lines.into())).await.is_err() {
                import.stop("nobody reads the verdicts");
            }
        }
        let (lines, _) = import.end().await;
        // Whoever left does not want the end either.
        drop(out.send(Ok(lines.into())).await);
    };
    actix_web::rt::spawn(work.instrument(span));
    match is_begun.await {
        Ok(Ok(())) => streamed("application/x-ndjson", waiting),
        Ok(Err(response)) => response,
        Err(_) => api::respond(Answer::defect()),
    }
}

/// What comes next of the rows.
async fn next_rows(payload: &mut web::Payload, patience: Duration) -> Result<Option<Rows>, Elapsed> {
    tokio::time::timeout(patience, poll_fn(|context| Pin::new(&mut *payload).poll_next(context))).await
}

type Rows = Result<web::Bytes, PayloadError>;

/// The answer to rows that were done before: when all have come it is known whether they are those.
async fn repeated(mut payload: web::Payload, mut done: Done, patience: Duration) -> HttpResponse {
    loop {
        match next_rows(&mut payload, patience).await {
            Ok(None) => return api::respond(done.answer()),
            Ok(Some(Ok(bytes))) => done.push(&bytes),
            Ok(Some(Err(_))) | Err(_) => return closed(Answer::unreadable(400, "the rows broke off")),
        }
    }
}

async fn export(app: web::Data<App>, accepted: Accepted<Wanted>, asked: &Request<'_>, id: &str) -> HttpResponse {
    let media_type = accepted.asked.format.media_type();
    if asked.method == "HEAD" {
        return HttpResponse::Ok().insert_header((header::CONTENT_TYPE, media_type)).finish();
    }
    let (out, waiting) = mpsc::channel(PAGES_WAITING);
    let (begun, is_begun) = tokio::sync::oneshot::channel();
    let span = tracing::info_span!("export", request.id = id);
    let work = async move {
        let mut export = match Export::begin(&app, &accepted.caller, accepted.collection, &accepted.asked).await {
            Ok(export) => export,
            Err(answer) => return drop(begun.send(Err(answer))),
        };
        let mut rows = export.next().await;
        if let Err(answer) = rows {
            return drop(begun.send(Err(answer)));
        }
        drop(begun.send(Ok(())));
        loop {
            let piece = match rows {
                Ok(None) => return,
                Ok(Some(rows)) => Ok(rows.into()),
                // What was sent so far is not all: the connection ends without the end of the answer.
                Err(_) => Err(std::io::Error::other("the export cannot go on")),
            };
            let is_last = piece.is_err();
            if out.send(piece).await.is_err() || is_last {
                return;
            }
            rows = export.next().await;
        }
    };
    actix_web::rt::spawn(work.instrument(span));
    match is_begun.await {
        Ok(Ok(())) => streamed(media_type, waiting),
        Ok(Err(answer)) => api::respond(answer),
        Err(_) => api::respond(Answer::defect()),
    }
}

fn streamed(media_type: &'static str, waiting: mpsc::Receiver<Piece>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(Pieces(waiting))
}

type Piece = Result<web::Bytes, std::io::Error>;

/// A body that comes in pieces.
struct Pieces(mpsc::Receiver<Piece>);

impl MessageBody for Pieces {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        self.0.poll_recv(context)
    }
}
