//! SIP over TCP: accepting, opening, cutting the stream into messages, writing.
//!
//! A connection is one task, on the runtime of one shard; its messages go to whichever shard they belong. A peer that
//! sends half a message and stops, or nothing for long, or does not read, loses its connection; others do not notice.
//!
//! RFC 3261 §18, RFC 5626 §3.5.1 (keep-alive), RFC 5923 (reuse).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sip_core::{ListenerId, Transport};
use sip_message::{Framed, Framer, Message, ParseError, Reply};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{debug, warn};

use super::connections::{Connections, NotTaken, Origin, Outgoing, Refused, Slot};
use crate::counters::Counters;
use crate::inbox::{Delivery, Inboxes};

/// Read in one piece at most, so that one busy connection does not hold up the others of its thread.
const READ_BYTES: usize = 16 * 1024;
/// A peer that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// When the kernel asks a silent peer whether it is still there, how often, and how many times in vain.
const PROBE_AFTER: Duration = Duration::from_secs(90);
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
const PROBES: u32 = 4;
/// How long, and how often, a connection that is being closed is read until the peer closes it too.
const CLOSING: Duration = Duration::from_secs(1);
const CLOSING_READS: usize = 64;
/// Pause after the system refused a new connection (no file descriptors): others may end meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Times after which a connection is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TcpTimes {
    /// Nothing at all has come.
    pub(crate) idle: Duration,
    /// A message has begun and is not complete; also the time for the first one.
    pub(crate) partial: Duration,
    /// Opening has not succeeded.
    pub(crate) connect: Duration,
}

/// Everything that stream connections need.
pub(crate) struct Tcp {
    pub(crate) connections: Arc<Connections>,
    pub(crate) inboxes: Inboxes,
    pub(crate) counters: Arc<Counters>,
    pub(crate) times: TcpTimes,
    /// The runtimes of the shards, on which connections live.
    pub(crate) runtimes: Vec<Handle>,
}

