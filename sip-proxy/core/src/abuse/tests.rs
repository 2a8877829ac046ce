//! The rules on virtual time.

use super::*;
use crate::test_clock::start;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn guard(settings: GuardSettings) -> (Guard, Instant) {
    let start = start();
    (Guard::new(settings, [1, 2], start), start)
}

fn account(name: &str) -> SipId {
    SipId::parse(&format!("{name}@example.com")).unwrap()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn a_source_may_send_a_burst_and_then_its_rate() {
    let (guard, start) =
        guard(GuardSettings { source_messages_per_s: 10, source_burst: 5, ..GuardSettings::default() });
    let from = ip("192.0.2.1");
    let passed =
        |at: Instant, count: usize| (0..count).filter(|_| guard.admit(at, from, false) == Admission::Pass).count();
    assert_eq!(passed(start, 20), 5);
    assert_eq!(guard.admit(start, ip("192.0.2.2"), false), Admission::Pass, "others do not notice");
    // It owes at most as much again, so that after a second it is heard again, at its rate.
    assert_eq!(passed(start + ms(1000), 20), 5);
    assert!((5..=20).contains(&passed(start + ms(5000), 20)));
}

#[test]
fn one_ipv6_subscriber_is_one_source_and_a_mapped_address_is_its_ipv4_address() {
    assert_eq!(Source::of(ip("2001:db8:1:2:3::4")), Source::of(ip("2001:db8:1:2:ffff::1")));
    assert_ne!(Source::of(ip("2001:db8:1:2::1")), Source::of(ip("2001:db8:1:3::1")));
    assert_eq!(Source::of(ip("::ffff:192.0.2.1")), Source::of(ip("192.0.2.1")));
    assert_ne!(Source::of(ip("192.0.2.1")), Source::of(ip("192.0.2.2")));
}

#[test]
fn networks_are_read_written_and_contain_what_they_should() {
    for (text, written, inside, outside) in [
        ("192.0.2.7/24", "192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
        ("192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
        ("2001:db8::1/64", "2001:db8::/64", "2001:db8::ffff", "2001:db8:0:1::"),
        ("::1", "::1", "::1", "::2"),
        ("0.0.0.0/0", "0.0.0.0/0", "192.0.2.1", "2001:db8::1"),
    ] {
        let network: Network = text.parse().unwrap();
        assert_eq!(network.to_string(), written);
        assert_eq!(written.parse(), Ok(network));
        assert!(network.contains(ip(inside)) && !network.contains(ip(outside)), "{text}");
    }
    for text in ["", "192.0.2", "192.0.2.1/33", "2001:db8::/129", "host", "192.0.2.1/"] {
        assert_eq!(text.parse::<Network>(), Err(BadNetwork), "{text}");
    }
}

#[test]
fn wrong_answers_ban_a_source_for_a_while() {
    let (guard, start) = guard(GuardSettings { wrong_max: 3, ..GuardSettings::default() });
    let from = ip("192.0.2.1");
    assert_eq!(guard.wrong_answer(start, from, Some(&account("a")), 7), None);
    assert_eq!(guard.wrong_answer(start, from, Some(&account("b")), 7), None);
    let ban = guard.wrong_answer(start, from, Some(&account("c")), 7).expect("banned");
    assert_eq!(ban.network.to_string(), "192.0.2.1");
    assert_eq!(guard.admit(start, from, true), Admission::Banned);
    assert_eq!(guard.admit(start + ms(3_599_000), from, false), Admission::Banned);
    assert_eq!(guard.admit(start + ms(3_600_000), from, false), Admission::Pass);
    assert_eq!(guard.admit(start, ip("192.0.2.2"), false), Admission::Pass);
}

#[test]
fn wrong_answers_that_are_far_apart_ban_nobody() {
    let (guard, start) = guard(GuardSettings { wrong_max: 3, wrong_window: ms(1000), ..GuardSettings::default() });
    for second in 0..20 {
        assert_eq!(guard.wrong_answer(start + ms(600 * second), ip("192.0.2.1"), None, 7), None);
    }
}

#[test]
fn a_source_that_proved_itself_and_one_that_is_never_banned_are_exempt() {
    let settings = GuardSettings {
        wrong_max: 2,
        never_banned: vec!["198.51.100.0/24".parse().unwrap()],
        proved_for: ms(10_000),
        source_messages_per_s: 1,
        source_burst: 1,
        ..GuardSettings::default()
    };
    let (guard, start) = guard(settings);
    let (office, trunk) = (ip("192.0.2.1"), ip("198.51.100.9"));
    guard.proved(start, office);
    for _ in 0..10 {
        assert_eq!(guard.wrong_answer(start, office, Some(&account("a")), 7), None);
        assert_eq!(guard.wrong_answer(start, trunk, Some(&account("a")), 7), None);
        assert_eq!(guard.admit(start, office, false), Admission::Pass, "nor is it limited");
    }
    let later = start + ms(10_000);
    assert!(!guard.has_proved(later, office));
    assert_eq!(guard.wrong_answer(later, office, None, 7), None);
    assert!(guard.wrong_answer(later, office, None, 7).is_some());
}

#[test]
fn an_account_that_is_guessed_at_is_not_looked_at_from_there_even_behind_an_exempt_address() {
    let (guard, start) = guard(GuardSettings { wrong_max: 3, ..GuardSettings::default() });
    let (office, other) = (ip("192.0.2.1"), ip("192.0.2.2"));
    guard.proved(start, office);
    for _ in 0..3 {
        assert!(guard.may_try(start, office, Some(&account("alice")), 7));
        guard.wrong_answer(start, office, Some(&account("alice")), 7);
    }
    assert!(!guard.may_try(start, office, Some(&account("alice")), 7));
    assert!(guard.may_try(start, office, Some(&account("bob")), 7), "others behind that address go on");
    assert!(guard.may_try(start, other, Some(&account("alice")), 7), "nobody is locked out from elsewhere");
    assert!(guard.may_try(start, office, Some(&account("alice")), 8), "a new password may be tried");
    assert!(guard.may_try(start + ms(601_000), office, Some(&account("alice")), 7));
}

#[test]
fn a_nonce_tells_whose_answer_it_is() {
    let (guard, _) = guard(GuardSettings::default());
    let (asked, forged) = (ip("192.0.2.1"), ip("192.0.2.2"));
    let marked = guard.marked("0123456789abcdef".to_owned(), asked);
    assert_eq!(guard.unmarked(marked.as_bytes(), asked), (&b"0123456789abcdef"[..], true));
    assert_eq!(guard.unmarked(marked.as_bytes(), forged), (&b"0123456789abcdef"[..], false));
    assert!(!guard.unmarked(b"made up", asked).1);
    assert!(!guard.unmarked(b"", asked).1);
    assert!(!guard.unmarked("0123456789abcdef\u{e9}\u{e9}\u{e9}\u{e9}".as_bytes(), asked).1);
}

#[test]
fn bans_are_bounded_listed_in_pages_and_lifted() {
    let start = start();
    let bans = Bans::new(3);
    let ban = |text: &str, ends: Option<Instant>| Ban {
        network: text.parse().unwrap(),
        reason: "by hand".into(),
        node: "one".into(),
        since: start,
        ends,
    };
    assert!(bans.add(start, ban("192.0.2.1", Some(start + ms(10)))));
    assert!(bans.add(start, ban("198.51.100.0/24", None)));
    assert!(bans.add(start, ban("2001:db8::/64", None)));
    assert!(!bans.add(start, ban("192.0.2.9", None)), "as many as there may be");
    assert!(bans.add(start + ms(10), ban("192.0.2.9", None)), "one has ended meanwhile");
    let (now, networks) =
        (start + ms(10), |list: Vec<Ban>| list.iter().map(|b| b.network.to_string()).collect::<Vec<_>>());
    let first = bans.list(now, None, 2);
    let rest = bans.list(now, first.last().map(|ban| ban.network), 2);
    assert_eq!(networks([first, rest].concat()), ["192.0.2.9", "198.51.100.0/24", "2001:db8::/64"]);
    assert!(bans.is_banned(now, ip("198.51.100.77")) && bans.is_banned(now, ip("2001:db8::5")));
    assert!(bans.lift("198.51.100.0/24".parse().unwrap()));
    assert!(!bans.lift("198.51.100.0/24".parse().unwrap()));
    assert!(!bans.is_banned(now, ip("198.51.100.77")));
    bans.replace([ban("192.0.2.50", None)]);
    assert_eq!(bans.len(), 1);
    assert!(bans.is_banned(now, ip("192.0.2.50")) && !bans.is_banned(now, ip("192.0.2.9")));
}

#[test]
fn a_flood_of_forged_sources_takes_nobodys_proof_away() {
    let (guard, start) = guard(GuardSettings { sources_max: 512, ..GuardSettings::default() });
    guard.proved(start, ip("192.0.2.1"));
    for number in 0..100_000_u32 {
        guard.admit(start + ms(u64::from(number)), std::net::Ipv4Addr::from(0x0a00_0000 + number).into(), false);
    }
    assert!(guard.has_proved(start + ms(100_000), ip("192.0.2.1")));
}

#[test]
fn scanners_are_known_by_the_beginning_of_their_names() {
    let (guard, _) = guard(GuardSettings { scanners: vec!["friendly-scanner".to_owned()], ..GuardSettings::default() });
    assert!(guard.is_scanner(b"friendly-scanner") && guard.is_scanner(b"Friendly-Scanner/0.3"));
    assert!(!guard.is_scanner(b"") && !guard.is_scanner(b"Yealink friendly-scanner"));
}

/// A queue that is worked off makes some messages wait long and others not at all: nothing is shed.
#[test]
fn a_burst_that_is_worked_off_sheds_nothing() {
    let start = start();
    let mut load = Load::new(LoadSettings::default());
    for round in 0..50 {
        for wait in (0..100).rev() {
            assert_eq!(load.waited(start + ms(round * 100 + 100 - wait), ms(wait)), Shed::Nothing);
        }
    }
}

/// A queue that stands: strangers first, then everybody, and back as it goes.
#[test]
fn a_standing_queue_sheds_strangers_then_all_that_is_new_and_recovers_by_itself() {
    let start = start();
    let mut load = Load::new(LoadSettings::default());
    let mut levels = Vec::new();
    for at in 0..400 {
        let level = load.waited(start + ms(at), ms(60));
        if levels.last() != Some(&level) {
            levels.push(level);
        }
    }
    assert_eq!(levels, [Shed::Nothing, Shed::Strangers, Shed::New]);
    for at in 400..800 {
        let level = load.waited(start + ms(at), ms(5));
        if levels.last() != Some(&level) {
            levels.push(level);
        }
    }
    assert_eq!(levels[3..], [Shed::Strangers, Shed::Nothing]);
    load.waited(start + ms(900), ms(60));
    load.idle();
    assert_eq!(load.level(), Shed::Nothing);
    assert!(load.is_too_late_to_answer(ms(500)) && !load.is_too_late_to_answer(ms(499)));
}

#[test]
fn what_has_begun_and_what_calls_for_help_is_told_from_what_begins() {
    let numbers = ["112", "911"].map(Into::into).to_vec();
    let (guard, _) = guard(GuardSettings { emergency_numbers: numbers, ..GuardSettings::default() });
    for (text, kind) in [
        ("SIP/2.0 200 OK\r\n", Kind::UnderWay),
        ("sip/2.0 200 OK\r\n", Kind::UnderWay),
        ("ACK sip:a@b SIP/2.0\r\nTo: <sip:a@b>\r\n", Kind::UnderWay),
        ("CANCEL sip:a@b SIP/2.0\r\n", Kind::UnderWay),
        ("BYE sip:a@b SIP/2.0\r\n", Kind::UnderWay),
        ("INVITE sip:a@b SIP/2.0\r\nt : \"x;tag=1\" <sip:a@b;tag=2>\r\n", Kind::New),
        ("INVITE sip:a@b SIP/2.0\r\nt : <sip:a@b> ; TAG = 2\r\n", Kind::UnderWay),
        ("INVITE sip:a@b SIP/2.0\r\nTo: sip:a@b;tag=2\r\n", Kind::UnderWay),
        ("INVITE urn:service:sos.fire SIP/2.0\r\n\r\n", Kind::Emergency),
        ("INVITE sip:112@b SIP/2.0\r\n\r\n", Kind::Emergency),
        ("INVITE tel:911;phone-context=x SIP/2.0\r\n\r\n", Kind::Emergency),
        ("INVITE sip:1120@b SIP/2.0\r\n\r\n", Kind::New),
        ("INVITE sip:999@b SIP/2.0\r\n\r\n", Kind::New),
        ("INVITE sip:a@b SIP/2.0\r\nResource-Priority: wps.0, esnet.1\r\n\r\n", Kind::Emergency),
        ("REGISTER sip:b SIP/2.0\r\n\r\nTo: <sip:a@b>;tag=1\r\n", Kind::New),
        ("\r\n", Kind::New),
    ] {
        assert_eq!(guard.glance(text.as_bytes()), kind, "{text}");
    }
}

/// A core that sheds, and what it answers.
struct Shedding {
    core: crate::Core,
    start: Instant,
}

impl Shedding {
    fn new(level: Shed, silent: bool) -> Shedding {
        let start = start();
        let listener = crate::Listener::new(crate::Transport::Udp, "192.0.2.100:5060".parse().unwrap());
        let shared = crate::Shared::new(&[1; 32], start);
        shared.guard.proved(start, ip("192.0.2.1"));
        let mut core = crate::Core::new(crate::Settings::new(vec![listener]).into(), shared.into(), 1);
        core.set_shed(level, silent);
        Shedding { core, start }
    }

    /// The status that a request is answered with at once; none if it is worked on or dropped.
    fn status(&mut self, from: &str, first: &str, to: &str) -> Option<u16> {
        let flow = crate::Flow::udp(crate::ListenerId(0), std::net::SocketAddr::new(ip(from), 5060));
        let method = first.split(' ').next().unwrap();
        let text = format!(
            "{first} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{from}{method}{to}\r\nFrom: <sip:a@x.org>;tag=1\r\n\
             To: <sip:b@x.org>{to}\r\nCall-ID: {from}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        );
        self.core.handle(self.start, crate::Input::Received { flow, bytes: text.into() });
        let mut status = None;
        while let Some(command) = self.core.poll() {
            if let crate::Command::Send { bytes, .. } = command {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                assert!(!text.starts_with("SIP/2.0 503") || text.contains("Retry-After: "), "{text}");
                status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
            }
        }
        status
    }
}

/// RFC 3261 §21.5.4: what begins something is refused, that of strangers first; what has begun and calls for help are not.
#[test]
fn strangers_are_refused_before_those_who_proved_themselves_and_calls_for_help_never() {
    let mut some = Shedding::new(Shed::Strangers, false);
    assert_eq!(some.status("192.0.2.9", "INVITE sip:b@x.org", ""), Some(503));
    assert_eq!(some.status("192.0.2.9", "REGISTER sip:x.org", ""), Some(503));
    assert_eq!(some.status("192.0.2.1", "MESSAGE sip:b@x.org", ""), None);
    let mut all = Shedding::new(Shed::New, false);
    assert_eq!(all.status("192.0.2.1", "MESSAGE sip:b@x.org", ""), Some(503));
    assert_eq!(all.status("192.0.2.9", "BYE sip:b@x.org", ";tag=2"), None);
    assert_ne!(all.status("192.0.2.9", "INVITE urn:service:sos", ""), Some(503));
    let mut late = Shedding::new(Shed::New, true);
    assert_eq!(late.status("192.0.2.9", "INVITE sip:b@x.org", ""), None);
    let mut draining = Shedding::new(Shed::Nothing, false);
    draining.core.drain();
    assert_eq!(draining.status("192.0.2.1", "INVITE sip:b@x.org", ""), Some(503));
}
