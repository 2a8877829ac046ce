//! `/webhooks`: where a tenant wants to be told of its changes. The secret that signs is shown when a hook is made, and never again.

use domain::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use store::webhooks::{self, DeadLetter, Due, NewWebhook, Webhook};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::resources::{Asked, document};
use super::{Answer, Problem, text};
use crate::error::Failure;
use crate::webhooks::{SECRET_PREFIX, Target, send};

/// Most names of a filter, and the longest.
const NAMES_MAX: usize = 100;
const NAME_MAX: usize = 100;
/// Dead letters of a page.
const LETTERS: u32 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    url: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    operations: Vec<String>,
}

/// Makes a hook.
pub(super) async fn add(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let settings = &asked.app.settings.webhooks;
    let sent: Sent = read(asked.request.body)?;
    Target::parse(&sent.url, settings).map_err(|why| invalid("url", &why))?;
    if sent.description.chars().count() > 255 || sent.description.contains('\0') {
        return Err(invalid("description", "is longer than 255 characters"));
    }
    for (member, names) in [("resources", &sent.resources), ("operations", &sent.operations)] {
        let is_name = |name: &String| !name.is_empty() && name.len() <= NAME_MAX && !name.contains('\0');
        if names.len() > NAMES_MAX || !names.iter().all(is_name) {
            return Err(invalid(member, "is a short list of names"));
        }
    }
    let secret = new_secret()?;
    let new = NewWebhook {
        url: sent.url,
        description: sent.description,
        resources: sent.resources,
        operations: sent.operations,
        secret: Secret::new(secret.clone()),
    };
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    let added = webhooks::add(&mut tx, &new, settings.per_owner_max).await.map_err(Failure::from)?;
    let id = added.ok_or_else(|| Problem::new(409, "there are as many hooks as webhooks.per_owner_max allows"))?;
    let made = webhooks::list(&mut tx, Some(id)).await.map_err(Failure::from)?;
    tx.commit().await.map_err(Failure::from)?;
    let mut shown = made.first().map(show).unwrap_or_default();
    shown["secret"] = secret.into();
    let mut answer = document(201, &shown);
    answer.headers.push(("Location", format!("{}/webhooks/{id}", super::ROOT)));
    Ok(answer)
}

/// Lists hooks.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let hooks = webhooks::list(&mut tx, None).await.map_err(Failure::from)?;
    Ok(document(200, &json!({"webhooks": hooks.iter().map(show).collect::<Vec<_>>()})))
}

/// Shows a hook.
pub(super) async fn get(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let hooks = webhooks::list(&mut tx, Some(number(asked, 0)?)).await.map_err(Failure::from)?;
    Ok(document(200, &show(hooks.first().ok_or_else(absent)?)))
}

