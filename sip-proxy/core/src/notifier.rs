//! The watchers of registrations (RFC 3680, RFC 6665 §4.2): who they are, for how long, what each was told last, and when there is something
//! new to tell. A subscription lives in the shard that its Call-ID leads to, with all messages of its dialog.
//!
//! Contacts change in any shard, by other processes and by the mere passing of time, so nobody tells this one: it looks, twice a second
//! while anybody watches, whether the part of the location table has changed that holds an address. RFC 3680 §4.10 wants no watcher told
//! more than once in five seconds, so looking costs nobody time.
//!
//! Bounded in all and for each address. A watcher that does not answer, or whose connection has ended, is forgotten.

mod reginfo;

use crate::flow::{Flow, Transport};
use crate::hashing::NumberMap;
use crate::locations::Bindings;
use crate::route::reach::{hop_of, hops_to};
use crate::route::routing::Routing;
use crate::route::verdict::{Hop, LocalReply};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{ClientId, OutgoingRequest, Owner, Transactions};
use bytes::Bytes;
use domain::SipId;
use reginfo::Change;
use sip_message::header::Route;
use sip_message::uri::Uri;
use sip_message::{HeaderName, Message};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The token of the timer by which changes are looked for.
pub(crate) const LOOK_TIMER: u64 = 1 << 63 | 1;
const LOOK: Duration = Duration::from_millis(500);
/// RFC 3680 §4.10.
const APART: Duration = Duration::from_secs(5);
/// Watchers of one address in one shard.
const WATCHERS_MAX: usize = 16;

/// What a SUBSCRIBE that was let through asks for.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) aor: SipId,
    /// The watcher's Contact.
    pub(crate) target: Box<[u8]>,
    pub(crate) own_contact: String,
    pub(crate) event_id: Option<Box<[u8]>>,
    pub(crate) lasts: Duration,
}

/// What tells a dialog from others: Call-ID, the watcher's tag, our tag.
type Dialog = (Box<[u8]>, Box<[u8]>, Box<[u8]>);

struct Subscription {
    watch: Watch,
    dialog: Dialog,
    /// From and To of what we send.
    local: Vec<u8>,
    remote: Vec<u8>,
    routes: Vec<u8>,
    flow: Flow,
    hop: Flow,
    their_cseq: u32,
    our_cseq: u32,
    ends: Instant,
    /// RFC 3680 §5.1: counted from zero.
    version: u32,
    told: Bindings,
    told_at: Instant,
    seen: u64,
    waits_for: Option<ClientId>,
}

/// All watchers of one shard.
pub(crate) struct Notifier {
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    all: NumberMap<u64, Subscription>,
    by_dialog: HashMap<Dialog, u64>,
    next: u64,
    looking: bool,
}

impl Notifier {
    /// Nobody watches.
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Notifier {
        let (all, by_dialog) = (NumberMap::default(), HashMap::new());
        Notifier { settings, shared, all, by_dialog, next: 0, looking: false }
    }

    /// Why a SUBSCRIBE cannot be taken, if it cannot.
    pub(crate) fn refusal(&self, routing: &Routing, watch: &Watch) -> Option<LocalReply> {
        let request = &routing.request;
        if request.to_tag().is_some() {
            let known = self.by_dialog.get(&dialog(request, None)).and_then(|id| self.all.get(id));
            let Some(known) = known.filter(|known| known.watch.aor == watch.aor) else {
                // RFC 6665 §4.1.2.2: 481 has the watcher begin anew.
                return Some(LocalReply::new(481, "no such subscription"));
            };
            // RFC 3261 §12.2.2.
            let late = request.cseq().is_none_or(|cseq| cseq.number <= known.their_cseq);
            return late.then(|| LocalReply::new(500, "older than what it would change"));
        }
        if self.all.len() >= self.settings.subscriptions_max {
            return Some(LocalReply::new(503, "too many watchers").header(HeaderName::RetryAfter, "60"));
        }
        let watchers = self.all.values().filter(|other| other.watch.aor == watch.aor).count();
        (watchers >= WATCHERS_MAX).then(|| LocalReply::new(403, "too many watchers of one address"))
    }

