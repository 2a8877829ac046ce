//! DNS records of the ten types of the contract, and the two that the platform serves itself. Each type's text is checked by the
//! RFC that defines it, and kept in one form: single spaces, no final dots, names and addresses in lower case.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::dns_zone::host;
use crate::{CustomerId, Invalid, Ownership, RelativeName, Text, ZoneName, check_mail_address};

/// A type of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the types' names")]
pub enum DnsRecordType {
    A,
    Aaaa,
    Cname,
    Mx,
    Naptr,
    Ns,
    Srv,
    Txt,
    Ptr,
    Loc,
}

impl DnsRecordType {
    const ALL: [(Self, &'static str); 10] = [
        (Self::A, "A"),
        (Self::Aaaa, "AAAA"),
        (Self::Cname, "CNAME"),
        (Self::Mx, "MX"),
        (Self::Naptr, "NAPTR"),
        (Self::Ns, "NS"),
        (Self::Srv, "SRV"),
        (Self::Txt, "TXT"),
        (Self::Ptr, "PTR"),
        (Self::Loc, "LOC"),
    ];

    /// Reads a type's name in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
        found.map(|(record_type, _)| *record_type).ok_or_else(|| Invalid::new("no such type of record"))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        // Every variant is in the table.
        Self::ALL.iter().find(|(record_type, _)| *record_type == self).map_or("", |(_, name)| name)
    }

    /// Checks a record's data and gives them their one form.
    pub fn value(self, text: &str) -> Result<String, Invalid> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match (self, words.as_slice()) {
            // RFC 1035 §3.4.1.
            (Self::A, [address]) => {
                let address = address.parse::<Ipv4Addr>().map_err(|_| Invalid::new("not an IPv4 address"))?;
                Ok(address.to_string())
            }
            // RFC 3596 §2.2.
            (Self::Aaaa, [address]) => {
                let address = address.parse::<Ipv6Addr>().map_err(|_| Invalid::new("not an IPv6 address"))?;
                Ok(address.to_string())
            }
            // RFC 1035 §3.3.1, §3.3.11, §3.3.12.
            (Self::Cname | Self::Ns | Self::Ptr, [name]) => host(name, false),
            // RFC 7505 §3: a host that is the root takes no mail.
            (Self::Mx, [name]) => host(name, true),
            (Self::Srv, words) => srv(words),
            (Self::Txt, [_, ..]) => txt(text),
            (Self::Naptr, _) => naptr(text),
            (Self::Loc, words) => loc(words),
            (Self::A | Self::Aaaa, _) => Err(Invalid::new("an address is needed")),
            (Self::Cname | Self::Ns | Self::Ptr | Self::Mx, _) => Err(Invalid::new("the name of one host is needed")),
            (Self::Txt, []) => Err(Invalid::new("a text is needed")),
        }
    }
}

/// RFC 2782: weight, port, target; without a weight it is 0. The priority is a member of its own.
fn srv(words: &[&str]) -> Result<String, Invalid> {
    let (weight, port, target) = match words {
        [weight, port, target] => (*weight, *port, *target),
        [port, target] => ("0", *port, *target),
        _ => return Err(Invalid::new("weight, port and target are needed")),
    };
    let number = |text: &str| text.parse::<u16>().map_err(|_| Invalid::new("weight and port are 0 to 65535"));
    Ok(format!("{} {} {}", number(weight)?, number(port)?, host(target, true)?))
}

/// RFC 1035 §3.3.14. How it is cut into strings of 255 octets is the name server's business.
fn txt(text: &str) -> Result<String, Invalid> {
    const OCTETS_MAX: usize = 4000;
    let text = Text::block(text.trim().to_owned())?;
    match text.len() <= OCTETS_MAX && !text.contains(['\n', '\r']) {
        true => Ok(text),
        false => Err(Invalid::new("a text has at most 4000 octets in one line")),
    }
}

