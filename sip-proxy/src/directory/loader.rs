//! The loaders: each owns one connection to the database and empties the queue of questions, one statement for all
//! accounts that wait and one for all aliases. No pool stands between: checking a connection out would cost as much as
//! the question.
//!
//! A loader that loses the database tells everybody who waits, and tries until it is back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::SipId;
use sip_core::digest::StoredDigests;
use sip_core::directory::{AcceptRule, Account, CallSettings, TemporaryRule};
use store::directory::DirectoryAccount;
use store::{DatabaseUrl, StoreError};
use tokio::sync::{Mutex, mpsc};
use tokio::time::sleep;
use tracing::{debug, error, info, warn};

use super::{Directory, Key, Loaded};

/// Questions of one statement.
const BATCH_MAX: usize = 256;
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LAST: Duration = Duration::from_secs(1);

/// The queue, shared by all loaders.
pub(crate) type Queue = Arc<Mutex<mpsc::Receiver<Key>>>;

/// Loads for as long as the runtime lives.
pub(crate) async fn run(directory: Arc<Directory>, queue: Queue, url: DatabaseUrl) -> Result<(), StoreError> {
    let mut reader = store::directory::Directory::new(&url)?;
    loop {
        connect(&directory, &queue, &mut reader).await;
        directory.loader_connected(true);
        info!("the directory reads from the database");
        while let Some(keys) = take(&queue).await {
            if let Err(error) = load(&directory, &mut reader, &keys).await {
                warn!(%error, "the directory lost the database, what is in memory is served: {error}");
                break;
            }
        }
        directory.loader_connected(false);
    }
}

/// Waits until the database answers.
async fn connect(directory: &Directory, queue: &Queue, reader: &mut store::directory::Directory) {
    let mut pause = RETRY_FIRST;
    let mut said = String::new();
    loop {
        match reader.schema_version().await.and_then(|version| version.check()) {
            Ok(()) => return,
            Err(error) if error.is_unavailable() => debug!(%error, "the database does not answer yet: {error}"),
            // Said once, not with every attempt.
            Err(error) if error.to_string() == said => {}
            Err(error) => {
                said = error.to_string();
                error!(%error, "the database cannot be used: {error}");
            }
        }
        // Nobody else may be there to answer what was asked before.
        if !directory.has_loaders() {
            let mut queue = queue.lock().await;
            while let Ok(key) = queue.try_recv() {
                directory.failed(&key).await;
            }
        }
        sleep(pause).await;
        pause = RETRY_LAST.min(pause * 2);
    }
}

/// The next questions, as many as wait; none when the process ends.
async fn take(queue: &Queue) -> Option<Vec<Key>> {
    let mut queue = queue.lock().await;
    let mut keys = vec![queue.recv().await?];
    while keys.len() < BATCH_MAX
        && let Ok(key) = queue.try_recv()
    {
        keys.push(key);
    }
    Some(keys)
}

/// Reads a batch and hands it on. An error means that the database is away; whoever waited was told.
async fn load(directory: &Directory, reader: &mut store::directory::Directory, keys: &[Key]) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    let mut aliases = Vec::new();
    let mut numbers = Vec::new();
    for key in keys {
        match key {
            Key::Account(name) => accounts.push(name.clone()),
            Key::Alias(name) => aliases.push(name.clone()),
            Key::Number(name) => numbers.push(name.clone()),
        }
    }
    let done = load_accounts(directory, reader, accounts).await;
    let also = load_aliases(directory, reader, aliases).await;
    let besides = load_numbers(directory, reader, numbers).await;
    done.and(also).and(besides)
}

async fn load_numbers(
    directory: &Directory,
    reader: &mut store::directory::Directory,
    names: Vec<SipId>,
) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let found = match reader.enum_numbers(&names).await {
        Ok(found) => found,
        Err(error) => return fail(directory, names.into_iter().map(Key::Number), error).await,
    };
    let mut found: HashMap<SipId, String> = found.into_iter().collect();
    for name in names {
        let target = found.remove(&name).map(Arc::from);
        directory.loaded(Key::Number(name), Loaded::Number(target)).await;
    }
    Ok(())
}

