//! The page to try the JSON wire by hand: one document of our own, which reads `openapi.json` from this server and talks to nobody
//! else; its policy holds it to that.

use actix_web::HttpResponse;
use actix_web::http::{Method, header};

/// The page; `NONCE` stands where each answer has a word of its own.
const PAGE: &str = include_str!("docs.html");

/// Whether a path is the page's.
pub(super) fn is_page(path: &str) -> bool {
    matches!(path.trim_end_matches('/'), "/api" | "/api/docs" | "/api/v1")
}

/// The page.
pub(super) fn page(method: &Method) -> HttpResponse {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish();
    }
    let mut word = [0; 16];
    if getrandom::fill(&mut word).is_err() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let nonce = word.iter().fold(String::new(), |nonce, octet| format!("{nonce}{octet:02x}"));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(PAGE.replace("NONCE", &nonce))
}
