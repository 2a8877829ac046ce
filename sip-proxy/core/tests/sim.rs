//! A short simulation with fixed seeds; `make sim` runs longer ones.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "sim/mod.rs"]
mod sim;
#[path = "support/mod.rs"]
mod support;

#[test]
fn random_phones_over_a_bad_network_break_nothing() {
    for seed in 1..=6 {
        let tally = sim::run(seed, 400).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        assert!(tally.registrations > 0 && tally.calls_answered > 0 && tally.cancelled > 0, "seed {seed}: {tally:?}");
    }
}

#[test]
fn one_seed_is_one_story() {
    assert_eq!(sim::run(9, 100), sim::run(9, 100));
}
