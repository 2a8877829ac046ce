//! What somebody sends who means harm: each is a clear fault or a closed connection, nothing outside of the message is looked
//! at, others are served meanwhile, and the process does not grow.
//!
//! | attack | where it is tried |
//! |---|---|
//! | external entities, external subsets, XInclude, schemaLocation | here, with somebody listening for the fetch |
//! | entity bombs: in text, attributes, parameters, unused; under UTF-16 | here; `soap/tests/envelope.rs` |
//! | deep nesting, floods of attributes, namespaces, instructions, comments, giant lists | here; limits one by one in `limits.rs` |
//! | wrong encodings: unknown, UTF-7, broken UTF-8 and UTF-16, forbidden characters | here; `limits.rs` |
//! | two Bodies, two calls, a late Header, no Body, no envelope | here; `soap/tests/envelope.rs` |
//! | auth twice, in the Body, in another block, without a password, with SQL in it | here |
//! | mustUnderstand of what is not understood | here; `soap/tests/envelope.rs` |
//! | forms and text/plain of a page elsewhere | `limits.rs`, for JSON `json.rs` |
//! | truncated and pipelined messages, lengths that contradict each other | here; `limits.rs` |
//! | slow senders of heads and bodies, idle and reset connections, readers that do not read | here; `limits.rs` |
//! | compression bombs, one in another too | here; `limits.rs` |
//! | missing Host, folded and giant headers, other versions of HTTP, a TLS hello | here; `forms.rs` |

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::live::{envelope, exchange, impatient_server, is_done, post, post_text, read_answer, server_with};

/// The largest message that is taken by default.
const LARGE: &str = "body_bytes = 1048576";
/// How much the process may grow by any of these, its own copies of what it sends included.
const GROWTH_KIB: u64 = 96 << 10;

/// The process's resident memory, in KiB: now, and at most so far.
fn resident() -> [u64; 2] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    ["VmRSS:", "VmHWM:"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    })
}

/// Tries something; the server answers others afterwards, and the process has not grown.
fn harmless<T>(address: SocketAddr, attack: impl FnOnce() -> T) -> T {
    // What the first calls allocate is no growth.
    assert_served(address);
    let before = resident()[0];
    let result = attack();
    assert_served(address);
    let most = resident()[1];
    assert!(most < before + GROWTH_KIB, "the process grew from {before} to {most} KiB");
    result
}

fn assert_served(address: SocketAddr) {
    let answer = exchange(address, &post_text("", &envelope("secret")));
    assert!(is_done(&answer), "{answer}");
}

/// A fault of the caller's, or no answer at all.
fn assert_refused(name: &str, answer: &str) {
    let is_fault = answer.starts_with("HTTP/1.1 500 ") && answer.contains("faultcode>SOAP-ENV:");
    assert!(is_fault && !answer.contains("SOAP-ENV:Server<"), "{name}: {answer}");
}

