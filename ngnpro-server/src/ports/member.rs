//! From members of the wire to values of the domain. A refusal names the member as a dotted path from the parameter.
//!
//! An absent member and an empty one are read alike here; what that means (cleared, kept, usual value) is the operation's.

use domain::{CustomerId, Direction, DomainName, Invalid, LikePattern, Refusal, ResellerId, SipId, Text, Username};
use store::list::Query;

use crate::wire::types;

/// Most entries of a list inside a record, such as the groups of an account.
pub(super) const ENTRIES_MAX: usize = 500;

/// A parameter that must be there.
pub(super) fn required<T>(value: Option<T>, member: &'static str) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::invalid(member, "is missing"))
}

/// A text of one line; absent is empty.
pub(super) fn line(value: Option<String>, member: &'static str) -> Result<String, Refusal> {
    Text::line(value.unwrap_or_default()).map_err(|why| why.at(member))
}

/// A long text; absent is empty.
pub(super) fn block(value: Option<String>, member: &'static str) -> Result<String, Refusal> {
    Text::block(value.unwrap_or_default()).map_err(|why| why.at(member))
}

/// A number that is not negative; absent is 0.
pub(super) fn count(value: Option<i32>, member: &'static str) -> Result<i32, Refusal> {
    match value.unwrap_or(0) {
        n if n < 0 => Err(Refusal::invalid(member, "is negative")),
        n => Ok(n),
    }
}

/// A customer's number; absent is nobody.
pub(super) fn customer(value: Option<i64>, member: &'static str) -> Result<CustomerId, Refusal> {
    CustomerId::parse(value.unwrap_or(0)).map_err(|why| why.at(member))
}

/// A reseller's number; absent is nobody.
pub(super) fn reseller(value: Option<i64>, member: &'static str) -> Result<ResellerId, Refusal> {
    ResellerId::parse(value.unwrap_or(0)).map_err(|why| why.at(member))
}

/// A domain's name.
pub(super) fn domain_name(value: Option<&str>, member: &'static str) -> Result<DomainName, Refusal> {
    DomainName::parse(value.unwrap_or_default().trim()).map_err(|why| why.at(member))
}

/// A user name and a domain.
pub(super) fn sip_id(value: Option<types::SipId>, member: &'static str) -> Result<SipId, Refusal> {
    let id = required(value, member)?;
    let below = |part| move |why: Invalid| why.at(format!("{member}.{part}"));
    let username = Username::parse(id.username.unwrap_or_default().trim()).map_err(below("username"))?;
    let domain = DomainName::parse(id.domain.unwrap_or_default().trim()).map_err(below("domain"))?;
    Ok(SipId::new(username, domain))
}

/// The same, for answers.
pub(super) fn wire_id(id: &SipId) -> types::SipId {
    types::SipId { username: Some(id.username.to_string()), domain: Some(id.domain.to_string()) }
}

/// A list inside a record; absent is empty.
pub(super) fn entries<T>(value: Option<Vec<T>>, member: &'static str) -> Result<Vec<T>, Refusal> {
    let entries = value.unwrap_or_default();
    match entries.len() {
        0..=ENTRIES_MAX => Ok(entries),
        _ => Err(Refusal::invalid(member, format!("has at most {ENTRIES_MAX} entries"))),
    }
}

/// Reads each entry of a list; a refusal says which one is wrong.
pub(super) fn each<T, R>(
    entries: impl IntoIterator<Item = T>,
    list: &str,
    read: impl Fn(T) -> Result<R, Refusal>,
) -> Result<Vec<R>, Refusal> {
    let entries = entries.into_iter().enumerate();
    entries.map(|(at, entry)| read(entry).map_err(|refusal| refusal.in_entry(list, at))).collect()
}

/// Reads each text of a list that is not empty.
pub(super) fn each_text<R>(
    texts: &[String],
    list: &str,
    read: impl Fn(&str) -> Result<R, Invalid>,
) -> Result<Vec<R>, Refusal> {
    let read = |text: &String| match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some).map_err(|why| why.at(list.to_owned())),
    };
    Ok(each(texts, list, read)?.into_iter().flatten().collect())
}

/// A time to live. RFC 2181 §8: 31 bits.
pub(super) fn ttl(value: Option<u32>, usual: u32, member: &'static str) -> Result<i64, Refusal> {
    match value.unwrap_or(usual) {
        ttl if ttl > 0x7fff_ffff => Err(Refusal::invalid(member, "not 0 to 2147483647")),
        ttl => Ok(i64::from(ttl)),
    }
}

/// Names of name servers; absent is not the same as none.
pub(super) fn nameservers(
    value: Option<Vec<String>>,
    member: &'static str,
) -> Result<Option<Vec<DomainName>>, Refusal> {
    let Some(names) = value else { return Ok(None) };
    let names = entries(Some(names), member)?;
    each_text(&names, member, DomainName::parse).map(Some)
}

/// A term of a search that is a pattern.
pub(super) fn pattern(value: Option<String>, member: &'static str) -> Result<Option<LikePattern>, Refusal> {
    LikePattern::parse(&value.unwrap_or_default()).map_err(|why| why.at(member))
}

/// A term of a search that is a number; 0 is any.
pub(super) fn equal(value: Option<i64>) -> Option<i64> {
    value.filter(|number| *number != 0)
}

/// Puts a query together. The order was read by the operation: an attribute that its list does not know is its default.
pub(super) fn query<Filter, Order>(
    filter: Filter,
    order: Order,
    direction: Option<String>,
    range: Option<types::Range>,
    cap: u32,
) -> Query<Filter, Order> {
    let range = range.unwrap_or_default();
    Query {
        filter,
        order,
        direction: Direction::parse(direction.unwrap_or_default().trim()),
        range: domain::Range::new(range.start.map(i64::from), range.count.map(i64::from), cap),
    }
}

/// How many match, for the wire.
pub(super) fn total(total: i64) -> Option<i32> {
    Some(i32::try_from(total).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_part_of_the_id_that_is_wrong() {
        let id = types::SipId { username: Some("alice".into()), domain: Some("not a domain".into()) };
        let refusal = sip_id(Some(id), "account.id").unwrap_err();
        assert_eq!(refusal.to_string(), "Invalid value for account.id.domain: not a domain name");
    }

    #[test]
    fn an_id_is_read_in_any_case() {
        let id = types::SipId { username: Some("Alice".into()), domain: Some("Example.COM".into()) };
        assert_eq!(sip_id(Some(id), "sipId").unwrap().to_string(), "alice@example.com");
    }

    #[test]
    fn a_list_inside_a_record_is_bounded() {
        assert!(entries(Some(vec![0; ENTRIES_MAX]), "account.groups").is_ok());
        assert!(entries(Some(vec![0; ENTRIES_MAX + 1]), "account.groups").is_err());
    }

    #[test]
    fn zero_is_no_constraint() {
        assert_eq!((equal(Some(0)), equal(None), equal(Some(7))), (None, None, Some(7)));
    }
}
