//! The Rating port: a file an operation.
pub mod delete_entity_profiles;
mod entity;
pub mod get_entity_profiles;
pub mod set_entity_profiles;
