//! What was called, by whom and how it ended, counted for Prometheus. Series are bounded: names of the contract's operations and of resources,
//! the contract's codes, four kinds of callers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::caller::Role;
use crate::json::bulk::Tally;
use crate::wire::Operation;

/// Upper bounds of the histogram's buckets, in seconds.
const BOUNDS: [f64; 8] = [0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// Counters of everything since the start.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counters>);

#[derive(Debug, Default)]
struct Counters {
    calls: BTreeMap<Call, u64>,
    took: BTreeMap<Named, Took>,
    /// Rows of imports, by collection and verdict.
    rows: BTreeMap<Named, u64>,
}

/// Port and operation, or a resource of the JSON wire and what is done with it; `-` twice for a message that names none.
pub type Named = (&'static str, &'static str);

/// What a message is called that names no operation.
pub const UNNAMED: Named = ("-", "-");

/// Port and name of an operation.
#[must_use]
pub fn named(operation: Operation) -> Named {
    let described = operation.describe();
    (described.port, described.name)
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    name: Named,
    caller: &'static str,
    errorcode: Option<u16>,
}

#[derive(Debug, Default)]
struct Took {
    buckets: [u64; BOUNDS.len()],
    calls: u64,
    total: Duration,
}

impl Metrics {
    /// Counts a call that has been answered.
    pub fn count(&self, name: Named, caller: Option<Role>, errorcode: Option<u16>, took: Duration) {
        let caller = caller.map_or("-", Role::name);
        // A thread that panicked while it counted has left whole numbers behind.
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.calls.entry(Call { name, caller, errorcode }).or_default() += 1;
        let histogram = counters.took.entry(name).or_default();
        histogram.calls += 1;
        histogram.total += took;
        for (bucket, bound) in histogram.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(took.as_secs_f64() <= bound);
        }
    }

    /// Counts the rows of an import that has ended.
    pub fn count_rows(&self, collection: &'static str, tally: Tally) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (verdict, rows) in tally.named() {
            *counters.rows.entry((collection, verdict)).or_default() += rows;
        }
    }

    /// The page that Prometheus reads.
    #[must_use]
    pub fn page(&self) -> String {
        let mut out = String::from(
            "# HELP ngnpro_calls_total Calls answered, by operation, kind of caller and result (ok or the fault's code)\n\
             # TYPE ngnpro_calls_total counter\n",
        );
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (Call { name: (port, operation), caller, errorcode }, calls) in &counters.calls {
            let result = errorcode.map_or("ok".to_owned(), |code| code.to_string());
            let _ = writeln!(
                out,
                "ngnpro_calls_total{{port=\"{port}\",operation=\"{operation}\",caller=\"{caller}\",result=\"{result}\"}} {calls}"
            );
        }
        out.push_str(
            "# HELP ngnpro_call_seconds Time from the whole message to its answer\n# TYPE ngnpro_call_seconds histogram\n",
        );
        for ((port, operation), took) in &counters.took {
            let labels = format!("port=\"{port}\",operation=\"{operation}\"");
            for (bucket, bound) in took.buckets.iter().zip(BOUNDS) {
                let _ = writeln!(out, "ngnpro_call_seconds_bucket{{{labels},le=\"{bound}\"}} {bucket}");
            }
            let _ = writeln!(out, "ngnpro_call_seconds_bucket{{{labels},le=\"+Inf\"}} {}", took.calls);
            let _ = writeln!(out, "ngnpro_call_seconds_sum{{{labels}}} {}", took.total.as_secs_f64());
            let _ = writeln!(out, "ngnpro_call_seconds_count{{{labels}}} {}", took.calls);
        }
        out.push_str(
            "# HELP ngnpro_import_rows_total Rows of imports, by collection and verdict\n\
             # TYPE ngnpro_import_rows_total counter\n",
        );
        for ((collection, verdict), rows) in &counters.rows {
            let _ =
                writeln!(out, "ngnpro_import_rows_total{{collection=\"{collection}\",verdict=\"{verdict}\"}} {rows}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_operation_caller_and_result_and_timed_by_operation() {
        let metrics = Metrics::default();
        let (add, took) = (named(Operation::SipAddAccount), Duration::from_millis(7));
        metrics.count(add, Some(Role::Reseller), None, took);
        metrics.count(add, Some(Role::Reseller), Some(1011), took);
        metrics.count(UNNAMED, None, Some(9004), Duration::from_secs(60));
        let page = metrics.page();
        for line in [
            "ngnpro_calls_total{port=\"Sip\",operation=\"addAccount\",caller=\"reseller\",result=\"ok\"} 1",
            "ngnpro_calls_total{port=\"Sip\",operation=\"addAccount\",caller=\"reseller\",result=\"1011\"} 1",
            "ngnpro_calls_total{port=\"-\",operation=\"-\",caller=\"-\",result=\"9004\"} 1",
            "ngnpro_call_seconds_bucket{port=\"Sip\",operation=\"addAccount\",le=\"0.005\"} 0",
            "ngnpro_call_seconds_bucket{port=\"Sip\",operation=\"addAccount\",le=\"0.01\"} 2",
            "ngnpro_call_seconds_bucket{port=\"-\",operation=\"-\",le=\"10\"} 0",
            "ngnpro_call_seconds_bucket{port=\"-\",operation=\"-\",le=\"+Inf\"} 1",
            "ngnpro_call_seconds_sum{port=\"Sip\",operation=\"addAccount\"} 0.014",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
        }
    }
}
