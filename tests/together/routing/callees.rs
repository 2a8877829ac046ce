//! What the called account wants of its calls.

use super::{DOMAIN, Site, at, groups, outcome, refused_by};
use crate::soap::sip_id;

#[test]
fn f083_f084_f086_calls_are_forwarded_in_the_order_of_the_guide() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let [mut bob, mut always, mut away, mut offline] =
        ["bob", "always", "away", "offline"].map(|user| site.phone(user, ""));
    let rules = |groups: &str| {
        format!(
            "{}<rules><persistent/><temporary><groups><item>{groups}</item></groups><duration>60</duration></temporary></rules>",
            sip_id("sipId", "bob", DOMAIN)
        )
    };
    let forward = |condition: &str, to: &str| format!("<{condition}>{}</{condition}>", at(to));
    // Not available goes before unconditionally.
    site.divert("bob", &(forward("FUNC", "always") + &forward("FUNV", "away")));
    site.soap.must("Sip.setAcceptRules", &rules("nobody"));
    let (offered, _) = refused_by(&mut alice, "bob", &mut away, 486);
    assert_eq!(offered.headers("Diversion"), [format!("<sip:bob@{DOMAIN}>;reason=unavailable")]);
    site.soap.must("Sip.setAcceptRules", &rules("everybody"));
    let (offered, _) = refused_by(&mut alice, "bob", &mut always, 486);
    assert_eq!(offered.headers("Diversion"), [format!("<sip:bob@{DOMAIN}>;reason=unconditional")]);
    // Not online is for who has no phone, and after those two.
    site.divert("bob", &forward("FNOL", "offline"));
    refused_by(&mut alice, "bob", &mut bob, 486);
    site.account("carol", "");
    site.divert("carol", &forward("FNOL", "offline"));
    let (offered, _) = refused_by(&mut alice, "carol", &mut offline, 486);
    assert_eq!(offered.headers("Diversion"), [format!("<sip:carol@{DOMAIN}>;reason=unavailable")]);
    site.divert("carol", "");
    assert_eq!(outcome(&mut alice, "carol").status(), 480);
}

#[test]
fn f088_f061_f084_f093_busy_and_no_answer_are_forwarded_after_the_call_has_failed() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let [mut bob, mut carol] = ["bob", "carol"].map(|user| site.phone(user, "<timeout>1</timeout>"));
    site.divert("bob", &format!("<FBUS>{0}</FBUS><FNOA>{0}</FNOA>", at("carol")));
    let call = alice.invite(&at("bob"), "", true);
    let offered = bob.next("INVITE");
    bob.answer(&offered, 486, "");
    let offered = carol.next("INVITE");
    assert_eq!(offered.headers("Diversion"), [format!("<sip:bob@{DOMAIN}>;reason=user-busy")]);
    carol.answer(&offered, 200, "");
    assert_eq!(alice.outcome(&call).status(), 200);
    let call = alice.invite(&at("bob"), "", true);
    let ringing = bob.next("INVITE");
    bob.answer(&ringing, 180, "");
    let offered = carol.next("INVITE");
    assert_eq!(offered.headers("Diversion"), [format!("<sip:bob@{DOMAIN}>;reason=no-answer")]);
    let cancel = bob.next("CANCEL");
    bob.answer(&cancel, 200, "");
    bob.answer(&ringing, 487, "");
    carol.answer(&offered, 603, "");
    assert_eq!(alice.outcome(&call).status(), 603);
}

#[test]
fn f085_calls_are_redirected_so_that_the_caller_sends_them() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let mut bob = site.phone("bob", "");
    let elsewhere = "sip:bob@elsewhere.example";
    let contact = format!("<{elsewhere}>");
    for condition in ["RUNC", "RBUS", "RNOA"] {
        site.divert("bob", &format!("<{condition}>{elsewhere}</{condition}>"));
        let call = alice.invite(&at("bob"), "", true);
        match condition {
            "RBUS" => {
                let offered = bob.next("INVITE");
                bob.answer(&offered, 486, "");
            }
            "RNOA" => {
                let offered = bob.next("INVITE");
                bob.answer(&offered, 480, "");
            }
            _ => {}
        }
        let heard = alice.outcome(&call);
        assert_eq!((heard.status(), heard.header("Contact")), (302, contact.as_str()), "{condition}");
    }
    site.account("carol", "");
    site.divert("carol", &format!("<RNOL>{elsewhere}</RNOL><RUNV>sip:x@elsewhere.example</RUNV>"));
    let heard = outcome(&mut alice, "carol");
    assert_eq!((heard.status(), heard.header("Contact")), (302, contact.as_str()));
    let rule = format!(
        "{}<rules><persistent><item><days>127</days><start>00:00</start><stop>24:00</stop><groups><item>nobody</item></groups></item>\
         </persistent></rules>",
        sip_id("sipId", "carol", DOMAIN)
    );
    site.soap.must("Sip.setAcceptRules", &rule);
    let heard = outcome(&mut alice, "carol");
    assert_eq!((heard.status(), heard.header("Contact")), (302, "<sip:x@elsewhere.example>"));
}

#[test]
fn f084_diversions_that_go_round_end_and_say_so() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    for (user, to) in [("bob", "carol"), ("carol", "bob")] {
        site.account(user, "");
        site.divert(user, &format!("<FUNC>{}</FUNC>", at(to)));
    }
    assert_eq!(outcome(&mut alice, "bob").first(), "SIP/2.0 482 Diversions go round");
}

