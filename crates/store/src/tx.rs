//! A transaction of one scope. Dropped without `commit`, it is rolled back.
//!
//! Several calls can be done as one: a [`Together`] is a transaction whose store gives out steps of it, each a savepoint, in
//! place of transactions of their own. Nothing of it is done until the whole is, and nothing at all on a trial run.

use std::sync::Arc;

use domain::Scope;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::connections::Connection;
use crate::journal::Actor;
use crate::notifier::Notifier;
use crate::seek::Seek;
use crate::{Store, StoreError};

/// An open transaction that reaches the rows of the scope it was begun with.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    notifier: Option<Notifier>,
    scope: Scope,
    /// Where its list begins.
    seek: Option<Seek>,
}

#[derive(Debug)]
enum Inner {
    /// A transaction of its own.
    Own(Connection),
    /// A step of a larger one.
    Step(OwnedMutexGuard<Shared>),
}

/// The transaction that several calls are done in.
#[derive(Debug)]
pub(crate) struct Shared {
    inner: Connection,
    /// A step was begun and not ended: its changes are still to be forgotten.
    is_open: bool,
    /// All pages of one list are read one after the other, see [`Together::pages`].
    pages: Option<Pages>,
}

/// How far the one list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    /// It was not asked for yet.
    Before,
    /// The server holds a cursor over it.
    Within,
}

impl Shared {
    /// Forgets what a step did that was given up.
    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.is_open {
            self.inner.inner().execute("ROLLBACK TO SAVEPOINT step; RELEASE SAVEPOINT step").await?;
            self.is_open = false;
        }
        Ok(())
    }
}

impl Tx {
    pub(crate) fn new(inner: Connection, notifier: Option<Notifier>, scope: Scope) -> Self {
        Self { inner: Inner::Own(inner), notifier, scope, seek: None }
    }

    /// The same transaction, whose list begins there.
    pub(crate) fn seeking(self, seek: Option<Seek>) -> Self {
        Self { seek, ..self }
    }

    /// Where the list begins.
    pub(crate) fn seek(&self) -> Option<Seek> {
        self.seek.clone()
    }

    /// Begins a step in that scope.
    pub(crate) async fn step(
        shared: &Arc<Mutex<Shared>>,
        scope: Scope,
        actor: Option<&Actor>,
    ) -> Result<Self, StoreError> {
        // A call that begins two at once would wait for itself.
        let busy = |_| StoreError::unavailable("a step of a transaction was begun inside of another");
        let mut shared = Arc::clone(shared).try_lock_owned().map_err(busy)?;
        if shared.pages.is_some() {
            // Nothing to forget, and a cursor would be forgotten with it.
            return Ok(Self { inner: Inner::Step(shared), notifier: None, scope, seek: None });
        }
        shared.settle().await?;
        let begin = AssertSqlSafe(format!("SAVEPOINT step; {}", set_scope(&scope, actor)));
        shared.is_open = true;
        shared.inner.inner().execute(begin).await?;
        Ok(Self { inner: Inner::Step(shared), notifier: None, scope, seek: None })
    }

    /// Whose rows it reaches.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The connection, for the statements of this crate.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        match &mut self.inner {
            Inner::Own(inner) => inner.inner(),
            Inner::Step(shared) => shared.inner.inner(),
        }
    }

    /// How far the one list is whose pages are all read in this transaction; `None` for any other.
    pub(crate) fn pages(&mut self) -> Option<&mut Pages> {
        match &mut self.inner {
            Inner::Own(_) => None,
            Inner::Step(shared) => shared.pages.as_mut(),
        }
    }

    /// Whether its list is one page, counted from the first row.
    pub(crate) fn is_by_number(&mut self) -> bool {
        self.pages().is_none() && self.seek.is_none()
    }

    /// Makes what was done last, and wakes the readers of the change feed.
    ///
    /// When the connection is lost in here nobody knows whether it was done; the answer is then `Unavailable`.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Own(inner) => inner.commit().await?,
            Inner::Step(shared) if !shared.is_open => {}
            Inner::Step(mut shared) => {
                shared.inner.inner().execute("RELEASE SAVEPOINT step").await?;
                shared.is_open = false;
            }
        }
        if let Some(notifier) = self.notifier {
            notifier.wake();
        }
        Ok(())
    }

    /// Forgets what was done.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Own(inner) => Ok(inner.rollback().await?),
            Inner::Step(mut shared) => shared.settle().await,
        }
    }
}

/// Several calls done as one.
#[derive(Debug)]
pub struct Together {
    store: Store,
}

impl Together {
    pub(crate) fn new(store: &Store, tx: Tx) -> Result<Self, StoreError> {
        match tx.inner {
            Inner::Own(inner) => {
                let shared = Arc::new(Mutex::new(Shared { inner, is_open: false, pages: None }));
                Ok(Self { store: Store { shared: Some(shared), ..store.clone() } })
            }
            Inner::Step(_) => Err(StoreError::unavailable("a transaction was begun inside of a step")),
        }
    }

    /// The store whose transactions are steps of this one, one at a time.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The same for reading all pages of one list: whoever lists in here gets the next page each time, whatever page is asked
    /// for, from a cursor that the server holds.
    pub(crate) fn pages(store: &Store, tx: Tx) -> Result<Self, StoreError> {
        let mut together = Self::new(store, tx)?;
        if let Some(shared) = together.store.shared.as_mut().and_then(Arc::get_mut) {
            shared.get_mut().pages = Some(Pages::Before);
        }
        Ok(together)
    }

    /// Makes last what the steps did that were committed.
    pub async fn commit(self) -> Result<(), StoreError> {
        let notifier = self.store.notifier.clone();
        let mut shared = self.end()?;
        shared.settle().await?;
        shared.inner.commit().await?;
        notifier.wake();
        Ok(())
    }

    /// Forgets all of it.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.end()?.inner.rollback().await?)
    }

    fn end(self) -> Result<Shared, StoreError> {
        let ended = self.store.shared.and_then(Arc::into_inner).map(Mutex::into_inner);
        ended.ok_or_else(|| StoreError::unavailable("a transaction was ended while a call was using it"))
    }
}

/// The statements that say for whom the transaction works, and who works: fixed words and numbers, so they need no parameters and
/// travel with the BEGIN. `SET` costs the database less than a SELECT of `set_config`, which is planned each time.
pub(crate) fn set_scope(scope: &Scope, actor: Option<&Actor>) -> String {
    let scope = scope_words(scope);
    match actor {
        None => format!("SET LOCAL ngnpro.scope = '{scope}'"),
        Some(actor) => {
            let actor = actor.setting();
            format!("SET LOCAL ngnpro.scope = '{scope}'; SET LOCAL ngnpro.actor = '{actor}'")
        }
    }
}

/// The scope as row-level security reads it.
pub(crate) fn scope_words(scope: &Scope) -> String {
    match scope {
        Scope::Administrator => "admin".to_owned(),
        Scope::Reseller(reseller) => format!("reseller:{}", reseller.get()),
        Scope::Customer(customer, reseller) => format!("customer:{}:{}", customer.get(), reseller.get()),
    }
}
