//! What price lists are for, from the wire.

use domain::{RatingEntity, Refusal};

/// Reads an entity of a question: an empty one has no price lists, which clients ignore.
pub(super) fn read(value: Option<String>, member: &'static str) -> Result<RatingEntity, Refusal> {
    let text = value.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Refusal::RatingEntityNotFound(String::new()));
    }
    RatingEntity::parse(&text).map_err(|why| why.at(member))
}
