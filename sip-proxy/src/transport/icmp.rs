//! What the network says of datagrams that did not arrive: the kernel keeps it beside the socket, with where the datagram was sent to and
//! its beginning, if it is asked to. It tells any of the sockets on a port, so that all shards look whether the datagram was theirs.
//!
//! RFC 3261 §18.4. Whether such a word is believed is the core's affair: it must quote what nobody else has seen.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

use bytes::Bytes;
use rustix::event::{Timespec, epoll};
use rustix::net::{RecvAncillaryBuffer, RecvFlags, recvmsg};
use sip_core::{Flow, ListenerId};
use socket2::Socket;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::counters::Counters;
use crate::inbox::Inboxes;

/// As much of a datagram as is looked at: routers give back a few hundred octets (RFC 1812 §4.3.2.3, RFC 4443 §2.4).
const QUOTED_MAX: usize = 1280;
/// Of how many datagrams is heard in one go.
const AT_ONCE: usize = 64;

/// Has the kernel keep what it is told of datagrams that this socket sent.
pub(super) fn keep(socket: &Socket, is_ipv6: bool) -> io::Result<()> {
    let (level, option) = match is_ipv6 {
        true => (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
        false => (libc::IPPROTO_IP, libc::IP_RECVERR),
    };
    set(socket, level, option)
}

#[expect(
    unsafe_code,
    reason = "no crate in use knows these options; the kernel reads the value, of the size that it is told, and keeps nothing"
)]
fn set(socket: &Socket, level: libc::c_int, option: libc::c_int) -> io::Result<()> {
    let on: libc::c_int = 1;
    let size = size_of::<libc::c_int>() as libc::socklen_t;
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const on).cast(), size) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Tells the shards of what did not arrive, for as long as the runtime lives.
pub(crate) async fn hear(
    socket: UdpSocket,
    listener: ListenerId,
    inboxes: Inboxes,
    counters: Arc<Counters>,
) -> io::Result<()> {
    let errors = watch(&socket)?;
    loop {
        errors.readable().await?.clear_ready();
        // Taken before the queue is emptied: what comes later is told of again.
        let _ = epoll::wait(errors.get_ref(), &mut [NOTHING], Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
        let mut told = 0;
        while let Some((remote, quoted)) = next(&socket) {
            counters.datagrams_undeliverable.one();
            inboxes.undeliverable(Flow::udp(listener, remote), &quoted);
            told += 1;
            if told % AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// What an event is written over.
const NOTHING: epoll::Event = epoll::Event { flags: epoll::EventFlags::empty(), data: epoll::EventData::new_u64(0) };

/// Ready when the kernel has an error to tell, and only then: who waits for anything else of a socket, urgent data too, is woken by each
/// datagram that comes. So the socket is watched for nothing, which leaves the errors that are always told of, by a watch of its own,
/// and the runtime watches that.
fn watch(socket: &UdpSocket) -> io::Result<AsyncFd<OwnedFd>> {
    let errors = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&errors, socket, epoll::EventData::new_u64(0), epoll::EventFlags::ET)?;
    register(errors)
}

#[expect(unsafe_code, reason = "the descriptor stays open for as long as it is registered: what is returned owns it")]
fn register(errors: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    let registered = unsafe { AsyncFd::register_with_interest(errors, Interest::READABLE) };
    Ok(registered?)
}

/// The next datagram that did not arrive: where it was sent to, and what is given back of it.
fn next(socket: &UdpSocket) -> Option<(SocketAddr, Bytes)> {
    let mut quoted = [0; QUOTED_MAX];
    // Why it did not arrive stands in what is not asked for: nobody needs it.
    let mut control = RecvAncillaryBuffer::default();
    let flags = RecvFlags::ERRQUEUE | RecvFlags::DONTWAIT;
    let read = recvmsg(socket, &mut [IoSliceMut::new(&mut quoted)], &mut control, flags).ok()?;
    let remote = read.address?.try_into().ok()?;
    Some((remote, Bytes::copy_from_slice(&quoted[..read.bytes.min(QUOTED_MAX)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::Delivery;

    /// RFC 3261 §18.4: over IPv4 and IPv6.
    #[tokio::test]
    async fn a_datagram_that_nobody_takes_comes_back_with_where_it_went() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let socket = super::super::udp_socket(address.parse().expect("an address"), false).expect("bound");
            let gone = UdpSocket::bind(address).expect("bound").local_addr().expect("bound");
            let (inboxes, mut receivers) = Inboxes::new(2, 8);
            let counters = Arc::new(Counters::default());
            let heard = socket.try_clone().expect("cloned");
            let task = tokio::spawn(hear(heard, ListenerId(3), inboxes, Arc::clone(&counters)));
            for text in [&b"to nobody"[..], b"again"] {
                // The second is told of the first.
                if socket.send_to(text, gone).is_err() {
                    socket.send_to(text, gone).expect("sent");
                }
                for inbox in &mut receivers {
                    match inbox.recv().await {
                        Some((_, Delivery::Undeliverable { flow, quoted })) => {
                            assert_eq!((flow, &quoted[..]), (Flow::udp(ListenerId(3), gone), text));
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
            assert_eq!(counters.datagrams_undeliverable.get(), 2);
            task.abort();
        }
    }
}
