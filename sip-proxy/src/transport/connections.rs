//! The table of open connections: found by number or by peer, bounded in all and for each source address.
//!
//! It is shared by all shards and by every stream transport. A message for a connection is written at once when nothing
//! waits before it, and queued (bounded in bytes) when the peer reads slowly; a peer that does not read at all loses its
//! connection. Opening and reading are left to the transports.
//!
//! RFC 3261 §18, RFC 5923 §5, §8 (reuse of connections).

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use sip_core::TransactionId;
use sip_core::{ConnectionId, Flow, ListenerId, PeerName, Transport};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use super::tls::Identity;

/// Messages that may wait for one connection; their bytes are bounded by the settings.
const QUEUE_MESSAGES: usize = 512;

/// Who is told when a message could not be delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The shard whose core sent it.
    pub(crate) shard: usize,
    /// The transaction there.
    pub(crate) transaction: TransactionId,
}

/// A message on its way to a connection.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) bytes: Bytes,
    /// As the core named it; what fails goes back with it.
    pub(crate) flow: Flow,
    pub(crate) origin: Option<Origin>,
}

/// Bounds of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// Connections in all.
    pub(crate) total: usize,
    /// Connections from or to one address.
    pub(crate) per_source: usize,
    /// Bytes that may wait for one connection.
    pub(crate) queue_bytes: usize,
}

/// All open connections.
pub(crate) struct Connections {
    table: Mutex<Table>,
    next: AtomicU64,
    limits: ConnectionLimits,
}

/// What a connection can be found by without its number. Who was asked to prove one name is not taken for another.
type Way = (ListenerId, SocketAddr, Option<PeerName>);

fn way(flow: &Flow) -> Way {
    (flow.listener, flow.remote, flow.peer)
}

#[derive(Default)]
struct Table {
    by_id: HashMap<ConnectionId, Arc<Connection>>,
    by_remote: HashMap<Way, ConnectionId>,
    by_source: HashMap<IpAddr, usize>,
    /// Connections that their peers want to be used for requests to where they listen.
    aliases: HashMap<(Transport, SocketAddr), ConnectionId>,
}

/// Why a peer that has connected is believed to be who listens at an address.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// The certificate that it showed.
    Certificate(Identity),
    /// Its own address, by which it is trusted.
    Address,
}

/// One connection, open or being opened.
pub(crate) struct Connection {
    /// Where messages can be written at once; not where they are wrapped in something else on their way.
    direct: OnceLock<Arc<TcpStream>>,
    queue: mpsc::Sender<Outgoing>,
    /// Bytes queued and not yet written; zero means that nobody is writing.
    waiting: AtomicUsize,
    waiting_max: usize,
    /// Held while deciding between writing at once and queueing, so that messages keep their order.
    order: Mutex<()>,
    closing: Notify,
    proof: OnceLock<Proof>,
}

/// Why a connection was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many as there may be.
    Full,
    /// As many as one source may have.
    FullForSource,
}

/// A connection does not take a message: it has ended, or its peer does not read and it is being closed.
#[derive(Debug)]
pub(crate) struct NotTaken(pub(crate) Outgoing);

/// A connection's place in the table; dropping it gives the place back.
pub(crate) struct Slot {
    connections: Arc<Connections>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) flow: Flow,
    id: ConnectionId,
    /// Where the peer listens, as it said.
    alias: OnceLock<SocketAddr>,
    /// Whether it was opened here.
    ours: AtomicBool,
}

impl Connections {
    /// An empty table.
    pub(crate) fn new(limits: ConnectionLimits) -> Arc<Connections> {
        Arc::new(Connections { table: Mutex::default(), next: AtomicU64::new(1), limits })
    }

    /// How many are open or being opened.
    pub(crate) fn len(&self) -> usize {
        self.table().by_id.len()
    }

