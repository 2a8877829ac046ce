//! An import: rows in, verdicts out, some hundred rows a transaction.
//!
//! A batch is done at once where the operation can do many, else row by row, each a step that can be undone alone: a bad row does
//! not stop the good ones. A verdict is given when its row lasts: after the commit. All or none, a trial run, and what is done once
//! (`once.rs`) are one transaction from the first row to the last, whose verdicts say what would be; the last line says whether it was kept.

use std::time::Duration;

use serde_json::{Value, json};
use soap::Values;
use soap::schema::Type;
use store::journal::Actor;
use store::{Store, Together};
use tokio::time::Instant;

use super::super::Problem;
use super::super::input;
use super::super::read::{self, Expected};
use super::super::write::{AsJson, Document};
use super::csv::Columns;
use super::once::Once;
use super::rows::{Format, Raw, Rows};
use super::verdict::{self, Tally, Verdict};
use super::{Collection, Options, Origin};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Failure;
use crate::origin::operation_name;
use crate::ports;
use crate::wire::Operation;

/// How often rows that met another change are tried.
const TRIES: usize = 3;
/// Rows of a transaction where each is a step of its own: PostgreSQL keeps so many steps in memory.
const STEPS: usize = 60;
/// How long nothing is said of how far it is.
const SILENCE: Duration = Duration::from_secs(1);

/// An import under way.
#[derive(Debug)]
pub struct Import<'a> {
    app: &'a App,
    /// Changes are the caller's in the journal.
    pub(super) store: Store,
    pub(super) caller: &'a Caller,
    collection: Collection,
    options: Options,
    rows: Option<Rows>,
    columns: Option<Columns>,
    waiting: Vec<Row>,
    /// The one transaction, where all is done in one.
    pub(super) together: Option<Together>,
    /// Of an import that is done once.
    pub(super) once: Option<Once>,
    tally: Tally,
    begun: Instant,
    told: Instant,
    stopped: Option<String>,
}

/// A row that is to be done.
#[derive(Debug)]
struct Row {
    line: u64,
    /// What it calls its record.
    name: Option<String>,
    input: Result<Values, Problem>,
}

impl<'a> Import<'a> {
    /// Begins.
    #[must_use]
    pub fn new(app: &'a App, caller: &'a Caller, collection: Collection, options: Options, origin: &Origin) -> Self {
        let now = Instant::now();
        let actor = Actor {
            who: caller.name.clone(),
            role: caller.role().name(),
            acting_as: caller.customer,
            peer: origin.peer,
            wire: origin.wire,
            request: origin.request.clone(),
            operation: operation_name(collection.add),
            change_set: origin.change_set.clone(),
        };
        Self {
            app,
            store: app.store.acting(actor),
            caller,
            collection,
            options,
            rows: Some(Rows::new(options.format, app.settings.bulk.row_bytes)),
            columns: None,
            waiting: Vec::new(),
            together: None,
            once: None,
            tally: Tally::default(),
            begun: now,
            told: now,
            stopped: None,
        }
    }

    /// Takes bytes; the lines that there are to answer now.
    pub async fn push(&mut self, bytes: &[u8]) -> String {
        let mut raw = Vec::new();
        if let Some(once) = &mut self.once {
            once.push(bytes);
        }
        if let Some(rows) = &mut self.rows {
            rows.push(bytes, &mut raw);
        }
        self.take(raw).await
    }

    /// Whether it ended early: no more bytes are wanted.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Ends it early, in words for the caller.
    pub fn stop(&mut self, why: &str) {
        self.stopped.get_or_insert_with(|| why.to_owned());
    }

