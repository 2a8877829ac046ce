//! SIP domains. Ownership is stored here; accounts and aliases take theirs from their domain, so moving a domain moves them.

use domain::{CustomerId, DomainName, LikePattern, Ownership, Refusal, ResellerId, Secret, SipDomain, TlsProfile};

use crate::error::RefusedBy;
use crate::list::{Page, Query, Search};
use crate::sip_accounts::no_such_customer;
use crate::{StoreError, Tx, rows};

/// Search terms of a list of domains; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct SipDomainFilter {
    pub domain: Option<LikePattern>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of domains is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum SipDomainOrder {
    #[default]
    ChangeDate,
    Domain,
}

/// The customer exists and is that reseller's; it may have gone since it was looked up.
const OWNER_RULE: &str = "sip_domains_customer_of_the_reseller";

fn no_such_owner() -> Refusal {
    no_such_customer("domain.customer")
}

/// Makes a domain.
pub async fn add(
    tx: &mut Tx,
    domain: &DomainName,
    owner: Ownership,
    tls: &TlsProfile,
) -> Result<SipDomain, StoreError> {
    let change_date = sqlx::query_scalar!(
        r#"INSERT INTO sip_domains (domain, customer, reseller, certificate, private_key, match_ip_address,
                match_sip_domain, verify_cert, require_cert)
           VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6, $7, $8, $9)
           RETURNING to_char(change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!""#,
        domain.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        tls.certificate,
        tls.private_key.expose(),
        tls.match_ip_address,
        tls.match_sip_domain,
        tls.verify_cert,
        tls.require_cert,
    )
    .fetch_one(tx.conn())
    .await
    .refused_by("sip_domains_domain_key", || Refusal::SipDomainExists(domain.clone()))
    .refused_by(OWNER_RULE, no_such_owner)?;
    Ok(SipDomain { domain: domain.clone(), ownership: owner, tls: tls.clone(), change_date })
}

/// Whose a domain in reach is; it keeps from changing until the transaction ends.
pub async fn ownership_for_update(tx: &mut Tx, domain: &DomainName) -> Result<Ownership, StoreError> {
    let row =
        sqlx::query!("SELECT customer, reseller FROM sip_domains WHERE domain = $1 FOR NO KEY UPDATE", domain.as_str())
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| Refusal::SipDomainNotFound(domain.clone()))?;
    Ok(ownership(row.customer, row.reseller))
}

/// Replaces a domain in reach.
pub async fn update(tx: &mut Tx, domain: &DomainName, owner: Ownership, tls: &TlsProfile) -> Result<(), StoreError> {
    let updated = sqlx::query!(
        "UPDATE sip_domains SET customer = nullif($2::bigint, 0), reseller = nullif($3::bigint, 0), certificate = $4,
             private_key = $5, match_ip_address = $6, match_sip_domain = $7, verify_cert = $8, require_cert = $9
         WHERE domain = $1",
        domain.as_str(),
        owner.customer.get(),
        owner.reseller.get(),
        tls.certificate,
        tls.private_key.expose(),
        tls.match_ip_address,
        tls.match_sip_domain,
        tls.verify_cert,
        tls.require_cert,
    )
    .execute(tx.conn())
    .await
    .refused_by(OWNER_RULE, no_such_owner)?;
    if updated.rows_affected() == 0 { Err(Refusal::SipDomainNotFound(domain.clone()).into()) } else { Ok(()) }
}

/// Deletes a domain in reach. Refused while accounts or aliases are in it.
pub async fn delete(tx: &mut Tx, domain: &DomainName) -> Result<(), StoreError> {
    let deleted = sqlx::query!("DELETE FROM sip_domains WHERE domain = $1", domain.as_str())
        .execute(tx.conn())
        .await
        .map_err(|error| match error.as_database_error() {
        Some(db) if db.is_foreign_key_violation() => StoreError::Refused(Refusal::SipDomainNotEmpty(domain.clone())),
        _ => error.into(),
    })?;
    if deleted.rows_affected() == 0 { Err(Refusal::SipDomainNotFound(domain.clone()).into()) } else { Ok(()) }
}

/// Domains in reach.
pub async fn list(tx: &mut Tx, query: &Query<SipDomainFilter, SipDomainOrder>) -> Result<Page<SipDomain>, StoreError> {
    let sorted = match query.order {
        SipDomainOrder::ChangeDate => "change_date",
        SipDomainOrder::Domain => "domain",
    };
    let mut search = Search::new("sip_domains", "id", sorted);
    search.like_lower("domain", query.filter.domain.as_ref());
    search.equal("customer", query.filter.customer);
    search.equal("reseller", query.filter.reseller);
    let keys = search.keys(tx, query.direction, query.range).await?;
    let rows = sqlx::query!(
        r#"SELECT d.domain, d.customer, d.reseller, d.certificate, d.private_key, d.match_ip_address,
                  d.match_sip_domain, d.verify_cert, d.require_cert,
                  to_char(d.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n) JOIN sip_domains AS d ON d.id = page.id
           ORDER BY page.n"#,
        &keys.ids
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| {
        Ok(SipDomain {
            domain: rows::domain_name(&row.domain)?,
            ownership: ownership(row.customer, row.reseller),
            tls: TlsProfile {
                certificate: row.certificate,
                private_key: Secret::new(row.private_key),
                match_ip_address: row.match_ip_address,
                match_sip_domain: row.match_sip_domain,
                verify_cert: row.verify_cert,
                require_cert: row.require_cert,
            },
            change_date: row.change_date,
        })
    });
    Ok(Page { rows: rows.collect::<Result<_, StoreError>>()?, total: keys.total })
}

/// Ownership of two columns; nobody is NULL there.
pub(crate) fn ownership(customer: Option<i64>, reseller: Option<i64>) -> Ownership {
    Ownership { customer: CustomerId::new(customer.unwrap_or(0)), reseller: ResellerId::new(reseller.unwrap_or(0)) }
}
