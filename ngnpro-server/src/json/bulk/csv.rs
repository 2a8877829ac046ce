//! Rows of CSV (RFC 4180) against the contract's structures: the first row names members, a cell is spelled as in a query string.
//!
//! `id` of two texts is `first@second`, a member of a structure has a dot in its name (`id.domain`). A list of texts is separated by
//! semicolons; any other list or structure, and a list whose texts have semicolons, is JSON. An empty cell is an absent member. The
//! separator is the first comma, semicolon or tab of the names.
//!
//! Spreadsheets run what begins like a formula (`=`, `+`, `-`, `@`), and telephone numbers begin so. On demand such cells are
//! written behind an apostrophe, and read back without it.

use serde_json::{Map, Value};
use soap::schema::{RecordType, Type};

use super::super::Problem;
use super::super::input::{self, Source};
use super::super::read::{self, Expected};
use super::super::routes::halves;

/// The columns of a document that is read.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    separator: char,
    /// Cells that look like formulas are behind apostrophes.
    for_spreadsheets: bool,
}

impl Columns {
    /// Reads the first row.
    pub(super) fn read(text: &str, record: &'static RecordType, for_spreadsheets: bool) -> Result<Self, Problem> {
        let separator = text.chars().find(|letter| [',', ';', '\t'].contains(letter)).unwrap_or(',');
        let names = fields(text, separator).map_err(|why| Problem::new(422, why))?;
        let names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
        for (at, name) in names.iter().enumerate() {
            if type_of(record, name).is_none() {
                let words = format!("{name}: there is no such member (the first row names the columns)");
                return Err(Problem::new(422, &words).at(name.clone()));
            }
            if names[..at].contains(name) {
                return Err(Problem::new(422, &format!("{name} is given twice")).at(name.clone()));
            }
        }
        Ok(Self { names, separator, for_spreadsheets })
    }

    /// Reads a row into the structure that is the parameter of that name.
    pub(super) fn row(
        &self,
        text: &str,
        name: &str,
        record: &'static RecordType,
        values: usize,
    ) -> Result<Value, Problem> {
        let cells = fields(text, self.separator).map_err(|why| Problem::new(422, why))?;
        if cells.len() > self.names.len() {
            let words = format!("the row has {} cells, and there are {} columns", cells.len(), self.names.len());
            return Err(Problem::new(422, &words));
        }
        let mut row = Map::new();
        for (column, cell) in self.names.iter().zip(cells) {
            let cell = if self.for_spreadsheets { unguarded(cell) } else { cell };
            if !cell.is_empty() {
                put(&mut row, record, name, column, cell, values)?;
            }
        }
        Ok(Value::Object(row))
    }
}

/// Puts a cell where its column says.
fn put(
    row: &mut Map<String, Value>,
    record: &'static RecordType,
    name: &str,
    column: &str,
    cell: String,
    values: usize,
) -> Result<(), Problem> {
    let full = format!("{name}.{column}");
    if !cell.chars().all(soap::is_char) {
        let words = format!("{full}: has a character that no text of the contract has");
        return Err(Problem::new(422, &words).at(full));
    }
    let known = || record.members.iter();
    let ty = type_of(record, column);
    let of_texts = matches!(ty, Some(Type::Array(array)) if is_text(&array.item));
    match ty {
        Some(ty) if !matches!(ty, Type::Scalar(_)) && cell.starts_with(['[', '{']) && !column.contains('.') => {
            row.insert(column.to_owned(), read::document(cell.as_bytes(), Expected::Type(ty), &full, values)?);
            Ok(())
        }
        Some(Type::Array(_)) if of_texts => {
            row.insert(column.to_owned(), Value::Array(Vec::new()));
            let mut items = cell.split(';').map(str::trim).filter(|item| !item.is_empty());
            items.try_for_each(|item| input::put(row, known(), column, &full, item.to_owned(), Source::Query))
        }
        Some(Type::Array(_)) => Err(Problem::new(422, &format!("{full}: an array in JSON is expected")).at(full)),
        Some(Type::Record(_)) if ty.and_then(halves).is_none() => {
            Err(Problem::new(422, &format!("{full}: an object in JSON is expected")).at(full))
        }
        _ => input::put(row, known(), column, &full, cell, Source::Query),
    }
}

/// The type of the member that a column names.
fn type_of(record: &'static RecordType, column: &str) -> Option<&'static Type> {
    let (first, rest) = column.split_once('.').map_or((column, None), |(first, rest)| (first, Some(rest)));
    let member = record.members.iter().find(|member| member.name == first)?;
    match (rest, &member.ty) {
        (None, ty) => Some(ty),
        (Some(rest), Type::Record(record)) => type_of(record, rest),
        (Some(_), _) => None,
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(_)) || halves(ty).is_some()
}

/// The cells of a row.
fn fields(text: &str, separator: char) -> Result<Vec<String>, &'static str> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut letters = text.chars().peekable();
    loop {
        if letters.peek() == Some(&'"') {
            letters.next();
            loop {
                match letters.next() {
                    Some('"') if letters.peek() == Some(&'"') => {
                        letters.next();
                        cell.push('"');
                    }
                    Some('"') => break,
                    Some(letter) => cell.push(letter),
                    None => return Err("a quotation mark is not closed"),
                }
            }
            if letters.peek().is_some_and(|next| *next != separator) {
                return Err("something stands between a closing quotation mark and the separator");
            }
        }
        match letters.next() {
            Some(letter) if letter == separator => cells.push(std::mem::take(&mut cell)),
            Some(letter) => {
                cell.push(letter);
                // A quotation mark inside of a bare cell is itself.
                while let Some(letter) = letters.next_if(|next| *next != separator) {
                    cell.push(letter);
                }
            }
            None => {
                cells.push(cell);
                return Ok(cells);
            }
        }
    }
}

