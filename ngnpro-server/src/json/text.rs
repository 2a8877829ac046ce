//! Texts of HTTP: percent signs (RFC 3986 section 2.1), Basic credentials (RFC 7617), media types (RFC 9110 section 8.3).

use domain::Secret;

use super::Problem;

/// A step of a path, or a half of a query's pair, decoded.
pub(super) fn decoded(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(Problem::new(400, "the URL has a percent sign without two digits")),
                }
            }
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Problem::new(400, "the URL is not in UTF-8"))?;
    match text.chars().all(soap::is_char) {
        true => Ok(text),
        false => Err(Problem::new(400, "the URL has a character that no text of the contract has")),
    }
}

/// A query string's pairs, decoded: a plus sign is a space.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = Result<(String, String), Problem>> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let pair = pair.replace('+', " ");
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        Ok((decoded(name)?, decoded(value)?))
    })
}

/// A step of a path, encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' | b'+' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// User name and password of an Authorization header.
pub(super) fn basic(header: &str) -> Option<(String, Secret)> {
    let (scheme, rest) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(soap::decode_base64(rest.trim())?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), Secret::new(password.to_owned())))
}

/// The token of an Authorization header.
pub(super) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The parameter of a trial run.
pub(super) const DRY_RUN: &str = "dry_run";

/// Whether a write is a trial run: done, answered and rolled back.
pub(super) fn is_dry_run(query: &str) -> Result<bool, Problem> {
    let mut found = false;
    for pair in pairs(query) {
        match pair? {
            (name, value) if name == DRY_RUN => match value.as_str() {
                "true" | "1" => found = true,
                "false" | "0" => {}
                _ => return Err(Problem::new(400, "dry_run is true or false").at(name)),
            },
            _ => {}
        }
    }
    Ok(found)
}

/// Whether an If-Match or If-None-Match names the tag.
pub(super) fn names_tag(header: &str, tag: &str) -> bool {
    header.split(',').map(str::trim).any(|known| known == "*" || known == tag)
}

/// Whether a Content-Type is that of JSON in UTF-8.
pub(super) fn is_json(content_type: &str, wanted: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let other = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case("charset") && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    essence.eq_ignore_ascii_case(wanted) && !parts.any(other)
}

/// Whether an Accept header lets JSON through.
pub(super) fn accepts_json(accept: &str) -> bool {
    let ranges = ["*/*", "application/*", "application/json", "application/problem+json"];
    accept.trim().is_empty()
        || accept.split(',').any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let essence = parts.next().unwrap_or_default();
            let refused = parts.any(|part| {
                let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
                weight.is_some_and(|weight| weight.trim().parse::<f32>() == Ok(0.0))
            });
            !refused && ranges.iter().any(|known| essence.eq_ignore_ascii_case(known))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_decoded_once_and_reads_what_is_written() {
        assert_eq!(decoded("a%2Fb%2525@x").unwrap(), "a/b%25@x");
        assert_eq!(decoded(&encoded("ä/ +&?#%")).unwrap(), "ä/ +&?#%");
        for broken in ["%", "%4", "%zz", "%ff", "%00"] {
            assert!(decoded(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn basic_credentials_may_have_colons_in_the_password_alone() {
        let (name, password) = basic("bAsIc  YWxpY2U6YTpi").unwrap();
        assert_eq!((name.as_str(), password.expose()), ("alice", "a:b"));
        for none in ["", "Basic", "Basic !", "Basic YWxpY2U=", "Bearer YWxpY2U6YTpi"] {
            assert!(basic(none).is_none(), "{none}");
        }
    }

    #[test]
    fn only_json_is_json() {
        for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            assert!(is_json(good, "application/json"), "{good}");
        }
        for bad in ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"] {
            assert!(!is_json(bad, "application/json"), "{bad}");
        }
    }

    #[test]
    fn an_accept_header_is_weighed() {
        for good in ["", "*/*", "text/html, application/json;q=0.5", "application/*"] {
            assert!(accepts_json(good), "{good}");
        }
        for bad in ["text/html", "application/json;q=0", "application/xml, */*; q=0.0"] {
            assert!(!accepts_json(bad), "{bad}");
        }
    }
}