    /// Takes a SUBSCRIBE that was answered with this tag, and tells the watcher what there is.
    pub(crate) fn subscribe(
        &mut self,
        now: Instant,
        txns: &mut Transactions,
        routing: &Routing,
        watch: &Watch,
        tag: &str,
    ) {
        let request = &routing.request;
        let key = dialog(request, Some(tag));
        let cseq = request.cseq().map_or(0, |cseq| cseq.number);
        let id = match self.by_dialog.get(&key) {
            Some(id) => *id,
            None => {
                self.next += 1;
                self.by_dialog.insert(key.clone(), self.next);
                self.next
            }
        };
        let before = self.all.remove(&id);
        let (our_cseq, version) = before.map_or((0, 0), |before| (before.our_cseq, before.version));
        let tagged = [request.header(HeaderName::To).unwrap_or_default(), b";tag=", tag.as_bytes()].concat();
        let local = if request.to_tag().is_some() {
            request.header(HeaderName::To).unwrap_or_default().to_vec()
        } else {
            tagged
        };
        let routes = request.values(HeaderName::RecordRoute).collect::<Vec<_>>().join(&b", "[..]);
        let subscription = Subscription {
            hop: hop(&self.settings, routing.flow, &watch.target, &routes),
            watch: watch.clone(),
            dialog: key,
            local,
            remote: request.header(HeaderName::From).unwrap_or_default().to_vec(),
            routes,
            flow: routing.flow,
            their_cseq: cseq,
            our_cseq,
            ends: now + watch.lasts,
            version,
            told: Bindings::default(),
            told_at: now,
            seen: 0,
            waits_for: None,
        };
        self.all.insert(id, subscription);
        // RFC 6665 §4.2.1.2: every SUBSCRIBE is followed by the whole state at once.
        self.tell(now, txns, id, true);
        if !self.looking && !self.all.is_empty() {
            self.looking = true;
            txns.set_timer(now, LOOK, LOOK_TIMER);
        }
    }

    /// Looks whether there is something to tell.
    pub(crate) fn look(&mut self, now: Instant, txns: &mut Transactions) {
        self.looking = !self.all.is_empty();
        if !self.looking {
            return;
        }
        txns.set_timer(now, LOOK, LOOK_TIMER);
        let due: Vec<u64> = self.all.iter().filter(|(_, s)| self.is_due(s, now)).map(|(id, _)| *id).collect();
        for id in due {
            self.tell(now, txns, id, false);
        }
    }

    fn is_due(&self, subscription: &Subscription, now: Instant) -> bool {
        let over = subscription.ends <= now;
        let changed = || {
            self.shared.locations.changes(&subscription.watch.aor) != subscription.seen
                || subscription.told.iter().any(|binding| !binding.is_live(now))
        };
        over || (subscription.waits_for.is_none() && now >= subscription.told_at + APART && changed())
    }

    /// Sends a NOTIFY: the whole state, or what has changed, if something has.
    fn tell(&mut self, now: Instant, txns: &mut Transactions, id: u64, whole: bool) {
        let Some(subscription) = self.all.get_mut(&id) else { return };
        subscription.seen = self.shared.locations.changes(&subscription.watch.aor);
        let bindings = self.shared.locations.get(&subscription.watch.aor, now).unwrap_or_default();
        let over = subscription.ends <= now;
        let changes = match whole || over {
            true => reginfo::all(&bindings),
            false => reginfo::changes(&subscription.told, &bindings, now),
        };
        if changes.is_empty() && !whole && !over {
            return;
        }
        let full = whole || over;
        subscription.our_cseq += 1;
        let body = subscription.body(&changes, &bindings, now, full);
        subscription.version = subscription.version.wrapping_add(1);
        subscription.told = Arc::clone(&bindings);
        subscription.told_at = now;
        let via = txns.new_branch(0);
        let listener = self.settings.listener(subscription.hop.listener);
        let sent_by = listener.map_or("", |listener| listener.sent_by.as_str());
        let bytes = subscription.notify(now, sent_by, via.as_str(), &body);
        let request = OutgoingRequest { invite: false, bytes };
        match txns.send_request(now, subscription.hop, via, request, Owner(Owner::OURS | id)) {
            Ok(client) if !over => subscription.waits_for = Some(client),
            // It is over, or the next look tries again.
            Ok(client) => {
                txns.abandon(client);
                self.forget(id);
            }
            Err(_full) if over => self.forget(id),
            Err(_full) => {}
        }
    }

    /// A NOTIFY was answered.
    pub(crate) fn response(&mut self, owner: Owner, status: u16) {
        let id = owner.0 & !Owner::OURS;
        match status {
            0..200 => {}
            // RFC 6665 §4.2.2: the watcher knows of no subscription, or wants none. RFC 5057 §5.1: what else ends it.
            404 | 405 | 410 | 416 | 480..=485 | 489 | 501 | 604 => self.forget(id),
            _ => {
                if let Some(subscription) = self.all.get_mut(&id) {
                    subscription.waits_for = None;
                }
            }
        }
    }

