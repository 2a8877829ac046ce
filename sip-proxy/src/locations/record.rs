//! One address's contacts as they are kept outside memory: times on the wall clock, ways back without a connection.
//!
//! Between the core's table (monotonic time), the journal (bytes) and the database (columns) this is the form in the
//! middle, and here are the two conversions from and to the core's.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use domain::SipId;
use sip_core::locations::{Binding, BindingTexts};
use sip_core::{ConnectionId, Flow, Listener, ListenerId, Transport};
use sip_message::uri::Uri;

/// All contacts of one address of record; none: it has no contact any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSet {
    pub(crate) aor: String,
    pub(crate) bindings: Vec<StoredBinding>,
}

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredBinding {
    pub(crate) contact: Vec<u8>,
    pub(crate) params: Vec<u8>,
    pub(crate) call_id: Vec<u8>,
    pub(crate) path: Vec<u8>,
    pub(crate) user_agent: Vec<u8>,
    /// Preference, if one was given.
    pub(crate) q_per_mille: Option<u16>,
    pub(crate) cseq: u32,
    /// Milliseconds since 1970.
    pub(crate) expires_unix_ms: i64,
    pub(crate) transport: Transport,
    /// Our address on which it registered.
    pub(crate) local: SocketAddr,
    /// The phone's address as seen from here.
    pub(crate) remote: SocketAddr,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
}

impl Clocks {
    fn unix_ms(&self, at: Instant) -> i64 {
        let wall = match at.checked_duration_since(self.now) {
            Some(ahead) => self.wall + ahead,
            None => self.wall - self.now.duration_since(at),
        };
        let since = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// The moment on the monotonic clock; none if it is over.
    fn instant(&self, unix_ms: i64) -> Option<Instant> {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(unix_ms).ok()?);
        let ahead = wall.duration_since(self.wall).ok()?;
        (!ahead.is_zero()).then(|| self.now + ahead)
    }
}

impl StoredSet {
    /// From the core's table.
    pub(crate) fn of(aor: &SipId, bindings: &[Binding], listeners: &[Listener], clocks: &Clocks) -> StoredSet {
        let bindings = bindings.iter().map(|binding| StoredBinding::of(binding, listeners, clocks)).collect();
        StoredSet { aor: aor.to_string(), bindings }
    }

    /// For the core's table: the contacts that have not expired.
    pub(crate) fn restore(&self, listeners: &[Listener], clocks: &Clocks) -> Option<(SipId, Vec<Binding>)> {
        let aor = SipId::parse(&self.aor).ok()?;
        Some((aor, self.bindings.iter().filter_map(|binding| binding.restore(listeners, clocks)).collect()))
    }

    /// Appends the bytes of the journal's record.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put(out, self.aor.as_bytes());
        out.extend_from_slice(&u32::try_from(self.bindings.len()).unwrap_or(u32::MAX).to_le_bytes());
        for binding in &self.bindings {
            binding.encode(out);
        }
    }

    /// Reads what [`StoredSet::encode`] wrote; none if it is something else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<StoredSet> {
        let mut reader = Reader(bytes);
        let aor = String::from_utf8(reader.bytes()?).ok()?;
        let count = u32::from_le_bytes(reader.array()?);
        let mut bindings = Vec::new();
        for _ in 0..count {
            bindings.push(StoredBinding::decode(&mut reader)?);
        }
        reader.0.is_empty().then_some(StoredSet { aor, bindings })
    }
}

impl StoredBinding {
    fn of(binding: &Binding, listeners: &[Listener], clocks: &Clocks) -> StoredBinding {
        let flow = binding.flow;
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        StoredBinding {
            contact: binding.contact().to_vec(),
            params: binding.params().to_vec(),
            call_id: binding.call_id().to_vec(),
            path: binding.path().to_vec(),
            user_agent: binding.user_agent().to_vec(),
            q_per_mille: binding.q_given.then_some(binding.q_per_mille),
            cseq: binding.cseq,
            expires_unix_ms: clocks.unix_ms(binding.expires_at),
            transport: flow.transport,
            local: listeners.get(usize::from(flow.listener.0)).map_or(unknown, |listener| listener.address),
            remote: flow.remote,
        }
    }

    fn restore(&self, listeners: &[Listener], clocks: &Clocks) -> Option<Binding> {
        let expires_at = clocks.instant(self.expires_unix_ms)?;
        let of_transport = || listeners.iter().enumerate().filter(|(_, l)| l.transport == self.transport);
        // The address may have been taken away from this machine since; any listener of the transport is then better
        // than none.
        let (index, _) = of_transport()
            .find(|(_, l)| l.address == self.local)
            .or_else(|| of_transport().find(|(_, l)| l.address.is_ipv4() == self.remote.is_ipv4()))?;
        let listener = ListenerId(u16::try_from(index).ok()?);
        let flow = Flow { transport: self.transport, listener, remote: self.remote, connection: self.connection() };
        let texts = BindingTexts {
            contact: &self.contact,
            params: &self.params,
            call_id: &self.call_id,
            path: &self.path,
            user_agent: &self.user_agent,
        };
        Some(Binding::new(texts, flow, self.cseq, expires_at).ok()?.with_q(self.q_per_mille))
    }

