//! Which gateways a call to a number is offered to, in which order, and how the number is written for each.
//!
//! Of the routes that the caller may use those with the longest prefix count and no others. Among them one for the caller's address goes
//! before one for its domain, and that before one for everybody; then the smaller priority; those that are equal in all of this share the
//! load: which is first follows from the call.

use super::{Carrier, Gateway, Network, Route};
use crate::number::Number;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Gateways that one call is offered to at most.
const WAYS_MAX: usize = 16;

/// Whose call it is, as far as routes ask for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller<'a> {
    /// The reseller whose carriers it may use beside those of everybody.
    pub reseller: i64,
    /// `user@domain`, or a peer's label.
    pub address: &'a str,
    /// The domain.
    pub domain: &'a str,
    /// The only carrier that it may use, by name; empty: any.
    pub carrier: &'a str,
    /// Spreads calls over equal routes: the Call-ID.
    pub call_id: &'a [u8],
}

/// A gateway, and what it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way<'a> {
    /// The route that led here.
    pub route: &'a Route,
    /// The gateway's carrier.
    pub carrier: &'a Carrier,
    /// The gateway.
    pub gateway: &'a Gateway,
    /// The rule by which the number was written; none: as it was.
    pub rule: Option<i32>,
    /// The number as this gateway gets it.
    pub number: String,
}

impl Network {
    /// The ways of a number for a caller, the best first.
    pub(crate) fn ways<'a>(&'a self, number: &Number, caller: &Caller<'_>) -> Vec<Way<'a>> {
        let along = self.routes.along(number.as_str().as_bytes());
        for routes in along.into_iter().rev() {
            let mut usable: Vec<(u8, &Route, &Carrier)> =
                routes.iter().filter_map(|route| self.usable(route, caller)).collect();
            if usable.is_empty() {
                continue;
            }
            usable.sort_by_key(|(kinship, route, _)| (*kinship, route.priority, route.id));
            spread(&mut usable, caller.call_id);
            return usable
                .into_iter()
                .flat_map(|(_, route, carrier)| carrier.gateways.iter().map(move |gateway| (route, carrier, gateway)))
                .map(|(route, carrier, gateway)| {
                    let (number, rule) = gateway.write(number);
                    Way { route, carrier, gateway, rule, number }
                })
                .take(WAYS_MAX)
                .collect();
        }
        Vec::new()
    }

    /// The route with its carrier, and how near it is to the caller, if the caller may use it.
    fn usable<'a>(&'a self, route: &'a Route, caller: &Caller<'_>) -> Option<(u8, &'a Route, &'a Carrier)> {
        let carrier = self.carriers.get(&route.carrier)?;
        let kinship = match &*route.originator {
            "" => 2,
            own if own.eq_ignore_ascii_case(caller.address) => 0,
            own if own.eq_ignore_ascii_case(caller.domain) => 1,
            _ => return None,
        };
        let theirs = carrier.reseller == 0 || carrier.reseller == caller.reseller;
        let meant = caller.carrier.is_empty() || *carrier.name == *caller.carrier;
        (theirs && meant && !carrier.gateways.is_empty()).then_some((kinship, route, carrier))
    }
}

/// Turns each run of equal routes by as much as the call says.
fn spread(usable: &mut [(u8, &Route, &Carrier)], call_id: &[u8]) {
    let equal = |one: &(u8, &Route, &Carrier), other: &(u8, &Route, &Carrier)| {
        (one.0, one.1.priority) == (other.0, other.1.priority)
    };
    if usable.len() < 2 {
        return;
    }
    // The same in every process, so that what explains a call finds the way that it took.
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(call_id);
    for run in usable.chunk_by_mut(equal) {
        let turn = hash % run.len() as u64;
        run.rotate_left(turn as usize);
    }
}

