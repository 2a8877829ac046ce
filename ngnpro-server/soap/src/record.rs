//! Records and their values: reading a member by its declared type, writing it through a wire's writer.
//!
//! What is null, what is empty and which spellings a scalar may have is decided here, once for all wires. Structures are
//! `Default` plus [`Record::read_member`]; the generated code implements [`Record`] for each, from the WSDL.

use crate::element::Element;
use crate::schema::{ArrayType, RecordType, Scalar, Type};
use crate::text;

/// A member that cannot be read by its declared type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {why}")]
pub struct DecodeError {
    /// Path of the member, as `account.owner`.
    pub member: String,
    /// What is wrong, in words for the caller; never the value itself.
    pub why: &'static str,
}

impl DecodeError {
    /// An error at the element itself.
    #[must_use]
    pub fn new(element: Element<'_>, why: &'static str) -> Self {
        Self { member: element.local().to_owned(), why }
    }

    fn below(mut self, parent: Element<'_>) -> Self {
        self.member.insert(0, '.');
        self.member.insert_str(0, parent.local());
        self
    }
}

/// A structure of the contract.
pub trait Record: Default {
    /// Its field table.
    const TYPE: &'static RecordType;

    /// Names that members had in earlier contracts, and their indices.
    const FORMER_NAMES: &'static [(&'static str, usize)] = &[];

    /// Reads the member with that index in the table.
    ///
    /// # Errors
    /// When the element does not have the declared type.
    fn read_member(&mut self, index: usize, element: Element<'_>) -> Result<(), DecodeError>;

    /// Writes the members in the table's order.
    fn write_members<W: Writer>(&self, out: &mut W);
}

/// A wire's way of writing. Elements are named by the schema; the writer adds what its style asks for.
pub trait Writer {
    /// A scalar that has a value.
    fn scalar(&mut self, name: &str, ty: Scalar, text: &str);
    /// A null scalar or structure.
    fn null(&mut self, name: &str);
    /// Opens a structure.
    fn open_record(&mut self, name: &str, ty: &'static RecordType);
    /// Opens an array of so many items; the items are then written one by one under [`ITEM`].
    fn open_array(&mut self, name: &str, ty: &'static ArrayType, items: usize);
    /// Closes what was opened under that name.
    fn close(&mut self, name: &str);
    /// Whether a structure may stand where the schema has an array of them, for who asked with one ([`OneOrMany`]).
    fn knows_one_for_many(&self) -> bool {
        false
    }
}

/// Name of the elements of an array.
pub(crate) const ITEM: &str = "item";

/// A value that a member can hold.
pub trait Wire: Sized {
    /// Reads the value; `None` is null.
    ///
    /// # Errors
    /// When the element does not have the declared type.
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError>;

    /// Writes the value, or null.
    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W);
}

/// Reads a structure's members from the element's children: by local name, in any order, unknown ones ignored, the last of
/// equal ones taken.
///
/// # Errors
/// When a member does not have its declared type; the error carries the path.
pub fn read_record<R: Record>(element: Element<'_>) -> Result<R, DecodeError> {
    let mut record = R::default();
    // Members usually arrive in the schema's order: the search begins behind the last hit.
    let members = R::TYPE.members;
    let mut expected = 0;
    for child in element.children() {
        let name = child.local();
        let found = (expected..members.len()).chain(0..expected).find(|&i| members[i].name == name);
        let former = || R::FORMER_NAMES.iter().find(|(former, _)| *former == name).map(|(_, index)| *index);
        if let Some(index) = found.or_else(former) {
            record.read_member(index, child).map_err(|e| e.below(element))?;
            expected = index + 1;
        }
    }
    Ok(record)
}

/// Writes a structure under that name, or null.
pub fn write_record<R: Record, W: Writer>(value: Option<&R>, name: &str, out: &mut W) {
    match value {
        Some(record) => {
            out.open_record(name, R::TYPE);
            record.write_members(out);
            out.close(name);
        }
        None => out.null(name),
    }
}

/// Bytes that travel as `xsd:base64Binary`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Base64(pub Vec<u8>);

impl std::fmt::Debug for Base64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The text of a scalar without the white space around it; `None` when null: nil, or nothing left.
fn trimmed(element: Element<'_>) -> Result<Option<&str>, DecodeError> {
    if element.is_nil() {
        return Ok(None);
    }
    if element.has_children() {
        return Err(DecodeError::new(element, "a single value is expected"));
    }
    let text = element.text().trim_matches([' ', '\t', '\n', '\r']);
    Ok((!text.is_empty()).then_some(text))
}

/// The name of the scalar that a table declares; strings where a table says otherwise cannot occur in generated code.
const fn scalar_of(ty: &Type, otherwise: Scalar) -> Scalar {
    match ty {
        Type::Scalar(scalar) => *scalar,
        Type::Record(_) | Type::Array(_) => otherwise,
    }
}

impl Wire for String {
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        if element.is_nil() {
            return Ok(None);
        }
        if element.has_children() {
            return Err(DecodeError::new(element, "text is expected"));
        }
        // The one case in which the sender's type counts: text that is not ASCII is sent so by some toolkits.
        if element.is_base64() {
            let text = text::decode_base64(element.text()).and_then(|bytes| Self::from_utf8(bytes).ok());
            let text = text.filter(|text| text.chars().all(text::is_char));
            return text.map(Some).ok_or_else(|| DecodeError::new(element, "not base64 of UTF-8 text"));
        }
        Ok(Some(element.text().to_owned()))
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        match value {
            Some(text) => out.scalar(name, scalar_of(ty, Scalar::String), text),
            None => out.null(name),
        }
    }
}

