//! schema/openapi.json as far as the generated clients use it: its structures, and its calls that take and answer JSON.

use serde_json::Value;

/// What the document describes.
pub(super) struct Api {
    /// Name and schema of each structure.
    pub(super) structures: Vec<(String, Value)>,
    pub(super) calls: Vec<Call>,
}

/// A verb on a path.
pub(super) struct Call {
    pub(super) id: String,
    pub(super) summary: String,
    pub(super) verb: String,
    /// With its parameters in braces.
    pub(super) path: String,
    pub(super) path_parameters: Vec<(String, Value)>,
    /// Name on the wire and schema.
    pub(super) query: Vec<(String, Value)>,
    /// Content type and schema.
    pub(super) body: Option<(String, Value)>,
    pub(super) result: Option<Value>,
    /// Whether it can be tried without being done, and made once only.
    pub(super) writes: bool,
}

/// A schema by what a typed language makes of it.
pub(super) enum Shape<'a> {
    Text,
    Choice(Vec<&'a str>),
    Integer,
    Number,
    Boolean,
    List(Box<Shape<'a>>),
    Named(&'a str),
    /// Anything: a structure without a name.
    Open,
}

impl Api {
    /// Reads the document.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let entries = |value: &Value| -> Vec<(String, Value)> {
            value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let mut calls = Vec::new();
        for (path, verbs) in entries(&document["paths"]) {
            for (verb, described) in entries(&verbs) {
                calls.extend(call(&document, &path, &verb, &described));
            }
        }
        if calls.is_empty() {
            return Err("describes no call".to_owned());
        }
        Ok(Self { structures: entries(&document["components"]["schemas"]), calls })
    }
}

/// The call; none when what it takes or answers is not JSON (streams are read as they come, by hand).
fn call(document: &Value, path: &str, verb: &str, described: &Value) -> Option<Call> {
    let id = described["operationId"].as_str()?.to_owned();
    let done = described["responses"].as_object()?.iter().find(|(status, _)| status.starts_with('2'))?.1;
    let result = match done["content"].as_object() {
        Some(content) if !content.contains_key("application/json") => return None,
        Some(content) => Some(content["application/json"]["schema"].clone()),
        None => None,
    };
    let body = match described["requestBody"]["content"].as_object() {
        Some(content) => {
            let json = content.iter().find(|(kind, _)| kind.ends_with("json"))?;
            Some((json.0.clone(), json.1["schema"].clone()))
        }
        None => None,
    };
    let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
    let parameters: Vec<Value> = parameters.into_iter().map(|one| resolved(document, one)).collect();
    let of = |place: &str| {
        let placed = parameters.iter().filter(|one| one["in"] == place && one["name"] != "dry_run");
        placed.filter_map(|one| Some((one["name"].as_str()?.to_owned(), one["schema"].clone()))).collect()
    };
    Some(Call {
        id,
        summary: described["summary"].as_str().unwrap_or_default().to_owned(),
        verb: verb.to_ascii_uppercase(),
        path: path.to_owned(),
        path_parameters: of("path"),
        query: of("query"),
        body,
        result,
        writes: parameters.iter().any(|one| one["name"] == "dry_run"),
    })
}

/// The parameter itself, where the document only refers to it.
fn resolved(document: &Value, parameter: Value) -> Value {
    let pointer = parameter["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).cloned().unwrap_or(parameter)
}

/// What a schema is, null aside: every member of the contract may be null.
pub(super) fn shape(schema: &Value) -> Shape<'_> {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return Shape::Named(name);
    }
    if let Some(one) = schema["anyOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return shape(one);
    }
    if let Some(values) = schema["enum"].as_array() {
        return Shape::Choice(values.iter().filter_map(Value::as_str).collect());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => Shape::Text,
        Some("integer") => Shape::Integer,
        Some("number") => Shape::Number,
        Some("boolean") => Shape::Boolean,
        Some("array") => Shape::List(Box::new(shape(&schema["items"]))),
        _ => Shape::Open,
    }
}

/// Whether null is one of the values.
pub(super) fn nullable(schema: &Value) -> bool {
    let of =
        |all: &Value| all.as_array().is_some_and(|all| all.iter().any(|one| one == "null" || one["type"] == "null"));
    of(&schema["type"]) || of(&schema["anyOf"])
}

/// Whether a member is always there.
pub(super) fn required(structure: &Value, member: &str) -> bool {
    structure["required"].as_array().is_some_and(|names| names.iter().any(|name| name == member))
}

/// The members of a structure.
pub(super) fn members(structure: &Value) -> impl Iterator<Item = (&String, &Value)> {
    structure["properties"].as_object().into_iter().flatten()
}
