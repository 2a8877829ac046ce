//! Nonces: lifetime, counting, forgetting (RFC 7616 §3.3, §5.4, §5.5).

use super::*;
use crate::test_clock::start;
use proptest::prelude::*;
use std::collections::HashSet;

fn table(capacity: usize) -> (Nonces, Instant) {
    let now = start();
    (Nonces::new(&[7; 32], now, Duration::from_secs(300), capacity), now)
}

#[test]
fn a_nonce_is_accepted_once_for_each_count() {
    let (nonces, now) = table(100);
    let nonce = nonces.issue(now);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 1), NonceVerdict::Fresh);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 1), NonceVerdict::Replayed);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 2), NonceVerdict::Fresh);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 0), NonceVerdict::Replayed);
}

/// RFC 7616 §5.5: a server may accept counts out of order as long as none is accepted twice.
#[test]
fn counts_that_overtook_each_other_are_accepted_within_the_window() {
    let (nonces, now) = table(100);
    let nonce = nonces.issue(now);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 70), NonceVerdict::Fresh);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 7), NonceVerdict::Fresh);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 7), NonceVerdict::Replayed);
    assert_eq!(nonces.judge(now, nonce.as_bytes(), 6), NonceVerdict::Replayed);
}

#[test]
fn an_old_nonce_is_stale_and_one_of_another_secret_is_foreign() {
    let (nonces, now) = table(100);
    let nonce = nonces.issue(now);
    assert_eq!(nonces.judge(now + Duration::from_secs(300), nonce.as_bytes(), 1), NonceVerdict::Fresh);
    assert_eq!(nonces.judge(now + Duration::from_secs(301), nonce.as_bytes(), 2), NonceVerdict::Stale);
    let other = Nonces::new(&[8; 32], now, Duration::from_secs(300), 100).issue(now);
    assert_eq!(nonces.judge(now, other.as_bytes(), 1), NonceVerdict::Foreign);
    assert_eq!(nonces.judge(now, b"", 1), NonceVerdict::Foreign);
}

/// RFC 7616 §5.4, §5.5: processes that share the secret stand in for each other, and each refuses a replay of what it saw.
#[test]
fn a_nonce_of_one_process_is_good_at_another_with_its_secret_once_for_each_count() {
    let now = start();
    let process = |issuer| {
        let nonces = Nonces::new(&[7; 32], now, Duration::from_secs(300), 100).with_issuer(issuer);
        nonces.set_wall_clock(now, Duration::from_secs(1_700_000_000));
        nonces
    };
    let (one, two) = (process(1), process(2));
    let nonce = one.issue(now);
    assert_eq!(two.judge(now, nonce.as_bytes(), 1), NonceVerdict::Fresh);
    assert_eq!(two.judge(now, nonce.as_bytes(), 1), NonceVerdict::Replayed);
    assert_eq!(two.judge(now, nonce.as_bytes(), 2), NonceVerdict::Fresh);
    assert_eq!(two.judge(now + Duration::from_secs(301), nonce.as_bytes(), 3), NonceVerdict::Stale);
    two.set_secret(&[8; 32]);
    assert_eq!(two.judge(now, one.issue(now).as_bytes(), 1), NonceVerdict::Foreign);
}

/// RFC 7616 §5.5.
#[test]
fn what_was_issued_before_a_restart_is_not_accepted_after_it() {
    let now = start();
    let wall = Duration::from_secs(1_700_000_000);
    let before = Nonces::new(&[7; 32], now, Duration::from_secs(300), 100).with_issuer(1);
    before.set_wall_clock(now, wall);
    let nonce = before.issue(now);
    let later = Duration::from_secs(5);
    let after = Nonces::new(&[7; 32], now + later, Duration::from_secs(300), 100).with_issuer(2);
    after.set_wall_clock(now + later, wall + later);
    assert_eq!(after.judge(now + later, nonce.as_bytes(), 2), NonceVerdict::Stale);
}

#[test]
fn the_nonces_of_only_so_many_others_are_counted_at_one_time() {
    let (nonces, now) = table(100);
    let of = |issuer| Nonces::new(&[7; 32], now, Duration::from_secs(300), 100).with_issuer(issuer);
    for issuer in 1..=OTHERS_MAX as u32 {
        assert_eq!(nonces.judge(now, of(issuer).issue(now).as_bytes(), 1), NonceVerdict::Fresh);
    }
    assert_eq!(nonces.judge(now, of(1000).issue(now).as_bytes(), 1), NonceVerdict::Stale);
    let later = now + Duration::from_secs(301);
    assert_eq!(nonces.judge(later, of(1000).issue(later).as_bytes(), 1), NonceVerdict::Fresh);
}

