//! Connections of every kind: accepting them, opening them, and what they have in common from their beginning to their end.
//!
//! A connection is one task, on the runtime of one shard; its messages go to whichever shard they belong. A peer that does not finish
//! what it began (a handshake, a message), sends nothing for long, or does not read, loses its connection; others do not notice. How
//! messages stand on it is the business of [`octets`](super::octets) for streams and of [`websocket`](super::websocket) for frames, who
//! is who that of [`tls`](super::tls).
//!
//! RFC 3261 §18, RFC 5923 §5 (reuse), RFC 7118 §5.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip_core::{Flow, ListenerId, Shared, Transport};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{debug, warn};

use super::connections::{Connection, Connections, NotTaken, Origin, Outgoing, Proof, Refused, Slot};
use super::tls::Tls;
use super::websocket::Origins;
use crate::counters::Counters;
use crate::inbox::{Delivery, Inboxes};
use crate::locations::clocks;

/// A peer that takes nothing for so long is gone.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// When the kernel asks a silent peer whether it is still there, how often, and how many times in vain.
const PROBE_AFTER: Duration = Duration::from_secs(90);
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
const PROBES: u32 = 4;
/// Pause after the system refused a new connection (no file descriptors): others may end meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Times after which a connection is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamTimes {
    /// Nothing at all has come.
    pub(crate) idle: Duration,
    /// A message, or a handshake, has begun and is not complete; also the time for the first message.
    pub(crate) partial: Duration,
    /// Opening has not succeeded.
    pub(crate) connect: Duration,
    /// After so long a silence the peer of a connection that was opened here is asked whether it is there.
    pub(crate) ping_after: Option<Duration>,
}

/// Everything that connections need.
pub(crate) struct Streams {
    pub(crate) connections: Arc<Connections>,
    pub(crate) inboxes: Inboxes,
    pub(crate) shared: Arc<Shared>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) times: StreamTimes,
    /// The runtimes of the shards, on which connections live.
    pub(crate) runtimes: Vec<Handle>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) origins: Origins,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By the peer, or by the network.
    Closed,
    /// Nothing came for long.
    Idle,
    /// The peer does not read, or does not complete what it began.
    Slow,
    /// Where the next message begins is no longer known, or what came is none.
    Framing,
    /// It was not agreed how to speak: TLS or WebSocket.
    Handshake,
}