impl Tcp {
    /// Accepts connections for as long as the runtime lives, giving them to the shards' threads in turn.
    pub(crate) async fn accept(self: Arc<Self>, listener: ListenerId, socket: std::net::TcpListener) -> io::Result<()> {
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
            let (slot, queue) = match self.connections.admit(Transport::Tcp, listener, remote) {
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
        if let Some(connection) = self.connections.find(&flow) {
            return connection.send(message);
        }
        // A flow with a number means that connection and no other: what listens at a phone's ephemeral port is nobody.
        if flow.connection.is_some() {
            return Err(NotTaken(message));
        }
        match self.connections.admit(flow.transport, flow.listener, flow.remote) {
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

    async fn run_accepted(self: Arc<Self>, stream: std::net::TcpStream, slot: Slot, queue: mpsc::Receiver<Outgoing>) {
        match TcpStream::from_std(stream) {
            Ok(stream) => self.run(stream, slot, queue).await,
            Err(error) => debug!(%error, "a connection ended before it began: {error}"),
        }
    }

    async fn run_opening(self: Arc<Self>, slot: Slot, mut queue: mpsc::Receiver<Outgoing>) {
        let remote = slot.flow.remote;
        match timeout(self.times.connect, open(remote)).await {
            Ok(Ok(stream)) => {
                self.counters.tcp_connected.one();
                self.run(stream, slot, queue).await;
            }
            failed => {
                self.counters.tcp_connect_failed.one();
                debug!(?failed, "no connection could be opened");
                drop(slot);
                self.give_back(&mut queue).await;
            }
        }
    }

    /// A connection from its opening to its end.
    async fn run(&self, stream: TcpStream, slot: Slot, mut queue: mpsc::Receiver<Outgoing>) {
        if let Err(error) = prepare(&stream) {
            debug!(%error, "a socket option was refused: {error}");
        }
        let stream = Arc::new(stream);
        slot.connection.opened(Arc::clone(&stream));
        let ended = tokio::select! {
            ended = self.read(&stream, &slot) => ended,
            ended = write(&stream, &slot, &mut queue) => ended,
            () = slot.connection.closing() => Ended::Slow,
        };
        match ended {
            Ended::Slow => self.counters.tcp_closed_slow.one(),
            Ended::Framing => self.counters.tcp_closed_framing.one(),
            Ended::Closed | Ended::Idle => {}
        }
        let flow = slot.flow;
        debug!(connection.flow = %flow, ?ended, "connection {flow} ended: {ended:?}");
        drop(slot);
        self.give_back(&mut queue).await;
        self.inboxes.flow_closed(flow).await;
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

    async fn read(&self, stream: &TcpStream, slot: &Slot) -> Ended {
        let mut framer = Framer::default();
        let mut piece = BytesMut::with_capacity(READ_BYTES);
        // The first message must come as quickly as any must be completed: a connection that says nothing is not kept.
        let mut deadline = Instant::now() + self.times.partial;
        let mut waiting_for_rest = true;
        loop {
            match timeout_at(deadline, stream.readable()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ended::Closed,
                Err(_) if waiting_for_rest => return Ended::Slow,
                Err(_) => return Ended::Idle,
            }
            piece.clear();
            piece.reserve(READ_BYTES);
            match stream.try_read_buf(&mut piece) {
                Ok(0) => return Ended::Closed,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(_) => return Ended::Closed,
            }
            framer.push(&piece);
            if let Err(ended) = self.take_frames(&mut framer, stream, slot).await {
                return ended;
            }
            let partial = framer.pending() > 0;
            // A message that comes a byte at a time does not get new time with each byte.
            if !(partial && waiting_for_rest) {
                deadline = Instant::now() + if partial { self.times.partial } else { self.times.idle };
            }
            waiting_for_rest = partial;
        }
    }

    async fn take_frames(&self, framer: &mut Framer, stream: &TcpStream, slot: &Slot) -> Result<(), Ended> {
        loop {
            match framer.next() {
                Ok(None) => return Ok(()),
                Ok(Some(Framed::Message(bytes))) => {
                    self.counters.messages_received_tcp.one();
                    let shard = self.inboxes.shard_of(&bytes);
                    self.inboxes.deliver(shard, Delivery::Received { flow: slot.flow, bytes }).await;
                }
                // RFC 5626 §3.5.1: two line ends are a ping, one is the pong.
                Ok(Some(Framed::Ping)) => {
                    let pong = Outgoing { bytes: Bytes::from_static(b"\r\n"), flow: slot.flow, origin: None };
                    if slot.connection.send(pong).is_err() {
                        return Err(Ended::Slow);
                    }
                }
                Err(error) => {
                    self.counters.messages_unreadable.one();
                    if let Some(request) = error.answerable() {
                        refuse(request, &error, stream, slot).await;
                    }
                    return Err(Ended::Framing);
                }
            }
        }
    }
}

/// Says why the connection is about to be closed: after a message whose end nobody knows there is no next one.
async fn refuse(request: &Message, error: &ParseError, stream: &TcpStream, slot: &Slot) {
    let mut bytes = BytesMut::new();
    // RFC 3261 §18.3: on a stream a message without a believable Content-Length is answered 400.
    Reply::new(request, error.fault.status())
        .reason(error.fault.phrase())
        .to_tag("unframed")
        .received(slot.flow.remote.ip())
        .render(&mut bytes);
    if slot.connection.send(Outgoing { bytes: bytes.freeze(), flow: slot.flow, origin: None }).is_err() {
        return;
    }
    // Closing with unread bytes would reset the connection, and the answer might be lost with it.
    if let Err(error) = SockRef::from(stream).shutdown(std::net::Shutdown::Write) {
        debug!(%error, "a connection was gone before it could be closed: {error}");
        return;
    }
    let mut rest = [0; 4096];
    let until = Instant::now() + CLOSING;
    for _ in 0..CLOSING_READS {
        match timeout_at(until, stream.readable()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
        match stream.try_read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// By the peer, or by the network.
    Closed,
    /// Nothing came for long.
    Idle,
    /// The peer does not read, or does not complete what it began.
    Slow,
    /// Where the next message begins is no longer known.
    Framing,
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

/// Writes what could not be written at once.
async fn write(stream: &TcpStream, slot: &Slot, queue: &mut mpsc::Receiver<Outgoing>) -> Ended {
    while let Some(message) = queue.recv().await {
        let mut rest = &message.bytes[..];
        while !rest.is_empty() {
            match timeout(WRITE_TIMEOUT, stream.writable()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ended::Closed,
                Err(_) => return Ended::Slow,
            }
            match stream.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Ended::Closed,
            }
        }
        slot.connection.written(message.bytes.len());
    }
    Ended::Closed
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
