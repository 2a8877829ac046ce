//! The writer's table and journal together, without a database.

use std::time::Duration;

use sip_core::locations::{Binding, BindingTexts};
use sip_core::{Flow, ListenerId, Transport};

use super::elsewhere::{Look, Row};
use super::record::StoredBinding;
use super::*;

pub(super) struct Setup {
    dir: tempfile::TempDir,
    shared: Arc<Shared>,
    pub(super) writer: LocationWriter,
}

fn open(dir: &Path) -> (Arc<Shared>, LocationWriter) {
    let shared = Arc::new(Shared::new(&[7; 32], clocks().now));
    let listeners = vec![Listener::new(Transport::Udp, std::net::SocketAddr::from(([127, 0, 0, 1], 5060)))];
    let writer =
        LocationWriter::open(dir, 1 << 20, Arc::clone(&shared), listeners, "node".to_owned(), None, Arc::default())
            .expect("opened");
    (shared, writer)
}

impl Setup {
    /// As a shard does: the table first, then the journal.
    pub(super) fn register(&self, change: BindingChange) {
        self.shared.locations.restore(&change.aor, &change.bindings);
        self.writer.record(clocks().now, vec![change]);
    }
}

pub(super) fn setup() -> Setup {
    let dir = tempfile::tempdir().expect("a scratch directory");
    let (shared, writer) = open(dir.path());
    Setup { dir, shared, writer }
}

fn name(text: &str) -> SipId {
    SipId::parse(text).expect("a name")
}

pub(super) fn change(aor: &str, contacts: &[&str]) -> BindingChange {
    let flow = Flow::udp(ListenerId(0), std::net::SocketAddr::from(([192, 0, 2, 1], 5060)));
    let bindings: Vec<Binding> = contacts
        .iter()
        .map(|contact| {
            let texts = BindingTexts { contact: contact.as_bytes(), call_id: b"c", ..BindingTexts::default() };
            Binding::new(texts, flow, 1, clocks().now + Duration::from_secs(600)).expect("short")
        })
        .collect();
    BindingChange { aor: name(aor), bindings: bindings.into(), taken_over: Vec::new() }
}

fn contacts(shared: &Shared, aor: &str) -> Vec<String> {
    let found = shared.locations.get(&name(aor), clocks().now).unwrap_or_default();
    found.iter().map(|binding| String::from_utf8_lossy(binding.contact()).into_owned()).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let t = setup();
    t.register(change("a@example.com", &["sip:a@192.0.2.1"]));
    t.register(change("b@example.com", &["sip:b@192.0.2.1"]));
    t.register(change("b@example.com", &[]));
    // Nothing is closed or flushed: what is on the disk now is what a kill leaves.
    let (shared, writer) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a@example.com"), ["sip:a@192.0.2.1"]);
    assert!(contacts(&shared, "b@example.com").is_empty());
    assert_eq!(writer.waiting(), 2, "both are still to be written, the removal too");
}

#[test]
fn of_two_changes_that_come_in_the_wrong_order_the_later_one_is_kept() {
    let t = setup();
    let (first, second) =
        (change("a@example.com", &["sip:a@192.0.2.1"]), change("a@example.com", &["sip:a@192.0.2.2"]));
    t.shared.locations.restore(&second.aor, &second.bindings);
    t.writer.record(clocks().now, vec![second]);
    t.writer.record(clocks().now, vec![first]);
    let (shared, _) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a@example.com"), ["sip:a@192.0.2.2"]);
}

#[test]
fn the_journal_is_emptied_when_the_database_has_everything() {
    let t = setup();
    t.register(change("a@example.com", &["sip:a@192.0.2.1"]));
    let taken = t.writer.take(10);
    t.register(change("a@example.com", &["sip:a@192.0.2.2"]));
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
        t.register(change(&format!("a{}@example.com", round % 5), &[&contact]));
    }
    assert!(t.writer.journal_bytes() <= 1 << 20);
    let (shared, _) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a4@example.com"), ["sip:a@192.0.2.1:7999"]);
    assert_eq!(contacts(&shared, "a0@example.com"), ["sip:a@192.0.2.1:7995"]);
}

/// A contact as the database has it.
fn row(ours: bool, contact: &str) -> Row {
    let end = clocks().unix_ms(clocks().now) + 600_000;
    (ours, StoredBinding { expires_unix_ms: end, ..StoredBinding::sample(contact) })
}

#[test]
fn what_the_database_held_does_not_replace_what_is_newer() {
    let t = setup();
    t.register(change("gone@example.com", &[]));
    t.register(change("a@example.com", &["sip:new@192.0.2.1"]));
    for aor in ["gone@example.com", "a@example.com", "b@example.com"] {
        t.writer.merge(&name(aor), &[row(true, "sip:old@192.0.2.1")], true);
    }
    assert!(contacts(&t.shared, "gone@example.com").is_empty());
    assert_eq!(contacts(&t.shared, "a@example.com"), ["sip:new@192.0.2.1"]);
    assert_eq!(contacts(&t.shared, "b@example.com"), ["sip:old@192.0.2.1"]);
}