impl Streams {
    /// Accepts connections for as long as the runtime lives, giving them to the shards' threads in turn.
    pub(crate) async fn accept(
        self: Arc<Self>,
        transport: Transport,
        listener: ListenerId,
        socket: std::net::TcpListener,
    ) -> io::Result<()> {
        let socket = TcpListener::from_std(socket)?;
        let mut turn = 0;
        loop {
            let (stream, remote) = match socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(%error, "cannot accept a connection: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let flow = Flow::to(transport, listener, remote);
            if self.shared.guard.is_banned(clocks().now, remote.ip()) && !self.shared.peers.trusts(flow) {
                self.counters.messages_banned.one();
                continue;
            }
            let (slot, queue) = match self.connections.admit(flow) {
                Ok(admitted) => admitted,
                Err(refused) => {
                    self.counters.tcp_refused.one();
                    debug!(?refused, "a connection was refused: {refused:?}");
                    continue;
                }
            };
            self.counters.tcp_accepted.one();
            let runtime = &self.runtimes[turn % self.runtimes.len()];
            turn = turn.wrapping_add(1);
            let this = Arc::clone(&self);
            // A socket is registered with the runtime that accepted it; its shard's own is to drive it.
            match stream.into_std() {
                Ok(stream) => drop(runtime.spawn(async move { this.run_accepted(stream, slot, queue).await })),
                Err(error) => debug!(%error, "a connection ended before it began: {error}"),
            }
        }
    }

    /// Sends over the flow's connection, over another one to the peer, or over one that is opened for it. Must be called
    /// on a shard's runtime. What cannot be sent now comes back; what fails later goes to the origin's inbox.
    pub(crate) fn send(self: &Arc<Self>, message: Outgoing) -> Result<(), NotTaken> {
        let flow = message.flow;
        if let Some(connection) = self.connections.find(&flow).or_else(|| self.reusable(&flow)) {
            return connection.send(message);
        }
        // A flow with a number means that connection and no other: what listens at a phone's ephemeral port is nobody.
        if flow.connection.is_some() || !flow.transport.is_dialled() {
            return Err(NotTaken(message));
        }
        match self.connections.admit(flow) {
            Ok((slot, queue)) => {
                let queued = slot.connection.send(message);
                let this = Arc::clone(self);
                tokio::spawn(async move { this.run_opening(slot, queue).await });
                queued
            }
            Err(Refused::Full | Refused::FullForSource) => {
                self.counters.tcp_refused.one();
                Err(NotTaken(message))
            }
        }
    }

    /// A connection that came from who is to be connected to, and that it wants to be used.
    fn reusable(&self, flow: &Flow) -> Option<Arc<Connection>> {
        if flow.connection.is_some() {
            return None;
        }
        let connection = self.connections.alias(flow)?;
        // RFC 5923 §8.2, §9.3: nobody takes a port of its address, or a name, for itself that is somebody else's.
        let is_it = match (connection.proof()?, flow.peer) {
            (Proof::Address, _) => true,
            (Proof::Certificate(identity), None) => identity.is_address(flow.remote.ip()),
            (Proof::Certificate(identity), Some(peer)) => {
                self.shared.peer_names.name(peer).is_some_and(|name| identity.is(&name))
            }
        };
        is_it.then_some(connection)
    }

    async fn run_accepted(self: Arc<Self>, stream: std::net::TcpStream, slot: Slot, queue: mpsc::Receiver<Outgoing>) {
        match TcpStream::from_std(stream) {
            Ok(stream) => self.run(stream, slot, queue, false).await,
            Err(error) => debug!(%error, "a connection ended before it began: {error}"),
        }
    }

    async fn run_opening(self: Arc<Self>, slot: Slot, mut queue: mpsc::Receiver<Outgoing>) {
        let remote = slot.flow.remote;
        match timeout(self.times.connect, open(remote)).await {
            Ok(Ok(stream)) => {
                self.counters.tcp_connected.one();
                slot.opened_here();
                self.run(stream, slot, queue, true).await;
            }
            failed => {
                self.counters.tcp_connect_failed.one();
                debug!(?failed, "no connection could be opened");
                drop(slot);
                self.give_back(&mut queue).await;
            }
        }
    }

    /// A connection from its opening to its end; `ours` is one that was opened from here.
    async fn run(&self, stream: TcpStream, slot: Slot, mut queue: mpsc::Receiver<Outgoing>, ours: bool) {
        if let Err(error) = prepare(&stream) {
            debug!(%error, "a socket option was refused: {error}");
        }
        // RFC 5923 §5 departs for TCP: who is trusted by its address needs no certificate.
        if !ours && slot.flow.transport == Transport::Tcp && self.shared.peers.trusts(slot.flow) {
            slot.proved_by(Proof::Address);
        }
        let ended = match slot.flow.transport {
            Transport::Udp | Transport::Tcp => self.run_tcp(stream, &slot, &mut queue).await,
            // Each is as large as its largest part: most connections are none of these.
            Transport::Tls => Box::pin(self.run_tls(stream, &slot, &mut queue, ours)).await,
            Transport::Ws => Box::pin(self.run_websocket(stream, &slot, &mut queue)).await,
            Transport::Wss => Box::pin(self.run_secure_websocket(stream, &slot, &mut queue)).await,
        };
        match ended {
            Ended::Slow => self.counters.tcp_closed_slow.one(),
            Ended::Framing => self.counters.tcp_closed_framing.one(),
            Ended::Handshake => self.counters.handshakes_failed.one(),
            Ended::Closed | Ended::Idle => {}
        }
        let (flow, reused_as) = (slot.flow, slot.reused_as());
        debug!(connection.flow = %flow, ?ended, "connection {flow} ended: {ended:?}");
        drop(slot);
        self.give_back(&mut queue).await;
        self.inboxes.flow_closed(flow).await;
        if let Some(flow) = reused_as {
            self.inboxes.flow_closed(flow).await;
        }
    }

    async fn run_tls(&self, stream: TcpStream, slot: &Slot, queue: &mut mpsc::Receiver<Outgoing>, ours: bool) -> Ended {
        let until = Instant::now() + self.times.partial;
        match ours {
            true => match timeout_at(until, self.tls.connect(stream, slot.flow)).await {
                Ok(Ok(stream)) => self.run_octets(stream, slot, queue).await,
                failed => self.unagreed(slot, failed.err().is_some(), "no TLS with a peer that was connected to"),
            },
            false => match timeout_at(until, self.tls.accept(stream)).await {
                Ok(Ok(stream)) => {
                    if let Some(identity) = self.tls.identity(&stream) {
                        slot.proved_by(Proof::Certificate(identity));
                    }
                    self.run_octets(stream, slot, queue).await
                }
                failed => self.unagreed(slot, failed.err().is_some(), "no TLS with a peer"),
            },
        }
    }

    async fn run_websocket(&self, stream: TcpStream, slot: &Slot, queue: &mut mpsc::Receiver<Outgoing>) -> Ended {
        let until = Instant::now() + self.times.partial;
        self.run_frames(stream, until, slot, queue).await
    }

    async fn run_secure_websocket(
        &self,
        stream: TcpStream,
        slot: &Slot,
        queue: &mut mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let until = Instant::now() + self.times.partial;
        match timeout_at(until, self.tls.accept(stream)).await {
            Ok(Ok(stream)) => self.run_frames(stream, until, slot, queue).await,
            failed => self.unagreed(slot, failed.err().is_some(), "no TLS with a browser"),
        }
    }

    /// A handshake came to nothing: the peer was too slow, or something else was wrong.
    pub(super) fn unagreed(&self, slot: &Slot, slow: bool, what: &str) -> Ended {
        debug!(connection.flow = %slot.flow, slow, "{what}");
        if slow { Ended::Slow } else { Ended::Handshake }
    }

    /// Tells the senders of everything that still waits that it was not delivered.
    async fn give_back(&self, queue: &mut mpsc::Receiver<Outgoing>) {
        queue.close();
        while let Some(message) = queue.recv().await {
            if let Some(Origin { shard, transaction }) = message.origin {
                let failed = Delivery::SendFailed { origin: transaction, flow: message.flow, bytes: message.bytes };
                self.inboxes.deliver(shard, failed).await;
            }
        }
    }
}

async fn open(remote: SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect(remote).await
}

/// Sets how the kernel treats a connection: no waiting to fill a segment, and a peer that is gone without a word is noticed in
/// minutes and not when something is next sent to it.
fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let probes = TcpKeepalive::new().with_time(PROBE_AFTER).with_interval(PROBE_INTERVAL).with_retries(PROBES);
    socket.set_tcp_keepalive(&probes)?;
    socket.set_tcp_user_timeout(Some(WRITE_TIMEOUT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_peer_that_is_gone_without_a_word_is_asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let stream = open(listener.local_addr().expect("bound")).await.expect("connected");
        prepare(&stream).expect("the kernel agrees");
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().expect("asked"));
        assert_eq!(socket.tcp_keepalive_time().expect("asked"), PROBE_AFTER);
        assert_eq!(socket.tcp_user_timeout().expect("asked"), Some(WRITE_TIMEOUT));
    }
}
