//! The registrar's rules, item by item of RFC 3261 §10.3.

use super::*;
use crate::flow::ListenerId;
use crate::test_clock::start;
use proptest::prelude::*;

const LIMITS: RegistrarLimits = RegistrarLimits {
    expires_s_min: 60,
    expires_s_max: 7200,
    expires_s_default: 1800,
    contacts_max: 3,
    path_unsupported: false,
};

fn flow() -> Flow {
    Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap())
}

fn contact(uri: &str, expires: Expires) -> RequestedContact<'_> {
    RequestedContact { uri: uri.as_bytes(), params: Vec::new(), q_per_mille: None, expires }
}

fn register<'a>(call_id: &'a str, cseq: u32, expires: Expires, wish: Wish<'a>) -> Registration<'a> {
    Registration { wish, expires, call_id: call_id.as_bytes(), cseq, path: b"", user_agent: b"", flow: flow() }
}

fn one<'a>(call_id: &'a str, cseq: u32, uri: &'a str, expires: Expires) -> Registration<'a> {
    register(call_id, cseq, Expires::Absent, Wish::Contacts(vec![contact(uri, expires)]))
}

fn run(current: &[Binding], r: &Registration<'_>, now: Instant) -> Result<Option<Vec<Binding>>, RegisterRefusal> {
    apply(current, r, now, &LIMITS, |a, b| a == b)
}

fn standing(now: Instant) -> Vec<Binding> {
    let mut all = run(&[], &one("call-1", 10, "sip:a", Expires::Seconds(600)), now).unwrap().unwrap();
    all = run(&all, &one("call-2", 20, "sip:b", Expires::Seconds(900)), now).unwrap().unwrap();
    all
}

fn listed(all: &[Binding], now: Instant) -> Vec<String> {
    all.iter().map(|b| String::from_utf8(render_contact(b, now, b"")).unwrap()).collect()
}

/// RFC 3261 §10.3 item 8.
#[test]
fn all_contacts_are_listed_with_what_is_left_of_their_time() {
    let now = start();
    assert_eq!(listed(&standing(now), now + Duration::from_secs(1)), ["<sip:a>;expires=599", "<sip:b>;expires=899"]);
}

/// RFC 3261 §10.3 item 6.
#[test]
fn a_wildcard_stands_alone_and_with_expires_zero() {
    let now = start();
    let all = standing(now);
    for (expires, values) in
        [(Expires::Absent, 1), (Expires::Seconds(1), 1), (Expires::Malformed, 1), (Expires::Seconds(0), 2)]
    {
        let refused = run(&all, &register("new", 1, expires, Wish::RemoveAll { values }), now);
        assert_eq!(refused, Err(RegisterRefusal::BadWildcard), "{expires:?} {values}");
    }
    let done = run(&all, &register("new", 1, Expires::Seconds(0), Wish::RemoveAll { values: 1 }), now);
    assert_eq!(done, Ok(Some(Vec::new())));
}

/// RFC 3261 §10.3 items 6 and 7.
#[test]
fn an_older_request_of_the_same_call_changes_nothing() {
    let now = start();
    let all = standing(now);
    for cseq in [9, 10] {
        assert_eq!(
            run(&all, &one("call-1", cseq, "sip:a", Expires::Seconds(60)), now),
            Err(RegisterRefusal::OutOfOrder)
        );
        let wipe = register("call-1", cseq, Expires::Seconds(0), Wish::RemoveAll { values: 1 });
        assert_eq!(run(&all, &wipe, now), Err(RegisterRefusal::OutOfOrder));
    }
    assert!(run(&all, &one("call-1", 11, "sip:a", Expires::Seconds(60)), now).is_ok());
    assert!(run(&all, &one("call-9", 1, "sip:a", Expires::Seconds(60)), now).is_ok());
}

/// RFC 3261 §10.3 item 7: one contact that cannot be taken spoils all.
#[test]
fn several_contacts_are_taken_all_or_none() {
    let now = start();
    let all = standing(now);
    let wish = Wish::Contacts(vec![contact("sip:c", Expires::Seconds(600)), contact("sip:a", Expires::Seconds(600))]);
    assert_eq!(run(&all, &register("call-1", 10, Expires::Absent, wish), now), Err(RegisterRefusal::OutOfOrder));
}

