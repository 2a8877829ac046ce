//! SIP on a stream of octets, TCP's own or within TLS: cutting it into messages, pings, writing, and how it is closed when nobody knows
//! any more where the next message begins.
//!
//! RFC 3261 §18.3, RFC 5626 §3.5.1 (keep-alive), RFC 5923 §8.2 (who wants its connection to be reused).

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::ready;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sip_core::Transport;
use sip_message::{Framed, Framer, Message, ParseError, Reply};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::debug;

use super::connections::{Outgoing, Slot};
use super::pings::{Due, Pings};
use super::streams::{Ended, Streams, WRITE_TIMEOUT};
use crate::inbox::Delivery;

/// Read in one piece at most, so that one busy connection does not hold up the others of its thread.
const READ_BYTES: usize = 16 * 1024;
/// How long, and how often, a connection that is being closed is read until the peer closes it too.
const CLOSING: Duration = Duration::from_secs(1);
const CLOSING_READS: usize = 64;

thread_local! {
    /// Where a piece is read to: one for all connections of a thread, since most of them are silent.
    static PIECE: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// The end that octets come out of.
trait Source {
    /// Reads what is there into the framer; how much it was, zero at the end.
    async fn read(&mut self, framer: &mut Framer) -> io::Result<usize>;
}

/// The end that octets go into.
trait Sink {
    /// Writes as much as is taken.
    async fn write(&mut self, octets: &[u8]) -> io::Result<usize>;
    /// Sends on what was written and is held back.
    async fn flush(&mut self) -> io::Result<()>;
    /// Says that nothing more will come.
    async fn end(&mut self) -> io::Result<()>;
}

impl Source for &TcpStream {
    async fn read(&mut self, framer: &mut Framer) -> io::Result<usize> {
        loop {
            self.readable().await?;
            let read = PIECE.with_borrow_mut(|piece| {
                let length = self.try_read(piece)?;
                framer.push(&piece[..length]);
                Ok(length)
            });
            match read {
                Err(error) if io::Error::kind(&error) == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }
}

impl Sink for &TcpStream {
    async fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        loop {
            self.writable().await?;
            match self.try_write(octets) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn end(&mut self) -> io::Result<()> {
        SockRef::from(*self).shutdown(std::net::Shutdown::Write)
    }
}

impl<S: AsyncRead + AsyncWrite> Source for ReadHalf<S> {
    async fn read(&mut self, framer: &mut Framer) -> io::Result<usize> {
        poll_fn(|context| {
            PIECE.with_borrow_mut(|piece| {
                let mut piece = ReadBuf::new(piece);
                ready!(Pin::new(&mut *self).poll_read(context, &mut piece))?;
                framer.push(piece.filled());
                Ok(piece.filled().len()).into()
            })
        })
        .await
    }
}

impl<S: AsyncRead + AsyncWrite> Sink for WriteHalf<S> {
    async fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        AsyncWriteExt::write(self, octets).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        AsyncWriteExt::flush(self).await
    }

    async fn end(&mut self) -> io::Result<()> {
        self.shutdown().await
    }
}

impl Streams {
    /// SIP on TCP itself, where messages are written at once by who sends them as long as the peer takes them.
    pub(super) async fn run_tcp(&self, stream: TcpStream, slot: &Slot, queue: &mut mpsc::Receiver<Outgoing>) -> Ended {
        let stream = Arc::new(stream);
        slot.connection.opened(Arc::clone(&stream));
        self.run_ends(&*stream, &*stream, slot, queue).await
    }

    /// SIP on another stream: what is sent is written by the connection's own task.
    pub(super) async fn run_octets<S: AsyncRead + AsyncWrite>(
        &self,
        stream: S,
        slot: &Slot,
        queue: &mut mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let (source, sink) = tokio::io::split(stream);
        self.run_ends(source, sink, slot, queue).await
    }

    async fn run_ends(
        &self,
        mut source: impl Source,
        mut sink: impl Sink,
        slot: &Slot,
        queue: &mut mpsc::Receiver<Outgoing>,
    ) -> Ended {
        let ended = tokio::select! {
            ended = self.read(&mut source, slot) => ended,
            ended = write(&mut sink, slot, queue) => ended,
            () = slot.connection.closing() => Ended::Slow,
        };
        if ended == Ended::Framing {
            // Closing with unread octets would reset the connection, and the answer might be lost with it.
            let _elapsed = timeout(CLOSING, close(&mut source, &mut sink, queue)).await;
        }
        ended
    }

    async fn read(&self, source: &mut impl Source, slot: &Slot) -> Ended {
        let mut framer = Framer::default();
        let mut pings = Pings::new(self.times.ping_after.filter(|_| slot.is_ours()), Instant::now());
        // The first message must come as quickly as any must be completed: a connection that says nothing is not kept.
        let mut deadline = Instant::now() + self.times.partial;
        let mut waiting_for_rest = true;
        loop {
            match timeout_at(deadline.min(pings.next()), source.read(&mut framer)).await {
                Ok(Ok(0) | Err(_)) => return Ended::Closed,
                Ok(Ok(_)) => {}
                Err(_) if Instant::now() < deadline => match pings.due(Instant::now()) {
                    Due::Ask if slot.connection.send(line_ends(slot, b"\r\n\r\n")).is_ok() => continue,
                    Due::Wait => continue,
                    Due::Ask | Due::Gone => return Ended::Slow,
                },
                Err(_) if waiting_for_rest => return Ended::Slow,
                Err(_) => return Ended::Idle,
            }
            let messages = match self.take_frames(&mut framer, slot).await {
                Ok(messages) => messages,
                Err(ended) => return ended,
            };
            if pings.heard(Instant::now()) {
                framer.forget_half();
                // That it answers says that it is there, and not that it is needed.
                if !messages && framer.pending() == 0 {
                    continue;
                }
            }
            let partial = framer.pending() > 0;
            // A message that comes a byte at a time does not get new time with each byte.
            if !(partial && waiting_for_rest) {
                deadline = Instant::now() + if partial { self.times.partial } else { self.times.idle };
            }
            waiting_for_rest = partial;
        }
    }

    /// Hands on what is complete; whether there was a message.
    async fn take_frames(&self, framer: &mut Framer, slot: &Slot) -> Result<bool, Ended> {
        let mut messages = false;
        loop {
            match framer.next() {
                Ok(None) => return Ok(messages),
                Ok(Some(Framed::Message(bytes))) => {
                    messages = true;
                    match slot.flow.transport {
                        Transport::Tls => self.counters.messages_received_tls.one(),
                        _ => self.counters.messages_received_tcp.one(),
                    }
                    if slot.may_be_reused()
                        && let Some(port) = alias_of(&bytes, slot.flow.transport)
                    {
                        slot.reuse_for(port);
                    }
                    let shard = self.inboxes.shard_of(&bytes);
                    self.inboxes.deliver(shard, Delivery::Received { flow: slot.flow, bytes }).await;
                }
                // RFC 5626 §3.5.1, §4.4.1: two line ends are a ping, one is the pong.
                Ok(Some(Framed::Ping)) => {
                    if slot.connection.send(line_ends(slot, b"\r\n")).is_err() {
                        return Err(Ended::Slow);
                    }
                }
                Err(error) => {
                    self.counters.messages_unreadable.one();
                    if let Some(request) = error.answerable() {
                        refuse(request, &error, slot);
                    }
                    return Err(Ended::Framing);
                }
            }
        }
    }
}

fn line_ends(slot: &Slot, ends: &'static [u8]) -> Outgoing {
    Outgoing { bytes: Bytes::from_static(ends), flow: slot.flow, origin: None }
}

/// The port of the peer to which requests are to come over this connection, if it says so.
fn alias_of(message: &Bytes, transport: Transport) -> Option<u16> {
    memchr::memmem::find(message, b"alias")?;
    let message = Message::parse(message.clone()).ok().filter(Message::is_request)?;
    // RFC 5923 §8.2: what stands in the Via is where the peer listens, on the address from which it has connected.
    let via = message.top_via().ok()?;
    via.params.get("alias")?;
    Some(via.port.unwrap_or_else(|| transport.default_port()))
}

/// Says why the connection is about to be closed: after a message whose end nobody knows there is no next one.
fn refuse(request: &Message, error: &ParseError, slot: &Slot) {
    let mut bytes = BytesMut::new();
    // RFC 3261 §18.3: on a stream a message without a believable Content-Length is answered 400.
    Reply::new(request, error.fault.status())
        .reason(error.fault.phrase())
        .to_tag("unframed")
        .received(slot.flow.remote.ip())
        .render(&mut bytes);
    if slot.connection.send(Outgoing { bytes: bytes.freeze(), flow: slot.flow, origin: None }).is_err() {
        debug!(connection.flow = %slot.flow, "a connection was gone before it could be told why it is closed");
    }
}

/// Writes what still waits, says that this was all, and reads until the peer has heard it.
async fn close(source: &mut impl Source, sink: &mut impl Sink, queue: &mut mpsc::Receiver<Outgoing>) {
    while let Ok(message) = queue.try_recv() {
        if write_all(sink, &message.bytes).await.is_err() {
            return;
        }
    }
    if sink.end().await.is_err() {
        return;
    }
    for _ in 0..CLOSING_READS {
        if !matches!(source.read(&mut Framer::default()).await, Ok(1..)) {
            return;
        }
    }
}

/// Writes what could not be written at once.
async fn write(sink: &mut impl Sink, slot: &Slot, queue: &mut mpsc::Receiver<Outgoing>) -> Ended {
    while let Some(message) = queue.recv().await {
        if let Err(ended) = write_all(sink, &message.bytes).await {
            return ended;
        }
        slot.connection.written(message.bytes.len());
    }
    Ended::Closed
}

async fn write_all(sink: &mut impl Sink, octets: &[u8]) -> Result<(), Ended> {
    let mut rest = octets;
    while !rest.is_empty() {
        match timeout(WRITE_TIMEOUT, sink.write(rest)).await {
            Ok(Ok(0) | Err(_)) => return Err(Ended::Closed),
            Ok(Ok(written)) => rest = &rest[written..],
            Err(_) => return Err(Ended::Slow),
        }
    }
    match timeout(WRITE_TIMEOUT, sink.flush()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Ended::Closed),
        Err(_) => Err(Ended::Slow),
    }
}
