//! Keeping up under what a network can send: who is banned, how much each source may send, who guesses passwords, and when new work is
//! shed. Decisions only: dropping, answering and storing are left to the process around the core.
//!
//! One [`Guard`] serves all shards. Everything in it is bounded, and what it looks at for each message costs no allocation. A source is
//! an IPv4 address or an IPv6 network of 64 bits, since that is what one subscriber has.
//!
//! What a source must have done before it counts (`docs/decisions/abuse.md`): it *answered us* when it sent back a nonce that was made
//! for its address, which nobody can who only forges it; it *proved itself* when an account authenticated from it.

mod bans;
mod glance;
mod guesses;
mod load;
mod network;
mod sources;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::SipId;

pub use bans::{Ban, Bans};
pub use glance::Kind;
pub use load::{Load, LoadSettings, Shed};
pub use network::{BadNetwork, Network, Source};
pub use sources::OffenceCounts;

use crate::hashing::{Parts, hexadecimal};
use guesses::Guesses;
use sources::Sources;

/// The digits that a nonce carries besides what [`crate::digest::Nonces`] made.
const MARK_DIGITS: usize = 8;

/// What the guard is told.
#[derive(Clone, Debug)]
pub struct GuardSettings {
    /// Messages a second that one source may send which did not prove itself; 0: any number.
    pub source_messages_per_s: u32,
    /// How many it may send at once.
    pub source_burst: u32,
    /// Networks that are never limited.
    pub unlimited: Vec<Network>,
    /// Networks that are never banned.
    pub never_banned: Vec<Network>,
    /// Wrong answers to our nonces within `wrong_window` after which a source is banned; 0: none is.
    pub wrong_max: u32,
    /// See `wrong_max`.
    pub wrong_window: Duration,
    /// How long a ban lasts.
    pub ban_for: Duration,
    /// Bans in force at most.
    pub bans_max: usize,
    /// How long a source is exempt after an account authenticated from it.
    pub proved_for: Duration,
    /// Sources that are remembered at most.
    pub sources_max: usize,
    /// Beginnings of a User-Agent that name a scanner, in lower case.
    pub scanners: Vec<String>,
    /// What is dialled for help.
    pub emergency_numbers: Vec<Box<str>>,
}

impl Default for GuardSettings {
    fn default() -> GuardSettings {
        GuardSettings {
            source_messages_per_s: 200,
            source_burst: 1000,
            unlimited: Vec::new(),
            never_banned: Vec::new(),
            wrong_max: 20,
            wrong_window: Duration::from_secs(600),
            ban_for: Duration::from_secs(3600),
            bans_max: 50_000,
            proved_for: Duration::from_secs(3600),
            sources_max: 65_536,
            scanners: Vec::new(),
            emergency_numbers: ["112", "911"].map(Into::into).to_vec(),
        }
    }
}

/// What becomes of a message before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is handled.
    Pass,
    /// Its source is banned.
    Banned,
    /// Its source has sent more than it may: only what belongs to something under way is handled.
    Limited,
}

/// What messages cost of what a source may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// Octets that are no SIP message.
    Malformed,
    /// A request in the name of, or for, an account that there is not.
    Unknown,
    /// A request of a known scanner.
    Scanner,
    /// A wrong answer to one of our nonces.
    WrongAnswer,
}

impl Offence {
    /// In messages.
    fn cost(self) -> u32 {
        match self {
            Offence::Malformed | Offence::Unknown => 10,
            Offence::Scanner | Offence::WrongAnswer => 20,
        }
    }
}

/// All that the shards of a process know of sources.
#[derive(Debug)]
pub struct Guard {
    settings: GuardSettings,
    /// Who is banned.
    pub bans: Bans,
    sources: Sources,
    guesses: Guesses,
    mark: u64,
    /// What was found and is not stored yet.
    found: Mutex<Vec<Ban>>,
}

/// Bans that wait to be stored; what is found beyond is in force and not stored.
const FOUND_MAX: usize = 1024;

impl Guard {
    /// A guard that knows nobody. `secret` must be new in each process; times are counted from `start`.
    pub fn new(settings: GuardSettings, secret: [u64; 2], start: Instant) -> Guard {
        Guard {
            bans: Bans::new(settings.bans_max),
            sources: Sources::new(settings.sources_max, secret[0], start),
            guesses: Guesses::new(settings.sources_max, secret[0], start),
            mark: secret[1],
            found: Mutex::default(),
            settings,
        }
    }

    /// Looks at a message before it is read, and counts it.
    pub fn admit(&self, now: Instant, from: IpAddr, connected: bool) -> Admission {
        if self.bans.is_banned(now, from) {
            return Admission::Banned;
        }
        if self.settings.source_messages_per_s == 0 || self.is_unlimited(from) {
            return Admission::Pass;
        }
        // Who is connected is held back by its connection, and pays for offences only.
        let cost = u32::from(!connected);
        match self.sources.spend(now, Source::of(from), cost, &self.settings) {
            true => Admission::Pass,
            false => Admission::Limited,
        }
    }

