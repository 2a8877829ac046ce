//! Records that the contract reads in lists only: on this wire each has its path as all others have, and is read there by its list,
//! with its key as the filter.
//!
//! Which these are follows from the routes: what a `PUT` replaces, what the collection above it lists, and what its filter knows.

use domain::{DomainName, Refusal};
use serde_json::{Map, Value};
use soap::schema::{Member, Type};

use super::job::is_change_of;
use super::routes::{halves, is_same};
use super::write::Document;
use super::{Method, Problem};
use crate::wire::Operation;

/// A record of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    /// What reads the list.
    pub(super) list: Operation,
    /// The place in the path of the replacement: the parameter and its key.
    pub(super) place: &'static str,
    /// The member of the record that names it, and its two parts when it is written `first@second`.
    key: &'static Member,
    halves: Option<[&'static str; 2]>,
    /// The member of the list's answer that has the rows.
    rows: &'static str,
}

impl Listed {
    /// What an operation replaces, when only a list reads it.
    pub(super) fn of(replacement: Operation) -> Option<Self> {
        let route = replacement.route();
        let (above, place) = route.path.rsplit_once("/{")?;
        let place = place.strip_suffix('}').filter(|_| route.method == Method::Put)?;
        let (parameter, key) = place.split_once('.')?;
        let reads = |path: &str| {
            let is_it = |other: &&Operation| other.route().method == Method::Get && is_same(other.route().path, path);
            Operation::ALL.iter().find(is_it).copied()
        };
        if reads(route.path).is_some() {
            return None;
        }
        let list = reads(above)?;
        let Type::Record(answer) = list.describe().result? else { return None };
        let body = member(replacement.describe().parameters.members, parameter)?;
        let is_row = |member: &&Member| match member.ty {
            Type::Array(array) => is_change_of(&body.ty, &array.item),
            _ => false,
        };
        let rows = answer.members.iter().find(is_row)?.name;
        let key = member(members(&body.ty)?, key)?;
        let halves = halves(&key.ty);
        let query = member(list.describe().parameters.members, "query")?;
        let filter = members(&member(members(&query.ty)?, "filter")?.ty)?;
        let names = halves.map_or_else(|| vec![key.name], |halves| halves.to_vec());
        let is_known = names.iter().all(|name| member(filter, name).is_some());
        is_known.then_some(Self { list, place, key, halves, rows })
    }

    /// The list's filter for the record of that key.
    pub(super) fn filter(&self, key: &str) -> Result<Value, Problem> {
        let terms: Map<String, Value> = match self.halves {
            None => [(self.key.name.to_owned(), literally(key).into())].into_iter().collect(),
            Some([first, second]) => {
                let (one, two) = key.rsplit_once('@').ok_or_else(|| {
                    let words = format!("{}: `{first}@{second}` is expected", self.place);
                    Problem::new(422, &words).at(self.place.to_owned())
                })?;
                let terms = [(first.to_owned(), literally(one).into()), (second.to_owned(), literally(two).into())];
                terms.into_iter().collect()
            }
        };
        Ok(serde_json::json!({"filter": terms}))
    }

    /// The record of that key among the rows of an answer.
    pub(super) fn pick(&self, answer: &Document, key: &str) -> Result<Document, Problem> {
        let answer: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let is_it = |row: &&Value| {
            let found = super::routes::one_text(&self.key.ty, &row[self.key.name]);
            found.is_some_and(|found| found.eq_ignore_ascii_case(key.trim()))
        };
        match answer[self.rows].as_array().and_then(|rows| rows.iter().find(is_it)) {
            Some(row) => Ok(Document { text: row.to_string(), ..Document::default() }),
            None => Err(self.absent(key)),
        }
    }

    /// What is not there, or is somebody else's.
    fn absent(&self, key: &str) -> Problem {
        let number = key.parse().unwrap_or(0);
        let (first, second) = key.rsplit_once('@').unwrap_or((key, ""));
        let refusal = match self.list {
            Operation::SipGetDomains => DomainName::parse(key).ok().map(Refusal::SipDomainNotFound),
            Operation::SipGetTrustedPeers => Some(Refusal::TrustedPeerNotFound(key.to_owned())),
            Operation::SipGetCarriers => Some(Refusal::CarrierNotFound(number)),
            Operation::SipGetGateways => Some(Refusal::GatewayNotFound(number)),
            Operation::SipGetGatewayRules => Some(Refusal::GatewayRuleNotFound(number)),
            Operation::EnumGetRanges => {
                Some(Refusal::EnumRangeNotFound { prefix: first.to_owned(), tld: second.to_owned() })
            }
            _ => None,
        };
        refusal.map_or_else(|| Problem::new(404, "there is no such resource").coded(9005), Problem::from)
    }
}

/// A text as a pattern that means itself; numbers have nothing to escape.
fn literally(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn member(members: &'static [Member], name: &str) -> Option<&'static Member> {
    members.iter().find(|member| member.name == name)
}

const fn members(ty: &Type) -> Option<&'static [Member]> {
    match ty {
        Type::Record(record) => Some(record.members),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_in_lists_only_is_found_by_its_replacement() {
        let found: Vec<_> = Operation::ALL.iter().filter_map(|operation| Listed::of(*operation)).collect();
        let lists: Vec<_> = found.iter().map(|listed| listed.list).collect();
        for list in [
            Operation::SipGetDomains,
            Operation::SipGetTrustedPeers,
            Operation::SipGetCarriers,
            Operation::SipGetGateways,
            Operation::SipGetGatewayRules,
            Operation::EnumGetRanges,
        ] {
            assert!(lists.contains(&list), "{list:?}");
        }
        // Each says in the contract's words that one is not there.
        for listed in &found {
            assert_ne!(listed.absent("1.example").errorcode, Some(9005), "{:?}", listed.list);
        }
        assert!(Listed::of(Operation::SipUpdateAccount).is_none());
    }

    #[test]
    fn a_key_is_no_pattern() {
        let listed = Listed::of(Operation::SipUpdateTrustedPeer).unwrap();
        assert_eq!(listed.filter("a_b%").unwrap(), serde_json::json!({"filter": {"ip": "a\\_b\\%"}}));
        let rows = Document { text: r#"{"peers": [{"ip": "axb"}, {"ip": "A_B"}]}"#.to_owned(), ..Document::default() };
        assert_eq!(listed.pick(&rows, "a_b").unwrap().text, r#"{"ip":"A_B"}"#);
        assert_eq!(listed.pick(&rows, "a%").unwrap_err().errorcode, Some(1070));
    }
}
