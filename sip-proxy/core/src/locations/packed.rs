//! The contacts of one address as octets, which is how the table keeps them: one behind the other, each a head of fixed parts and its
//! texts. Written and read by this release in one process and nowhere else; what outlives a process is kept by others, in other forms.

use super::{Binding, Bindings};
use crate::flow::{ConnectionId, Flow, ListenerId, Transport};
use smallvec::SmallVec;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

const Q_GIVEN: u8 = 1;
const ELSEWHERE: u8 = 2;
const IPV6: u8 = 4;
const CONNECTED: u8 = 8;

/// Appends the octets of these contacts. Times are counted from `base`, which must be the same when they are read.
pub(super) fn pack(bindings: &[Binding], base: Instant, out: &mut SmallVec<[u8; 512]>) {
    for binding in bindings {
        let Flow { transport, listener, remote, connection, .. } = binding.flow;
        let flag = |is_so, flag| if is_so { flag } else { 0 };
        out.push(
            flag(binding.q_given, Q_GIVEN)
                | flag(binding.elsewhere, ELSEWHERE)
                | flag(remote.is_ipv6(), IPV6)
                | flag(connection.is_some(), CONNECTED),
        );
        out.push(transport as u8);
        out.extend_from_slice(&listener.0.to_le_bytes());
        out.extend_from_slice(&remote.port().to_le_bytes());
        match remote {
            SocketAddr::V4(remote) => out.extend_from_slice(&remote.ip().octets()),
            SocketAddr::V6(remote) => {
                out.extend_from_slice(&remote.ip().octets());
                out.extend_from_slice(&remote.flowinfo().to_le_bytes());
                out.extend_from_slice(&remote.scope_id().to_le_bytes());
            }
        }
        if let Some(connection) = connection {
            out.extend_from_slice(&connection.0.get().to_le_bytes());
        }
        out.extend_from_slice(&binding.q_per_mille.to_le_bytes());
        out.extend_from_slice(&binding.cseq.to_le_bytes());
        out.extend_from_slice(&nanoseconds(base, binding.expires_at).to_le_bytes());
        for end in binding.ends {
            out.extend_from_slice(&end.to_le_bytes());
        }
        // A binding's texts are bounded far below this.
        let length = u16::try_from(binding.texts.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&binding.texts[..usize::from(length)]);
    }
}

/// The contacts that were packed there, and that are asked for.
pub(super) fn unpack(bytes: &[u8], base: Instant, wanted: impl Fn(&Binding) -> bool) -> Bindings {
    let mut reader = Reader(bytes);
    let Some(first) = next_wanted(&mut reader, base, &wanted) else { return Bindings::default() };
    // Nearly every address has one contact: it is made in its place.
    match next_wanted(&mut reader, base, &wanted) {
        None => [first].into(),
        Some(second) => {
            let mut all = vec![first, second];
            all.extend(std::iter::from_fn(|| next_wanted(&mut reader, base, &wanted)));
            all.into()
        }
    }
}

/// Whether all of them end later than this.
pub(super) fn all_live(bytes: &[u8], base: Instant, now: Instant) -> bool {
    let mut reader = Reader(bytes);
    std::iter::from_fn(|| Packed::read(&mut reader)).all(|packed| packed.expires_at(base) > now)
}

fn next_wanted(reader: &mut Reader<'_>, base: Instant, wanted: &impl Fn(&Binding) -> bool) -> Option<Binding> {
    std::iter::from_fn(|| Packed::read(reader)).map(|packed| packed.binding(base)).find(|binding| wanted(binding))
}

/// One contact whose texts still lie where they were read.
struct Packed<'a> {
    flags: u8,
    flow: Flow,
    q_per_mille: u16,
    cseq: u32,
    expires_ns: i64,
    ends: [u16; 4],
    texts: &'a [u8],
}

