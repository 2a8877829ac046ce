//! Properties of customers. Who may change which is settled before: what comes here is written.

use domain::{CustomerId, CustomerProperty, Permission, PropertyName, Refusal};

use crate::{StoreError, Tx};

/// All properties of a customer in reach, by name.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<CustomerProperty>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT coalesce(array_agg(p.name ORDER BY p.name) FILTER (WHERE p.name IS NOT NULL), '{}') AS "names!",
                  coalesce(array_agg(p.value ORDER BY p.name) FILTER (WHERE p.name IS NOT NULL), '{}') AS "values!",
                  coalesce(array_agg(p.category ORDER BY p.name) FILTER (WHERE p.name IS NOT NULL), '{}')
                      AS "categories!",
                  coalesce(array_agg(p.permission ORDER BY p.name) FILTER (WHERE p.name IS NOT NULL), '{}')
                      AS "permissions!"
           FROM customers AS c LEFT JOIN customer_properties AS p ON p.customer = c.id
           WHERE c.id = $1 GROUP BY c.id"#,
        customer.get()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Refusal::CustomerNotFound(customer))?;
    of_columns(row.names, row.values, row.categories, row.permissions)
}

/// Makes the list of a customer exactly this one.
pub(crate) async fn replace(
    tx: &mut Tx,
    customer: CustomerId,
    properties: &[CustomerProperty],
) -> Result<(), StoreError> {
    let names: Vec<String> = properties.iter().map(|p| p.name.as_str().to_owned()).collect();
    sqlx::query!("DELETE FROM customer_properties WHERE customer = $1 AND name <> ALL ($2)", customer.get(), &names)
        .execute(tx.conn())
        .await?;
    merge(tx, customer, properties).await
}

/// Adds or changes the named ones; all others stay.
pub async fn merge(tx: &mut Tx, customer: CustomerId, properties: &[CustomerProperty]) -> Result<(), StoreError> {
    if properties.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&CustomerProperty) -> &str| -> Vec<String> {
        properties.iter().map(|property| of(property).to_owned()).collect()
    };
    sqlx::query!(
        "INSERT INTO customer_properties AS stored (customer, name, value, category, permission)
         SELECT $1, sent.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS sent
         ON CONFLICT (customer, name) DO UPDATE SET
             value = excluded.value, category = excluded.category, permission = excluded.permission
         WHERE (stored.value, stored.category, stored.permission)
             IS DISTINCT FROM (excluded.value, excluded.category, excluded.permission)",
        customer.get(),
        &column(|p| p.name.as_str()),
        &column(|p| &p.value),
        &column(|p| &p.category),
        &column(|p| p.permission.as_str()),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts properties together from columns of equal length.
pub(crate) fn of_columns(
    names: Vec<String>,
    values: Vec<String>,
    categories: Vec<String>,
    permissions: Vec<String>,
) -> Result<Vec<CustomerProperty>, StoreError> {
    let rows = names.into_iter().zip(values).zip(categories.into_iter().zip(permissions));
    rows.map(|((name, value), (category, permission))| {
        let name = PropertyName::parse(&name).map_err(|why| crate::rows::bad_row("customer_properties.name", &why))?;
        Ok(CustomerProperty::new(name, value, Some(category), Some(Permission::parse(&permission))))
    })
    .collect()
}