/// The call with something in front of it, inside of its header, or inside of itself.
fn with(prologue: &str, header: &str, inside: &str) -> String {
    let call = format!("<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\">{inside}</s:getDomains>");
    let message = envelope("secret")
        .replace("<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\"/>", &call)
        .replace("<e:Header>", &format!("<e:Header>{header}"));
    format!("{prologue}{message}")
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn nothing_outside_of_the_message_is_fetched_or_shown() {
    let address = server_with(LARGE);
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let (url, fetched) = (format!("http://{}/x", elsewhere.local_addr().unwrap()), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&fetched);
    std::thread::spawn(move || {
        elsewhere.incoming().for_each(|_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("canary");
    std::fs::write(&file, "canary-of-this-test").unwrap();
    let file = file.display();
    harmless(address, || {
        for (name, prologue, inside) in [
            ("file", format!("<!DOCTYPE a [<!ENTITY f SYSTEM \"file://{file}\">]>"), "&f;"),
            ("http", format!("<!DOCTYPE a [<!ENTITY f SYSTEM \"{url}\">]>"), "&f;"),
            ("subset", format!("<!DOCTYPE a SYSTEM \"{url}\">"), ""),
            ("public", format!("<!DOCTYPE a PUBLIC \"-//X//Y\" \"{url}\">"), ""),
            ("parameter", format!("<!DOCTYPE a [<!ENTITY % p SYSTEM \"{url}\"> %p;]>"), ""),
            ("notation", format!("<!DOCTYPE a [<!NOTATION n SYSTEM \"{url}\">]>"), ""),
        ] {
            let message = with(&prologue, "", inside);
            for body in [message.clone().into_bytes(), utf16(&message)] {
                let answer = exchange(address, &post("1.1", "", &body));
                assert_refused(name, &answer);
                assert!(!answer.contains("canary"), "{name}: {answer}");
            }
        }
        for inside in [
            format!("<query xsi:schemaLocation=\"urn:x {url}\" xmlns:xsi=\"{}\"/>", soap::ns::XSI),
            format!("<i:include href=\"{url}\" xmlns:i=\"http://www.w3.org/2001/XInclude\"/>"),
            format!("<?xml-stylesheet href=\"{url}\"?>"),
            format!("<query href=\"{url}\"/>"),
            format!("<query href=\"file://{file}\"/>"),
        ] {
            let answer = exchange(address, &post_text("", &with("", "", &inside)));
            assert!(!answer.contains("canary"), "{answer}");
        }
    });
    assert_eq!(fetched.load(Ordering::SeqCst), 0);
}

#[test]
fn bombs_of_entities_do_not_go_off() {
    let address = server_with(LARGE);
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let parameters = "<!ENTITY % a '&#37;b;&#37;b;'><!ENTITY % b '&#37;c;&#37;c;'><!ENTITY % c 'x'> %a;";
    let long = "x".repeat(100_000);
    harmless(address, || {
        for (name, subset, inside) in [
            ("text", laughs.as_str(), "&l9;"),
            ("attribute", laughs.as_str(), "<a b=\"&l9;\"/>"),
            ("unused", laughs.as_str(), ""),
            ("parameters", parameters, ""),
            ("quadratic", &format!("<!ENTITY l0 \"{long}\">"), &"&l0;".repeat(1000)),
            ("itself", "<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">", "&a;"),
        ] {
            let prologue = format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{subset}]>");
            assert_refused(name, &exchange(address, &post_text("", &with(&prologue, "", inside))));
        }
    });
}

#[test]
fn floods_end_at_their_limits() {
    let address = server_with(LARGE);
    let namespaces: String = (0..20_000).map(|n| format!(" xmlns:n{n}=\"urn:{n}\"")).collect();
    let attributes: String = (0..60_000).map(|n| format!(" a{n}=\"\"")).collect();
    let items = "<item>x</item>".repeat(60_000);
    let array = "xmlns:c=\"http://schemas.xmlsoap.org/soap/encoding/\" c:arrayType=\"xsd:string[2147483647]\"";
    harmless(address, || {
        for (name, message) in [
            ("a million open tags", with("", "", &"<a>".repeat(340_000))),
            ("deep in a header", with("", &format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000)), "")),
            ("namespaces", with("", &format!("<a{namespaces}/>"), "")),
            ("attributes", with("", "", &format!("<a{attributes}/>"))),
            ("a list", with("", "", &format!("<query><filter><groups>{items}</groups></filter></query>"))),
            ("a name", with("", "", &format!("<{}/>", "n".repeat(900_000)))),
        ] {
            assert_refused(name, &exchange(address, &post_text("", &message)));
        }
        for (name, message) in [
            ("instructions", with("", "", &"<?a b?>".repeat(100_000))),
            ("comments", with("", "", &"<!---->".repeat(100_000))),
            ("spaces", with("", "", &" ".repeat(900_000))),
            ("a size that is a lie", with("", "", &format!("<query><filter {array}/></query>"))),
            ("a long text", with("", "", &format!("<other>{}</other>", "&lt;".repeat(200_000)))),
        ] {
            let answer = exchange(address, &post_text("", &message));
            assert!(is_done(&answer) || answer.contains("9004"), "{name}: {answer}");
        }
    });
}

#[test]
fn what_is_no_xml_of_its_encoding_is_refused() {
    let address = server_with(LARGE);
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}", envelope("secret"));
    let text = |inside: &str| with("", "", inside).into_bytes();
    let mut odd = utf16(&envelope("secret"));
    odd.pop();
    let broken = |bytes: &[u8]| {
        let message = with("", "", "<a>MARK</a>");
        let (before, after) = message.split_once("MARK").unwrap();
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    for (name, body) in [
        ("unknown", declared("zork").into_bytes()),
        ("UTF-7", declared("utf-7").replace('<', "+ADw-").into_bytes()),
        ("UTF-7 by name", declared("utf-7").into_bytes()),
        ("UTF-32", declared("utf-32").into_bytes()),
        ("lone byte", broken(b"\xff")),
        ("cut sequence", broken(b"\xe2\x82")),
        ("overlong", broken(b"\xc0\xaf")),
        ("surrogate", broken(b"\xed\xa0\x80")),
        ("odd UTF-16", odd),
        ("NUL", broken(b"\0")),
        ("NUL by reference", text("<a>&#0;</a>")),
        ("control by reference", text("<a>&#x1b;</a>")),
        ("undeclared prefix", text("<p:a/>")),
        ("bare <", text("<a b=\"<\"/>")),
        ("]]>", text("<a>]]></a>")),
        ("--", text("<!-- -- -->")),
        ("late declaration", text("<?xml version=\"1.0\"?>")),
        ("attribute twice", text("<a b=\"\" b=\"\"/>")),
        ("attribute twice by namespace", text("<a xmlns:p=\"u\" xmlns:q=\"u\" p:b=\"\" q:b=\"\"/>")),
        ("cut", text("")[..200].to_vec()),
        ("junk behind", [text("").as_slice(), b"<x/>"].concat()),
    ] {
        assert_refused(name, &exchange(address, &post("1.1", "Content-Type: text/xml\r\n", &body)));
    }
    assert_served(address);
}

#[test]
fn a_message_with_two_meanings_has_none() {
    let address = server_with(LARGE);
    let good = envelope("secret");
    let (head, body) = good.split_once("<e:Body>").unwrap();
    let body = format!("<e:Body>{}", body.strip_suffix("</e:Envelope>").unwrap());
    let (open, header) = head.split_once("<e:Header>").unwrap();
    let header = format!("<e:Header>{header}");
    let call = "<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\"/>";
    let auth = header.strip_prefix("<e:Header>").and_then(|rest| rest.strip_suffix("</e:Header>")).unwrap();
    let wrong = auth.replace("secret", "wrong");
    let must = |block: &str| good.replace("<e:Header>", &format!("<e:Header>{block}"));
    for (name, message, code) in [
        ("two bodies", format!("{open}{header}{body}{body}</e:Envelope>"), 9004),
        ("two calls", good.replace(call, &format!("{call}{call}")), 9004),
        ("two different calls", good.replace(call, &format!("{call}{}", call.replace("Domains", "Accounts"))), 9004),
        ("late header", format!("{open}{body}{header}</e:Envelope>"), 9004),
        ("two headers", format!("{open}{header}{header}{body}</e:Envelope>"), 9004),
        ("no body", format!("{open}{header}</e:Envelope>"), 9004),
        ("empty body", good.replace(call, ""), 9004),
        ("no envelope", call.to_owned(), 9004),
        ("auth twice", good.replace(auth, &format!("{auth}{wrong}")), 9004),
        ("auth twice, right last", good.replace(auth, &format!("{wrong}{auth}")), 9004),
        (
            "auth in the body",
            format!("{open}{}</e:Envelope>", body.replace("/></e:Body>", &format!(">{auth}</s:getDomains></e:Body>"))),
            9000,
        ),
        ("auth beside the call", format!("{open}{}</e:Envelope>", body.replace(call, &format!("{auth}{call}"))), 9000),
        ("auth in another block", good.replace(auth, &format!("<wrap>{auth}</wrap>")), 9000),
        ("no password", good.replace("<password>secret</password>", ""), 9000),
        ("nil password", good.replace(">secret<", "><"), 9000),
        ("SQL", good.replace(">admin<", ">admin' OR '1'='1' --<"), 9000),
        ("a password with more behind", good.replace(">secret<", ">secret\u{a0}<"), 9000),
        ("must be understood", must("<x:y xmlns:x=\"urn:x\" e:mustUnderstand=\"1\"/>"), 9004),
        ("must be understood, in words", must("<x:y xmlns:x=\"urn:x\" e:mustUnderstand=\"true\"/>"), 9004),
        ("another envelope", good.replace(soap::ns::ENVELOPE_11, "urn:another"), 9004),
    ] {
        let answer = exchange(address, &post_text("", &message));
        let code = format!(">{code}</errorcode>");
        assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains(&code), "{name}: {answer}");
    }
    assert_served(address);
}

#[test]
fn what_unpacks_without_end_is_not_unpacked() {
    let address = server_with(LARGE);
    let pack = |of: &mut dyn FnMut(&mut dyn Write)| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        of(&mut gzip);
        gzip.finish().unwrap()
    };
    let spaces = vec![b' '; 1 << 16];
    let bomb = pack(&mut |out| (0..1024).for_each(|_| out.write_all(&spaces).unwrap()));
    let nested = pack(&mut |out| out.write_all(&bomb).unwrap());
    let cut = &bomb[..bomb.len() / 2];
    harmless(address, || {
        for (name, coding, body) in
            [("bomb", "gzip", &bomb[..]), ("half a bomb", "gzip", cut), ("mislabelled", "deflate", &bomb)]
        {
            let answer = exchange(address, &post("1.1", &format!("Content-Encoding: {coding}\r\n"), body));
            assert_refused(name, &answer);
        }
        for coding in ["gzip, gzip", "gzip,gzip,gzip"] {
            let answer = exchange(address, &post("1.1", &format!("Content-Encoding: {coding}\r\n"), &nested));
            assert_refused(coding, &answer);
        }
    });
}

