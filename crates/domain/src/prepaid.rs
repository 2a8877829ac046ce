//! Amounts of money in rating currency, and vouchers.

use std::fmt;

use crate::{Invalid, Secret};

/// The largest amount that is moved at once, in ten thousandths.
const AMOUNT_MAX: f64 = 1e13;

/// An amount with four decimals; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    ten_thousandths: i64,
}

/// A voucher as its holder knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    id: i64,
    number: Secret,
}

impl Amount {
    /// Rounds a number to four decimals.
    pub fn parse(value: f64) -> Result<Self, Invalid> {
        let scaled = (value * 10_000.0).round();
        if !scaled.is_finite() || scaled.abs() > AMOUNT_MAX {
            return Err(Invalid::new("not an amount below 1000000000"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within the bound above")]
        let ten_thousandths = scaled as i64;
        Ok(Self { ten_thousandths })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.ten_thousandths < 0 { "-" } else { "" };
        let digits = self.ten_thousandths.unsigned_abs();
        write!(f, "{sign}{}.{:04}", digits / 10_000, digits % 10_000)
    }
}

impl Voucher {
    /// Reads what is printed on a card. Whether there is such a card is another question.
    pub fn new(id: i64, number: &str) -> Self {
        Self { id, number: Secret::new(number.trim()) }
    }

    /// The serial number.
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// The secret number.
    pub fn number(&self) -> &str {
        self.number.expose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_has_four_decimals() {
        for (value, text) in
            [(12.5, "12.5000"), (-0.12, "-0.1200"), (0.0, "0.0000"), (0.000_04, "0.0000"), (1e9, "1000000000.0000")]
        {
            assert_eq!(Amount::parse(value).unwrap().to_string(), text);
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e10, -1e300] {
            assert!(Amount::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_number_of_a_voucher_does_not_print() {
        assert!(!format!("{:?}", Voucher::new(1, "123456789")).contains("123456789"));
    }

    proptest! {
        #[test]
        fn an_amount_is_as_near_as_four_decimals_can_be(value in -1e6f64..1e6) {
            let back: f64 = Amount::parse(value).unwrap().to_string().parse().unwrap();
            prop_assert!((back - value).abs() <= 0.000_051, "{value} {back}");
        }
    }
}
