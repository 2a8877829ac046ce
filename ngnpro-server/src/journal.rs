//! An entry of the journal as clients see it: in the journal's list, in the feed of changes and in what webhooks are sent.

use serde_json::{Map, Value};
use store::journal::Entry;
use time::format_description::well_known::Rfc3339;

/// The document of an entry. A row that cannot be read as JSON, which PostgreSQL does not keep, would be null.
pub(crate) fn document(entry: &Entry) -> Value {
    let row =
        |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    // Empty: not for this reader.
    let told = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let members = [
        ("id", entry.place.to_string().into()),
        ("at", entry.at.format(&Rfc3339).unwrap_or_default().into()),
        ("who", told(&entry.who)),
        ("role", entry.role.as_str().into()),
        ("actingAs", entry.acting_as.into()),
        ("peer", told(&entry.peer)),
        ("wire", entry.wire.as_str().into()),
        ("request", told(&entry.request)),
        ("operation", told(&entry.operation)),
        ("changeSet", entry.change_set.as_str().into()),
        ("resource", entry.table.as_str().into()),
        ("key", entry.key.as_str().into()),
        ("change", entry.op.to_lowercase().into()),
        ("customer", entry.customer.into()),
        ("reseller", entry.reseller.into()),
        ("before", row(&entry.before)),
        ("after", row(&entry.after)),
        ("concealed", entry.concealed.clone().into()),
    ];
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
