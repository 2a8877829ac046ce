//! Many records in one request: `POST /api/v1/imports/<collection>` takes rows and answers a verdict for each, `GET
//! /api/v1/exports/<collection>` answers all rows that a list finds.
//!
//! A collection is the path of an operation that adds a record, such as `sip/accounts` or `dns/records`: there is no second table.
//! A row is the body that a POST to the collection takes and is done by the same operation with the same rules, inside of a
//! transaction with its neighbours. Rows come and go as a stream, as lines of JSON or as CSV, and no more than a batch of them is
//! held. Nothing here opens a socket: `http/bulk.rs` and the program's sub-commands bring and take the bytes.

mod csv;
mod export;
mod import;
mod once;
mod rows;
mod verdict;

use std::net::IpAddr;

use serde_json::Value;
use soap::schema::{Member, RecordType, Type};
use tokio::sync::OwnedSemaphorePermit;

pub use self::export::Export;
pub use self::import::Import;
pub(crate) use self::once::Done;
pub use self::rows::Format;
pub use self::verdict::Tally;
use super::once::Key;
use super::{Answer, Method, Problem, ROOT, Request, paging, routes, text};
use crate::app::App;
use crate::caller::Caller;
use crate::wire::Operation;

/// Where imports and exports are, below [`ROOT`].
const IMPORTS: &str = "/imports/";
const EXPORTS: &str = "/exports/";

/// Records of one kind: the operations that are found at one path.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// The path below [`ROOT`], without the first slash.
    path: &'static str,
    add: Operation,
    /// Replaces a record, from the same structure.
    update: Option<Operation>,
    list: Option<Operation>,
    /// The parameter that a row is, or the list of it that a row is the one item of.
    parameter: &'static Member,
    record: &'static RecordType,
    /// The member that tells a record from all others.
    key: Option<&'static Member>,
}

impl Collection {
    /// All that there are.
    pub fn all() -> impl Iterator<Item = Self> {
        Operation::ALL.iter().filter_map(|add| Self::of(*add))
    }

    /// The collection at a path such as `sip/accounts`.
    #[must_use]
    pub fn find(path: &str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        Self::all().find(|collection| collection.path == path)
    }

    /// Its path.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    fn of(add: Operation) -> Option<Self> {
        let (route, described) = (add.route(), add.describe());
        let [parameter] = described.parameters.members else { return None };
        if route.method != Method::Post || route.path.contains('{') || !described.name.starts_with("add") {
            return None;
        }
        let record = match parameter.ty {
            Type::Record(record) => record,
            Type::Array(array) => match array.item {
                Type::Record(record) => record,
                _ => return None,
            },
            Type::Scalar(_) => return None,
        };
        let same = |ty: &Type| matches!(ty, Type::Record(other) if other.name == record.name);
        let (mut update, mut list, mut key) = (None, None, None);
        for other in Operation::ALL {
            let (found, members) = (other.route(), other.describe().parameters.members);
            if found.method == Method::Get && found.path == route.path && is_paged(members) {
                list = Some(*other);
            }
            if let (Method::Put, [one], Some(place)) = (found.method, members, routes::below(route.path, found.path))
                && let (true, Some((_, name))) = (same(&one.ty) && same(&parameter.ty), place.split_once('.'))
            {
                update = Some(*other);
                key = record.members.iter().find(|member| member.name == name);
            }
        }
        Some(Self { path: route.path.trim_start_matches('/'), add, update, list, parameter, record, key })
    }

    /// What the record is called by, as a path names it.
    fn name_of(&self, record: &Value) -> Option<String> {
        let key = self.key?;
        routes::one_text(&key.ty, record.get(key.name)?).filter(|name| !name.is_empty())
    }

    /// Whether the server gives the records their names.
    fn is_numbered(&self) -> bool {
        self.key.is_some_and(|key| matches!(key.ty, Type::Scalar(scalar) if scalar != soap::schema::Scalar::String))
    }
}

/// Whether a list has pages.
fn is_paged(members: &[Member]) -> bool {
    members.iter().any(|member| {
        paging::is_range(&member.ty)
            || matches!(member.ty, Type::Record(record) if record.members.iter().any(|one| paging::is_range(&one.ty)))
    })
}

