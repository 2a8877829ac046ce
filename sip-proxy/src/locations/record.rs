//! One address's contacts as they are kept outside memory: times on the wall clock, ways back without a connection.
//!
//! A change goes from the core's table straight into the journal's bytes ([`encode`]). What comes back, from the journal or from the
//! database, is a [`StoredBinding`] first, which the core's table takes if it still stands.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use domain::{DomainName, SipId, Username};
use sip_core::locations::{Binding, BindingTexts};
use sip_core::registrar::BindingChange;
use sip_core::{ConnectionId, Flow, Listener, ListenerId, Transport};
use sip_message::uri::Uri;

/// What a record of the journal holds: the contacts of one address of record that are held here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSet {
    pub(crate) aor: SipId,
    /// None: it has no contact here any more.
    pub(crate) bindings: Vec<StoredBinding>,
    /// Contacts that other processes hold no more.
    pub(crate) taken_over: Vec<Box<[u8]>>,
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
    /// The Route by which it is reached through the process that holds it; not in the journal, where all is held here.
    pub(crate) relay: Vec<u8>,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
}

impl Clocks {
    pub(crate) fn unix_ms(&self, at: Instant) -> i64 {
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

/// Appends the bytes of a change's record to the journal's.
pub(crate) fn encode(change: &BindingChange, listeners: &[Listener], clocks: &Clocks, out: &mut Vec<u8>) {
    put(out, change.aor.username.as_str().as_bytes());
    put(out, change.aor.domain.as_str().as_bytes());
    let held = || change.bindings.iter().filter(|binding| !binding.elsewhere);
    put_count(out, held().count());
    for binding in held() {
        encode_binding(binding, listeners, clocks, out);
    }
    put_count(out, change.taken_over.len());
    for contact in &change.taken_over {
        put(out, contact);
    }
}

fn encode_binding(binding: &Binding, listeners: &[Listener], clocks: &Clocks, out: &mut Vec<u8>) {
    let texts = [binding.contact(), binding.params(), binding.call_id(), binding.path(), binding.user_agent()];
    for text in texts {
        put(out, text);
    }
    let q = if binding.q_given { binding.q_per_mille.min(1000) } else { u16::MAX };
    out.extend_from_slice(&q.to_le_bytes());
    out.extend_from_slice(&binding.cseq.to_le_bytes());
    out.extend_from_slice(&clocks.unix_ms(binding.expires_at).to_le_bytes());
    put(out, binding.flow.transport.name().as_bytes());
    put_address(out, local_of(binding, listeners));
    put_address(out, binding.flow.remote);
}

/// Our address on which a contact was registered.
pub(crate) fn local_of(binding: &Binding, listeners: &[Listener]) -> SocketAddr {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listeners.get(usize::from(binding.flow.listener.0)).map_or(unknown, |listener| listener.address)
}

impl StoredSet {
    /// Reads what [`encode`] wrote; none if it is something else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<StoredSet> {
        let mut reader = Reader(bytes);
        let username = Username::parse(std::str::from_utf8(reader.slice()?).ok()?).ok()?;
        let domain = DomainName::parse(std::str::from_utf8(reader.slice()?).ok()?).ok()?;
        let bindings = reader.list(StoredBinding::decode)?;
        let taken_over = reader.list(|reader| Some(reader.slice()?.into()))?;
        let aor = SipId { username, domain };
        reader.0.is_empty().then_some(StoredSet { aor, bindings, taken_over })
    }
}

impl StoredBinding {
    /// What tells it from the other contacts of its address.
    pub(crate) fn key(&self) -> Cow<'_, [u8]> {
        sip_core::instance::key(&self.contact, &self.params)
    }

    /// For the core's table, as what another process holds; none if it has expired.
    pub(crate) fn restore_elsewhere(&self, listeners: &[Listener], clocks: &Clocks) -> Option<Binding> {
        // Who holds it has no Path to it; what has one is reached by everybody and has no holder.
        let path = if self.relay.is_empty() { self.path.clone() } else { self.relay.clone() };
        let mut binding = StoredBinding { path, ..self.clone() }.restore(listeners, clocks)?;
        binding.elsewhere = true;
        Some(binding)
    }

