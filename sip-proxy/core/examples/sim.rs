//! `sim [--seed N] [--runs N] [--steps N]`: simulates random phones against the core, one run a seed, from that seed on.

#![expect(clippy::expect_used, reason = "a simulation fails by panicking")]
#![expect(clippy::print_stdout, reason = "it tells what it did")]

#[path = "../tests/sim/mod.rs"]
mod sim;
#[path = "../tests/support/mod.rs"]
mod support;

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut seed, mut runs, mut steps) = (1, 20, 1000);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
        match (name.as_str(), value) {
            ("--seed", Some(value)) => seed = value,
            ("--runs", Some(value)) => runs = value,
            ("--steps", Some(value)) => steps = u32::try_from(value).unwrap_or(u32::MAX),
            _ => {
                println!("sim [--seed N] [--runs N] [--steps N]");
                return ExitCode::from(2);
            }
        }
    }
    for seed in seed..seed.saturating_add(runs) {
        match sim::run(seed, steps) {
            Ok(tally) if runs <= 50 || seed % 500 == 0 => println!("seed {seed}: {tally:?}"),
            Ok(_) => {}
            Err(why) => {
                println!("seed {seed} breaks (--seed {seed} --runs 1 --steps {steps}): {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