/// How an import is done.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How rows are written.
    pub format: Format,
    /// What is there already is replaced.
    pub update: bool,
    /// Done, answered and rolled back.
    pub dry_run: bool,
    /// One row that is refused undoes all.
    pub all_or_none: bool,
    /// Verdicts of rows that were done are left out.
    pub only_refused: bool,
    /// Cells of CSV that look like formulas are behind apostrophes.
    pub for_spreadsheets: bool,
}

/// Where an import comes from, for the journal.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The client's address; none: this machine's command line.
    pub peer: Option<IpAddr>,
    /// `json` or `command`.
    pub wire: &'static str,
    /// Tells the request from all others.
    pub request: String,
    /// What it changes together with other requests, or alone.
    pub change_set: String,
}

/// A request that may be done: who asks, for what.
#[derive(Debug)]
pub struct Accepted<T> {
    /// The caller.
    pub caller: Caller,
    /// The records.
    pub collection: Collection,
    /// What else was said.
    pub asked: T,
    /// The change set that it belongs to.
    pub change_set: String,
    /// The caller's name for this import, which is then done once.
    pub(crate) key: Option<Key>,
    /// One of the few that may be under way at once.
    _place: OwnedSemaphorePermit,
}

/// Whether a path is one of these.
#[must_use]
pub fn is_bulk(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|path| path.starts_with(IMPORTS) || path.starts_with(EXPORTS))
}

/// Whether a path is an import's.
#[must_use]
pub fn is_import(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|path| path.starts_with(IMPORTS))
}

/// Checks all that can be checked of an import before its rows come.
///
/// # Errors
/// The answer when it is not to be done.
pub async fn accept_import(app: &App, request: &Request<'_>, peer: IpAddr) -> Result<Accepted<Options>, Answer> {
    import_asked(app, request, peer).await.map_err(Problem::answer)
}

async fn import_asked(app: &App, request: &Request<'_>, peer: IpAddr) -> Result<Accepted<Options>, Problem> {
    let collection = found(request, IMPORTS, Method::Post)?;
    let format = request.content_type.and_then(Format::of_media_type);
    let format = format.ok_or_else(|| Problem::new(415, "rows are application/x-ndjson or text/csv, in UTF-8"))?;
    let mut options = Options {
        format,
        update: false,
        dry_run: false,
        all_or_none: false,
        only_refused: false,
        for_spreadsheets: false,
    };
    for pair in text::pairs(request.query) {
        let (name, value) = pair?;
        match name.as_str() {
            "update" => options.update = is_true(&name, &value)?,
            text::DRY_RUN => options.dry_run = is_true(&name, &value)?,
            "all_or_none" => options.all_or_none = is_true(&name, &value)?,
            "spreadsheet" => options.for_spreadsheets = is_true(&name, &value)?,
            "verdicts" => {
                options.only_refused = match value.as_str() {
                    "all" => false,
                    "refused" => true,
                    _ => return Err(Problem::new(400, "verdicts is all or refused").at(name)),
                }
            }
            _ => return Err(Problem::new(400, &format!("{name}: an import has no such option")).at(name)),
        }
    }
    if options.update && collection.update.is_none() {
        return Err(Problem::new(400, "update: records of this collection are not replaced").at("update".to_owned()));
    }
    let accepted = accepted(app, request, peer, collection, collection.add, options).await?;
    // A trial changes nothing that could be done twice.
    let key = match options.dry_run {
        true => None,
        false => Key::read(request, &accepted.caller)?,
    };
    Ok(Accepted { key, ..accepted })
}

/// What an export is asked for: the list's own terms, and how rows are written.
#[derive(Debug)]
pub struct Wanted {
    /// The query string for the list.
    query: String,
    /// How rows are written.
    pub format: Format,
    for_spreadsheets: bool,
}

/// Checks all that can be checked of an export before its first row.
///
/// # Errors
/// The answer when it is not to be done.
pub async fn accept_export(app: &App, request: &Request<'_>, peer: IpAddr) -> Result<Accepted<Wanted>, Answer> {
    export_asked(app, request, peer).await.map_err(Problem::answer)
}

