//! What GET answers: the contract, an index page, the health checks.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;

/// A page of plain text.
pub(super) fn text(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}

/// The page of that path.
pub(super) async fn get(request: &HttpRequest, app: &App) -> HttpResponse {
    let path = request.path().trim_end_matches('/');
    if path.ends_with("/wsdl") || query(request, "wsdl").is_some() {
        return match app.documents.find(query(request, "port")) {
            Some(document) => HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(document.to_owned()),
            None => text(StatusCode::NOT_FOUND, "There is no such port; GET /wsdl has them all\n"),
        };
    }
    match path {
        "" => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(index(app)),
        "/health" => text(StatusCode::OK, "ok\n"),
        "/ready" => match app.store.ping().await {
            Ok(()) => text(StatusCode::OK, "ready\n"),
            Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "Not here: GET / lists what is; SOAP goes by POST to any path\n"),
    }
}

/// The value of a member of the query string, its name in any case; empty when it has none.
pub(super) fn query<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.query_string().split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn index(app: &App) -> String {
    let ports: String =
        app.documents.ports().map(|port| format!("<li><a href=\"/wsdl?port={port}\">{port}</a></li>")).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><title>NGNPro</title><h1>NGNPro provisioning server</h1>\
         <p>SOAP, rpc/encoded: POST to any path. The contract: <a href=\"/wsdl\">all ports</a>, or one port:</p>\
         <ul>{ports}</ul><p><a href=\"/health\">health</a>, <a href=\"/ready\">ready</a></p></html>\n"
    )
}
