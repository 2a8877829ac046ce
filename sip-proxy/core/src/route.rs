//! The transaction user: what is done with each request, response and answer.

use std::sync::Arc;
use std::time::Instant;

use crate::settings::Settings;
use crate::shared::Shared;
use crate::transaction::{Transactions, TuEvent, render};

/// The proxy and registrar of one shard.
pub(crate) struct Proxy {
    _settings: Arc<Settings>,
    _shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn new(settings: Arc<Settings>, shared: Arc<Shared>) -> Proxy {
        Proxy { _settings: settings, _shared: shared }
    }

    /// Acts on one event.
    pub(crate) fn handle(&mut self, now: Instant, transactions: &mut Transactions, event: TuEvent) {
        if let TuEvent::Request { txn, request, flow } = event {
            let bytes = render(&transactions.reply(&request, flow, 404));
            transactions.respond(now, txn, 404, bytes);
        }
    }
}
