//! The server over real connections: what clients old and new send and get, where the limits are, what reaches the log.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attacks;
mod bulk;
mod changes;
mod document;
mod forms;
mod journal;
mod json;
mod json_once;
mod json_strict;
mod json_tokens;
mod limits;
mod live;
mod log;
mod page;
mod tls;
mod webhooks;