    /// How many rows ended how.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// The end of the rows: the last lines, and whether what was done lasts.
    pub async fn end(&mut self) -> (String, bool) {
        let mut raw = Vec::new();
        if let Some(rows) = self.rows.take().filter(|_| !self.is_stopped()) {
            rows.end(&mut raw);
        }
        let mut out = self.take(raw).await;
        if !self.is_stopped() {
            self.batch(&mut out).await;
        }
        let kept = self.settled().await;
        let path = self.collection.path();
        self.app.metrics.count_rows(path, self.tally);
        verdict::end(&self.tally, self.begun.elapsed(), kept, self.stopped.as_deref(), &mut out);
        let (rows, took_ms) = (self.tally.rows(), u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        tracing::info!(collection = path, caller = self.caller.name, rows, kept, took_ms, "import ended");
        (out, kept)
    }

    /// Makes the one transaction last, or not; whether what was done lasts.
    async fn settled(&mut self) -> bool {
        let is_one = self.is_one();
        let is_done = self.tally.failed == 0 && (self.tally.refused == 0 || !self.options.all_or_none);
        let is_wanted = !self.options.dry_run && is_done && !self.is_stopped();
        match self.together.take() {
            Some(together) if is_wanted => match self.committed(together).await {
                Ok(()) => true,
                Err(failure) => {
                    self.stop(&Problem::from(failure).detail);
                    false
                }
            },
            Some(together) => {
                // What is not committed is forgotten, told or not.
                drop(together.rollback().await);
                false
            }
            None => !is_one || (is_wanted && self.tally.rows() == 0),
        }
    }

    /// Commits the one transaction, with its key and the line that will say how it ended.
    async fn committed(&mut self, together: Together) -> Result<(), Failure> {
        if let Some(once) = self.once.take() {
            let mut end = String::new();
            verdict::end(&self.tally, self.begun.elapsed(), true, None, &mut end);
            once.keep(together.store(), &end).await?;
        }
        Ok(together.commit().await?)
    }

    /// Whether all is done in one transaction.
    const fn is_one(&self) -> bool {
        self.options.dry_run || self.options.all_or_none || self.once.is_some()
    }

    async fn take(&mut self, raw: Vec<Raw>) -> String {
        let mut out = String::new();
        for raw in raw {
            if self.is_stopped() {
                break;
            }
            if self.options.format == Format::Csv && self.columns.is_none() {
                self.read_columns(&raw);
                continue;
            }
            if self.tally.rows() + self.waiting.len() as u64 >= self.app.settings.bulk.rows {
                self.batch(&mut out).await;
                self.stop("the import has more rows than bulk.rows allows");
                break;
            }
            let row = self.row(raw);
            self.waiting.push(row);
            if self.waiting.len() >= self.batch_rows() {
                self.batch(&mut out).await;
            }
        }
        out
    }

    fn batch_rows(&self) -> usize {
        match ports::does_many(self.collection.add) && !self.is_update_first() {
            true => self.app.settings.bulk.batch_rows,
            false => STEPS,
        }
    }

    /// Whether a row that carries a number is first tried as a change.
    fn is_update_first(&self) -> bool {
        self.options.update && self.collection.is_numbered()
    }

    fn read_columns(&mut self, raw: &Raw) {
        let columns = match &raw.text {
            Ok(text) => Columns::read(text, self.collection.record, self.options.for_spreadsheets),
            Err(why) => Err(Problem::new(422, why)),
        };
        match columns {
            Ok(columns) => self.columns = Some(columns),
            Err(problem) => self.stop(&problem.detail),
        }
    }

    fn row(&self, raw: Raw) -> Row {
        let value = raw.text.map_err(|why| Problem::new(422, why)).and_then(|text| self.value(&text));
        let name = value.as_ref().ok().and_then(|value| self.collection.name_of(value));
        let input = value.map(|value| {
            let parameter = self.collection.parameter;
            let value = if matches!(parameter.ty, Type::Array(_)) { json!([value]) } else { value };
            input::of_body(self.collection.add, value)
        });
        Row { line: raw.line, name, input }
    }

    fn value(&self, text: &str) -> Result<Value, Problem> {
        let (name, limit) = (self.collection.parameter.name, self.app.settings.limits.nodes);
        match &self.columns {
            Some(columns) => columns.row(text, name, self.collection.record, limit),
            None => {
                let ty = Type::Record(self.collection.record);
                let value = read::document(text.as_bytes(), Expected::Type(&ty), name, limit)?;
                match value.is_null() {
                    true => Err(Problem::new(422, "a row is an object")),
                    false => Ok(value),
                }
            }
        }
    }

    /// Does the rows that wait, and writes what became of them.
    async fn batch(&mut self, out: &mut String) {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return;
        }
        let (lines, names): (Vec<u64>, Vec<Option<String>>) =
            rows.iter().map(|row| (row.line, row.name.clone())).unzip();
        let verdicts = match self.done(rows).await {
            Ok(verdicts) => verdicts,
            Err(failure) => {
                // The first says why; the others are not logged again.
                let problem = Problem::from(failure);
                self.stop(&problem.detail);
                names.into_iter().map(|name| Verdict::Not(problem.again(), name)).collect()
            }
        };
        for (line, verdict) in lines.into_iter().zip(&verdicts) {
            self.tally.count(verdict);
            if !(self.options.only_refused && verdict.is_done()) {
                verdict.write(line, out);
            }
        }
        if self.told.elapsed() >= SILENCE {
            self.told = Instant::now();
            verdict::progress(&self.tally, self.begun.elapsed(), out);
        }
    }

    /// Does rows in the one transaction or in one of their own.
    async fn done(&mut self, rows: Vec<Row>) -> Result<Vec<Verdict>, Failure> {
        let together = match self.together.take() {
            Some(together) => together,
            None => self.store.batch(&self.caller.scope).await?,
        };
        let verdicts = self.done_in(together.store(), rows).await?;
        if self.is_one() {
            self.together = Some(together);
        } else {
            together.commit().await?;
        }
        Ok(verdicts)
    }

