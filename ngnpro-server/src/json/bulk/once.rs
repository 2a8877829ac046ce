//! An import that is done once, however often it is asked for: `Idempotency-Key`.
//!
//! It is one transaction, which its key is kept in. Its rows are not known when the key is taken, and are too many to keep: what is
//! kept is their digest and the last line of the answer. Whoever asks again sends the rows again, and is answered that line.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::once::Key;
use super::super::{Answer, JSON, Problem};
use super::import::Import;
use crate::error::Failure;

/// The key of an import under way, and the rows so far.
#[derive(Debug)]
pub(super) struct Once {
    key: Key,
    rows: Sha256,
}

/// An import that was done before.
#[derive(Debug)]
pub(crate) struct Done {
    digest: String,
    end: String,
    rows: Sha256,
}

impl Once {
    /// Takes bytes of the rows.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.rows.update(bytes);
    }

    /// What is kept of an import that was done, with its last line.
    pub(super) async fn keep(self, store: &store::Store, end: &str) -> Result<(), Failure> {
        let body = json!({"rows": hex(self.rows), "end": end}).to_string();
        let answer = Answer { status: 200, media_type: Some(JSON), headers: Vec::new(), body, errorcode: None };
        self.key.keep(store, &answer).await.map_err(|problem| Failure::Unavailable(problem.detail.into()))
    }
}

impl Import<'_> {
    /// Makes it one that is done once: what was done, when it was done already.
    ///
    /// # Errors
    /// The key is another request's, or its import is under way.
    pub(crate) async fn once(&mut self, key: Key) -> Result<Option<Done>, Problem> {
        let together = self.store.batch(&self.caller.scope).await.map_err(Failure::from)?;
        match key.taken(together.store()).await {
            Ok(None) => {
                self.together = Some(together);
                self.once = Some(Once { key, rows: Sha256::new() });
                Ok(None)
            }
            done => {
                together.rollback().await.map_err(Failure::from)?;
                let Some(answer) = done? else { return Ok(None) };
                let kept: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
                Ok(Some(Done { digest: text("rows"), end: text("end"), rows: Sha256::new() }))
            }
        }
    }
}

impl Done {
    /// Takes bytes of the rows.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.rows.update(bytes);
    }

    /// The answer, when all rows have come: the last line again, or that they are others.
    pub(crate) fn answer(self) -> Answer {
        match hex(self.rows) == self.digest {
            true => Answer {
                status: 200,
                media_type: Some("application/x-ndjson"),
                headers: vec![("Idempotent-Replayed", "true".to_owned())],
                body: self.end,
                errorcode: None,
            },
            false => Problem::of_another_request().answer(),
        }
    }
}

fn hex(rows: Sha256) -> String {
    rows.finalize().iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}
