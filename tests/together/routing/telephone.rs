//! Calls to and from the telephone network.

use super::{DOMAIN, Site, at, groups, outcome, refused_by};
use crate::soap::sip_id;

const NUMBER: &str = "0031208005161";

#[test]
fn f045_f049_f090_f044_who_may_call_the_telephone_network_is_said_by_groups_and_barred_prefixes() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", "");
    assert_eq!(outcome(&mut alice, NUMBER).status(), 403, "not in free-pstn");
    let member = |group: &str| format!("{}<group>{group}</group>", sip_id("sipId", "alice", DOMAIN));
    site.soap.must("Sip.addToGroup", &member("free-pstn"));
    let (offered, heard) = refused_by(&mut alice, NUMBER, &mut gateway, 486);
    assert_eq!((offered.uri().split('@').next(), heard.status()), (Some("sip:0031208005161"), 486));
    site.soap.must("Sip.addToGroup", &member("quota"));
    let refused = outcome(&mut alice, NUMBER);
    assert_eq!((refused.status(), refused.first()), (403, "SIP/2.0 403 Quota exceeded"));
    site.soap.must("Sip.removeFromGroup", &member("quota"));
    let barred =
        format!("{}<prefixes><item>+3190</item><item>+31208</item></prefixes>", sip_id("sipId", "alice", DOMAIN));
    site.soap.must("Sip.setBarringPrefixes", &barred);
    assert_eq!(outcome(&mut alice, "+31208005161").first(), "SIP/2.0 403 Barred number");
    let (_, heard) = refused_by(&mut alice, "+31301234567", &mut gateway, 404);
    assert_eq!(heard.status(), 404, "what the number answers is the answer");
}

#[test]
fn f105_f100_f106_routes_go_by_the_longest_prefix_the_originator_and_the_priority() {
    let site = Site::new();
    let mut alice = site.account("alice", &groups(&["free-pstn"]));
    let mut bob = site.account("bob", &groups(&["free-pstn"]));
    assert_eq!(outcome(&mut alice, NUMBER).first(), "SIP/2.0 404 No route to this number");
    let mut anywhere = site.way("anywhere", "", "");
    let mut second = site.way("second", "0031", "<priority>2</priority>");
    let mut first = site.way("first", "0031", "<priority>1</priority>");
    let mut bobs = site.way("bobs", "0031", &format!("<priority>9</priority><originator>bob@{DOMAIN}</originator>"));
    refused_by(&mut alice, "004930123456", &mut anywhere, 486);
    refused_by(&mut bob, NUMBER, &mut bobs, 486);
    let call = alice.invite(&at(NUMBER), "", true);
    let offered = first.next("INVITE");
    first.answer(&offered, 503, "");
    let offered = second.next("INVITE");
    assert!(offered.uri().ends_with(&format!(":{}", second.port())), "{}", offered.uri());
    second.answer(&offered, 200, "");
    assert_eq!(alice.outcome(&call).status(), 200);
}

#[test]
fn f107_f108_f102_a_call_is_offered_to_the_next_gateway_and_carrier_where_one_fails_or_says_nothing() {
    let site = Site::new();
    let mut alice = site.account("alice", &groups(&["free-pstn"]));
    let [mut silent, mut broken, mut spare] = [(); 3].map(|()| site.bare());
    let (one, other) = (site.carrier("one"), site.carrier("other"));
    site.gateway(&one, "silent", silent.port());
    site.gateway(&one, "broken", broken.port());
    site.gateway(&other, "spare", spare.port());
    site.route(&one, "0031", "<priority>1</priority>");
    site.route(&other, "0031", "<priority>2</priority>");
    let call = alice.invite(&at(NUMBER), "", true);
    let unanswered = silent.next("INVITE");
    let offered = broken.next("INVITE");
    broken.answer(&offered, 500, "");
    let offered = spare.next("INVITE");
    // What the silent one says after all is told that nobody waits.
    silent.answer(&unanswered, 180, "");
    silent.next("CANCEL");
    spare.answer(&offered, 200, "");
    let answered = alice.outcome(&call);
    assert_eq!(answered.status(), 200);
    alice.within(&call, &answered, "ACK", 2);
    spare.next("ACK");
    alice.within(&call, &answered, "BYE", 3);
    let bye = spare.next("BYE");
    spare.answer(&bye, 200, "");
}

