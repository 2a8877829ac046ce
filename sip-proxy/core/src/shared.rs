//! What all shards of a process share: the location table, the nonces, and the seals over what a message carries for us until it comes
//! back. Everything else a shard holds alone.
//!
//! All seals come from one secret. Processes that stand in for each other share it, and then know each other's marks.

use crate::abuse::{Guard, GuardSettings};
use crate::date::WallClock;
use crate::digest::Nonces;
use crate::hashing::hexadecimal;
use crate::locations::Locations;
use crate::network::Network;
use crate::peer_names::PeerNames;
use crate::peers::TrustedPeers;
use domain::SipId;
use hmac::digest::Digest;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// How long a nonce may be used. A phone that registers anew within this time is spared the challenge.
const NONCE_LIFETIME: Duration = Duration::from_secs(600);
/// How many used nonces are remembered at most.
const NONCES_MAX: usize = 1 << 18;

/// The octets of the mark in our Record-Route.
const MARK: usize = 8;
/// The octets of the mark over a dialog's addresses.
const NAMES_MARK: usize = 6;

/// One for each process, held by all its shards.
pub struct Shared {
    /// The contacts of all addresses.
    pub locations: Locations,
    /// The nonces of all challenges.
    pub nonces: Nonces,
    /// Who is trusted by its address.
    pub peers: TrustedPeers,
    network: RwLock<Arc<Network>>,
    seals: RwLock<Seals>,
    /// Who is banned, and how much each source may send.
    pub guard: Guard,
    wall: WallClock,
    own_addresses: RwLock<Vec<IpAddr>>,
    /// The names of those that are connected to.
    pub peer_names: PeerNames,
    /// This process among those that share the secret, the same after a restart.
    pub(crate) node: u32,
    /// This run of it.
    pub(crate) life: u32,
}

/// Keyed hashes, a key for each purpose.
pub(crate) struct Seals {
    dialog: Hmac<Sha256>,
    pub(crate) flow: Hmac<Sha256>,
    pub(crate) gruu: Hmac<Sha256>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("nonces", &self.nonces).finish_non_exhaustive()
    }
}

impl Shared {
    /// An empty table, and seals under this secret.
    pub fn new(secret: &[u8; 32], start: Instant) -> Shared {
        Shared {
            locations: Locations::new(),
            peers: TrustedPeers::default(),
            network: RwLock::default(),
            nonces: Nonces::new(&derived(secret, b"nonce"), start, NONCE_LIFETIME, NONCES_MAX),
            seals: RwLock::new(Seals::of(secret)),
            guard: Guard::new(GuardSettings::default(), guard_secret(secret), start),
            wall: WallClock::unknown(start),
            own_addresses: RwLock::default(),
            peer_names: PeerNames::default(),
            node: 0,
            life: 0,
        }
    }

    /// What calls are routed by from now on.
    pub fn set_network(&self, network: Arc<Network>) {
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = network;
    }