/// The first row of a structure's document.
pub(super) fn names(record: &'static RecordType) -> String {
    record.members.iter().map(|member| member.name).collect::<Vec<_>>().join(",")
}

/// A row of a structure's document.
pub(super) fn written(record: &'static RecordType, row: &Value, for_spreadsheets: bool) -> String {
    let cells = record.members.iter().map(|member| {
        let cell = cell(&member.ty, row.get(member.name).unwrap_or(&Value::Null));
        quoted(if for_spreadsheets { guarded(cell) } else { cell })
    });
    cells.collect::<Vec<_>>().join(",")
}

fn cell(ty: &Type, value: &Value) -> String {
    match (ty, value) {
        (_, Value::Null) => String::new(),
        (Type::Scalar(_), Value::String(text)) => text.clone(),
        (Type::Scalar(_), other) => other.to_string(),
        (Type::Record(_), _) => match halves(ty).map(|names| names.map(|name| value[name].as_str())) {
            Some([Some(first), Some(second)]) => format!("{first}@{second}"),
            Some([None, None]) => String::new(),
            _ => value.to_string(),
        },
        (Type::Array(array), Value::Array(items)) => {
            let texts: Vec<String> = items.iter().map(|item| cell(&array.item, item)).collect();
            let plain = |text: &String| !text.is_empty() && text.trim() == text && !text.contains(';');
            let bare = is_text(&array.item) && texts.iter().all(plain);
            match texts.first() {
                None => String::new(),
                Some(first) if bare && !first.starts_with(['[', '{']) => texts.join(";"),
                Some(_) => value.to_string(),
            }
        }
        (Type::Array(_), other) => other.to_string(),
    }
}

fn quoted(cell: String) -> String {
    let bare = !cell.contains([',', '"', '\n', '\r', ';', '\t']) && cell.trim() == cell;
    if bare { cell } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// A cell that no spreadsheet runs.
fn guarded(cell: String) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell }
}

fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest.to_owned(),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use soap::Record;

    use super::*;
    use crate::wire::types::SipAccount;

    fn row(names: &str, text: &str) -> Result<Value, String> {
        let columns = Columns::read(names, SipAccount::TYPE, false).map_err(|problem| problem.detail.to_string())?;
        columns.row(text, "account", SipAccount::TYPE, 100).map_err(|problem| problem.detail.to_string())
    }

    #[test]
    fn cells_are_members() {
        let found = row(
            "id,firstName,groups,prepaid,quota,acl,properties",
            "alice@x.example,\"O\"\"Neil, Alice\nB\",free;vip,true,7,\"[{\"\"ip\"\": \"\"10.0.0.0\"\", \"\"mask\"\": 8}]\",",
        );
        let wanted = json!({
            "id": {"username": "alice", "domain": "x.example"}, "firstName": "O\"Neil, Alice\nB", "groups": ["free", "vip"],
            "prepaid": "true", "quota": "7", "acl": [{"ip": "10.0.0.0", "mask": 8}],
        });
        assert_eq!(found, Ok(wanted));
        // As spreadsheets of half the world write it.
        let found = row("id.username;id.domain;rpid", "bob;x.example;+31 6").unwrap();
        assert_eq!(found, json!({"id": {"username": "bob", "domain": "x.example"}, "rpid": "+31 6"}));
    }

    #[test]
    fn what_no_column_or_cell_can_be_is_said() {
        for (names, text, words) in [
            ("id,frstName", "", "frstName: there is no such member"),
            ("id,id", "", "id is given twice"),
            ("acl.ip", "", "acl.ip: there is no such member"),
            ("id", "alice", "account.id: `username@domain` is expected"),
            ("acl", "10.0.0.0/8", "account.acl: an array in JSON is expected"),
            ("acl", "\"[{\"\"ipp\"\": 1}]\"", "account.acl[0].ipp: there is no such member"),
            ("id,rpid", "a@b,1,2", "the row has 3 cells, and there are 2 columns"),
            ("id,rpid", "\"a@b\"x,1", "between a closing quotation mark"),
            ("rpid", "\u{1}", "has a character that no text"),
        ] {
            let found = row(names, text).unwrap_err();
            assert!(found.contains(words), "{found}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let sent = json!({
            "id": {"username": "alice", "domain": "x.example"}, "firstName": " \"A\",\n", "rpid": "+31", "groups": ["a", "b"],
            "acl": [{"ip": "10.0.0.0", "mask": 8, "tag": "-1"}], "properties": [], "quota": 7, "prepaid": false, "owner": null,
        });
        for for_spreadsheets in [false, true] {
            let text = written(SipAccount::TYPE, &sent, for_spreadsheets);
            assert_eq!(text.contains("'+31"), for_spreadsheets);
            let columns = Columns::read(&names(SipAccount::TYPE), SipAccount::TYPE, for_spreadsheets).unwrap();
            let read = columns.row(&text, "account", SipAccount::TYPE, 100).unwrap();
            for name in ["id", "firstName", "rpid", "groups", "acl"] {
                assert_eq!(read[name], sent[name], "{name}");
            }
            assert_eq!((&read["quota"], &read["prepaid"]), (&json!("7"), &json!("false")));
            assert!(read.get("properties").is_none() && read.get("owner").is_none());
        }
    }
}