impl<'a> Packed<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Packed<'a>> {
        let [flags, transport] = reader.array()?;
        let listener = ListenerId(u16::from_le_bytes(reader.array()?));
        let port = u16::from_le_bytes(reader.array()?);
        let remote = if flags & IPV6 == 0 {
            SocketAddr::new(IpAddr::from(reader.array::<4>()?), port)
        } else {
            let ip = Ipv6Addr::from(reader.array::<16>()?);
            let (flow, scope) = (u32::from_le_bytes(reader.array()?), u32::from_le_bytes(reader.array()?));
            SocketAddr::V6(SocketAddrV6::new(ip, port, flow, scope))
        };
        let connection = if flags & CONNECTED == 0 {
            None
        } else {
            Some(ConnectionId(NonZeroU64::new(u64::from_le_bytes(reader.array()?))?))
        };
        let transport = Transport::ALL.into_iter().find(|known| *known as u8 == transport)?;
        let q_per_mille = u16::from_le_bytes(reader.array()?);
        let cseq = u32::from_le_bytes(reader.array()?);
        let expires_ns = i64::from_le_bytes(reader.array()?);
        let mut ends = [0; 4];
        for end in &mut ends {
            *end = u16::from_le_bytes(reader.array()?);
        }
        let length = u16::from_le_bytes(reader.array()?);
        let texts = reader.take(usize::from(length))?;
        let flow = Flow { connection, ..Flow::to(transport, listener, remote) };
        Some(Packed { flags, flow, q_per_mille, cseq, expires_ns, ends, texts })
    }

    fn expires_at(&self, base: Instant) -> Instant {
        let distance = Duration::from_nanos(self.expires_ns.unsigned_abs());
        let at = if self.expires_ns < 0 { base.checked_sub(distance) } else { base.checked_add(distance) };
        at.unwrap_or(base)
    }

    fn binding(&self, base: Instant) -> Binding {
        Binding {
            texts: self.texts.into(),
            ends: self.ends,
            q_per_mille: self.q_per_mille,
            q_given: self.flags & Q_GIVEN != 0,
            cseq: self.cseq,
            expires_at: self.expires_at(base),
            flow: self.flow,
            elsewhere: self.flags & ELSEWHERE != 0,
        }
    }
}

/// How much later than the base a time is; nearly three centuries in each direction can be told apart.
fn nanoseconds(base: Instant, at: Instant) -> i64 {
    let bounded = |distance: Duration| i64::try_from(distance.as_nanos()).unwrap_or(i64::MAX);
    match at.checked_duration_since(base) {
        Some(later) => bounded(later),
        None => -bounded(base.duration_since(at)),
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locations::BindingTexts;
    use crate::test_clock::start;

    fn binding(number: u64, remote: &str, later_ms: i64) -> Binding {
        let texts = BindingTexts {
            contact: b"sip:a@192.0.2.1",
            params: b";x",
            call_id: b"c@d",
            path: b"<sip:p;lr>",
            user_agent: if number == 0 { b"" } else { b"Phone" },
        };
        let (transport, connection) = match NonZeroU64::new(number) {
            None => (Transport::Udp, None),
            Some(number) => (Transport::Tcp, Some(ConnectionId(number))),
        };
        let flow = Flow { connection, ..Flow::to(transport, ListenerId(3), remote.parse().unwrap()) };
        let distance = Duration::from_millis(later_ms.unsigned_abs());
        let expires_at = if later_ms < 0 { start() - distance } else { start() + distance };
        let mut binding = Binding::new(texts, flow, 4_000_000_000, expires_at).unwrap();
        binding.elsewhere = number == 1;
        binding.with_q((number > 0).then_some(300))
    }

    #[test]
    fn contacts_come_back_as_they_went_in() {
        let link_local = SocketAddr::V6(SocketAddrV6::new("fe80::1".parse().unwrap(), 5060, 7, 2)).to_string();
        let all = [
            binding(0, "192.0.2.7:5060", 90_000),
            binding(1, "[2001:db8::7]:65535", -90_000),
            binding(u64::MAX, &link_local, 0),
        ];
        let base = start();
        for count in 0..=all.len() {
            let mut bytes = SmallVec::new();
            pack(&all[..count], base, &mut bytes);
            assert_eq!(unpack(&bytes, base, |_| true)[..], all[..count]);
        }
    }

    #[test]
    fn only_those_that_are_asked_for_are_read() {
        let base = start();
        let all = [-1_000, 1_000, -2_000, 2_000, 3_000].map(|later| binding(0, "192.0.2.7:5060", later));
        let mut bytes = SmallVec::new();
        pack(&all, base, &mut bytes);
        let live = unpack(&bytes, base, |binding| binding.is_live(base));
        assert_eq!(live[..], [all[1].clone(), all[3].clone(), all[4].clone()]);
        assert!(!all_live(&bytes, base, base));
        bytes.clear();
        pack(&live, base, &mut bytes);
        assert!(all_live(&bytes, base, base));
    }
}