#[test]
fn what_others_hold_stands_beside_what_is_held_here_and_is_not_written_by_us() {
    let t = setup();
    let aor = name("a@example.com");
    t.register(change("a@example.com", &["sip:here@192.0.2.1"]));
    t.writer.merge(&aor, &[row(false, "sip:there@192.0.2.1"), row(true, "sip:outdated@192.0.2.1")], false);
    assert_eq!(contacts(&t.shared, "a@example.com"), ["sip:here@192.0.2.1", "sip:there@192.0.2.1"]);
    let all = t.shared.locations.get(&aor, clocks().now).expect("both");
    t.writer.record(clocks().now, vec![BindingChange { aor, bindings: all, taken_over: Vec::new() }]);
    let (shared, _) = open(t.dir.path());
    assert_eq!(contacts(&shared, "a@example.com"), ["sip:here@192.0.2.1"]);
}

#[test]
fn a_contact_that_moved_is_dropped_here_unless_it_came_back_meanwhile() {
    let t = setup();
    let aor = name("a@example.com");
    t.register(change("a@example.com", &["sip:a@192.0.2.1", "sip:b@192.0.2.1"]));
    t.writer.stored(&t.writer.take(10));
    let rows = [row(false, "sip:a@192.0.2.1"), row(true, "sip:b@192.0.2.1")];
    t.writer.merge(&aor, &rows, false);
    let elsewhere = |t: &Setup| -> Vec<(String, bool)> {
        let all = t.shared.locations.get(&name("a@example.com"), clocks().now).unwrap_or_default();
        all.iter().map(|b| (String::from_utf8_lossy(b.contact()).into_owned(), b.elsewhere)).collect()
    };
    assert_eq!(elsewhere(&t), [("sip:b@192.0.2.1".to_owned(), false), ("sip:a@192.0.2.1".to_owned(), true)]);
    // It registers here again, and what is read before that is written says nothing about it.
    let mut back = change("a@example.com", &["sip:a@192.0.2.1", "sip:b@192.0.2.1"]);
    back.taken_over = vec![b"sip:a@192.0.2.1"[..].into()];
    t.register(back);
    t.writer.merge(&aor, &rows, false);
    assert_eq!(elsewhere(&t), [("sip:a@192.0.2.1".to_owned(), false), ("sip:b@192.0.2.1".to_owned(), false)]);
    // All of it goes through another process.
    t.writer.stored(&t.writer.take(10));
    t.writer.merge(&aor, &[], false);
    assert!(elsewhere(&t).is_empty());
}

#[test]
fn what_was_removed_through_us_does_not_come_back_before_that_is_written() {
    let t = setup();
    let aor = name("a@example.com");
    t.writer.merge(&aor, &[row(false, "sip:there@192.0.2.1")], false);
    let mut removed = change("a@example.com", &[]);
    removed.taken_over = vec![b"sip:there@192.0.2.1"[..].into()];
    t.register(removed);
    t.writer.merge(&aor, &[row(false, "sip:there@192.0.2.1")], false);
    assert!(contacts(&t.shared, "a@example.com").is_empty());
    assert_eq!(t.writer.take(10)[0].change.taken_over.len(), 1);
}

#[test]
fn while_nobody_can_be_asked_what_others_hold_goes_on() {
    let t = setup();
    let aor = name("a@example.com");
    let (_, mut there) = row(false, "sip:there@192.0.2.1");
    there.expires_unix_ms = clocks().unix_ms(clocks().now) + 1_000;
    t.writer.merge(&aor, &[(false, there)], false);
    let end =
        |t: &Setup| t.shared.locations.get(&name("a@example.com"), clocks().now).expect("it stands")[0].expires_at;
    let before = end(&t);
    t.writer.not_seen(vec![aor.clone()]);
    assert!(end(&t) > before + Duration::from_secs(20));
    assert_eq!(t.writer.next_look(10), Look::At(vec![aor]));
}

#[test]
fn after_the_loss_of_its_last_writes_the_database_is_given_all_that_is_held_here() {
    let t = setup();
    t.register(change("a@example.com", &["sip:a@192.0.2.1"]));
    t.writer.merge(&name("b@example.com"), &[row(false, "sip:there@192.0.2.1")], false);
    t.writer.stored(&t.writer.take(10));
    t.writer.write_everything();
    let taken = t.writer.take(10);
    assert_eq!(taken.iter().map(|taken| taken.change.aor.to_string()).collect::<Vec<_>>(), ["a@example.com"]);
    // What it says meanwhile does not count against us.
    t.writer.merge(&name("a@example.com"), &[], false);
    assert_eq!(contacts(&t.shared, "a@example.com"), ["sip:a@192.0.2.1"]);
}

#[test]
fn an_account_that_is_gone_leaves_no_contact_behind() {
    let t = setup();
    let registered = change("a@example.com", &["sip:a@192.0.2.1"]);
    t.register(registered);
    t.writer.forget(&name("a@example.com"));
    assert!(contacts(&t.shared, "a@example.com").is_empty());
    let (shared, _) = open(t.dir.path());
    assert!(contacts(&shared, "a@example.com").is_empty());
}
