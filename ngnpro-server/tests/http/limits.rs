//! Each limit of the server met over a real connection: a clear fault or a closed connection, and others served meanwhile.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::live::{envelope, exchange, impatient_server, is_done, post, post_text, read_answer, server, server_with};

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Asserts a fault of the caller with these words in it.
fn assert_refused(name: &str, answer: &str, words: &str) {
    assert!(answer.starts_with("HTTP/1.1 500 "), "{name}: {answer}");
    assert!(answer.contains("<faultcode>SOAP-ENV:Client</faultcode>"), "{name}: {answer}");
    assert!(answer.contains("<errorcode xsi:type=\"xsd:int\">9004</errorcode>"), "{name}: {answer}");
    assert!(answer.contains(words), "{name}: {answer}");
}

/// The call with something put before its end.
fn with(inside: &str) -> String {
    envelope("secret").replace(
        "<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\"/>",
        &format!("<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\">{inside}</s:getDomains>"),
    )
}

#[test]
fn each_limit_of_a_message_has_its_own_words() {
    let address = server();
    let many = |what: &str, count: usize| what.repeat(count);
    let attributes: String = (0..65).map(|n| format!(" a{n}=\"\"")).collect();
    for (name, body, words) in [
        ("depth", with(&format!("{}{}", many("<a>", 40), many("</a>", 40))), "limit for depth"),
        ("elements", with(&many("<a/>", 20_001)), "limit for elements"),
        ("attributes", with(&format!("<a{attributes}/>")), "limit for attributes of an element"),
        ("name", with(&format!("<{}/>", many("a", 257))), "limit for the length of a name"),
        (
            "document type",
            format!("<!DOCTYPE x [<!ENTITY y \"z\">]>{}", envelope("secret")),
            "document type declaration",
        ),
        ("entity", with("&y;"), "names an entity"),
        ("external reference", with("<query href=\"http://127.0.0.1/\"/>"), "out of the message"),
        ("circle", with("<query id=\"q\"><filter href=\"#q\"/></query>"), "in a circle"),
        ("end", envelope("secret").replace("</e:Envelope>", ""), "ends before its elements do"),
        ("second root", format!("{}<x/>", envelope("secret")), "second root element"),
        ("nothing", String::new(), "ends before its elements do"),
        ("form", "a=b&c=d".to_owned(), "outside of the root element"),
        ("type", with("<query><range><start>many</start></range></query>"), "query.range.start"),
    ] {
        assert_refused(name, &exchange(address, &post_text("", &body)), words);
    }
    assert!(is_done(&exchange(address, &post_text("", &envelope("secret")))));
}

#[test]
fn what_any_web_page_can_make_a_browser_send_is_no_call() {
    let address = server();
    for media_type in ["text/plain", "TEXT/PLAIN; charset=utf-8", "multipart/form-data; boundary=b"] {
        let headers = format!("Content-Type: {media_type}\r\nOrigin: https://elsewhere.example\r\n");
        assert_refused(media_type, &exchange(address, &post_text(&headers, &envelope("secret"))), "no SOAP message");
    }
}

