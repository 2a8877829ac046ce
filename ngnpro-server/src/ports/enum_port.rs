//! The Enum port: a file an operation.
pub mod add_number;
pub mod add_range;
pub mod delete_number;
pub mod delete_range;
pub mod get_number;
pub mod get_numbers;
pub mod get_ranges;
mod number;
mod range;
#[cfg(test)]
mod testing;
pub mod update_number;
pub mod update_range;
