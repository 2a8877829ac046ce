//! Pages of a list: `limit` and `cursor` in place of the contract's range, the next page as a link.
//!
//! A cursor is for the server to read. Where a list can go on behind a row it says which: by what the list is sorted by and the
//! row's key, so that rows that come or go meanwhile move no page, and for which question it was made.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use soap::schema::{Member, Type};
use store::seek::{Place, Seek};

use super::{Problem, Request, text};

/// The contract's structure for a part of a list.
const RANGE: &str = "Range";
/// Octets that stand for the question.
const MARK: usize = 8;
/// Longest cursor.
const CURSOR_MAX: usize = 4096;

/// The page that was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    start: i64,
    mark: [u8; MARK],
    seek: Option<Seek>,
    /// It must begin behind a row.
    by_place: bool,
}

impl Page {
    /// How the list is to be read; none where rows are counted.
    pub(super) const fn seek(&self) -> Option<&Seek> {
        self.seek.as_ref()
    }

    /// The cursor of the page after this one.
    pub(super) fn next(&self, rows: usize, total: i64) -> Result<Option<String>, Problem> {
        match self.seek.as_ref().and_then(Seek::found) {
            Some(found) => Ok(found.next.map(|place| written(&self.mark, &place))),
            None if self.by_place => Err(not_ours()),
            None => {
                let end = self.start.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX));
                Ok((rows > 0 && end < total).then(|| format!("r{end}")))
            }
        }
    }

    /// Takes `limit` and `cursor` and puts them into the range that a list has among its parameters; `None` when it has none.
    pub(super) fn read(
        request: &Request<'_>,
        members: &[&'static Member],
        limit: Option<String>,
        cursor: Option<String>,
        parameters: &mut Map<String, Value>,
    ) -> Result<Option<Self>, Problem> {
        let Some(range) = range_of(members, parameters) else {
            let name = if limit.is_some() { "limit" } else { "cursor" };
            return match limit.or(cursor) {
                Some(_) => {
                    Err(Problem::new(400, &format!("{name}: this is no list that has pages")).at(name.to_owned()))
                }
                None => Ok(None),
            };
        };
        let mark = mark(request)?;
        let mut page = Self { mark, ..Self::default() };
        let counted = cursor.as_deref().and_then(|cursor| cursor.strip_prefix('r'));
        match (&cursor, counted) {
            (_, Some(start)) => {
                let start: Option<i32> = start.parse().ok().filter(|start| *start > 0);
                page.start = start.ok_or_else(not_ours)?.into();
            }
            (Some(cursor), None) => {
                page.seek = Some(Seek::after(Some(place(&mark, cursor).ok_or_else(not_ours)?)));
                page.by_place = true;
            }
            (None, None) => page.seek = Some(Seek::after(None)),
        }
        let mut asked = Map::new();
        asked.insert("start".to_owned(), page.start.into());
        if let Some(limit) = limit {
            let count: i32 =
                limit.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
                    Problem::new(400, "`limit` is a number of rows, one at least").at("limit".to_owned())
                })?;
            asked.insert("count".to_owned(), count.into());
        }
        *range = Value::Object(asked);
        Ok(Some(page))
    }
}

/// The refusal of a cursor.
pub(super) fn not_ours() -> Problem {
    Problem::new(400, "`cursor` is none that this server gave for this list").at("cursor".to_owned())
}

/// Stands for a question: path, filter and order, but not the page.
fn mark(request: &Request<'_>) -> Result<[u8; MARK], Problem> {
    let mut pairs = text::pairs(request.query).collect::<Result<Vec<_>, _>>()?;
    pairs.retain(|(name, _)| name != "cursor" && name != "limit");
    pairs.sort();
    let mut digest = Sha256::new();
    digest.update(request.path.trim_end_matches('/'));
    for (name, value) in pairs {
        digest.update(format!("\n{}={}", text::encoded(&name), text::encoded(&value)));
    }
    let digest: [u8; 32] = digest.finalize().into();
    Ok(std::array::from_fn(|index| digest[index]))
}

/// A place as a cursor.
fn written(mark: &[u8; MARK], place: &Place) -> String {
    let sorted = place.sorted.as_ref().map(|sorted| [b"=", sorted.as_bytes()].concat()).unwrap_or_default();
    let octets = [mark.as_slice(), &place.id.to_be_bytes(), &sorted].concat();
    octets.iter().fold("k".to_owned(), |cursor, octet| format!("{cursor}{octet:02x}"))
}

/// The place that a cursor names, when it is of that question.
fn place(mark: &[u8; MARK], cursor: &str) -> Option<Place> {
    let digits = cursor.strip_prefix('k').filter(|digits| digits.len() <= CURSOR_MAX)?.as_bytes();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let octets = pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok());
    let octets = octets.collect::<Option<Vec<u8>>>()?;
    let (id, sorted) = octets.strip_prefix(mark)?.split_first_chunk()?;
    let sorted = match sorted.strip_prefix(b"=") {
        Some(sorted) => Some(String::from_utf8(sorted.to_vec()).ok().filter(|text| text.chars().all(soap::is_char))?),
        None if sorted.is_empty() => None,
        None => return None,
    };
    Some(Place { sorted, id: i64::from_be_bytes(*id) })
}

/// Where the range goes: a parameter of its own, or a member of the query.
fn range_of<'m>(members: &[&'static Member], parameters: &'m mut Map<String, Value>) -> Option<&'m mut Value> {
    for member in members {
        let Type::Record(record) = member.ty else { continue };
        if record.name == RANGE {
            return Some(parameters.entry(member.name).or_insert(Value::Null));
        }
        let inner = record.members.iter().find(|inner| is_range(&inner.ty));
        if let Some(inner) = inner {
            let outer = parameters.entry(member.name).or_insert_with(|| Value::Object(Map::new()));
            return Some(outer.as_object_mut()?.entry(inner.name).or_insert(Value::Null));
        }
    }
    None
}

/// Whether a member is a range, which has no name of its own in a query string.
pub(super) const fn is_range(ty: &Type) -> bool {
    matches!(ty, Type::Record(record) if matches!(record.name.as_bytes(), b"Range"))
}

/// The same request for another page.
pub(super) fn link(request: &Request<'_>, cursor: &str) -> String {
    let kept = request.query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && text::decoded(name).is_ok_and(|name| name != "cursor")
    });
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
    format!("{}?{}", request.path, query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_for_its_own_question_only() {
        let mark = [7; MARK];
        for sorted in [None, Some(String::new()), Some("Zo\u{eb} = k".to_owned())] {
            let place_of = Place { sorted, id: -3 };
            let cursor = written(&mark, &place_of);
            assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            assert_eq!(place(&mark, &cursor), Some(place_of));
            assert_eq!(place(&[8; MARK], &cursor), None);
        }
        let whole = written(&mark, &Place { sorted: Some("\u{eb}".to_owned()), id: 1 });
        for broken in ["", "k", "x", "k0", "k+1", &whole[..whole.len() - 1], &whole[..whole.len() - 2], &whole[..20]] {
            assert_eq!(place(&mark, broken), None, "{broken}");
        }
    }
}