    /// For the core's table; none if it has expired.
    pub(crate) fn restore(&self, listeners: &[Listener], clocks: &Clocks) -> Option<Binding> {
        let expires_at = clocks.instant(self.expires_unix_ms)?;
        let of_transport = || listeners.iter().enumerate().filter(|(_, l)| l.transport == self.transport);
        // The address may have been taken away from this machine since; any listener of the transport is then better
        // than none.
        let (index, _) = of_transport()
            .find(|(_, l)| l.address == self.local)
            .or_else(|| of_transport().find(|(_, l)| l.address.is_ipv4() == self.remote.is_ipv4()))
            // Through the one that holds it, it is reached without.
            .or_else(|| listeners.iter().enumerate().find(|_| !self.relay.is_empty()))?;
        let listener = ListenerId(u16::try_from(index).ok()?);
        let flow = Flow { connection: self.connection(), ..Flow::to(self.transport, listener, self.remote) };
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
        if self.transport.is_own_connection_only() {
            return Some(ConnectionId::ENDED);
        }
        let uri = Uri::parse(&self.contact).ok();
        let same = uri.is_some_and(|uri| {
            uri.host_address() == Some(self.remote.ip())
                && uri.port.unwrap_or(self.transport.default_port()) == self.remote.port()
        });
        (!same).then_some(ConnectionId::ENDED)
    }

    fn decode(reader: &mut Reader<'_>) -> Option<StoredBinding> {
        Some(StoredBinding {
            contact: reader.slice()?.to_vec(),
            params: reader.slice()?.to_vec(),
            call_id: reader.slice()?.to_vec(),
            path: reader.slice()?.to_vec(),
            user_agent: reader.slice()?.to_vec(),
            q_per_mille: Some(u16::from_le_bytes(reader.array()?)).filter(|q| *q <= 1000),
            cseq: u32::from_le_bytes(reader.array()?),
            expires_unix_ms: i64::from_le_bytes(reader.array()?),
            transport: Transport::from_name(reader.slice()?)?,
            local: reader.address()?,
            remote: reader.address()?,
            relay: Vec::new(),
        })
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // A text of a binding is at most 8 KiB long (`sip_core::locations`), so no length is ever cut.
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&bytes[..usize::from(length)]);
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_address(out: &mut Vec<u8>, address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => put(out, &ip.octets()),
        IpAddr::V6(ip) => put(out, &ip.octets()),
    }
    out.extend_from_slice(&address.port().to_le_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn slice(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(u16::from_le_bytes(self.array()?));
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = u32::from_le_bytes(self.array()?);
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn address(&mut self) -> Option<SocketAddr> {
        let ip = match self.slice()? {
            v4 if v4.len() == 4 => IpAddr::from(<[u8; 4]>::try_from(v4).ok()?),
            v6 => IpAddr::from(<[u8; 16]>::try_from(v6).ok()?),
        };
        Some(SocketAddr::new(ip, u16::from_le_bytes(self.array()?)))
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
            relay: Vec::new(),
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

    fn binding(clocks: &Clocks) -> Binding {
        let connection = Some(ConnectionId(std::num::NonZeroU64::MIN));
        let flow = Flow::tcp(ListenerId(1), SocketAddr::from(([192, 0, 2, 1], 40_000)), connection);
        let texts = BindingTexts { contact: b"sip:a@192.0.2.1", call_id: b"c", ..BindingTexts::default() };
        Binding::new(texts, flow, 3, clocks.now + Duration::from_secs(60)).expect("short")
    }

    #[test]
    fn a_change_comes_back_with_its_time_without_its_connection_and_without_what_others_hold() {
        let clocks = clocks();
        let held = binding(&clocks).with_q(Some(500));
        let mut v6 = binding(&clocks);
        v6.flow.remote = "[2001:db8::1]:5060".parse().expect("an address");
        let mut theirs = binding(&clocks);
        theirs.elsewhere = true;
        let change = BindingChange {
            aor: SipId::parse("alice@example.com").expect("a name"),
            bindings: vec![held.clone(), v6.clone(), theirs].into(),
            taken_over: vec![b"sip:gone@192.0.2.9"[..].into()],
        };
        let mut bytes = Vec::new();
        encode(&change, &listeners(), &clocks, &mut bytes);
        let set = StoredSet::decode(&bytes).expect("a record");
        assert_eq!((&set.aor, &set.taken_over), (&change.aor, &change.taken_over));
        assert_eq!(set.bindings[0].expires_unix_ms, 1_700_000_060_000);
        let restored: Vec<Binding> = set.bindings.iter().filter_map(|b| b.restore(&listeners(), &clocks)).collect();
        let mut wanted = [held, v6];
        for binding in &mut wanted {
            binding.flow.connection = Some(ConnectionId::ENDED);
        }
        assert_eq!(restored, wanted);
        for cut in 0..bytes.len() {
            assert_eq!(StoredSet::decode(&bytes[..cut]), None, "cut at {cut}");
        }
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
        assert_eq!(expired.restore(&listeners(), &clocks), None);
    }
}
