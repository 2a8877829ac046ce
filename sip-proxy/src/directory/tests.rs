//! The directory without a database: what is remembered, shared, forgotten and refused.

use super::*;

struct Setup {
    directory: Arc<Directory>,
    queue: mpsc::Receiver<Key>,
    inboxes: Vec<crate::inbox::Inbox>,
}

fn setup() -> Setup {
    let (inboxes, receivers) = Inboxes::new(2, 64);
    let resolver = Resolver::new(&[]).expect("a resolver");
    let (directory, queue) = Directory::new(100, resolver, inboxes, AllCounters::new(2), Handle::current());
    directory.loader_connected(true);
    Setup { directory, queue, inboxes: receivers }
}

fn name(text: &str) -> SipId {
    SipId::parse(text).expect("a name")
}

fn alias(text: &str) -> Lookup {
    Lookup::Alias(name(text))
}

fn is_alias_of(asked: &Asked, target: Option<&str>) -> bool {
    matches!(asked, Asked::Answered(Answer::Alias(found)) if *found == target.map(name))
}

#[tokio::test]
async fn a_question_asked_twice_is_loaded_once_and_answered_to_both() {
    let mut t = setup();
    assert!(matches!(t.directory.ask(0, AskId(1), alias("a@example.com")), Asked::Later));
    assert!(matches!(t.directory.ask(1, AskId(2), alias("a@example.com")), Asked::Later));
    let key = t.queue.recv().await.expect("queued");
    assert!(t.queue.try_recv().is_err(), "loaded once");
    t.directory.loaded(key, Loaded::Alias(Some(name("b@example.com")))).await;
    for (inbox, wanted) in t.inboxes.iter_mut().zip([AskId(1), AskId(2)]) {
        match inbox.recv().await.map(|(_, delivery)| delivery) {
            Some(Delivery::Answer { id, answer: Answer::Alias(Some(target)) }) => {
                assert_eq!((id, target), (wanted, name("b@example.com")));
            }
            other => panic!("no answer: {other:?}"),
        }
    }
    assert!(is_alias_of(&t.directory.ask(0, AskId(3), alias("a@example.com")), Some("b@example.com")));
}

#[tokio::test]
async fn what_is_absent_is_remembered_too_until_it_changes() {
    let mut t = setup();
    assert!(matches!(t.directory.ask(0, AskId(1), alias("a@example.com")), Asked::Later));
    let key = t.queue.recv().await.expect("queued");
    t.directory.loaded(key.clone(), Loaded::Alias(None)).await;
    assert!(is_alias_of(&t.directory.ask(0, AskId(2), alias("a@example.com")), None));
    t.directory.forget(&key);
    assert!(matches!(t.directory.ask(0, AskId(3), alias("a@example.com")), Asked::Later));
}

#[tokio::test]
async fn what_changes_while_it_is_read_is_answered_but_not_kept() {
    for everything in [false, true] {
        let mut t = setup();
        assert!(matches!(t.directory.ask(0, AskId(1), alias("a@example.com")), Asked::Later));
        let key = t.queue.recv().await.expect("queued");
        if everything {
            t.directory.forget_all();
        } else {
            t.directory.forget(&key);
        }
        t.directory.loaded(key, Loaded::Alias(Some(name("old@example.com")))).await;
        assert!(t.inboxes[0].recv().await.is_some());
        assert!(matches!(t.directory.ask(0, AskId(2), alias("a@example.com")), Asked::Later));
    }
}

#[tokio::test]
async fn without_a_database_the_known_is_served_and_the_unknown_unavailable() {
    let mut t = setup();
    assert!(matches!(t.directory.ask(0, AskId(1), alias("a@example.com")), Asked::Later));
    let key = t.queue.recv().await.expect("queued");
    t.directory.loaded(key, Loaded::Alias(None)).await;
    t.directory.loader_connected(false);
    assert!(is_alias_of(&t.directory.ask(0, AskId(2), alias("a@example.com")), None));
    let unknown = t.directory.ask(0, AskId(3), alias("b@example.com"));
    assert!(matches!(unknown, Asked::Answered(Answer::Unavailable)));
}

#[tokio::test]
async fn a_load_that_fails_is_answered_and_not_remembered() {
    let mut t = setup();
    assert!(matches!(t.directory.ask(1, AskId(1), alias("a@example.com")), Asked::Later));
    let key = t.queue.recv().await.expect("queued");
    t.directory.failed(&key).await;
    let told = t.inboxes[1].recv().await.map(|(_, delivery)| delivery);
    assert!(matches!(told, Some(Delivery::Answer { id: AskId(1), answer: Answer::Unavailable })), "{told:?}");
    assert!(matches!(t.directory.ask(1, AskId(2), alias("a@example.com")), Asked::Later));
}

#[tokio::test]
async fn domains_are_unavailable_until_they_were_read() {
    let t = setup();
    let lookup = || Lookup::Domain(DomainName::parse("example.com").expect("a domain"));
    assert!(matches!(t.directory.ask(0, AskId(1), lookup()), Asked::Answered(Answer::Unavailable)));
    assert!(!t.directory.is_ready());
    t.directory.set_domains([Domain {
        name: DomainName::parse("example.com").expect("a domain"),
        customer: 1,
        reseller: 2,
    }]);
    assert!(matches!(t.directory.ask(0, AskId(1), lookup()), Asked::Answered(Answer::Domain(Some(_)))));
    t.directory.set_domains([]);
    assert!(matches!(t.directory.ask(0, AskId(1), lookup()), Asked::Answered(Answer::Domain(None))));
}

/// The table holds 100 entries of a kind. Phones ask again and again, whoever tries names at random asks for each once.
#[tokio::test]
async fn a_flood_of_names_that_nobody_has_takes_bounded_memory_and_does_not_push_out_what_is_used() {
    let t = setup();
    let used: Vec<SipId> = (0..40).map(|number| name(&format!("used{number}@example.com"))).collect();
    let known =
        |t: &Setup, aor: &SipId| matches!(t.directory.ask(0, AskId(1), Lookup::Alias(aor.clone())), Asked::Answered(_));
    for aor in &used {
        t.directory.loaded(Key::Alias(aor.clone()), Loaded::Alias(None)).await;
        assert!(known(&t, aor) && known(&t, aor));
    }
    for number in 0..10_000 {
        t.directory.loaded(Key::Alias(name(&format!("random{number}@example.com"))), Loaded::Alias(None)).await;
    }
    assert!(t.directory.sizes().2 <= 100);
    t.directory.loader_connected(false);
    let left = used.iter().filter(|aor| known(&t, aor)).count();
    assert_eq!(left, used.len());
}
