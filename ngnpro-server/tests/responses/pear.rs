//! How the old web client reads an answer: by the local names of elements and types, by the order of attributes, by the
//! number of children; what it stops at is an error here.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// What it makes of an element.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member under that path; an empty text where there is none.
    pub(crate) fn at(&self, path: &[&str]) -> Self {
        path.iter().fold(self.clone(), |value, name| match value {
            Self::Object(members) => members
                .into_iter()
                .find(|(member, _)| member == name)
                .map_or_else(|| Self::Text(String::new()), |(_, value)| value),
            _ => Self::Text(String::new()),
        })
    }

    /// How many items, if it is an array.
    pub(crate) fn items(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(items.len()),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
struct Node {
    name: String,
    /// Local names and values, in order.
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn node(tag: &BytesStart<'_>) -> Node {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        (local(attribute.key.into_inner()), attribute.value.into_owned())
    });
    Node { name: local(tag.name().into_inner()), attributes: attributes.collect(), ..Node::default() }
}

fn document(text: &str) -> Node {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(node(&tag)),
            Event::Empty(tag) => open.last_mut().unwrap().children.push(node(&tag)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.into_inner()),
            Event::CData(text) => open.last_mut().unwrap().text.push_str(&text.into_inner()),
            Event::GeneralRef(name) => {
                let c = match &*name.into_inner() {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "#13" => '\r',
                    _ => '?',
                };
                open.last_mut().unwrap().text.push(c);
            }
            Event::Eof => return open.pop().unwrap(),
            _ => {}
        }
    }
}

/// The result of an answer, or the fault itself.
///
/// # Errors
/// What stops the client.
pub(crate) fn read(answer: &str) -> Result<Value, String> {
    let mut document = document(answer);
    let mut envelope = document.children.remove(0);
    let body = envelope.children.iter().position(|child| child.name == "Body").unwrap();
    let body = envelope.children.remove(body);
    let response = body.children.first().ok_or("an empty body")?;
    if response.name == "Fault" {
        return value(response, None);
    }
    match response.children.as_slice() {
        [] => Ok(Value::Text(String::new())),
        [result] => value(result, None),
        several => several.iter().map(|part| value(part, None)).collect::<Result<_, _>>().map(Value::Array),
    }
}

/// The value of an element; `forced` is the type that an array gives its items.
fn value(node: &Node, forced: Option<&str>) -> Result<Value, String> {
    let mut kind = forced.unwrap_or_default().to_owned();
    let mut item = None;
    for (name, value) in &node.attributes {
        match name.as_str() {
            // Of the two the last one counts.
            "type" => kind = local(value),
            "arrayType" => {
                kind = "Array".to_owned();
                item = Some(local(value.split('[').next().unwrap_or_default()));
            }
            "offset" => return Err("offset".to_owned()),
            _ => {}
        }
    }
    if kind == "Array" {
        let item = item.filter(|item| SCALARS.contains(&item.as_str()));
        return node
            .children
            .iter()
            .map(|child| value(child, item.as_deref()))
            .collect::<Result<_, _>>()
            .map(Value::Array);
    }
    if node.children.is_empty() {
        return Ok(scalar(&kind, &node.text));
    }
    let mut members: Vec<(String, Value)> = Vec::new();
    for child in &node.children {
        // It makes a list of repeated members in a way that newer languages stop at.
        if members.iter().any(|(name, _)| *name == child.name) {
            return Err(format!("{} repeated", child.name));
        }
        members.push((child.name.clone(), value(child, None)?));
    }
    Ok(Value::Object(members))
}

const SCALARS: [&str; 6] = ["string", "int", "integer", "boolean", "double", "float"];

fn scalar(kind: &str, text: &str) -> Value {
    match kind {
        "int" | "integer" | "unsignedInt" | "unsignedShort" | "nonNegativeInteger" => {
            Value::Integer(text.parse().unwrap_or(0))
        }
        "float" | "double" | "decimal" => Value::Float(text.parse().unwrap_or(0.0)),
        // It knows no nil: what is neither false nor 0 is true.
        "boolean" => Value::Boolean(!matches!(text, "false" | "0")),
        _ => Value::Text(text.to_owned()),
    }
}
