//! The one place where this crate's tests get a beginning of time from.

use std::time::Instant;

/// Some instant; tests count from it.
pub(crate) fn start() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant can be had in no other way; only differences to it matter"
    )]
    Instant::now()
}