    /// What a message looks like.
    pub fn glance(&self, message: &[u8]) -> Kind {
        glance::glance(message, &self.settings.emergency_numbers)
    }

    /// Whether a Request-URI calls for help.
    pub fn is_emergency(&self, uri: &[u8]) -> bool {
        glance::is_emergency(uri, &self.settings.emergency_numbers)
    }

    /// Whether a source is banned now.
    pub fn is_banned(&self, now: Instant, from: IpAddr) -> bool {
        self.bans.is_banned(now, from)
    }

    /// Counts what a source did, and charges it for that.
    pub fn offence(&self, now: Instant, from: IpAddr, offence: Offence) {
        self.sources.count(now, Source::of(from), offence);
        if self.settings.source_messages_per_s > 0 && !self.is_unlimited(from) {
            self.sources.spend(now, Source::of(from), offence.cost(), &self.settings);
        }
    }

    /// The sources that did most of what they should not, the worst first.
    pub fn worst(&self, most: usize) -> Vec<(Source, OffenceCounts)> {
        self.sources.worst(most)
    }

    /// An account authenticated from here.
    pub fn proved(&self, now: Instant, from: IpAddr) {
        self.sources.proved(now, Source::of(from), self.settings.proved_for);
    }

    /// Whether an account authenticated from here not long ago.
    pub fn has_proved(&self, now: Instant, from: IpAddr) -> bool {
        self.sources.has_proved(now, Source::of(from))
    }

    /// Whether a password for this account may be tried from here. Too many wrong ones from one source, whoever else is there, and none
    /// is looked at for a while: they are answered as wrong.
    /// `password` stands for the one that is stored: when that changes, it begins anew.
    pub fn may_try(&self, now: Instant, from: IpAddr, account: Option<&SipId>, password: u64) -> bool {
        let Some(account) = account else { return true };
        self.settings.wrong_max == 0 || self.guesses.may_try(now, || self.pair(from, account, password), &self.settings)
    }

    /// A wrong answer came to a nonce that was made for this source. Answers the ban that follows from it, which is in force already.
    pub fn wrong_answer(&self, now: Instant, from: IpAddr, account: Option<&SipId>, password: u64) -> Option<Ban> {
        self.offence(now, from, Offence::WrongAnswer);
        if self.settings.wrong_max == 0 {
            return None;
        }
        if let Some(account) = account {
            self.guesses.wrong(now, self.pair(from, account, password), &self.settings);
        }
        let source = Source::of(from);
        let enough = self.sources.wrong(now, source, &self.settings);
        let exempt = self.settings.never_banned.iter().any(|network| network.contains(from));
        if !enough || exempt || self.sources.has_proved(now, source) {
            return None;
        }
        let ban = Ban {
            network: source.network(),
            reason: "wrong passwords".into(),
            node: "".into(),
            since: now,
            ends: now.checked_add(self.settings.ban_for),
        };
        if !self.bans.add(now, ban.clone()) {
            return None;
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() < FOUND_MAX {
            found.push(ban.clone());
        }
        Some(ban)
    }

    /// The bans that were found since this was last asked, to be told to the other nodes.
    pub fn take_found(&self) -> Vec<Ban> {
        std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a User-Agent names a tool that nobody calls with.
    pub fn is_scanner(&self, user_agent: &[u8]) -> bool {
        let names = |tool: &String| {
            user_agent.len() >= tool.len() && user_agent[..tool.len()].eq_ignore_ascii_case(tool.as_bytes())
        };
        self.settings.scanners.iter().any(names)
    }

    /// The nonce as it is sent to a source: with a mark by which its answer is known to come from there.
    pub fn marked(&self, mut nonce: String, from: IpAddr) -> String {
        let mark = self.mark_of(nonce.as_bytes(), from);
        nonce.push_str(&hexadecimal(&mark.to_be_bytes()));
        nonce
    }

    /// The nonce without its mark, and whether it was made for this source.
    pub fn unmarked<'a>(&self, nonce: &'a [u8], from: IpAddr) -> (&'a [u8], bool) {
        let Some(at) = nonce.len().checked_sub(MARK_DIGITS) else { return (nonce, false) };
        let (inner, mark) = nonce.split_at(at);
        let given = std::str::from_utf8(mark).ok().and_then(|mark| u32::from_str_radix(mark, 16).ok());
        (inner, given == Some(self.mark_of(inner, from)))
    }

    fn mark_of(&self, nonce: &[u8], from: IpAddr) -> u32 {
        let mut parts = Parts::default();
        parts.put(nonce);
        parts.put(&Source::of(from).octets());
        // The low half of a keyed hash: enough, as each guess costs a message.
        parts.hash(self.mark) as u32
    }

    fn pair(&self, from: IpAddr, account: &SipId, password: u64) -> u64 {
        let mut parts = Parts::default();
        parts.put(&Source::of(from).octets());
        parts.put(account.username.as_str().as_bytes());
        parts.put(account.domain.as_str().as_bytes());
        parts.put_number(password);
        parts.hash(self.mark)
    }

    fn is_unlimited(&self, from: IpAddr) -> bool {
        self.settings.unlimited.iter().any(|network| network.contains(from))
    }
}
