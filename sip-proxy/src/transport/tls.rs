//! Who we are within TLS, and whom we believe: a certificate for each SIP domain that has one, by the name that a peer asks for, over
//! the one of the settings; whether a peer must show one; and the same towards those that we connect to.
//!
//! Files are looked at every second, domains when the change feed names them. What is new counts for handshakes from then on, connections go
//! on as they are; what cannot be used is said and not taken.
//!
//! RFC 3261 §26.3.1, RFC 5922 §7 (whose certificate it is), RFC 6066 §3 (the name that is asked for).

mod files;
mod identity;
mod profiles;
mod verify;

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sip_core::{Flow, Shared};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsConnector, client};
use tracing::{info, warn};

use files::Files;
use profiles::{Demands, Pair, Profiles};

pub(crate) use identity::Identity;
pub(crate) use profiles::DomainTls;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the settings say.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsRules {
    /// Certificate and key, PEM; none: self-signed ones in the state directory.
    pub(crate) files: Option<(std::path::PathBuf, std::path::PathBuf)>,
    /// Whom we believe, PEM; none: the authorities that browsers believe.
    pub(crate) authorities: Option<std::path::PathBuf>,
    /// What is demanded of who asks for no domain that says otherwise.
    pub(crate) verify_cert: bool,
    /// As above.
    pub(crate) require_cert: bool,
    /// Whether those that we connect to must prove who they are.
    pub(crate) verify_server: bool,
}

/// Certificates and rules as they are now.
pub(crate) struct Tls {
    rules: TlsRules,
    shared: Arc<Shared>,
    files: Files,
    domains: Mutex<Vec<DomainTls>>,
    profiles: ArcSwap<Profiles>,
    client: ArcSwap<ClientConfig>,
}

impl Tls {
    /// Reads the files; `names` are put into a certificate that is made where none is given. Where TLS is not spoken nothing is made.
    pub(crate) fn open(
        rules: TlsRules,
        state_dir: &Path,
        names: &[String],
        spoken: bool,
        shared: Arc<Shared>,
    ) -> Result<Tls, String> {
        let files = match &rules.files {
            Some((certificate, key)) => Files::new(certificate, key, rules.authorities.as_deref()),
            None => Files::in_state_dir(state_dir, rules.authorities.as_deref()),
        };
        if rules.files.is_none() && spoken {
            files.make_self_signed(names)?;
        }
        let pair = if spoken || rules.files.is_some() { Some(files.pair()?) } else { None };
        let roots = files.roots()?;
        let profiles = Profiles::new(pair.clone(), demands(&rules), &[], &roots, None)?;
        let client = client_config(&rules, pair.as_ref(), &roots)?;
        Ok(Tls {
            rules,
            shared,
            files,
            domains: Mutex::default(),
            profiles: ArcSwap::from_pointee(profiles),
            client: ArcSwap::from_pointee(client),
        })
    }

    /// The handshake with who has connected. Which name it asks for decides about the certificate.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let local = stream.local_addr()?.ip();
        let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        let config = self.config_for(start.client_hello().server_name(), local);
        let config = config.ok_or_else(|| io::Error::other("there is no certificate"))?;
        start.into_stream(config).await
    }

    /// Who has connected, if it showed a certificate. That was found to be good, or there would be no connection.
    pub(super) fn identity(&self, stream: &TlsStream<TcpStream>) -> Option<Identity> {
        let (_, session) = stream.get_ref();
        session.peer_certificates().and_then(<[_]>::first).map(Identity::of)
    }

    fn config_for(&self, name: Option<&str>, local: IpAddr) -> Option<Arc<ServerConfig>> {
        self.profiles.load().choose(name, local)
    }

    /// The handshake with who was connected to.
    pub(super) async fn connect(&self, stream: TcpStream, flow: Flow) -> io::Result<client::TlsStream<TcpStream>> {
        let named = flow
            .peer
            .map(|peer| self.shared.peer_names.name(peer).ok_or_else(|| io::Error::other("a name of long ago")));
        // RFC 5922 §7.3: the certificate is for the host of the URI, or for its address where it is one.
        let name = match named.transpose()? {
            Some(name) => ServerName::try_from(name.to_string()).map_err(io::Error::other)?,
            None => ServerName::IpAddress(flow.remote.ip().to_canonical().into()),
        };
        TlsConnector::from(self.client.load_full()).connect(name, stream).await
    }

    /// These are the domains with certificates or demands of their own.
    pub(crate) fn set_domains(&self, domains: Vec<DomainTls>) {
        let mut held = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        if *held == domains {
            return;
        }
        let before = self.profiles.load_full();
        let made = self.files.roots().and_then(|roots| {
            let default = before.default_pair();
            Profiles::new(default, demands(&self.rules), &domains, &roots, Some(&before))
        });
        match made {
            Ok(profiles) => {
                info!(domains = domains.len(), "{} SIP domains have certificates or rules of their own", domains.len());
                self.profiles.store(Arc::new(profiles));
                *held = domains;
            }
            Err(why) => warn!(why, "the certificates of the SIP domains are not taken: {why}"),
        }
    }

    /// Takes new files as they come, for as long as the runtime lives.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut known = self.files.stamps();
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let found = self.files.stamps();
            if found != known {
                known = found;
                match self.renew() {
                    Ok(()) => info!("new connections are served with the new certificate"),
                    Err(why) => warn!(why, "the new certificate is not used, the one before is kept: {why}"),
                }
            }
        }
    }

    fn renew(&self) -> Result<(), String> {
        if self.profiles.load().default_pair().is_none() {
            return Ok(());
        }
        let (pair, roots) = (self.files.pair()?, self.files.roots()?);
        let domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let client = client_config(&self.rules, Some(&pair), &roots)?;
        // All are made anew: whom they believe may have changed.
        let profiles = Profiles::new(Some(pair), demands(&self.rules), &domains, &roots, None)?;
        self.profiles.store(Arc::new(profiles));
        self.client.store(Arc::new(client));
        Ok(())
    }
}

fn demands(rules: &TlsRules) -> Demands {
    Demands { verify: rules.verify_cert, require: rules.require_cert }
}

/// How we appear to those that we connect to, and what we ask of them.
fn client_config(rules: &TlsRules, pair: Option<&Pair>, roots: &Arc<RootCertStore>) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match rules.verify_server {
        true => builder.dangerous().with_custom_certificate_verifier(identity::domains(roots, &provider)),
        false => builder.dangerous().with_custom_certificate_verifier(verify::anybody(&provider)),
    };
    let config = match pair {
        // RFC 5922 §7.4: a server that asks who we are is told.
        Some(pair) => builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(pair.0.clone()))),
        None => builder.with_no_client_auth(),
    };
    Ok(config)
}
