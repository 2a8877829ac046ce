//! SIP messages: bytes in, typed views out, bytes out again.
//!
//! A message is one buffer. [`Message::parse`] finds the header lines once and checks what every element must check;
//! everything else is read when it is asked for, straight from the buffer, by the views of [`header`] and [`uri`].
//! [`Rewrite`] forwards a message with edits and leaves every other byte as it came; [`Reply`] answers a request;
//! [`derive`] makes the ACK and the CANCEL that belong to an INVITE; [`Framer`] cuts a stream into messages with the
//! very scanner that the parser uses, so that the two can never disagree about where a message ends.
//!
//! Left to others: sockets, time, transactions, and every decision about where a message goes.
//!
//! RFC 3261 §7, §18.3, §19.1, §20, §25; RFC 3581; RFC 4475; RFC 5118; RFC 5626 §3.5.1.

pub mod derive;
mod fault;
mod framer;
pub mod header;
mod message;
mod method;
mod parse;
mod reply;
mod rewrite;
mod scan;
pub mod status;
pub mod text;
pub mod uri;
mod value;
mod words;

pub use fault::{Fault, ParseError};
pub use framer::{Framed, Framer};
pub use header::HeaderName;
pub use message::{Header, Message};
pub use method::Method;
pub use parse::Limits;
pub use reply::Reply;
pub use rewrite::Rewrite;
pub use value::Value;