#[test]
fn f109_f112_numbers_are_written_for_a_gateway_as_its_rules_say() {
    let site = Site::new();
    let mut alice = site.account("alice", &groups(&["free-pstn"]));
    let mut line = site.bare();
    let carrier = site.carrier("carrier");
    let gateway = site.gateway(&carrier, "gateway", line.port());
    site.route(&carrier, "", "");
    site.rule(&gateway, "<prefix>00</prefix><strip>2</strip><prepend>+</prepend>");
    site.rule(&gateway, "<prefix>0031</prefix><strip>4</strip><prepend>0</prepend><maxLength>13</maxLength>");
    for (dialled, written) in [
        ("0031208005161", "0208005161"),
        ("+31208005161", "0208005161"),
        ("+12025550123", "+12025550123"),
        ("00312080051611", "+312080051611"),
    ] {
        let (offered, _) = refused_by(&mut alice, dialled, &mut line, 486);
        assert_eq!(offered.uri(), format!("sip:{written}@127.0.0.1:{}", line.port()), "{dialled}");
    }
}

#[test]
fn f047_f055_the_caller_is_shown_by_its_number_or_hidden() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", &(groups(&["free-pstn"]) + "<rpid>31208005161</rpid>"));
    let (offered, _) = refused_by(&mut alice, NUMBER, &mut gateway, 486);
    assert_eq!(offered.headers("P-Asserted-Identity"), [format!("<sip:31208005161@{DOMAIN}>")]);
    assert!(offered.headers("Privacy").is_empty() && offered.headers("Proxy-Authorization").is_empty());
    site.update("alice", &(groups(&["free-pstn", "anonymous"]) + "<rpid>31208005162</rpid>"));
    let (offered, _) = refused_by(&mut alice, NUMBER, &mut gateway, 486);
    assert_eq!(offered.headers("P-Asserted-Identity"), [format!("<sip:31208005162@{DOMAIN}>")]);
    assert_eq!(offered.headers("Privacy"), ["id"]);
}

#[test]
fn f046_f208_f209_f210_f211_help_is_reached_in_the_callers_region_even_by_a_blocked_account() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", &(groups(&["blocked"]) + "<region>010</region>"));
    let sql = format!(
        "INSERT INTO emergency_mapping (username, domain, region, target) VALUES \
         ('112', '{DOMAIN}', '010', 'sip:0031101120000@{DOMAIN}'), ('112', '{DOMAIN}', '', 'sip:0031201120000@{DOMAIN}')"
    );
    crate::platform::sql(&site.platform, &sql);
    site.soap.unknown.set(true);
    let (offered, _) = refused_by(&mut alice, "112", &mut gateway, 486);
    assert!(offered.uri().starts_with("sip:0031101120000@"), "{}", offered.uri());
    assert_eq!(outcome(&mut alice, NUMBER).status(), 403, "no other call");
    site.update("alice", &(groups(&["blocked"]) + "<region>020</region>"));
    let (offered, _) = refused_by(&mut alice, "112", &mut gateway, 486);
    assert!(offered.uri().starts_with("sip:0031201120000@"), "{}", offered.uri());
}

#[test]
fn f138_f139_f142_f144_a_number_of_an_own_range_goes_where_it_leads_before_any_route() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", &groups(&["free-pstn"]));
    let mut bob = site.phone("bob", "");
    let range = "<range><id><prefix>312080051</prefix><tld>e164.arpa</tld></id><minDigits>11</minDigits><maxDigits>11</maxDigits></range>";
    site.soap.must("Enum.addRange", range);
    refused_by(&mut alice, NUMBER, &mut gateway, 486);
    let mapping = |target: &str, priority: u8| {
        format!("<item><type>sip</type><mapto>{target}</mapto><priority>{priority}</priority></item>")
    };
    site.soap.must(
        "Enum.addNumber",
        &format!(
            "<number><id><number>31208005161</number><tld>e164.arpa</tld></id><mappings>{}{}</mappings></number>",
            mapping(&at("nobody"), 9),
            mapping(&at("bob"), 1)
        ),
    );
    let (_, heard) = refused_by(&mut alice, "+31208005161", &mut bob, 486);
    assert_eq!(heard.status(), 486);
    site.soap.must("Enum.deleteNumber", "<enumId><number>31208005161</number><tld>e164.arpa</tld></enumId>");
    refused_by(&mut alice, NUMBER, &mut gateway, 486);
}

