//! One request to a receiver: where it may go, and what of the answer counts.
//!
//! The name is resolved here and the connection goes to the address that was checked, so that a name that changes its mind in
//! between leads nowhere else. Nothing is followed, no proxy is asked, and of the answer only the status is read.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::Webhooks;

/// The most of an answer's head; what comes after it is not read.
const HEAD_MAX: usize = 16 * 1024;

/// Where a hook leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    uri: Uri,
    is_secure: bool,
    host: String,
    port: u16,
}

impl Target {
    /// Reads a URL and checks what of it can be checked without asking anybody.
    pub(crate) fn parse(url: &str, settings: &Webhooks) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| "is no URL".to_owned())?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if settings.allow_http => false,
            Some("http") => return Err("begins with https:// (webhooks.allow_http allows http)".to_owned()),
            _ => return Err("begins with https://".to_owned()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let host = authority.map(|authority| authority.host().trim_matches(['[', ']']).to_lowercase());
        let host = host.filter(|host| !host.is_empty()).ok_or("has a host and no user name")?;
        let is_below = |allowed: &String| {
            let allowed = allowed.to_lowercase();
            host == allowed || host.strip_suffix(&allowed).is_some_and(|rest| rest.ends_with('.'))
        };
        if !settings.allowed_hosts.is_empty() && !settings.allowed_hosts.iter().any(is_below) {
            return Err("is of a host that webhooks.allowed_hosts does not name".to_owned());
        }
        if let Ok(address) = host.parse::<IpAddr>() {
            may_reach(address, settings)?;
        }
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Ok(Self { uri, is_secure, host, port })
    }

    /// The first address that may be reached.
    async fn resolve(&self, settings: &Webhooks) -> Result<SocketAddr, String> {
        let mut refused = "the host has no address".to_owned();
        let found = lookup_host((self.host.as_str(), self.port)).await;
        for address in found.map_err(|error| format!("the host is not found: {error}"))? {
            match may_reach(address.ip(), settings) {
                Ok(()) => return Ok(address),
                Err(why) => refused = why,
            }
        }
        Err(refused)
    }
}

/// Whether an address may be connected to.
fn may_reach(address: IpAddr, settings: &Webhooks) -> Result<(), String> {
    match settings.allow_private || is_public(address.to_canonical()) {
        true => Ok(()),
        false => Err("leads to an address that is not public (webhooks.allow_private allows it)".to_owned()),
    }
}

/// Whether an address is one of the public Internet, by the registries of special addresses (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        // Global unicast, without what embeds an IPv4 address or is for documentation.
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8))
        }
    }
}

/// What is sent.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) id: &'a str,
    pub(crate) timestamp: i64,
    pub(crate) signature: &'a str,
    pub(crate) body: &'a str,
}

/// Sends it. The error is for the hook's owner.
pub(crate) async fn post(target: &Target, delivery: &Delivery<'_>, settings: &Webhooks) -> Result<u16, String> {
    let limit = Duration::from_millis(settings.timeout_ms);
    let status = timeout(limit, post_now(target, delivery, settings)).await;
    let status = status.unwrap_or_else(|_| Err("no answer in time".to_owned()))?;
    match (200..300).contains(&status) {
        true => Ok(status),
        false => Err(format!("answered with status {status}")),
    }
}

async fn post_now(target: &Target, delivery: &Delivery<'_>, settings: &Webhooks) -> Result<u16, String> {
    let address = target.resolve(settings).await?;
    let stream = TcpStream::connect(address).await.map_err(|error| format!("no connection: {error}"))?;
    if !target.is_secure {
        return exchange(stream, target, delivery).await;
    }
    let name = ServerName::try_from(target.host.clone()).map_err(|_| "the host has no name for TLS".to_owned())?;
    let stream = connector(settings)?.connect(name, stream).await.map_err(|error| format!("no TLS: {error}"))?;
    exchange(stream, target, delivery).await
}

