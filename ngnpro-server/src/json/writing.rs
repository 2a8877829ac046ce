//! How a request is done: alone, or as one transaction with what it looks at first; tried only, when it says so.
//!
//! A trial's transaction is rolled back. When somebody else changes a record between the steps the whole is done again.

use store::Store;

use super::{Answer, Method, Problem, Request, text};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Failure;

/// How often a change that met another is tried.
const TRIES: usize = 3;

/// A request whose caller is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) app: &'a App,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Request<'a>,
    pub(super) method: Method,
    /// Its steps must see one state.
    pub(super) is_one: bool,
}

impl Call<'_> {
    /// Does the steps, with the store that they are to use.
    pub(super) async fn done(self, steps: impl AsyncFn(&Store) -> Result<Answer, Problem>) -> Result<Answer, Problem> {
        let is_trial = self.method != Method::Get && text::is_dry_run(self.request.query)?;
        if !(is_trial || self.is_one) {
            return steps(&self.app.store).await;
        }
        let mut left = TRIES;
        loop {
            left -= 1;
            let together = self.app.store.together(&self.caller.scope).await.map_err(Failure::from)?;
            match steps(together.store()).await {
                Ok(mut answer) if is_trial => {
                    together.rollback().await.map_err(Failure::from)?;
                    answer.headers.push(("Dry-Run", "true".to_owned()));
                    return Ok(answer);
                }
                Ok(answer) => match together.commit().await.map_err(|error| Problem::from(Failure::from(error))) {
                    Ok(()) => return Ok(answer),
                    Err(problem) if problem.may_try_again && left > 0 => {}
                    Err(problem) => return Err(problem),
                },
                Err(problem) if problem.may_try_again && left > 0 => {}
                Err(problem) => return Err(problem),
            }
        }
    }
}
