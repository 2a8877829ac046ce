//! The JSON wire described for programs: OpenAPI 3.1, from the contract's types and the lines of `schema/routes.txt`.
//!
//! The server reads by the same two sources; what it does with path, query string and body is said here in the same way as
//! `schema/routes.txt` does. What is common to all, and what is no operation of the contract, is described by hand in
//! `schema/resources/`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::listed;
use super::model::{Contract, Member, RecordType, Type};
use super::names::pascal;
use super::routes::{Route, places};

/// Where resources that are no operations of the contract are described, from the workspace's root.
const RESOURCES: &str = "schema/resources";

/// The document.
pub(super) fn document(root: &Path, contract: &Contract, routes: &[Route<'_>]) -> Result<String, String> {
    let mut document = json!({
        "tags": tags(routes),
        "paths": paths(contract, routes),
        "components": {"schemas": schemas(contract, routes)}
    });
    for (name, resource) in resources(root)? {
        merge(&mut document, resource, "").map_err(|why| format!("{name}: {why}"))?;
    }
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// The files that describe resources, by name.
fn resources(root: &Path) -> Result<Vec<(String, Value)>, String> {
    let folder = root.join(RESOURCES);
    let fail = |error: std::io::Error| format!("{RESOURCES}: {error}");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = format!("{RESOURCES}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            let text = std::fs::read_to_string(&path).map_err(fail)?;
            files.push((name.clone(), serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?));
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(files)
}

/// Adds a resource's description; what is described already is described once.
fn merge(into: &mut Value, more: Value, at: &str) -> Result<(), String> {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, value) in more {
                let at = format!("{at}/{name}");
                match into.get_mut(&name) {
                    Some(present) => merge(present, value, &at)?,
                    None => {
                        into.insert(name, value);
                    }
                }
            }
            Ok(())
        }
        (Value::Array(into), Value::Array(more)) if at == "/tags" => {
            into.extend(more);
            Ok(())
        }
        _ => Err(format!("{at} is described already")),
    }
}

