//! The sub-commands that import and export records: the same engine as `/api/v1/imports` and `/api/v1/exports`, with a file in
//! place of a connection and this machine's administrator in place of a login.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domain::{CustomerId, ResellerId, Scope};
use ngnpro_server::app::App;
use ngnpro_server::caller::{Caller, Grant, Role};
use ngnpro_server::json::Answer;
use ngnpro_server::json::bulk::{Collection, Export, Format, Import, Options, Origin, Wanted};

use crate::{FAILED, Failed, UNAVAILABLE, WRONG_ARGUMENTS};

/// What `import` is given.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The rows; `-` for standard input
    file: PathBuf,
    /// What they are, as the path of the JSON wire says: sip/accounts, sip/domains, sip/aliases, customers, dns/zones, dns/records,
    /// enum/ranges, enum/numbers, voicemail/accounts ...
    #[arg(long, value_name = "COLLECTION", default_value = "sip/accounts")]
    into: String,
    /// How they are written; without it, by the file's ending
    #[arg(long, value_enum)]
    format: Option<RowFormat>,
    /// Replace what is there already
    #[arg(long)]
    update: bool,
    /// Say what would be, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep nothing when one row is refused
    #[arg(long)]
    all_or_none: bool,
    /// Cells of CSV that look like formulas are behind apostrophes, as `export --spreadsheet` writes them
    #[arg(long)]
    spreadsheet: bool,
    /// Act as the customer of this number, with all its limits, in place of the administrator
    #[arg(long = "as", value_name = "NUMBER")]
    acting_as: Option<i64>,
    /// Write a verdict for every row to this file; without it, those of refused rows to standard output
    #[arg(long, value_name = "FILE")]
    verdicts: Option<PathBuf>,
}

/// What `export` is given.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// What to write, as the path of the JSON wire says
    #[arg(value_name = "COLLECTION", default_value = "sip/accounts")]
    collection: String,
    /// How
    #[arg(long, value_enum, default_value = "ndjson")]
    format: RowFormat,
    /// Which ones and in which order, as the list's query string: "filter.domain=example.com&orderBy.attribute=username"
    #[arg(long, value_name = "QUERY", default_value = "")]
    query: String,
    /// Put cells that look like formulas behind apostrophes, so that no spreadsheet runs them
    #[arg(long)]
    spreadsheet: bool,
    /// Act as the customer of this number in place of the administrator
    #[arg(long = "as", value_name = "NUMBER")]
    acting_as: Option<i64>,
    /// Write to this file in place of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RowFormat {
    /// A JSON object a line
    Ndjson,
    /// Comma-separated values below a row of the members' names
    Csv,
}

impl From<RowFormat> for Format {
    fn from(format: RowFormat) -> Self {
        match format {
            RowFormat::Ndjson => Self::Ndjson,
            RowFormat::Csv => Self::Csv,
        }
    }
}

/// Imports; fails when a row was refused.
pub(crate) async fn import(app: &App, arguments: ImportArguments) -> Result<(), Failed> {
    let caller = caller(app, arguments.acting_as).await?;
    let collection = collection(&arguments.into)?;
    let file = &arguments.file;
    let is_stdin = file == Path::new("-");
    let by_ending = || file.extension().and_then(|ending| Format::of_name(ending.to_str()?));
    let format = arguments.format.map(Format::from).or_else(by_ending).unwrap_or(Format::Ndjson);
    let options = Options {
        format,
        update: arguments.update,
        dry_run: arguments.dry_run,
        all_or_none: arguments.all_or_none,
        only_refused: arguments.verdicts.is_none(),
        for_spreadsheets: arguments.spreadsheet,
    };
    let (mut rows, size): (Box<dyn Read>, u64) = match is_stdin {
        true => (Box::new(std::io::stdin()), 0),
        false => {
            let opened = File::open(file).map_err(|error| of_file(file, &error))?;
            let size = opened.metadata().map_or(0, |metadata| metadata.len());
            (Box::new(opened), size)
        }
    };
    let mut verdicts = output(arguments.verdicts.as_deref())?;
    let request = getrandom::u64().map_or_else(|_| "command".to_owned(), |random| format!("command-{random:016x}"));
    let origin = Origin { peer: None, wire: "command", change_set: request.clone(), request };
    let mut import = Import::new(app, &caller, collection, options, &origin);
    let display = Display::new(size);
    let mut buffer = vec![0; 64 << 10];
    let mut done = 0;
    while !import.is_stopped() {
        let read = rows.read(&mut buffer).map_err(|error| of_file(file, &error))?;
        if read == 0 {
            break;
        }
        done += read as u64;
        let lines = import.push(&buffer[..read]).await;
        write(&mut verdicts, &lines)?;
        display.show(done, &format!("{} rows", import.tally().rows()));
    }
    let (lines, kept) = import.end().await;
    write(&mut verdicts, &lines)?;
    display.end();
    let tally = import.tally();
    let not_done = tally.refused + tally.failed;
    eprintln!(
        "{} rows: {} added, {} updated, {} refused, {} failed{}",
        tally.rows(),
        tally.added,
        tally.updated,
        tally.refused,
        tally.failed,
        if kept { "" } else { "; nothing is kept" }
    );
    match (tally.failed, not_done == 0 && !import.is_stopped()) {
        (_, true) => Ok(()),
        (0, false) => Err((FAILED, "not every row is done: the verdicts say why".to_owned())),
        (_, false) => Err((UNAVAILABLE, "the import broke off: the last verdicts say where".to_owned())),
    }
}

