//! The input of an operation, put together from the path, the query string and the body.
//!
//! What comes as text is spelled as the contract's scalars are and read by their rules; a structure of two texts is written
//! `first@second`; a list is a name given several times. Which part goes where is the route's, see `schema/routes.txt`.

use domain::Secret;
use serde_json::{Map, Value};
use soap::Values;
use soap::schema::{Member, Type};

use super::paging::{self, Page};
use super::read::{self, Expected};
use super::routes::{Found, halves};
use super::{Method, Problem, Request, text};
use crate::wire::Operation;

/// An input that can be read.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) values: Values,
    /// The parameter that the body is; empty when it is an object of parameters; `None` without one.
    pub(super) body: Option<String>,
    /// The page, of a list.
    pub(super) page: Option<Page>,
}

impl Input {
    /// Reads the input. `own` is the holder of a SIP account whose name and password are among the parameters; `whole` stands in
    /// place of a body when it was read before.
    pub(super) fn read(
        found: &Found<'_>,
        request: &Request<'_>,
        own: Option<(&str, &Secret)>,
        limit: usize,
        whole: Option<Value>,
    ) -> Result<Self, Problem> {
        let rest = rest(found, own);
        let mut parameters = Map::new();
        let (mut body, mut page) = (None, None);
        if let (Some(whole), [one]) = (whole, rest.as_slice()) {
            parameters.insert(one.name.to_owned(), whole);
            body = Some(one.name.to_owned());
        } else if found.method.has_body() {
            body = read_body(request, &rest, limit, &mut parameters)?;
        } else {
            page = read_query(request, found, &rest, limit, &mut parameters)?;
            named(found, &rest, &parameters)?;
        }
        if found.method.has_body() {
            for pair in text::pairs(request.query) {
                let (name, _) = pair?;
                if name != text::DRY_RUN {
                    return Err(unknown(&name));
                }
            }
        }
        let values = finish(found, own, &mut parameters)?;
        Ok(Self { values, body, page })
    }
}

/// What is to be deleted is said, where the path does not say it.
fn named(found: &Found<'_>, rest: &[&'static Member], sent: &Map<String, Value>) -> Result<(), Problem> {
    let is_list = |one: &&&'static Member| found.method == Method::Delete && matches!(one.ty, Type::Array(_));
    let missing = rest.iter().filter(is_list).find(|list| !sent.contains_key(list.name));
    let Some(list) = missing else { return Ok(()) };
    let name = match list.ty {
        Type::Array(array) if matches!(array.item, Type::Record(_)) => format!("{}.id", list.name),
        _ => list.name.to_owned(),
    };
    Err(Problem::new(422, &format!("{name}: is missing, once for each that is to be deleted")).at(name))
}

