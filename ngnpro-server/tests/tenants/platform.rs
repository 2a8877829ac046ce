//! A server of its own for a test, over real connections and a real database.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use ngnpro_server::app::App;
use ngnpro_server::config::Settings;
use ngnpro_server::{http, passwords};
use store::{DatabaseUrl, Store, StoreSettings};
use test_support::ScratchDb;

use crate::wires::{Client, Wire};

/// The administrator of the configuration.
const ADMINISTRATOR: (&str, &str) = ("admin", "secret");

/// A running server; it ends with the test's process.
pub(crate) struct Platform {
    address: SocketAddr,
    db: ScratchDb,
}

impl Platform {
    pub(crate) fn start() -> Self {
        let (ready, started) = sync_channel(1);
        std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async move {
                let db = ScratchDb::new().await;
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("ngnpro-server.toml");
                let hash = passwords::hash(ADMINISTRATOR.1.as_bytes()).unwrap();
                // Refusals are what these tests are about: an address is not locked out by them. A name is soon, which saves
                // the hashing and is answered alike. A connection waits for its turn as long as a busy machine takes.
                let text = format!(
                    "[database]\nurl = \"{0}\"\n[administrator]\nusername = \"{1}\"\npassword_hash = \"{hash}\"\n\
                     [http]\nidle_timeout_ms = 600000\n[limits]\nfailures_per_address = 1000000\nfailures_per_name = 5\ncall_timeout_ms = 100000\n",
                    db.server_url().expose(),
                    ADMINISTRATOR.0
                );
                std::fs::write(&file, text).unwrap();
                let settings = Settings::load(Some(&file)).unwrap();
                let url = DatabaseUrl::new(settings.database.url.expose());
                // Nor by a busy machine.
                let acquire_timeout = Duration::from_secs(100);
                let settings_of_store = StoreSettings { acquire_timeout, ..StoreSettings::new(url) };
                let store = Store::connect(&settings_of_store).await.unwrap();
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                listener.set_nonblocking(true).unwrap();
                ready.send((listener.local_addr().unwrap(), db)).unwrap();
                http::serve(Arc::new(App::new(settings, store).unwrap()), listener).await.unwrap();
            });
        });
        let (address, db) = started.recv().unwrap();
        Self { address, db }
    }

    /// Somebody with credentials.
    pub(crate) fn client(&self, wire: Wire, username: &str, password: &str) -> Client {
        Client::new(self.address, wire, username, password)
    }

    pub(crate) fn administrator(&self, wire: Wire) -> Client {
        self.client(wire, ADMINISTRATOR.0, ADMINISTRATOR.1)
    }

    /// The texts of a query's first column, of all tenants.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.db.texts(sql))
    }
}
