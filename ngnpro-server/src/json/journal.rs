//! `GET /journal`: what was changed, by whom and how, newest first, by what is asked of it.

use serde_json::json;
use store::journal::{self, Asked as Wanted};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::resources::{Asked, document};
use super::{Answer, Problem, paging, text};
use crate::error::Failure;

/// Entries of a page where nothing is said.
const LIMIT: u32 = 100;

/// Answers a page.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let (wanted, limit) = read(asked.request.query, asked.app.settings.limits.list_rows)?;
    let mut tx = asked.store.begin_read(&asked.caller.scope).await.map_err(Failure::from)?;
    // One more than the page says whether there is another.
    let mut entries = journal::list(&mut tx, &wanted, limit + 1).await.map_err(Failure::from)?;
    let is_more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| is_more).map(|last| paging::link(asked.request, &last.place.to_string()));
    let rows: Vec<_> = entries.iter().map(crate::journal::document).collect();
    let mut answer = document(200, &json!({"entries": rows, "next": next}));
    if let Some(next) = next {
        answer.headers.push(("Link", format!("<{next}>; rel=\"next\"")));
    }
    Ok(answer)
}

fn read(query: &str, most: u32) -> Result<(Wanted, u32), Problem> {
    let (mut wanted, mut limit) = (Wanted::default(), LIMIT.min(most));
    for pair in text::pairs(query) {
        let (name, value) = pair?;
        let wrong = |what: &str| Problem::new(400, &format!("{name}: {what}")).at(name.clone());
        let time =
            |value: &str| OffsetDateTime::parse(value, &Rfc3339).map_err(|_| wrong("a time is 2026-11-21T09:30:00Z"));
        let number = |value: &str| value.parse().map_err(|_| wrong("is the number of a customer"));
        match name.as_str() {
            "since" => wanted.since = Some(time(&value)?),
            "until" => wanted.until = Some(time(&value)?),
            "operation" => wanted.operation = Some(value),
            "who" => wanted.who = Some(value),
            "customer" => wanted.customer = Some(number(&value)?),
            "reseller" => wanted.reseller = Some(number(&value)?),
            "resource" => wanted.table = Some(value),
            "key" => wanted.key = Some(value),
            "changeSet" => wanted.change_set = Some(value),
            "request" => wanted.request = Some(value),
            "cursor" => wanted.before = Some(value.parse().map_err(|_| wrong("is none that this server gave"))?),
            "limit" => {
                let rows: u32 =
                    value.parse().ok().filter(|rows| *rows > 0).ok_or_else(|| wrong("is a number of rows"))?;
                limit = rows.min(most);
            }
            _ => return Err(wrong("there is no such member")),
        }
    }
    Ok((wanted, limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_and_what_is_none_is_named() {
        let query = "since=2026-11-21T09:30:00%2B01:00&operation=Sip.addAccount&key=a@x.example&limit=5000&cursor=7-8";
        let (wanted, limit) = read(query, 1000).unwrap();
        assert_eq!((wanted.operation.as_deref(), wanted.key.as_deref()), (Some("Sip.addAccount"), Some("a@x.example")));
        assert_eq!((limit, wanted.before.unwrap().to_string().as_str()), (1000, "7-8"));
        assert_eq!(wanted.since.unwrap().unix_timestamp(), 1_795_249_800);
        for query in ["since=yesterday", "limit=0", "cursor=x", "customer=x", "color=red", "until=2026"] {
            let problem = read(query, 1000).unwrap_err();
            assert_eq!((problem.status, problem.member.as_deref()), (400, query.split_once('=').map(|(name, _)| name)));
        }
    }
}
