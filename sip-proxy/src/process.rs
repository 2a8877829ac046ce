//! The process from start to end: opens what it needs, reads registrations back, starts the shards and what runs beside
//! them, waits for a signal, and ends in order.
//!
//! The order of the start: journal, listening sockets, database (for a moment; without it the start goes on), then
//! service. So no phone is told that it has no registration because they were not read back yet.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use secrecy::ExposeSecret;
use sip_core::abuse::{Load, LoadSettings};
use sip_core::{Core, Shared};
use store::DatabaseUrl;
use store::proxy_secret::SecretReader;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep, timeout};
use tracing::{error, info, warn};

use crate::bans::BanKeeper;
use crate::capture::{Filter, Tap, ladder};
use crate::config::Settings;
use crate::control::{ControlSocket, Controlled};
use crate::counters::{AllCounters, Counters};
use crate::directory::{Directory, Key, loader};
use crate::drain::Drain;
use crate::explain::Explainer;
use crate::feed::Follower;
use crate::http::{self, Shown};
use crate::inbox::{Inbox, Inboxes};
use crate::keep_open::KeepOpen;
use crate::locations::writer::Writer;
use crate::locations::{LocationWriter, clocks, sync};
use crate::resolver::Resolver;
use crate::secret::{self, SharedSecret};
use crate::shard::Shard;
use crate::transport::advertised::Advertised;
use crate::transport::connections::{ConnectionLimits, Connections};
use crate::transport::streams::{StreamTimes, Streams};
use crate::transport::tls::Tls;
use crate::transport::udp::UdpPort;
use crate::transport::websocket::Origins;
use crate::transport::{self, Addresses, Opened};
use crate::{announce, config, exit};

mod core_settings;

/// How long the start waits for the database before it serves without.
const DATABASE_PATIENCE: Duration = Duration::from_secs(3);
const DATABASE_RETRY: Duration = Duration::from_millis(50);
/// Open files that are no TCP connection: sockets, database, journal, HTTP.
const FILES_RESERVED: usize = 200;
/// How long what runs beside the shards may take to end.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// Why the process could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// Something of the system's that is needed.
    #[error("{what}: {source}; {}", remedy(source))]
    Unavailable {
        /// What was wanted, with the setting that asks for it.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// A setting that could only be found wrong by using it.
    #[error("{0}")]
    Settings(String),
}

impl ProcessError {
    fn of(what: impl Into<String>) -> impl FnOnce(io::Error) -> ProcessError {
        let what = what.into();
        move |source| ProcessError::Unavailable { what, source }
    }

    /// The exit code that says it.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            ProcessError::Unavailable { .. } => exit::UNAVAILABLE,
            ProcessError::Settings(_) => exit::CONFIGURATION,
        }
    }
}

/// What an operator can do about it.
fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "stop the program that holds the address (ss -lntup shows it), or name another in the settings"
        }
        io::ErrorKind::AddrNotAvailable => "name an address of this machine (ip address shows them)",
        io::ErrorKind::PermissionDenied => {
            "let this user have it: ports below 1024 need CAP_NET_BIND_SERVICE, a directory needs the right owner"
        }
        io::ErrorKind::NotFound => "make the folder that it is to be in, or name another in the settings",
        io::ErrorKind::ResourceBusy => "end the other one, or give this one a directory of its own",
        io::ErrorKind::StorageFull | io::ErrorKind::ReadOnlyFilesystem => {
            "give it a directory on a disk that can be written to"
        }
        _ => "mend what the system complains about, then start again",
    }
}

/// Runs until a signal asks for the end.
pub(crate) fn run(settings: Settings) -> Result<(), ProcessError> {
    // One thread for all that waits for others; the shards have their own.
    let beside =
        Builder::new_current_thread().enable_all().build().map_err(ProcessError::of("no thread could be started"))?;
    let (process, mut shard_runtimes) = Process::open(settings, beside.handle())?;
    // The shards' runtimes stay out here: one that is dropped within another, as by a failed start, would panic.
    LocalSet::new().block_on(&beside, process.serve(&mut shard_runtimes))?;
    beside.shutdown_timeout(Duration::from_millis(200));
    info!("sip-proxy has ended");
    Ok(())
}

type Task = tokio::task::JoinHandle<Result<(), store::StoreError>>;

