//! When new work is shed: by the time that messages have waited, not by how many wait.
//!
//! As in CoDel (RFC 8289 §4) it is the smallest wait within an interval that counts: a burst that is worked off makes some wait long and
//! others not at all, and only a queue that stands makes all wait. While it stands, first those are refused that are not known, then
//! every request that begins something; what has begun, and emergency calls, are always taken. It ends with the queue that caused it.

use std::time::{Duration, Instant};

/// What the rule is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadSettings {
    /// The wait that may stand.
    pub target: Duration,
    /// How long every message must have waited longer than that.
    pub interval: Duration,
    /// What has waited for so long gets no answer: RFC 3261 §17.1.1.2 has its sender repeat it after T1, so that an answer is for
    /// something that was asked again already.
    pub silence: Duration,
}

impl Default for LoadSettings {
    fn default() -> LoadSettings {
        LoadSettings {
            target: Duration::from_millis(20),
            interval: Duration::from_millis(100),
            silence: Duration::from_millis(500),
        }
    }
}

/// What becomes of a request that begins something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shed {
    /// All are taken.
    Nothing,
    /// Those from sources that did not prove themselves are refused.
    Strangers,
    /// All are refused.
    New,
}

/// One shard's measure.
#[derive(Clone, Debug)]
pub struct Load {
    settings: LoadSettings,
    /// The end of the interval in which the smallest wait is looked for.
    ends: Option<Instant>,
    smallest: Duration,
    level: Shed,
}

impl Load {
    /// A shard without load.
    pub fn new(settings: LoadSettings) -> Load {
        Load { settings, ends: None, smallest: Duration::MAX, level: Shed::Nothing }
    }

    /// A message is taken that has waited for so long. What is to be shed from now on is answered.
    pub fn waited(&mut self, now: Instant, wait: Duration) -> Shed {
        self.smallest = self.smallest.min(wait);
        let ends = *self.ends.get_or_insert(now + self.settings.interval);
        if wait <= self.settings.target && self.level == Shed::Nothing {
            // One that did not wait says that no queue stands.
            self.ends = Some(now + self.settings.interval);
            self.smallest = Duration::MAX;
        } else if now >= ends {
            self.level = match (self.smallest > self.settings.target, self.level) {
                (true, Shed::Nothing) => Shed::Strangers,
                (true, Shed::Strangers | Shed::New) => Shed::New,
                (false, Shed::New) => Shed::Strangers,
                (false, Shed::Nothing | Shed::Strangers) => Shed::Nothing,
            };
            self.ends = Some(now + self.settings.interval);
            self.smallest = Duration::MAX;
        }
        self.level
    }

    /// Nothing waits.
    pub fn idle(&mut self) {
        self.ends = None;
        self.smallest = Duration::MAX;
        self.level = Shed::Nothing;
    }

    /// What is shed now.
    pub fn level(&self) -> Shed {
        self.level
    }

    /// Whether a refusal would come too late to be worth its cost.
    pub fn is_too_late_to_answer(&self, wait: Duration) -> bool {
        wait >= self.settings.silence
    }
}
