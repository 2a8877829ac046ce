//! An export: all rows of a list as it is when it begins, page by page from a cursor that the database holds.
//!
//! The list's own operation answers, so that rows hold what its caller may see and nothing else.

use serde_json::Value;
use soap::schema::{ArrayType, RecordType, Scalar};
use soap::{Wire, Writer};
use store::Together;

use super::super::input::Input;
use super::super::write::JsonWriter;
use super::super::{Answer, Method, Problem, Request, routes};
use super::{Collection, Format, Wanted, csv};
use crate::app::App;
use crate::caller::Caller;
use crate::error::Failure;
use crate::ports::{self, Answering};
use crate::wire::Operation;

/// Rows that are read at once.
const PAGE: usize = 500;

/// An export under way.
#[derive(Debug)]
pub struct Export<'a> {
    app: &'a App,
    caller: &'a Caller,
    collection: Collection,
    list: Operation,
    together: Together,
    input: Input,
    format: Format,
    for_spreadsheets: bool,
    is_begun: bool,
    rows: u64,
}

impl<'a> Export<'a> {
    /// Begins.
    ///
    /// # Errors
    /// The answer when the list's terms cannot be read or the database is away.
    pub async fn begin(
        app: &'a App,
        caller: &'a Caller,
        collection: Collection,
        wanted: &Wanted,
    ) -> Result<Self, Answer> {
        Self::of(app, caller, collection, wanted).await.map_err(Problem::answer)
    }

    async fn of(app: &'a App, caller: &'a Caller, collection: Collection, wanted: &Wanted) -> Result<Self, Problem> {
        let list = collection.list.ok_or_else(|| Problem::new(404, "there is no list of these").coded(9005))?;
        let path = collection.path();
        let count = PAGE.min(app.settings.limits.list_rows as usize);
        let query = format!("{}&limit={count}", wanted.query);
        let request = Request { method: Method::Get.name(), path, query: &query, ..Request::default() };
        let found = routes::find(request.method, request.path)?;
        let input = Input::read(&found, &request, None, app.settings.limits.nodes, None)?;
        let together = app.store.pages(&caller.scope).await.map_err(Failure::from)?;
        Ok(Self {
            app,
            caller,
            collection,
            list,
            together,
            input,
            format: wanted.format,
            for_spreadsheets: wanted.for_spreadsheets,
            is_begun: false,
            rows: 0,
        })
    }

    /// The next rows; nothing when there are no more.
    ///
    /// # Errors
    /// When it cannot go on: what was given so far is not all. The answer says why.
    pub async fn next(&mut self) -> Result<Option<String>, Answer> {
        let context = self.app.context_in(self.together.store(), self.caller);
        let page = ports::call(self.list, &context, AsRows, self.input.values.root()).await;
        let page = page.map_err(|failure| Problem::of_input(failure, &self.input).answer())?;
        let mut out = String::new();
        if !std::mem::replace(&mut self.is_begun, true) && self.format == Format::Csv {
            out = csv::names(self.collection.record) + "\r\n";
        }
        self.rows += page.len() as u64;
        for row in &page {
            match self.format {
                Format::Ndjson => {
                    out.push_str(row);
                    out.push('\n');
                }
                Format::Csv => {
                    let row: Value = serde_json::from_str(row)
                        .map_err(|error| Problem::from(Failure::Internal(error.to_string())).answer())?;
                    out.push_str(&csv::written(self.collection.record, &row, self.for_spreadsheets));
                    out.push_str("\r\n");
                }
            }
        }
        let is_over = page.is_empty();
        if is_over {
            let (collection, caller, rows) = (self.collection.path(), &self.caller.name, self.rows);
            tracing::info!(collection, caller, rows, "export ended");
        }
        Ok((!is_over || !out.is_empty()).then_some(out))
    }

    /// How many rows there were so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}

/// The rows of a list, each as a JSON document.
#[derive(Debug, Clone, Copy)]
struct AsRows;

impl Answering for AsRows {
    type Answer = Vec<String>;

    fn write<T: Wire>(self, operation: Operation, result: &T) -> Vec<String> {
        let mut writer = RowWriter::default();
        if let Some(ty) = &operation.describe().result {
            T::write(Some(result), "", ty, &mut writer);
        }
        writer.rows
    }
}

/// Writes what is in the list that an answer is, or has: the items and nothing around them.
#[derive(Debug, Default)]
struct RowWriter {
    rows: Vec<String>,
    /// What is open around the rows.
    outer: usize,
    in_list: bool,
    /// The row that is being written, and what is open in it.
    row: JsonWriter,
    inner: usize,
}

impl Writer for RowWriter {
    fn scalar(&mut self, name: &str, ty: Scalar, text: &str) {
        if self.inner > 0 {
            self.row.scalar(name, ty, text);
        }
    }

    fn null(&mut self, name: &str) {
        if self.inner > 0 {
            self.row.null(name);
        }
    }

    fn open_record(&mut self, name: &str, record: &'static RecordType) {
        if self.in_list {
            self.row.open_record(name, record);
            self.inner += 1;
        } else {
            self.outer += 1;
        }
    }

    fn open_array(&mut self, name: &str, array: &'static ArrayType, items: usize) {
        if self.in_list {
            self.row.open_array(name, array, items);
            self.inner += 1;
        } else {
            self.in_list = true;
        }
    }

    fn close(&mut self, name: &str) {
        match self.inner {
            0 if self.in_list => self.in_list = false,
            0 => self.outer = self.outer.saturating_sub(1),
            inner => {
                self.row.close(name);
                self.inner = inner - 1;
                if self.inner == 0 {
                    self.rows.push(std::mem::take(&mut self.row).into_text());
                }
            }
        }
    }
}