/// The parameters that neither the path nor the signing in names.
fn rest(found: &Found<'_>, own: Option<(&str, &Secret)>) -> Vec<&'static Member> {
    let in_path = |name: &str| found.places.iter().any(|(place, _)| *place == name);
    let by_sign_in = |name: &str| own.is_some() && name == "password";
    let all = found.operation.describe().parameters.members;
    // Of the list that one record is read by, nothing is the caller's to say.
    let all = if found.listed.is_some() { &[] } else { all };
    all.iter().filter(|member| !in_path(member.name) && !by_sign_in(member.name)).collect()
}

/// Adds what the path and the signing in name, and writes the tree that records are read from.
fn finish(
    found: &Found<'_>,
    own: Option<(&str, &Secret)>,
    parameters: &mut Map<String, Value>,
) -> Result<Values, Problem> {
    let operation = found.operation.describe();
    let all = operation.parameters.members;
    for (place, sent) in &found.places {
        let sent = text::decoded(sent)?;
        if let Some((name, _)) = own
            && *place == "sipId"
            && !name.eq_ignore_ascii_case(&sent)
        {
            return Err(domain::Refusal::AuthenticationFailed.into());
        }
        match found.listed.filter(|listed| listed.place == *place) {
            Some(listed) => drop(parameters.insert("query".to_owned(), listed.filter(&sent)?)),
            None => put(parameters, all.iter(), place, place, sent, Source::Path)?,
        }
    }
    if let Some((_, password)) = own {
        parameters.insert("password".to_owned(), password.expose().into());
    }
    let mut values = Values::new(operation.name);
    members(&mut values, all, parameters);
    Ok(values)
}

/// What the path and the signing in name, and nothing else.
pub(super) fn of_path(found: &Found<'_>, own: Option<(&str, &Secret)>) -> Result<Values, Problem> {
    finish(found, own, &mut Map::new())
}

/// The input whose one parameter is a body that was read.
pub(super) fn of_body(operation: Operation, body: Value) -> Values {
    let described = operation.describe();
    let mut values = Values::new(described.name);
    if let [one] = described.parameters.members {
        value_into(&mut values, one.name, &one.ty, &body);
    }
    values
}

/// The change that a body asks for: any members of the one structure that remains.
pub(super) fn patch(
    found: &Found<'_>,
    request: &Request<'_>,
    own: Option<(&str, &Secret)>,
    limit: usize,
) -> Result<Value, Problem> {
    let mut parameters = Map::new();
    let rest = rest(found, own);
    read_body(request, &rest, limit, &mut parameters)?;
    let patch = rest.first().and_then(|one| parameters.remove(one.name)).filter(Value::is_object);
    patch.ok_or_else(|| Problem::new(422, "a change is an object of the members that change"))
}

/// The body: the one structure or array that remains, else an object of what does.
fn read_body(
    request: &Request<'_>,
    rest: &[&'static Member],
    limit: usize,
    parameters: &mut Map<String, Value>,
) -> Result<Option<String>, Problem> {
    match rest {
        [] if request.body.is_empty() => Ok(None),
        [] => Err(Problem::new(400, "there is nothing to say in a body here")),
        _ if request.body.is_empty() => Err(Problem::new(400, "a JSON body is expected")),
        [one] if !matches!(one.ty, Type::Scalar(_)) => {
            let read = read::document(request.body, Expected::Type(&one.ty), one.name, limit);
            let value = read.map_err(|problem| problem.pointed(Some(one.name)))?;
            // Nothing at all must not be taken for a record that is to lose everything.
            if value.is_null() {
                let kind = if matches!(one.ty, Type::Array(_)) { "an array" } else { "an object" };
                let problem = Problem::new(422, &format!("{}: {kind} is expected", one.name)).at(one.name.to_owned());
                return Err(problem.pointed(Some(one.name)));
            }
            parameters.insert(one.name.to_owned(), value);
            Ok(Some(one.name.to_owned()))
        }
        several => {
            let read = read::document(request.body, Expected::Members(several), "", limit);
            if let Value::Object(read) = read.map_err(|problem| problem.pointed(Some("")))? {
                parameters.extend(read);
            }
            Ok(Some(String::new()))
        }
    }
}

/// The query string: members of the one structure that remains, or of several by their parameters' names.
fn read_query(
    request: &Request<'_>,
    found: &Found<'_>,
    rest: &[&'static Member],
    limit: usize,
    parameters: &mut Map<String, Value>,
) -> Result<Option<Page>, Problem> {
    let one = match rest {
        [one] if matches!(one.ty, Type::Record(_)) && !paging::is_range(&one.ty) => Some(one.name),
        _ => None,
    };
    let (mut rows, mut cursor) = (None, None);
    for (count, pair) in text::pairs(request.query).enumerate() {
        if count >= limit {
            return Err(Problem::new(400, "the query string exceeds the limit for values"));
        }
        let (name, value) = pair?;
        let kept = match name.as_str() {
            "limit" => &mut rows,
            "cursor" => &mut cursor,
            text::DRY_RUN if found.method != Method::Get => continue,
            _ => {
                let path = one.map_or_else(|| name.clone(), |one| format!("{one}.{name}"));
                put(parameters, rest.iter().copied(), &path, &name, value, Source::Query)?;
                continue;
            }
        };
        if kept.replace(value).is_some() {
            return Err(Problem::new(400, &format!("{name} is given twice")).at(name));
        }
    }
    Page::read(request, rest, rows, cursor, parameters)
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It says which resource is meant: a body that says otherwise is refused.
    Path,
    /// It may come several times where a list is.
    Query,
}

/// Puts a text where its path says. `full` is the path as the caller knows it.
pub(super) fn put(
    into: &mut Map<String, Value>,
    mut known: impl Iterator<Item = &'static Member>,
    path: &str,
    full: &str,
    sent: String,
    source: Source,
) -> Result<(), Problem> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let member = known.find(|member| member.name == first && !paging::is_range(&member.ty));
    let member = member.ok_or_else(|| unknown(full))?;
    let Some(rest) = rest else {
        let value = value_of(&member.ty, full, sent)?;
        return match (into.get_mut(first), value) {
            (Some(Value::Array(items)), Value::Array(more)) => {
                items.extend(more);
                Ok(())
            }
            (None | Some(Value::Null), value) => {
                into.insert(first.to_owned(), value);
                Ok(())
            }
            (Some(present), value) if source == Source::Path => match is_same(present, &value) {
                true => {
                    into.insert(first.to_owned(), value);
                    Ok(())
                }
                false => {
                    let words = format!("{full}: is not the one that the path names");
                    Err(Problem::new(422, &words).at(full.to_owned()))
                }
            },
            (Some(_), _) => Err(Problem::new(400, &format!("{full} is given twice")).at(full.to_owned())),
        };
    };
    match member.ty {
        Type::Record(record) => {
            let slot = into.entry(first).or_insert(Value::Null);
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            let inner = slot.as_object_mut().ok_or_else(|| unknown(full))?;
            put(inner, record.members.iter(), rest, full, sent, source)
        }
        // A member of a list's items: each time one item more.
        Type::Array(array) => {
            let Type::Record(record) = array.item else { return Err(unknown(full)) };
            let mut item = Map::new();
            put(&mut item, record.members.iter(), rest, full, sent, source)?;
            let slot = into.entry(first).or_insert_with(|| Value::Array(Vec::new()));
            slot.as_array_mut().ok_or_else(|| unknown(full))?.push(Value::Object(item));
            Ok(())
        }
        Type::Scalar(_) => Err(unknown(full)),
    }
}

fn unknown(name: &str) -> Problem {
    Problem::new(400, &format!("{name}: there is no such member")).at(name.to_owned())
}

/// The value that a text stands for.
fn value_of(ty: &Type, full: &str, sent: String) -> Result<Value, Problem> {
    match (ty, halves(ty)) {
        (Type::Scalar(_), _) => Ok(Value::String(sent)),
        (Type::Array(array), _) => Ok(Value::Array(vec![value_of(&array.item, full, sent)?])),
        (Type::Record(_), Some([first, second])) => {
            let (one, two) = sent.rsplit_once('@').ok_or_else(|| {
                Problem::new(422, &format!("{full}: `{first}@{second}` is expected")).at(full.to_owned())
            })?;
            let pair = [(first.to_owned(), one.into()), (second.to_owned(), two.into())];
            Ok(Value::Object(pair.into_iter().collect()))
        }
        (Type::Record(_), None) => Err(unknown(full)),
    }
}

/// Whether two values are spelled alike, letters in any case.
fn is_same(one: &Value, other: &Value) -> bool {
    let spelled = |value: &Value| match value {
        Value::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            other.iter().all(|(name, value)| one.get(name).is_none_or(|present| is_same(present, value)))
        }
        _ => spelled(one) == spelled(other),
    }
}

/// Writes members into the tree that records are read from.
fn members(out: &mut Values, known: &'static [Member], read: &Map<String, Value>) {
    for member in known {
        if let Some(value) = read.get(member.name) {
            value_into(out, member.name, &member.ty, value);
        }
    }
}

fn value_into(out: &mut Values, name: &str, ty: &Type, value: &Value) {
    match (ty, value) {
        (_, Value::Null) => out.nil(name),
        (Type::Record(record), Value::Object(read)) => {
            out.open(name);
            members(out, record.members, read);
            out.close();
        }
        (Type::Array(array), Value::Array(items)) => {
            out.open_array(name);
            for item in items {
                value_into(out, "item", &array.item, item);
            }
            out.close();
        }
        (_, Value::String(text)) => out.text(name, text),
        (_, other) => out.text(name, &other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::routes;
    use crate::wire::sip::{DeleteRoutesInput, GetAccountsInput, GetSipDeviceLocationsInput, UpdateAccountInput};

    fn read<I: soap::Record>(method: &str, url: &str, body: &str) -> Result<(I, Option<Page>), Problem> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let request = Request {
            method,
            path,
            query,
            authorization: None,
            impersonate: None,
            content_type: None,
            accept: None,
            if_match: None,
            if_none_match: None,
            idempotency_key: None,
            origin: crate::origin::Origin::default(),
            body: body.as_bytes(),
        };
        let input = Input::read(&routes::find(method, routes::below_root(path)?)?, &request, None, 100, None)?;
        Ok((soap::read_record(input.values.root()).unwrap(), input.page))
    }

    #[test]
    fn a_query_string_fills_filter_order_and_page() {
        let url = "/api/v1/sip/accounts?filter.domain=a%2B.example&filter.groups=vip&filter.groups=free&filter.owner=7\
                   &orderBy.attribute=username&limit=20&cursor=r40";
        let (input, page) = read::<GetAccountsInput>("GET", url, "").unwrap();
        let query = input.query.unwrap();
        let filter = query.filter.unwrap();
        assert_eq!((filter.domain.as_deref(), filter.owner), (Some("a+.example"), Some(7)));
        assert_eq!(filter.groups, Some(vec!["vip".to_owned(), "free".to_owned()]));
        assert_eq!(query.order_by.unwrap().attribute.as_deref(), Some("username"));
        let range = query.range.unwrap();
        assert_eq!((range.start, range.count), (Some(40), Some(20)));
        let page = page.unwrap();
        assert_eq!((page.next(20, 61).unwrap().as_deref(), page.next(20, 60).unwrap()), (Some("r60"), None));
    }

    #[test]
    fn a_query_string_has_no_members_that_the_contract_does_not_have() {
        for query in [
            "filter.domian=x",
            "range.start=1",
            "limit=0",
            "limit=1&limit=2",
            "cursor=40",
            "cursor=r0",
            "cursor=k00",
            "cursor=",
            "filter=x",
            "x",
        ] {
            let url = format!("/api/v1/sip/accounts?{query}");
            let problem = read::<GetAccountsInput>("GET", &url, "").unwrap_err();
            assert_eq!(problem.status, 400, "{query}");
            assert!(problem.member.is_some(), "{query}");
        }
    }

    #[test]
    fn lists_of_ids_are_names_given_several_times() {
        let url = "/api/v1/sip/locations?sipIds=a@x.example&sipIds=b@y.example";
        let (input, _) = read::<GetSipDeviceLocationsInput>("GET", url, "").unwrap();
        let ids = input.sip_ids.unwrap();
        assert_eq!((ids[0].username.as_deref(), ids[1].domain.as_deref()), (Some("a"), Some("y.example")));
        let (input, _) = read::<DeleteRoutesInput>("DELETE", "/api/v1/sip/routes?routes.id=7&routes.id=8", "").unwrap();
        let numbers: Vec<_> = input.routes.unwrap().iter().map(|route| route.id).collect();
        assert_eq!(numbers, [Some(7), Some(8)]);
    }

    #[test]
    fn the_path_says_which_resource_and_the_body_says_no_other() {
        let url = "/api/v1/sip/accounts/Alice@x.example";
        for body in [
            "{\"owner\": 3}",
            "{\"id\": null, \"owner\": 3}",
            "{\"id\": {\"username\": \"alice\", \"domain\": \"X.example\"}, \"owner\": 3}",
        ] {
            let (input, _) = read::<UpdateAccountInput>("PUT", url, body).unwrap();
            let account = input.account.unwrap();
            assert_eq!(account.id.unwrap().domain.unwrap().to_lowercase(), "x.example");
            assert_eq!(account.owner, Some(3));
        }
        let other = "{\"id\": {\"username\": \"bob\", \"domain\": \"x.example\"}}";
        let problem = read::<UpdateAccountInput>("PUT", url, other).unwrap_err();
        assert_eq!((problem.status, problem.member.as_deref()), (422, Some("account.id")));
        assert_eq!(read::<UpdateAccountInput>("PUT", "/api/v1/sip/accounts/alice", "{}").unwrap_err().status, 422);
        assert_eq!(read::<UpdateAccountInput>("PUT", url, "").unwrap_err().status, 400);
    }
}
