//! Which device a contact is of (`+sip.instance`, RFC 5626 §4.1) and over which of its flows it registered (`reg-id`, §4.2): both are
//! parameters of the Contact and stay among them, so that a contact without them costs nothing.
//!
//! They also decide which contacts are the same one ([`key`]): two flows of a device may well give the same URI.

use crate::locations::Binding;
use sip_message::text::Params;
use std::borrow::Cow;

/// The parameter with the device's name.
const INSTANCE: &str = "+sip.instance";
/// The parameter with the flow's number.
pub(crate) const REG_ID: &str = "reg-id";

impl Binding {
    /// The device that it is of, in angle brackets as RFC 5626 §4.1 writes it; none where it does not say.
    pub fn instance(&self) -> Option<Cow<'_, [u8]>> {
        instance(self.params())
    }

    /// The number of the flow that it registered over, where flows are told apart.
    pub fn reg_id(&self) -> Option<u32> {
        reg_id(self.params())
    }

    /// What tells it from the other contacts of its address.
    pub fn key(&self) -> Cow<'_, [u8]> {
        key(self.contact(), self.params())
    }
}

/// The instance in a Contact's parameters.
pub(crate) fn instance(params: &[u8]) -> Option<Cow<'_, [u8]>> {
    if params.len() <= INSTANCE.len() {
        return None;
    }
    Params::new(params).get(INSTANCE)?.unquoted().filter(|instance| !instance.is_empty())
}

/// The flow's number in a Contact's parameters. RFC 5626 §4.2: from 1 to 2^31 - 1.
pub(crate) fn reg_id(params: &[u8]) -> Option<u32> {
    let number = sip_message::text::number(Params::new(params).value(REG_ID)?)?;
    (1..1 << 31).contains(&number).then_some(number)
}

/// What tells a contact from the others of its address: its URI, or, RFC 5626 §6, its instance with the number of its flow. These begin
/// with an angle bracket, as no URI does.
pub fn key<'a>(contact: &'a [u8], params: &[u8]) -> Cow<'a, [u8]> {
    match flow_key(params) {
        Some(flow) => Cow::Owned(flow),
        None => Cow::Borrowed(contact),
    }
}

/// The key of a contact that is one flow of a device; none for others.
pub fn flow_key(params: &[u8]) -> Option<Vec<u8>> {
    let number = reg_id(params)?;
    let instance = instance(params)?;
    let name = instance.strip_prefix(b"<").unwrap_or(&instance);
    Some([b"<", name, b";", REG_ID.as_bytes(), b"=", number.to_string().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5626 §6: one binding for each instance and flow.
    #[test]
    fn a_contact_is_known_by_its_instance_and_flow_and_else_by_its_uri() {
        let of = |params: &str| String::from_utf8(key(b"sip:a@h", params.as_bytes()).into_owned()).unwrap();
        assert_eq!(of(""), "sip:a@h");
        assert_eq!(of(";+sip.instance=\"<urn:uuid:1>\""), "sip:a@h");
        assert_eq!(of(";+sip.instance=\"<urn:uuid:1>\";reg-id=2"), "<urn:uuid:1>;reg-id=2");
        assert_eq!(of(";REG-ID=2;+SIP.Instance=\"<urn:uuid:1>\""), "<urn:uuid:1>;reg-id=2");
        for nothing in [";reg-id=1", ";+sip.instance=\"<urn:uuid:1>\";reg-id=0", ";+sip.instance=\"\";reg-id=1"] {
            assert_eq!(of(nothing), "sip:a@h", "{nothing}");
        }
        assert_eq!(of(";+sip.instance=\"<urn:uuid:1>\";reg-id=4294967295"), "sip:a@h");
    }
}
