//! The message as it goes to one next hop (RFC 3261 §16.6 items 1 to 8): Request-URI, Max-Forwards, Record-Route, Route, Via.

use super::{identity, session_timer};
use crate::flow::{Flow, Transport};
use crate::route::reach::{sender_flow, sides};
use crate::route::routing::Routing;
use crate::route::verdict::{Hop, Target};
use crate::route::{MARK, NAMES, names_mark};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{Branch, ViaSource};
use bytes::Bytes;
use sip_message::header::Route;
use sip_message::uri::Scheme;
use sip_message::{HeaderName, Message, Method, Rewrite};
use std::net::SocketAddr;

/// The Max-Forwards of a request that has none (RFC 3261 §16.6 item 3).
const MAX_FORWARDS: u8 = 70;

/// The way over which a hop is reached; none if no listener of ours serves it.
pub(super) fn flow_to(settings: &Settings, hop: &Hop, came: Flow) -> Option<Flow> {
    match hop {
        Hop::Flow(flow) => settings.listener(flow.listener).map(|_| *flow),
        Hop::Address(transport, address) => address_by(settings, *transport, *address, came),
        Hop::Datagram(address) => address_by(settings, Transport::Udp, *address, came),
        Hop::Named(peer, address) => {
            address_by(settings, Transport::Tls, *address, came).map(|flow| Flow { peer: Some(*peer), ..flow })
        }
        Hop::Name { .. } => None,
    }
}

fn address_by(settings: &Settings, transport: Transport, address: SocketAddr, came: Flow) -> Option<Flow> {
    // RFC 7118 §1: nobody can be connected to over a WebSocket.
    if !transport.is_dialled() {
        return None;
    }
    // The listener that the request came in by, if it will do: then one Record-Route is enough.
    let same = settings.listener(came.listener).filter(|l| l.reaches(transport, address)).map(|_| came.listener);
    let listener = same.or_else(|| settings.listener_for(transport, address))?;
    Some(Flow::to(transport, listener, address))
}

/// The edits that every copy of a request has in common, and those of each target.
pub(super) struct Outgoing<'a> {
    pub(super) settings: &'a Settings,
    pub(super) shared: &'a Shared,
    pub(super) routing: &'a Routing,
    /// How many branches the copy may have.
    pub(super) breadth: u8,
    /// How the request came to this target, where that is told.
    pub(super) history: Option<Vec<u8>>,
}