    /// What calls are routed by now.
    pub fn network(&self) -> Arc<Network> {
        Arc::clone(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seconds since 1970; none while the wall clock is not known.
    pub(crate) fn unix_s(&self, now: Instant) -> Option<i64> {
        self.wall.unix_s(now)
    }

    /// The names by which we are known lead to these addresses. To be told now and then: they change.
    pub fn set_own_addresses(&self, addresses: Vec<IpAddr>) {
        *self.own_addresses.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// Whether this is one of them.
    pub(crate) fn is_own_address(&self, address: IpAddr) -> bool {
        self.own_addresses.read().unwrap_or_else(PoisonError::into_inner).contains(&address.to_canonical())
    }

    /// The same of a process of this name, which stays when it is started again; `life` must be another one then.
    #[must_use]
    pub fn of_node(mut self, node: &str, life: u32) -> Shared {
        let hash = Sha256::digest(node.as_bytes());
        self.node = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        self.life = life;
        self.nonces = self.nonces.with_issuer(life);
        self
    }

    /// Another secret from now on: that of all processes, as soon as it is known.
    pub fn set_secret(&self, secret: &[u8; 32]) {
        self.nonces.set_secret(&derived(secret, b"nonce"));
        *self.seals.write().unwrap_or_else(PoisonError::into_inner) = Seals::of(secret);
    }

    /// The seals as they are now.
    pub(crate) fn seals(&self) -> RwLockReadGuard<'_, Seals> {
        self.seals.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same with a guard that was told this.
    #[must_use]
    pub fn with_guard(mut self, settings: GuardSettings, secret: &[u8; 32], start: Instant) -> Shared {
        self.guard = Guard::new(settings, guard_secret(secret), start);
        self
    }

    /// The wall clock shows this time since 1970 at this instant. To be told now and then: clocks are set.
    pub fn set_wall_clock(&self, now: Instant, since_1970: Duration) {
        self.wall.set(now, since_1970);
        self.nonces.set_wall_clock(now, since_1970);
    }

    /// The value of a Date header; none while the wall clock is not known.
    pub(crate) fn date(&self, now: Instant) -> Option<String> {
        self.wall.date(now)
    }

    /// The mark that our Record-Route carries in a dialog with this Call-ID, in hexadecimal.
    pub(crate) fn dialog_mark(&self, call_id: &[u8]) -> String {
        hexadecimal(&self.mark(call_id))
    }

    /// Whether this is the mark of a dialog with this Call-ID.
    pub(crate) fn is_dialog_mark(&self, call_id: &[u8], mark: &[u8]) -> bool {
        self.dialog_mark(call_id).as_bytes().ct_eq(mark).into()
    }

    /// The mark over the two addresses that speak in a dialog, whichever way round.
    pub(crate) fn names_mark(&self, call_id: &[u8], names: [&[u8]; 2]) -> String {
        let mut mac = self.seals().dialog.clone();
        mac.update(b"names");
        let [first, second] = if names[0] <= names[1] { names } else { [names[1], names[0]] };
        for part in [call_id, first, second] {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        hexadecimal(&mac.finalize().into_bytes()[..NAMES_MARK])
    }

    /// Whether a name that nobody has is challenged as if only an MD5 digest of its password were stored: every second is, and each
    /// always.
    pub(crate) fn is_decoy_md5(&self, name: &SipId) -> bool {
        let mut mac = self.seals().dialog.clone();
        mac.update(b"decoy");
        for part in [name.username.as_str(), "@", name.domain.as_str()] {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes()[0] & 1 == 1
    }

    fn mark(&self, call_id: &[u8]) -> [u8; MARK] {
        let mut mac = self.seals().dialog.clone();
        mac.update(b"dialog");
        mac.update(call_id);
        let whole = mac.finalize().into_bytes();
        let mut mark = [0; MARK];
        mark.copy_from_slice(&whole[..MARK]);
        mark
    }
}

impl Seals {
    fn of(secret: &[u8; 32]) -> Seals {
        let seal = |purpose| keyed(&derived(secret, purpose));
        Seals { dialog: seal(b"dialog"), flow: seal(b"flow"), gruu: seal(b"gruu") }
    }
}

/// Keys for the guard, from a secret that is used for other things too.
fn guard_secret(secret: &[u8; 32]) -> [u64; 2] {
    let whole = derived(secret, b"guard");
    [0, 8].map(|from| u64::from_le_bytes(std::array::from_fn(|place| whole[from + place])))
}

/// A secret for one purpose, from which nothing is learnt of the others.
fn derived(secret: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let mut mac = keyed(secret);
    mac.update(purpose);
    mac.finalize().into_bytes().into()
}

fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    // A key of a whole block cannot be refused; zeros behind a shorter one do not change an HMAC.
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_clock::start;

    /// RFC 3261 §10.3 item 5 departs: what a name is offered is no news.
    #[test]
    fn every_second_name_that_nobody_has_is_challenged_as_one_with_an_md5_digest_and_always_so() {
        let (before, after) = (Shared::new(&[2; 32], start()), Shared::new(&[2; 32], start()));
        let names: Vec<SipId> = (0..1000).map(|n| SipId::parse(&format!("user{n}@example.com")).unwrap()).collect();
        let decoys = names.iter().filter(|name| before.is_decoy_md5(name)).count();
        assert!((400..600).contains(&decoys), "{decoys} of {}", names.len());
        assert!(names.iter().all(|name| before.is_decoy_md5(name) == after.is_decoy_md5(name)));
    }

    #[test]
    fn a_mark_belongs_to_one_call_and_one_secret() {
        let shared = Shared::new(&[2; 32], start());
        let mark = shared.dialog_mark(b"call-1");
        assert_eq!(mark.len(), 2 * MARK);
        assert!(shared.is_dialog_mark(b"call-1", mark.as_bytes()));
        assert!(!shared.is_dialog_mark(b"call-2", mark.as_bytes()));
        assert!(!shared.is_dialog_mark(b"call-1", b""));
        let other = Shared::new(&[9; 32], start());
        assert!(!other.is_dialog_mark(b"call-1", mark.as_bytes()));
        other.set_secret(&[2; 32]);
        assert!(other.is_dialog_mark(b"call-1", mark.as_bytes()));
        assert!(!Shared::new(&[1; 32], start()).is_dialog_mark(b"call-1", mark.as_bytes()));
    }
}
