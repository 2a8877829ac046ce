//! Tokens as a resource: made, listed and revoked by those who signed in with a password. The token is shown when it is made and
//! never again.

use serde_json::{Value, json};
use store::api_tokens::{self, NewToken, TOKENS_MAX, Token};

use super::resources::{Asked, Resource, document};
use super::{Answer, Problem, text};
use crate::caller::{Grant, new_token, token_digest};
use crate::error::Failure;

/// Longest name.
const NAME_MAX: usize = 100;
/// Most scopes.
const SCOPES_MAX: usize = 100;

/// Makes a token.
pub(super) async fn add(asked: &Asked<'_>) -> Result<Answer, Problem> {
    by_password(asked)?;
    let token = new_token()?;
    let new = NewToken { digest: token_digest(&token), ..read(asked.request.body)? };
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    let added = api_tokens::add(&mut tx, &new).await.map_err(|error| Problem::from(Failure::from(error)).in_body())?;
    let words = format!("there are {TOKENS_MAX} tokens: revoke one that is not needed any more");
    let added = added.ok_or_else(|| Problem::new(409, &words))?;
    tx.commit().await.map_err(Failure::from)?;
    let mut shown = show(&added);
    shown["token"] = token.into();
    let mut answer = document(201, &shown);
    answer.headers.push(("Location", format!("{}/tokens/{}", super::ROOT, added.id)));
    Ok(answer)
}

/// Lists tokens, without the tokens.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Answer, Problem> {
    by_password(asked)?;
    let most = i64::from(asked.app.settings.limits.list_rows);
    let (mut limit, mut after) = (most, 0);
    for pair in text::pairs(asked.request.query) {
        let (name, value) = pair?;
        let number = value.parse().ok().filter(|number: &i64| *number > 0);
        let number = || number.ok_or_else(|| Problem::new(400, &format!("{name}: is not valid")).at(name.clone()));
        match name.as_str() {
            "limit" => limit = number()?.min(most),
            "cursor" => after = number()?,
            _ => return Err(Problem::new(400, &format!("{name}: there is no such member")).at(name)),
        }
    }
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let mut tokens = api_tokens::list(&mut tx, after, limit.saturating_add(1), None).await.map_err(Failure::from)?;
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = tokens.len() > count;
    tokens.truncate(count);
    let last = tokens.last().filter(|_| more);
    let next = last.map(|token| super::paging::link(asked.request, &token.id.to_string()));
    let shown: Vec<Value> = tokens.iter().map(show).collect();
    let mut answer = document(200, &json!({"tokens": shown, "next": next}));
    answer.headers.extend(next.map(|next| ("Link", format!("<{next}>; rel=\"next\""))));
    Ok(answer)
}

/// Revokes a token.
pub(super) async fn delete(asked: &Asked<'_>) -> Result<Answer, Problem> {
    by_password(asked)?;
    let absent = || Problem::new(404, "there is no such token").coded(9005);
    let id = asked.places.first().and_then(|id| id.parse().ok()).ok_or_else(absent)?;
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    if !api_tokens::delete(&mut tx, id).await.map_err(Failure::from)? {
        return Err(absent());
    }
    tx.commit().await.map_err(Failure::from)?;
    Ok(Answer { status: 204, media_type: None, headers: Vec::new(), body: String::new(), errorcode: None })
}

/// A token makes no tokens: nothing would hold it to its own scopes and its own end.
fn by_password(asked: &Asked<'_>) -> Result<(), Problem> {
    match asked.caller.grant {
        Grant::All => Ok(()),
        Grant::Words(_) => Err(Problem::not_allowed("tokens are for those who have the password")),
    }
}

fn show(token: &Token) -> Value {
    json!({
        "id": token.id, "name": token.name, "scopes": token.scopes, "created": token.created, "expires": token.expires,
        "lastUsed": token.last_used, "customer": token.customer.get(), "reseller": token.reseller.get(),
    })
}