/// Everything that was opened and is not served yet.
struct Process {
    settings: Settings,
    url: DatabaseUrl,
    opened: Opened,
    inboxes: Inboxes,
    deliveries: Vec<Inbox>,
    shared: Arc<Shared>,
    counters: AllCounters,
    directory: Arc<Directory>,
    questions: loader::Queue,
    locations: Arc<LocationWriter>,
    streams: Arc<Streams>,
    advertised: Advertised,
    secret: Arc<SharedSecret>,
    bans: Arc<BanKeeper>,
    drain: Arc<Drain>,
    tap: Arc<Tap>,
    /// Held for as long as the process lives: two processes must not share a journal.
    _lock: std::fs::File,
}

impl Process {
    fn open(settings: Settings, beside: &Handle) -> Result<(Process, Vec<Runtime>), ProcessError> {
        let shards = settings.shard_count();
        let state_dir = &settings.sip.state_dir;
        let lock = lock(state_dir)?;
        let advertised = Advertised::parse(&settings.sip.advertised).unwrap_or_default();
        let addresses = Addresses {
            plain: &settings.sip.listen,
            tls: &settings.sip.listen_tls,
            ws: &settings.sip.listen_ws,
            wss: &settings.sip.listen_wss,
        };
        let opened = transport::open(addresses, &advertised, shards).map_err(ProcessError::of("SIP (sip.listen)"))?;
        let counters = AllCounters::new(shards);
        let secret = SharedSecret::open(state_dir, random()?)
            .map_err(ProcessError::of(format!("the secret in {} (sip.state_dir)", state_dir.display())))?;
        let shared = Shared::new(secret.held().expose(), clocks().now).of_node(&settings.node(), life()?);
        let shared = Arc::new(shared.with_guard(
            settings.abuse.guard(&settings.routing.emergency_numbers),
            &random()?,
            clocks().now,
        ));
        let locations = LocationWriter::open(
            state_dir,
            settings.limits.journal_bytes,
            Arc::clone(&shared),
            opened.listeners.clone(),
            settings.node(),
            core_settings::relay(&settings, &opened),
            counters.beside(),
        )
        .map_err(ProcessError::of(format!("the journal in {} (sip.state_dir)", state_dir.display())))?;
        let (inboxes, deliveries) = Inboxes::new(shards, settings.limits.inbox_messages);
        let resolver = Resolver::new(&settings.dns.servers)
            .map_err(|why| ProcessError::Settings(format!("no resolver can be made (dns.servers): {why}")))?;
        let (directory, questions): (_, mpsc::Receiver<Key>) = Directory::new(
            settings.limits.cached_accounts,
            resolver,
            inboxes.clone(),
            counters.clone(),
            beside.clone(),
        );
        let shard_runtimes = (0..shards)
            .map(|_| Builder::new_current_thread().enable_all().build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(ProcessError::of("no thread could be started"))?;
        let tls = open_tls(&settings, &opened, &advertised, Arc::clone(&shared))?;
        let streams = open_streams(&settings, tls, &inboxes, &shared, counters.beside(), &shard_runtimes);
        let url = DatabaseUrl::new(settings.database.url.expose_secret());
        let bans = BanKeeper::new(Arc::clone(&shared), &url, settings.node(), settings.abuse.bans, counters.beside())
            .map_err(bad_url)?;
        let process = Process {
            bans: Arc::new(bans),
            drain: Arc::new(Drain::new(shards, inboxes.clone())),
            tap: Arc::new(Tap::new(opened.listeners.iter().map(|listener| listener.address).collect())),
            url,
            opened,
            inboxes,
            deliveries,
            shared,
            counters,
            directory,
            questions: Arc::new(tokio::sync::Mutex::new(questions)),
            locations: Arc::new(locations),
            streams,
            advertised,
            secret: Arc::new(secret),
            _lock: lock,
            settings,
        };
        Ok((process, shard_runtimes))
    }

    async fn serve(mut self, shard_runtimes: &mut Vec<Runtime>) -> Result<(), ProcessError> {
        let mut terminate = signal(SignalKind::terminate()).map_err(ProcessError::of("signals"))?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(ProcessError::of("signals"))?;
        let (stop, stopped) = watch::channel(false);
        let followers = self.start_directory()?;
        let mut writer = Writer::new(
            Arc::clone(&self.locations),
            &self.url,
            Duration::from_millis(self.settings.database.location_flush_ms),
        )
        .map_err(bad_url)?;
        let http = self.start_http()?;
        self.start_control();
        self.hear_of_the_undeliverable()?;
        self.keep_open()?;
        self.wait_for_database(&mut writer).await;
        spawn_local(secret::run(Arc::clone(&self.secret), Arc::clone(&self.shared), self.url.clone()));
        let writer = spawn_local(writer.run(stopped.clone()));
        spawn_local(sync::run(Arc::clone(&self.locations)));
        let threads = self.start_shards(shard_runtimes)?;
        tokio::select! {
            _ = terminate.recv() => info!("SIGTERM: sip-proxy ends"),
            _ = interrupt.recv() => info!("SIGINT: sip-proxy ends"),
        }
        self.drain.begin().await;
        tokio::select! {
            () = self.drain.wait(Duration::from_secs(self.settings.sip.drain_s)) => {}
            _ = terminate.recv() => info!("SIGTERM again: nothing more is waited for"),
            _ = interrupt.recv() => info!("SIGINT again: nothing more is waited for"),
        }
        // Shards first: what they still acknowledge is then written with the rest.
        let inboxes = self.inboxes.clone();
        let ended = async move {
            inboxes.stop().await;
            tokio::task::spawn_blocking(move || threads.into_iter().all(|thread| thread.join().is_ok())).await
        };
        if !matches!(timeout(END_PATIENCE, ended).await, Ok(Ok(true))) {
            warn!("a shard did not end in time");
        }
        self.streams.connections.close_all();
        stop.send_replace(true);
        if timeout(END_PATIENCE, writer).await.is_err() {
            warn!("the last registrations could not be written in time, the journal has them");
        }
        if let Some(http) = http {
            http.stop(false).await;
        }
        // Their connections are closed by tasks of the runtime, so they must end before it does.
        for task in followers {
            task.abort();
            // That it was aborted is all that it says.
            let _ = task.await;
        }
        Ok(())
    }

    fn start_directory(&self) -> Result<Vec<Task>, ProcessError> {
        // The address is looked at once before tasks use it, so that a wrong one ends the start.
        store::directory::Directory::new(&self.url).map_err(bad_url)?;
        let mut tasks = Vec::new();
        for _ in 0..self.settings.database.loader_connections {
            let (directory, queue) = (Arc::clone(&self.directory), Arc::clone(&self.questions));
            tasks.push(spawn_local(loader::run(directory, queue, self.url.clone())));
        }
        let follower = Follower {
            directory: Arc::clone(&self.directory),
            locations: Arc::clone(&self.locations),
            bans: Arc::clone(&self.bans),
            counters: self.counters.beside(),
            tls: Arc::clone(&self.streams.tls),
            shared: Arc::clone(&self.shared),
        };
        tasks.push(spawn_local(Arc::clone(&self.bans).run()));
        tasks.push(spawn_local(follower.run(self.url.clone(), self.settings.feed.poll_interval())));
        if let Some(listener) = self.opened.listeners.first() {
            let node = announce::node(self.settings.node(), listener);
            tasks.push(spawn_local(announce::run(node, self.url.clone())));
        }
        Ok(tasks)
    }

    /// The control socket, and the ladders that the settings ask for. A proxy that cannot be asked serves nevertheless.
    fn start_control(&self) {
        let settings = Arc::new(core_settings::settings(&self.settings, &self.opened));
        let (shared, directory) = (Arc::clone(&self.shared), Arc::clone(&self.directory));
        let explainer = match Explainer::new(settings, shared, directory, &self.url) {
            Ok(explainer) => explainer,
            // An address of the database that cannot be used has ended the start.
            Err(error) => return warn!(%error, "there is no control socket: {error}"),
        };
        let controlled = Controlled {
            shared: Arc::clone(&self.shared),
            bans: Arc::clone(&self.bans),
            counters: self.counters.clone(),
            drain: Arc::clone(&self.drain),
            tap: Arc::clone(&self.tap),
            node: self.settings.node(),
            explainer,
        };
        match ControlSocket::open(&self.settings.sip.state_dir) {
            Ok(socket) => drop(spawn_local(socket.serve(Arc::new(controlled)))),
            Err(error) => warn!(%error, "there is no control socket, sip-proxy ctl will not reach this proxy: {error}"),
        }
        for user in &self.settings.log.ladders {
            if let Some(captured) = self.tap.begin(Filter::User(user.clone())) {
                spawn_local(ladder::log(captured));
            }
        }
    }

    /// Has all sockets listened to for what the network says of what was sent by them.
    fn hear_of_the_undeliverable(&self) -> Result<(), ProcessError> {
        for (listener, socket) in self.opened.udp.iter().flatten() {
            let socket = socket.try_clone().map_err(ProcessError::of("UDP"))?;
            let (inboxes, counters) = (self.inboxes.clone(), self.counters.beside());
            drop(spawn_local(transport::icmp::hear(socket, *listener, inboxes, counters)));
        }
        Ok(())
    }

    /// Has something sent to phones behind routers now and then.
    fn keep_open(&self) -> Result<(), ProcessError> {
        let mut sockets = Vec::new();
        for (listener, socket) in self.opened.udp.first().into_iter().flatten() {
            let sent_by = self.opened.listeners[usize::from(listener.0)].sent_by.clone();
            sockets.push((*listener, sent_by, socket.try_clone().map_err(ProcessError::of("UDP"))?));
        }
        let kept = KeepOpen::new(&self.settings.keep_alive, sockets, Arc::clone(&self.shared), self.counters.beside());
        drop(spawn_local(kept.run()));
        Ok(())
    }

    fn start_http(&self) -> Result<Option<actix_web::dev::ServerHandle>, ProcessError> {
        let Some(listen) = self.settings.http.listen else { return Ok(None) };
        let shown = Shown {
            directory: Arc::clone(&self.directory),
            locations: Arc::clone(&self.locations),
            connections: Arc::clone(&self.streams.connections),
            shared: Arc::clone(&self.shared),
            counters: self.counters.clone(),
            drain: Arc::clone(&self.drain),
            node: self.settings.node(),
            udp: self
                .opened
                .listeners
                .iter()
                .filter(|listener| listener.transport == sip_core::Transport::Udp)
                .map(|listener| listener.address)
                .collect(),
        };
        let (server, bound) = http::server(listen, Arc::new(shown))
            .map_err(ProcessError::of(format!("HTTP cannot listen on {listen} (http.listen)")))?;
        info!(address = %bound, "HTTP is served on {bound}");
        let handle = server.handle();
        spawn_local(server);
        Ok(Some(handle))
    }

    /// Gives the database a moment to answer, so that registrations and domains are there before the first message is.
    async fn wait_for_database(&self, writer: &mut Writer) {
        let until = Instant::now() + DATABASE_PATIENCE;
        let (mut restored, mut known) = (false, false);
        let mut reader = SecretReader::new(&self.url).ok();
        while Instant::now() < until {
            // After the feed's first look, so that no change falls between what is read here and what is told later.
            if !restored && self.directory.is_ready() {
                restored = writer.restore().await.is_ok();
            }
            if let (false, Some(reader)) = (known, reader.as_mut()) {
                known = self.secret.refresh(reader, &self.shared).await.is_ok();
            }
            if restored && known && self.directory.has_database() {
                return;
            }
            sleep(DATABASE_RETRY).await;
        }
        warn!("the database does not answer, service starts with what the journal holds");
    }

    fn start_shards(&mut self, runtimes: &mut Vec<Runtime>) -> Result<Vec<JoinHandle<()>>, ProcessError> {
        let settings = Arc::new(core_settings::settings(&self.settings, &self.opened));
        let mut threads = Vec::new();
        let sockets = std::mem::take(&mut self.opened.udp);
        let deliveries = std::mem::take(&mut self.deliveries);
        for (index, ((runtime, sockets), inbox)) in runtimes.drain(..).zip(sockets).zip(deliveries).enumerate() {
            let udp = {
                let _inside = runtime.enter();
                sockets
                    .into_iter()
                    .map(|(listener, socket)| UdpPort::new(listener, socket))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(ProcessError::of("UDP"))?
            };
            let shard = Shard {
                index,
                core: Core::new(Arc::clone(&settings), Arc::clone(&self.shared), seed()?)
                    .with_memory(self.directory.in_memory(index)),
                udp,
                inbox,
                inboxes: self.inboxes.clone(),
                streams: Arc::clone(&self.streams),
                directory: Arc::clone(&self.directory),
                locations: Arc::clone(&self.locations),
                counters: self.counters.of_shard(index),
                shared: Arc::clone(&self.shared),
                load: Load::new(LoadSettings {
                    target: Duration::from_millis(self.settings.limits.overload_ms),
                    ..LoadSettings::default()
                }),
                waiting: VecDeque::new(),
                state: Arc::clone(&self.drain.shards[index]),
                tap: Arc::clone(&self.tap),
            };
            let thread = std::thread::Builder::new()
                .name(format!("shard-{index}"))
                .spawn(move || runtime.block_on(shard.run()))
                .map_err(ProcessError::of("no thread could be started"))?;
            threads.push(thread);
        }
        self.start_streams();
        for listener in &self.opened.listeners {
            let (transport, address) = (listener.transport, listener.address);
            info!(%transport, %address, "SIP is served over {transport} on {address}");
        }
        Ok(threads)
    }

    fn start_streams(&mut self) {
        for (transport, listener, socket) in std::mem::take(&mut self.opened.streams) {
            let streams = Arc::clone(&self.streams);
            tokio::spawn(async move {
                if let Err(error) = streams.accept(transport, listener, socket).await {
                    error!(%error, "{transport} cannot be served: {error}");
                    std::process::exit(exit::UNAVAILABLE.into());
                }
            });
        }
        tokio::spawn(Arc::clone(&self.streams.tls).watch());
        tokio::spawn(self.advertised.clone().watch(Arc::clone(&self.shared)));
    }
}

/// What all connections need.
fn open_streams(
    settings: &config::Settings,
    tls: Arc<Tls>,
    inboxes: &Inboxes,
    shared: &Arc<Shared>,
    counters: Arc<Counters>,
    shard_runtimes: &[Runtime],
) -> Arc<Streams> {
    let files = files_for_connections(settings.limits.tcp_connections);
    Arc::new(Streams {
        connections: Connections::new(ConnectionLimits {
            total: settings.limits.tcp_connections.min(files),
            per_source: settings.limits.tcp_connections_per_source,
            queue_bytes: settings.limits.tcp_write_queue_bytes,
        }),
        inboxes: inboxes.clone(),
        shared: Arc::clone(shared),
        counters,
        times: StreamTimes {
            idle: Duration::from_secs(settings.limits.tcp_idle_s),
            partial: Duration::from_secs(settings.limits.tcp_partial_message_s),
            connect: Duration::from_millis(settings.limits.tcp_connect_timeout_ms),
            ping_after: settings.keep_alive.ping_after(),
        },
        runtimes: shard_runtimes.iter().map(|runtime| runtime.handle().clone()).collect(),
        tls,
        origins: Origins::new(&settings.websocket.origins),
    })
}

/// The certificates, where one is needed.
fn open_tls(
    settings: &config::Settings,
    opened: &Opened,
    advertised: &Advertised,
    shared: Arc<Shared>,
) -> Result<Arc<Tls>, ProcessError> {
    let spoken = opened.listeners.iter().any(|listener| listener.transport.is_secure());
    let mut names = advertised.hosts();
    names.push("localhost".to_owned());
    names.extend(opened.listeners.iter().map(|listener| listener.address.ip().to_string()));
    names.sort();
    names.dedup();
    Tls::open(settings.tls.rules(), &settings.sip.state_dir, &names, spoken, shared).map(Arc::new).map_err(|why| {
        ProcessError::Settings(format!(
            "TLS cannot be served: {why} (tls.certificate, tls.private_key, tls.authorities)"
        ))
    })
}

/// The address of the database cannot be understood; the error does not show it, it may hold a password.
fn bad_url(error: store::StoreError) -> ProcessError {
    ProcessError::Settings(format!("database.url: {error}; write postgres://user:password@host/name"))
}

fn seed() -> Result<u64, ProcessError> {
    getrandom::u64().map_err(no_random)
}

/// Tells this run of the process from those before it.
fn life() -> Result<u32, ProcessError> {
    getrandom::u32().map_err(no_random)
}

fn random() -> Result<[u8; 32], ProcessError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(no_random)?;
    Ok(bytes)
}

