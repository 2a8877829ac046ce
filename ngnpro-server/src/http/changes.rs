//! `GET /api/v1/changes`: the feed of changes over HTTP, as NDJSON at once or when there is something, or as a stream of
//! server-sent events (HTML Living Standard section 9.2).
//!
//! A stream is written no faster than it is read, and ends after a while: whoever comes back with the place of the last event has
//! missed nothing, and signs in again.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use store::journal::{Lost, Place};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::peer;
use crate::app::App;
use crate::caller::Role;
use crate::changes::{self, Reader, Seat};
use crate::json::{self, Problem};

/// The path.
pub(super) const PATH: &str = "/api/v1/changes";
/// The most entries of one look.
const LIMIT_MAX: u32 = 1000;
/// Parts of a stream that may wait to be read.
const AHEAD: usize = 2;
/// How long a client may leave a part unread.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    since: Option<Place>,
    wait: Duration,
    limit: u32,
}

/// Answers a request.
pub(super) async fn handle(request: &HttpRequest, app: web::Data<App>) -> HttpResponse {
    let (started, mut asks) = (Instant::now(), None);
    let (response, errorcode) = match answer(request, &app, &mut asks).await {
        Ok(response) => (response, None),
        Err(problem) => {
            let answer = problem.answer();
            let errorcode = answer.errorcode;
            (super::api::respond(answer), errorcode)
        }
    };
    let caller = asks.as_ref().map(|(name, role): &(String, Role)| (name.as_str(), *role));
    app.note(("changes", "getChanges"), caller, errorcode, peer(request), started);
    response
}

/// The answer, of a stream its beginning; who asks is left to whoever notes it.
async fn answer(
    request: &HttpRequest,
    app: &web::Data<App>,
    asks: &mut Option<(String, Role)>,
) -> Result<HttpResponse, Problem> {
    if request.method() != "GET" {
        return Err(Problem::new(405, "the resource has no such method").with("Allow", "GET".to_owned()));
    }
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let caller = json::caller(app, text("authorization"), text("impersonate"), peer(request)).await?;
    *asks = Some((caller.name.clone(), caller.role()));
    if !caller.grant.allows_resource("changes", true) {
        return Err(json::beyond_scopes("changes"));
    }
    let is_stream = text("accept").is_some_and(|accept| accept.contains("text/event-stream"));
    let settings = &app.settings.changes;
    let mut asked = Asked::read(request.query_string(), Duration::from_secs(settings.wait_max_s))?;
    if let Some(last) = text("last-event-id").filter(|_| is_stream) {
        let place =
            last.trim().parse().map_err(|_| Problem::new(400, "Last-Event-ID is none that this server gave"))?;
        asked.since = Some(place);
    }
    let place = match asked.since {
        Some(place) => place,
        None => Reader::now(&app.store, &caller.scope).await?,
    };
    let mut reader = Reader {
        store: app.store.clone(),
        scope: caller.scope,
        place,
        limit: asked.limit,
        wakes: app.readers.wakes(&app.store),
        stopped: app.readers.stopped(),
    };
    let seat = match is_stream || !asked.wait.is_zero() {
        true => Some(app.readers.enter(caller.scope).ok_or_else(full)?),
        false => None,
    };
    if is_stream && let Some(seat) = seat {
        let first = reader.look().await?.map_err(lost)?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let beat = Duration::from_millis(settings.heartbeat_ms);
        let until = Instant::now() + Duration::from_secs(settings.stream_s);
        let begun = format!("retry: 1000\n{}{}", changes::heartbeat(place), changes::events(&first.entries));
        actix_web::rt::spawn(stream(reader, seat, sender, begun, beat, until));
        return Ok(HttpResponse::Ok()
            // It ends with its connection: a server that stops would wait for one that is kept.
            .force_close()
            .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("X-Accel-Buffering", "no"))
            .body(Parts(receiver)));
    }
    let look = reader.next(Instant::now() + asked.wait).await?.map_err(lost)?;
    // Taken for as long as it waits.
    drop(seat);
    let mut response = HttpResponse::Ok();
    if *app.readers.stopped().borrow() {
        response.force_close();
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, "application/x-ndjson"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("Changes-Next", look.next.to_string()))
        .insert_header((header::LINK, format!("<{PATH}?since={}&limit={}>; rel=\"next\"", look.next, asked.limit)))
        .body(changes::lines(&look.entries)))
}

/// All seats are taken.
fn full() -> Problem {
    Problem::new(429, "too many wait for changes already").with("Retry-After", "5".to_owned())
}

/// The feed cannot go on from there.
fn lost(lost: Lost) -> Problem {
    let why = match lost {
        Lost::Forgotten => {
            "changes after that place are forgotten already: read what you hold anew, then go on from now"
        }
        Lost::Elsewhere => "that place is of another database: read what you hold anew, then go on from now",
    };
    Problem::new(410, why).at("since".to_owned())
}

/// Writes a stream until its time is over, the client is gone or the server ends.
async fn stream(
    mut reader: Reader,
    _seat: Seat,
    sender: mpsc::Sender<String>,
    begun: String,
    beat: Duration,
    until: Instant,
) {
    let mut part = begun;
    loop {
        if !matches!(timeout(PATIENCE, sender.send(part)).await, Ok(Ok(()))) {
            return;
        }
        let now = Instant::now();
        if now >= until || *reader.stopped.borrow() {
            return;
        }
        let next = tokio::select! {
            next = reader.next((now + beat).min(until)) => next,
            () = sender.closed() => return,
        };
        part = match next {
            Ok(Ok(look)) if look.entries.is_empty() => changes::heartbeat(look.next),
            Ok(Ok(look)) => changes::events(&look.entries),
            // The client comes back, and is told then: a problem is better told by a status.
            Ok(Err(_)) => return,
            Err(failure) => {
                failure.log();
                return;
            }
        };
    }
}

/// A body that is made while it is sent.
struct Parts(mpsc::Receiver<String>);

impl MessageBody for Parts {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| Ok(Bytes::from(part))))
    }
}

impl Asked {
    fn read(query: &str, wait_max: Duration) -> Result<Self, Problem> {
        let mut asked = Self { since: None, wait: Duration::ZERO, limit: 100 };
        for pair in json::pairs(query) {
            let (name, value) = pair?;
            let wrong = |what: &str| Problem::new(400, &format!("{name}: {what}")).at(name.clone());
            match (name.as_str(), value.as_str()) {
                ("since", "beginning") => asked.since = Some(Place::BEGINNING),
                ("since", place) => {
                    asked.since = Some(place.parse().map_err(|_| wrong("is none that this server gave"))?);
                }
                ("wait", seconds) => {
                    let seconds = seconds.parse().map_err(|_| wrong("is a number of seconds"))?;
                    asked.wait = Duration::from_secs(seconds).min(wait_max);
                }
                ("limit", rows) => {
                    let rows: u32 =
                        rows.parse().ok().filter(|rows| *rows > 0).ok_or_else(|| wrong("is a number of rows"))?;
                    asked.limit = rows.min(LIMIT_MAX);
                }
                _ => return Err(wrong("there is no such member")),
            }
        }
        Ok(asked)
    }
}
