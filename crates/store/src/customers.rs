//! Customers and resellers: the rows, and what the right to create hangs on.
//!
//! What is out of reach looks as if it did not exist: row-level security hides it, and the statement finds nothing.
//! Who signs in is looked up elsewhere, before there is a scope.

use domain::{
    CustomerId, CustomerProfile, CustomerProperty, CustomerTerms, LikePattern, NewCustomer, PstnRights, Refusal,
    ResellerId, Scope, StoredPassword,
};

use crate::list::{Page, Query, Search};
use crate::{StoreError, Tx, api_tokens, customer_properties};

/// A customer as it is stored.
pub use domain::Customer;

/// Search terms of a list of customers; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct CustomerFilter {
    pub username: Option<LikePattern>,
    pub first_name: Option<LikePattern>,
    pub last_name: Option<LikePattern>,
    pub organization: Option<LikePattern>,
    pub tel: Option<LikePattern>,
    pub email: Option<LikePattern>,
    pub web: Option<LikePattern>,
    pub city: Option<LikePattern>,
    pub country: Option<LikePattern>,
    pub only_resellers: bool,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
}

/// What a list of customers is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum CustomerOrder {
    #[default]
    ChangeDate,
    Username,
    FirstName,
    LastName,
    Organization,
    Customer,
}

/// What an update makes of a customer; `None` keeps what is stored.
#[derive(Debug, Clone)]
pub struct CustomerChange {
    /// Which.
    pub id: CustomerId,
    /// Its reseller.
    pub reseller: Option<ResellerId>,
    /// The customer that this login acts as.
    pub impersonate: Option<CustomerId>,
    /// The login name.
    pub username: Option<domain::LoginName>,
    /// The login password.
    pub password: Option<StoredPassword>,
    /// Name, addresses, numbers: replaced.
    pub profile: CustomerProfile,
    /// The administrator's part.
    pub terms: Option<CustomerTerms>,
    /// The whole list as it shall be, already settled by the rights of the caller.
    pub properties: Vec<CustomerProperty>,
}

/// Refuses whoever may not create anything: a reseller that is not active, and its customers with it.
pub async fn check_may_create(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.scope().is_administrator() {
        return Ok(());
    }
    let reseller = tx.scope().reseller_id().get();
    let active = sqlx::query_scalar!("SELECT ngnpro_reseller_active($1)", reseller).fetch_one(tx.conn()).await?;
    if active == Some(true) { Ok(()) } else { Err(Refusal::ResellerNotActive.into()) }
}

/// What the caller may do to accounts' access to the telephone network. A customer needs its own property and its
/// reseller's, a reseller its own, the administrator none.
pub async fn pstn_rights(tx: &mut Tx) -> Result<PstnRights, StoreError> {
    let (customer, reseller) = match *tx.scope() {
        Scope::Administrator => return Ok(PstnRights::ALL),
        Scope::Reseller(reseller) => (reseller.as_customer(), reseller),
        Scope::Customer(customer, reseller) => (customer, reseller),
    };
    let rights = sqlx::query_as!(
        PstnRights,
        r#"SELECT ngnpro_has_right('pstn_access', $1, $2) AS "access!",
                  ngnpro_has_right('prepaid_changes', $1, $2) AS "prepaid_changes!",
                  ngnpro_has_right('pstn_changes', $1, $2) AS "changes!""#,
        customer.get(),
        reseller.get()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(rights)
}

/// The reseller of a customer in reach; nothing where it is out of reach or absent.
pub async fn reseller_of(tx: &mut Tx, customer: CustomerId) -> Result<Option<ResellerId>, StoreError> {
    let found = sqlx::query_scalar!("SELECT reseller FROM customers WHERE id = $1", customer.get())
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(ResellerId::new))
}

