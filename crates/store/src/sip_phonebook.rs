//! The phonebook of an account. An entry's key is its address inside the account.

use domain::{LikePattern, PhonebookEntry, PhonebookSearch, PhonebookUri, Range, Refusal, SipId};

use crate::list::Page;
use crate::rows::bad_row;
use crate::seek::{Place, Seek};
use crate::sip_groups::locked_account;
use crate::{StoreError, Tx};

/// Most entries of one account.
const ENTRIES_MAX: i64 = 10_000;

/// Adds an entry to the phonebook of an account in reach.
pub async fn add(tx: &mut Tx, id: &SipId, entry: &PhonebookEntry) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let present = sqlx::query_scalar!(
        r#"SELECT count(*) AS "present!" FROM sip_phonebook_entries WHERE account_id = $1"#,
        account
    )
    .fetch_one(tx.conn())
    .await?;
    if present >= ENTRIES_MAX {
        return Err(Refusal::invalid("entry", format!("a phonebook has at most {ENTRIES_MAX} entries")).into());
    }
    let added = sqlx::query!(
        "INSERT INTO sip_phonebook_entries (account_id, uri, name, group_name, first_name, last_name)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        account,
        entry.uri.as_str(),
        entry.name,
        entry.group,
        entry.first_name,
        entry.last_name
    )
    .execute(tx.conn())
    .await?;
    match added.rows_affected() {
        0 => Err(Refusal::PhonebookEntryExists(entry.uri.as_str().to_owned()).into()),
        _ => Ok(()),
    }
}

/// Replaces an entry.
pub async fn update(tx: &mut Tx, id: &SipId, entry: &PhonebookEntry) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let updated = sqlx::query!(
        "UPDATE sip_phonebook_entries SET name = $3, group_name = $4, first_name = $5, last_name = $6
         WHERE account_id = $1 AND uri = $2",
        account,
        entry.uri.as_str(),
        entry.name,
        entry.group,
        entry.first_name,
        entry.last_name
    )
    .execute(tx.conn())
    .await?;
    found(updated.rows_affected(), &entry.uri)
}

/// Deletes an entry.
pub async fn delete(tx: &mut Tx, id: &SipId, uri: &PhonebookUri) -> Result<(), StoreError> {
    let account = locked_account(tx, id).await?;
    let deleted =
        sqlx::query!("DELETE FROM sip_phonebook_entries WHERE account_id = $1 AND uri = $2", account, uri.as_str())
            .execute(tx.conn())
            .await?;
    found(deleted.rows_affected(), uri)
}

fn found(rows: u64, uri: &PhonebookUri) -> Result<(), StoreError> {
    if rows == 0 { Err(Refusal::PhonebookEntryNotFound(uri.as_str().to_owned()).into()) } else { Ok(()) }
}

/// The entries of an account in reach that are looked for, by name.
pub async fn list(
    tx: &mut Tx,
    id: &SipId,
    search: &PhonebookSearch,
    range: Range,
) -> Result<Page<PhonebookEntry>, StoreError> {
    let account = sqlx::query_scalar!(
        "SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
         WHERE a.username = $1 AND d.domain = $2",
        id.username.as_str(),
        id.domain.as_str()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Refusal::SipAccountNotFound(id.clone()))?;
    let seek = tx.seek();
    let place = seek.as_ref().and_then(Seek::place).and_then(|place| place.sorted);
    // An address has no line break.
    let (after_uri, after_name) = place.as_deref().and_then(|place| place.split_once('\n')).unzip();
    // One row more tells whether more follow.
    let more = i64::from(seek.is_some());
    // A pattern that is not there matches nothing of its own: the other one decides.
    let rows = sqlx::query!(
        r#"WITH matched AS MATERIALIZED (
               SELECT * FROM sip_phonebook_entries
               WHERE account_id = $1 AND (group_name = $4 OR $4 IS NULL)
                 AND ($2::text IS NULL AND $3::text IS NULL OR coalesce(uri ILIKE $2, false)
                      OR coalesce(name ILIKE $3, false)))
           SELECT page.uri AS "uri?", page.name AS "name?", page.group_name AS "group?", page.first_name AS "first?",
                  page.last_name AS "last?", lower(page.name) AS sorted, counted.total AS "total!"
           FROM (SELECT count(*) AS total FROM matched) AS counted
           LEFT JOIN (SELECT * FROM matched WHERE $7::text IS NULL OR (lower(name), uri) > ($7, $8::text)
                      ORDER BY lower(name), uri LIMIT $5 OFFSET $6) AS page ON true
           ORDER BY lower(page.name), page.uri"#,
        account,
        search.uri.as_ref().map(LikePattern::as_str),
        search.name.as_ref().map(LikePattern::as_str),
        search.group,
        i64::from(range.count()) + more,
        i64::from(range.start()),
        after_name,
        after_uri
    )
    .fetch_all(tx.conn())
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let mut rows = rows;
    if let Some(seek) = seek {
        let count = usize::try_from(range.count()).unwrap_or(usize::MAX);
        let is_more = rows.len() > count;
        rows.truncate(count);
        let last = rows.last().filter(|_| is_more).and_then(|row| row.uri.as_deref().zip(row.sorted.as_deref()));
        seek.ended(last.map(|(uri, name)| Place { sorted: Some(format!("{uri}\n{name}")), id: 0 }));
    }
    let entries = rows.into_iter().filter_map(|row| {
        let uri = row.uri?;
        Some(PhonebookUri::parse(&uri).map_err(|why| bad_row("uri", &why)).map(|uri| PhonebookEntry {
            uri,
            name: row.name.unwrap_or_default(),
            group: row.group.unwrap_or_default(),
            first_name: row.first.unwrap_or_default(),
            last_name: row.last.unwrap_or_default(),
        }))
    });
    Ok(Page { rows: entries.collect::<Result<_, _>>()?, total })
}