impl Gateway {
    /// The number as this gateway gets it, and by which rule: the longest prefix whose lengths fit.
    pub(crate) fn write(&self, number: &Number) -> (String, Option<i32>) {
        let plain = number.as_str();
        let length = u16::try_from(plain.len()).unwrap_or(u16::MAX);
        for rule in &self.rules {
            let fits = length >= rule.min_length && (rule.max_length == 0 || length <= rule.max_length);
            // A rule that is written with a plus is about numbers that are.
            let with_plus = rule.prefix.starts_with('+') && number.is_international();
            let written = if with_plus { format!("+{}", number.digits()) } else { plain.to_owned() };
            if !fits || !written.starts_with(&*rule.prefix) {
                continue;
            }
            let stripped = written.get(usize::from(rule.strip)..).unwrap_or_default();
            return ([&*rule.prepend, stripped].concat(), Some(rule.id));
        }
        (plain.to_owned(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::GatewayRule;
    use super::*;
    use crate::flow::Transport;

    fn gateway(id: i32, rules: Vec<GatewayRule>) -> Gateway {
        let (name, host) = (format!("gw{id}").into(), "192.0.2.1".into());
        Gateway { id, name, transport: Transport::Udp, host, port: 5060, rules }
    }

    fn carrier(id: i32, reseller: i64, gateways: &[i32]) -> Carrier {
        let gateways = gateways.iter().map(|id| gateway(*id, Vec::new())).collect();
        Carrier { id, name: format!("carrier{id}").into(), reseller, gateways }
    }

    fn route(id: i32, prefix: &str, carrier: i32, originator: &str, priority: u32) -> (Box<str>, Route) {
        (prefix.into(), Route { id, carrier, originator: originator.into(), priority })
    }

    fn taken(network: &Network, number: &str, caller: Caller<'_>) -> Vec<i32> {
        let number = Number::dialled(number.as_bytes()).unwrap();
        network.ways(&number, &caller).iter().map(|way| way.gateway.id).collect()
    }

    #[test]
    fn the_longest_prefix_wins_then_the_nearest_originator_then_the_priority() {
        let carriers = vec![carrier(1, 0, &[1, 2]), carrier(2, 0, &[3]), carrier(3, 0, &[4]), carrier(4, 0, &[5])];
        let routes = vec![
            route(1, "", 1, "", 0),
            route(2, "0031", 2, "", 2),
            route(3, "0031", 3, "", 1),
            route(4, "0031", 4, "example.com", 9),
            route(5, "0031", 1, "alice@example.com", 9),
        ];
        let network = Network::new(carriers, routes, Vec::new());
        let of = |address, domain| Caller { address, domain, ..Caller::default() };
        assert_eq!(taken(&network, "+31208005161", of("bob@example.org", "example.org")), [4, 3]);
        assert_eq!(taken(&network, "+31208005161", of("bob@example.com", "example.com")), [5, 4, 3]);
        assert_eq!(taken(&network, "+31208005161", of("alice@example.com", "example.com")), [1, 2, 5, 4, 3]);
        assert_eq!(taken(&network, "+4930123456", of("alice@example.com", "example.com")), [1, 2], "the default route");
    }

    #[test]
    fn a_resellers_carrier_is_for_its_own_callers_and_a_named_one_for_the_peer_that_names_it() {
        let network = Network::new(
            vec![carrier(1, 7, &[1]), carrier(2, 0, &[2])],
            vec![route(1, "0031", 1, "", 0), route(2, "00", 2, "", 0)],
            Vec::new(),
        );
        let of = |reseller, carrier| Caller { reseller, carrier, ..Caller::default() };
        assert_eq!(taken(&network, "+31208005161", of(7, "")), [1]);
        assert_eq!(taken(&network, "+31208005161", of(8, "")), [2], "the longer one is not theirs");
        assert_eq!(taken(&network, "+31208005161", of(7, "carrier2")), [2]);
    }

    #[test]
    fn equal_routes_share_the_load_and_a_call_always_goes_the_same_way() {
        let network = Network::new(
            vec![carrier(1, 0, &[1]), carrier(2, 0, &[2])],
            vec![route(1, "0031", 1, "", 0), route(2, "0031", 2, "", 0)],
            Vec::new(),
        );
        let first = |call: u32| {
            let call_id = call.to_string();
            taken(&network, "+31208005161", Caller { call_id: call_id.as_bytes(), ..Caller::default() })[0]
        };
        let to_one = (0..1000).filter(|call| first(*call) == 1).count();
        assert!((400..600).contains(&to_one), "{to_one}");
        assert!((0..50).all(|call| first(call) == first(call)));
    }

    #[test]
    fn a_gateway_gets_the_number_as_its_rules_say() {
        let rule = |id, prefix: &str, strip, prepend: &str, min_length, max_length| {
            let (prefix, prepend) = (prefix.into(), prepend.into());
            GatewayRule { id, prefix, strip, prepend, min_length, max_length }
        };
        let mut rules = vec![
            rule(1, "00", 2, "+", 0, 0),
            rule(2, "0031", 4, "0", 0, 0),
            rule(3, "00312", 0, "9", 20, 0),
            rule(4, "+49", 3, "", 0, 0),
        ];
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.prefix.len()));
        let gateway = gateway(1, rules);
        for (number, written, by) in
            [("+31208005161", "0208005161", 2), ("+12025550123", "+12025550123", 1), ("004930123", "30123", 4)]
        {
            assert_eq!(gateway.write(&Number::dialled(number.as_bytes()).unwrap()), (written.to_owned(), Some(by)));
        }
        assert_eq!(gateway.write(&Number::short(b"112").unwrap()), ("112".to_owned(), None));
    }
}