    /// A NOTIFY was not answered or not delivered: RFC 6665 §4.2.2 has the subscription end.
    pub(crate) fn unanswered(&mut self, owner: Owner) {
        self.forget(owner.0 & !Owner::OURS);
    }

    /// A connection ended, and with it the subscriptions that came over it: their watchers subscribe again over the next.
    pub(crate) fn flow_closed(&mut self, flow: Flow) {
        let gone =
            |subscription: &Subscription| subscription.flow.connection == flow.connection && flow.connection.is_some();
        let ids: Vec<u64> = self.all.iter().filter(|(_, s)| gone(s)).map(|(id, _)| *id).collect();
        for id in ids {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: u64) {
        if let Some(subscription) = self.all.remove(&id) {
            self.by_dialog.remove(&subscription.dialog);
        }
    }
}

impl Subscription {
    fn body(&self, changes: &[Change<'_>], bindings: &Bindings, now: Instant, full: bool) -> String {
        reginfo::document(&self.watch.aor, self.version, full, changes, !bindings.is_empty(), now)
    }

    fn notify(&self, now: Instant, sent_by: &str, branch: &str, body: &str) -> Bytes {
        let left = self.ends.saturating_duration_since(now);
        let state = match left.is_zero() {
            // RFC 6665 §4.2.2.
            true => "terminated;reason=timeout".to_owned(),
            false => format!("active;expires={}", left.as_secs() + u64::from(left.subsec_nanos() > 0)),
        };
        let mut out = Vec::with_capacity(1024 + body.len());
        let mut line = |parts: &[&[u8]]| {
            for part in parts {
                out.extend_from_slice(part);
            }
            out.extend_from_slice(b"\r\n");
        };
        line(&[b"NOTIFY ", &self.watch.target, b" SIP/2.0"]);
        let transport = self.hop.transport.via_name();
        line(&[b"Via: SIP/2.0/", transport.as_bytes(), b" ", sent_by.as_bytes(), b";branch=", branch.as_bytes()]);
        line(&[b"Max-Forwards: 70"]);
        if !self.routes.is_empty() {
            line(&[b"Route: ", &self.routes]);
        }
        line(&[b"From: ", &self.local]);
        line(&[b"To: ", &self.remote]);
        line(&[b"Call-ID: ", &self.dialog.0]);
        line(&[b"CSeq: ", self.our_cseq.to_string().as_bytes(), b" NOTIFY"]);
        line(&[b"Contact: ", self.watch.own_contact.as_bytes()]);
        match &self.watch.event_id {
            Some(id) => line(&[b"Event: reg;id=", id]),
            None => line(&[b"Event: reg"]),
        }
        line(&[b"Subscription-State: ", state.as_bytes()]);
        line(&[b"Content-Type: application/reginfo+xml"]);
        line(&[b"Content-Length: ", body.len().to_string().as_bytes()]);
        line(&[]);
        out.extend_from_slice(body.as_bytes());
        Bytes::from(out)
    }
}

fn dialog(request: &Message, tag: Option<&str>) -> Dialog {
    let ours = request.to_tag().or(tag.map(str::as_bytes)).unwrap_or_default();
    (request.call_id().into(), request.from_tag().unwrap_or_default().into(), ours.into())
}

/// The way to the watcher: the first of its routes, or its Contact as its SUBSCRIBE came; over a connection always that one.
fn hop(settings: &Settings, flow: Flow, target: &[u8], routes: &[u8]) -> Flow {
    let first = sip_message::text::List::new(routes).next().and_then(|value| Route::parse(value).ok());
    let hops = match (&first, flow.transport) {
        // RFC 7118 §1, RFC 5626 §3.1: who came over a connection is told over it.
        (_, transport) if transport != Transport::Udp => vec![Hop::Flow(flow)],
        (Some(route), _) => hop_of(&route.uri).into_iter().collect(),
        (None, _) => Uri::parse(target).map_or(Vec::new(), |uri| hops_to(flow, hop_of(&uri))),
    };
    match hops.first() {
        Some(Hop::Address(transport, address)) => match settings.listener_for(*transport, *address) {
            Some(listener) => Flow::to(*transport, listener, *address),
            None => flow,
        },
        // A name is not looked up for this: whoever has it sent from somewhere.
        Some(Hop::Flow(_) | Hop::Name { .. } | Hop::Datagram(_) | Hop::Named(..)) | None => flow,
    }
}