/// RFC 3403 §4.1: order, preference, flags, services, regexp, replacement. The replacement may be missing where there is a
/// regexp: clients cut final dots off, and the root is one.
fn naptr(text: &str) -> Result<String, Invalid> {
    const FORM: &str = "order, preference, flags, services, regexp and replacement are needed";
    let mut words = quoted_words(text)?;
    if words.len() == 5 {
        words.push(".".to_owned());
    }
    let [order, preference, flags, services, regexp, replacement] =
        <[String; 6]>::try_from(words).map_err(|_| Invalid::new(FORM))?;
    let number = |text: &str| text.parse::<u16>().map_err(|_| Invalid::new("order and preference are 0 to 65535"));
    let (order, preference) = (number(&order)?, number(&preference)?);
    let plain = |text: &str| text.trim_matches('"').to_owned();
    if plain(&flags).len() > 255 || !plain(&flags).bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Invalid::new("flags are letters and digits"));
    }
    if plain(&services).len() > 255
        || !plain(&services).bytes().all(|b| b.is_ascii_alphanumeric() || b"+:-._".contains(&b))
    {
        return Err(Invalid::new("services are letters, digits and +:-._"));
    }
    let replacement = host(&replacement, true)?;
    let expression = plain(&regexp);
    // RFC 3403 §4.1: one of the two, never both.
    if expression.is_empty() == (replacement == ".") {
        return Err(Invalid::new("either a regexp or a replacement is needed"));
    }
    // RFC 3402 §3.2: delimiter, expression, delimiter, replacement, delimiter, flags.
    let substitutes = expression.chars().next().is_none_or(|delimiter| {
        !delimiter.is_ascii_alphanumeric() && delimiter != '\\' && expression.matches(delimiter).count() >= 3
    });
    if expression.len() > 255 || !substitutes {
        return Err(Invalid::new("not a substitution expression"));
    }
    Ok(format!("{order} {preference} {flags} {services} {regexp} {replacement}"))
}

/// Words; one that begins with a quote ends with one, and both stay.
fn quoted_words(text: &str) -> Result<Vec<String>, Invalid> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = match rest.strip_prefix('"') {
            Some(inside) => inside.find('"').map(|end| end + 2).ok_or_else(|| Invalid::new("a quote is not closed"))?,
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        if word.chars().any(char::is_control) || (!word.starts_with('"') && word.contains('"')) {
            return Err(Invalid::new("a quote is out of place"));
        }
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// RFC 1876 §3: `d1 [m1 [s1]] {N|S} d2 [m2 [s2]] {E|W} alt[m] [size[m] [hp[m] [vp[m]]]]`.
fn loc(words: &[&str]) -> Result<String, Invalid> {
    let wrong = || Invalid::new("latitude, longitude and altitude are needed, as in 52 22 23 N 4 53 32 E -2m");
    let (latitude, rest) = angle(words, ["N", "S"], 90).ok_or_else(wrong)?;
    let (longitude, rest) = angle(rest, ["E", "W"], 180).ok_or_else(wrong)?;
    let metres =
        |text: &&str| text.trim_end_matches(['m', 'M']).parse::<f64>().ok().filter(|metres| metres.is_finite());
    let (altitude, sizes) = rest.split_first().ok_or_else(wrong)?;
    let height = metres(altitude).ok_or_else(wrong)?;
    // RFC 1876 §2: the altitude from 100 km below the sea, sizes up to 90000 km.
    let sizes_fit = sizes.iter().all(|size| metres(size).is_some_and(|size| (0.0..=90_000_000.0).contains(&size)));
    if !(-100_000.0..=42_849_672.95).contains(&height) || sizes.len() > 3 || !sizes_fit {
        return Err(wrong());
    }
    Ok([latitude, longitude, std::iter::once(altitude).chain(sizes).copied().collect::<Vec<_>>().join(" ")].join(" "))
}

/// Degrees, minutes and seconds up to the letter of a hemisphere, and what comes after it.
fn angle<'a, 'w>(words: &'a [&'w str], hemispheres: [&str; 2], most: u32) -> Option<(String, &'a [&'w str])> {
    let end = words.iter().position(|word| hemispheres.iter().any(|letter| letter.eq_ignore_ascii_case(word)))?;
    let (numbers, rest) = words.split_at(end);
    let (degrees, finer) = numbers.split_first()?;
    let degrees: u32 = degrees.parse().ok()?;
    let (minutes, seconds) = match finer {
        [] => (0, 0.0),
        [minutes] => (minutes.parse::<u32>().ok()?, 0.0),
        [minutes, seconds] => (minutes.parse::<u32>().ok()?, seconds.parse::<f64>().ok()?),
        _ => return None,
    };
    let at_the_end = degrees == most && (minutes > 0 || seconds > 0.0);
    if degrees > most || minutes > 59 || !(0.0..60.0).contains(&seconds) || at_the_end {
        return None;
    }
    let (letter, rest) = rest.split_first()?;
    Some((format!("{} {}", numbers.join(" "), letter.to_ascii_uppercase()), rest))
}

