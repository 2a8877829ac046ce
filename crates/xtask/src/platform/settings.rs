//! What `run`, `up` and `down` are told, all of it by environment variables, because make hands those on as they are.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::holder;
use crate::{Outcome, tools};

/// The proxy's own variable for the names that phones reach it by.
const ADVERTISED: &str = "SIP_PROXY__SIP__ADVERTISED";
/// The provisioning server's own variable for the URL that the WSDL names.
pub(super) const PUBLIC_URL: &str = "NGNPRO__HTTP__PUBLIC_URL";
/// The variable of the server that names its certificate.
const CERTIFICATE: &str = "NGNPRO__HTTP__TLS__CERTIFICATE";

/// How the platform is started.
pub(super) struct Settings {
    /// Everything that this instance keeps: database, settings, logs, passwords, `run.json`.
    pub(super) state_dir: PathBuf,
    pub(super) soap: Address,
    pub(super) sip: Address,
    /// TLS, WebSocket and secure WebSocket, where they are wanted.
    pub(super) sips: Option<Address>,
    pub(super) ws: Option<Address>,
    pub(super) wss: Option<Address>,
    pub(super) proxy_http: Address,
    pub(super) admin_username: String,
    pub(super) admin_password: Option<String>,
    /// `hashed` or `recoverable`, as the provisioning server's setting of that name.
    pub(super) customer_passwords: String,
    pub(super) demo: bool,
    /// A database of the caller's instead of a private cluster.
    pub(super) database_url: Option<String>,
    /// cargo's profile, `release` or `dev`.
    pub(super) profile: String,
    /// A folder with both programs, ready made: then nothing is built.
    pub(super) programs: Option<PathBuf>,
}

/// An address with the variable that it came from, so that a message can say what to change.
pub(super) struct Address {
    pub(super) variable: &'static str,
    pub(super) address: SocketAddr,
}

impl Address {
    fn refusal(&self, error: &io::Error) -> String {
        let (why, example) = match error.kind() {
            io::ErrorKind::AddrInUse => {
                let holder = holder::of(self.address).map(|holder| format!(", by {holder}")).unwrap_or_default();
                (format!("in use{holder}"), Self::beside(self.address))
            }
            io::ErrorKind::PermissionDenied => (
                format!("{error}: ports below 1024 are root's"),
                Self::beside(SocketAddr::new(self.address.ip(), 5060)),
            ),
            io::ErrorKind::AddrNotAvailable => (
                "not an address of this machine".to_owned(),
                SocketAddr::new(Ipv4Addr::LOCALHOST.into(), self.address.port()),
            ),
            _ => (error.to_string(), Self::beside(self.address)),
        };
        let Self { variable, address } = self;
        format!("{variable}={address} cannot be used ({why}): name another address, for example {variable}={example}")
    }

    fn beside(address: SocketAddr) -> SocketAddr {
        SocketAddr::new(address.ip(), address.port().checked_add(100).unwrap_or(15_060))
    }
}

impl Settings {
    /// Reads the environment. An empty variable counts as absent: make exports those that nobody set.
    pub(super) fn from_environment() -> Result<Self, String> {
        let read = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let state_dir = tools::root().join(read("STATE_DIR").unwrap_or_else(|| "var".to_owned()));
        let customer_passwords = read("CUSTOMER_PASSWORDS").unwrap_or_else(|| "hashed".to_owned());
        if !["hashed", "recoverable"].contains(&customer_passwords.as_str()) {
            return Err(format!("CUSTOMER_PASSWORDS={customer_passwords} is not known: write hashed or recoverable"));
        }
        for name in ["STATE_DIR", "ADMIN_USERNAME", "ADMIN_PASSWORD"] {
            if read(name).is_some_and(|value| value.chars().any(char::is_control)) {
                return Err(format!("{name} has a line break or another control character in it: leave it out"));
            }
        }
        Ok(Self {
            state_dir,
            soap: address("SOAP_ADDR", read("SOAP_ADDR"), "127.0.0.1:9200")?,
            sip: address("SIP_ADDR", read("SIP_ADDR"), "127.0.0.1:5060")?,
            sips: optional_address("SIPS_ADDR", read("SIPS_ADDR"))?,
            ws: optional_address("WS_ADDR", read("WS_ADDR"))?,
            wss: optional_address("WSS_ADDR", read("WSS_ADDR"))?,
            proxy_http: address("PROXY_HTTP_ADDR", read("PROXY_HTTP_ADDR"), "127.0.0.1:9201")?,
            admin_username: read("ADMIN_USERNAME").unwrap_or_else(|| "admin".to_owned()),
            admin_password: read("ADMIN_PASSWORD"),
            customer_passwords,
            demo: read("DEMO").is_none_or(|value| !["0", "no", "false"].contains(&value.as_str())),
            database_url: read("DATABASE_URL"),
            profile: read("PROFILE").unwrap_or_else(|| "release".to_owned()),
            programs: read("PROGRAMS").map(PathBuf::from),
        })
    }

