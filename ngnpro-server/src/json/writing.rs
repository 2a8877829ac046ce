//! How a request is done: alone, or as one transaction with what it looks at first; tried only, or once, when it says so.
//!
//! A trial's transaction is rolled back. When somebody else changes a record between the steps the whole is done again.

use std::time::Duration;

use store::Store;

use super::once::Key;
use super::{Answer, Method, Problem, Request, text};
use crate::caller::Caller;
use crate::error::Failure;

/// How often a change that met another is tried.
const TRIES: u32 = 8;
/// How long the first wait before the next try is at most; each is twice as long as the one before.
const PAUSE_MS: u64 = 2;

/// A request whose caller is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    /// The store of this caller.
    pub(super) store: &'a Store,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Request<'a>,
    pub(super) method: Method,
    /// Its steps must see one state.
    pub(super) is_one: bool,
}

impl Call<'_> {
    /// Does the steps, with the store that they are to use.
    pub(super) async fn done(self, steps: impl AsyncFn(&Store) -> Result<Answer, Problem>) -> Result<Answer, Problem> {
        let writes = self.method != Method::Get;
        let is_trial = writes && text::is_dry_run(self.request.query)?;
        // A trial changes nothing that could be done twice.
        let key = match writes && !is_trial {
            true => Key::read(self.request, self.caller)?,
            false => None,
        };
        let is_alone = !(is_trial || self.is_one || key.is_some());
        let mut left = TRIES;
        loop {
            left -= 1;
            let done = match is_alone {
                true => steps(self.store).await,
                false => self.transaction(is_trial, key.as_ref(), &steps).await,
            };
            match done {
                // Those that met wait differently long, else they meet again.
                Err(problem) if problem.may_try_again && left > 0 => pause(TRIES - left).await,
                done => return done,
            }
        }
    }

    /// The steps in one transaction.
    async fn transaction(
        self,
        is_trial: bool,
        key: Option<&Key>,
        steps: &impl AsyncFn(&Store) -> Result<Answer, Problem>,
    ) -> Result<Answer, Problem> {
        let (store, scope) = (self.store, &self.caller.scope);
        let together = match self.is_one {
            true => store.together(scope).await,
            false => store.batch(scope).await,
        };
        let together = together.map_err(Failure::from)?;
        if let Some(key) = key {
            // Done before, or refused: the key is given back before it is answered, so that the next request finds it free.
            if let Some(answer) = key.taken(together.store()).await.transpose() {
                together.rollback().await.map_err(Failure::from)?;
                return answer;
            }
        }
        let mut answer = steps(together.store()).await?;
        if is_trial {
            together.rollback().await.map_err(Failure::from)?;
            answer.headers.push(("Dry-Run", "true".to_owned()));
            return Ok(answer);
        }
        if let Some(key) = key {
            key.keep(together.store(), &answer).await?;
        }
        together.commit().await.map_err(Failure::from)?;
        Ok(answer)
    }
}

/// Waits a random while before the next try.
async fn pause(tried: u32) {
    let mut octet = [0];
    // Without random numbers all wait for as long as they may.
    let part = getrandom::fill(&mut octet).map_or(255, |()| u64::from(octet[0]));
    let most_us = (PAUSE_MS * 1000) << tried;
    tokio::time::sleep(Duration::from_micros(most_us * part / 255)).await;
}
