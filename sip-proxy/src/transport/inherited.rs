//! Sockets that were open before this process was: systemd holds them and hands them over at each start (`sip-proxy.socket`), so that
//! nothing that is sent while one process ends and the next begins is lost. What came meanwhile waits in them.
//!
//! The protocol is sd_listen_fds(3): file descriptors from 3 on, their number in LISTEN_FDS, our process in LISTEN_PID.

use std::net::SocketAddr;
use std::os::fd::{FromRawFd, RawFd};
use std::sync::{Mutex, OnceLock, PoisonError};

use socket2::{Socket, Type};
use tracing::info;

const FIRST: RawFd = 3;
/// More than any configuration has.
const SOCKETS_MAX: RawFd = 64;

static HANDED_OVER: OnceLock<Mutex<Vec<Socket>>> = OnceLock::new();

/// The socket of this kind that is bound to this address, if one was handed over. Each is given once.
pub(crate) fn take(kind: Type, address: SocketAddr) -> Option<Socket> {
    let sockets = HANDED_OVER.get_or_init(|| Mutex::new(handed_over()));
    let mut sockets = sockets.lock().unwrap_or_else(PoisonError::into_inner);
    let fits = |socket: &Socket| {
        let bound = socket.local_addr().ok().and_then(|bound| bound.as_socket());
        bound == Some(address) && socket.r#type().is_ok_and(|found| found == kind)
    };
    let place = sockets.iter().position(fits)?;
    let socket = sockets.swap_remove(place);
    socket.set_nonblocking(true).ok()?;
    info!(%address, "the socket of {address} was handed over");
    Some(socket)
}

fn handed_over() -> Vec<Socket> {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<RawFd>().ok());
    let ours = number("LISTEN_PID").is_some_and(|pid| u32::try_from(pid) == Ok(std::process::id()));
    let count = number("LISTEN_FDS").filter(|_| ours).unwrap_or_default().clamp(0, SOCKETS_MAX);
    (FIRST..FIRST + count).map(socket).collect()
}

#[expect(unsafe_code, reason = "who set LISTEN_PID to this process gave it these descriptors, and this is called once")]
fn socket(descriptor: RawFd) -> Socket {
    // SAFETY: the descriptor was opened for this process before it began, and nothing else in it uses it.
    unsafe { Socket::from_raw_fd(descriptor) }
}
