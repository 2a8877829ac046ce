//! The secret that all proxies on one database share. It is never printed, and only the proxies' role may read it.

use std::fmt;

use crate::directory::{Link, ask};
use crate::{DatabaseUrl, StoreError};

/// The secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxySecret([u8; 32]);

impl fmt::Debug for ProxySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxySecret(redacted)")
    }
}

impl ProxySecret {
    /// Its octets.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for ProxySecret {
    fn from(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

/// A proxy's connection for reading it.
#[derive(Debug)]
pub struct SecretReader {
    link: Link,
}

impl SecretReader {
    /// Prepares a connection at this URL, as the role `sip_proxy`.
    pub fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Ok(Self { link: Link::new(url, "sip-proxy-secret")? })
    }

    /// The secret as it is now; none where somebody has removed it.
    pub async fn read(&mut self) -> Result<Option<ProxySecret>, StoreError> {
        let row = ask!(self.link, |conn| {
            sqlx::query_scalar!("SELECT secret FROM proxy_secret").fetch_optional(conn).await?
        })?;
        Ok(row.and_then(|secret| <[u8; 32]>::try_from(secret).ok()).map(ProxySecret))
    }
}
