//! One UDP socket of a shard: drained without sleeping, sent on without waiting.
//!
//! A datagram is copied out of one reused buffer into a buffer of its own size, so that a message that a transaction
//! keeps for minutes holds on to nothing but itself. What the network says of datagrams that did not arrive is heard by [`icmp`](super::icmp).
//!
//! RFC 3261 §18, §18.4.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::Bytes;
use sip_core::{Flow, ListenerId};
use tokio::net::UdpSocket;

use super::stun;

/// The largest datagram there can be.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 65_535;
/// What may wait for a kernel buffer; more is dropped, and the sender's timers repeat it.
const BACKLOG_MAX: usize = 1_024;

/// Keep-alives that are taken in one go.
const KEEP_ALIVES_MAX: usize = 64;
/// How often a datagram is given to the kernel which complains of others instead.
const SEND_ATTEMPTS: usize = 4;
/// Datagrams this short may be keep-alives and are never messages.
const PADDING_MAX: usize = 4;

/// A socket with what could not be sent yet.
pub(crate) struct UdpPort {
    socket: UdpSocket,
    listener: ListenerId,
    backlog: VecDeque<(SocketAddr, Bytes)>,
}

/// What became of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The kernel has it, or will get it in a moment.
    Yes,
    /// The backlog is full.
    Dropped,
    /// The kernel refuses: no route, too long.
    Failed,
}

impl UdpPort {
    /// Takes over an opened socket; must run inside the shard's runtime.
    pub(crate) fn new(listener: ListenerId, socket: std::net::UdpSocket) -> io::Result<UdpPort> {
        Ok(UdpPort { socket: UdpSocket::from_std(socket)?, listener, backlog: VecDeque::new() })
    }

    /// The listener that this socket serves.
    pub(crate) fn listener(&self) -> ListenerId {
        self.listener
    }

    /// Ready when a datagram has come or a waiting one can leave.
    pub(crate) fn poll_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        let receive = self.socket.poll_recv_ready(context).is_ready();
        let send = !self.backlog.is_empty() && self.socket.poll_send_ready(context).is_ready();
        if receive || send { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The next datagram, or none when the socket is empty.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> Option<(Flow, Bytes)> {
        // Keep-alives are no messages, and a flood of them is no reason to stay here.
        for _ in 0..KEEP_ALIVES_MAX {
            match self.socket.try_recv_from(buffer) {
                Ok((length, remote)) => {
                    let unusual = length <= PADDING_MAX || buffer[0] < b' ';
                    if unusual && self.is_keep_alive(&buffer[..length], remote) {
                        continue;
                    }
                    return Some((Flow::udp(self.listener, remote), Bytes::copy_from_slice(&buffer[..length])));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                // It is about something that was sent earlier; the next datagram stands behind it.
                Err(_) => {}
            }
        }
        None
    }

    /// Whether a datagram only keeps a router's door open. STUN is answered (RFC 5626 §4.4.2), line ends and zeros are not.
    fn is_keep_alive(&self, datagram: &[u8], remote: SocketAddr) -> bool {
        if !stun::is_stun(datagram) {
            return datagram.len() <= PADDING_MAX && datagram.iter().all(|octet| matches!(octet, b'\r' | b'\n' | 0));
        }
        let mut answer = [0; stun::ANSWER_MAX];
        if let Some(length) = stun::answer(datagram, remote, &mut answer) {
            // One that the kernel does not take now is asked for again.
            let _ = self.try_send(remote, &answer[..length]);
        }
        true
    }

    /// Sends, or queues behind what already waits.
    pub(crate) fn send(&mut self, remote: SocketAddr, bytes: Bytes) -> Sent {
        if !self.backlog.is_empty() {
            return self.queue(remote, bytes);
        }
        match self.try_send(remote, &bytes) {
            Ok(()) => Sent::Yes,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.queue(remote, bytes),
            Err(_) => Sent::Failed,
        }
    }

    /// Sends what waits, as far as the kernel takes it.
    pub(crate) fn flush(&mut self) {
        while let Some((remote, bytes)) = self.backlog.pop_front() {
            match self.try_send(remote, &bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.backlog.push_front((remote, bytes));
                    return;
                }
                Ok(()) | Err(_) => {}
            }
        }
    }

    fn try_send(&self, remote: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        let mut attempts = SEND_ATTEMPTS;
        loop {
            attempts -= 1;
            match self.socket.try_send_to(bytes, remote) {
                Ok(_) => return Ok(()),
                // What was said of an earlier datagram is reported by the next call and has nothing to do with this one.
                Err(error) if attempts > 0 && error.kind() != io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn queue(&mut self, remote: SocketAddr, bytes: Bytes) -> Sent {
        if self.backlog.len() >= BACKLOG_MAX {
            return Sent::Dropped;
        }
        self.backlog.push_back((remote, bytes));
        Sent::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port() -> (UdpPort, SocketAddr) {
        let socket = super::super::udp_socket(SocketAddr::from(([127, 0, 0, 1], 0)), false).expect("bound");
        let address = socket.local_addr().expect("bound");
        (UdpPort::new(ListenerId(3), socket).expect("taken over"), address)
    }

    #[tokio::test]
    async fn a_datagram_arrives_whole_with_the_way_back_and_the_socket_is_drained() {
        let (port, address) = port();
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").expect("bound");
        peer.send_to(b"one", address).expect("sent");
        peer.send_to(&[7; 60_000], address).expect("sent");
        std::future::poll_fn(|context| port.poll_ready(context)).await;
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let (flow, bytes) = port.receive(&mut buffer).expect("first");
        assert_eq!(flow, Flow::udp(ListenerId(3), peer.local_addr().expect("bound")));
        assert_eq!(&bytes[..], b"one");
        assert_eq!(port.receive(&mut buffer).expect("second").1.len(), 60_000);
        assert!(port.receive(&mut buffer).is_none());
    }

    #[tokio::test]
    async fn a_refused_datagram_does_not_stop_the_next_one() {
        let (mut port, _) = port();
        port.socket.writable().await.expect("a socket");
        let gone = std::net::UdpSocket::bind("127.0.0.1:0").expect("bound").local_addr().expect("bound");
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").expect("bound");
        peer.set_read_timeout(Some(std::time::Duration::from_secs(5))).expect("set");
        let _ = port.send(gone, Bytes::from_static(b"to nobody"));
        assert_eq!(port.send(peer.local_addr().expect("bound"), Bytes::from_static(b"to you")), Sent::Yes);
        let mut buffer = [0; 16];
        let (length, _) = peer.recv_from(&mut buffer).expect("arrives");
        assert_eq!(&buffer[..length], b"to you");
    }

    #[tokio::test]
    async fn a_datagram_that_cannot_be_sent_is_reported() {
        let (mut port, address) = port();
        port.socket.writable().await.expect("a socket");
        assert_eq!(port.send(address, Bytes::from(vec![0; 70_000])), Sent::Failed);
    }
}
