//! Price lists of entities. They belong to whom the entity's account or domain belongs to; gateways are the administrator's.

use domain::{RatingEntity, RatingProfiles, Refusal, TimeZoneName};

use crate::{StoreError, Tx, rows};

fn none(entity: &RatingEntity) -> StoreError {
    Refusal::RatingEntityNotFound(entity.to_string()).into()
}

/// Refuses an entity that is not there or not in reach, which look the same.
pub async fn check_reach(tx: &mut Tx, entity: &RatingEntity) -> Result<(), StoreError> {
    let in_reach = match entity {
        RatingEntity::Subscriber(id) => {
            sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
                                  WHERE a.username = $1 AND d.domain = $2) AS "exists!""#,
                id.username.as_str(),
                id.domain.as_str()
            )
            .fetch_one(tx.conn())
            .await?
        }
        RatingEntity::Domain(name) => {
            sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM sip_domains WHERE domain = $1) AS "exists!""#,
                name.as_str()
            )
            .fetch_one(tx.conn())
            .await?
        }
        RatingEntity::Gateway(_) => tx.scope().is_administrator(),
    };
    if in_reach { Ok(()) } else { Err(none(entity)) }
}

/// Adds the price lists of an entity, or puts these in place of those before.
pub async fn set(tx: &mut Tx, profiles: &RatingProfiles) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO rating_entity_profiles (entity, profile_weekday, profile_weekday_alt, profile_weekend,
                                             profile_weekend_alt, timezone, increment, min_duration)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (entity) DO UPDATE SET profile_weekday = excluded.profile_weekday,
             profile_weekday_alt = excluded.profile_weekday_alt, profile_weekend = excluded.profile_weekend,
             profile_weekend_alt = excluded.profile_weekend_alt, timezone = excluded.timezone,
             increment = excluded.increment, min_duration = excluded.min_duration",
        profiles.entity.to_string(),
        profiles.weekday,
        profiles.weekday_alt,
        profiles.weekend,
        profiles.weekend_alt,
        profiles.timezone.as_str(),
        profiles.increment,
        profiles.min_duration
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether there are any that are in reach.
pub async fn check_exists(tx: &mut Tx, entity: &RatingEntity) -> Result<(), StoreError> {
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM rating_entity_profiles WHERE entity = $1) AS "exists!""#,
        entity.to_string()
    )
    .fetch_one(tx.conn())
    .await?;
    if exists { Ok(()) } else { Err(none(entity)) }
}

/// Deletes the price lists of an entity in reach.
pub async fn delete(tx: &mut Tx, entity: &RatingEntity) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM rating_entity_profiles WHERE entity = $1", entity.to_string())
        .execute(tx.conn())
        .await?;
    if deleted.rows_affected() == 0 { Err(none(entity)) } else { Ok(()) }
}

/// The price lists of an entity in reach.
pub async fn get(tx: &mut Tx, entity: &RatingEntity) -> Result<RatingProfiles, StoreError> {
    let row = sqlx::query!(
        "SELECT profile_weekday, profile_weekday_alt, profile_weekend, profile_weekend_alt, timezone, increment,
                min_duration
         FROM rating_entity_profiles WHERE entity = $1",
        entity.to_string()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| none(entity))?;
    Ok(RatingProfiles {
        entity: entity.clone(),
        weekday: row.profile_weekday,
        weekday_alt: row.profile_weekday_alt,
        weekend: row.profile_weekend,
        weekend_alt: row.profile_weekend_alt,
        timezone: TimeZoneName::parse(&row.timezone).map_err(|why| rows::bad_row("timezone", &why))?,
        increment: row.increment,
        min_duration: row.min_duration,
    })
}
