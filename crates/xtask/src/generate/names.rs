//! Rust names for the names of the contract.

/// `getSipDeviceLocations` as `get_sip_device_locations`; `private_key` stays.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map_or('_', |previous| chars[previous]);
        // A capital begins a word, unless it goes on an acronym.
        let after_acronym = before.is_ascii_uppercase() && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && before != '_' && (!before.is_ascii_uppercase() || after_acronym) {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A member's identifier: a keyword is written raw.
pub(super) fn field(name: &str) -> String {
    let name = snake(name);
    match name.as_str() {
        "enum" | "type" | "match" | "ref" | "use" | "move" | "in" => format!("r#{name}"),
        _ => name,
    }
}

/// `SipAccount` as `SIP_ACCOUNT`.
pub(super) fn constant(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// `addAccount` as `AddAccount`.
pub(super) fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_contract_become_identifiers() {
        assert_eq!(snake("getSipDeviceLocations"), "get_sip_device_locations");
        assert_eq!(snake("private_key"), "private_key");
        assert_eq!(constant("SubscriberACLArray"), "SUBSCRIBER_ACL_ARRAY");
        assert_eq!(field("enum"), "r#enum");
        assert_eq!(pascal("addAccount"), "AddAccount");
    }
}
