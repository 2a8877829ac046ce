//! From columns to the types of the domain: a row that breaks a rule is a fault of ours, and says where.

use domain::{DomainName, Invalid, SipId, Username};

use crate::StoreError;

/// A column holds what the domain does not allow.
pub(crate) fn bad_row(column: &str, why: &Invalid) -> StoreError {
    StoreError::Internal(sqlx::Error::ColumnDecode { index: column.to_owned(), source: why.to_string().into() })
}

/// A domain's name.
pub(crate) fn domain_name(text: &str) -> Result<DomainName, StoreError> {
    DomainName::parse(text).map_err(|why| bad_row("domain", &why))
}

/// Names of hosts.
pub(crate) fn domain_names(texts: &[String]) -> Result<Vec<DomainName>, StoreError> {
    texts.iter().map(|text| domain_name(text)).collect()
}

/// A user name and a domain.
pub(crate) fn sip_id(username: &str, domain: &str) -> Result<SipId, StoreError> {
    let username = Username::parse(username).map_err(|why| bad_row("username", &why))?;
    Ok(SipId::new(username, domain_name(domain)?))
}
