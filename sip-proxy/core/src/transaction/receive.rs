//! What comes in: requests and responses to their transactions, failures to whom they concern.
//!
//! RFC 3261 §17.2.3, §17.1.3 (matching), §9.2 (CANCEL), §18.1.2, §21.5.4; RFC 6026 §7.3 (stray responses).

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use sip_message::header::Via;
use sip_message::{HeaderName, Message, Method, ParseError, Reply};

use crate::command::Report;
use crate::flow::{Flow, Listener};
use crate::route::routing::is_advertised;
use crate::transaction::branch::{Branch, KEEP_ALIVE, cancel_number};
use crate::transaction::client::{ClientInput, ClientOutcome};
use crate::transaction::key::{ServerKey, ViaSource, fallback_flow, reply_flow};
use crate::transaction::server::{ServerInput, ServerOutcome};
use crate::transaction::tables::{Transactions, client_event};
use crate::transaction::user::TuEvent;
use crate::transaction::{ClientId, ServerId, TransactionId};

impl Transactions {
    /// Takes in a request. What is not absorbed or answered here is for the proxy.
    pub(crate) fn receive_request(
        &mut self,
        now: Instant,
        flow: Flow,
        request: Arc<Message>,
    ) -> Option<TuEvent<'static>> {
        let via = request.top_via().ok()?;
        let key = self.secret.of_request(&request, &via, flow.transport);
        let known = self.server_of(key);
        if request.method() == Method::Ack {
            return self.receive_ack(now, flow, request, known);
        }
        if let Some(txn) = known {
            self.drive_server(now, txn, ServerInput::Retransmission);
            return None;
        }
        if self.refuses(&request, flow) && self.cancelled_invite(&request, &via, flow).is_none() {
            self.refuse_overload(&request, &via, flow);
            return None;
        }
        if request.method() == Method::Cancel {
            return self.receive_cancel(now, flow, &request, &via, key);
        }
        let txn = self.make_server(key, reply_flow(&via, flow), request.method() == Method::Invite);
        Some(TuEvent::Request { txn, request, flow })
    }

    fn receive_ack(
        &mut self,
        now: Instant,
        flow: Flow,
        request: Arc<Message>,
        known: Option<ServerId>,
    ) -> Option<TuEvent<'static>> {
        let Some(txn) = known else {
            // The ACK for a refusal that was sent without a transaction carries our own tag and ends here.
            let ours = request.to_tag().and_then(decimal) == Some(self.local_tag(&request));
            return (!ours).then_some(TuEvent::Ack { request, flow });
        };
        let outcome = self.drive_server(now, txn, ServerInput::Ack);
        // RFC 6026 §7.1: the ACK of a 2xx that carries the INVITE's branch belongs to the transaction user.
        (outcome == ServerOutcome::PassAck).then_some(TuEvent::Ack { request, flow })
    }

    fn receive_cancel(
        &mut self,
        now: Instant,
        flow: Flow,
        cancel: &Message,
        via: &Via<'_>,
        key: ServerKey,
    ) -> Option<TuEvent<'static>> {
        let txn = self.make_server(key, reply_flow(via, flow), false);
        let invite = self.cancelled_invite(cancel, via, flow);
        let matches = invite.is_some()
            || self.secret.of_cancelled_others(cancel, via, flow.transport).any(|key| self.server_of(key).is_some());
        // RFC 3261 §9.2: 481 if it matches nothing, 200 otherwise, whatever its request is and in whatever state.
        // RFC 3261 §16.10 departs: a CANCEL that matches nothing is not forwarded, as no INVITE is forwarded statelessly.
        let status = if matches { 200 } else { 481 };
        let bytes = render(&self.reply(cancel, flow, status));
        self.respond(now, txn, status, bytes);
        let invite = invite.filter(|invite| self.awaits_final(*invite))?;
        let reasons: Vec<&[u8]> = cancel.headers_named(HeaderName::Reason).map(|line| line.value).collect();
        Some(TuEvent::Cancel { txn: invite, reason: reasons.join(&b", "[..]) })
    }

    /// The INVITE that a CANCEL is for.
    fn cancelled_invite(&self, request: &Message, via: &Via<'_>, flow: Flow) -> Option<ServerId> {
        let cancel = request.method() == Method::Cancel;
        cancel.then(|| self.server_of(self.secret.of_cancelled(request, via, flow.transport))).flatten()
    }

    /// Takes in a response. Repetitions, 100s and strays end here.
    pub(crate) fn receive_response<'a>(
        &mut self,
        now: Instant,
        flow: Flow,
        response: &'a Message,
    ) -> Option<TuEvent<'a>> {
        let Some((txn, status)) = self.client_that_asked(response).filter(|_| self.is_ours(response)) else {
            // RFC 6026 §7.3: a response that matches no transaction is not forwarded. An answer to a keep-alive is as good as none.
            if !response.branch().is_some_and(|branch| branch.starts_with(KEEP_ALIVE.as_bytes())) {
                self.report(Report::StrayResponse { flow });
            }
            return None;
        };
        let owner = self.client(txn)?.owner;
        // RFC 3261 §16.7 item 3: without a Via below ours nobody else is meant, which is so of a CANCEL and of what begins here.
        if owner.is_some_and(|owner| !owner.is_ours()) && response.values(HeaderName::Via).nth(1).is_none() {
            self.report(Report::StrayResponse { flow });
            return None;
        }
        let outcome = self.drive_client(now, txn, ClientInput::Response { status, response });
        match outcome {
            ClientOutcome::PassUp | ClientOutcome::PassUpAndEnd => {
                Some(TuEvent::Response { txn, owner: owner?, response, flow })
            }
            other => client_event(other, txn, owner?),
        }
    }

    /// RFC 3261 §17.1.3: the transaction whose branch the top Via carries and whose method the CSeq names.
    /// RFC 3261 §18.1.2: whether its top Via has a sent-by that we write.
    fn is_ours(&self, response: &Message) -> bool {
        let Ok(via) = response.top_via() else { return false };
        let port = |listener: &Listener| via.port.unwrap_or(listener.transport.default_port());
        self.settings.listeners.iter().any(|listener| is_advertised(listener, via.host, || port(listener)))
    }

    fn client_that_asked(&self, response: &Message) -> Option<(ClientId, u16)> {
        let number = Branch::parse(response.branch()?)?.number();
        let method = response.method();
        let txn = self.client_of(if method == Method::Cancel { cancel_number(number) } else { number })?;
        let fits = self.client(txn)?.is_invite() == (method == Method::Invite);
        fits.then_some((txn, response.status()?))
    }

    /// A message could not be delivered.
    pub(crate) fn send_failed(
        &mut self,
        now: Instant,
        origin: TransactionId,
        flow: Flow,
        bytes: Bytes,
    ) -> Option<TuEvent<'static>> {
        match origin {
            TransactionId::Client(txn) => {
                let owner = self.client(txn)?.owner;
                let outcome = self.drive_client(now, txn, ClientInput::TransportError);
                client_event(outcome, txn, owner?)
            }
            TransactionId::Server(txn) => {
                let fallback = Message::parse(bytes.clone()).ok().and_then(|response| fallback_flow(&response, flow));
                if let Some(fallback) = fallback {
                    self.resend(txn, fallback, bytes);
                    return None;
                }
                let outcome = self.drive_server(now, txn, ServerInput::TransportError);
                (outcome == ServerOutcome::EndedUnheard).then_some(TuEvent::ServerGone { txn })
            }
        }
    }

    /// Answers bytes that are a request gone wrong, if an answer is possible.
    pub(crate) fn refuse_unreadable(&mut self, flow: Flow, error: &ParseError) {
        let Some((request, via)) = error.answerable().and_then(|request| Some((request, request.top_via().ok()?)))
        else {
            self.report(Report::Unreadable { flow, fault: error.fault });
            return;
        };
        let bytes = render(&self.reply(request, flow, error.fault.status()).reason(error.fault.phrase()));
        self.send_stateless(reply_flow(&via, flow), bytes);
    }

    /// Whether there is no room for another transaction, here or for this sender, or a request that would begin something is shed. What goes on
    /// with a dialog is let through as long as there is room; a CANCEL, of which there is one for each INVITE, always is.
    fn refuses(&self, request: &Message, flow: Flow) -> bool {
        let begins = request.to_tag().is_none() && request.method() != Method::Cancel;
        self.is_full() || self.is_full_for(flow.remote.ip()) || self.overloaded && begins
    }

    /// Answers 503, without a transaction.
    pub(crate) fn refuse(&mut self, request: &Message, flow: Flow) {
        if let Ok(via) = request.top_via() {
            self.refuse_overload(request, &via, flow);
        }
    }

    fn refuse_overload(&mut self, request: &Message, via: &Via<'_>, flow: Flow) {
        if self.silent && self.overloaded {
            return self.report(Report::Shed { flow });
        }
        let least = u64::from(self.settings.retry_after_s.max(1));
        // Spread, so that those who were refused together do not come back together.
        let after = least + self.random() % (2 * least + 1);
        let bytes = render(&self.reply(request, flow, 503).header("Retry-After", after));
        self.send_stateless(reply_flow(via, flow), bytes);
        self.report(Report::Overloaded { flow });
    }

    /// The To tag of our own answers to this request: written in decimal.
    pub(crate) fn local_tag(&self, request: &Message) -> u64 {
        self.secret.tag(request)
    }

    /// An answer of our own, with tag, `received` and `rport` as they must be; headers are the caller's.
    pub(crate) fn reply<'a>(&'a self, request: &'a Message, flow: Flow, status: u16) -> Reply<'a> {
        let mut reply = Reply::new(request, status);
        // RFC 3261 §8.2.6.2: all but a 100 carry a tag.
        if status > 100 {
            reply = reply.to_tag(self.local_tag(request));
        }
        if !self.settings.server_name.is_empty() && status > 100 {
            reply = reply.header("Server", self.settings.server_name.as_str());
        }
        match request.top_via() {
            Ok(via) => ViaSource::new(&via, flow).mark(reply),
            Err(_) => reply,
        }
    }
}

/// Writes a reply into a buffer of its own, which may be kept for long and has no room to spare.
pub(crate) fn render(reply: &Reply<'_>) -> Bytes {
    let mut out = Vec::with_capacity(1024);
    reply.render(&mut out);
    Bytes::copy_from_slice(&out)
}

fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