/// RFC 3261 §10.2.1.1, §10.3 item 7, §20.19.
#[test]
fn the_time_granted_follows_parameter_header_and_bounds() {
    use Expires::{Absent, Malformed, Seconds};
    let cases = [
        (Seconds(120), Seconds(3000), Ok(120)),
        (Absent, Seconds(3000), Ok(3000)),
        (Absent, Absent, Ok(1800)),
        (Malformed, Seconds(100), Ok(3600)),
        (Absent, Malformed, Ok(3600)),
        (Seconds(100_000), Absent, Ok(7200)),
        (Seconds(0), Seconds(100), Ok(0)),
        (Seconds(59), Absent, Err(RegisterRefusal::TooBrief { min_s: 60 })),
        (Absent, Seconds(1), Err(RegisterRefusal::TooBrief { min_s: 60 })),
    ];
    for (own, header, granted) in cases {
        assert_eq!(granted_s(own, header, &LIMITS), granted, "{own:?} {header:?}");
    }
    let strict = RegistrarLimits { expires_s_min: 5000, ..LIMITS };
    assert_eq!(granted_s(Seconds(3600), Absent, &strict), Ok(3600));
}

#[test]
fn expiry_zero_removes_that_contact_and_no_other() {
    let now = start();
    let left = run(&standing(now), &one("x", 1, "sip:a", Expires::Seconds(0)), now).unwrap().unwrap();
    assert_eq!(listed(&left, now), ["<sip:b>;expires=900"]);
    let unknown = run(&left, &one("x", 2, "sip:zzz", Expires::Seconds(0)), now).unwrap().unwrap();
    assert_eq!(listed(&unknown, now), ["<sip:b>;expires=900"]);
}

#[test]
fn an_address_has_no_more_contacts_than_it_may() {
    let now = start();
    let all = run(&standing(now), &one("x", 1, "sip:c", Expires::Absent), now).unwrap().unwrap();
    assert_eq!(run(&all, &one("x", 2, "sip:d", Expires::Absent), now), Err(RegisterRefusal::TooManyContacts));
    assert!(run(&all, &one("x", 2, "sip:c", Expires::Absent), now).is_ok(), "a contact that stands may be renewed");
}

#[test]
fn a_query_changes_nothing() {
    let now = start();
    assert_eq!(run(&standing(now), &register("x", 1, Expires::Seconds(0), Wish::Query), now), Ok(None));
}

#[test]
fn q_and_other_parameters_come_back() {
    let now = start();
    let mut wanted = contact("sip:a", Expires::Seconds(100));
    wanted.q_per_mille = Some(700);
    wanted.params = b";+sip.instance=\"<urn:x>\"".to_vec();
    let all = run(&[], &register("x", 1, Expires::Absent, Wish::Contacts(vec![wanted])), now).unwrap().unwrap();
    assert_eq!(listed(&all, now), ["<sip:a>;+sip.instance=\"<urn:x>\";q=0.7;expires=100"]);
}

/// RFC 3261 §25.1: qvalue.
#[test]
fn q_values_are_written_without_needless_digits() {
    for (value, text) in [(0, "0"), (1000, "1"), (700, "0.7"), (250, "0.25"), (1, "0.001")] {
        assert_eq!(render_q(value), text);
    }
}

proptest! {
    #[test]
    fn no_sequence_of_requests_breaks_the_bound_or_doubles_a_contact(
        steps in prop::collection::vec((0_u8..3, 0_u32..30, 0_u8..6, prop::option::of(0_u32..10_000)), 0..60),
    ) {
        let now = start();
        let mut all: Vec<Binding> = Vec::new();
        for (call, cseq, uri, expires) in steps {
            let (call, uri) = (format!("c{call}"), format!("sip:{uri}"));
            let expires = expires.map_or(Expires::Absent, Expires::Seconds);
            if let Ok(Some(next)) = run(&all, &one(&call, cseq, &uri, expires), now) {
                all = next;
            }
            prop_assert!(all.len() <= LIMITS.contacts_max);
            let mut uris: Vec<_> = all.iter().map(Binding::contact).collect();
            uris.sort_unstable();
            uris.dedup();
            prop_assert_eq!(uris.len(), all.len());
        }
    }
}

