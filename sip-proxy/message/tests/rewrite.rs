//! Edits to a message: what each changes, and that it changes nothing else.

#![expect(clippy::unwrap_used, reason = "what is checked here may fail")]

use bytes::Bytes;
use sip_message::{HeaderName, Message, Rewrite};

const REQUEST: &str = "INVITE sip:bob@example.com SIP/2.0\r\nv : SIP/2.0/UDP a:5060;rport ;branch=z9hG4bK1 , SIP/2.0/UDP b\r\n\
    Via: SIP/2.0/UDP c\r\nX-Odd:   odd   spacing \t\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\n\
    CSeq: 1 INVITE\r\nRoute: <sip:p1;lr> , <sip:p2;lr>\r\nroute: <sip:p3;lr>\r\nMax-Forwards: 070\r\nl: 4\r\n\r\nbody";

fn check(edit: impl FnOnce(&mut Rewrite<'_>), changes: &[(&str, &str)]) {
    check_in(REQUEST, edit, changes);
}

fn check_in(text: &str, edit: impl FnOnce(&mut Rewrite<'_>), changes: &[(&str, &str)]) {
    let message = Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap();
    let mut rewrite = Rewrite::new(&message);
    edit(&mut rewrite);
    let mut out = Vec::new();
    rewrite.render(&mut out);
    let mut wanted = text.to_owned();
    for (old, new) in changes {
        assert!(wanted.contains(old), "{old}");
        wanted = wanted.replacen(old, new, 1);
    }
    assert_eq!(String::from_utf8(out.clone()).unwrap(), wanted);
    Message::parse(Bytes::from(out)).unwrap();
}

#[test]
fn without_edits_the_message_is_the_same() {
    check(|_| {}, &[]);
}

#[test]
fn a_hop_forwards_with_all_its_edits_at_once() {
    check(
        |r| {
            r.set_request_uri("sip:bob@192.0.2.4:5062")
                .set_max_forwards(69)
                .set_received([192, 0, 2, 1].into())
                .set_rport(4000)
                .push_record_route("<sip:proxy;lr>")
                .push_via("SIP/2.0/UDP proxy;branch=z9hG4bK2");
        },
        &[
            ("sip:bob@example.com SIP", "sip:bob@192.0.2.4:5062 SIP"),
            ("v : SIP", "Via: SIP/2.0/UDP proxy;branch=z9hG4bK2\r\nv : SIP"),
            (";rport ;branch=z9hG4bK1 ,", ";rport=4000 ;branch=z9hG4bK1;received=192.0.2.1 ,"),
            ("UDP c\r\n", "UDP c\r\nRecord-Route: <sip:proxy;lr>\r\n"),
            ("070", "69"),
        ],
    );
}

/// RFC 3581 §4: values that the sender put there itself are overwritten.
#[test]
fn received_and_rport_that_are_there_are_replaced() {
    check_in(
        &REQUEST.replace("a:5060;rport ;", "a:5060;rport = 1;received=10.0.0.1;"),
        |r| {
            r.set_rport(2).set_received("2001:db8::1".parse().unwrap());
        },
        &[(";rport = 1;received=10.0.0.1;", ";rport=2;received=2001:db8::1;")],
    );
}

#[test]
fn popping_a_via_takes_one_value_of_a_list() {
    check(
        |r| {
            r.pop_via();
        },
        &[("SIP/2.0/UDP a:5060;rport ;branch=z9hG4bK1 , ", "")],
    );
}

#[test]
fn popping_the_only_value_takes_the_line() {
    check_in(
        &REQUEST.replace(" , SIP/2.0/UDP b", ""),
        |r| {
            r.pop_via();
        },
        &[("v : SIP/2.0/UDP a:5060;rport ;branch=z9hG4bK1\r\n", "")],
    );
}

#[test]
fn routes_are_taken_from_either_end() {
    check(
        |r| {
            r.remove_first_route();
        },
        &[("<sip:p1;lr> , ", "")],
    );
    check(
        |r| {
            r.remove_last_route();
        },
        &[("route: <sip:p3;lr>\r\n", "")],
    );
    check_in(
        &REQUEST.replace("route: <sip:p3;lr>\r\n", ""),
        |r| {
            r.remove_last_route();
        },
        &[(" , <sip:p2;lr>", "")],
    );
}

#[test]
fn a_route_line_of_commas_alone_is_no_value() {
    let text = REQUEST.replace("Route: <sip:p1", "Route: ,\r\nRoute: , <sip:p1");
    check_in(
        &text,
        |r| {
            r.remove_first_route();
        },
        &[(", <sip:p1;lr> , ", "")],
    );
}

#[test]
fn routes_and_record_routes_are_put_above_the_others() {
    check(
        |r| {
            r.push_route("<sip:p0;lr>").push_record_route("<sip:lower;lr>").push_record_route("<sip:upper;lr>");
        },
        &[
            ("Route: <sip:p1", "Route: <sip:p0;lr>\r\nRoute: <sip:p1"),
            ("UDP c\r\n", "UDP c\r\nRecord-Route: <sip:upper;lr>\r\nRecord-Route: <sip:lower;lr>\r\n"),
        ],
    );
}

#[test]
fn headers_are_removed_replaced_and_appended() {
    check(
        |r| {
            r.remove(HeaderName::Route)
                .replace(HeaderName::To, "<sip:x@h>")
                .replace(HeaderName::UserAgent, "new")
                .append("X-Last", "1");
        },
        &[
            ("Route: <sip:p1;lr> , <sip:p2;lr>\r\nroute: <sip:p3;lr>\r\n", ""),
            ("<sip:b@h>", "<sip:x@h>"),
            ("l: 4\r\n", "l: 4\r\nUser-Agent: new\r\nX-Last: 1\r\n"),
        ],
    );
}

#[test]
fn max_forwards_is_added_below_the_vias_even_where_the_next_line_goes() {
    check_in(
        &REQUEST.replace("Max-Forwards: 070\r\n", ""),
        |r| {
            r.remove_line(2).set_max_forwards(70);
        },
        &[("X-Odd:   odd   spacing \t\r\n", "Max-Forwards: 70\r\n")],
    );
}

#[test]
fn content_length_is_added_where_a_datagram_had_none() {
    check_in(
        &REQUEST.replace("l: 4\r\n", ""),
        |r| {
            r.ensure_content_length();
        },
        &[("070\r\n", "070\r\nContent-Length: 4\r\n")],
    );
    check(
        |r| {
            r.ensure_content_length();
        },
        &[],
    );
}

#[test]
fn only_the_credentials_for_our_realm_are_removed() {
    let own = "Proxy-Authorization: digest REALM = \"ours\" , username=\"a\"\r\n";
    let other = "Proxy-Authorization: Digest username=\"a\", realm=\"theirs\"\r\n";
    check_in(
        &REQUEST.replace("l: 4", &format!("{other}{own}l: 4")),
        |r| {
            r.remove_credentials(HeaderName::ProxyAuthorization, "ours");
        },
        &[(own, "")],
    );
}

#[test]
fn a_response_has_no_request_uri_to_set() {
    let response = REQUEST.replace("INVITE sip:bob@example.com SIP/2.0", "SIP/2.0 200 OK");
    check_in(
        &response,
        |r| {
            r.set_request_uri("sip:x").pop_via();
        },
        &[("SIP/2.0/UDP a:5060;rport ;branch=z9hG4bK1 , ", "")],
    );
}
