//! Passwords of SIP accounts and what a registrar keeps of them. RFC 2617 §3.2.2.2 (MD5), RFC 8760 §2 (SHA-256).

use std::fmt;

use md5::Md5;
use sha2::Sha256;

use crate::{Invalid, Secret, SipId};

/// The longest clear text password.
const CLEAR_MAX: usize = 128;

/// A password as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SipPassword {
    /// The password itself.
    Clear(Secret),
    /// Two MD5 digests in place of it; no SHA-256 digest can be made of them.
    Digests {
        /// MD5(username:domain:password).
        ha1: Digest,
        /// MD5(username@domain:domain:password), for phones that send the domain in the user name.
        ha1b: Digest,
    },
}

/// A digest in lower case hexadecimal; as good as the password to a phone, and so as secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Secret);

/// What is stored of a password: enough to check a digest answer, and no more unless clear text is kept too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// MD5(username:domain:password).
    pub ha1: Digest,
    /// MD5(username@domain:domain:password).
    pub ha1b: Digest,
    /// SHA-256(username:domain:password); known only when the clear text was.
    pub ha1_sha256: Option<Digest>,
    /// The password, when it was sent in clear text.
    pub clear: Option<Secret>,
}

impl SipPassword {
    /// Reads what stands in a password member; nothing there is `None` (on an update: keep the stored one).
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        if text.is_empty() {
            return Ok(None);
        }
        if let Some((ha1, ha1b)) = text.split_once(':')
            && let (Some(ha1), Some(ha1b)) = (Digest::parse_md5(ha1), Digest::parse_md5(ha1b))
        {
            return Ok(Some(Self::Digests { ha1, ha1b }));
        }
        if text.chars().count() > CLEAR_MAX {
            return Err(Invalid::new("a password has at most 128 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new("a password has no control characters"));
        }
        Ok(Some(Self::Clear(Secret::new(text))))
    }

    /// Makes what is stored for the account of that name.
    pub fn credentials(&self, id: &SipId) -> Credentials {
        match self {
            Self::Clear(password) => Credentials::of_clear_text(id, password),
            Self::Digests { ha1, ha1b } => {
                Credentials { ha1: ha1.clone(), ha1b: ha1b.clone(), ha1_sha256: None, clear: None }
            }
        }
    }
}

impl Credentials {
    fn of_clear_text(id: &SipId, password: &Secret) -> Self {
        let (user, realm) = (id.username.as_str(), id.domain.as_str());
        // RFC 2617 §3.2.2.2: A1 = unq(username-value) ":" unq(realm-value) ":" passwd.
        let a1 = Secret::new(format!("{user}:{realm}:{}", password.expose()));
        let a1b = Secret::new(format!("{user}@{realm}:{realm}:{}", password.expose()));
        Self {
            ha1: Digest::of::<Md5>(&a1),
            ha1b: Digest::of::<Md5>(&a1b),
            ha1_sha256: Some(Digest::of::<Sha256>(&a1)),
            clear: Some(password.clone()),
        }
    }
}

impl Digest {
    fn of<H: md5::Digest>(text: &Secret) -> Self {
        let mut hex = String::with_capacity(64);
        for octet in H::digest(text.expose().as_bytes()).iter() {
            for nibble in [octet >> 4, octet & 0x0f] {
                hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        Self(Secret::new(hex))
    }

    /// Reads an MD5 digest: 32 hexadecimal digits in any case.
    pub fn parse_md5(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| Self(Secret::new(text.to_ascii_lowercase())))
    }

    /// A digest that was made before, such as a row's.
    pub fn of_row(hex: String) -> Self {
        Self(Secret::new(hex))
    }

    /// The hexadecimal digits.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mufasa() -> SipId {
        SipId::parse("Mufasa@Example.com").unwrap()
    }

    #[test]
    fn two_digests_with_a_colon_are_digests_in_that_order() {
        let text = "0123456789ABCDEF0123456789abcdef:fedcba9876543210fedcba9876543210";
        let Some(SipPassword::Digests { ha1, ha1b }) = SipPassword::parse(text).unwrap() else { panic!("not digests") };
        assert_eq!(ha1.expose(), "0123456789abcdef0123456789abcdef");
        assert_eq!(ha1b.expose(), "fedcba9876543210fedcba9876543210");
    }

    #[test]
    fn anything_else_with_a_colon_is_clear_text() {
        for text in [
            "a:b",
            ":",
            "0123456789abcdef0123456789abcdef:",
            "0123456789abcdef0123456789abcdeg:fedcba9876543210fedcba9876543210",
        ] {
            assert_eq!(SipPassword::parse(text), Ok(Some(SipPassword::Clear(Secret::new(text)))), "{text}");
        }
    }

    #[test]
    fn an_empty_password_is_none() {
        assert_eq!(SipPassword::parse(""), Ok(None));
    }

    #[test]
    fn spaces_around_a_password_belong_to_it() {
        assert_eq!(SipPassword::parse(" x "), Ok(Some(SipPassword::Clear(Secret::new(" x ")))));
    }

    /// RFC 2617 §3.2.2.2, RFC 8760 §2: the expected digests were made with another program.
    #[test]
    fn digests_are_made_of_the_lower_case_names() {
        let id = SipId::parse("Alice@Example.COM").unwrap();
        let made = SipPassword::parse("secret").unwrap().unwrap().credentials(&id);
        assert_eq!(made.ha1.expose(), "b1726872c344b6dc8365b774f8fd6412");
        assert_eq!(made.ha1b.expose(), "c79656e4f06dbae9fdf6727654273c65");
        assert_eq!(
            made.ha1_sha256.unwrap().expose(),
            "ed8925b20f9a77b8f8f8d5f8e4467fe32b866f7208ab9e4b20595e9821a0fdee"
        );
    }

    #[test]
    fn digests_that_were_sent_leave_neither_clear_text_nor_sha_256() {
        let text = "0123456789abcdef0123456789abcdef:fedcba9876543210fedcba9876543210";
        let kept = SipPassword::parse(text).unwrap().unwrap().credentials(&mufasa());
        assert!(kept.clear.is_none() && kept.ha1_sha256.is_none());
    }

    #[test]
    fn nothing_of_a_password_prints() {
        let kept = SipPassword::parse("Circle of Life").unwrap().unwrap().credentials(&mufasa());
        let printed = format!("{kept:?}");
        assert!(!printed.contains("Circle") && !printed.contains(kept.ha1.expose()), "{printed}");
    }

    #[test]
    fn a_password_has_bounds() {
        assert!(SipPassword::parse(&"x".repeat(128)).is_ok());
        assert!(SipPassword::parse(&"x".repeat(129)).is_err());
        assert!(SipPassword::parse("a\0b").is_err());
    }

    proptest! {
        #[test]
        fn digests_that_were_answered_can_be_sent_back(password in "[ -~]{1,40}") {
            let made = SipPassword::Clear(Secret::new(password)).credentials(&mufasa());
            let echoed = format!("{}:{}", made.ha1.expose(), made.ha1b.expose());
            let again = SipPassword::parse(&echoed).unwrap().unwrap().credentials(&mufasa());
            prop_assert_eq!((again.ha1, again.ha1b), (made.ha1, made.ha1b));
        }
    }
}
