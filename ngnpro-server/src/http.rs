//! The HTTP side: below `/api` is JSON; any other POST is a SOAP message, any other GET serves the contract, an index page and the
//! health checks.
//!
//! HTTP/1.0 and 1.1. A fault has status 500 and never 4xx, or old clients lose its code; plain 4xx answers are for what is no
//! SOAP at all. Bodies are whole and uncompressed in both directions' order: read up to a limit in a limited time, unpacked up
//! to a limit, answered with a length. SOAPAction is ignored, the media type too unless it is a web form's.

mod api;
mod body;
mod bulk;
mod changes;
mod docs;
mod pages;
mod tls;

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{App as WebApp, HttpRequest, HttpResponse, HttpServer, web};
use soap::{Fault, FaultCode, Form, Version};
use tracing::Instrument;

use crate::app::{Answer, App, Message, fault_answer};
use crate::config::{Http, Settings};
use crate::http::body::Unreadable;
use crate::json;
use crate::origin::Origin;
use crate::webhooks;
use crate::wire::{Endpoint, Operation};

pub use self::tls::Certificates;

/// Serves until the process is told to stop.
///
/// # Errors
/// When the listener or its certificate cannot be served.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    let Http { connections_max, head_timeout_ms, idle_timeout_ms, .. } = app.settings.http;
    let workers = workers(&app.settings);
    let idle = Duration::from_millis(idle_timeout_ms);
    tokio::spawn(send_readers_home(Arc::clone(&app)));
    let certificates = app.certificates.clone();
    limit_slow_readers(&listener, idle);
    tokio::spawn(webhooks::serve(Arc::clone(&app)));
    let data = web::Data::from(app);
    let server = HttpServer::new(move || WebApp::new().app_data(data.clone()).default_service(web::to(handle)))
        .max_connections(connections_max)
        .client_request_timeout(Duration::from_millis(head_timeout_ms))
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(idle)
        .workers(workers);
    let Some(certificates) = certificates else { return server.listen(listener)?.run().await };
    let config = certificates.config().map_err(std::io::Error::other)?;
    let watch = tokio::spawn(certificates.watch());
    let server = server.tls_handshake_timeout(Duration::from_millis(head_timeout_ms));
    let ended = server.listen_rustls_0_23(listener, config)?.run().await;
    watch.abort();
    ended
}

/// How many threads serve calls: as configured, or one a processor.
#[must_use]
pub fn workers(settings: &Settings) -> usize {
    match settings.http.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    }
}

/// Ends the streams when the process is told to stop, which would wait for them.
async fn send_readers_home(app: Arc<App>) {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            app.readers.stop();
        }
        (Err(error), _) | (_, Err(error)) => tracing::warn!(%error, "streams of changes will delay a stop: {error}"),
    }
}

/// Lets the kernel end connections whose peers do not take what was written: what is set here, those have that come of it.
fn limit_slow_readers(listener: &TcpListener, patience: Duration) {
    if let Err(error) = socket2::SockRef::from(listener).set_tcp_user_timeout(Some(patience)) {
        tracing::warn!(%error, "no limit for slow readers: {error}");
    }
}

/// The header of every answer that names its request, as the log does.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

async fn handle(request: HttpRequest, payload: web::Payload, app: web::Data<App>) -> HttpResponse {
    store::enter_lane();
    let id = request_id();
    let mut response = dispatch(&request, payload, app, &id).await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The rarer ways are boxed, so that a SOAP call, which is moved about as it begins, does not carry their room.
async fn dispatch(request: &HttpRequest, payload: web::Payload, app: web::Data<App>, id: &str) -> HttpResponse {
    // RFC 9112 section 3.2.
    if request.version() == actix_web::http::Version::HTTP_11 && !request.headers().contains_key(header::HOST) {
        return pages::text(StatusCode::BAD_REQUEST, "HTTP/1.1 requests need a Host header\n");
    }
    if docs::is_page(request.path()) {
        return docs::page(request.method());
    }
    if api::is_api(request.path())
        && let Some(response) = api::refused(request)
    {
        return response;
    }
    if request.path() == changes::PATH {
        return Box::pin(changes::handle(request, app)).await;
    }
    if json::bulk::is_bulk(request.path()) {
        return Box::pin(bulk::handle(request, payload, app, id)).await;
    }
    if api::is_api(request.path()) {
        return Box::pin(api::handle(request, payload, app, id)).await;
    }
    match *request.method() {
        Method::POST => post(request, payload, app, id).await,
        Method::GET | Method::HEAD => pages::get(request, &app).await,
        _ => HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD, POST"))
            .content_type("text/plain; charset=utf-8")
            .body("POST a SOAP envelope, or GET /wsdl\n"),
    }
}

/// A SOAP message, whatever the path.
async fn post(request: &HttpRequest, payload: web::Payload, app: web::Data<App>, id: &str) -> HttpResponse {
    let peer = peer(request);
    let message = match body::read(request, payload, &app.settings).await {
        Ok(message) => message,
        Err(unreadable) => {
            let mut response = match unreadable {
                Unreadable::Broken => pages::text(StatusCode::BAD_REQUEST, "The request's body is broken\n"),
                Unreadable::Refused(_, why) => {
                    respond(fault_answer(form_at(endpoint(request)), &Fault::malformed(why)))
                }
            };
            // The rest of the body is not wanted.
            response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
            return response;
        }
    };
    let span = tracing::info_span!("call", request.id = id);
    let id = id.to_owned();
    let form = form_at(endpoint(request));
    let request = request.clone();
    let work = async move {
        let charset = message.charset.as_deref();
        let origin = Origin { request: &id, change_set: change_set(&request) };
        let message = Message { body: &message.bytes, charset, endpoint: endpoint(&request), origin };
        // Boxed for the same reason.
        Box::pin(app.answer(message, peer)).await
    };
    // A defect in a call is its own: the connection gets a fault and the thread goes on.
    match actix_web::rt::spawn(work.instrument(span)).await {
        Ok(answer) => respond(answer),
        Err(error) => {
            tracing::error!(%error, "a call panicked: {error}");
            let fault = Fault { code: FaultCode::Server, errorcode: 9009, text: "Internal error".to_owned() };
            respond(fault_answer(form, &fault))
        }
    }
}

/// The address of the client.
fn peer(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

/// The change set that the client names.
fn change_set(request: &HttpRequest) -> Option<&str> {
    // What is no ASCII is no name, and is refused as such.
    request.headers().get("change-set").map(|value| value.to_str().unwrap_or_default())
}

/// What the URL of a call names.
fn endpoint(request: &HttpRequest) -> Endpoint<'_> {
    pages::endpoint(request.path(), request)
}

/// How a message is answered that cannot be read.
fn form_at(endpoint: Endpoint<'_>) -> Form {
    Form { style: Operation::style_at(None, endpoint), ..Form::default() }
}

fn respond(answer: Answer) -> HttpResponse {
    let status = if answer.errorcode.is_some() { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
    let media_type = match answer.form.version {
        Version::Soap11 => "text/xml; charset=utf-8",
        Version::Soap12 => "application/soap+xml; charset=utf-8",
    };
    HttpResponse::build(status).insert_header((header::CONTENT_TYPE, media_type)).body(answer.body)
}

/// Tells one request from all others, those of other processes and earlier starts too.
fn request_id() -> String {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static START: OnceLock<u32> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Without random numbers the ids are unique to this process still.
    let start = START.get_or_init(|| getrandom::u32().unwrap_or_default());
    format!("{start:08x}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