/// The token that a body asks for, its digest still to come.
fn read(body: &[u8]) -> Result<NewToken, Problem> {
    let wrong =
        |member: &str, why: &str| Problem::new(422, &format!("{member}: {why}")).at(member.to_owned()).in_body();
    let document: Value = serde_json::from_slice(body).map_err(|error| {
        Problem::new(400, "the body is not well-formed JSON").placed((error.line(), error.column()))
    })?;
    let members = document.as_object().ok_or_else(|| Problem::new(422, "an object is expected").at_all())?;
    if let Some(unknown) = members.keys().find(|name| !["name", "scopes", "expires"].contains(&name.as_str())) {
        return Err(wrong(unknown, "there is no such member"));
    }
    let is_name =
        |name: &&str| !name.trim().is_empty() && name.chars().count() <= NAME_MAX && name.chars().all(soap::is_char);
    let name = document["name"].as_str().filter(is_name);
    let name = name.ok_or_else(|| wrong("name", "1 to 100 characters that say what the token is for"))?;
    let scopes = document["scopes"].as_array().filter(|scopes| !scopes.is_empty());
    let scopes = scopes.ok_or_else(|| wrong("scopes", "a list of words is expected, one at least"))?;
    if scopes.len() > SCOPES_MAX {
        return Err(wrong("scopes", &format!("has at most {SCOPES_MAX} entries")));
    }
    let words: Option<Vec<String>> = scopes.iter().map(|word| word.as_str().map(str::to_owned)).collect();
    let words = words.ok_or_else(|| wrong("scopes", "words are expected"))?;
    if let Err(unknown) = Grant::parse(&words, &Resource::names()) {
        return Err(wrong("scopes", &format!("`{unknown}` is no scope of a token")));
    }
    let expires = match &document["expires"] {
        Value::Null => None,
        Value::String(text) if has_zone(text) => Some(text.clone()),
        _ => return Err(wrong("expires", "a time with its zone is expected, as 2030-12-31T23:59:59Z")),
    };
    Ok(NewToken { digest: [0; 32], name: name.trim().to_owned(), scopes: words, expires })
}

/// Whether a text has the form of a time of RFC 3339, of which the zone is a part; which days there are the database knows.
fn has_zone(text: &str) -> bool {
    let form = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                form => byte.eq_ignore_ascii_case(&form),
            })
    };
    let Some((second, zone)) = text.split_at_checked(19) else { return false };
    let zone = match zone.strip_prefix('.') {
        None => zone,
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            match fraction.len() - rest.len() {
                1..=9 => rest,
                _ => return false,
            }
        }
    };
    form(second, "0000-00-00T00:00:00") && ["Z", "+00:00", "-00:00"].iter().any(|known| form(zone, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_its_zone_is_none() {
        for good in ["2030-12-31T23:59:59Z", "2030-12-31t23:59:59.125+02:00", "2030-12-31T23:59:59-11:30"] {
            assert!(has_zone(good), "{good}");
        }
        for bad in [
            "",
            "2030-12-31",
            "2030-12-31T23:59:59",
            "2030-12-31T23:59:59 CET",
            "2030-12-31T23:59:59.Z",
            "tomorrow",
            "2030-12-31 23:59:59Z",
            "2030-12-31T23:59:59+0200",
            "infinity",
        ] {
            assert!(!has_zone(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_token_is_named() {
        for (body, status, member) in [
            ("{", 400, None),
            ("[]", 422, None),
            ("{}", 422, Some("name")),
            ("{\"name\": \" \", \"scopes\": [\"read\"]}", 422, Some("name")),
            ("{\"name\": \"x\", \"scopes\": []}", 422, Some("scopes")),
            ("{\"name\": \"x\", \"scopes\": [7]}", 422, Some("scopes")),
            ("{\"name\": \"x\", \"scopes\": [\"root\"]}", 422, Some("scopes")),
            ("{\"name\": \"x\", \"scopes\": [\"tokens\"]}", 422, Some("scopes")),
            ("{\"name\": \"x\", \"scopes\": [\"read\"], \"expires\": \"2030-01-01\"}", 422, Some("expires")),
            ("{\"name\": \"x\", \"scopes\": [\"read\"], \"customer\": 1}", 422, Some("customer")),
        ] {
            let problem = read(body.as_bytes()).unwrap_err();
            assert_eq!((problem.status, problem.member.as_deref()), (status, member), "{body}");
        }
        assert!(read(b"{\"name\": \"x\", \"scopes\": [\"all\", \"me\"]}").is_ok());
    }
}