async fn export_asked(app: &App, request: &Request<'_>, peer: IpAddr) -> Result<Accepted<Wanted>, Problem> {
    let collection = found(request, EXPORTS, Method::Get)?;
    let list = collection.list.ok_or_else(|| Problem::new(404, "there is no list of these").coded(9005))?;
    let csv = request.accept.is_some_and(|accept| accept.trim_start().starts_with("text/csv"));
    let wanted = Wanted::read(request.query, if csv { Format::Csv } else { Format::Ndjson })?;
    accepted(app, request, peer, collection, list, wanted).await
}

impl Wanted {
    /// What a query string asks for; without a word of it, in that format.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(query: &str, format: Format) -> Result<Self, String> {
        Self::read(query, format).map_err(|problem| problem.detail.into())
    }

    /// Takes what is an export's out of a query string.
    fn read(query: &str, format: Format) -> Result<Self, Problem> {
        let mut wanted = Self { query: String::new(), format, for_spreadsheets: false };
        let mut kept: Vec<&str> = Vec::new();
        for sent in query.split('&').filter(|pair| !pair.is_empty()) {
            let Some(pair) = text::pairs(sent).next() else { continue };
            let (name, value) = pair?;
            match name.as_str() {
                "format" => {
                    wanted.format =
                        Format::of_name(&value).ok_or_else(|| Problem::new(400, "format is ndjson or csv").at(name))?;
                }
                "spreadsheet" => wanted.for_spreadsheets = is_true(&name, &value)?,
                "cursor" | "limit" => {
                    return Err(Problem::new(400, "an export is all of a list: it has no pages").at(name));
                }
                _ => kept.push(sent),
            }
        }
        wanted.query = kept.join("&");
        Ok(wanted)
    }
}

/// The collection of a path.
fn found(request: &Request<'_>, root: &str, method: Method) -> Result<Collection, Problem> {
    let path = request.path.strip_prefix(ROOT).and_then(|path| path.strip_prefix(root)).unwrap_or_default();
    let path = text::decoded(path)?;
    let collection = Collection::find(&path)
        .ok_or_else(|| Problem::new(404, "there is no such collection of records").coded(9005))?;
    match request.method == method.name() {
        true => Ok(collection),
        false => Err(Problem::new(405, "the resource has no such method").with("Allow", method.name().to_owned())),
    }
}

async fn accepted<T>(
    app: &App,
    request: &Request<'_>,
    peer: IpAddr,
    collection: Collection,
    operation: Operation,
    asked: T,
) -> Result<Accepted<T>, Problem> {
    let caller = super::caller(app, request.authorization, request.impersonate, peer).await?;
    super::may(&caller, operation)?;
    let place = app.bulk_place().ok_or_else(|| {
        let words = "as many imports and exports as may be are under way: try again later";
        Problem::new(503, words).coded(9009).with("Retry-After", "30".to_owned())
    })?;
    let change_set = request.origin.change_set()?.to_owned();
    Ok(Accepted { caller, collection, asked, change_set, key: None, _place: place })
}

fn is_true(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Problem::new(400, &format!("{name} is true or false")).at(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_that_is_added_below_a_collection_s_path_can_be_imported() {
        let mut table: Vec<String> = Collection::all()
            .map(|one| {
                let mark = |there: bool, word: &'static str| if there { word } else { "-" };
                let key = one.key.map_or("-", |key| key.name);
                format!(
                    "{} {key} {} {}",
                    one.path,
                    mark(one.update.is_some(), "update"),
                    mark(one.list.is_some(), "list")
                )
            })
            .collect();
        table.sort_unstable();
        assert_eq!(
            table,
            [
                "customers id update list",
                "dns/fancy-records id update list",
                "dns/records id update list",
                "dns/zones name update list",
                "enum/numbers id update list",
                "enum/ranges id update list",
                "sip/accounts id update list",
                "sip/aliases id update list",
                "sip/carriers id update list",
                "sip/domains domain update list",
                "sip/gateway-rules id update list",
                "sip/gateways id update list",
                "sip/routes - - list",
                "sip/trusted-peers ip update list",
                "voicemail/accounts sipId update -",
            ]
        );
    }
}
