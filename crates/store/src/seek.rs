//! Where a page of a list begins: behind a row, by what it is sorted by and its key. Rows that come or go before that place move
//! nothing, as they would where rows are counted.

use std::sync::{Arc, Mutex, PoisonError};

/// A row's place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the list is sorted by, as text; none for NULL.
    pub sorted: Option<String>,
    /// The key.
    pub id: i64,
}

/// How a page is asked for by place, and what became of it. Lists that count rows leave it alone.
#[derive(Debug, Clone, Default)]
pub struct Seek(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    after: Option<Place>,
    found: Option<Found>,
}

/// What a list says of the page that it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its last row when more follow.
    pub next: Option<Place>,
}

impl Seek {
    /// The rows behind a place; without one, from the beginning.
    #[must_use]
    pub fn after(place: Option<Place>) -> Self {
        Self(Arc::new(Mutex::new(State { after: place, found: None })))
    }

    /// What was found; none when the list cannot be asked so.
    #[must_use]
    pub fn found(&self) -> Option<Found> {
        // What is here is replaced whole: a thread that panicked has left nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).found.clone()
    }

    pub(crate) fn place(&self) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).after.clone()
    }

    pub(crate) fn ended(&self, next: Option<Place>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).found = Some(Found { next });
    }
}