impl Wire for bool {
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        match trimmed(element)? {
            None => Ok(None),
            Some(text) if text == "1" || text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text == "0" || text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(DecodeError::new(element, "neither true nor false")),
        }
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        match value {
            Some(value) => out.scalar(name, scalar_of(ty, Scalar::Boolean), if *value { "true" } else { "false" }),
            None => out.null(name),
        }
    }
}

/// Reads a whole number. A fraction of zeros is let pass: clients without integers write one.
fn integer<T: std::str::FromStr>(element: Element<'_>) -> Result<Option<T>, DecodeError> {
    let Some(text) = trimmed(element)? else { return Ok(None) };
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    whole.parse().map(Some).map_err(|_| DecodeError::new(element, "not a whole number in its range"))
}

macro_rules! integers {
    ($($rust:ty => $scalar:ident),+) => {$(
        impl Wire for $rust {
            fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
                integer(element)
            }

            fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
                match value {
                    Some(value) => out.scalar(name, scalar_of(ty, Scalar::$scalar), &value.to_string()),
                    None => out.null(name),
                }
            }
        }
    )+};
}

integers!(i32 => Int, i64 => Integer, u32 => NonNegativeInteger, u16 => UnsignedShort);

impl Wire for f64 {
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        let Some(text) = trimmed(element)? else { return Ok(None) };
        match text.parse::<Self>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(DecodeError::new(element, "not a number")),
        }
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        match value {
            Some(value) => out.scalar(name, scalar_of(ty, Scalar::Double), &value.to_string()),
            None => out.null(name),
        }
    }
}

impl Wire for Base64 {
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        let Some(text) = trimmed(element)? else { return Ok(None) };
        let bytes = text::decode_base64(text).ok_or_else(|| DecodeError::new(element, "not base64"))?;
        Ok(Some(Self(bytes)))
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        match value {
            Some(Self(bytes)) => out.scalar(name, scalar_of(ty, Scalar::Base64Binary), &text::encode_base64(bytes)),
            None => out.null(name),
        }
    }
}

impl<T: Wire + WireItem> Wire for Vec<T> {
    /// Items may have any name. A null array is an empty one: half of the toolkits cannot tell them apart.
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        if element.is_nil() {
            return Ok(Some(Self::new()));
        }
        if !element.has_children() && !element.text().trim_ascii().is_empty() {
            return Err(DecodeError::new(element, "an array is expected"));
        }
        if is_one_for_many::<T>(element) {
            return Ok(Some(T::read(element)?.into_iter().collect()));
        }
        let mut items = Self::new();
        for child in element.children() {
            items.extend(T::read(child).map_err(|e| e.below(element))?);
        }
        Ok(Some(items))
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        let Type::Array(array) = ty else { return out.null(name) };
        let items = value.map_or(&[][..], Self::as_slice);
        out.open_array(name, array, items.len());
        for item in items {
            T::write(Some(item), ITEM, &array.item, out);
        }
        out.close(name);
    }
}