/// Exports.
pub(crate) async fn export(app: &App, arguments: ExportArguments) -> Result<(), Failed> {
    let caller = caller(app, arguments.acting_as).await?;
    let collection = collection(&arguments.collection)?;
    let mut query = arguments.query;
    if arguments.spreadsheet {
        query.push_str("&spreadsheet=true");
    }
    let wanted = Wanted::parse(&query, arguments.format.into()).map_err(|why| (WRONG_ARGUMENTS, why))?;
    let mut out = output(arguments.output.as_deref())?;
    let display = Display::new(0);
    let mut export = Export::begin(app, &caller, collection, &wanted).await.map_err(of_answer)?;
    while let Some(rows) = export.next().await.map_err(of_answer)? {
        write(&mut out, &rows)?;
        display.show(0, &format!("{} rows", export.rows()));
    }
    display.end();
    out.flush().map_err(|error| (FAILED, error.to_string()))
}

/// The administrator, or the customer that it acts as.
async fn caller(app: &App, acting_as: Option<i64>) -> Result<Caller, Failed> {
    let wanted = CustomerId::new(acting_as.unwrap_or(0));
    let (scope, reseller) = match wanted.is_nobody() {
        true => (Scope::administrator(), ResellerId::NOBODY),
        false => {
            let found = store::logins::find(&app.store, None, wanted).await;
            let found = found.map_err(|error| (UNAVAILABLE, error.to_string()))?;
            let reseller = found.wanted.ok_or_else(|| (FAILED, format!("--as: there is no customer {wanted}")))?;
            (Scope::of_row(wanted, reseller), reseller)
        }
    };
    Ok(Caller {
        name: "command".to_owned(),
        is_administrator_login: true,
        login_role: Role::Administrator,
        scope,
        customer: wanted,
        reseller,
        account: None,
        grant: Grant::All,
    })
}

fn collection(path: &str) -> Result<Collection, Failed> {
    Collection::find(path).ok_or_else(|| {
        let known: Vec<&str> = Collection::all().map(|collection| collection.path()).collect();
        (WRONG_ARGUMENTS, format!("there are no records {path}; known are {}", known.join(", ")))
    })
}

fn output(file: Option<&Path>) -> Result<Box<dyn Write>, Failed> {
    match file {
        Some(file) => Ok(Box::new(File::create(file).map_err(|error| of_file(file, &error))?)),
        None => Ok(Box::new(std::io::stdout())),
    }
}

fn write(out: &mut Box<dyn Write>, text: &str) -> Result<(), Failed> {
    out.write_all(text.as_bytes()).map_err(|error| (FAILED, format!("the output cannot be written: {error}")))
}

fn of_file(file: &Path, error: &std::io::Error) -> Failed {
    (FAILED, format!("{}: {error}", file.display()))
}

/// What a problem says.
fn of_answer(answer: Answer) -> Failed {
    let status = if answer.status == 503 { UNAVAILABLE } else { FAILED };
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    (status, problem["detail"].as_str().unwrap_or("the export cannot go on").to_owned())
}

/// How far it is, on a terminal.
struct Display {
    size: u64,
    is_shown: bool,
}

impl Display {
    fn new(size: u64) -> Self {
        Self { size, is_shown: std::io::stderr().is_terminal() }
    }

    fn show(&self, done: u64, words: &str) {
        if self.is_shown {
            let percent = (done * 100).checked_div(self.size);
            let percent = percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
            eprint!("\r{words}{percent}   ");
        }
    }

    fn end(&self) {
        if self.is_shown {
            eprint!("\r\x1b[K");
        }
    }
}
