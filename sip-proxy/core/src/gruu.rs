//! GRUUs (RFC 5627): addresses that reach one device of an account. The public one (§3.1.1) is the account's address with the device's
//! name behind it. A temporary one (§3.1.2) tells nothing of either: it is both under a seal, so that nothing is kept of those that are
//! given out, and every process with the secret can read them, today or after a restart.
//!
//! What is sealed: the user, hashes of the instance and of the Call-ID that it registered with, and the number of the REGISTER that was
//! answered with it. RFC 5627 §5.4: it is good for as long as the device goes on with that Call-ID.
//!
//! Sealed by a synthetic initialisation vector: an HMAC over the content decides the key stream, so that two contents never share one.

use crate::hashing::{base32, from_base32};
use crate::locations::Binding;
use crate::shared::Shared;
use domain::{SipId, Username};
use hmac::Mac;
use hmac::digest::Digest;
use sha2::Sha256;
use sip_message::uri::{Uri, escape_user, unescape};
use subtle::ConstantTimeEq;

/// The URI parameter that makes a GRUU.
pub(crate) const GR: &str = "gr";
/// What the user of a temporary one begins with.
const TEMPORARY: &[u8] = b"tgruu.";
const IV: usize = 12;
const INSTANCE_HASH: usize = 8;
const CALL_HASH: usize = 4;
const FIXED: usize = INSTANCE_HASH + CALL_HASH + 4;

/// Which devices a GRUU means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// The one of this name.
    Named(Vec<u8>),
    /// The one of which these are the hashes.
    Hidden { instance: [u8; INSTANCE_HASH], call: [u8; CALL_HASH] },
}

impl Device {
    /// Whether a contact is of it.
    pub(crate) fn has(&self, binding: &Binding) -> bool {
        let Some(instance) = binding.instance() else { return false };
        match self {
            Device::Named(name) => without_brackets(&instance).eq_ignore_ascii_case(name),
            Device::Hidden { instance: hash, call } => *hash == short(&instance) && *call == short(binding.call_id()),
        }
    }
}

/// The device that a URI of an account served here means by itself; none for what is no public GRUU.
pub(crate) fn named_device(uri: &Uri<'_>) -> Option<Device> {
    let name = uri.param(GR).filter(|name| !name.is_empty())?;
    Some(Device::Named(unescape(name).into_owned()))
}

/// The text of a temporary GRUU's user, if it is one.
pub(crate) fn hidden<'a>(uri: &Uri<'a>) -> Option<&'a [u8]> {
    let user = uri.user.filter(|_| uri.has_param(GR))?;
    let (head, rest) = user.split_at_checked(TEMPORARY.len())?;
    head.eq_ignore_ascii_case(TEMPORARY).then_some(rest)
}