/// An array, or the one structure that older clients send in its place; who sends it so is answered so.
#[derive(Debug, Clone, PartialEq)]
pub enum OneOrMany<T> {
    /// An array.
    Many(Vec<T>),
    /// The one structure.
    One(T),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items,
            Self::One(item) => vec![item],
        }
    }

    /// Whether the one structure was sent.
    pub const fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }
}

impl<T: Wire + WireItem> Wire for OneOrMany<T> {
    fn read(element: Element<'_>) -> Result<Option<Self>, DecodeError> {
        match is_one_for_many::<T>(element) {
            true => Ok(T::read(element)?.map(Self::One)),
            false => Ok(Vec::read(element)?.map(Self::Many)),
        }
    }

    fn write<W: Writer>(value: Option<&Self>, name: &str, ty: &Type, out: &mut W) {
        let Type::Array(array) = ty else { return out.null(name) };
        match value {
            Some(Self::One(item)) if out.knows_one_for_many() => T::write(Some(item), name, &array.item, out),
            Some(Self::One(item)) => {
                out.open_array(name, array, 1);
                T::write(Some(item), ITEM, &array.item, out);
                out.close(name);
            }
            Some(Self::Many(items)) => Vec::write(Some(items), name, ty, out),
            None => Vec::<T>::write(None, name, ty, out),
        }
    }
}

/// Whether the element is a structure in an array's place: clients from before an operation took several send it.
fn is_one_for_many<T: WireItem>(element: Element<'_>) -> bool {
    !element.is_nil()
        && !element.is_array()
        && element.children().next().is_some_and(|first| T::has_member(first.local()))
}

/// What an array can hold.
pub trait WireItem {
    /// Whether the item is a structure with a member of that name.
    fn has_member(name: &str) -> bool;
}

impl WireItem for String {
    fn has_member(_: &str) -> bool {
        false
    }
}

/// Reads a structure; `None` is null: nil, an empty element, an empty array in its place.
///
/// # Errors
/// When the element holds text, or a member does not have its declared type.
pub fn read_value<R: Record>(element: Element<'_>) -> Result<Option<R>, DecodeError> {
    if element.is_nil() {
        return Ok(None);
    }
    if !element.has_children() {
        return match element.text().trim_ascii().is_empty() {
            true => Ok(None),
            false => Err(DecodeError::new(element, "a structure is expected")),
        };
    }
    read_record(element).map(Some)
}

/// Reads a structure, or the text that older clients send in its place.
///
/// # Errors
/// When a member does not have its declared type.
pub fn read_value_or_text<R: Record>(
    element: Element<'_>,
    of_text: impl FnOnce(String) -> R,
) -> Result<Option<R>, DecodeError> {
    if element.is_nil() || element.has_children() {
        return read_value(element);
    }
    let text = String::read(element)?.filter(|text| !text.trim_ascii().is_empty());
    Ok(text.map(of_text))
}

/// Implements [`Wire`] for structures.
#[macro_export]
macro_rules! wire_records {
    ($($record:ty),+ $(,)?) => {$(
        impl $crate::Wire for $record {
            fn read(element: $crate::Element<'_>) -> Result<Option<Self>, $crate::DecodeError> {
                $crate::read_value(element)
            }

            fn write<W: $crate::Writer>(value: Option<&Self>, name: &str, _: &$crate::schema::Type, out: &mut W) {
                $crate::write_record(value, name, out);
            }
        }

        impl $crate::WireItem for $record {
            fn has_member(name: &str) -> bool {
                <Self as $crate::Record>::TYPE.members.iter().any(|member| member.name == name)
            }
        }
    )+};
}

/// Void: nothing is read and nothing written.
impl Wire for () {
    fn read(_: Element<'_>) -> Result<Option<Self>, DecodeError> {
        Ok(Some(()))
    }

    fn write<W: Writer>(_: Option<&Self>, _: &str, _: &Type, _: &mut W) {}
}
