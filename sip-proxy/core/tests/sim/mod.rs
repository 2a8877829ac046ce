//! The simulation: random phones register, call, redirect, cancel and hang up over a network that loses, doubles and reorders; some are
//! slow, some are dead for a while, the directory is slow or away, and the node dies and begins anew with what it had written down; all
//! from one seed, on virtual time.
//!
//! What must hold, whatever happens: no transaction and no deadline outlives its time; an INVITE gets one final response, or
//! several 2xx of different callees, unless the node died over it; nothing is answered that was not asked; the registrar and the proxy itself answer
//! everything that reaches them; the number of transactions stays bounded.

mod network;
mod phone;
mod phone_life;
mod world;

use std::time::Duration;

pub(crate) use world::World;

/// What happened in a run, for the curious.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) messages: u64,
    pub(crate) lost: u64,
    pub(crate) registrations: u64,
    pub(crate) calls_answered: u64,
    pub(crate) calls_refused: u64,
    pub(crate) cancelled: u64,
    pub(crate) reconnected: u64,
    pub(crate) redirected: u64,
    pub(crate) crashes: u64,
    pub(crate) transactions_max: usize,
}

/// After the last act of a phone all must have ended by then: timer C, its CANCEL, and the timers that follow.
const QUIET: Duration = Duration::from_secs(185 + 3 * 64);

/// One run. Says what broke.
pub(crate) fn run(seed: u64, steps: u32) -> Result<Tally, String> {
    let mut world = World::new(seed);
    world.play(steps)?;
    world.settle(QUIET)?;
    world.judge()?;
    Ok(world.tally)
}
