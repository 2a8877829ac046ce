//! What is told of calls, for whoever lists them: when one begins, is answered, is refused, ends. Nothing is decided by it.

use crate::command::{CallEvent, Report};
use crate::transaction::Transactions;
use sip_message::{HeaderName, Message, Method};

/// A request was forwarded.
pub(super) fn forwarded(txns: &mut Transactions, request: &Message) {
    let begins = request.method() == Method::Invite && request.to_tag().is_none();
    let event = match (begins, request.method()) {
        (true, _) => {
            let value = |name| request.share(request.header(name).unwrap_or_default());
            CallEvent::Began { from: value(HeaderName::From), to: value(HeaderName::To) }
        }
        (false, Method::Bye) => CallEvent::Ended,
        (false, _) => return,
    };
    tell(txns, request, event);
}

/// An INVITE got its final answer.
pub(super) fn answered(txns: &mut Transactions, request: &Message, event: CallEvent) {
    if request.method() == Method::Invite && request.to_tag().is_none() {
        tell(txns, request, event);
    }
}

fn tell(txns: &mut Transactions, request: &Message, event: CallEvent) {
    txns.report(Report::Call { call_id: request.share(request.call_id()), event });
}
