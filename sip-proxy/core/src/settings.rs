//! What a core is told about its surroundings and its limits. Reading it from a file is left to the process.

use std::net::SocketAddr;
use std::time::Duration;

use crate::digest::Algorithm;
use crate::flow::{Listener, ListenerId, Transport};
use crate::registrar::RegistrarLimits;
use crate::timer::TimerValues;

/// A core's settings; the same for every shard of a process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where we listen, and as what we appear in Via and Record-Route.
    pub listeners: Vec<Listener>,
    /// Hosts by which we are known besides: what names one of them and the port of a listener is ourselves.
    pub own_names: Vec<String>,
    /// Requests longer than this go over a connection where the next hop takes one (RFC 3261 §18.1.1).
    pub datagram_bytes_max: usize,
    /// The lengths of the SIP timers.
    pub timers: TimerValues,
    /// How many transactions one shard holds at most; what comes beyond is answered 503.
    pub transactions_max: usize,
    /// How many of them may come from one address at most; trunks have many.
    pub transactions_per_source_max: usize,
    /// The shortest `Retry-After` of a 503, in seconds; the longest is three times that.
    pub retry_after_s: u32,
    /// The bounds of registrations.
    pub registrar: RegistrarLimits,
    /// How long contacts of one preference are waited for before those of the next are tried as well.
    pub preference_patience: Duration,
    /// The numbers that call for help.
    pub emergency_numbers: Vec<String>,
    /// Where mailboxes are, as host or host:port, for customers that name no server of their own; empty: nowhere.
    pub voicemail_server: String,
    /// What is dialled to hear one's messages, for customers that name no number of their own; empty: nothing.
    pub voicemail_access_number: String,
    /// How long a gateway may say nothing before the next one is tried.
    pub gateway_patience: Duration,
    /// Whether redirections by devices are followed.
    pub follow_redirects: bool,
    /// What is asked of the sessions that are set up over this proxy.
    pub session_timers: SessionTimers,
    /// The Service-Route that who registers is told (RFC 3608), as a header's value; empty: none.
    pub service_route: String,
    /// So long a phone's flow is kept if nothing comes over it, which a phone that registers with a flow is told (RFC 5626 §4.4), in
    /// seconds; 0: it is told nothing.
    pub flow_timer_s: u32,
    /// Which algorithm is offered before the others.
    pub challenge_first: Algorithm,
    /// How many watchers of registrations one shard has at most.
    pub subscriptions_max: usize,
    /// How many contacts a request is forwarded to at most.
    pub forks_max: usize,
    /// How long a lookup may take.
    pub lookup_timeout: Duration,
    /// What stands in the Server header of our own answers; empty: nothing.
    pub server_name: String,
}

/// The bounds of session intervals (RFC 4028).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimers {
    /// The longest interval, which requests get that ask for none; 0: nothing is asked for and nothing lowered.
    pub max_s: u32,
    /// The shortest interval.
    pub min_s: u32,
}

impl Default for SessionTimers {
    fn default() -> SessionTimers {
        // RFC 4028 §4: no interval may be shorter than 90 s.
        SessionTimers { max_s: 0, min_s: 90 }
    }
}

/// How the other proxies on the same database reach this one with requests for phones that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Host and port.
    pub address: String,
    /// The transport.
    pub transport: Transport,
    /// Whether phones over UDP that are behind a router are reached through it as well. Not needed where all proxies have one address.
    pub udp: bool,
}

impl Settings {
    /// The default limits on these listeners.
    pub fn new(listeners: Vec<Listener>) -> Settings {
        Settings {
            listeners,
            own_names: Vec::new(),
            datagram_bytes_max: 1300,
            timers: TimerValues::default(),
            transactions_max: 1 << 20,
            transactions_per_source_max: 1 << 19,
            retry_after_s: 5,
            registrar: RegistrarLimits::default(),
            preference_patience: Duration::from_secs(20),
            emergency_numbers: ["112", "911"].map(str::to_owned).to_vec(),
            voicemail_server: String::new(),
            voicemail_access_number: String::new(),
            gateway_patience: Duration::from_secs(5),
            follow_redirects: false,
            session_timers: SessionTimers::default(),
            service_route: String::new(),
            flow_timer_s: 0,
            challenge_first: Algorithm::Md5,
            subscriptions_max: 10_000,
            forks_max: 16,
            lookup_timeout: Duration::from_secs(5),
            server_name: String::new(),
        }
    }

    /// The listener of this number.
    pub fn listener(&self, id: ListenerId) -> Option<&Listener> {
        self.listeners.get(usize::from(id.0))
    }

    /// The listener from which a peer is reached over this transport: one of the same family that is not bound to the wrong side of the
    /// loopback interface, else one of the family.
    pub fn listener_for(&self, transport: Transport, remote: SocketAddr) -> Option<ListenerId> {
        let place = |fits: &dyn Fn(&Listener) -> bool| self.listeners.iter().position(fits);
        let place = place(&|listener| listener.reaches(transport, remote))
            .or_else(|| place(&|listener| listener.is_of(transport, remote)))?;
        u16::try_from(place).ok().map(ListenerId)
    }

    /// Whether anything can come to us that nobody on the way has read: what a `sips` URI demands.
    pub fn is_secured(&self) -> bool {
        self.listeners.iter().any(|listener| listener.transport.is_secure())
    }
}
