//! ENUM: ranges of telephone numbers, numbers, and where they lead. RFC 6116 (numbers as names), RFC 6117 (services).

use crate::{CustomerId, DomainName, Invalid, Ownership, Refusal};

/// The longest number. ITU-T E.164 §6.
const DIGITS_MAX: usize = 15;

/// Country codes of two digits; those of one digit are 1 and 7, all others have three. ITU-T E.164 Annex D.
const TWO_DIGIT_CODES: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];

/// Digits of a telephone number in international form, without the plus.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164Digits(Box<str>);

impl E164Digits {
    /// Reads a number or the beginning of one.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_number = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_number { Ok(Self(text.into())) } else { Err(Invalid::new("not 1 to 15 digits")) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a country's code, or the beginning of one: everything that it begins is a whole country's.
    pub fn is_whole_country(&self) -> bool {
        let digits = self.as_str();
        let code = match digits {
            _ if digits.starts_with(['1', '7']) => 1,
            _ if TWO_DIGIT_CODES.iter().any(|code| digits.starts_with(code)) => 2,
            _ => 3,
        };
        digits.len() <= code
    }
}

/// The name of a range: the digits that its numbers begin with, and the ENUM root that they are published under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumRangeId {
    /// What its numbers begin with.
    pub prefix: E164Digits,
    /// The root, such as e164.arpa.
    pub tld: DomainName,
}

impl EnumRangeId {
    /// The refusal that it does not exist.
    pub fn not_found(&self) -> Refusal {
        Refusal::EnumRangeNotFound { prefix: self.prefix.as_str().to_owned(), tld: self.tld.to_string() }
    }

    /// The refusal that it exists.
    pub fn exists(&self) -> Refusal {
        Refusal::EnumRangeExists { prefix: self.prefix.as_str().to_owned(), tld: self.tld.to_string() }
    }

    /// The refusal that numbers are in it.
    pub fn not_empty(&self) -> Refusal {
        Refusal::EnumRangeNotEmpty { prefix: self.prefix.as_str().to_owned(), tld: self.tld.to_string() }
    }
}

/// The name of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumId {
    /// All its digits.
    pub number: E164Digits,
    /// The root that it is published under.
    pub tld: DomainName,
}

impl EnumId {
    /// The refusal that it does not exist.
    pub fn not_found(&self) -> Refusal {
        Refusal::EnumNumberNotFound { number: self.number.as_str().to_owned(), tld: self.tld.to_string() }
    }

    /// The refusal that it exists.
    pub fn exists(&self) -> Refusal {
        Refusal::EnumNumberExists { number: self.number.as_str().to_owned(), tld: self.tld.to_string() }
    }
}

/// What is decided about a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumRangeSettings {
    /// TTL of the zone's data.
    pub ttl: i64,
    /// Digits of the shortest number.
    pub min_digits: i32,
    /// Digits of the longest number.
    pub max_digits: i32,
    /// Most numbers; 0: no limit of its own.
    pub size: i32,
    /// Name servers of the zone; nothing: as before.
    pub nameservers: Option<Vec<DomainName>>,
    /// Free text.
    pub info: String,
}

impl EnumRangeSettings {
    /// How many digits a number has where nothing else is said.
    pub const USUAL_DIGITS: i32 = 11;

    /// Checks what depends on more than one member.
    pub fn check(&self, id: &EnumRangeId) -> Result<(), Refusal> {
        let longest = i32::try_from(DIGITS_MAX).unwrap_or(i32::MAX);
        if !(1..=longest).contains(&self.max_digits) {
            return Err(Refusal::invalid("range.maxDigits", "not 1 to 15"));
        }
        if !(1..=self.max_digits).contains(&self.min_digits) {
            return Err(Refusal::invalid("range.minDigits", "not between 1 and maxDigits"));
        }
        if i32::try_from(id.prefix.as_str().len()).is_ok_and(|length| length > self.max_digits) {
            return Err(Refusal::invalid("range.maxDigits", "shorter than the prefix"));
        }
        Ok(())
    }
}

/// A range as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumRange {
    /// Its name.
    pub id: EnumRangeId,
    /// Whose it is.
    pub ownership: Ownership,
    /// What is decided about it; the name servers are always there.
    pub settings: EnumRangeSettings,
    /// How many numbers are in it.
    pub used: i64,
    /// The zone's serial number.
    pub serial: i64,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// Services and the beginnings of the URIs that they may lead to.
const SERVICES: [(&str, &[&str]); 25] = [
    ("sip", &["sip:", "sips:"]),
    ("mailto", &["mailto:"]),
    ("web:http", &["http://"]),
    ("web:https", &["https://"]),
    ("x-skype:callto", &["callto:"]),
    ("h323", &["h323:"]),
    ("iax", &["iax:"]),
    ("iax2", &["iax2:"]),
    ("mms", &["tel:", "mailto:"]),
    ("sms", &["tel:", "mailto:"]),
    ("ems", &["tel:", "mailto:"]),
    ("im", &["im:"]),
    ("npd:tel", &["tel:"]),
    ("void:mailto", &["mailto:"]),
    ("void:http", &["http://"]),
    ("void:https", &["https://"]),
    ("voice", &["voice:", "tel:"]),
    ("tel", &["tel:"]),
    ("fax:tel", &["tel:"]),
    ("ifax:mailto", &["mailto:"]),
    ("pres", &["pres:"]),
    ("ft:ftp", &["ftp://"]),
    ("loc:http", &["http://"]),
    ("key:http", &["http://"]),
    ("key:https", &["https://"]),
];