/// RFC 5627 §3.1.1: the public GRUU of a contact.
pub(crate) fn public(aor: &SipId, instance: &[u8]) -> Vec<u8> {
    let mut uri = plain(aor);
    uri.extend_from_slice(b";gr=");
    for byte in without_brackets(instance) {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(byte) {
            uri.push(*byte);
        } else {
            uri.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    uri
}

fn plain(aor: &SipId) -> Vec<u8> {
    let mut uri = b"sip:".to_vec();
    uri.extend_from_slice(&escape_user(aor.username.as_str().as_bytes()));
    uri.push(b'@');
    uri.extend_from_slice(aor.domain.as_str().as_bytes());
    uri
}

fn without_brackets(instance: &[u8]) -> &[u8] {
    instance.strip_prefix(b"<").and_then(|name| name.strip_suffix(b">")).unwrap_or(instance)
}

fn short<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut hash = [0; N];
    hash.copy_from_slice(&Sha256::digest(text)[..N]);
    hash
}

impl Shared {
    /// RFC 5627 §3.1.2: the temporary GRUU that a contact got with its last REGISTER.
    pub(crate) fn temporary_gruu(&self, aor: &SipId, binding: &Binding, instance: &[u8]) -> Vec<u8> {
        let mut content = Vec::with_capacity(FIXED + aor.username.as_str().len());
        content.extend_from_slice(&short::<INSTANCE_HASH>(instance));
        content.extend_from_slice(&short::<CALL_HASH>(binding.call_id()));
        content.extend_from_slice(&binding.cseq.to_be_bytes());
        content.extend_from_slice(aor.username.as_str().as_bytes());
        let iv = self.gruu_iv(aor.domain.as_str(), &content);
        self.gruu_stream(&iv, &mut content);
        let text = base32(&[&iv[..], &content].concat());
        [b"sip:", TEMPORARY, text.as_bytes(), b"@", aor.domain.as_str().as_bytes(), b";gr"].concat()
    }

    /// The account and device that a temporary GRUU of this domain hides; none if nobody of us made it.
    pub(crate) fn revealed(&self, domain: &domain::DomainName, hidden: &[u8]) -> Option<(SipId, Device)> {
        let octets = from_base32(hidden)?;
        let (iv, content) = octets.split_at_checked(IV)?;
        let iv: [u8; IV] = iv.try_into().ok()?;
        let mut content = content.to_vec();
        self.gruu_stream(&iv, &mut content);
        if content.len() < FIXED || !bool::from(self.gruu_iv(domain.as_str(), &content).ct_eq(&iv)) {
            return None;
        }
        let username = Username::parse(std::str::from_utf8(&content[FIXED..]).ok()?).ok()?;
        let instance = content[..INSTANCE_HASH].try_into().ok()?;
        let call = content[INSTANCE_HASH..INSTANCE_HASH + CALL_HASH].try_into().ok()?;
        Some((SipId::new(username, domain.clone()), Device::Hidden { instance, call }))
    }

    fn gruu_iv(&self, domain: &str, content: &[u8]) -> [u8; IV] {
        let mut mac = self.seals().gruu.clone();
        mac.update(b"content");
        mac.update(&domain.len().to_be_bytes());
        mac.update(domain.as_bytes());
        mac.update(content);
        let mut iv = [0; IV];
        iv.copy_from_slice(&mac.finalize().into_bytes()[..IV]);
        iv
    }

    fn gruu_stream(&self, iv: &[u8; IV], content: &mut [u8]) {
        for (number, block) in (0_u32..).zip(content.chunks_mut(32)) {
            let mut mac = self.seals().gruu.clone();
            mac.update(b"stream");
            mac.update(iv);
            mac.update(&number.to_be_bytes());
            for (octet, key) in block.iter_mut().zip(mac.finalize().into_bytes()) {
                *octet ^= key;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Flow, ListenerId};
    use crate::locations::BindingTexts;
    use crate::test_clock::start;

    const INSTANCE: &[u8] = b"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>";

    fn contact(instance: &str, call_id: &str, cseq: u32) -> Binding {
        let params = format!(";+sip.instance=\"{instance}\"");
        let texts = BindingTexts {
            contact: b"sip:a@192.0.2.1",
            params: params.as_bytes(),
            call_id: call_id.as_bytes(),
            ..BindingTexts::default()
        };
        let flow = Flow::udp(ListenerId(0), "192.0.2.7:5060".parse().unwrap());
        Binding::new(texts, flow, cseq, start()).unwrap()
    }

    fn shared(secret: u8) -> Shared {
        Shared::new(&[secret; 32], start())
    }

    fn bob() -> SipId {
        SipId::parse("bob@example.com").unwrap()
    }

    /// RFC 5627 §3.1.1.
    #[test]
    fn the_public_gruu_names_the_account_and_its_device() {
        let text = public(&bob(), INSTANCE);
        assert_eq!(
            String::from_utf8_lossy(&text),
            "sip:bob@example.com;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        );
        let device = named_device(&Uri::parse(&text).unwrap()).unwrap();
        assert!(device.has(&contact(std::str::from_utf8(INSTANCE).unwrap(), "c", 1)));
        assert!(!device.has(&contact("<urn:uuid:other>", "c", 1)));
        let odd = public(&bob(), b"<urn:a;b=c@d>");
        assert!(named_device(&Uri::parse(&odd).unwrap()).unwrap().has(&contact("<urn:a;b=c@d>", "c", 1)));
        assert_eq!(named_device(&Uri::parse(b"sip:bob@example.com;gr").unwrap()), None);
    }

    /// RFC 5627 §3.1.2, §5.4: another one with each REGISTER, and all of them good while its Call-ID is.
    #[test]
    fn a_temporary_gruu_hides_its_device_and_outlives_the_process() {
        let instance = std::str::from_utf8(INSTANCE).unwrap();
        let made = |cseq| shared(1).temporary_gruu(&bob(), &contact(instance, "call-1", cseq), INSTANCE);
        let (first, second) = (made(1), made(2));
        assert_ne!(first, second);
        let now = contact(instance, "call-1", 3);
        for text in [first, second] {
            let shown = String::from_utf8_lossy(&text);
            assert!(!shown.contains("bob") && !shown.contains("f81d"), "{shown}");
            let uri = Uri::parse(&text).unwrap();
            let (id, device) = shared(1).revealed(&bob().domain, hidden(&uri).unwrap()).unwrap();
            assert_eq!(id, bob());
            assert!(device.has(&now));
            assert!(!device.has(&contact(instance, "call-2", 1)), "it began anew with another Call-ID");
            assert!(!device.has(&contact("<urn:uuid:other>", "call-1", 1)));
        }
    }

    #[test]
    fn a_temporary_gruu_that_is_not_ours_reveals_nothing() {
        let text = shared(1).temporary_gruu(&bob(), &contact("<urn:x>", "c", 1), b"<urn:x>");
        let uri = Uri::parse(&text).unwrap();
        let sealed = hidden(&uri).unwrap();
        assert_eq!(shared(2).revealed(&bob().domain, sealed), None);
        assert_eq!(shared(1).revealed(&domain::DomainName::parse("example.net").unwrap(), sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.to_vec();
            changed[place] = if changed[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(shared(1).revealed(&bob().domain, &changed), None, "letter {place}");
        }
        assert_eq!(hidden(&Uri::parse(b"sip:tgruu.aaaa@example.com").unwrap()), None);
    }
}