    async fn done_in(&self, store: &Store, rows: Vec<Row>) -> Result<Vec<Verdict>, Failure> {
        if !self.is_update_first()
            && let Some(made) = self.many(store, &rows).await?
        {
            return self.verdicts(store, rows, made).await;
        }
        let mut verdicts = Vec::with_capacity(rows.len());
        for row in rows {
            verdicts.push(match row.input {
                Ok(input) => self.one(store, &input, row.name).await?,
                Err(problem) => Verdict::Not(problem, row.name),
            });
        }
        Ok(verdicts)
    }

    /// All of them at once, where the operation can.
    async fn many(&self, store: &Store, rows: &[Row]) -> Result<Option<Vec<ports::MadeOne>>, Failure> {
        let context = self.app.context_in(store, self.caller);
        let inputs: Vec<_> = rows.iter().filter_map(|row| row.input.as_ref().ok().map(Values::root)).collect();
        let mut left = TRIES;
        loop {
            left -= 1;
            match ports::call_many(self.collection.add, &context, &inputs).await {
                Err(Failure::Overtaken(_)) if left > 0 => {}
                done => return done,
            }
        }
    }

    /// What became of rows that were done at once; what was there is then replaced one by one.
    async fn verdicts(
        &self,
        store: &Store,
        rows: Vec<Row>,
        made: Vec<ports::MadeOne>,
    ) -> Result<Vec<Verdict>, Failure> {
        let mut made = made.into_iter();
        let mut verdicts = Vec::with_capacity(rows.len());
        for row in rows {
            verdicts.push(match row.input {
                Err(problem) => Verdict::Not(problem, row.name),
                Ok(input) => match made.next() {
                    Some(Ok(name)) => Verdict::Added(Some(name)),
                    Some(Err(failure)) => self.or_updated(store, &input, row.name, failure).await?,
                    None => return Err(Failure::Internal("a row of a batch has no verdict".to_owned())),
                },
            });
        }
        Ok(verdicts)
    }

    /// One row alone.
    async fn one(&self, store: &Store, input: &Values, name: Option<String>) -> Result<Verdict, Failure> {
        let update =
            self.collection.update.filter(|_| self.is_update_first() && name.as_ref().is_some_and(|n| n != "0"));
        if let Some(update) = update {
            match self.call(store, update, input).await? {
                Ok(_) => return Ok(Verdict::Updated(name)),
                Err(problem) if problem.status == 404 => {}
                Err(problem) => return Ok(Verdict::Not(problem, name)),
            }
        }
        match self.call(store, self.collection.add, input).await? {
            Ok(document) => {
                let made = serde_json::from_str(&document.text).ok();
                Ok(Verdict::Added(made.and_then(|made| self.collection.name_of(&made)).or(name)))
            }
            Err(problem) => self.or_updated_after(store, input, name, problem).await,
        }
    }

    async fn or_updated(
        &self,
        store: &Store,
        input: &Values,
        name: Option<String>,
        failure: Failure,
    ) -> Result<Verdict, Failure> {
        self.or_updated_after(store, input, name, Problem::from(failure)).await
    }

    /// A record that is there already is replaced where that is asked for.
    async fn or_updated_after(
        &self,
        store: &Store,
        input: &Values,
        name: Option<String>,
        problem: Problem,
    ) -> Result<Verdict, Failure> {
        let exists = problem.status == 409 && problem.errorcode != Some(CREDIT_EXCEEDED) && !problem.may_try_again;
        let update = self.collection.update.filter(|_| self.options.update && exists && !self.collection.is_numbered());
        let Some(update) = update else { return Ok(Verdict::Not(problem, name)) };
        match self.call(store, update, input).await? {
            Ok(_) => Ok(Verdict::Updated(name)),
            // The name is taken by something of another kind.
            Err(other) if other.status == 404 => Ok(Verdict::Not(problem, name)),
            Err(other) => Ok(Verdict::Not(other, name)),
        }
    }

    /// One call; a database that is away ends the batch.
    async fn call(
        &self,
        store: &Store,
        operation: Operation,
        input: &Values,
    ) -> Result<Result<Document, Problem>, Failure> {
        let context = self.app.context_in(store, self.caller);
        let mut left = TRIES;
        loop {
            left -= 1;
            match ports::call(operation, &context, AsJson, input.root()).await {
                Ok(document) => return Ok(Ok(document)),
                Err(Failure::Unavailable(why)) => return Err(Failure::Unavailable(why)),
                Err(Failure::Overtaken(_)) if left > 0 => {}
                Err(failure) => return Ok(Err(Problem::from(failure))),
            }
        }
    }
}

/// The contract's code of a credit that is used up.
const CREDIT_EXCEEDED: u16 = 9003;
