//! The Customer port: a file an operation.
pub mod add_account;
mod customer;
pub mod delete_account;
pub mod get_account;
pub mod get_customers;
pub mod get_properties;
pub mod get_resellers;
pub mod set_properties;
pub mod update_account;
