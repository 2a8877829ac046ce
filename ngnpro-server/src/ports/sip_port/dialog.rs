//! Which dialog a trace is asked for.

use domain::Refusal;
use store::traces::Dialog;

use crate::ports::member;

/// Reads the name of a dialog: its Call-ID must be there.
pub(super) fn read(
    node: Option<String>,
    call_id: Option<String>,
    from_tag: Option<String>,
    to_tag: Option<String>,
) -> Result<Dialog, Refusal> {
    let call_id = call_id.filter(|text| !text.trim().is_empty());
    Ok(Dialog {
        node: member::line(node, "filter.nodeIp")?,
        call_id: member::line(Some(member::required(call_id, "filter.callId")?), "filter.callId")?,
        from_tag: member::line(from_tag, "filter.fromTag")?,
        to_tag: member::line(to_tag, "filter.toTag")?,
    })
}
