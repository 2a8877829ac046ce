//! Exit codes, as in `sysexits.h`, so that a supervisor can tell what is worth trying again.

/// All went well.
pub(crate) const OK: u8 = 0;
/// An address is in use, a directory cannot be written: something that this process needs is not there.
pub(crate) const UNAVAILABLE: u8 = 69;
/// A bug: a thread panicked.
pub(crate) const SOFTWARE: u8 = 70;
/// The settings cannot be used.
pub(crate) const CONFIGURATION: u8 = 78;

/// The table for `--help`.
pub(crate) const HELP: &str = "Exit codes: 0 ended as asked, 2 wrong usage, 69 something needed is unavailable (an address \
in use, a directory that cannot be written), 70 internal error, 78 wrong settings.";