    /// The connection ended with the process that held it. Its number, which no connection has, says so at once, and the
    /// contact's own address is tried; only where that is the connection's other end is a new one opened to it.
    fn connection(&self) -> Option<ConnectionId> {
        if !self.transport.is_reliable() {
            return None;
        }
        let uri = Uri::parse(&self.contact).ok();
        let same = uri.is_some_and(|uri| {
            uri.host_address() == Some(self.remote.ip())
                && uri.port.unwrap_or(self.transport.default_port()) == self.remote.port()
        });
        (!same).then_some(ConnectionId::ENDED)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        for text in [&self.contact, &self.params, &self.call_id, &self.path, &self.user_agent] {
            put(out, text);
        }
        out.extend_from_slice(&self.q_per_mille.map_or(u16::MAX, |q| q.min(1000)).to_le_bytes());
        out.extend_from_slice(&self.cseq.to_le_bytes());
        out.extend_from_slice(&self.expires_unix_ms.to_le_bytes());
        put(out, self.transport.param_name().as_bytes());
        put(out, self.local.to_string().as_bytes());
        put(out, self.remote.to_string().as_bytes());
    }

    fn decode(reader: &mut Reader<'_>) -> Option<StoredBinding> {
        Some(StoredBinding {
            contact: reader.bytes()?,
            params: reader.bytes()?,
            call_id: reader.bytes()?,
            path: reader.bytes()?,
            user_agent: reader.bytes()?,
            q_per_mille: Some(u16::from_le_bytes(reader.array()?)).filter(|q| *q <= 1000),
            cseq: u32::from_le_bytes(reader.array()?),
            expires_unix_ms: i64::from_le_bytes(reader.array()?),
            transport: Transport::from_name(&reader.bytes()?)?,
            local: reader.address()?,
            remote: reader.address()?,
        })
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // A text of a binding is at most 8 KiB long (`sip_core::locations`), so no length is ever cut.
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&bytes[..usize::from(length)]);
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(u16::from_le_bytes(self.array()?));
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken.to_vec())
    }

    fn address(&mut self) -> Option<SocketAddr> {
        std::str::from_utf8(&self.bytes()?).ok()?.parse().ok()
    }
}

#[cfg(test)]
impl StoredBinding {
    /// A contact for tests.
    pub(crate) fn sample(contact: &str) -> StoredBinding {
        StoredBinding {
            contact: contact.as_bytes().to_vec(),
            params: b";+sip.instance=\"<urn:uuid:1>\"".to_vec(),
            call_id: b"abc@192.0.2.1".to_vec(),
            path: Vec::new(),
            user_agent: b"phone/1".to_vec(),
            q_per_mille: Some(500),
            cseq: 7,
            expires_unix_ms: 4_000_000_000_000,
            transport: Transport::Udp,
            local: SocketAddr::from(([127, 0, 0, 1], 5060)),
            remote: SocketAddr::from(([192, 0, 2, 1], 5060)),
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some moment to count from")]
mod tests {
    use super::*;

    fn clocks() -> Clocks {
        Clocks { now: Instant::now(), wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) }
    }

    fn listeners() -> Vec<Listener> {
        let address = SocketAddr::from(([127, 0, 0, 1], 5060));
        vec![Listener::new(Transport::Udp, address), Listener::new(Transport::Tcp, address)]
    }

    #[test]
    fn a_set_comes_back_from_its_bytes() {
        let mut tcp = StoredBinding::sample("sip:a@192.0.2.2;transport=tcp");
        tcp.transport = Transport::Tcp;
        tcp.q_per_mille = None;
        let set = StoredSet {
            aor: "alice@example.com".to_owned(),
            bindings: vec![StoredBinding::sample("sip:a@192.0.2.1"), tcp],
        };
        let mut bytes = Vec::new();
        set.encode(&mut bytes);
        assert_eq!(StoredSet::decode(&bytes), Some(set));
        for cut in 0..bytes.len() {
            assert_eq!(StoredSet::decode(&bytes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_set_comes_back_from_the_table_with_its_time_and_without_its_connection() {
        let clocks = clocks();
        let connection = Some(ConnectionId(std::num::NonZeroU64::MIN));
        let flow = Flow::tcp(ListenerId(1), SocketAddr::from(([192, 0, 2, 1], 40_000)), connection);
        let texts = BindingTexts { contact: b"sip:a@192.0.2.1", call_id: b"c", ..BindingTexts::default() };
        let binding = Binding::new(texts, flow, 3, clocks.now + Duration::from_secs(60)).expect("short");
        let aor = SipId::parse("alice@example.com").expect("a name");
        let set = StoredSet::of(&aor, std::slice::from_ref(&binding), &listeners(), &clocks);
        assert_eq!(set.bindings[0].expires_unix_ms, 1_700_000_060_000);
        let (again, restored) = set.restore(&listeners(), &clocks).expect("a name");
        assert_eq!(again, aor);
        let mut wanted = binding;
        wanted.flow.connection = Some(ConnectionId::ENDED);
        assert_eq!(restored, [wanted]);
    }

    #[test]
    fn a_phone_that_connected_from_its_contact_is_connected_to_again() {
        let mut tcp = StoredBinding::sample("sip:a@192.0.2.1:40000;transport=tcp");
        tcp.transport = Transport::Tcp;
        tcp.remote = SocketAddr::from(([192, 0, 2, 1], 40_000));
        assert_eq!(tcp.connection(), None);
        tcp.remote.set_port(40_001);
        assert_eq!(tcp.connection(), Some(ConnectionId::ENDED));
    }

    #[test]
    fn what_has_expired_meanwhile_is_not_restored() {
        let clocks = clocks();
        let mut expired = StoredBinding::sample("sip:a@192.0.2.1");
        expired.expires_unix_ms = 1_699_999_999_000;
        let set = StoredSet { aor: "alice@example.com".to_owned(), bindings: vec![expired] };
        assert_eq!(set.restore(&listeners(), &clocks).expect("a name").1, []);
    }
}
