//! A transaction of one scope. Dropped without `commit`, it is rolled back.

use domain::Scope;
use sqlx::{PgConnection, Postgres};

use crate::StoreError;
use crate::notifier::Notifier;

/// An open transaction that reaches the rows of the scope it was begun with.
#[derive(Debug)]
pub struct Tx {
    inner: sqlx::Transaction<'static, Postgres>,
    notifier: Option<Notifier>,
    scope: Scope,
}

impl Tx {
    pub(crate) fn new(inner: sqlx::Transaction<'static, Postgres>, notifier: Option<Notifier>, scope: Scope) -> Self {
        Self { inner, notifier, scope }
    }

    /// Whose rows it reaches.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The connection, for the statements of this crate.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Makes what was done last, and wakes the readers of the change feed.
    ///
    /// When the connection is lost in here nobody knows whether it was done; the answer is then `Unavailable`.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        if let Some(notifier) = self.notifier {
            notifier.wake();
        }
        Ok(())
    }

    /// Forgets what was done.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

/// The statement that says for whom the transaction works: fixed words and numbers, so it needs no parameters and
/// travels with the BEGIN.
pub(crate) fn set_scope(scope: &Scope) -> String {
    let scope = match scope {
        Scope::Administrator => "admin".to_owned(),
        Scope::Reseller(reseller) => format!("reseller:{}", reseller.get()),
        Scope::Customer(customer, reseller) => format!("customer:{}:{}", customer.get(), reseller.get()),
    };
    format!("SELECT set_config('ngnpro.scope', '{scope}', true)")
}
