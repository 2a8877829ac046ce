//! The routes as a table to look in: which operation a verb and a path are, what the path names, what else may be done there.

use std::sync::OnceLock;

use serde_json::Value;
use soap::schema::Type;

use super::job::is_change_of;
use super::listed::Listed;
use super::{Method, Problem, ROOT, text};
use crate::wire::Operation;

/// A route in steps.
#[derive(Debug)]
struct Template {
    operation: Operation,
    method: Method,
    steps: Vec<Step>,
    /// It can be asked for with PATCH too: what it replaces is what the same path is read as.
    is_patched: bool,
    /// It reads one record of a list.
    listed: Option<Listed>,
}

#[derive(Debug)]
enum Step {
    Word(&'static str),
    Place(&'static str),
}

/// The operation of a request.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) operation: Operation,
    pub(super) method: Method,
    /// A part is replaced, not the whole.
    pub(super) is_patch: bool,
    /// The operation reads a list, of which one record is meant: the last that the path names.
    pub(super) listed: Option<Listed>,
    /// What the path names: the place's name in the route, and the step as sent.
    pub(super) places: Vec<(&'static str, &'a str)>,
}

fn table() -> &'static [Template] {
    static TABLE: OnceLock<Vec<Template>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let template = |operation: &Operation| {
            let route = operation.route();
            let step = |step: &'static str| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
                Some(place) => Step::Place(place),
                None => Step::Word(step),
            };
            let steps = route.path.split('/').skip(1).map(step).collect();
            Template {
                operation: *operation,
                method: route.method,
                steps,
                is_patched: is_patched(*operation),
                listed: None,
            }
        };
        let one = |replaces: &Operation| {
            let listed = Listed::of(*replaces)?;
            let (operation, method) = (listed.list, Method::Get);
            Some(Template { operation, method, is_patched: false, listed: Some(listed), ..template(replaces) })
        };
        Operation::ALL.iter().map(template).chain(Operation::ALL.iter().filter_map(one)).collect()
    })
}

/// What the path names when it is one of the template's.
fn places<'a>(template: &Template, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut steps = path.split('/');
    let mut found = Vec::new();
    for step in &template.steps {
        let sent = steps.next()?;
        match step {
            Step::Word(word) if *word == sent => {}
            Step::Place(place) if !sent.is_empty() => found.push((*place, sent)),
            Step::Word(_) | Step::Place(_) => return None,
        }
    }
    steps.next().is_none().then_some(found)
}

/// The path below the root, without a slash at either end; 404 for another.
pub(super) fn below_root(path: &str) -> Result<&str, Problem> {
    let below = path.strip_prefix(ROOT).and_then(|path| path.strip_prefix('/'));
    below.map(|below| below.strip_suffix('/').unwrap_or(below)).ok_or_else(unknown)
}

/// Looks a path below the root up; 404 for one that no route has, 405 with those that the path has for another verb.
pub(super) fn find<'a>(method: &str, below: &'a str) -> Result<Found<'a>, Problem> {
    let mut allowed = Vec::new();
    for template in table() {
        let Some(places) = places(template, below) else { continue };
        let name = template.method.name();
        let is_patch = template.is_patched && method == "PATCH";
        if name == method || is_patch || (name == "GET" && method == "HEAD") {
            return Ok(Found {
                operation: template.operation,
                method: template.method,
                is_patch,
                listed: template.listed,
                places,
            });
        }
        allowed.push(name);
        if template.is_patched {
            allowed.push("PATCH");
        }
        if name == "GET" {
            allowed.push("HEAD");
        }
    }
    match allowed.is_empty() {
        true => Err(unknown()),
        false => Err(Problem::new(405, "the resource has no such method").with("Allow", allowed.join(", "))),
    }
}

/// Whether two paths are the same but for the names of their places.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.split('/').count() == other.split('/').count()
        && one.split('/').zip(other.split('/')).all(|(a, b)| a == b || (a.starts_with('{') && b.starts_with('{')))
}

/// The operation that reads what another one writes; collections are not read as a whole.
fn reader(write: Operation) -> Option<Operation> {
    let path = write.route().path;
    let reads = |other: &&Operation| other.route().method == Method::Get && is_same(other.route().path, path);
    Operation::ALL.iter().find(reads).copied().filter(|_| path.contains('{'))
}

/// Whether a write replaces the very structure that its path is read as.
fn is_patched(write: Operation) -> bool {
    if Listed::of(write).is_some() {
        return true;
    }
    let Some(answer) = reader(write).and_then(|reads| reads.describe().result) else { return false };
    let bodies = write.describe().parameters.members.iter();
    write.route().method == Method::Put && bodies.filter(|body| is_change_of(&body.ty, &answer)).count() == 1
}

/// How the path of a write is read.
pub(super) fn reading<'a>(found: &Found<'a>, path: &'a str) -> Option<Found<'a>> {
    let reads = reader(found.operation);
    let read = find(Method::Get.name(), below_root(path).ok()?).ok().filter(|_| found.method != Method::Post)?;
    (read.listed.is_some() || reads == Some(read.operation)).then_some(read)
}

