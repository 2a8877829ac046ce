//! Results as JSON: a structure is an object, an array an array, null is `null`, a scalar what JSON has for it.

use soap::schema::{ArrayType, RecordType, Scalar, Type};
use soap::{Wire, Writer};

use crate::ports::Answering;
use crate::wire::Operation;

/// Answers are written in JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsJson;

/// A result that is written.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Empty for void.
    pub(super) text: String,
    /// Of a list: how many rows the answer has.
    pub(super) rows: Option<usize>,
    /// Of a list: how many match in all.
    pub(super) total: Option<i64>,
}

impl Answering for AsJson {
    type Answer = Document;

    fn write<T: Wire>(self, operation: Operation, result: &T) -> Document {
        let mut writer = JsonWriter::default();
        if let Some(ty) = &operation.describe().result {
            T::write(Some(result), "", ty, &mut writer);
        }
        let mut document = writer.document;
        if is_document(operation)
            && let Ok(serde_json::Value::String(text)) = serde_json::from_str(&document.text)
            && serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|value| value.is_object() || value.is_array())
        {
            document.text = text;
        }
        document
    }
}

/// Whether the contract has a document in the string that is answered: on this wire it is itself.
const fn is_document(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::SipGetSipTrace
            | Operation::SipGetMediaTrace
            | Operation::SipGetMediaSummary
            | Operation::SipGetMediaSessions
            | Operation::NetworkGetStatistics
            | Operation::NetworkGetStatus
    )
}

/// A text as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[derive(Debug, Default)]
pub(super) struct JsonWriter {
    document: Document,
    /// What is open, and whether something is in it already.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    names: bool,
    begun: bool,
}

impl JsonWriter {
    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.document.text
    }

    /// What stands before a value: a comma, a name.
    fn before(&mut self, name: &str) {
        let Some(open) = self.open.last_mut() else { return };
        let out = &mut self.document.text;
        if std::mem::replace(&mut open.begun, true) {
            out.push(',');
        }
        if open.names {
            // Names of the contract have nothing to escape.
            out.push('"');
            out.push_str(name);
            out.push_str("\":");
        }
    }
}

impl Writer for JsonWriter {
    fn scalar(&mut self, name: &str, ty: Scalar, text: &str) {
        if self.open.len() == 1 && name == "total" {
            self.document.total = text.parse().ok();
        }
        self.before(name);
        let out = &mut self.document.text;
        match ty {
            Scalar::String | Scalar::Base64Binary => out.push_str(&quoted(text)),
            // JSON has no infinity.
            Scalar::Float | Scalar::Double if !text.parse().is_ok_and(f64::is_finite) => out.push_str("null"),
            _ => out.push_str(text),
        }
    }

    fn null(&mut self, name: &str) {
        self.before(name);
        self.document.text.push_str("null");
    }

    fn open_record(&mut self, name: &str, _: &'static RecordType) {
        self.before(name);
        self.document.text.push('{');
        self.open.push(Open { names: true, begun: false });
    }

    fn open_array(&mut self, name: &str, array: &'static ArrayType, items: usize) {
        if self.open.len() == 1 && matches!(array.item, Type::Record(_)) {
            self.document.rows = Some(items);
        }
        self.before(name);
        self.document.text.push('[');
        self.open.push(Open { names: false, begun: false });
    }

    fn close(&mut self, _: &str) {
        if let Some(open) = self.open.pop() {
            self.document.text.push(if open.names { '}' } else { ']' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::types::{SipAccount, SipAccounts, SipId};

    #[test]
    fn a_list_is_written_with_names_nulls_and_escapes_and_is_counted() {
        let id = SipId { username: Some("al\"ice\u{1}".into()), domain: None };
        let account = SipAccount {
            id: Some(id),
            owner: Some(7),
            prepaid: Some(true),
            groups: Some(vec!["free".into(), String::new()]),
            ..Default::default()
        };
        let list = SipAccounts { accounts: Some(vec![account, SipAccount::default()]), total: Some(9) };
        let document = AsJson.write(Operation::SipGetAccounts, &list);
        assert_eq!((document.rows, document.total), (Some(2), Some(9)));
        let read: serde_json::Value = serde_json::from_str(&document.text).unwrap();
        let first = &read["accounts"][0];
        assert_eq!(first["id"], serde_json::json!({"username": "al\"ice\u{1}", "domain": null}));
        assert_eq!(first["owner"], 7);
        assert_eq!(first["prepaid"], true);
        assert_eq!(first["groups"], serde_json::json!(["free", ""]));
        assert_eq!(read["accounts"][1]["id"], serde_json::Value::Null);
        // A null array is an empty one, as on the other wires.
        assert_eq!(read["accounts"][1]["groups"], serde_json::json!([]));
        assert_eq!(read["total"], 9);
    }

    #[test]
    fn a_string_that_holds_a_document_is_that_document() {
        let written = |text: &str| AsJson.write(Operation::NetworkGetStatus, &text.to_owned()).text;
        assert_eq!(written("{\"proxy1\": {\"ip\": \"\"}}"), "{\"proxy1\": {\"ip\": \"\"}}");
        assert_eq!(AsJson.write(Operation::SipGetMediaSummary, &"[]".to_owned()).text, "[]");
        assert_eq!(written("7"), "\"7\"");
        assert_eq!(AsJson.write(Operation::SipGetAlias, &"{}".to_owned()).text, "\"{}\"");
    }

    #[test]
    fn void_is_no_document() {
        assert_eq!(AsJson.write(Operation::SipDeleteAccount, &()).text, "");
    }
}