/// Removes a hook.
pub(super) async fn delete(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    if !webhooks::delete(&mut tx, number(asked, 0)?).await.map_err(Failure::from)? {
        return Err(absent());
    }
    tx.commit().await.map_err(Failure::from)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Active {
    active: bool,
}

/// Makes a hook be told, or not for now.
pub(super) async fn set_active(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let Active { active } = read(asked.request.body)?;
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    if !webhooks::set_active(&mut tx, number(asked, 0)?, active).await.map_err(Failure::from)? {
        return Err(absent());
    }
    tx.commit().await.map_err(Failure::from)?;
    Ok(nothing())
}

/// Sends a delivery without events, and says what came of it.
pub(super) async fn test(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let due = due(asked).await?;
    let body = json!({"webhook": due.id, "events": []}).to_string();
    Ok(tried(sent(asked, &due, &format!("{}.test.{}", due.id, asked.request.origin.request), &body).await?))
}

/// Lists what was given up.
pub(super) async fn dead_letters(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut after = 0;
    for pair in text::pairs(asked.request.query) {
        let (name, value) = pair?;
        match (name.as_str(), value.parse()) {
            ("cursor", Ok(id)) => after = id,
            _ => return Err(Problem::new(400, &format!("{name}: is not valid")).at(name)),
        }
    }
    due(asked).await?;
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let letters = webhooks::dead_letters(&mut tx, number(asked, 0)?, after, LETTERS).await.map_err(Failure::from)?;
    let next = letters.last().filter(|_| letters.len() == LETTERS as usize);
    let next = next.map(|last| super::paging::link(asked.request, &last.id.to_string()));
    Ok(document(200, &json!({"deadLetters": letters.iter().map(show_letter).collect::<Vec<_>>(), "next": next})))
}

/// Sends a dead letter again; taken, it is no more.
pub(super) async fn resend(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let due = due(asked).await?;
    let wanted = number(asked, 1)?;
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let letters = webhooks::dead_letters(&mut tx, due.id, wanted - 1, 1).await.map_err(Failure::from)?;
    tx.rollback().await.map_err(Failure::from)?;
    let letter = letters.first().filter(|letter| letter.id == wanted).ok_or_else(absent)?;
    let outcome = sent(asked, &due, &letter.delivery, &letter.body).await?;
    if outcome.is_ok() {
        delete_letter(asked).await?;
    }
    Ok(tried(outcome))
}

/// Forgets a dead letter.
pub(super) async fn delete_letter(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut tx = asked.store.begin(&asked.caller.scope).await.map_err(Failure::from)?;
    let (hook, letter) = (number(asked, 0)?, number(asked, 1)?);
    if !webhooks::delete_dead_letter(&mut tx, hook, letter).await.map_err(Failure::from)? {
        return Err(absent());
    }
    tx.commit().await.map_err(Failure::from)?;
    Ok(nothing())
}

async fn due(asked: &Asked<'_>) -> Result<Due, Problem> {
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    let due = webhooks::get(&mut tx, number(asked, 0)?).await.map_err(Failure::from)?;
    tx.rollback().await.map_err(Failure::from)?;
    due.ok_or_else(absent)
}

/// Sends something by hand. A trial sends nothing: it could not be taken back.
async fn sent(asked: &Asked<'_>, due: &Due, id: &str, body: &str) -> Result<Result<u16, String>, Problem> {
    match text::is_dry_run(asked.request.query)? {
        true => {
            Err(Problem::new(400, "what is sent cannot be taken back: there is no trial of it")
                .at("dry_run".to_owned()))
        }
        false => Ok(send(&asked.app.settings.webhooks, due, id, body).await),
    }
}

fn tried(outcome: Result<u16, String>) -> Answer {
    let (status, error) = match outcome {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(error)),
    };
    document(200, &json!({"delivered": error.is_none(), "status": status, "error": error}))
}

fn show(hook: &Webhook) -> Value {
    json!({
        "id": hook.id, "customer": hook.customer, "reseller": hook.reseller, "url": hook.url,
        "description": hook.description, "resources": hook.resources, "operations": hook.operations, "active": hook.active,
        "created": at(hook.created), "attempts": hook.attempts, "nextAttempt": at(hook.next_attempt),
        "lastSuccess": hook.last_success.map(at), "lastError": hook.last_error, "deadLetters": hook.dead_letters,
    })
}

fn show_letter(letter: &DeadLetter) -> Value {
    let body: Value = serde_json::from_str(&letter.body).unwrap_or_default();
    json!({
        "id": letter.id, "webhook": letter.webhook_id, "delivery": letter.delivery, "at": at(letter.at),
        "attempts": letter.attempts, "error": letter.error, "count": letter.events, "events": body["events"],
    })
}

fn at(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

fn new_secret() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(format!("{SECRET_PREFIX}{}", soap::encode_base64(&bytes)))
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::new(422, &format!("the body is not what is expected: {error}")))
}

fn invalid(member: &str, why: &str) -> Problem {
    Problem::new(422, &format!("{member}: {why}")).at(member.to_owned())
}

fn number(asked: &Asked<'_>, place: usize) -> Result<i64, Problem> {
    asked.places.get(place).and_then(|id| id.parse().ok()).filter(|id| *id > 0).ok_or_else(absent)
}

fn absent() -> Problem {
    Problem::new(404, "there is no such resource").coded(9005)
}

fn nothing() -> Answer {
    Answer { status: 204, media_type: None, headers: Vec::new(), body: String::new(), errorcode: None }
}