    /// Takes a place for a connection with the flow's peer, and the queue of what is to be written on it.
    pub(crate) fn admit(self: &Arc<Self>, flow: Flow) -> Result<(Slot, mpsc::Receiver<Outgoing>), Refused> {
        let number = NonZeroU64::new(self.next.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroU64::MAX);
        let id = ConnectionId(number);
        let (queue, receiver) = mpsc::channel(QUEUE_MESSAGES);
        let connection = Arc::new(Connection {
            direct: OnceLock::new(),
            queue,
            waiting: AtomicUsize::new(0),
            waiting_max: self.limits.queue_bytes,
            order: Mutex::new(()),
            closing: Notify::new(),
            proof: OnceLock::new(),
        });
        let mut table = self.table();
        if table.by_id.len() >= self.limits.total {
            return Err(Refused::Full);
        }
        let of_source = table.by_source.entry(flow.remote.ip()).or_default();
        if *of_source >= self.limits.per_source {
            return Err(Refused::FullForSource);
        }
        *of_source += 1;
        table.by_id.insert(id, Arc::clone(&connection));
        table.by_remote.insert(way(&flow), id);
        let flow = Flow { connection: Some(id), ..flow };
        Ok((
            Slot {
                connections: Arc::clone(self),
                connection,
                flow,
                id,
                alias: OnceLock::new(),
                ours: AtomicBool::new(false),
            },
            receiver,
        ))
    }

    /// The connection of a flow: by its number, or else any that is open to the peer.
    pub(crate) fn find(&self, flow: &Flow) -> Option<Arc<Connection>> {
        let table = self.table();
        let id = match flow.connection {
            Some(id) if id != ConnectionId::STANDING => id,
            None | Some(_) => *table.by_remote.get(&way(flow))?,
        };
        table.by_id.get(&id).cloned()
    }

    /// The connection that the peer itself wants to be used for requests to where it listens, if there is one.
    pub(crate) fn alias(&self, flow: &Flow) -> Option<Arc<Connection>> {
        let table = self.table();
        table.by_id.get(table.aliases.get(&(flow.transport, flow.remote))?).cloned()
    }

    /// Closes every connection.
    pub(crate) fn close_all(&self) {
        let open: Vec<Arc<Connection>> = self.table().by_id.values().cloned().collect();
        for connection in open {
            connection.close();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Each change of the table is complete before anything can panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// What proves who has connected, if anything does.
    pub(crate) fn proved_by(&self, proof: Proof) {
        // Found out once, before the first message.
        let _ = self.connection.proof.set(proof);
    }

    /// Whether the peer may say where it listens, and has not done so yet.
    pub(crate) fn may_be_reused(&self) -> bool {
        self.connection.proof.get().is_some() && self.alias.get().is_none()
    }

    /// The peer wants requests to this port of its address to come over this connection.
    pub(crate) fn reuse_for(&self, port: u16) {
        let remote = SocketAddr::new(self.flow.remote.ip(), port);
        if self.alias.set(remote).is_ok() {
            self.connections.table().aliases.insert((self.flow.transport, remote), self.id);
        }
    }

    /// It was opened here.
    pub(crate) fn opened_here(&self) {
        self.ours.store(true, Ordering::Relaxed);
    }

    /// Whether it was.
    pub(crate) fn is_ours(&self) -> bool {
        self.ours.load(Ordering::Relaxed)
    }

    /// The same as the flows of such requests name it.
    pub(crate) fn reused_as(&self) -> Option<Flow> {
        self.alias.get().map(|remote| Flow { remote: *remote, ..self.flow })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut table = self.connections.table();
        table.by_id.remove(&self.id);
        let key = way(&self.flow);
        if table.by_remote.get(&key) == Some(&self.id) {
            table.by_remote.remove(&key);
        }
        if let Some(remote) = self.alias.get() {
            let key = (self.flow.transport, *remote);
            if table.aliases.get(&key) == Some(&self.id) {
                table.aliases.remove(&key);
            }
        }
        let source = self.flow.remote.ip();
        if let Some(count) = table.by_source.get_mut(&source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                table.by_source.remove(&source);
            }
        }
    }
}

impl Connection {
    /// The stream is open, and nothing but messages goes over it: from now on they may be written at once.
    pub(crate) fn opened(&self, stream: Arc<TcpStream>) {
        // A connection is opened once; a second stream would be a bug of the caller and is not used.
        let _ = self.direct.set(stream);
    }

    /// Writes or queues one message.
    pub(crate) fn send(&self, message: Outgoing) -> Result<(), NotTaken> {
        let _order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let mut message = message;
        if self.waiting.load(Ordering::Acquire) == 0
            && let Some(stream) = self.direct.get()
        {
            match stream.try_write(&message.bytes) {
                Ok(written) if written == message.bytes.len() => return Ok(()),
                Ok(written) => {
                    // The rest alone is no message: nobody can be told to send it elsewhere.
                    message.bytes = message.bytes.slice(written..);
                    message.origin = None;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => {
                    self.close();
                    return Err(NotTaken(message));
                }
            }
        }
        self.queue(message)
    }

    fn queue(&self, message: Outgoing) -> Result<(), NotTaken> {
        let length = message.bytes.len();
        let refused = if self.waiting.fetch_add(length, Ordering::AcqRel) + length > self.waiting_max {
            message
        } else {
            match self.queue.try_send(message) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(message) | mpsc::error::TrySendError::Closed(message)) => message,
            }
        };
        self.close();
        Err(NotTaken(refused))
    }