#[test]
fn f084_f045_a_diversion_to_the_telephone_network_is_the_diverting_accounts_call() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", "");
    site.account("bob", "<rpid>31208005161</rpid>");
    site.divert("bob", &format!("<FUNC>{}</FUNC>", at("0031301234567")));
    assert_eq!(outcome(&mut alice, "bob").status(), 403, "bob may not call there");
    site.update("bob", &(groups(&["free-pstn"]) + "<rpid>31208005161</rpid>"));
    let (offered, _) = refused_by(&mut alice, "bob", &mut gateway, 486);
    assert_eq!(offered.headers("P-Asserted-Identity"), [format!("<sip:31208005161@{DOMAIN}>")]);
    assert_eq!(offered.headers("Diversion"), [format!("<sip:bob@{DOMAIN}>;reason=unconditional")]);
}

#[test]
fn f087_f063_accept_rules_put_through_whom_they_name() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let mut boss = site.account("boss", "");
    let mut bob = site.phone("bob", "<timezone>Europe/Amsterdam</timezone>");
    let of = sip_id("sipId", "bob", DOMAIN);
    let entry = format!("{of}<entry><uri>boss@{DOMAIN}</uri><name>Boss</name><group>vip</group></entry>");
    site.soap.must("Sip.addPhonebookEntry", &entry);
    let always = |group: &str| {
        format!(
            "{of}<rules><persistent><item><days>127</days><start>00:00</start><stop>24:00</stop><groups><item>{group}</item></groups>\
             </item></persistent></rules>"
        )
    };
    site.soap.must("Sip.setAcceptRules", &always("vip"));
    assert_eq!(outcome(&mut alice, "bob").status(), 480);
    refused_by(&mut boss, "bob", &mut bob, 486);
    let gone = format!("{of}<uri>boss@{DOMAIN}</uri>");
    site.soap.must("Sip.deletePhonebookEntry", &gone);
    assert_eq!(outcome(&mut boss, "bob").status(), 480);
    site.soap.must("Sip.setAcceptRules", &always("everybody"));
    refused_by(&mut alice, "bob", &mut bob, 486);
}

#[test]
fn f089_f048_rejected_and_anonymous_callers_are_refused() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let mut carol = site.account("carol", "");
    let mut bob = site.phone("bob", "");
    let of = sip_id("sipId", "bob", DOMAIN);
    site.soap.must("Sip.setRejectMembers", &format!("{of}<members><item>{}</item></members>", at("alice")));
    assert_eq!(outcome(&mut alice, "bob").status(), 603);
    refused_by(&mut carol, "bob", &mut bob, 486);
    let hidden = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
    let mut stranger = site.bare();
    let call = stranger.invite_as(hidden, &at("bob"), "", false);
    let offered = bob.next("INVITE");
    bob.answer(&offered, 486, "");
    assert_eq!(stranger.outcome(&call).status(), 486);
    site.soap.must("Sip.addToGroup", &format!("{of}<group>anonymous-reject</group>"));
    let call = stranger.invite_as(hidden, &at("bob"), "", false);
    assert_eq!(stranger.outcome(&call).first(), "SIP/2.0 433 Anonymity Disallowed");
}

#[test]
fn f084_f150_a_call_is_diverted_to_the_accounts_own_mailbox() {
    let site = Site::new();
    let mut alice = site.account("alice", "");
    let mut server = site.bare();
    // The server is named by the customer that the domain belongs to.
    let reseller = site.soap.must(
        "Customer.addAccount",
        "<account><username>reseller</username><password>the reseller's password</password><resellerActive>true</resellerActive></account>",
    );
    let reseller = reseller.element("id").unwrap();
    site.soap.must(
        "Sip.addDomain",
        &format!("<domain><domain>voice.example.com</domain><customer>{reseller}</customer><reseller>{reseller}</reseller></domain>"),
    );
    let properties = |name: &str, value: &str| format!("<item><name>{name}</name><value>{value}</value></item>");
    site.soap.must(
        "Customer.setProperties",
        &format!(
            "<customer>{reseller}</customer><properties>{}{}</properties>",
            properties("voicemail_server", &format!("127.0.0.1:{}", server.port())),
            properties("voicemail_access_number", "1233")
        ),
    );
    let id = sip_id("id", "bob", "voice.example.com");
    site.soap.must("Sip.addAccount", &format!("<account>{id}<password>{}</password></account>", super::PASSWORD));
    let of = sip_id("sipId", "bob", "voice.example.com");
    site.soap.must(
        "Voicemail.addAccount",
        &format!("<account>{of}<mailbox>1000123</mailbox><password>1234</password></account>"),
    );
    site.soap
        .must("Sip.setCallDiversions", &format!("{of}<diversions><FNOL>&lt;voice-mailbox&gt;</FNOL></diversions>"));
    let call = alice.invite("sip:bob@voice.example.com", "", true);
    let offered = server.next("INVITE");
    assert_eq!(offered.uri(), format!("sip:1000123@127.0.0.1:{}", server.port()));
    server.answer(&offered, 486, "");
    assert_eq!(alice.outcome(&call).status(), 486);
    // And by the access number its holder hears it.
    let mut bob = site.line("bob", "voice.example.com");
    let call = bob.invite("sip:1233@voice.example.com", "", true);
    let offered = server.next("INVITE");
    assert_eq!(offered.uri(), format!("sip:1000123@127.0.0.1:{}", server.port()));
    server.answer(&offered, 486, "");
    assert_eq!(bob.outcome(&call).status(), 486);
}