impl Outgoing<'_> {
    /// The request for this target over this way.
    pub(super) fn render(&self, target: &Target, hop: &Hop, flow: Flow, branch: &Branch) -> Bytes {
        let request: &Message = &self.routing.request;
        let routes = self.routes(target);
        let recorded = if records_route(self.routing.method) {
            self.record_routes(hop, flow, self.is_secure(target))
        } else {
            Vec::new()
        };
        let mut edits = Rewrite::new(request);
        // RFC 3261 §16.6 item 2.
        if let Some(uri) = routes.uri.as_deref() {
            edits.set_request_uri(uri);
        }
        // RFC 3261 §16.6 item 3.
        let left = request.max_forwards().map_or(MAX_FORWARDS, |hops| hops.saturating_sub(1));
        edits.set_max_forwards(left);
        // RFC 5393 §5.3.3: every request that goes on carries its share.
        edits.replace(HeaderName::MaxBreadth, self.breadth);
        match &routes.route {
            RouteEdit::Keep => {}
            RouteEdit::DropFirst => drop(edits.remove_first_route()),
            RouteEdit::Set(value) => {
                edits.remove(HeaderName::Route);
                if !value.is_empty() {
                    edits.push_route(value);
                }
            }
        }
        // RFC 3261 §22.3: the credentials were for us; nobody behind us needs them.
        if let Some(domain) = &self.routing.realm_used {
            edits.remove_credentials(HeaderName::ProxyAuthorization, domain.name.as_str());
        }
        identity::put(self.routing, self.shared, target, flow, &mut edits);
        session_timer::put(request, self.settings.session_timers, &mut edits);
        if let Some(entries) = &self.history {
            edits.append(HeaderName::HistoryInfo.as_str(), entries);
        }
        for value in &recorded {
            edits.push_record_route(value);
        }
        // RFC 3261 §18.2.1, RFC 3581 §4.
        if let Ok(via) = request.top_via() {
            let source = ViaSource::new(&via, self.routing.flow);
            if let Some(ip) = source.received {
                edits.set_received(ip);
            }
            if let Some(port) = source.rport {
                edits.set_rport(port);
            }
        }
        // RFC 3261 §16.6 item 8.
        let sent_by = self.settings.listener(flow.listener).map_or("", |l| l.sent_by.as_str());
        let alias = if self.is_reused(flow) { ";alias" } else { "" };
        let via = ["SIP/2.0/", flow.transport.via_name(), " ", sent_by, ";branch=", branch.as_str(), alias];
        edits.push_via(via.concat());
        if flow.transport.is_reliable() {
            edits.ensure_content_length();
        }
        super::written(&edits, request)
    }

    /// Whether the peer may send its own requests to us over the connection that is opened for this one.
    fn is_reused(&self, flow: Flow) -> bool {
        // RFC 5923 §8.1: over TLS, where each can prove who it is; to a phone's own connection nobody says it.
        let proves = match flow.transport {
            Transport::Tls => true,
            Transport::Tcp => self.shared.peers.trusts(flow),
            Transport::Udp | Transport::Ws | Transport::Wss => false,
        };
        flow.connection.is_none() && proves
    }

    /// Whether the Request-URI or the first Route, as they go on, demand security from end to end (RFC 3261 §16.6 item 4).
    fn is_secure(&self, target: &Target) -> bool {
        let uri = target.uri.as_deref().or(self.routing.uri.as_deref());
        let route = if target.path.is_empty() { self.routing.routes_left().next() } else { Some(&*target.path) };
        let route = route.and_then(|route| Route::parse(sip_message::text::List::new(route).next()?).ok());
        is_sips(uri.unwrap_or_else(|| self.routing.request.request_uri()))
            || route.is_some_and(|route| route.uri.scheme == Scheme::Sips)
    }

    fn routes(&self, target: &Target) -> Routes {
        let changed = target.uri.as_ref().or(self.routing.uri.as_ref());
        let mut left: Vec<Vec<u8>> = self.routing.routes_left().map(<[u8]>::to_vec).collect();
        if !target.path.is_empty() {
            // RFC 3327 §5.4: the Path becomes the Route.
            left.insert(0, target.path.to_vec());
        }
        let strict = left.first().and_then(|first| {
            let first = sip_message::text::List::new(first).next()?;
            let route = Route::parse(first).ok()?;
            (!route.is_loose()).then(|| (route.address.uri.to_vec(), first.len()))
        });
        if let Some((next, _)) = strict {
            // RFC 3261 §16.6 item 6: a strict router gets itself as the Request-URI and the real one as the last Route.
            let real = changed.map_or_else(|| self.routing.request.request_uri().to_vec(), |uri| uri.to_vec());
            let mut values: Vec<Vec<u8>> =
                left.iter().flat_map(|line| sip_message::text::List::new(line)).skip(1).map(<[u8]>::to_vec).collect();
            values.push([b"<", real.as_slice(), b">"].concat());
            return Routes { uri: Some(next.into()), route: RouteEdit::Set(values.join(&b", "[..])) };
        }
        let untouched = self.routing.routes_done == 0 && !self.routing.last_route_taken && target.path.is_empty();
        let route = if untouched {
            RouteEdit::Keep
        } else if self.routing.routes_done == 1 && !self.routing.last_route_taken && target.path.is_empty() {
            RouteEdit::DropFirst
        } else {
            RouteEdit::Set(left.join(&b", "[..]))
        };
        Routes { uri: changed.cloned(), route }
    }

    /// RFC 3261 §16.6 item 4: how requests of the dialog come back to us; RFC 5658 §5: two values where its sides reach us by different
    /// ways, so that each side finds its own on top. Pushed in this order, the last ends up on top.
    fn record_routes(&self, hop: &Hop, out: Flow, secure: bool) -> Vec<String> {
        let request = &self.routing.request;
        let mark = self.shared.dialog_mark(request.call_id());
        let names = names_mark(self.shared, request).unwrap_or_default();
        // RFC 5626 §5.2: a way that only we know is kept for the requests of the dialog.
        let sender = sender_flow(request, self.routing.flow);
        let sides = sides(self.shared, request, sender, matches!(hop, Hop::Flow(_)).then_some(out));
        let value = |flow: Flow| {
            let listener = self.settings.listener(flow.listener)?;
            // RFC 3261 §16.6 item 4: a SIPS URI where the request goes to one, else none.
            let (scheme, transport) = match listener.transport {
                Transport::Tls if secure => ("<sips:", ""),
                Transport::Wss if secure => ("<sips:", ";transport=ws"),
                other => ("<sip:", other.uri_param()),
            };
            let sent_by = listener.sent_by.as_str();
            let marks = [";lr;", MARK, "=", &mark, ";", NAMES, "=", &names];
            Some([scheme, sent_by, transport, &marks.concat(), &sides, ">"].concat())
        };
        let came = self.routing.flow;
        let mut values: Vec<String> = Vec::with_capacity(2);
        if came.listener != out.listener {
            values.extend(value(came));
        }
        values.extend(value(out));
        values
    }
}

fn is_sips(uri: &[u8]) -> bool {
    uri.split_at_checked(5).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(b"sips:"))
}

struct Routes {
    uri: Option<Box<[u8]>>,
    route: RouteEdit,
}

enum RouteEdit {
    Keep,
    DropFirst,
    Set(Vec<u8>),
}

/// Requests that make a dialog or refresh its target (RFC 3261 §12.1, §16.6 item 4; RFC 6665, RFC 3515).
fn records_route(method: Method) -> bool {
    matches!(method, Method::Invite | Method::Subscribe | Method::Refer | Method::Notify | Method::Update)
}