fn unknown() -> Problem {
    Problem::new(404, "there is no such resource").coded(9005)
}

/// Where a created resource is: the path that it was posted to, and its id as the route of its replacement names it.
pub(super) fn location(operation: Operation, path: &str, answer: &str) -> Option<String> {
    let collection = operation.route().path;
    let replaced = |other: &&Operation| {
        let route = other.route();
        route.method == Method::Put && below(collection, route.path).is_some_and(|place| place.contains('.'))
    };
    let replacement = Operation::ALL.iter().find(replaced)?;
    let place = below(collection, replacement.route().path)?;
    let member = place.split_once('.')?.1;
    let answer: Value = serde_json::from_str(answer).ok()?;
    let Some(Type::Record(result)) = operation.describe().result else { return None };
    let member = result.members.iter().find(|known| known.name == member)?;
    let id = one_text(&member.ty, answer.get(member.name)?)?;
    Some(format!("{}/{}", path.trim_end_matches('/'), text::encoded(&id)))
}

/// The one place below a collection.
pub(super) fn below<'p>(collection: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(collection)?.strip_prefix("/{")?.strip_suffix('}').filter(|place| !place.contains('/'))
}

/// The two members of a structure that a path writes as `first@second`.
pub(super) fn halves(ty: &Type) -> Option<[&'static str; 2]> {
    let Type::Record(record) = ty else { return None };
    match record.members {
        [first, second] if [first, second].iter().all(|member| is_text(&member.ty)) => Some([first.name, second.name]),
        _ => None,
    }
}

const fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(soap::schema::Scalar::String))
}

/// A value as a step of a path.
pub(super) fn one_text(ty: &Type, value: &Value) -> Option<String> {
    match (halves(ty), value) {
        (Some([first, second]), _) => Some(format!("{}@{}", value.get(first)?.as_str()?, value.get(second)?.as_str()?)),
        (None, Value::String(text)) => Some(text.clone()),
        (None, Value::Number(number)) => Some(number.to_string()),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(method: &str, path: &'a str) -> Result<Found<'a>, Problem> {
        super::find(method, below_root(path)?)
    }

    #[test]
    fn every_operation_is_found_by_its_own_route() {
        for operation in Operation::ALL {
            let route = operation.route();
            let steps = route.path.split('/').map(|step| if step.starts_with('{') { "a%2Fb@c" } else { step });
            let path = format!("{ROOT}{}", steps.collect::<Vec<_>>().join("/"));
            let found = find(route.method.name(), &path).unwrap();
            assert_eq!(found.operation, *operation, "{path}");
            assert!(found.places.iter().all(|(_, sent)| *sent == "a%2Fb@c"), "{path}");
        }
    }

    #[test]
    fn an_unknown_path_is_404_and_an_unknown_verb_names_the_known_ones() {
        for path in ["/api/v1/nothing", "/api/v1", "/api/v1/sip", "/api/v1/sip/accounts//", "/api/v2/customers"] {
            assert_eq!(find("GET", path).unwrap_err().status, 404, "{path}");
        }
        let problem = find("DELETE", "/api/v1/sip/accounts").unwrap_err();
        assert_eq!(problem.status, 405);
        let allow = problem.headers.iter().find(|(name, _)| *name == "Allow").unwrap();
        assert_eq!(allow.1, "POST, GET, HEAD");
        assert_eq!(find("HEAD", "/api/v1/customers/").unwrap().operation, Operation::CustomerGetCustomers);
    }

    #[test]
    fn what_is_read_as_it_is_written_can_be_changed_in_part() {
        let patched: Vec<_> = Operation::ALL.iter().filter(|operation| is_patched(**operation)).collect();
        for operation in
            [Operation::SipUpdateAccount, Operation::CustomerUpdateAccount, Operation::SipSetCallDiversions]
        {
            assert!(patched.contains(&&operation), "{operation:?}");
        }
        for operation in [Operation::SipSetRejectMembers, Operation::SipAddToGroup, Operation::SipUpdateRoutes] {
            assert!(!patched.contains(&&operation), "{operation:?}");
        }
        assert!(find("PATCH", "/api/v1/sip/accounts/a@b").unwrap().is_patch);
        assert_eq!(find("PATCH", "/api/v1/sip/accounts").unwrap_err().status, 405);
    }

    #[test]
    fn a_created_resource_is_where_its_replacement_goes() {
        let account = r#"{"id": {"username": "al/ice", "domain": "x.example"}}"#;
        let found = location(Operation::SipAddAccount, "/api/v1/sip/accounts", account);
        assert_eq!(found.as_deref(), Some("/api/v1/sip/accounts/al%2Fice@x.example"));
        let found = location(Operation::CustomerAddAccount, "/api/v1/customers/", "{\"id\": 7}");
        assert_eq!(found.as_deref(), Some("/api/v1/customers/7"));
    }
}
