//! The Dns port: a file an operation.
pub mod add_fancy_record;
pub mod add_record;
pub mod add_zone;
pub mod delete_fancy_record;
pub mod delete_record;
pub mod delete_zone;
mod fancy_record;
pub mod get_fancy_record;
pub mod get_fancy_records;
pub mod get_record;
pub mod get_records;
pub mod get_zone;
pub mod get_zones;
mod record;
#[cfg(test)]
mod testing;
pub mod update_fancy_record;
pub mod update_record;
pub mod update_zone;
mod zone;
