//! The body of a request: read whole within limits, unpacked within limits, its root part taken out of a package.

use std::io::Read;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::config::Settings;

/// A message as it arrived, unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The XML document.
    pub(super) bytes: web::Bytes,
    /// The media type's charset.
    pub(super) charset: Option<String>,
}

/// Below this size no ratio is looked at: little XML packs very well.
const RATIO_FREE: usize = 64 << 10;

/// Why there is no message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// The transfer itself is broken: there is no telling where the request ends.
    Broken,
    /// The message is refused, in words for the caller; the status is for wires that have one.
    Refused(StatusCode, &'static str),
}

impl From<&'static str> for Unreadable {
    fn from(why: &'static str) -> Self {
        Self::Refused(StatusCode::BAD_REQUEST, why)
    }
}

/// Reads the body.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    settings: &Settings,
) -> Result<Message, Unreadable> {
    let media_type = header_text(request, header::CONTENT_TYPE).to_owned();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What a page of any site can make a browser send without asking; no SOAP toolkit calls its messages so.
    if matches!(essence.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain") {
        return Err("A web form is no SOAP message: its media type is text/xml".into());
    }
    let body = bytes(request, payload, settings).await?;
    let (bytes, media_type) = match essence.as_str() {
        "multipart/related" => root_part(&body, &media_type).ok_or("The package has no root part")?,
        _ => (body, media_type),
    };
    Ok(Message { bytes, charset: parameter(&media_type, "charset") })
}

/// Reads a body of any media type.
pub(super) async fn bytes(
    request: &HttpRequest,
    payload: web::Payload,
    settings: &Settings,
) -> Result<web::Bytes, Unreadable> {
    let limits = &settings.limits;
    let body = payload.to_bytes_limited(limits.body_bytes);
    let body = match tokio::time::timeout(Duration::from_millis(settings.http.body_timeout_ms), body).await {
        Err(_) => return Err(Unreadable::Refused(StatusCode::REQUEST_TIMEOUT, "The message did not arrive in time")),
        Ok(Err(_)) => return Err(too_large("The message exceeds the limit for its size")),
        Ok(Ok(Err(_))) => return Err(Unreadable::Broken),
        Ok(Ok(Ok(body))) => body,
    };
    let coding = header_text(request, header::CONTENT_ENCODING).trim().to_ascii_lowercase();
    unpack(&coding, body, limits.body_bytes, limits.unpack_ratio)
}

fn header_text(request: &HttpRequest, name: header::HeaderName) -> &str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Undoes a content coding, no further than the limits.
fn unpack(coding: &str, body: web::Bytes, limit: usize, ratio: usize) -> Result<web::Bytes, Unreadable> {
    let packed: &[u8] = &body;
    let source: Box<dyn Read + '_> = match coding {
        "" | "identity" => return Ok(body),
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(packed)),
        "deflate" => Box::new(ZlibDecoder::new(packed)),
        _ => {
            let why = "The message's content coding is not supported";
            return Err(Unreadable::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
        }
    };
    let most = limit.min(RATIO_FREE.max(packed.len().saturating_mul(ratio)));
    let mut unpacked = Vec::new();
    source.take(most as u64 + 1).read_to_end(&mut unpacked).map_err(|_| "The message cannot be unpacked")?;
    match unpacked.len() > most {
        true => Err(too_large("The message exceeds the limit for its unpacked size")),
        false => Ok(unpacked.into()),
    }
}

const fn too_large(why: &'static str) -> Unreadable {
    Unreadable::Refused(StatusCode::PAYLOAD_TOO_LARGE, why)
}

/// A parameter of a media type, unquoted.
fn parameter(media_type: &str, name: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        key.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

/// The root part of a package (RFC 2387): the one that `start` names, else the first; with its own media type.
fn root_part(body: &web::Bytes, media_type: &str) -> Option<(web::Bytes, String)> {
    let boundary = parameter(media_type, "boundary").filter(|boundary| !boundary.is_empty())?;
    let start = parameter(media_type, "start");
    let delimiter = format!("--{boundary}");
    let mut first = None;
    for (from, to) in parts(body, delimiter.as_bytes()) {
        let part = body.get(from..to)?;
        let (head, begin) = split_head(part)?;
        let head_field = |name: &str| {
            head.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let found = (body.slice(from + begin..to), head_field("content-type").unwrap_or_default());
        if start.is_some() && head_field("content-id") == start {
            return Some(found);
        }
        first = first.or(Some(found));
    }
    first
}

/// Where the parts between the delimiters are, at most a handful.
fn parts(body: &[u8], delimiter: &[u8]) -> Vec<(usize, usize)> {
    const PARTS_MAX: usize = 16;
    let mut marks = Vec::new();
    let mut at = 0;
    while marks.len() <= PARTS_MAX
        && let Some(found) = find(&body[at..], delimiter)
    {
        marks.push(at + found);
        at += found + delimiter.len();
    }
    marks
        .windows(2)
        .filter_map(|pair| {
            let from = pair[0] + delimiter.len();
            let line_end = body[from..pair[1]].iter().position(|b| *b == b'\n')? + 1;
            let part = &body[from + line_end..pair[1]];
            let end = part.strip_suffix(b"\r\n").or_else(|| part.strip_suffix(b"\n")).unwrap_or(part).len();
            Some((from + line_end, from + line_end + end))
        })
        .collect()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The header lines of a part, and where its content begins.
fn split_head(part: &[u8]) -> Option<(&str, usize)> {
    let crlf = find(part, b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = find(part, b"\n\n").map(|at| (at, at + 2));
    let (end, begin) = crlf.into_iter().chain(lf).min()?;
    Some((std::str::from_utf8(&part[..end]).ok()?, begin))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> web::Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_gzip_message_is_unpacked() {
        assert_eq!(unpack("gzip", gzip(b"<a/>"), 1 << 20, 200).unwrap(), "<a/>");
    }

    #[test]
    fn a_gzip_bomb_is_refused_by_size_and_by_ratio() {
        let refused = |unpacked: Result<web::Bytes, Unreadable>| {
            assert_eq!(unpacked, Err(too_large("The message exceeds the limit for its unpacked size")));
        };
        let zeros = gzip(&vec![0; 8 << 20]);
        refused(unpack("gzip", zeros, 1 << 20, 2000));
        let zeros = gzip(&vec![0; 1 << 19]);
        refused(unpack("gzip", zeros.clone(), 1 << 20, 10));
        assert_eq!(unpack("gzip", zeros, 1 << 20, 2000).unwrap().len(), 1 << 19);
    }

    #[test]
    fn an_unknown_content_coding_is_refused() {
        assert!(unpack("zork", web::Bytes::new(), 10, 10).is_err());
    }

    #[test]
    fn the_root_part_of_a_package_is_the_one_that_start_names_else_the_first() {
        let body = web::Bytes::from_static(
            b"preamble\r\n--b\r\nContent-ID: <one>\r\n\r\nfirst\r\n--b\r\nContent-Type: text/xml; charset=x\r\n\
              Content-ID: <two>\r\n\r\nsecond\r\n--b--\r\n",
        );
        let media_type = "multipart/related; boundary=b";
        assert_eq!(root_part(&body, media_type).unwrap().0, "first");
        let (part, media_type) = root_part(&body, "multipart/related; start=\"<two>\"; boundary=\"b\"").unwrap();
        assert_eq!((part.as_ref(), parameter(&media_type, "charset").as_deref()), (&b"second"[..], Some("x")));
        assert_eq!(root_part(&body, "multipart/related"), None);
    }
}