#[test]
fn heads_that_are_no_heads_are_refused_or_cut_off() {
    let address = server_with(LARGE);
    let body = envelope("secret");
    let length = body.len();
    let giant = "x".repeat(2 << 20);
    let many: String = (0..5000).map(|n| format!("X-{n}: y\r\n")).collect();
    harmless(address, || {
        for (name, request) in [
            ("giant header", format!("POST / HTTP/1.1\r\nHost: x\r\nX-Long: {giant}\r\n\r\n")),
            ("giant target", format!("GET /{giant} HTTP/1.1\r\nHost: x\r\n\r\n")),
            ("many headers", format!("POST / HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
            (
                "size of a chunk",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n".into(),
            ),
            ("negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello".into()),
            ("HTTP/3.7", format!("POST / HTTP/3.7\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}")),
            ("space in a name", format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length : {length}\r\n\r\n{body}")),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".into()),
        ] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            // It may be closed before all of it is sent.
            let _closed = stream.write_all(request.as_bytes());
            let mut answer = Vec::new();
            let _reset = stream.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        }
        // No length is no body.
        let answer =
            exchange(address, format!("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n{body}").as_bytes());
        assert!(!is_done(&answer), "{answer}");
    });
}

#[test]
fn those_who_wait_hold_nobody_up() {
    let address = impatient_server(LARGE);
    let request = post_text("", &envelope("secret"));
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    harmless(address, || {
        let idle: Vec<TcpStream> = (0..200).map(|_| connect()).collect();
        let begun = |bytes: usize| {
            let mut stream = connect();
            stream.write_all(&request[..bytes]).unwrap();
            stream
        };
        let heads: Vec<TcpStream> = (0..40).map(|_| begun(30)).collect();
        let bodies: Vec<TcpStream> = (0..40).map(|_| begun(request.len() - 20)).collect();
        for _ in 0..100 {
            let stream = begun(request.len() / 2);
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        }
        // A message that is not wanted to its end, from somebody who reads no answer.
        let deaf: Vec<TcpStream> = (0..20)
            .map(|_| {
                let mut stream = connect();
                for _ in 0..50 {
                    stream.write_all(&request).unwrap();
                }
                stream
            })
            .collect();
        for _ in 0..5 {
            assert_served(address);
        }
        // They are told, or left.
        for mut stream in bodies {
            assert_refused("slow body", &read_answer(&mut stream));
        }
        for mut stream in heads {
            let answer = read_answer(&mut stream);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        }
        deaf.iter().for_each(|stream| stream.shutdown(Shutdown::Both).unwrap());
        drop(idle);
    });
}
