//! The writer's table and journal together, without a database.

use std::time::Duration;

use sip_core::locations::{Binding, BindingTexts};
use sip_core::{Flow, ListenerId, Transport};

use super::*;

struct Setup {
    dir: tempfile::TempDir,
    shared: Arc<Shared>,
    writer: LocationWriter,
}

fn open(dir: &Path) -> (Arc<Shared>, LocationWriter) {
    let shared = Arc::new(Shared::new(&[7; 32], clocks().now));
    let listeners = vec![Listener::new(Transport::Udp, std::net::SocketAddr::from(([127, 0, 0, 1], 5060)))];
    let writer = LocationWriter::open(dir, 1 << 20, Arc::clone(&shared), listeners, "node".to_owned(), Arc::default())
        .expect("opened");
    (shared, writer)
}

fn setup() -> Setup {
    let dir = tempfile::tempdir().expect("a scratch directory");
    let (shared, writer) = open(dir.path());
    Setup { dir, shared, writer }
}

fn name(text: &str) -> SipId {
    SipId::parse(text).expect("a name")
}

fn change(aor: &str, contacts: &[&str]) -> BindingChange {
    let flow = Flow::udp(ListenerId(0), std::net::SocketAddr::from(([192, 0, 2, 1], 5060)));
    let bindings: Vec<Binding> = contacts
        .iter()
        .map(|contact| {
            let texts = BindingTexts { contact: contact.as_bytes(), call_id: b"c", ..BindingTexts::default() };
            Binding::new(texts, flow, 1, clocks().now + Duration::from_secs(600)).expect("short")
        })
        .collect();
    BindingChange { aor: name(aor), bindings: bindings.into() }
}

fn contacts(shared: &Shared, aor: &str) -> Vec<String> {
    let found = shared.locations.get(&name(aor), clocks().now).unwrap_or_default();
    found.iter().map(|binding| String::from_utf8_lossy(binding.contact()).into_owned()).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let t = setup();
    t.writer.record(clocks().now, vec![change("a@example.com", &["sip:a@192.0.2.1"])]);
    t.writer.record(clocks().now, vec![change("b@example.com", &["sip:b@192.0.2.1"])]);
    t.writer.record(clocks().now, vec![change("b@example.com", &[])]);
    // Nothing is closed or flushed: what is on the disk now is what a kill leaves.
    let (shared, writer) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a@example.com"), ["sip:a@192.0.2.1"]);
    assert!(contacts(&shared, "b@example.com").is_empty());
    assert_eq!(writer.waiting(), 2, "both are still to be written, the removal too");
}

#[test]
fn the_journal_is_emptied_when_the_database_has_everything() {
    let t = setup();
    t.writer.record(clocks().now, vec![change("a@example.com", &["sip:a@192.0.2.1"])]);
    let taken = t.writer.take(10);
    t.writer.record(clocks().now, vec![change("a@example.com", &["sip:a@192.0.2.2"])]);
    t.writer.stored(&taken);
    assert_eq!(t.writer.waiting(), 1, "it changed again while it was being written");
    let full = t.writer.journal_bytes();
    t.writer.stored(&t.writer.take(10));
    assert_eq!(t.writer.waiting(), 0);
    assert!(t.writer.journal_bytes() < full);
    let (shared, _) = open(t.dir.path());
    assert!(contacts(&shared, "a@example.com").is_empty(), "the database would know it now");
}

#[test]
fn a_full_journal_is_rewritten_with_the_latest_sets() {
    let t = setup();
    // Much more than its bound of 1 MiB, about a handful of addresses.
    for round in 0..8_000 {
        let contact = format!("sip:a@192.0.2.1:{round}");
        t.writer.record(clocks().now, vec![change(&format!("a{}@example.com", round % 5), &[&contact])]);
    }
    assert!(t.writer.journal_bytes() <= 1 << 20);
    let (shared, _) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a4@example.com"), ["sip:a@192.0.2.1:7999"]);
    assert_eq!(contacts(&shared, "a0@example.com"), ["sip:a@192.0.2.1:7995"]);
}

#[test]
fn what_the_database_held_does_not_replace_what_is_newer() {
    let t = setup();
    t.writer.record(clocks().now, vec![change("gone@example.com", &[])]);
    let registered = change("a@example.com", &["sip:new@192.0.2.1"]);
    t.shared.locations.restore(registered.aor.clone(), registered.bindings.to_vec());
    let row = |aor: &str| {
        let old = change(aor, &["sip:old@192.0.2.1"]);
        StoredSet::of(&old.aor, &old.bindings, &t.writer.listeners, &clocks())
    };
    t.writer.restore([row("gone@example.com"), row("a@example.com"), row("b@example.com")]);
    assert!(contacts(&t.shared, "gone@example.com").is_empty());
    assert_eq!(contacts(&t.shared, "a@example.com"), ["sip:new@192.0.2.1"]);
    assert_eq!(contacts(&t.shared, "b@example.com"), ["sip:old@192.0.2.1"]);
}

#[test]
fn an_account_that_is_gone_leaves_no_contact_behind() {
    let t = setup();
    let registered = change("a@example.com", &["sip:a@192.0.2.1"]);
    t.shared.locations.restore(registered.aor.clone(), registered.bindings.to_vec());
    t.writer.record(clocks().now, vec![registered]);
    t.writer.forget(&name("a@example.com"));
    assert!(contacts(&t.shared, "a@example.com").is_empty());
    let (shared, _) = open(t.dir.path());
    assert!(contacts(&shared, "a@example.com").is_empty());
}