async fn load_accounts(
    directory: &Directory,
    reader: &mut store::directory::Directory,
    names: Vec<SipId>,
) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let found = match reader.accounts(&names).await {
        Ok(found) => found,
        Err(error) => return fail(directory, names.into_iter().map(Key::Account), error).await,
    };
    let mut found: HashMap<SipId, DirectoryAccount> =
        found.into_iter().map(|account| (account.id.clone(), account)).collect();
    for name in names {
        let account = found.remove(&name).map(|row| Arc::new(account_of(row)));
        directory.loaded(Key::Account(name), Loaded::Account(account)).await;
    }
    Ok(())
}

async fn load_aliases(
    directory: &Directory,
    reader: &mut store::directory::Directory,
    names: Vec<SipId>,
) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let found = match reader.aliases(&names).await {
        Ok(found) => found,
        Err(error) => return fail(directory, names.into_iter().map(Key::Alias), error).await,
    };
    let mut found: HashMap<SipId, SipId> = found.into_iter().map(|alias| (alias.id, alias.target)).collect();
    for name in names {
        let target = found.remove(&name);
        directory.loaded(Key::Alias(name), Loaded::Alias(target)).await;
    }
    Ok(())
}

/// Tells all who wait. An error that is not the database's absence is logged here and does not end the connection.
async fn fail(directory: &Directory, keys: impl Iterator<Item = Key>, error: StoreError) -> Result<(), StoreError> {
    for key in keys {
        directory.failed(&key).await;
    }
    if error.is_unavailable() {
        return Err(error);
    }
    error!(%error, "a statement of the directory failed: {error}");
    Ok(())
}

pub(crate) fn account_of(mut row: DirectoryAccount) -> Account {
    let calls = call_settings(&mut row);
    Account {
        id: row.id,
        digests: StoredDigests::from_hex(
            Some(row.ha1.expose()),
            Some(row.ha1b.expose()),
            row.ha1_sha256.as_ref().map(|digest| digest.expose()),
        ),
        groups: row.groups.into(),
        acl: row.acl.into(),
        calls: calls.map(Arc::new),
    }
}

/// What was decided about an account's calls; none where nothing was, as with most.
fn call_settings(row: &mut DirectoryAccount) -> Option<CallSettings> {
    let calls = std::mem::take(&mut row.calls);
    let texts = |list: Vec<String>| list.into_iter().map(String::into_boxed_str).collect::<Vec<_>>();
    let settings = CallSettings {
        timezone: std::mem::take(&mut row.timezone).into(),
        rpid: std::mem::take(&mut row.rpid).into(),
        quickdial_prefix: std::mem::take(&mut row.quickdial_prefix).into(),
        region: std::mem::take(&mut row.region).into(),
        mailbox: calls.mailbox.into(),
        call_limit: u32::try_from(row.call_limit).unwrap_or_default(),
        timeout_s: u16::try_from(row.timeout_s).unwrap_or_default(),
        used_up: calls.used_up,
        diversions: calls.diversions,
        accept_rules: calls
            .accept_rules
            .into_iter()
            .map(|rule| AcceptRule { days: rule.days, start: rule.start, stop: rule.stop, groups: texts(rule.groups) })
            .collect(),
        temporary: calls.temporary.map(|(until_s, groups)| TemporaryRule { groups: texts(groups), until_s }),
        reject_members: texts(calls.reject_members),
        barring_prefixes: texts(calls.barring_prefixes),
        phonebook: calls.phonebook.into_iter().map(|(group, uri)| (group.into(), uri.into())).collect(),
    };
    (!settings.decides_nothing()).then_some(settings)
}
