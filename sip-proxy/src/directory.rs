//! What the proxy knows of the provisioned data, in memory: all domains as a snapshot, accounts and aliases as they were
//! asked for, absent ones too, until the change feed says otherwise.
//!
//! A question that memory can answer is answered at once, on the asking shard's own thread. Any other waits in one queue
//! that the loaders ([`loader`]) empty in batches; the same question asked twice is loaded once. With the database away
//! what is in memory goes on being served, and the rest is answered as unavailable at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use domain::{DomainName, SipId};
use sip_core::directory::{Account, Domain, Memory};
use sip_core::{Answer, AskId, Lookup};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::counters::{AllCounters, Counters};
use crate::inbox::{Delivery, Inboxes};
use crate::resolver::Resolver;

mod cache;
mod kept;
mod kept_calls;
pub(crate) mod loader;

use cache::Cache;
use kept::{KeptAccount, KeptAlias, KeptNumber};

/// Questions that may wait for the loaders, and askers of all of them together; more are answered as unavailable.
const WAITING_MAX: usize = 10_000;

/// A question that the database can answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// An account by its name.
    Account(SipId),
    /// An alias by its name.
    Alias(SipId),
    /// A number of an ENUM range, by itself and its root.
    Number(SipId),
}

/// What the database answered.
#[derive(Clone, Debug)]
pub(crate) enum Loaded {
    /// The account, if there is one.
    Account(Option<Arc<Account>>),
    /// What the alias stands for, if there is one.
    Alias(Option<SipId>),
    /// Where the number leads, if there is such a number.
    Number(Option<Arc<str>>),
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The answer was in memory.
    Answered(Answer),
    /// The answer will come into the asker's inbox.
    Later,
}

/// The directory of a process.
pub(crate) struct Directory {
    domains: ArcSwapOption<HashMap<DomainName, Arc<Domain>>>,
    accounts: Cache<KeptAccount>,
    aliases: Cache<KeptAlias>,
    numbers: Cache<KeptNumber>,
    waiting: Mutex<Waiting>,
    queue: mpsc::Sender<Key>,
    loaders_connected: AtomicUsize,
    feed_connected: AtomicBool,
    resolver: Arc<Resolver>,
    runtime: Handle,
    inboxes: Inboxes,
    counters: AllCounters,
}

/// What one shard finds in memory.
pub(crate) struct InMemory {
    directory: Arc<Directory>,
    counters: Arc<Counters>,
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InMemory").finish_non_exhaustive()
    }
}

impl Memory for InMemory {
    fn answer(&self, lookup: &Lookup) -> Option<Answer> {
        let answer = self.directory.remembered(lookup)?;
        match answer {
            Answer::Unavailable => self.counters.lookups_unavailable.one(),
            _ => self.counters.lookups_memory.one(),
        }
        Some(answer)
    }
}

/// Who waits for what.
#[derive(Default)]
struct Waiting {
    loads: HashMap<Key, Load>,
    askers: usize,
}

#[derive(Default)]
struct Load {
    askers: Vec<(usize, AskId)>,
    /// It changed while it was being read: what is read may be old, and is not kept.
    changed: bool,
}

impl Directory {
    /// An empty directory; the receiver is for the loaders, the runtime for lookups of host names.
    pub(crate) fn new(
        entries: usize,
        resolver: Resolver,
        inboxes: Inboxes,
        counters: AllCounters,
        runtime: Handle,
    ) -> (Arc<Directory>, mpsc::Receiver<Key>) {
        let (queue, receiver) = mpsc::channel(WAITING_MAX);
        let directory = Directory {
            domains: ArcSwapOption::empty(),
            accounts: Cache::new(entries),
            aliases: Cache::new(entries),
            numbers: Cache::new(entries),
            waiting: Mutex::default(),
            queue,
            loaders_connected: AtomicUsize::new(0),
            feed_connected: AtomicBool::new(false),
            resolver: Arc::new(resolver),
            runtime,
            inboxes,
            counters,
        };
        (Arc::new(directory), receiver)
    }

    /// What is in memory, as a shard asks for it.
    pub(crate) fn in_memory(self: &Arc<Self>, shard: usize) -> Arc<InMemory> {
        Arc::new(InMemory { directory: Arc::clone(self), counters: self.counters.of_shard(shard) })
    }