/// A type of record that the platform serves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FancyType {
    /// An alias of electronic mail.
    MailForward,
    /// A redirection of web pages.
    WebRedirect,
}

impl FancyType {
    /// Reads a type's name in any case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.to_ascii_uppercase().as_str() {
            "MBOXFW" => Ok(Self::MailForward),
            "URL" => Ok(Self::WebRedirect),
            _ => Err(Invalid::new("no such type of record")),
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MailForward => "MBOXFW",
            Self::WebRedirect => "URL",
        }
    }

    /// Checks the name: an address in the zone, or a host's name relative to it.
    pub fn record_name(self, text: &str, zone: &ZoneName) -> Result<String, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        match self {
            Self::WebRedirect => RelativeName::parse(&text, zone).map(|name| name.as_str().to_owned()),
            Self::MailForward => {
                let address = if text.contains('@') { text } else { format!("{text}@{zone}") };
                check_mail_address(&address)?;
                match address.rsplit_once('@').is_some_and(|(_, domain)| domain == zone.as_str()) {
                    true => Ok(address),
                    false => Err(Invalid::new("not an address in the zone")),
                }
            }
        }
    }

    /// Checks where it leads: an address of electronic mail, or a page.
    pub fn value(self, text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        match self {
            Self::MailForward => check_mail_address(text)?,
            Self::WebRedirect => {
                let lower = text.to_ascii_lowercase();
                let place = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"));
                let host = place.map(|place| place.split(['/', '?', '#']).next().unwrap_or_default());
                let is_uri =
                    text.len() <= 2000 && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
                if !is_uri || host.is_none_or(str::is_empty) {
                    return Err(Invalid::new("not the address of a web page"));
                }
            }
        }
        Ok(text.to_owned())
    }
}

