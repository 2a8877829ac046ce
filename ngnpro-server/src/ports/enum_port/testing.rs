//! Ranges and numbers for the tests of this port.

use crate::caller::Caller;
use crate::ports::enum_port::{add_number, add_range, get_number, get_ranges};
use crate::ports::testing::{Platform, Refused};
use crate::wire::r#enum::{AddNumberInput, AddRangeInput, GetNumberInput, GetRangesInput};
use crate::wire::types;

pub(super) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(super) fn range_id(prefix: &str) -> Option<types::EnumRangeId> {
    Some(types::EnumRangeId { prefix: text(prefix), tld: text("e164.arpa") })
}

pub(super) fn enum_id(number: &str) -> Option<types::EnumId> {
    Some(types::EnumId { number: text(number), tld: text("e164.arpa") })
}

/// A range of numbers with eleven digits.
pub(super) fn range(prefix: &str) -> types::EnumRange {
    types::EnumRange { id: range_id(prefix), ..Default::default() }
}

pub(super) fn mapping(service: &str, target: &str) -> types::EnumMapping {
    types::EnumMapping { r#type: text(service), mapto: text(target), ..Default::default() }
}

/// A number that leads nowhere.
pub(super) fn number(number: &str) -> types::EnumNumber {
    types::EnumNumber { id: enum_id(number), ..Default::default() }
}

impl Platform {
    pub(super) async fn add_range(&self, by: &Caller, range: types::EnumRange) -> Result<types::EnumRange, Refused> {
        self.call(by, add_range::handle, AddRangeInput { range: Some(range) }).await
    }

    pub(super) async fn get_range(&self, by: &Caller, prefix: &str) -> Option<types::EnumRange> {
        let filter = types::EnumRangeFilter { prefix: text(prefix), ..Default::default() };
        let query = types::EnumRangeQuery { filter: Some(filter), ..Default::default() };
        let answer = self.call(by, get_ranges::handle, GetRangesInput { query: Some(query) }).await.unwrap();
        answer.ranges.unwrap().pop()
    }

    pub(super) async fn add_number(
        &self,
        by: &Caller,
        number: types::EnumNumber,
    ) -> Result<types::EnumNumber, Refused> {
        self.call(by, add_number::handle, AddNumberInput { number: Some(number) }).await
    }

    pub(super) async fn get_number(&self, by: &Caller, number: &str) -> Result<types::EnumNumber, Refused> {
        self.call(by, get_number::handle, GetNumberInput { enum_id: enum_id(number) }).await
    }
}