    /// Makes the folder of this instance and answers the one for its logs.
    pub(super) fn make_state_dir(&self) -> Result<PathBuf, String> {
        let logs = self.state_dir.join("log");
        let probe = self.state_dir.join(".writable");
        let made =
            fs::create_dir_all(&logs).and_then(|()| fs::write(&probe, "")).and_then(|()| fs::remove_file(&probe));
        made.map_err(|error| {
            format!(
                "STATE_DIR={} cannot be used ({error}): name a folder that you may write to",
                self.state_dir.display()
            )
        })?;
        Ok(logs)
    }

    /// The addresses on which the proxy speaks SIP.
    fn of_sip(&self) -> impl Iterator<Item = &Address> {
        [Some(&self.sip), self.sips.as_ref(), self.ws.as_ref(), self.wss.as_ref()].into_iter().flatten()
    }

    /// Fails when one of the addresses is held by another program, named twice or not this machine's.
    pub(super) fn check_addresses(&self) -> Outcome {
        let everywhere = self.of_sip().find(|wanted| wanted.address.ip().is_unspecified());
        if let Some(Address { variable, address }) = everywhere.filter(|_| env::var_os(ADVERTISED).is_none()) {
            return Err(format!(
                "{variable}={address} is every address of this machine, and phones must be told one: name that one in {variable}, or set \
                 {ADVERTISED} to it"
            ));
        }
        let all: Vec<&Address> = [&self.soap].into_iter().chain(self.of_sip()).chain([&self.proxy_http]).collect();
        for (at, wanted) in all.iter().enumerate() {
            if let Some(other) = all[..at].iter().find(|other| other.address == wanted.address) {
                return Err(format!("{} and {} are both {}", other.variable, wanted.variable, wanted.address));
            }
            let stream = TcpListener::bind(wanted.address).map(|_| ());
            let datagram = || UdpSocket::bind(wanted.address).map(|_| ());
            let outcome = if wanted.variable == "SIP_ADDR" { stream.and_then(|()| datagram()) } else { stream };
            outcome.map_err(|error| wanted.refusal(&error))?;
        }
        Ok(())
    }

    /// The certificate that the server is told to serve by its own variables; none: it speaks plain HTTP.
    pub(super) fn certificate() -> Option<String> {
        env::var(CERTIFICATE).ok().filter(|file| !file.is_empty())
    }

    /// Where the server is found, without a path.
    pub(super) fn server_url(&self) -> String {
        let scheme = if Self::certificate().is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.soap.address)
    }

    /// Whether the WSDL names an address that only this machine can use.
    pub(super) fn wsdl_needs_a_name(&self) -> bool {
        self.soap.address.ip().is_unspecified() && env::var_os(PUBLIC_URL).is_none()
    }

    /// The file that holds the administrator's password.
    pub(super) fn password_file(&self) -> PathBuf {
        self.state_dir.join("administrator.password")
    }

    /// The administrator's password: as given, as kept from an earlier start, or made now. It is on disk after this.
    pub(super) fn administrator_password(&self) -> Result<Password, String> {
        let file = self.password_file();
        if let Some(given) = &self.admin_password {
            write_secret(&file, given)?;
            return Ok(Password { text: given.clone(), is_new: false });
        }
        if let Ok(kept) = fs::read_to_string(&file) {
            return Ok(Password { text: kept.strip_suffix('\n').unwrap_or(&kept).to_owned(), is_new: false });
        }
        let made = random_text(18)?;
        write_secret(&file, &made)?;
        Ok(Password { text: made, is_new: true })
    }
}

/// The administrator's password, and whether nobody can know it yet.
pub(super) struct Password {
    pub(super) text: String,
    pub(super) is_new: bool,
}

fn address(variable: &'static str, given: Option<String>, default: &str) -> Result<Address, String> {
    let text = given.as_deref().unwrap_or(default);
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() != 0 => Ok(Address { variable, address }),
        Ok(_) => Err(format!("{variable}={text}: name a port, so that others can find it")),
        Err(_) => Err(format!("{variable}={text} is not an address: write one as 127.0.0.1:9200 or [::1]:9200")),
    }
}

fn optional_address(variable: &'static str, given: Option<String>) -> Result<Option<Address>, String> {
    given.map(|given| address(variable, Some(given), "")).transpose()
}

/// So many random bytes in hexadecimal digits.
pub(super) fn random_text(length: usize) -> Result<String, String> {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers from the system: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Writes a file that only its owner reads, whole or not at all.
pub(super) fn write_secret(path: &Path, text: &str) -> Outcome {
    let unfinished = path.with_extension("new");
    let write = || {
        let _ = fs::remove_file(&unfinished);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{address, random_text, write_secret};

    #[test]
    fn an_address_that_cannot_be_read_names_its_variable() {
        let refusal = address("SIP_ADDR", Some("localhost".to_owned()), "127.0.0.1:5060").err().unwrap();
        assert!(refusal.starts_with("SIP_ADDR=localhost is not an address"), "{refusal}");
        assert!(address("SIP_ADDR", Some("127.0.0.1:0".to_owned()), "127.0.0.1:5060").is_err());
    }

    #[test]
    fn a_secret_is_readable_by_its_owner_only_and_is_replaced_whole() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write_secret(&path, "one").unwrap();
        write_secret(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn two_generated_passwords_differ() {
        assert_ne!(random_text(18).unwrap(), random_text(18).unwrap());
    }
}
