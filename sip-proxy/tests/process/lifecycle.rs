//! Start, kill, end, and what is said when a start is impossible.

use test_support::{ScratchDb, StoppableDb};

use crate::client::Phone;
use crate::database::PROVISION;
use crate::proxy::{self, Proxy};

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_acknowledged_while_the_database_is_away_outlives_a_kill() {
    let db = StoppableDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut known = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(known.register().status, 200);
    db.stop();
    // Another phone of the same account: only the journal can know it.
    let mut second = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(second.register().status, 200);
    proxy.kill();
    db.start();
    proxy.run_again();
    proxy.wait_until_ready();
    let mut registered = known.registered();
    registered.sort();
    let mut wanted = vec![known.contact(), second.contact()];
    wanted.sort();
    assert_eq!(registered, wanted);
    proxy.wait_until("the database has them", |proxy| {
        proxy.get("/registrations").is_some_and(|body| body.contains("\"waiting_for_database\":0"))
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn started_without_its_database_it_says_so_to_phones_and_supervisors_and_recovers_by_itself() {
    let db = StoppableDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    db.stop();
    let mut second = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(second.register().status, 200);
    proxy.kill();
    proxy.run_again();
    proxy
        .wait_until("it serves without a database", |proxy| proxy.log().matches("SIP is served over tcp").count() == 2);
    let ready = proxy.get("/ready").expect("a page");
    assert!(ready.contains("\"ready\":false") && ready.contains("\"database\":false"), "{ready}");
    // Neither 404 nor 403: a phone that is told so may give up for good.
    let refused = second.ask();
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert!(!refused.headers("Retry-After").is_empty(), "{}", refused.text);
    db.start();
    proxy.wait_until_ready();
    let wanted = [alice.contact(), second.contact()];
    proxy.wait_until("both registrations are there", |proxy| {
        let answer = Phone::udp(proxy.sip, "alice", "wonder").ask();
        answer.status == 200 && wanted.iter().all(|contact| answer.text.contains(contact.as_str()))
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_there_after_a_kill_at_any_moment() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start(&db.proxy_url());
    let mut phone = Phone::tcp(proxy.sip, "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    proxy.kill();
    proxy.run_again();
    proxy.wait_until_ready();
    let contact = phone.contact();
    let mut again = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(again.registered(), [contact]);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_end_it_ends_with_zero_and_nothing_unwritten() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let mut proxy = Proxy::start_with(&db.proxy_url(), "");
    let mut phone = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(phone.register().status, 200);
    assert_eq!(proxy.terminate().code(), Some(0), "{}", proxy.log());
    let sets = store::locations::Locations::new(&db.proxy_url()).expect("a URL").load().await.expect("loaded");
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].locations[0].contact, phone.contact());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_proxy_on_the_same_address_or_state_is_refused_with_code_69() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start(&db.proxy_url());
    let refused = proxy::run(&[], Some(&proxy.config()));
    assert_eq!(refused.status.code(), Some(69));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("another sip-proxy uses it"), "{said}");

    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let text = std::fs::read_to_string(proxy.config()).expect("settings");
    let text = text.replace("/state\"", "/other\"");
    let config = elsewhere.path().join("proxy.toml");
    std::fs::write(&config, text).expect("written");
    let refused = proxy::run(&[], Some(&config));
    assert_eq!(refused.status.code(), Some(69));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let wanted = format!("SIP (sip.listen): cannot listen on {}", proxy.sip);
    assert!(said.contains(&wanted) && said.contains("stop the program that holds the address"), "{said}");
}

#[test]
fn a_start_that_fails_half_way_says_what_to_do_and_ends_with_69() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = dir.path().join("proxy.toml");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("bound");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("written");
    let cases = [
        ("state", taken, "HTTP cannot listen on", "stop the program that holds the address"),
        ("file/below", test_support::free_address(), "(sip.state_dir)", "start again"),
    ];
    for (state, http, what, remedy) in cases {
        let sip = test_support::free_address();
        let state = dir.path().join(state);
        let text = format!(
            "[sip]\nlisten = [\"{sip}\"]\nstate_dir = \"{}\"\n[http]\nlisten = \"{http}\"\n\
             [database]\nurl = \"postgres://p@127.0.0.1:1/d\"\n",
            state.display()
        );
        std::fs::write(&config, text).expect("written");
        let refused = proxy::run(&[], Some(&config));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(69), "{said}");
        assert!(said.contains(what) && said.contains(remedy), "{said}");
    }
}

#[test]
fn wrong_settings_end_with_code_78_and_wrong_usage_with_2() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = dir.path().join("proxy.toml");
    for (text, key) in
        [("[sip]\nlisten = []\n", "sip.listen"), ("[database]\nurl = \"postgres://p@h:port/d\"", "database.url")]
    {
        std::fs::write(&config, text).expect("written");
        for task in ["serve", "check-config"] {
            let refused = proxy::run(&[task], Some(&config));
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(78), "{task}: {said}");
            assert!(said.contains(key) && said.contains("proxy.toml"), "{said}");
        }
    }
    assert_eq!(proxy::run(&["dance"], None).status.code(), Some(2));
}

#[test]
fn the_sample_is_printed_and_passes_its_own_check() {
    let sample = proxy::run(&["sample-config"], None);
    assert_eq!(sample.status.code(), Some(0));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = dir.path().join("proxy.toml");
    let text = String::from_utf8(sample.stdout).expect("text").replace("url = \"\"", "url = \"postgres://p@h/d\"");
    std::fs::write(&config, text).expect("written");
    assert_eq!(proxy::run(&["check-config"], Some(&config)).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_was_done_and_what_was_lost() {
    let db = ScratchDb::new().await;
    db.execute(PROVISION).await;
    let proxy = Proxy::start(&db.proxy_url());
    let mut alice = Phone::udp(proxy.sip, "alice", "wonder");
    assert_eq!(alice.register().status, 200);
    alice.send(b"this is no SIP message\r\n\r\n");
    assert_eq!(alice.ask().status, 200);
    let page = proxy.get("/metrics").expect("a page");
    for line in [
        "sip_proxy_bindings_changed_total 1",
        "sip_proxy_messages_unreadable_total 1",
        "sip_proxy_udp_dropped_by_kernel 0",
        "sip_proxy_addresses_registered 1",
        "sip_proxy_database_connected 1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}:\n{page}");
    }
    assert!(!page.contains("alice"), "nobody is named");
}
