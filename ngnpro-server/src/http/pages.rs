//! What GET answers: the contract, an index page, the health checks.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::wire::Endpoint;

/// A page of plain text.
pub(super) fn text(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}

/// The page of that path.
pub(super) async fn get(request: &HttpRequest, app: &App) -> HttpResponse {
    let path = request.path().trim_end_matches('/');
    let wanted = path.strip_suffix("/wsdl");
    if wanted.is_some() || query(request, "wsdl").is_some() {
        let endpoint = endpoint(wanted.unwrap_or(path), request);
        let document = match endpoint.literal {
            true => endpoint.port.and_then(|port| app.documents.find_literal(port)),
            false => app.documents.find(query(request, "port")),
        };
        return match document {
            Some(document) => HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(document.to_owned()),
            None => text(StatusCode::NOT_FOUND, "There is no such port; GET / lists them all\n"),
        };
    }
    match path {
        "" => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(index(app)),
        "/health" => text(StatusCode::OK, "ok\n"),
        "/ready" => match app.store.ping().await {
            Ok(()) => text(StatusCode::OK, "ready\n"),
            Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
        },
        "/metrics" if !may_read_metrics(request, app) => {
            text(StatusCode::FORBIDDEN, "http.metrics_from does not name your address\n")
        }
        "/metrics" => HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics(app)),
        _ => text(StatusCode::NOT_FOUND, "Not here: GET / lists what is; SOAP goes by POST to any path\n"),
    }
}

fn metrics(app: &App) -> String {
    let mut page = app.metrics.page();
    page.push_str("# HELP ngnpro_changes_readers Clients that wait for changes\n# TYPE ngnpro_changes_readers gauge\n");
    page.push_str(&format!("ngnpro_changes_readers {}\n", app.readers.waiting()));
    if let Some(certificates) = &app.certificates {
        page.push_str(&certificates.metrics());
    }
    page
}

fn may_read_metrics(request: &HttpRequest, app: &App) -> bool {
    let Some(peer) = request.peer_addr() else { return false };
    app.settings.metrics_networks().iter().any(|network| network.contains(&peer.ip().to_canonical()))
}

/// The value of a member of the query string, its name in any case; empty when it has none.
pub(super) fn query<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.query_string().split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The step of the path before the port's on the literal wire.
const LITERAL_STEP: &str = "soap";

/// What the URL names: the port in `?port=Sip` or in the path's last step, the literal wire in `/soap/sip`.
pub(super) fn endpoint<'a>(path: &'a str, request: &'a HttpRequest) -> Endpoint<'a> {
    let mut steps = path.trim_end_matches('/').rsplit('/');
    let (last, before) = (steps.next(), steps.next());
    let port = query(request, "port");
    Endpoint { port: port.or(last), literal: port.is_none() && before == Some(LITERAL_STEP) }
}

fn index(app: &App) -> String {
    let line = |port: &str| {
        let step = port.to_ascii_lowercase();
        format!("<li>{port}: <a href=\"/soap/{step}?wsdl\">literal</a>, <a href=\"/wsdl?port={port}\">encoded</a></li>")
    };
    let ports: String = app.documents.ports().map(line).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><title>NGNPro</title><h1>NGNPro provisioning server</h1>\
         <p>SOAP by POST to any path, in either wire. The contracts: document/literal, a port each, for new clients; rpc/encoded \
         with <a href=\"/wsdl\">all ports</a> or with one, for those of old.</p>\
         <ul>{ports}</ul><p>JSON below <code>/api/v1</code>: <a href=\"/api/docs\">all operations, to be tried by hand</a>, and their \
         <a href=\"/api/v1/openapi.json\">description</a> (OpenAPI 3.1).</p><p><a href=\"/health\">health</a>, <a href=\"/ready\">ready</a></p></html>\n"
    )
}
