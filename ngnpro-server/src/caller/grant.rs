//! What a token lets its bearer do, of all that the one it belongs to may do. A password lets do everything.
//!
//! A grant is a list of words: `all` is everything, `read` every reading; `Sip` everything of that port and `Sip:read` its readings;
//! `Sip.addAccount` one operation; `changes` or `changes:read` a resource of the JSON wire by its name.

use crate::json::Method;
use crate::wire::Operation;

/// What may be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Grant {
    /// All that the caller may.
    #[default]
    All,
    /// What one of the words names.
    Words(Vec<String>),
}

/// The word for everything.
const ALL: &str = "all";
/// The word for every reading.
const READ: &str = "read";
/// What makes a word one for readings only.
const READ_OF: &str = ":read";

impl Grant {
    /// A grant of those words; the first of them that means nothing is the error. `resources` are the names besides the contract's.
    ///
    /// # Errors
    /// The word that is unknown.
    pub fn parse(words: &[String], resources: &[&str]) -> Result<Self, String> {
        let operations = || Operation::ALL.iter().map(|operation| operation.describe());
        let is_known = |word: &str| {
            let name = word.strip_suffix(READ_OF).unwrap_or(word);
            word == READ
                || word == ALL
                || resources.contains(&name)
                || operations().any(|operation| operation.port == name)
                || operations().any(|operation| word.split_once('.') == Some((operation.port, operation.name)))
        };
        match words.iter().find(|word| !is_known(word)) {
            Some(unknown) => Err(unknown.clone()),
            None => Ok(Self::Words(words.to_vec())),
        }
    }

    /// Whether an operation of the contract may be called.
    #[must_use]
    pub fn allows(&self, operation: Operation) -> bool {
        let Self::Words(words) = self else { return true };
        let called = operation.describe();
        let reads = operation.route().method == Method::Get;
        words
            .iter()
            .any(|word| is_named(word, called.port, reads) || word.split_once('.') == Some((called.port, called.name)))
    }

    /// Whether a resource that is no operation of the contract may be used.
    #[must_use]
    pub fn allows_resource(&self, name: &str, reads: bool) -> bool {
        let Self::Words(words) = self else { return true };
        words.iter().any(|word| is_named(word, name, reads))
    }
}

fn is_named(word: &str, name: &str, reads: bool) -> bool {
    word == ALL || word == name || (reads && (word == READ || word.strip_suffix(READ_OF) == Some(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(words: &[&str]) -> Result<Grant, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Grant::parse(&words, &["changes"])
    }

    #[test]
    fn a_grant_allows_what_its_words_name_and_nothing_else() {
        let (add, get, zones) = (Operation::SipAddAccount, Operation::SipGetAccounts, Operation::DnsGetZones);
        for (words, allowed) in [
            (&["all"][..], [true, true, true]),
            (&["read"], [false, true, true]),
            (&["Sip"], [true, true, false]),
            (&["Sip:read"], [false, true, false]),
            (&["Sip.addAccount", "Dns:read"], [true, false, true]),
            (&["changes"], [false, false, false]),
            (&[], [false, false, false]),
        ] {
            let grant = grant(words).unwrap();
            assert_eq!([add, get, zones].map(|operation| grant.allows(operation)), allowed, "{words:?}");
        }
        assert!(grant(&["changes:read"]).unwrap().allows_resource("changes", true));
        assert!(!grant(&["changes:read"]).unwrap().allows_resource("changes", false));
        assert!(!grant(&["Sip"]).unwrap().allows_resource("changes", true));
        assert!(Grant::All.allows(add) && Grant::All.allows_resource("changes", false));
    }

    #[test]
    fn a_word_that_means_nothing_is_named() {
        for word in ["", "sip", "Sip.addAcount", "Sip.addAccount:read", "read:read", "everything", ":read"] {
            assert_eq!(grant(&["Sip", word]), Err(word.to_owned()));
        }
    }
}