    /// Answers from memory, or has it fetched.
    pub(crate) fn ask(self: &Arc<Self>, shard: usize, id: AskId, lookup: Lookup) -> Asked {
        let counters = self.counters.of_shard(shard);
        let asked = match self.remembered(&lookup) {
            Some(answer) => Asked::Answered(answer),
            None => self.fetch_or_resolve(shard, id, lookup),
        };
        count(&counters, &asked);
        asked
    }

    /// The answer, if it is in memory.
    pub(crate) fn remembered(&self, lookup: &Lookup) -> Option<Answer> {
        match lookup {
            Lookup::Domain(name) => Some(match self.domains.load().as_ref() {
                Some(domains) => Answer::Domain(domains.get(name).cloned()),
                None => Answer::Unavailable,
            }),
            Lookup::Account(name) => self.accounts.get(name).map(Answer::Account),
            Lookup::Alias(name) => self.aliases.get(name).map(Answer::Alias),
            Lookup::Number(name) => self.numbers.get(name).map(Answer::Number),
            Lookup::Resolve { host, port, transport } => self.resolver.remembered(host, *port, *transport),
        }
    }

    fn fetch_or_resolve(&self, shard: usize, id: AskId, lookup: Lookup) -> Asked {
        match lookup {
            Lookup::Domain(_) => Asked::Answered(Answer::Unavailable),
            Lookup::Account(name) => self.fetch(shard, id, Key::Account(name)),
            Lookup::Alias(name) => self.fetch(shard, id, Key::Alias(name)),
            Lookup::Number(name) => self.fetch(shard, id, Key::Number(name)),
            Lookup::Resolve { host, port, transport } => {
                let Some(place) = self.resolver.place() else { return Asked::Answered(Answer::Unavailable) };
                let (resolver, inboxes) = (Arc::clone(&self.resolver), self.inboxes.clone());
                self.runtime.spawn(async move {
                    let answer = resolver.resolve(place, &host, port, transport).await;
                    inboxes.deliver(shard, Delivery::Answer { id, answer }).await;
                });
                Asked::Later
            }
        }
    }

    fn fetch(&self, shard: usize, id: AskId, key: Key) -> Asked {
        if !self.has_loaders() {
            return Asked::Answered(Answer::Unavailable);
        }
        let mut waiting = self.waiting();
        if waiting.askers >= WAITING_MAX {
            return Asked::Answered(Answer::Unavailable);
        }
        if let Some(load) = waiting.loads.get_mut(&key) {
            load.askers.push((shard, id));
        } else {
            // Both are bounded alike and everything in the queue is in the table, so there is room.
            if self.queue.try_send(key.clone()).is_err() {
                return Asked::Answered(Answer::Unavailable);
            }
            waiting.loads.insert(key, Load { askers: vec![(shard, id)], changed: false });
        }
        waiting.askers += 1;
        Asked::Later
    }

    /// The addresses behind a host name.
    pub(crate) async fn resolve(
        &self,
        host: &str,
        port: Option<u16>,
        transport: Option<sip_core::Transport>,
    ) -> Answer {
        match self.resolver.place() {
            Some(place) => self.resolver.resolve(place, host, port, transport).await,
            None => Answer::Unavailable,
        }
    }

    /// Keeps what a loader read, and answers all who waited for it.
    pub(crate) async fn loaded(&self, key: Key, loaded: Loaded) {
        let askers = {
            let mut waiting = self.waiting();
            let load = waiting.loads.remove(&key).unwrap_or_default();
            waiting.askers = waiting.askers.saturating_sub(load.askers.len());
            // Under the lock: a change that is announced from here on finds it in the cache.
            if !load.changed {
                match (key, &loaded) {
                    (Key::Account(name), Loaded::Account(account)) => self.accounts.insert(&name, account),
                    (Key::Alias(name), Loaded::Alias(target)) => self.aliases.insert(&name, target),
                    (Key::Number(name), Loaded::Number(target)) => self.numbers.insert(&name, target),
                    // Nothing else is the answer to its question.
                    _ => {}
                }
            }
            load.askers
        };
        let answer = match loaded {
            Loaded::Account(account) => Answer::Account(account),
            Loaded::Alias(target) => Answer::Alias(target),
            Loaded::Number(target) => Answer::Number(target),
        };
        self.answer(askers, answer).await;
    }