#[test]
fn a_changed_digit_makes_a_nonce_foreign() {
    let (nonces, now) = table(100);
    let mut nonce = nonces.issue(now).into_bytes();
    for i in 0..nonce.len() {
        let kept = nonce[i];
        nonce[i] = if kept == b'0' { b'1' } else { b'0' };
        assert_eq!(nonces.judge(now, &nonce, 1), NonceVerdict::Foreign, "digit {i}");
        nonce[i] = kept;
    }
    assert_eq!(nonces.judge(now, &nonce, 1), NonceVerdict::Fresh);
}

#[test]
fn a_full_table_forgets_the_oldest_and_never_accepts_them_again() {
    // Of those that were used once many go into one row of bits.
    for (count, kept) in [(1, PARTS * ROW as usize), (2, PARTS)] {
        let (nonces, now) = table(PARTS);
        // The first serial is the second of its row.
        let all: Vec<_> = (1..3 * kept).map(|_| nonces.issue(now)).collect();
        for nonce in &all {
            assert_eq!(nonces.judge(now, nonce.as_bytes(), count), NonceVerdict::Fresh);
        }
        assert_eq!(nonces.used(), kept);
        for nonce in &all {
            assert_ne!(nonces.judge(now, nonce.as_bytes(), count), NonceVerdict::Fresh);
        }
    }
}

#[test]
fn a_nonce_that_is_used_again_after_its_first_count_keeps_both() {
    let (nonces, now) = table(100);
    let (first, second) = (nonces.issue(now), nonces.issue(now));
    for (nonce, count, verdict) in [
        (&first, 1, NonceVerdict::Fresh),
        (&first, 3, NonceVerdict::Fresh),
        (&first, 1, NonceVerdict::Replayed),
        (&first, 2, NonceVerdict::Fresh),
        (&first, 3, NonceVerdict::Replayed),
        (&second, 2, NonceVerdict::Fresh),
        (&second, 1, NonceVerdict::Fresh),
        (&second, 1, NonceVerdict::Replayed),
    ] {
        assert_eq!(nonces.judge(now, nonce.as_bytes(), count), verdict, "count {count}");
    }
    assert_eq!(nonces.used(), 2);
}

#[test]
fn nonces_that_are_used_once_share_rows_of_bits() {
    let (nonces, now) = table(10_000);
    for _ in 0..PARTS * ROW as usize {
        let nonce = nonces.issue(now);
        assert_eq!(nonces.judge(now, nonce.as_bytes(), 1), NonceVerdict::Fresh);
    }
    let rows: usize = nonces.own.parts.iter().map(|part| lock(part).once.len()).sum();
    assert!(rows <= 2 * PARTS && nonces.used() == PARTS * ROW as usize, "{rows}");
}

#[test]
fn expired_entries_leave_the_table() {
    for count in [1, 2] {
        let (nonces, now) = table(1000);
        for _ in 0..3 * PARTS * ROW as usize {
            let nonce = nonces.issue(now);
            nonces.judge(now, nonce.as_bytes(), count);
        }
        let later = now + Duration::from_secs(1000);
        for _ in 0..PARTS {
            let nonce = nonces.issue(later);
            assert_eq!(nonces.judge(later, nonce.as_bytes(), count), NonceVerdict::Fresh);
        }
        let kept = |part: &Part| part.used.len() + part.once.len();
        assert_eq!(nonces.own.parts.iter().map(|part| kept(&lock(part))).sum::<usize>(), PARTS);
    }
}

proptest! {
    #[test]
    fn no_count_is_ever_accepted_twice(counts in prop::collection::vec(0_u32..200, 1..300)) {
        let (nonces, now) = table(10);
        let nonce = nonces.issue(now);
        let mut accepted = HashSet::new();
        for count in counts {
            if nonces.judge(now, nonce.as_bytes(), count) == NonceVerdict::Fresh {
                prop_assert!(accepted.insert(count));
            }
        }
    }
}
