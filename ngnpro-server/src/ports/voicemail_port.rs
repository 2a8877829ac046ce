//! The Voicemail port: a file an operation.
mod account;
pub mod add_account;
pub mod delete_account;
pub mod get_account;
pub mod set_announcement;
pub mod update_account;
