//! Waiting for something to become true, with an end.

use std::thread;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until the answer is `Some`; gives up with the reason after so many seconds.
pub(crate) fn until<T>(seconds: u64, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..seconds * 50 {
        if let Some(answer) = ask() {
            return answer;
        }
        // What is waited for is another process; it cannot wake this thread.
        thread::park_timeout(PAUSE);
    }
    panic!("after {seconds} s still not: {what}");
}

/// What a call answers and how long it took.
#[expect(clippy::disallowed_methods, reason = "a test measures what a person would wait")]
pub(crate) fn timed<T>(call: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let answer = call();
    (answer, start.elapsed())
}