/// A free number for a customer to be made.
pub async fn next_id(tx: &mut Tx) -> Result<CustomerId, StoreError> {
    let id = sqlx::query_scalar!(r#"SELECT nextval('customers_id_seq') AS "id!""#).fetch_one(tx.conn()).await?;
    Ok(CustomerId::new(id))
}

/// Makes a customer; whether its number was free. Refused when the login name is taken.
pub async fn add(tx: &mut Tx, new: &NewCustomer) -> Result<bool, StoreError> {
    let (profile, terms) = (&new.profile, &new.terms);
    let made = sqlx::query_scalar!(
        r#"INSERT INTO customers (id, reseller, impersonate, username, password_hash, password_sealed, first_name,
                last_name, organization, vat_number, email, web, tel, fax, mobile, sip, enum, address, postcode, city,
                state, country, timezone, language, bank_account, billing_address, billing_email, balance, credit,
                company_code, reseller_active)
           VALUES ($1, $2, nullif($3::bigint, 0), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
           ON CONFLICT (id) DO NOTHING RETURNING id"#,
        new.id.get(),
        new.reseller.get(),
        new.impersonate.get(),
        new.username.as_ref().map(domain::LoginName::as_str),
        new.password.as_ref().map(|p| p.hash.as_str()),
        new.password.as_ref().and_then(|p| p.sealed.as_deref()),
        profile.first_name,
        profile.last_name,
        profile.organization,
        profile.vat_number,
        profile.email,
        profile.web,
        profile.tel,
        profile.fax,
        profile.mobile,
        profile.sip,
        profile.enum_number,
        profile.address,
        profile.postcode,
        profile.city,
        profile.state,
        profile.country,
        profile.timezone,
        profile.language,
        profile.bank_account,
        profile.billing_address,
        profile.billing_email,
        terms.balance,
        terms.credit,
        terms.company_code,
        terms.reseller_active,
    )
    .fetch_optional(tx.conn())
    .await
    .map_err(|error| refused(error, new.username.as_ref()))?;
    if made.is_none() {
        return Ok(false);
    }
    customer_properties::merge(tx, new.id, &new.properties).await?;
    Ok(true)
}

/// Replaces a customer in reach. Another password ends the tokens that were made under the one before.
pub async fn update(tx: &mut Tx, change: &CustomerChange) -> Result<(), StoreError> {
    let profile = &change.profile;
    let terms = change.terms.as_ref();
    let updated = sqlx::query!(
        r#"UPDATE customers SET
               reseller = coalesce($2, reseller), impersonate = nullif(coalesce($3, impersonate), 0),
               username = coalesce($4, username), password_hash = coalesce($5, password_hash),
               password_sealed = CASE WHEN $5::text IS NULL THEN password_sealed ELSE $6 END,
               first_name = $7, last_name = $8, organization = $9, vat_number = $10, email = $11, web = $12, tel = $13,
               fax = $14, mobile = $15, sip = $16, enum = $17, address = $18, postcode = $19, city = $20, state = $21,
               country = $22, timezone = $23, language = $24, bank_account = $25, billing_address = $26,
               billing_email = $27, balance = coalesce($28, balance), credit = coalesce($29, credit),
               company_code = coalesce($30, company_code), reseller_active = coalesce($31, reseller_active)
           WHERE id = $1"#,
        change.id.get(),
        change.reseller.map(ResellerId::get),
        change.impersonate.map(CustomerId::get),
        change.username.as_ref().map(domain::LoginName::as_str),
        change.password.as_ref().map(|p| p.hash.as_str()),
        change.password.as_ref().and_then(|p| p.sealed.as_deref()),
        profile.first_name,
        profile.last_name,
        profile.organization,
        profile.vat_number,
        profile.email,
        profile.web,
        profile.tel,
        profile.fax,
        profile.mobile,
        profile.sip,
        profile.enum_number,
        profile.address,
        profile.postcode,
        profile.city,
        profile.state,
        profile.country,
        profile.timezone,
        profile.language,
        profile.bank_account,
        profile.billing_address,
        profile.billing_email,
        terms.map(|t| t.balance),
        terms.map(|t| t.credit),
        terms.map(|t| t.company_code.as_str()),
        terms.map(|t| t.reseller_active),
    )
    .execute(tx.conn())
    .await
    .map_err(|error| refused(error, change.username.as_ref()))?;
    if updated.rows_affected() == 0 {
        return Err(Refusal::CustomerNotFound(change.id).into());
    }
    if change.password.is_some() {
        api_tokens::delete_all_of(tx, change.id).await?;
    }
    customer_properties::replace(tx, change.id, &change.properties).await
}

/// Deletes a customer in reach. Refused while records, or a reseller's customers, carry its number.
pub async fn delete(tx: &mut Tx, id: CustomerId) -> Result<(), StoreError> {
    let deleted =
        sqlx::query!("DELETE FROM customers WHERE id = $1", id.get()).execute(tx.conn()).await.map_err(|error| {
            match error.as_database_error() {
                Some(db) if db.is_foreign_key_violation() => StoreError::Refused(Refusal::CustomerNotEmpty(id)),
                _ => error.into(),
            }
        })?;
    if deleted.rows_affected() == 0 { Err(Refusal::CustomerNotFound(id).into()) } else { Ok(()) }
}

/// One customer in reach.
pub async fn get(tx: &mut Tx, id: CustomerId) -> Result<Customer, StoreError> {
    fetch(tx, &[id.get()]).await?.pop().ok_or_else(|| Refusal::CustomerNotFound(id).into())
}

/// The same, kept from changing until the transaction ends.
pub async fn get_for_update(tx: &mut Tx, id: CustomerId) -> Result<Customer, StoreError> {
    sqlx::query!("SELECT id FROM customers WHERE id = $1 FOR NO KEY UPDATE", id.get())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::CustomerNotFound(id))?;
    get(tx, id).await
}