/// What a mapping is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnumService {
    name: &'static str,
    schemes: &'static [&'static str],
}

impl EnumService {
    /// Reads a service's name in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = SERVICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        let (name, schemes) = found.ok_or_else(|| Invalid::new("no such service"))?;
        Ok(Self { name, schemes })
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Checks a URI that it is to lead to.
    pub fn check(self, target: &str) -> Result<(), Invalid> {
        let leads_there = |scheme: &&str| {
            target.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
                && target.len() > scheme.len()
        };
        if !self.schemes.iter().any(leads_there) {
            return Err(Invalid::new(format!("{} leads to {}", self.name, self.schemes.join(" or "))));
        }
        // RFC 3986 §2: a URI has no white space, quotes or characters beyond ASCII.
        match target.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b)) {
            true => Ok(()),
            false => Err(Invalid::new("not a URI")),
        }
    }
}

/// One target of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumMapping {
    /// Given by the platform; nothing: a new one.
    pub id: Option<i32>,
    /// What it is for.
    pub service: EnumService,
    /// The URI that it leads to.
    pub target: String,
    /// Order of the NAPTR record.
    pub priority: i32,
    /// TTL of the record; nothing: the range's.
    pub ttl: Option<i64>,
}

impl EnumMapping {
    /// The order where none is said.
    pub const USUAL_PRIORITY: i32 = 5;
    /// Most mappings of a number.
    pub const MAX: usize = 5;
}

/// A number to be made, or what one is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnumNumber {
    /// Its name.
    pub id: EnumId,
    /// Where it leads.
    pub mappings: Vec<EnumMapping>,
    /// Free text.
    pub info: String,
    /// The customer that the single number is assigned to.
    pub owner: CustomerId,
}

/// A number as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumNumber {
    /// Its name, targets and owner; every mapping has its id and TTL.
    pub number: NewEnumNumber,
    /// Inherited from the range.
    pub ownership: Ownership,
    /// When it was last changed, as text.
    pub change_date: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_up_to_fifteen_digits_without_a_plus() {
        for good in ["1", "31208005161", "123456789012345"] {
            assert_eq!(E164Digits::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "+31208005161", "3120 8005161", "1234567890123456", "٣١"] {
            assert!(E164Digits::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bare_country_code_and_less_is_a_whole_country() {
        for (digits, whole) in [
            ("1", true),
            ("1212", false),
            ("7", true),
            ("31", true),
            ("3", true),
            ("3120", false),
            ("35", true),
            ("352", true),
            ("3522", false),
            ("883", true),
            ("8835646606", false),
        ] {
            assert_eq!(E164Digits::parse(digits).unwrap().is_whole_country(), whole, "{digits}");
        }
    }

    #[test]
    fn each_service_leads_to_its_own_schemes() {
        for (name, schemes) in SERVICES {
            let service = EnumService::parse(name).unwrap();
            for scheme in schemes {
                assert!(service.check(&format!("{scheme}x")).is_ok(), "{name} {scheme}");
                assert!(service.check(&format!("{}x", scheme.to_uppercase())).is_ok(), "{name} {scheme}");
                assert!(service.check(scheme).is_err(), "{name} {scheme} and nothing after it");
            }
            assert!(service.check("gopher://x").is_err(), "{name}");
        }
        assert_eq!(EnumService::parse("SIP").unwrap().name(), "sip");
        assert!(EnumService::parse("fax").is_err());
    }

    #[test]
    fn a_target_is_a_uri() {
        let sip = EnumService::parse("sip").unwrap();
        for bad in
            ["sip:a b@example.com", "sip:a@example.com\r\nX", "sip:\"a\"@x", "sip:ä@example.com", "alice@example.com"]
        {
            assert!(sip.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn digits_of_a_range_fit_each_other() {
        let id =
            EnumRangeId { prefix: E164Digits::parse("3120800").unwrap(), tld: DomainName::parse("e164.arpa").unwrap() };
        let range = |min_digits, max_digits| EnumRangeSettings {
            ttl: 3600,
            min_digits,
            max_digits,
            size: 0,
            nameservers: None,
            info: String::new(),
        };
        assert_eq!(range(11, 11).check(&id), Ok(()));
        assert_eq!(range(1, 15).check(&id), Ok(()));
        for (min, max) in [(0, 11), (11, 0), (12, 11), (11, 16), (1, 6), (-1, 11)] {
            assert!(range(min, max).check(&id).is_err(), "{min} {max}");
        }
    }
}
