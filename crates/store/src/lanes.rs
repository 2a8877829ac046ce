//! The pool of connections, in lanes: each thread that serves calls has connections of its own.
//!
//! A connection belongs to the event loop of the thread that opened it. One that a call borrows on another thread makes that loop
//! wake up for each answer only to wake the borrower: two changes of thread for each trip to the database. So a thread takes from
//! its own lane, and from another one only when its own has nothing left. Threads that serve no calls share the first lane.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use crate::connections::Pool;

/// Fewer in a lane are no lane of their own.
const LANE_MIN: u32 = 2;

static NEXT: AtomicUsize = AtomicUsize::new(1);
thread_local! {
    static LANE: Cell<usize> = const { Cell::new(0) };
}

/// Gives the calling thread a lane of its own in each store; called again it does nothing.
pub fn enter() {
    if LANE.get() == 0 {
        LANE.set(NEXT.fetch_add(1, Ordering::Relaxed));
    }
}

/// The connections of a store.
#[derive(Debug, Clone)]
pub(crate) struct Lanes(Arc<[Pool]>);

impl Lanes {
    /// At most so many connections, for so many threads that serve calls and the others. Needs a Tokio runtime.
    pub(crate) fn new(options: &PgConnectOptions, connections: u32, threads: usize, patience: Duration) -> Self {
        let pools = shares(connections, threads).into_iter().map(|share| Pool::new(options.clone(), share, patience));
        Self(pools.collect())
    }

    /// The number of the calling thread's lane.
    pub(crate) fn own(&self) -> usize {
        // Threads that serve calls are numbered from one; theirs are the lanes behind the first.
        match (LANE.get().checked_sub(1), NonZeroUsize::new(self.0.len() - 1)) {
            (Some(thread), Some(lanes)) => 1 + thread % lanes,
            _ => 0,
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Where the calling thread takes its connections from.
    pub(crate) fn pool(&self) -> &Pool {
        let own = &self.0[self.own()];
        let other = || self.0.iter().find(|pool| !pool.is_full());
        if own.is_full() { other().unwrap_or(own) } else { own }
    }

    /// Whether every connection is at work.
    pub(crate) fn are_full(&self) -> bool {
        self.0.iter().all(Pool::is_full)
    }
}

/// How many connections each lane has: as equal as can be, and one lane for all where there are too few.
fn shares(connections: u32, threads: usize) -> Vec<u32> {
    let lanes = u32::try_from(threads).unwrap_or(u32::MAX).saturating_add(1).min(connections / LANE_MIN).max(1);
    (0..lanes).map(|lane| connections / lanes + u32::from(lane < connections % lanes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_out_to_the_last_and_never_to_lanes_of_one() {
        for (connections, threads, shared) in
            [(10, 2, vec![4, 3, 3]), (10, 16, vec![2; 5]), (3, 2, vec![3]), (1, 8, vec![1]), (10, 0, vec![10])]
        {
            assert_eq!(shares(connections, threads), shared, "{connections} for {threads}");
        }
    }

    #[tokio::test]
    async fn a_thread_that_serves_calls_stays_in_a_lane_of_its_own() {
        let options = PgConnectOptions::new();
        let lanes = Lanes::new(&options, 6, 2, Duration::from_secs(1));
        let place = |lanes: &Lanes| lanes.0.iter().position(|pool| std::ptr::eq(pool, lanes.pool()));
        assert_eq!(place(&lanes), Some(0));
        let serving = || {
            let lanes = lanes.clone();
            std::thread::spawn(move || {
                enter();
                let first = place(&lanes);
                enter();
                assert_eq!(place(&lanes), first);
                first
            })
        };
        let mut places: Vec<_> = [serving(), serving()].map(|thread| thread.join().ok().flatten()).into();
        places.sort();
        assert_eq!(places, [Some(1), Some(2)]);
    }
}
