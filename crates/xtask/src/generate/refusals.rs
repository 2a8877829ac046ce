//! The contract's refusals, read from where they are defined: `Refusal::code` in crates/domain.

use std::path::Path;

/// Where code and name of each refusal stand together.
const SOURCE: &str = "crates/domain/src/refusal.rs";

/// A refusal by its name and its number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) name: String,
    pub(super) code: u16,
}

/// All of them, in the order of their codes.
pub(super) fn read(root: &Path) -> Result<Vec<Refusal>, String> {
    let text = std::fs::read_to_string(root.join(SOURCE)).map_err(|e| format!("{SOURCE}: {e}"))?;
    let mut found: Vec<Refusal> = text.lines().filter_map(arm).collect();
    found.sort_by_key(|refusal| refusal.code);
    match found.is_empty() {
        true => Err(format!("{SOURCE}: no line like `Self::Name => 1000,`")),
        false => Ok(found),
    }
}

/// `Self::SipDomainNotFound(_) => 1000,`
fn arm(line: &str) -> Option<Refusal> {
    let (pattern, code) = line.trim().strip_prefix("Self::")?.split_once(" => ")?;
    let code = code.strip_suffix(',')?.parse().ok()?;
    let name = pattern.split(['(', ' ']).next()?.to_owned();
    Some(Refusal { name, code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_of_the_match_is_read_whatever_its_variant_holds() {
        let refusal = |name: &str, code| Some(Refusal { name: name.to_owned(), code });
        assert_eq!(arm("            Self::AlreadyInGroup { .. } => 1030,"), refusal("AlreadyInGroup", 1030));
        assert_eq!(arm("            Self::NotAllowed => 9001,"), refusal("NotAllowed", 9001));
        assert_eq!(arm("            Self::SipDomainExists(_) => 1001,"), refusal("SipDomainExists", 1001));
        assert_eq!(arm("        Self::InvalidValue { member: member.into(), why: why.into() }"), None);
    }
}