fn tags(routes: &[Route<'_>]) -> Vec<Value> {
    let mut ports: Vec<&str> = routes.iter().map(|route| route.operation.port.as_str()).collect();
    ports.dedup();
    ports.into_iter().map(|port| json!({"name": port})).collect()
}

fn paths(contract: &Contract, routes: &[Route<'_>]) -> Map<String, Value> {
    let mut paths = Map::new();
    let mut shapes: Vec<(String, String)> = Vec::new();
    for route in routes {
        // One path has one set of names, whichever operation is asked of it.
        let shape = shape(&route.path);
        let known = shapes.iter().find(|(known, _)| *known == shape).map(|(_, path)| path.clone());
        let path = known.unwrap_or_else(|| {
            let path = short(&route.path);
            shapes.push((shape.clone(), path.clone()));
            path
        });
        let Some(item) = paths.entry(&path).or_insert_with(|| json!({})).as_object_mut() else { continue };
        item.insert(route.method.to_lowercase(), operation(contract, route, &path, false));
        let list = listed::list(contract, routes, route);
        if let (Some(list), Some(place)) = (list, places(&path).last()) {
            let body = route.operation.parameters.iter().find(|member| matches!(member.ty, Type::Record(_)));
            let row = body.map_or_else(|| json!({}), |body| schema(contract, &body.ty));
            item.insert("get".to_owned(), listed::reading(route, list, place, &row));
        }
        if route.method == "PUT" && (list.is_some() || is_patched(routes, route)) {
            item.insert("patch".to_owned(), operation(contract, route, &path, true));
        }
    }
    paths
}

fn schemas(contract: &Contract, routes: &[Route<'_>]) -> Map<String, Value> {
    let lists: Vec<&str> = routes
        .iter()
        .filter(|route| is_list(contract, route))
        .filter_map(|route| match &route.operation.result {
            Some(Type::Record(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    contract
        .records
        .iter()
        .map(|record| {
            let mut schema = object(contract, record.members.iter());
            if lists.contains(&record.name.as_str()) {
                schema["properties"]["next"] = json!({
                    "type": ["string", "null"], "description": "The next page; null on the last one."
                });
            }
            (record.name.clone(), schema)
        })
        .collect()
}

fn parameter(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// A path without the names of its places.
pub(super) fn shape(path: &str) -> String {
    path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step }).collect::<Vec<_>>().join("/")
}

/// A path whose places have the last of their names.
fn short(path: &str) -> String {
    let steps = path.split('/').map(|step| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
        Some(place) => format!("{{{}}}", place.rsplit('.').next().unwrap_or(place)),
        None => step.to_owned(),
    });
    steps.collect::<Vec<_>>().join("/")
}

/// Whether what a PUT replaces is what the same path is read as.
fn is_patched(routes: &[Route<'_>], put: &Route<'_>) -> bool {
    let read = routes.iter().find(|other| other.method == "GET" && shape(&other.path) == shape(&put.path));
    let Some(Type::Record(answer)) = read.and_then(|read| read.operation.result.as_ref()) else { return false };
    put.path.contains('{')
        && put.operation.parameters.iter().any(|body| matches!(&body.ty, Type::Record(name) if name == answer))
}

/// Whether an operation answers pages.
fn is_list(contract: &Contract, route: &Route<'_>) -> bool {
    let is_range = |member: &Member| matches!(&member.ty, Type::Record(name) if name == "Range");
    route.method == "GET"
        && route.operation.parameters.iter().any(|member| {
            is_range(member) || find(contract, &member.ty).is_some_and(|record| record.members.iter().any(is_range))
        })
}

fn operation(contract: &Contract, route: &Route<'_>, path: &str, patch: bool) -> Value {
    let operation = route.operation;
    let name = format!("{}{}", operation.port.to_lowercase(), pascal(&operation.name));
    let mut parameters: Vec<Value> = places(path)
        .map(|place| json!({"name": place, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    if operation.authenticated {
        parameters.push(parameter("Impersonate"));
    }
    let in_path = |name: &str| places(&route.path).any(|place| place == name);
    let by_sign_in = |name: &str| !operation.authenticated && name == "password";
    let members = operation.parameters.iter();
    let rest: Vec<&Member> = members.filter(|member| !in_path(&member.name) && !by_sign_in(&member.name)).collect();
    let has_tag = path.contains('{') && route.method != "POST";
    match route.method.as_str() {
        "GET" if !is_list(contract, route) => parameters.push(parameter("IfNoneMatch")),
        "GET" => {}
        _ => {
            parameters.extend([parameter("DryRun"), parameter("IdempotencyKey")]);
            if has_tag {
                parameters.push(parameter("IfMatch"));
            }
        }
    }
    let mut described = json!({
        "operationId": if patch { format!("{name}InPart") } else { name },
        "summary": match patch {
            true => format!("{}.{}, of a part", operation.port, operation.name),
            false => format!("{}.{}", operation.port, operation.name),
        },
        "x-operation": format!("{}.{}", operation.port, operation.name),
        "tags": [operation.port],
        "responses": responses(contract, route, patch),
    });
    if patch {
        let words = "Reads the record first: a token needs a scope for that reading too.";
        described["description"] = json!(words);
    }
    if !operation.authenticated {
        described["security"] = json!([{"account": []}]);
    }
    if matches!(route.method.as_str(), "GET" | "DELETE") {
        parameters.extend(query(contract, &rest));
    } else if let Some((schema, is_part)) = body(contract, &rest) {
        let media_type = if patch && is_part { "application/merge-patch+json" } else { "application/json" };
        described["requestBody"] = json!({"required": true, "content": {media_type: {"schema": schema}}});
    }
    described["parameters"] = Value::Array(parameters);
    described
}

fn responses(contract: &Contract, route: &Route<'_>, patch: bool) -> Value {
    let operation = route.operation;
    let body = operation.parameters.iter().find(|member| matches!(member.ty, Type::Record(_)) && patch);
    let answer = body.map(|body| &body.ty).or(operation.result.as_ref());
    let status = match answer {
        None => "204",
        Some(_) if route.method == "POST" && operation.name.starts_with("add") => "201",
        Some(_) => "200",
    };
    let mut done = json!({"description": "Done."});
    if let Some(answer) = answer {
        let schema = carried(&operation.name).unwrap_or_else(|| schema(contract, answer));
        done["content"] = json!({"application/json": {"schema": schema}});
        let header = match (status, route.method.as_str()) {
            ("201", _) => Some("Location"),
            (_, "GET") if is_list(contract, route) => Some("Link"),
            (_, "GET") => Some("ETag"),
            _ if patch => Some("ETag"),
            _ => None,
        };
        if let Some(header) = header {
            done["headers"] = json!({header: {"$ref": format!("#/components/headers/{header}")}});
        }
    }
    json!({status: done, "default": {"$ref": "#/components/responses/Problem"}})
}

/// What a document is that the contract has in a string: on this wire it is itself.
fn carried(operation: &str) -> Option<Value> {
    let one = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let list = |name: &str| json!({"type": "array", "items": one(name)});
    let by_name = |of: Value| json!({"type": "object", "additionalProperties": of});
    match operation {
        "getSipTrace" => Some(list("SipTraceMessage")),
        "getMediaTrace" => Some(one("MediaTrace")),
        "getMediaSummary" => Some(list("MediaRelay")),
        "getMediaSessions" => Some(list("MediaSession")),
        // By the node's address or `summary`, its role, what is counted, the domain.
        "getStatistics" => Some(by_name(by_name(by_name(by_name(json!({"type": "integer"})))))),
        "getStatus" => Some(by_name(one("NetworkNode"))),
        _ => None,
    }
}

/// The body, and whether it is one structure.
fn body(contract: &Contract, rest: &[&Member]) -> Option<(Value, bool)> {
    match rest {
        [] => None,
        [one] if !matches!(one.ty, Type::Scalar(_) | Type::Enumeration(_)) => {
            Some((schema(contract, &one.ty), matches!(one.ty, Type::Record(_))))
        }
        several => Some((object(contract, several.iter().copied()), false)),
    }
}

/// The members of a query string: those of the one structure that remains, or of several by their parameters' names.
fn query(contract: &Contract, rest: &[&Member]) -> Vec<Value> {
    let mut out = Vec::new();
    match rest {
        [one] if matches!(&one.ty, Type::Record(name) if name != "Range") => {
            if let Some(record) = find(contract, &one.ty) {
                record.members.iter().for_each(|member| place(contract, member, "", &mut out));
            }
        }
        several => several.iter().for_each(|member| place(contract, member, "", &mut out)),
    }
    out
}

fn place(contract: &Contract, member: &Member, before: &str, out: &mut Vec<Value>) {
    let name = format!("{before}{}", member.name);
    let item = match &member.ty {
        Type::Array(_, item) => item,
        other => other,
    };
    let inner = find(contract, item);
    match (inner, &member.ty) {
        (Some(record), Type::Record(_)) if record.name == "Range" => {
            out.extend([parameter("Limit"), parameter("Cursor")]);
        }
        (Some(record), _) if !is_pair(record) => {
            record.members.iter().for_each(|member| place(contract, member, &format!("{name}."), out));
        }
        (_, Type::Array(..)) => out.push(json!({
            "name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "explode": true
        })),
        (Some(_), _) => out.push(json!({"name": name, "in": "query", "schema": {"type": "string"}})),
        (None, ty) => out.push(json!({"name": name, "in": "query", "schema": plain(contract, ty)})),
    }
}

fn find<'c>(contract: &'c Contract, ty: &Type) -> Option<&'c RecordType> {
    let Type::Record(name) = ty else { return None };
    contract.records.iter().find(|record| record.name == *name)
}

/// Whether a structure is two texts, which are written `first@second`.
fn is_pair(record: &RecordType) -> bool {
    let is_text = |member: &Member| matches!(&member.ty, Type::Scalar(name) if name == "string");
    record.members.len() == 2 && record.members.iter().all(is_text)
}

fn object<'m>(contract: &Contract, members: impl Iterator<Item = &'m Member>) -> Value {
    let properties: Map<String, Value> =
        members.map(|member| (member.name.clone(), nullable(contract, &member.ty))).collect();
    json!({"type": "object", "properties": properties})
}

/// A scalar, or what stands for one in a query string.
fn plain(contract: &Contract, ty: &Type) -> Value {
    match ty {
        Type::Scalar(name) => match name.as_str() {
            "boolean" => json!({"type": "boolean"}),
            "int" => json!({"type": "integer", "format": "int32"}),
            "integer" => json!({"type": "integer", "format": "int64"}),
            "nonNegativeInteger" | "unsignedInt" | "unsignedShort" => json!({"type": "integer", "minimum": 0}),
            "float" | "double" => json!({"type": "number"}),
            "base64Binary" => json!({"type": "string", "contentEncoding": "base64"}),
            _ => json!({"type": "string"}),
        },
        Type::Enumeration(name) => {
            let known = contract.enumerations.iter().find(|known| known.name == *name);
            match known.filter(|known| !known.values.is_empty()) {
                Some(known) => json!({"type": "string", "enum": known.values}),
                None => json!({"type": "string"}),
            }
        }
        _ => json!({"type": "string"}),
    }
}

fn schema(contract: &Contract, ty: &Type) -> Value {
    match ty {
        Type::Record(name) => json!({"$ref": format!("#/components/schemas/{name}")}),
        Type::Array(_, item) => json!({"type": "array", "items": schema(contract, item)}),
        other => plain(contract, other),
    }
}

fn nullable(contract: &Contract, ty: &Type) -> Value {
    let mut schema = schema(contract, ty);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    match schema.get("type").cloned() {
        Some(one) => schema["type"] = json!([one, "null"]),
        None => schema = json!({"anyOf": [schema, {"type": "null"}]}),
    }
    schema
}
