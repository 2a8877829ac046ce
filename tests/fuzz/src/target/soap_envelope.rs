//! Envelopes: whatever arrives is refused or read in bounded time and space, and what is written back is read again.

use soap::{Element, Envelope, Fault, Limits, Version};

/// Holds one message against the invariants.
pub fn run(input: &[u8]) {
    let small = Limits { body_bytes: 64 << 10, depth: 8, nodes: 200, attributes: 8, name_bytes: 40 };
    for limits in [Limits::default(), small] {
        let Ok(envelope) = Envelope::read(input, None, &limits) else { continue };
        let mut texts = Vec::new();
        let mut seen = 0;
        for header in envelope.headers() {
            walk(header, 0, &limits, &mut seen, &mut texts);
        }
        if let Ok(call) = envelope.call(|namespace, name| (namespace.len() + name.len() > 0).then_some(())) {
            walk(call.parameters, 0, &limits, &mut seen, &mut texts);
        }
        assert!(seen <= 4 * limits.nodes, "{seen} elements, references followed");
        for text in texts {
            said_again(envelope.version(), &text);
        }
    }
}

fn walk(element: Element<'_>, depth: usize, limits: &Limits, seen: &mut usize, texts: &mut Vec<String>) {
    *seen += 1;
    assert!(depth <= 2 * limits.depth, "deeper than the limit");
    assert!(element.local().len() <= limits.name_bytes);
    if texts.len() < 8 && !element.text().is_empty() {
        texts.push(element.text().to_owned());
    }
    for child in element.children() {
        walk(child, depth + 1, limits, seen, texts);
    }
}

/// A text that was read can be written, and is then read as the same.
fn said_again(version: Version, text: &str) {
    let mut fault = Fault::malformed(text);
    fault.errorcode = 9009;
    let written = soap::fault_envelope(version, &fault);
    let envelope = Envelope::read(written.as_bytes(), None, &Limits { body_bytes: usize::MAX, ..Limits::default() });
    let envelope = envelope.expect("an answer is an envelope");
    let call = envelope.call(|_, name| (name == "Fault").then_some(()));
    let fault = call.expect("the fault is in the body").parameters;
    assert!(fault.children().any(|child| contains(child, text)), "{text:?} is not read as it was written");
}

fn contains(element: Element<'_>, text: &str) -> bool {
    element.text() == text || element.children().any(|child| contains(child, text))
}