#[test]
fn a_request_with_very_many_contacts_is_refused_before_they_are_compared() {
    let now = start();
    let uris: Vec<String> = (0..5000).map(|n| format!("sip:a@192.0.2.7:{n}")).collect();
    let wanted = uris.iter().map(|uri| contact(uri, Expires::Absent)).collect();
    let compared = std::cell::Cell::new(0);
    let request = register("call", 1, Expires::Absent, Wish::Contacts(wanted));
    let refused = apply(&standing(now), &request, now, &LIMITS, |a, b| {
        compared.set(compared.get() + 1);
        a == b
    });
    assert_eq!((refused, compared.get()), (Err(RegisterRefusal::TooManyContacts), 0));
}

#[test]
fn what_another_process_held_and_this_change_moved_or_removed_is_taken_over() {
    let now = start();
    let mut all = standing(now);
    for binding in &mut all {
        binding.elsewhere = true;
    }
    let moved = run(&all, &one("call-3", 1, "sip:b", Expires::Seconds(900)), now).unwrap().unwrap();
    assert_eq!(moved.iter().map(|b| b.elsewhere).collect::<Vec<_>>(), [true, false]);
    assert_eq!(taken_over(&all, &moved), [Box::from(&b"sip:b"[..])]);
    let removed = run(&all, &one("call-3", 1, "sip:a", Expires::Seconds(0)), now).unwrap().unwrap();
    assert_eq!(taken_over(&all, &removed), [Box::from(&b"sip:a"[..])]);
    assert!(taken_over(&moved[1..], &[]).is_empty(), "what was held here is not taken over");
}

/// RFC 5626 §6: one binding for each instance and flow; the URI may be another each time, or the same for all.
#[test]
fn a_flow_is_replaced_under_its_number_and_not_by_its_uri() {
    let now = start();
    let flow = |cseq, uri: &'static str, number: u32, expires| {
        let params = format!(";+sip.instance=\"<urn:uuid:1>\";reg-id={number}").into_bytes();
        let wanted = RequestedContact { params, ..contact(uri, expires) };
        register("call", cseq, Expires::Absent, Wish::Contacts(vec![wanted]))
    };
    let mut all = Vec::new();
    for (cseq, uri, number) in [(1, "sip:a", 1), (2, "sip:a", 2), (3, "sip:b", 1)] {
        all = run(&all, &flow(cseq, uri, number, Expires::Seconds(600)), now).unwrap().unwrap();
    }
    let shown: Vec<_> = all.iter().map(|b| (b.contact(), b.reg_id())).collect();
    assert_eq!(shown, [(&b"sip:b"[..], Some(1)), (b"sip:a", Some(2))]);
    assert_eq!(run(&all, &flow(3, "sip:c", 1, Expires::Seconds(600)), now), Err(RegisterRefusal::OutOfOrder));
    let left = run(&all, &flow(4, "sip:a", 2, Expires::Seconds(0)), now).unwrap().unwrap();
    assert_eq!(left.len(), 1);
    // RFC 3261 §10.3 item 7: without a number it is the URI that counts, of flows too.
    let plain = run(&all, &one("other", 1, "sip:a", Expires::Seconds(0)), now).unwrap().unwrap();
    assert_eq!(plain.iter().map(Binding::reg_id).collect::<Vec<_>>(), [Some(1)]);
}

/// RFC 5626 §6.
#[test]
fn a_flow_is_registered_alone_but_others_may_be_removed_with_it() {
    let now = start();
    let params = b";+sip.instance=\"<urn:uuid:1>\";reg-id=1".to_vec();
    let flow = RequestedContact { params, ..contact("sip:new", Expires::Seconds(600)) };
    let with = |expires| Wish::Contacts(vec![flow.clone(), contact("sip:a", expires)]);
    let run = |wish| run(&standing(now), &register("call-1", 30, Expires::Absent, wish), now);
    assert_eq!(run(with(Expires::Absent)), Err(RegisterRefusal::FlowWithCompany));
    assert_eq!(run(with(Expires::Seconds(0))).unwrap().unwrap().len(), 2);
}
