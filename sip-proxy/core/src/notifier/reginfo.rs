//! The body of a NOTIFY about registrations (RFC 3680 §5), with the GRUUs of RFC 5628.

use crate::gruu;
use crate::hashing::Parts;
use crate::locations::Binding;
use domain::SipId;
use sip_message::text::Params;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What is known of other processes' contacts is a little later each time it is read, without being news.
const NO_NEWS: Duration = Duration::from_secs(10);

/// A contact, and what became of it (RFC 3680 §5.2: the contact's events).
pub(super) struct Change<'a> {
    binding: &'a Binding,
    event: &'static str,
    active: bool,
}

/// All contacts as they are.
pub(super) fn all(bindings: &[Binding]) -> Vec<Change<'_>> {
    bindings.iter().map(|binding| Change { binding, event: "registered", active: true }).collect()
}

/// What is other than it was.
pub(super) fn changes<'a>(before: &'a [Binding], after: &'a [Binding], now: Instant) -> Vec<Change<'a>> {
    let in_set = |set: &'a [Binding], wanted: &Binding| set.iter().find(|b| *b.key() == *wanted.key());
    let mut found = Vec::new();
    for binding in after {
        match in_set(before, binding) {
            None => found.push(Change { binding, event: "registered", active: true }),
            Some(known) if is_news(known, binding) => {
                let event = if binding.expires_at < known.expires_at { "shortened" } else { "refreshed" };
                found.push(Change { binding, event, active: true });
            }
            Some(_) => {}
        }
    }
    for binding in before.iter().filter(|binding| in_set(after, binding).is_none()) {
        let event = if binding.is_live(now) { "unregistered" } else { "expired" };
        found.push(Change { binding, event, active: false });
    }
    found
}

fn is_news(known: &Binding, binding: &Binding) -> bool {
    let apart = binding.expires_at.max(known.expires_at) - binding.expires_at.min(known.expires_at);
    let same = (known.contact(), known.cseq, known.call_id(), known.q_per_mille)
        == (binding.contact(), binding.cseq, binding.call_id(), binding.q_per_mille);
    !same || apart > NO_NEWS
}

/// The document (RFC 3680 §5.1): its version, whether it tells all, and whether the address has any contact.
pub(super) fn document(
    aor: &SipId,
    version: u32,
    full: bool,
    changes: &[Change<'_>],
    registered: bool,
    now: Instant,
) -> String {
    let state = match (registered, version) {
        (true, _) => "active",
        (false, 0) => "init",
        (false, _) => "terminated",
    };
    let address = format!("sip:{aor}");
    let mut out = format!(
        "<?xml version=\"1.0\"?>\r\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" xmlns:gr=\"urn:ietf:params:xml:ns:gruuinfo\" \
         version=\"{version}\" state=\"{}\">\r\n<registration aor=\"{}\" id=\"r{:016x}\" state=\"{state}\">\r\n",
        if full { "full" } else { "partial" },
        escaped(address.as_bytes()),
        hash(address.as_bytes()),
    );
    for change in changes {
        contact(&mut out, aor, change, now);
    }
    out.push_str("</registration>\r\n</reginfo>\r\n");
    out
}

fn contact(out: &mut String, aor: &SipId, change: &Change<'_>, now: Instant) {
    let Change { binding, event, active } = change;
    let state = if *active { "active" } else { "terminated" };
    // Writing to a String does not fail.
    let _ = write!(
        out,
        "<contact id=\"c{:016x}\" state=\"{state}\" event=\"{event}\" callid=\"{}\" cseq=\"{}\"",
        hash(&binding.key()),
        escaped(binding.call_id()),
        binding.cseq
    );
    if *active {
        let _ = write!(out, " expires=\"{}\"", binding.remaining_s(now));
    }
    if binding.q_given {
        let q = binding.q_per_mille.min(1000);
        let _ = write!(out, " q=\"{}.{:03}\"", q / 1000, q % 1000);
    }
    let _ = write!(out, ">\r\n<uri>{}</uri>\r\n", escaped(binding.contact()));
    // RFC 3680 §5.2: the parameters of the Contact that the document has no other place for.
    for param in Params::new(binding.params()).iter() {
        let (name, value) = (escaped(param.name), escaped(param.value.unwrap_or_default()));
        let _ = write!(out, "<unknown-param name=\"{name}\">{value}</unknown-param>\r\n");
    }
    if let Some(instance) = binding.instance() {
        // RFC 5628 §4.
        let _ = write!(out, "<gr:pub-gruu uri=\"{}\"/>\r\n", escaped(&gruu::public(aor, &instance)));
    }
    out.push_str("</contact>\r\n");
}

fn hash(text: &[u8]) -> u64 {
    let mut parts = Parts::default();
    parts.put(text);
    parts.hash(0)
}

/// Text as it may stand in XML; what no XML may hold becomes a question mark.
fn escaped(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for letter in String::from_utf8_lossy(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'.. => out.push(letter),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Flow, ListenerId};
    use crate::locations::BindingTexts;
    use crate::test_clock::start;

    fn binding(contact: &str, cseq: u32, seconds: u64) -> Binding {
        let texts = BindingTexts {
            contact: contact.as_bytes(),
            params: b";+sip.instance=\"<urn:uuid:1>\";x",
            call_id: b"a&b",
            ..BindingTexts::default()
        };
        let flow = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap());
        Binding::new(texts, flow, cseq, start() + Duration::from_secs(seconds)).unwrap().with_q(Some(500))
    }

    fn events(before: &[Binding], after: &[Binding], seconds: u64) -> Vec<&'static str> {
        changes(before, after, start() + Duration::from_secs(seconds)).iter().map(|change| change.event).collect()
    }

    /// RFC 3680 §5.1, §5.2, RFC 5628 §4.
    #[test]
    fn a_document_tells_of_each_contact_what_was_registered() {
        let aor = SipId::parse("bob@example.com").unwrap();
        let bindings = [binding("sip:b@192.0.2.1;a=\u{1}", 7, 60)];
        let text = document(&aor, 3, true, &all(&bindings), true, start());
        for part in [
            "version=\"3\" state=\"full\"",
            "<registration aor=\"sip:bob@example.com\" id=\"r",
            "state=\"active\" event=\"registered\" callid=\"a&amp;b\" cseq=\"7\" expires=\"60\" q=\"0.500\">",
            "<uri>sip:b@192.0.2.1;a=?</uri>",
            "<unknown-param name=\"+sip.instance\">&quot;&lt;urn:uuid:1&gt;&quot;</unknown-param>",
            "<unknown-param name=\"x\"></unknown-param>",
            "<gr:pub-gruu uri=\"sip:bob@example.com;gr=urn:uuid:1\"/>",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(document(&aor, 0, true, &[], false, start()).contains("state=\"init\""));
        assert!(document(&aor, 1, false, &[], false, start()).contains("state=\"terminated\""));
    }

    /// RFC 3680 §5.2: the events of a contact.
    #[test]
    fn each_change_has_its_event() {
        let one = [binding("sip:a", 1, 100)];
        assert_eq!(events(&[], &one, 0), ["registered"]);
        assert_eq!(events(&one, &[], 0), ["unregistered"]);
        assert_eq!(events(&one, &[], 100), ["expired"]);
        assert_eq!(events(&one, &[binding("sip:a", 2, 200)], 0), ["refreshed"]);
        assert_eq!(events(&one, &[binding("sip:a", 2, 50)], 0), ["shortened"]);
        assert!(events(&one, &[binding("sip:a", 1, 105)], 0).is_empty());
    }
}
