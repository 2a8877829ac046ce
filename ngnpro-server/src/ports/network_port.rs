//! The Network port: a file an operation. Its answers are JSON documents in one text.
pub mod get_statistics;
pub mod get_status;
