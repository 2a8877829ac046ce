//! The location table: what readers see, what changes, what is freed.

use super::*;
use crate::flow::ListenerId;
use crate::test_clock::start;

fn binding(contact: &str, expires_at: Instant) -> Binding {
    let texts =
        BindingTexts { contact: contact.as_bytes(), call_id: b"id", user_agent: b"phone", ..Default::default() };
    let flow = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap());
    Binding::new(texts, flow, 1, expires_at).unwrap()
}

fn aor() -> SipId {
    SipId::parse("alice@example.com").unwrap()
}

fn contacts(bindings: &[Binding]) -> Vec<&str> {
    bindings.iter().map(|b| std::str::from_utf8(b.contact()).unwrap()).collect()
}

fn put(table: &Locations, now: Instant, all: Vec<Binding>) {
    table.update(&aor(), now, |_| Ok::<_, TooLong>(Some(all))).unwrap();
}

#[test]
fn the_texts_of_a_binding_come_back_as_they_went_in() {
    let texts = BindingTexts {
        contact: b"sip:a@192.0.2.1",
        params: b";+sip.instance=\"<urn:x>\"",
        call_id: b"abc@x",
        path: b"<sip:p;lr>",
        user_agent: b"Phone 1",
    };
    let flow = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap());
    let b = Binding::new(texts, flow, 7, start()).unwrap();
    let back = BindingTexts {
        contact: b.contact(),
        params: b.params(),
        call_id: b.call_id(),
        path: b.path(),
        user_agent: b.user_agent(),
    };
    assert_eq!(back, texts);
    assert_eq!(Binding::new(BindingTexts { path: &[b'x'; TEXT_MAX + 1], ..texts }, flow, 7, start()), Err(TooLong));
}

#[test]
fn readers_never_see_what_has_expired() {
    let (table, now) = (Locations::new(), start());
    put(&table, now, vec![binding("a", now + Duration::from_secs(10)), binding("b", now + Duration::from_secs(20))]);
    assert_eq!(contacts(&table.get(&aor(), now).unwrap()), ["a", "b"]);
    assert_eq!(contacts(&table.get(&aor(), now + Duration::from_secs(10)).unwrap()), ["b"]);
    assert!(table.get(&aor(), now + Duration::from_secs(20)).is_none());
}

#[test]
fn a_refused_change_changes_nothing() {
    let (table, now) = (Locations::new(), start());
    put(&table, now, vec![binding("a", now + Duration::from_secs(10))]);
    assert_eq!(table.update(&aor(), now, |_| Err::<Option<Vec<Binding>>, _>(TooLong)), Err(TooLong));
    assert_eq!(contacts(&table.get(&aor(), now).unwrap()), ["a"]);
}

#[test]
fn a_round_of_sweeps_frees_all_that_has_expired() {
    let (table, now) = (Locations::new(), start());
    put(&table, now, vec![binding("a", now + Duration::from_secs(10)), binding("b", now + Duration::from_secs(20))]);
    let round = |at| (0..PARTS).flat_map(|_| table.sweep(at)).collect::<Vec<_>>();
    assert!(round(now).is_empty());
    let changed = round(now + Duration::from_secs(15));
    assert_eq!((changed.len(), contacts(&changed[0].1)), (1, vec!["b"]));
    assert_eq!(round(now + Duration::from_secs(25))[0].1.len(), 0);
    assert!(table.is_empty());
}

#[test]
fn remaining_seconds_are_rounded_up() {
    let now = start();
    let b = binding("a", now + Duration::from_millis(1500));
    assert_eq!(b.remaining_s(now), 2);
    assert_eq!(b.remaining_s(now + Duration::from_millis(1500)), 0);
}

/// The target for a whole process is 600 octets a binding; the table's own share must leave room for the account and the rest.
#[test]
fn an_ordinary_binding_takes_less_than_300_octets() {
    const COUNT: usize = 20_000;
    let table = Locations::new();
    for number in 0..COUNT {
        let contact = format!("sip:user{number:06}@127.0.0.1:23200;transport=UDP");
        let params = format!(";+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-{number:012}>\"");
        let texts = BindingTexts {
            contact: contact.as_bytes(),
            params: params.as_bytes(),
            call_id: b"1a2b3c.1f.7d0b4321@bench",
            path: b"",
            user_agent: b"BenchPhone 1.0 (bench)",
        };
        let flow = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap());
        let aor = SipId::parse(&format!("user{number:06}@example.com")).unwrap();
        table.restore(&aor, &[Binding::new(texts, flow, 7, start()).unwrap()]);
    }
    let each = table.resident() / COUNT;
    assert!(each < 300, "{each}");
}
