//! Require, Proxy-Require, Supported, Unsupported: lists of option tags.
//!
//! RFC 3261 §19.2, §20.29, §20.32, §20.37.

use crate::text::List;

/// The option tags of one header line's value. They are compared without regard to case.
pub fn option_tags(value: &[u8]) -> List<'_> {
    List::new(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_one_by_one_through_folding() {
        let tags: Vec<_> = option_tags(b"nothingSupportsThis,\r\n  nothingSupportsThisEither").collect();
        assert_eq!(tags, [&b"nothingSupportsThis"[..], b"nothingSupportsThisEither"]);
    }
}
