//! The log: text or JSON lines on standard error, and the end of the process when anything panics.

use std::io;

use tracing::error;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings};
use crate::exit::SOFTWARE;

/// Starts logging.
pub(crate) fn start(settings: &LogSettings) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    match settings.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// A panic anywhere ends the process: a proxy that has lost a shard would go on answering half of its phones. It is
/// started again within a second, with its registrations.
pub(crate) fn end_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // The message of a panic may quote what was being handled, a password too: only its place is logged.
        error!(thread, place, "thread {thread} panicked at {place}; the process ends");
        std::process::exit(SOFTWARE.into());
    }));
}
