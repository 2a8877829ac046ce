//! The telephone network: whether who answers for the call may call the number, and the gateways that it is offered to, one after the other
//! where one fails. The caller's id goes with it, or is hidden (RFC 3325 §9.1, §9.3).
//!
//! Which gateways, and how each gets the number, is [`crate::network`]'s.

use crate::directory::Account;
use crate::flow::Transport;
use crate::forward::identity;
use crate::network::{Caller, Gateway, Network, Way};
use crate::number::Number;
use crate::route::routing::{Env, Routing};
use crate::route::verdict::{Hop, LocalReply, StepResult, Target, Told, Verdict, reply};
use domain::Group;
use sip_message::Method;
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) fn run(routing: &mut Routing, env: &Env<'_>) -> StepResult {
    let uri = routing.uri()?;
    let user = uri.user_decoded().unwrap_or_default();
    let number = match routing.emergency {
        true => Number::dialled(&user).or_else(|| Number::short(&user)),
        false => Number::dialled(&user),
    };
    let Some(number) = number.filter(|_| routing.method == Method::Invite) else {
        // RFC 3261 §21.4.5: there is no such address.
        return Ok(reply(404, "no account and no alias has this address"));
    };
    let network = env.shared.network();
    let payer = routing.answers_for_it().cloned();
    if !routing.emergency
        && let Some(refusal) = refusal(routing, payer.as_deref(), &number)
    {
        return Ok(refusal);
    }
    let (reseller, address) = match (&payer, &routing.peer) {
        (Some(account), _) => {
            let domain = routing.domain(account.id.domain.clone())?;
            (domain.map_or(0, |domain| domain.reseller), account.id.to_string())
        }
        (None, Some(peer)) => (peer.calls.reseller, peer.calls.originator.to_string()),
        (None, None) => (0, String::new()),
    };
    let caller = Caller {
        reseller,
        address: &address,
        domain: payer.as_ref().map_or("", |account| account.id.domain.as_str()),
        carrier: match (&payer, &routing.peer) {
            (None, Some(peer)) => &peer.calls.carrier,
            _ => "",
        },
        call_id: routing.request.call_id(),
    };
    let ways = ways(routing, &network, &number, &caller);
    if ways.is_empty() {
        return Ok(LocalReply::new(404, "no route leads to this number").phrase("No route to this number").into());
    }
    let told = Arc::new(told(routing, payer.as_deref()));
    let mut targets = ways.iter().map(|way| target(way, &told));
    let Some(mut first) = targets.next() else { return Ok(reply(404, "no route leads to this number")) };
    first.others = targets.collect();
    Ok(Verdict::Forward(vec![first], "to the telephone network"))
}

fn ways<'a>(routing: &Routing, network: &'a Network, number: &Number, caller: &Caller<'_>) -> Vec<Way<'a>> {
    let ways = network.ways(number, caller);
    for way in &ways {
        routing.tell(|| {
            let rule = way.rule.map_or_else(|| "no rule".to_owned(), |rule| format!("gateway_rules {rule}"));
            format!(
                "routes {}: carrier {} {:?}, gateway {} {:?}, {rule}: {}",
                way.route.id, way.carrier.id, &*way.carrier.name, way.gateway.id, &*way.gateway.name, way.number
            )
        });
    }
    ways
}

/// Why the call may not be made.
fn refusal(routing: &Routing, payer: Option<&Account>, number: &Number) -> Option<Verdict> {
    let Some(account) = payer else {
        // RFC 3261 §21.4.5: nobody who is known here calls, so the address is none. A peer without transit reaches what is served here.
        return match &routing.peer {
            Some(peer) if peer.calls.transit => None,
            Some(_) => Some(reply(403, "the peer may not reach the telephone network")),
            None => Some(reply(404, "a number, and nobody who may call it")),
        };
    };
    let refuse = |why, phrase| Some(LocalReply::new(403, why).phrase(phrase).into());
    if !account.is_in(Group::FREE_PSTN) {
        routing.tell(|| format!("sip_accounts {}: not in group free-pstn", account.id));
        return refuse("the account is not in the group free-pstn", "No calls to the telephone network");
    }
    if account.is_in(Group::QUOTA) {
        routing.tell(|| format!("sip_accounts {}: in group quota", account.id));
        return refuse("the account is in the group quota", "Quota exceeded");
    }
    let calls = account.call_settings()?;
    if let Some(prefix) = calls.bars(number.digits()) {
        routing.tell(|| format!("sip_barring_prefixes {}: {prefix}", account.id));
        return refuse("the number begins with a barred prefix", "Barred number");
    }
    if calls.used_up {
        routing.tell(|| format!("prepaid_balances {}: nothing is left", account.id));
        // RFC 3261 §21.4.3.
        return Some(reply(402, "the account pays in advance and has nothing left"));
    }
    None
}

/// What the telephone network is told of the caller: the account's number, or its address; or that nobody is to be shown it.
fn told(routing: &Routing, payer: Option<&Account>) -> Told {
    let Some(account) = payer else { return Told::default() };
    let rpid = account.call_settings().map_or("", |calls| &*calls.rpid);
    let shown = match rpid {
        "" => routing
            .asserted
            .clone()
            .filter(|_| routing.payer.is_none())
            .unwrap_or_else(|| identity::uri_of(&account.id)),
        rpid => format!("sip:{rpid}@{}", account.id.domain.as_str()).into_bytes().into(),
    };
    routing.tell(|| format!("sip_accounts {}: shown as {}", account.id, String::from_utf8_lossy(&shown)));
    let hidden = account.is_in(Group::ANONYMOUS) || routing.caller.as_ref().is_some_and(|c| c.is_in(Group::ANONYMOUS));
    Told { shown: Some(shown), hidden, ..Told::default() }
}

fn target(way: &Way<'_>, told: &Arc<Told>) -> Target {
    let gateway = way.gateway;
    let uri = ["sip:", &way.number, "@", &host_port(gateway), gateway.transport.uri_param()].concat();
    let hop = match gateway.address() {
        Some(ip) => Hop::Address(gateway.transport, SocketAddr::new(ip, gateway.port)),
        None => Hop::Name {
            host: gateway.host.to_ascii_lowercase(),
            port: Some(gateway.port),
            transport: Some(gateway.transport),
        },
    };
    Target {
        uri: Some(uri.into_bytes().into()),
        gateway: Some(gateway.id),
        told: Some(Arc::clone(told)),
        ..Target::along(vec![hop])
    }
}

fn host_port(gateway: &Gateway) -> String {
    let host = match gateway.address() {
        Some(std::net::IpAddr::V6(v6)) => format!("[{v6}]"),
        _ => gateway.host.to_string(),
    };
    let usual = match gateway.transport {
        Transport::Tls => 5061,
        _ => 5060,
    };
    if gateway.port == usual { host } else { format!("{host}:{}", gateway.port) }
}
