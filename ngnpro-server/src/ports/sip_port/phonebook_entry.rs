//! Phonebook entries between the wire and the domain.

use domain::{PhonebookEntry, PhonebookUri, Refusal};

use crate::ports::member;
use crate::wire::types;

/// Reads an entry to be made, or what one is to become.
pub(super) fn read(wire: Option<types::PhonebookEntry>) -> Result<PhonebookEntry, Refusal> {
    let wire = member::required(wire, "entry")?;
    Ok(PhonebookEntry {
        uri: uri(wire.uri, "entry.uri")?,
        name: member::line(wire.name, "entry.name")?,
        group: group(wire.group, "entry.group")?,
        first_name: member::line(wire.first_name, "entry.firstName")?,
        last_name: member::line(wire.last_name, "entry.lastName")?,
    })
}

/// Reads the address of an entry.
pub(super) fn uri(text: Option<String>, at: &'static str) -> Result<PhonebookUri, Refusal> {
    PhonebookUri::parse(&text.unwrap_or_default()).map_err(|why| why.at(at))
}

/// Reads the name of a group; empty is none.
pub(super) fn group(text: Option<String>, at: &'static str) -> Result<String, Refusal> {
    PhonebookEntry::group(&text.unwrap_or_default()).map_err(|why| why.at(at))
}

/// Writes an entry with every member.
pub(super) fn write(entry: PhonebookEntry) -> types::PhonebookEntry {
    types::PhonebookEntry {
        uri: Some(entry.uri.as_str().to_owned()),
        name: Some(entry.name),
        group: Some(entry.group),
        first_name: Some(entry.first_name),
        last_name: Some(entry.last_name),
    }
}