/// Customers in reach.
pub async fn list(tx: &mut Tx, query: &Query<CustomerFilter, CustomerOrder>) -> Result<Page<Customer>, StoreError> {
    let sorted = match query.order {
        CustomerOrder::ChangeDate => "change_date",
        CustomerOrder::Username => "lower(username)",
        CustomerOrder::FirstName => "lower(first_name)",
        CustomerOrder::LastName => "lower(last_name)",
        CustomerOrder::Organization => "lower(organization)",
        CustomerOrder::Customer => "id",
    };
    let filter = &query.filter;
    let mut search = Search::new("customers", "id", sorted);
    search.like("username", filter.username.as_ref());
    search.like("first_name", filter.first_name.as_ref());
    search.like("last_name", filter.last_name.as_ref());
    search.like("organization", filter.organization.as_ref());
    search.like("tel", filter.tel.as_ref());
    search.like("email", filter.email.as_ref());
    search.like("web", filter.web.as_ref());
    search.like("city", filter.city.as_ref());
    search.like("country", filter.country.as_ref());
    search.equal("id", filter.customer);
    search.equal("reseller", filter.reseller);
    if filter.only_resellers {
        search.is("id = reseller");
    }
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch(tx, &keys.ids).await?, total: keys.total })
}

async fn fetch(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Customer>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.reseller, c.impersonate, c.username, c.password_hash,
                  c.password_sealed, c.first_name, c.last_name, c.organization, c.vat_number, c.email,
                  c.web, c.tel, c.fax, c.mobile, c.sip, c.enum AS enum_number, c.address, c.postcode, c.city, c.state,
                  c.country, c.timezone, c.language, c.bank_account, c.billing_address, c.billing_email, c.balance,
                  c.credit, c.company_code, c.reseller_active,
                  to_char(c.change_date, 'YYYY-MM-DD HH24:MI:SS') AS "change_date!",
                  p.names AS "names!", p.values AS "values!", p.categories AS "categories!",
                  p.permissions AS "permissions!"
           FROM unnest($1::bigint[]) WITH ORDINALITY AS page (id, n)
           JOIN customers AS c ON c.id = page.id
           CROSS JOIN LATERAL (
               SELECT coalesce(array_agg(name ORDER BY name), '{}') AS names,
                      coalesce(array_agg(value ORDER BY name), '{}') AS values,
                      coalesce(array_agg(category ORDER BY name), '{}') AS categories,
                      coalesce(array_agg(permission ORDER BY name), '{}') AS permissions
               FROM customer_properties WHERE customer = c.id
           ) AS p
           ORDER BY page.n"#,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Customer {
                id: CustomerId::new(row.id),
                reseller: ResellerId::new(row.reseller),
                impersonate: CustomerId::new(row.impersonate.unwrap_or(0)),
                username: row.username.unwrap_or_default(),
                password: row.password_hash.map(|hash| StoredPassword { hash, sealed: row.password_sealed }),
                profile: CustomerProfile {
                    first_name: row.first_name,
                    last_name: row.last_name,
                    organization: row.organization,
                    vat_number: row.vat_number,
                    email: row.email,
                    web: row.web,
                    tel: row.tel,
                    fax: row.fax,
                    mobile: row.mobile,
                    sip: row.sip,
                    enum_number: row.enum_number,
                    address: row.address,
                    postcode: row.postcode,
                    city: row.city,
                    state: row.state,
                    country: row.country,
                    timezone: row.timezone,
                    language: row.language,
                    bank_account: row.bank_account,
                    billing_address: row.billing_address,
                    billing_email: row.billing_email,
                },
                terms: CustomerTerms {
                    balance: row.balance,
                    credit: row.credit,
                    company_code: row.company_code,
                    reseller_active: row.reseller_active,
                },
                properties: customer_properties::of_columns(row.names, row.values, row.categories, row.permissions)?,
                change_date: row.change_date,
            })
        })
        .collect()
}

/// Which rule of the table a write broke, as the refusal that it means.
fn refused(error: sqlx::Error, username: Option<&domain::LoginName>) -> StoreError {
    let Some(constraint) = error.as_database_error().and_then(|db| db.constraint()) else { return error.into() };
    match constraint {
        "customers_username_key" => {
            Refusal::CustomerExists(username.map(|name| name.as_str().to_owned()).unwrap_or_default()).into()
        }
        "customers_reseller_is_a_reseller" => {
            Refusal::invalid("account.reseller", "not a reseller, or one that still has customers").into()
        }
        "customers_impersonate_of_the_same_reseller" => {
            Refusal::invalid("account.impersonate", "not a customer of the same reseller").into()
        }
        // Records that carry its number beside its old reseller's.
        _ if error.as_database_error().is_some_and(|db| db.is_foreign_key_violation()) => {
            Refusal::invalid("account.reseller", "records still belong to the reseller").into()
        }
        _ => error.into(),
    }
}