#[test]
fn f059_short_numbers_become_long_ones_by_the_quick_dial_prefix() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", &(groups(&["free-pstn"]) + "<quickdialPrefix>3120800</quickdialPrefix>"));
    let (offered, _) = refused_by(&mut alice, "5161", &mut gateway, 486);
    assert!(offered.uri().starts_with("sip:0031208005161@"), "{}", offered.uri());
    let mut own = site.phone("5161", "");
    refused_by(&mut alice, "5161", &mut own, 486);
}

#[test]
fn f110_a_trusted_peers_numbers_are_written_as_provisioned_and_go_on_where_it_has_transit() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut other = site.way("others", "0031", "<originator>peering</originator>");
    let mut bob = site.phone("bob", "");
    site.soap.must("Enum.addRange", "<range><id><prefix>31208005</prefix><tld>e164.arpa</tld></id></range>");
    site.soap.must(
        "Enum.addNumber",
        &format!(
            "<number><id><number>31208005161</number><tld>e164.arpa</tld></id><mappings><item><type>sip</type><mapto>{}</mapto>\
             </item></mappings></number>",
            at("bob")
        ),
    );
    // Everybody in this test has the same address, so the accounts' phones are done before the peer is one.
    let peer = |more: &str| {
        format!("<peer><ip>127.0.0.1</ip><protocol>any</protocol><description>x</description>{more}</peer>")
    };
    site.soap.must("Sip.addTrustedPeer", &peer("<strip>1</strip><prefix>00</prefix>"));
    let mut carrier = site.bare();
    let here = site.platform.sip;
    let caller = "<sip:+4930123456@carrier.invalid>";
    let call = carrier.invite_as(caller, &format!("sip:931208005161@{here}"), "", false);
    let offered = bob.next("INVITE");
    bob.answer(&offered, 486, "");
    assert_eq!(carrier.outcome(&call).status(), 486);
    let call = carrier.invite_as(caller, &format!("sip:9493012345@{here}"), "", false);
    let refused = carrier.outcome(&call);
    assert_eq!(refused.status(), 403, "no transit");
    site.soap.must("Sip.deleteTrustedPeer", "<ip>127.0.0.1</ip>");
    site.soap.must(
        "Sip.addTrustedPeer",
        &peer("<strip>1</strip><prefix>00</prefix><transit>true</transit><originator>peering</originator>"),
    );
    carrier.invite_as(caller, &format!("sip:931301234567@{here}"), "", false);
    let offered = other.next("INVITE");
    assert!(offered.uri().starts_with("sip:0031301234567@"), "{}", offered.uri());
    other.answer(&offered, 486, "");
    carrier.invite_as(caller, &format!("sip:94930123456@{here}"), "", false);
    let offered = gateway.next("INVITE");
    gateway.answer(&offered, 486, "");
    site.soap.must("Sip.deleteTrustedPeer", "<ip>127.0.0.1</ip>");
    site.soap.must("Sip.addTrustedPeer", &peer("<blocked>1</blocked>"));
    let call = carrier.invite_as(caller, &format!("sip:931208005161@{here}"), "", false);
    assert_eq!(carrier.outcome(&call).status(), 403, "blocked");
}

#[test]
fn f101_routes_of_one_priority_share_the_load() {
    let site = Site::new();
    let mut alice = site.account("alice", &groups(&["free-pstn"]));
    let mut lines = [site.way("one", "0031", ""), site.way("other", "0031", "")];
    let mut counts = [0; 2];
    // Which of the two a call goes to follows from its Call-ID alone; that one of them gets none of 40 happens in one of 2^39 runs.
    for _ in 0..40 {
        let call = alice.invite(&at(NUMBER), "", true);
        let place = crate::line::first_of(&mut lines);
        counts[place] += 1;
        assert_eq!(alice.outcome(&call).status(), 486);
    }
    assert!(counts[0] > 0 && counts[1] > 0, "{counts:?}");
}