async fn exchange<S>(stream: S, target: &Target, delivery: &Delivery<'_>) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |error: hyper::Error| format!("no answer: {error}");
    let mut builder = http1::Builder::new();
    let handshake = builder.max_buf_size(HEAD_MAX).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(failed)?;
    let path = target.uri.path_and_query().map_or("/", |path| path.as_str());
    let host = target.uri.authority().map_or(target.host.as_str(), |authority| authority.as_str());
    let request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("ngnpro-server/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("webhook-id", delivery.id)
        .header("webhook-timestamp", delivery.timestamp)
        .header("webhook-signature", delivery.signature)
        .body(Full::new(Bytes::from(delivery.body.to_owned())))
        .map_err(|_| "is no URL that can be called".to_owned())?;
    let answered = async {
        let answer = sender.send_request(request).await.map_err(failed)?;
        Ok(answer.status().as_u16())
    };
    // The connection works for the request and ends with it: the answer's body is nobody's.
    tokio::pin!(answered);
    tokio::select! {
        biased;
        status = &mut answered => status,
        ended = connection => match ended {
            // It may have ended with the answer.
            Ok(()) => answered.await,
            Err(error) => Err(failed(error)),
        },
    }
}

/// TLS with the roots that browsers trust, and those of the operator, whose file may be another by now.
fn connector(settings: &Webhooks) -> Result<TlsConnector, String> {
    static USUAL: OnceLock<TlsConnector> = OnceLock::new();
    let with = |roots: RootCertStore| {
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    };
    match settings.ca_file.is_empty() {
        true => Ok(USUAL.get_or_init(|| with(browsers_roots())).clone()),
        false => Ok(with(roots(settings)?)),
    }
}

fn browsers_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The authorities that receivers' certificates may come from.
pub(crate) fn roots(settings: &Webhooks) -> Result<RootCertStore, String> {
    let mut roots = browsers_roots();
    let file = settings.ca_file.as_str();
    if file.is_empty() {
        return Ok(roots);
    }
    let wrong = |error: &dyn std::fmt::Display| format!("{file}: {error}");
    let mut own = 0;
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
        roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
        own += 1;
    }
    if own == 0 { Err(format!("{file} has no certificate")) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str, change: impl FnOnce(&mut Webhooks)) -> Result<Target, String> {
        let mut settings = Webhooks::default();
        change(&mut settings);
        Target::parse(url, &settings)
    }

    #[test]
    fn a_hook_leads_to_the_public_internet_over_tls_and_nowhere_else_unless_it_is_allowed() {
        assert_eq!(target("https://crm.example.com/hook?x=1", |_| ()).unwrap().port, 443);
        for url in [
            "http://crm.example.com/",
            "ftp://crm.example.com/",
            "https://user@crm.example.com/",
            "https:///x",
            "x",
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
        ] {
            assert!(target(url, |_| ()).is_err(), "{url}");
        }
        assert!(target("https://8.8.8.8/", |_| ()).is_ok() && target("https://[2a00:1450::1]/", |_| ()).is_ok());
        assert!(
            target("http://127.0.0.1:8080/", |settings| (settings.allow_http, settings.allow_private) = (true, true))
                .is_ok()
        );
    }

    #[test]
    fn hosts_can_be_limited_to_those_that_are_named() {
        let to = |url| target(url, |settings| settings.allowed_hosts = vec!["example.com".to_owned()]);
        assert!(to("https://example.com/").is_ok() && to("https://crm.Example.com/").is_ok());
        assert!(to("https://badexample.com/").is_err() && to("https://example.org/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_not_followed() {
        let settings = Webhooks { allow_http: true, ..Webhooks::default() };
        let target = Target::parse("http://localhost:9/", &settings).unwrap();
        assert!(target.resolve(&settings).await.unwrap_err().contains("not public"));
    }
}