    /// Why its peer is believed to be who it says.
    pub(crate) fn proof(&self) -> Option<&Proof> {
        self.proof.get()
    }

    /// The writer has written so much of what was queued.
    pub(crate) fn written(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::AcqRel);
    }

    /// Asks the connection's task to end.
    pub(crate) fn close(&self) {
        self.closing.notify_one();
    }

    /// Waits until somebody asks the connection to end.
    pub(crate) async fn closing(&self) {
        self.closing.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENER: ListenerId = ListenerId(1);

    fn table(total: usize, per_source: usize) -> Arc<Connections> {
        Connections::new(ConnectionLimits { total, per_source, queue_bytes: 1_000 })
    }

    fn flow(peer: SocketAddr) -> Flow {
        Flow::tcp(LISTENER, peer, None)
    }

    fn peer(last: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, last], port))
    }

    #[test]
    fn one_source_cannot_take_the_places_of_others() {
        let table = table(3, 2);
        let first = table.admit(flow(peer(1, 1))).expect("free");
        let _second = table.admit(flow(peer(1, 2))).expect("free");
        assert_eq!(table.admit(flow(peer(1, 3))).err(), Some(Refused::FullForSource));
        let _other = table.admit(flow(peer(2, 1))).expect("free");
        assert_eq!(table.admit(flow(peer(3, 1))).err(), Some(Refused::Full));
        drop(first);
        assert_eq!(table.len(), 2);
        table.admit(flow(peer(1, 3))).map(|_| ()).expect("the place came back");
    }

    /// RFC 5923 §5: a connection is used again for requests to the same peer.
    #[test]
    fn a_connection_is_found_by_number_and_by_peer_until_it_is_gone() {
        let table = table(9, 9);
        let (slot, _queue) = table.admit(flow(peer(1, 1))).expect("free");
        let by_peer = Flow { connection: None, ..slot.flow };
        assert!(table.find(&slot.flow).is_some() && table.find(&by_peer).is_some());
        let flow = slot.flow;
        drop(slot);
        assert!(table.find(&flow).is_none() && table.find(&by_peer).is_none());
    }

    /// RFC 5923 §8.2: by the address of the peer and the port that it names; only who has proved something may name one, and once.
    #[test]
    fn a_connection_is_found_where_its_peer_says_that_it_listens() {
        let table = table(9, 9);
        let (slot, _queue) = table.admit(flow(peer(1, 40_000))).expect("free");
        assert!(!slot.may_be_reused());
        slot.proved_by(Proof::Address);
        assert!(slot.may_be_reused());
        slot.reuse_for(5061);
        slot.reuse_for(5062);
        assert!(!slot.may_be_reused());
        assert_eq!(slot.reused_as().map(|flow| flow.remote), Some(peer(1, 5061)));
        assert!(table.alias(&flow(peer(1, 5061))).is_some());
        let others = [flow(peer(1, 5062)), flow(peer(2, 5061)), Flow::to(Transport::Tls, LISTENER, peer(1, 5061))];
        assert!(others.iter().all(|other| table.alias(other).is_none()));
        // A newer one takes its place, and the end of the older leaves that alone.
        let (newer, _queue) = table.admit(flow(peer(1, 40_001))).expect("free");
        newer.proved_by(Proof::Address);
        newer.reuse_for(5061);
        drop(slot);
        assert!(table.alias(&flow(peer(1, 5061))).is_some());
        drop(newer);
        assert!(table.alias(&flow(peer(1, 5061))).is_none());
        assert!(table.table().aliases.is_empty());
    }

    #[test]
    fn a_peer_that_does_not_read_is_cut_off_at_the_bound() {
        let table = table(9, 9);
        let (slot, mut queue) = table.admit(flow(peer(1, 1))).expect("free");
        let message = || Outgoing { bytes: Bytes::from_static(&[0; 400]), flow: slot.flow, origin: None };
        slot.connection.send(message()).expect("room");
        slot.connection.send(message()).expect("room");
        slot.connection.send(message()).expect_err("1200 of 1000 bytes");
        assert_eq!(queue.try_recv().expect("queued in order").bytes.len(), 400);
    }
}