    /// A loader could not read: whoever waits is told, and nothing is kept.
    pub(crate) async fn failed(&self, key: &Key) {
        let askers = {
            let mut waiting = self.waiting();
            let load = waiting.loads.remove(key).unwrap_or_default();
            waiting.askers = waiting.askers.saturating_sub(load.askers.len());
            load.askers
        };
        self.counters.beside().lookups_unavailable.add(askers.len() as u64);
        self.answer(askers, Answer::Unavailable).await;
    }

    async fn answer(&self, askers: Vec<(usize, AskId)>, answer: Answer) {
        for (shard, id) in askers {
            self.inboxes.deliver(shard, Delivery::Answer { id, answer: answer.clone() }).await;
        }
    }

    /// All domains, as they are now.
    pub(crate) fn set_domains(&self, domains: impl IntoIterator<Item = Domain>) {
        let domains = domains.into_iter().map(|domain| (domain.name.clone(), Arc::new(domain))).collect();
        self.domains.store(Some(Arc::new(domains)));
    }

    /// Forgets all numbers: the rows that they hang on have changed.
    pub(crate) fn forget_numbers(&self) {
        let mut waiting = self.waiting();
        for (key, load) in &mut waiting.loads {
            load.changed |= matches!(key, Key::Number(_));
        }
        self.numbers.clear();
    }

    /// Forgets one account, alias or number: it has changed.
    pub(crate) fn forget(&self, key: &Key) {
        let mut waiting = self.waiting();
        if let Some(load) = waiting.loads.get_mut(key) {
            load.changed = true;
        }
        match key {
            Key::Account(name) => self.accounts.remove(name),
            Key::Alias(name) => self.aliases.remove(name),
            Key::Number(name) => self.numbers.remove(name),
        }
    }

    /// Forgets every account and alias of a domain, and what leads there: the domain is gone, and took them with it.
    pub(crate) fn forget_domain(&self, domain: &DomainName) {
        let mut waiting = self.waiting();
        for (key, load) in &mut waiting.loads {
            let (Key::Account(name) | Key::Alias(name) | Key::Number(name)) = key;
            // Where an alias leads that is being read is not known yet.
            load.changed |= name.domain == *domain || matches!(key, Key::Alias(_));
        }
        self.accounts.remove_domain(domain.as_str());
        self.aliases.remove_domain(domain.as_str());
    }

    /// Forgets every account and alias: nobody knows what has changed.
    pub(crate) fn forget_all(&self) {
        let mut waiting = self.waiting();
        for load in waiting.loads.values_mut() {
            load.changed = true;
        }
        self.accounts.clear();
        self.aliases.clear();
        self.numbers.clear();
    }

    /// A loader has its connection, or has lost it.
    pub(crate) fn loader_connected(&self, connected: bool) {
        if connected {
            self.loaders_connected.fetch_add(1, Ordering::AcqRel);
        } else {
            self.loaders_connected.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Whether any loader has a connection.
    pub(crate) fn has_loaders(&self) -> bool {
        self.loaders_connected.load(Ordering::Acquire) > 0
    }

    /// The feed has its connection, or has lost it.
    pub(crate) fn feed_connected(&self, connected: bool) {
        self.feed_connected.store(connected, Ordering::Release);
    }

    /// Whether questions can be answered: the domains are known. Stays so when the database goes away.
    pub(crate) fn is_ready(&self) -> bool {
        self.domains.load().is_some()
    }

    /// Whether the database can be asked now.
    pub(crate) fn has_database(&self) -> bool {
        self.has_loaders() && self.feed_connected.load(Ordering::Acquire)
    }

    /// How many domains, accounts and aliases are in memory.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        let domains = self.domains.load().as_ref().map_or(0, |domains| domains.len());
        (domains, self.accounts.len(), self.aliases.len())
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Each change of the table is complete before anything can panic.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(counters: &Counters, asked: &Asked) {
    match asked {
        Asked::Answered(Answer::Unavailable) => counters.lookups_unavailable.one(),
        Asked::Answered(_) => counters.lookups_memory.one(),
        Asked::Later => counters.lookups_database.one(),
    }
}

#[cfg(test)]
mod tests;