#[test]
fn a_limit_that_is_configured_is_the_one_that_holds() {
    let address = server_with("depth = 6\nnodes = 20\nattributes = 3\nname_bytes = 30\nunpack_ratio = 2");
    assert!(is_done(&exchange(address, &post_text("", &envelope("secret")))));
    for (name, body, words) in [
        ("depth", with("<a><b><c><d/></c></b></a>"), "limit for depth"),
        ("elements", with(&"<a/>".repeat(20)), "limit for elements"),
        ("attributes", with("<a b=\"\" c=\"\" d=\"\" e=\"\"/>"), "limit for attributes"),
        ("name", with(&format!("<{}/>", "a".repeat(31))), "limit for the length of a name"),
    ] {
        assert_refused(name, &exchange(address, &post_text("", &body)), words);
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(with(&" ".repeat(90_000)).as_bytes()).unwrap();
    let answer = exchange(address, &post("1.1", "Content-Encoding: gzip\r\n", &gzip.finish().unwrap()));
    assert_refused("ratio", &answer, "limit for its unpacked size");
}

#[test]
fn a_message_that_is_too_large_is_refused_however_it_is_sent() {
    let address = server();
    let large = with(&" ".repeat(100_000));
    assert_refused("length", &exchange(address, &post_text("", &large)), "limit for its size");
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    assert_refused("chunked", &exchange(address, chunked.as_bytes()), "limit for its size");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(large.as_bytes()).unwrap();
    let answer = exchange(address, &post("1.1", "Content-Encoding: gzip\r\n", &gzip.finish().unwrap()));
    assert_refused("gzip", &answer, "limit for its unpacked size");
    let answer = exchange(address, &post("1.1", "Content-Encoding: gzip\r\n", b"no gzip at all"));
    assert_refused("broken gzip", &answer, "cannot be unpacked");
    let answer = exchange(address, &post_text("Content-Encoding: br\r\n", &envelope("secret")));
    assert_refused("unknown coding", &answer, "content coding is not supported");
}

#[test]
fn r11_the_declared_encoding_is_read_and_an_unknown_one_is_refused() {
    let address = server();
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}", envelope("secret"));
    let utf16 = |text: &str, big: bool| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    for (name, headers, body) in [
        ("Latin-1 by declaration", "", declared("ISO-8859-1").into_bytes()),
        ("Latin-1 by media type", "Content-Type: text/xml; charset=iso-8859-1\r\n", envelope("secret").into_bytes()),
        ("US-ASCII", "", declared("us-ascii").into_bytes()),
        ("single quotes", "", declared("UTF-8").replacen('"', "'", 4).into_bytes()),
        ("byte order mark", "", format!("\u{feff}{}", declared("utf-8")).into_bytes()),
        ("UTF-16, big", "", utf16(&declared("UTF-16"), true)),
        ("UTF-16, little", "Content-Type: text/xml; charset=utf-16\r\n", utf16(&envelope("secret"), false)),
    ] {
        let answer = exchange(address, &post("1.1", headers, &body));
        assert!(is_done(&answer), "{name}: {answer}");
    }
    let answer = exchange(address, &post_text("", &declared("EBCDIC-CP-NL")));
    assert_refused("unknown", &answer, "encoding is not supported");
    let answer = exchange(address, &post("1.1", "", &[declared("UTF-8").as_bytes(), b"<!--\xff-->"].concat()));
    assert_refused("broken", &answer, "bytes that its encoding does not allow");
}

#[test]
fn requests_that_come_in_one_piece_are_answered_in_their_order() {
    let mut stream = connect(server());
    let unknown = envelope("secret").replace("getDomains", "getNothing");
    let last = post_text("Connection: close\r\n", &envelope("secret"));
    let pieces = [post_text("", &envelope("secret")), post_text("", &unknown), post_text("", "{}"), last];
    stream.write_all(&pieces.concat()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let bodies: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).collect();
    assert_eq!(bodies.len(), 4, "{answers}");
    for (body, mark) in bodies.iter().zip(["<m:getDomainsResponse", ">9005<", ">9004<", "<m:getDomainsResponse"]) {
        assert!(body.contains(mark), "{mark}: {body}");
    }
}

#[test]
fn a_request_whose_end_cannot_be_told_is_no_request() {
    let address = server();
    let body = envelope("secret");
    for (name, head) in [
        ("length and chunks", format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", body.len())),
        ("two lengths", format!("Content-Length: {}\r\nContent-Length: 5\r\n", body.len())),
        ("signed length", format!("Content-Length: +{}\r\n", body.len())),
        ("other coding", "Transfer-Encoding: gzip, identity\r\n".to_owned()),
    ] {
        let mut stream = connect(address);
        stream.write_all(format!("POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{name}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
    }
}

#[test]
fn a_sender_that_is_slow_or_goes_away_holds_nobody_up() {
    let address = impatient_server("");
    let request = post_text("", &envelope("secret"));
    let body_at = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let mut in_head = connect(address);
    in_head.write_all(&request[..20]).unwrap();
    let mut in_body = connect(address);
    in_body.write_all(&request[..body_at + 10]).unwrap();
    let mut gone = connect(address);
    gone.write_all(&request[..body_at + 10]).unwrap();
    gone.shutdown(Shutdown::Write).unwrap();
    assert!(is_done(&exchange(address, &request)));
    let answer = read_answer(&mut in_head);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_refused("slow", &read_answer(&mut in_body), "did not arrive in time");
    let answer = read_answer(&mut gone);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[test]
fn an_old_client_gets_no_interim_answer() {
    let old = exchange(server(), &post("1.0", "Expect: 100-continue\r\n", envelope("secret").as_bytes()));
    assert!(is_done(&old) && old.matches("HTTP/1.").count() == 1, "{old}");
}
