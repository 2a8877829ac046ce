//! The network: a queue of what will arrive, in the order of arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sip_core::{Answer, AskId, Flow, Transport};

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Event {
    ToProxy(Flow, Bytes),
    ToPhone(usize, Bytes),
    Answer(AskId, Answer),
    /// A phone's own timer, with what it is for.
    Phone(usize, Chore),
}

/// What a phone set a timer for; the text is the branch of the transaction.
#[derive(Clone, Debug)]
pub(crate) enum Chore {
    RepeatRequest(String, Duration),
    RepeatAnswer(String, Duration),
    Decide(String),
    Cancel(String),
    HangUp(String),
}

struct Arrival {
    at: Instant,
    order: u64,
    event: Event,
}

impl PartialEq for Arrival {
    fn eq(&self, other: &Arrival) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Arrival {}

impl PartialOrd for Arrival {
    fn partial_cmp(&self, other: &Arrival) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Arrival {
    fn cmp(&self, other: &Arrival) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

pub(crate) struct Network {
    pub(crate) rng: StdRng,
    arrivals: BinaryHeap<Reverse<Arrival>>,
    order: u64,
    loss: f64,
    doubling: f64,
    pub(crate) lost: u64,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Network {
        let mut rng = StdRng::seed_from_u64(seed);
        let loss = [0.0, 0.05, 0.2][rng.random_range(0..3)];
        Network { rng, arrivals: BinaryHeap::new(), order: 0, loss, doubling: 0.05, lost: 0 }
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    pub(crate) fn at(&mut self, at: Instant, event: Event) {
        self.order += 1;
        self.arrivals.push(Reverse(Arrival { at, order: self.order, event }));
    }

    /// Carries a message: a datagram may be lost, doubled or overtaken, a stream keeps its order.
    pub(crate) fn carry(&mut self, now: Instant, transport: Transport, event: impl Fn() -> Event) {
        if transport.is_reliable() {
            self.at(now + Duration::from_millis(20), event());
            return;
        }
        let copies = if self.chance(self.doubling) { 2 } else { 1 };
        for _ in 0..copies {
            if self.chance(self.loss) {
                self.lost += 1;
                continue;
            }
            let delay = Duration::from_millis(self.rng.random_range(1..80));
            self.at(now + delay, event());
        }
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.arrivals.peek().map(|Reverse(arrival)| arrival.at)
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.arrivals.pop().map(|Reverse(arrival)| arrival.event)
    }
}
