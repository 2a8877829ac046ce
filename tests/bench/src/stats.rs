//! Percentiles over the durations of a run.

use std::time::Duration;

/// Durations of a run, sorted when first asked for.
#[derive(Default)]
pub struct Durations {
    values: Vec<Duration>,
}

impl Durations {
    /// Adds one measurement.
    pub fn push(&mut self, value: Duration) {
        self.values.push(value);
    }

    /// Adds another run's measurements.
    pub fn extend(&mut self, other: Durations) {
        self.values.extend(other.values);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The value below which `share` (0..=1) of the measurements lie; zero when there are none.
    pub fn quantile(&mut self, share: f64) -> Duration {
        if self.values.is_empty() {
            return Duration::ZERO;
        }
        self.values.sort_unstable();
        let last = self.values.len() - 1;
        self.values[((last as f64) * share).round() as usize]
    }
}

/// Milliseconds with two digits, as the report prints them.
pub fn ms(value: Duration) -> String {
    format!("{:.2}", value.as_secs_f64() * 1e3)
}
