//! Pages of a list: `limit` and `cursor` in place of the contract's range, the next page as a link.
//!
//! A cursor is for the server to read: today it says how many rows came before.

use serde_json::{Map, Value};
use soap::schema::{Member, Type};

use super::{Problem, Request, text};

/// The contract's structure for a part of a list.
const RANGE: &str = "Range";

/// The page that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Page {
    start: i64,
}

impl Page {
    /// The cursor of the page after this one.
    pub(super) fn next(self, rows: usize, total: i64) -> Option<String> {
        let end = self.start + i64::try_from(rows).ok()?;
        (rows > 0 && end < total).then(|| format!("r{end}"))
    }

    /// Takes `limit` and `cursor` and puts them into the range that a list has among its parameters; `None` when it has none.
    pub(super) fn read(
        members: &[&'static Member],
        limit: Option<String>,
        cursor: Option<String>,
        parameters: &mut Map<String, Value>,
    ) -> Result<Option<Self>, Problem> {
        let Some(range) = range_of(members, parameters) else {
            return match limit.or(cursor) {
                Some(_) => Err(Problem::new(400, "`limit` and `cursor` are for lists that have pages")),
                None => Ok(None),
            };
        };
        let mut asked = Map::new();
        let start = match cursor {
            None => 0,
            Some(cursor) => {
                let start = cursor.strip_prefix('r').and_then(|start| start.parse().ok());
                let start: i32 = start.filter(|start| *start >= 0).ok_or_else(|| {
                    Problem::new(400, "`cursor` is none that this server gave").at("cursor".to_owned())
                })?;
                start
            }
        };
        asked.insert("start".to_owned(), start.into());
        if let Some(limit) = limit {
            let count: i32 =
                limit.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
                    Problem::new(400, "`limit` is a number of rows, one at least").at("limit".to_owned())
                })?;
            asked.insert("count".to_owned(), count.into());
        }
        *range = Value::Object(asked);
        Ok(Some(Self { start: start.into() }))
    }
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
