//! What a network can send: guesses, scanners, floods. Whoever does it is slowed or banned, on all nodes; nobody else notices.

use std::time::Duration;

use test_support::ScratchDb;

use crate::attacker::{Attacker, answer_to};
use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{self, PATIENCE, Proxy};

/// How long silence is listened to: what is to be heard instead is looked for without a bound.
const SILENCE: Duration = Duration::from_millis(50);

fn status(answer: Option<&String>) -> Option<&str> {
    answer.map(|answer| answer.split(' ').nth(1).unwrap_or_default())
}

/// A counter, as /metrics shows it.
pub(crate) fn counter(proxy: &Proxy, name: &str) -> u64 {
    let page = proxy.get("/metrics").unwrap_or_default();
    let line = page.lines().find_map(|line| line.strip_prefix(&format!("sip_proxy_{name} ")).map(str::to_owned));
    line.and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// What `sip-proxy ctl` says.
pub(crate) fn ctl(proxy: &Proxy, arguments: &[&str]) -> String {
    let output = proxy::run(&[&["ctl"], arguments].concat(), Some(&proxy.config()));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Sends until the proxy has dropped something of this source's unread.
fn is_banned(proxy: &mut Proxy, attacker: &mut Attacker) {
    let before = counter(proxy, "messages_banned_total");
    let text = attacker.text("OPTIONS", "alice", "");
    proxy.wait_until("what a banned source sends is dropped", |proxy| {
        attacker.send(text.as_bytes());
        counter(proxy, "messages_banned_total") > before
    });
}

fn is_heard(proxy: &mut Proxy, attacker: &mut Attacker) {
    let text = attacker.text("OPTIONS", "alice", "");
    proxy.wait_until("it is heard", |_| attacker.ask(&text, SILENCE).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_passwords_is_banned_on_all_nodes_until_the_ban_is_lifted() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let few = "[abuse]\nwrong_passwords = 5\nunlimited = []\n";
    let mut one = Proxy::start_with(&db.proxy_url(), few);
    let mut two = Proxy::start_with(&db.proxy_url(), few);
    let mut attacker = Attacker::at("127.0.0.66", one.sip);
    // Known and unknown users are guessed at and told the same.
    let (known, unknown) = (attacker.guess("alice", "a"), attacker.guess("nobody", "a"));
    assert_eq!((status(known.as_ref()), status(unknown.as_ref())), (Some("401"), Some("401")));
    for password in ["b", "c", "d"] {
        attacker.guess("alice", password);
    }
    is_banned(&mut one, &mut attacker);
    attacker.at_proxy(two.sip);
    is_banned(&mut two, &mut attacker);
    assert_eq!(Phone::udp(one.sip, "alice", "wonder").register().status, 200, "others do not notice");

    let listed: serde_json::Value = serde_json::from_str(&ctl(&two, &["bans", "--json"])).expect("JSON");
    assert_eq!(listed["items"][0]["source"], "127.0.0.66");
    assert_eq!(listed["items"][0]["reason"], "wrong passwords");
    assert!(listed["items"][0]["ends_in_s"].as_u64().is_some_and(|ends| (3000..=3600).contains(&ends)), "{listed}");
    ctl(&two, &["bans", "lift", "127.0.0.66"]);
    is_heard(&mut two, &mut attacker);
    attacker.at_proxy(one.sip);
    is_heard(&mut one, &mut attacker);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_by_hand_holds_a_network_is_kept_over_a_restart_and_ends_by_itself() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut attacker = Attacker::at("127.0.7.66", proxy.sip);
    is_heard(&mut proxy, &mut attacker);
    ctl(&proxy, &["bans", "add", "127.0.7.0/24", "--reason", "a test"]);
    is_banned(&mut proxy, &mut attacker);
    assert!(ctl(&proxy, &["bans"]).contains("127.0.7.0/24"));
    proxy.kill();
    proxy.run_again();
    proxy.wait_until_ready();
    is_banned(&mut proxy, &mut attacker);
    ctl(&proxy, &["bans", "add", "127.0.7.0/24", "--for-s", "1"]);
    is_heard(&mut proxy, &mut attacker);
    let refused = proxy::run(&["ctl", "bans", "add", "nonsense"], Some(&proxy.config()));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("write 192.0.2.1"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_that_are_not_answered_and_foreign_nonces_ban_nobody() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_with(&db.proxy_url(), "[abuse]\nwrong_passwords = 3\n");
    let mut phone = Attacker::at("127.0.0.67", proxy.sip);
    let mut elsewhere = Attacker::at("127.0.0.68", proxy.sip);
    let text = elsewhere.text("REGISTER", "alice", "");
    let others = elsewhere.ask(&text, PATIENCE).expect("a challenge");
    for _ in 0..6 {
        let plain = phone.text("REGISTER", "alice", "");
        assert_eq!(status(phone.ask(&plain, PATIENCE).as_ref()), Some("401"));
        // A nonce that was made for another address may have been sent by anybody in this one's name.
        let foreign = phone.text("REGISTER", "alice", &answer_to(&others, "REGISTER", "alice", "wrong"));
        assert_eq!(status(phone.ask(&foreign, PATIENCE).as_ref()), Some("401"));
        let old = others.replace("nonce=\"", "nonce=\"00");
        let stale = phone.text("REGISTER", "alice", &answer_to(&old, "REGISTER", "alice", "wrong"));
        assert_eq!(status(phone.ask(&stale, PATIENCE).as_ref()), Some("401"));
    }
    assert_eq!(status(phone.guess("alice", "wonder").as_ref()), Some("200"));
    assert_eq!(counter(&proxy, "bans"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_an_address_that_proved_itself_guesses_are_stopped_and_others_go_on() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start_with(&db.proxy_url(), "[abuse]\nwrong_passwords = 4\n");
    let mut office = Attacker::at("127.0.0.69", proxy.sip);
    assert_eq!(status(office.guess("bob", "builder").as_ref()), Some("200"));
    for password in ["a", "b", "c", "d"] {
        assert_eq!(status(office.guess("alice", password).as_ref()), Some("401"));
    }
    assert_eq!(status(office.guess("alice", "wonder").as_ref()), Some("401"), "it came too late");
    assert_eq!(status(office.guess("bob", "builder").as_ref()), Some("200"));
    assert_eq!(
        Phone::udp(proxy.sip, "alice", "wonder").register().status,
        200,
        "from elsewhere alice is not locked out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_scanner_hears_nothing() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut scanner = Attacker::at("127.0.0.70", proxy.sip);
    "friendly-scanner".clone_into(&mut scanner.agent);
    for extension in 1000..1020 {
        let text = scanner.text("REGISTER", &extension.to_string(), "");
        scanner.send(text.as_bytes());
    }
    let text = scanner.text("OPTIONS", "alice", "");
    proxy.wait_until("all was read", |proxy| counter(proxy, "requests_of_scanners_total") >= 20);
    assert_eq!(scanner.ask(&text, SILENCE), None);
    let sources: serde_json::Value = serde_json::from_str(&ctl(&proxy, &["sources", "--json"])).expect("JSON");
    assert_eq!(sources["items"][0]["source"], "127.0.0.70");
    assert!(sources["items"][0]["scanner"].as_u64() >= Some(20), "{sources}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_sends_too_much_is_limited_and_others_are_not() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let limits = "[abuse]\nsource_messages_per_s = 1\nsource_burst = 30\nunlimited = []\n";
    let mut proxy = Proxy::start_with(&db.proxy_url(), limits);
    let mut flood = Attacker::at("127.0.0.71", proxy.sip);
    for _ in 0..10 {
        flood.send(b"rubbish\r\n\r\n");
    }
    let text = flood.text("OPTIONS", "alice", "");
    proxy.wait_until("the flood is limited", |proxy| {
        flood.send(text.as_bytes());
        counter(proxy, "messages_limited_total") > 0
    });
    assert_eq!(Phone::udp(proxy.sip, "alice", "wonder").register().status, 200);
    let sources: serde_json::Value = serde_json::from_str(&ctl(&proxy, &["sources", "--json"])).expect("JSON");
    let flood = sources["items"].as_array().and_then(|all| all.iter().find(|item| item["source"] == "127.0.0.71"));
    let malformed = flood.and_then(|flood| flood["malformed"].as_u64()).expect("it is listed");
    assert!((1..=10).contains(&malformed), "{sources}");
}

/// Who is provisioned as a peer sends for many, and knows by itself what it may.
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_peer_is_neither_limited_nor_banned() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let limits = "[abuse]\nsource_messages_per_s = 1\nsource_burst = 5\nunlimited = []\n";
    let mut proxy = Proxy::start_with(&db.proxy_url(), limits);
    let mut carrier = Attacker::at("127.0.0.73", proxy.sip);
    ctl(&proxy, &["bans", "add", "127.0.0.73"]);
    is_banned(&mut proxy, &mut carrier);
    db.execute("INSERT INTO trusted_peers (ip) VALUES ('127.0.0.73')").await;
    is_heard(&mut proxy, &mut carrier);
    for _ in 0..30 {
        let text = carrier.text("OPTIONS", "alice", "");
        assert_eq!(status(carrier.ask(&text, PATIENCE).as_ref()), Some("200"));
    }
    db.execute("DELETE FROM trusted_peers").await;
    is_banned(&mut proxy, &mut carrier);
}

/// RFC 3261 §8.2.7 and §26.3.2.4: what nobody has proved to want is answered without keeping anything, and with no more than must be said.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_by_our_answers_to_what_was_sent_in_its_name() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start(&db.proxy_url());
    let mut forged = Attacker::at("127.0.0.72", proxy.sip);
    forged.agent = String::new();
    for (method, demanded) in
        [("OPTIONS", "Allow: "), ("REGISTER", "WWW-Authenticate: "), ("INVITE", "-"), ("MESSAGE", "-")]
    {
        let text = forged.text(method, "alice", "");
        let answer = forged.ask(&text, PATIENCE).expect("an answer");
        let spared: usize = answer.lines().filter(|line| line.starts_with(demanded)).map(|line| line.len() + 2).sum();
        // A tag, `received` and the port, which the RFCs demand, are the rest.
        assert!(answer.len() - spared <= text.len() + 100, "{method}: {} for {}:\n{answer}", answer.len(), text.len());
        assert!(!answer.contains("Accept:") && !answer.contains("Supported:"), "{answer}");
        if answer.starts_with("SIP/2.0 4") && method == "INVITE" {
            let acknowledged = text.replace("INVITE", "ACK");
            forged.send(acknowledged.as_bytes());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_registrations_calls_and_counters_and_captures_a_call() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let (mut alice, mut bob) = (Phone::udp(proxy.sip, "alice", "wonder"), Phone::udp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    let listed = ctl(&proxy, &["registrations"]);
    assert!(listed.contains("alice@example.com") && listed.contains(&bob.contact()), "{listed}");
    let page: serde_json::Value =
        serde_json::from_str(&ctl(&proxy, &["registrations", "--limit", "1", "--json"])).expect("JSON");
    let next = page["next"].as_str().expect("another page").to_owned();
    let rest: serde_json::Value =
        serde_json::from_str(&ctl(&proxy, &["registrations", "--after", &next, "--json"])).expect("JSON");
    assert_ne!(page["items"][0]["address"], rest["items"][0]["address"]);
    assert!(ctl(&proxy, &["registrations", "bob@example.com"]).contains(&bob.contact()));

    let file = proxy.config().with_file_name("call.pcap");
    let mut capture = proxy::begin(
        &["ctl", "capture", "--user", "alice", "--seconds", "3600", "--pcap", &file.display().to_string()],
        &proxy.config(),
    );
    proxy.wait_until("the capture has begun", |_| std::fs::metadata(&file).is_ok_and(|file| file.len() >= 24));
    alice.call("bob");
    let invite = bob.called();
    proxy.wait_until("the call is listed", |proxy| ctl(proxy, &["calls"]).contains("ringing"));
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    proxy.wait_until("the call is listed no more", |proxy| ctl(proxy, &["calls"]).contains("0 in all"));
    let has = |text: &str| {
        let bytes = std::fs::read(&file).expect("a file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    proxy.wait_until("the whole call is in the file", |_| has("486 Busy Here") && has("INVITE sip:bob"));
    capture.kill().expect("killed");
    capture.wait().expect("gone");
    let bytes = std::fs::read(&file).expect("a file");
    assert_eq!(bytes[..4], 0xa1b2_c3d4_u32.to_le_bytes());

    let counters: serde_json::Value = serde_json::from_str(&ctl(&proxy, &["counters", "--json"])).expect("JSON");
    assert!(counters["messages_received_udp"].as_u64() > Some(4), "{counters}");
    let help = proxy::run(&["ctl", "--help"], None);
    assert!(String::from_utf8_lossy(&help.stdout).contains("sip-proxy ctl bans lift"), "it teaches by examples");
    let nobody = proxy::run(&["ctl", "--socket", "/nonexistent/control.sock", "calls"], None);
    assert_eq!(nobody.status.code(), Some(69));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_a_user_are_a_ladder_in_the_log_when_the_settings_say_so() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start_with(&db.proxy_url(), "ladders = [\"alice@example.com\"]\n");
    let (mut alice, mut bob) = (Phone::udp(proxy.sip, "alice", "wonder"), Phone::udp(proxy.sip, "bob", "builder"));
    assert_eq!((alice.register().status, bob.register().status), (200, 200));
    alice.call("bob");
    let invite = bob.called();
    bob.answer(&invite, "486 Busy Here");
    assert_eq!(alice.final_answer("INVITE").status, 486);
    proxy.wait_until("the refusal is in the ladder", |proxy| {
        let log = proxy.log();
        let rung =
            |wanted: &str| log.lines().any(|l| l.contains("\"ladder\"") && l.contains("call.id") && l.contains(wanted));
        rung("INVITE sip:bob@example.com") && rung("486 Busy Here")
    });
}
