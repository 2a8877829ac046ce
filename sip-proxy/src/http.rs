//! Health, readiness, counters and the number of registrations over HTTP, for operators and supervisors. Nothing here
//! names a user or an address, and nothing can be changed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, get};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::json;
use sip_core::Shared;

use crate::counters::AllCounters;
use crate::directory::Directory;
use crate::drain::Drain;
use crate::locations::LocationWriter;
use crate::transport::connections::Connections;
use crate::transport::drops;

/// Connections at once; who asks is a supervisor and a scraper.
const CONNECTIONS_MAX: usize = 64;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// What is shown.
pub(crate) struct Shown {
    pub(crate) directory: Arc<Directory>,
    pub(crate) locations: Arc<LocationWriter>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) counters: AllCounters,
    pub(crate) drain: Arc<Drain>,
    pub(crate) node: String,
    /// The addresses on which UDP is served.
    pub(crate) udp: Vec<SocketAddr>,
}

/// Opens the port; the server runs when it is awaited.
pub(crate) fn server(listen: SocketAddr, shown: Arc<Shown>) -> std::io::Result<(Server, SocketAddr)> {
    let data = Data::from(shown);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .route("/health", get().to(health))
            .route("/ready", get().to(ready))
            .route("/metrics", get().to(metrics))
            .route("/registrations", get().to(registrations))
    })
    .workers(1)
    .max_connections(CONNECTIONS_MAX)
    .client_request_timeout(REQUEST_TIMEOUT)
    .shutdown_timeout(1)
    .disable_signals()
    .bind(listen)?;
    let bound = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), bound))
}

/// The process runs. Whether it can do its work is said by /ready.
async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// Whether calls and registrations can be handled. A database that goes away later does not make it unready: what is
/// known goes on being served.
async fn ready(shown: Data<Shown>) -> HttpResponse {
    let (domains, ..) = shown.directory.sizes();
    // Who balances the load looks here: a node that is about to end gets nothing new.
    let is_ready = shown.directory.is_ready() && !shown.drain.has_begun();
    let body = json!({
        "ready": is_ready,
        "draining": shown.drain.has_begun(),
        "database": shown.directory.has_database(),
        "domains": domains,
        "node": shown.node,
    });
    if is_ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

async fn registrations(shown: Data<Shown>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "addresses": shown.shared.locations.len(),
        "waiting_for_database": shown.locations.waiting(),
        "journal_bytes": shown.locations.journal_bytes(),
    }))
}

async fn metrics(shown: Data<Shown>) -> HttpResponse {
    let (domains, accounts, aliases) = shown.directory.sizes();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let gauges = [
        ("addresses_registered", "Addresses with contacts", number(shown.shared.locations.len())),
        ("registrations_waiting", "Addresses whose contacts wait for the database", number(shown.locations.waiting())),
        ("journal_bytes", "Size of the journal of registrations", shown.locations.journal_bytes()),
        ("domains", "Domains served", number(domains)),
        ("accounts_cached", "Accounts in memory, absent ones too", number(accounts)),
        ("aliases_cached", "Aliases in memory, absent ones too", number(aliases)),
        (
            "udp_dropped_by_kernel",
            "Datagrams lost because a socket's buffer was full",
            drops::by_kernel(shown.udp.iter().copied()),
        ),
        ("tcp_connections", "Open TCP connections", number(shown.connections.len())),
        ("bans", "Networks that are banned", number(shown.shared.guard.bans.len())),
        ("database_connected", "Whether the database can be asked", u64::from(shown.directory.has_database())),
    ];
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(shown.counters.render(&[&gauges[..], &shown.drain.gauges()].concat()))
}
