//! Records that the contract reads in lists only, and that the JSON wire reads at their own paths all the same: as the server's
//! `json/listed.rs` finds them, by the routes and by what the list's filter knows.

use serde_json::{Value, json};

use super::model::{Contract, Type};
use super::routes::{Route, member};

/// The list that reads what a route replaces, when only a list does.
pub(super) fn list<'r, 'c>(contract: &'c Contract, routes: &'r [Route<'c>], put: &Route<'c>) -> Option<&'r Route<'c>> {
    let (above, place) = put.path.rsplit_once("/{")?;
    let place = place.strip_suffix('}').filter(|_| put.method == "PUT")?;
    let (parameter, key) = place.split_once('.')?;
    let reads = |path: &str| {
        routes
            .iter()
            .find(|route| route.method == "GET" && super::openapi::shape(&route.path) == super::openapi::shape(path))
    };
    if reads(&put.path).is_some() {
        return None;
    }
    let list = reads(above)?;
    let row = &member(contract, &put.operation.parameters, parameter)?.ty;
    let Type::Record(answer) = list.operation.result.as_ref()? else { return None };
    let answer = contract.records.iter().find(|record| record.name == *answer)?;
    let has_rows = answer.members.iter().any(|member| matches!(&member.ty, Type::Array(_, item) if **item == *row));
    let names = match &member(contract, &put.operation.parameters, place)?.ty {
        Type::Record(name) => {
            let id = contract.records.iter().find(|record| record.name == *name)?;
            id.members.iter().map(|member| member.name.clone()).collect()
        }
        _ => vec![key.to_owned()],
    };
    let is_known =
        |name: &String| member(contract, &list.operation.parameters, &format!("query.filter.{name}")).is_some();
    (has_rows && names.iter().all(is_known)).then_some(list)
}

/// How one record is read.
pub(super) fn reading(put: &Route<'_>, list: &Route<'_>, place: &str, row: &Value) -> Value {
    let (port, name) = (&put.operation.port, &put.operation.name);
    let reference = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
    json!({
        "operationId": format!("{}Get{}", port.to_lowercase(), name.strip_prefix("update").unwrap_or(name)),
        "summary": format!("{port}.{}, one of them", list.operation.name),
        "tags": [port],
        "parameters": [
            {"name": place, "in": "path", "required": true, "schema": {"type": "string"}},
            reference("Impersonate"),
            reference("IfNoneMatch"),
        ],
        "responses": {
            "200": {
                "description": "Done.",
                "content": {"application/json": {"schema": row}},
                "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    })
}
