//! A phone: sipp with the scenarios of this folder.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::wait;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Transport {
    Udp,
    Tcp,
}

/// A phone with an account, at a port of its own.
pub(crate) struct Phone {
    proxy: SocketAddr,
    folder: PathBuf,
    pub(crate) user: String,
    domain: String,
    password: String,
    transport: Transport,
    pub(crate) port: u16,
}

/// A phone that is doing something.
pub(crate) struct Doing {
    sipp: Child,
    what: String,
    folder: PathBuf,
}

impl Phone {
    pub(crate) fn new(proxy: SocketAddr, folder: PathBuf, account: [&str; 3], transport: Transport, port: u16) -> Self {
        let [user, domain, password] = account.map(str::to_owned);
        Self { proxy, folder, user, domain, password, transport, port }
    }

    /// The same phone with another password typed in.
    pub(crate) fn with_password(&self, password: &str) -> Self {
        let account = [self.user.as_str(), self.domain.as_str(), password];
        Self::new(self.proxy, self.folder.clone(), account, self.transport, self.port)
    }

    /// Registers, and demands 200.
    pub(crate) fn register(&self) {
        self.sipp("register.xml", &self.domain, &[]).must_succeed();
    }

    /// Registers, and says whether that went well.
    pub(crate) fn try_register(&self) -> bool {
        self.sipp("register.xml", &self.domain, &[]).sipp.wait().unwrap().success()
    }

    /// Tries to register, and demands that it is refused.
    pub(crate) fn register_is_refused(&self) {
        self.sipp("register_refused.xml", &self.domain, &[]).must_succeed();
    }

    /// Waits for a call at the phone's port; returns when it can be called.
    pub(crate) fn answer(&self) -> Doing {
        let doing = self.sipp("answer.xml", &self.domain, &[]);
        let table = match self.transport {
            Transport::Udp => "/proc/net/udp",
            Transport::Tcp => "/proc/net/tcp",
        };
        let local = format!(": 0100007F:{:04X} ", self.port);
        wait::until(60, "the phone listens", || fs::read_to_string(table).unwrap().contains(&local).then_some(()));
        doing
    }

    /// Calls, hears it ring, and hangs up.
    pub(crate) fn call(&self, callee: &str) {
        // A caller needs no port of its own; the registered one may be in use by its owner.
        let uri = format!("{callee}@{}", self.domain);
        self.sipp("call.xml", &uri, &["-key", "callee", callee]).must_succeed();
    }

    fn sipp(&self, scenario: &str, auth_uri: &str, more: &[&str]) -> Doing {
        let folder = self.folder.join(format!("{}-{}-{}", self.user, scenario, crate::platform::free_port()));
        fs::create_dir_all(&folder).unwrap();
        let port = self.port.to_string();
        let (mode, parameter) = match self.transport {
            Transport::Udp => ("u1", ""),
            Transport::Tcp => ("t1", ";transport=tcp"),
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("together/scenarios").join(scenario);
        let sipp = Command::new("sipp")
            .arg(self.proxy.to_string())
            .arg("-sf")
            .arg(path)
            .args([
                "-i",
                "127.0.0.1",
                "-p",
                &port,
                "-t",
                mode,
                "-m",
                "1",
                "-nostdin",
                "-timeout",
                "25s",
                "-timeout_error",
            ])
            .args(["-au", &self.user, "-ap", &self.password, "-auth_uri", auth_uri])
            .args(["-key", "user", &self.user, "-key", "domain", &self.domain, "-key", "expires", "600"])
            .args(["-key", "contact_port", &port, "-key", "contact_transport", parameter])
            .args(more)
            .args(["-trace_msg", "-message_file", "messages", "-trace_err", "-error_file", "errors"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Doing { sipp, what: format!("{scenario} of {} over {:?}", self.user, self.transport), folder }
    }
}

impl Doing {
    /// Waits until the scenario has run to its end, and demands that it went as written.
    pub(crate) fn must_succeed(mut self) {
        let status = self.sipp.wait().unwrap();
        let read = |file: &str| fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        assert!(status.success(), "{} failed ({status}):\n{}\n{}", self.what, read("errors"), read("messages"));
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        // A test that failed elsewhere must not leave a phone behind; one that has ended is not hurt.
        drop(self.sipp.kill());
        drop(self.sipp.wait());
    }
}