/// A record to be made, or what one is to become. `Type` and `Name` differ between the two kinds of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDnsRecord<Type> {
    /// The zone that it is in.
    pub zone: ZoneName,
    /// Its name.
    pub name: String,
    /// Its type.
    pub record_type: Type,
    /// Its TTL.
    pub ttl: i64,
    /// Its data.
    pub value: String,
    /// Priority of MX and SRV.
    pub priority: u16,
    /// The customer that the single record is assigned to.
    pub owner: CustomerId,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsRecord<Type> {
    /// Given by the platform.
    pub id: i64,
    /// What it says.
    pub record: NewDnsRecord<Type>,
    /// Inherited from the zone.
    pub ownership: Ownership,
    /// When it was last changed, as text.
    pub change_date: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(record_type: &str, good: &[(&str, &str)], bad: &[&str]) {
        let record_type = DnsRecordType::parse(record_type).unwrap();
        for (text, value) in good {
            assert_eq!(record_type.value(text).as_deref(), Ok(*value), "{record_type:?} {text}");
            // The one form stays what it is.
            assert_eq!(record_type.value(value).as_deref(), Ok(*value));
        }
        for text in bad.iter().chain(&["", " "]) {
            assert!(record_type.value(text).is_err(), "{record_type:?} {text}");
        }
    }

    #[test]
    fn addresses_are_written_in_one_form() {
        values("a", &[("192.0.2.1", "192.0.2.1")], &["192.0.2", "192.0.2.256", "2001:db8::1", "192.0.2.1 x", "host"]);
        values("AAAA", &[("2001:DB8:0:0::1", "2001:db8::1")], &["192.0.2.1", "2001:db8::g", ":::"]);
    }

    #[test]
    fn names_of_hosts_are_lower_case_without_final_dots() {
        for record_type in ["CNAME", "NS", "PTR"] {
            let good = [("Host.Example.NET.", "host.example.net"), ("www", "www"), ("_x._tcp", "_x._tcp"), ("@", "@")];
            values(record_type, &good, &["a b", ".", "a..b", "ä", "a\u{0}b"]);
        }
        values(
            "MX",
            &[("Mail.example.net..", "mail.example.net"), (".", ".")],
            &["10 mail.example.net", "mail example"],
        );
    }

    #[test]
    fn a_service_has_weight_port_and_target() {
        let good =
            [("10 5060 SIP", "10 5060 sip"), ("5060  sip.example.net.", "0 5060 sip.example.net"), ("0 0 .", "0 0 .")];
        values("SRV", &good, &["sip", "1 2 3 sip", "10 65536 sip", "-1 5060 sip", "x 5060 sip"]);
    }

    #[test]
    fn a_text_keeps_its_case_and_spaces() {
        let long = "x".repeat(4001);
        values("TXT", &[("v=spf1  -ALL", "v=spf1  -ALL"), ("\"a\" \"ä\"", "\"a\" \"ä\"")], &[&long, "a\nb", "a\u{7}"]);
    }

    #[test]
    fn a_naptr_has_six_parts_and_leads_one_way() {
        let good = [
            ("10 100 s SIP+D2U \"\" _sip._udp.", "10 100 s SIP+D2U \"\" _sip._udp"),
            (
                "10 100 \"u\" \"E2U+sip\" \"!^.*$!sip:a b@example.com!\" .",
                "10 100 \"u\" \"E2U+sip\" \"!^.*$!sip:a b@example.com!\" .",
            ),
            ("10 100 u E2U+sip !^.*$!sip:a@example.com!", "10 100 u E2U+sip !^.*$!sip:a@example.com! ."),
        ];
        let bad = [
            "10 100 s SIP+D2U",
            "10 s SIP+D2U \"\" _sip._udp",
            "10 65536 s SIP+D2U \"\" _sip._udp",
            "10 100 s! SIP+D2U \"\" _sip._udp",
            "10 100 s \"a b\" \"\" _sip._udp",
            "10 100 s SIP+D2U \"\" .",
            "10 100 s SIP+D2U !a!b! _sip._udp",
            "10 100 u E2U+sip \"!^.*$\" .",
            "10 100 u E2U+sip \"open .",
            "10 100 u E2U+sip x\"!a!b!\" .",
        ];
        values("NAPTR", &good, &bad);
    }

    #[test]
    fn a_place_is_on_the_earth() {
        let good = [
            (
                "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
                "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
            ),
            ("42 21 54 n 71 06 18 w -24m 30m", "42 21 54 N 71 06 18 W -24m 30m"),
            ("90 S 180 W 0", "90 S 180 W 0"),
        ];
        let bad = [
            "52 N 4 E",
            "91 N 4 E 0m",
            "52 60 N 4 E 0m",
            "52 N 181 E 0m",
            "90 1 N 4 E 0m",
            "52 N 4 E highm",
            "N 4 E 0m",
            "52 N 4 E 0m 1m 2m 3m 4m",
            "52 N 4 E -100001m",
            "52 N 4 E 0m -1m",
            "52 N 4 E NaN",
            "1 2 3 4 N 4 E 0m",
        ];
        values("LOC", &good, &bad);
    }

    #[test]
    fn the_types_are_the_ten_of_the_contract() {
        for (record_type, name) in DnsRecordType::ALL {
            assert_eq!(DnsRecordType::parse(&name.to_lowercase()).unwrap(), record_type);
            assert_eq!(record_type.name(), name);
        }
        for bad in ["SOA", "", "DNSKEY", "MBOXFW"] {
            assert!(DnsRecordType::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mail_alias_is_in_its_zone_and_a_redirection_leads_to_a_page() {
        let zone = ZoneName::parse("example.org").unwrap();
        let (mail, web) = (FancyType::parse("mboxfw").unwrap(), FancyType::parse("URL").unwrap());
        assert_eq!(mail.record_name("Info@Example.org", &zone).as_deref(), Ok("info@example.org"));
        assert_eq!(mail.record_name("info", &zone).as_deref(), Ok("info@example.org"));
        for bad in ["info@example.com", "@example.org", "", "a b@example.org", "info@www.example.org"] {
            assert!(mail.record_name(bad, &zone).is_err(), "{bad}");
        }
        assert_eq!(web.record_name("WWW", &zone).as_deref(), Ok("www"));
        assert!(web.record_name("a b", &zone).is_err());
        assert_eq!(mail.value("Ada@example.net").as_deref(), Ok("Ada@example.net"));
        assert!(mail.value("http://example.net").is_err());
        assert_eq!(web.value("https://example.net/A?b").as_deref(), Ok("https://example.net/A?b"));
        for bad in ["example.net", "ftp://example.net", "http://", "https:///x", "javascript:alert(1)", "http://a b"] {
            assert!(web.value(bad).is_err(), "{bad}");
        }
        assert!(FancyType::parse("A").is_err());
    }
}