fn no_random(error: getrandom::Error) -> ProcessError {
    ProcessError::of("random numbers")(io::Error::other(error.to_string()))
}

/// As many connections as the system lets this process have; says if they are fewer than are wanted.
fn files_for_connections(wanted: usize) -> usize {
    let files = raise_file_limit();
    if files < wanted {
        warn!(files, "the system lets this process have {files} TCP connections, fewer than limits.tcp_connections");
    }
    files
}

/// Takes as many open files as the system grants; answers how many connections that leaves room for.
fn raise_file_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let granted = getrlimit(Resource::Nofile);
    // What is refused stays as it was, and is counted below.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: granted.maximum, maximum: granted.maximum });
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(FILES_RESERVED).max(1)
}

/// Makes the directory and locks it for this process.
fn lock(state_dir: &Path) -> Result<std::fs::File, ProcessError> {
    let what = || format!("the state directory {} (sip.state_dir)", state_dir.display());
    std::fs::create_dir_all(state_dir).map_err(ProcessError::of(what()))?;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(state_dir.join("lock"))
        .map_err(ProcessError::of(what()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            let taken = io::Error::new(io::ErrorKind::ResourceBusy, "another sip-proxy uses it");
            Err(ProcessError::of(what())(taken))
        }
        Err(std::fs::TryLockError::Error(source)) => Err(ProcessError::of(what())(source)),
    }
}
