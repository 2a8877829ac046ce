//! What HTTP clients old and new send, and what they get.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::live::{envelope, exchange, is_done, post, post_text, read_answer, server};

#[test]
fn r10_requests_arrive_in_every_form_of_http() {
    let address = server();
    let good = envelope("secret");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(good.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x};a=b\r\n{good}\r\n0\r\nX-T: 1\r\n\r\n",
        good.len()
    );
    let package = format!("--b\r\nContent-Type: text/xml\r\n\r\n{good}\r\n--b--\r\n");
    for (name, request) in [
        ("any type", post_text("Content-Type: application/soap+xml; charset=utf-8; action=\"\"\r\n", &good)),
        ("no type", post_text("", &good)),
        ("quoted charset", post_text("Content-Type: text/xml; charset=\"UTF-8\"\r\nSOAPAction: addAccount\r\n", &good)),
        ("gzip", post("1.1", "Content-Encoding: gzip\r\n", &gzip)),
        ("chunked", chunked.into_bytes()),
        ("package", post_text("Content-Type: multipart/related; boundary=\"b\"; type=\"text/xml\"\r\n", &package)),
        ("HTTP/1.0", post("1.0", "SOAPAction: \"\"\r\n", good.as_bytes())),
    ] {
        let answer = exchange(address, &request);
        assert!(is_done(&answer), "{name}: {answer}");
        assert!(answer.to_lowercase().contains("content-type: text/xml; charset=utf-8\r\n"), "{name}: {answer}");
        assert!(!answer.to_lowercase().contains("transfer-encoding"), "{name}");
        assert!(!answer.to_lowercase().contains("content-encoding"), "{name}");
    }
}

#[test]
fn a_client_that_expects_100_continue_gets_it() {
    let mut stream = TcpStream::connect(server()).unwrap();
    let request = post_text("Expect: 100-continue\r\n", &envelope("secret"));
    let body_at = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    stream.write_all(&request[..body_at]).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&request[body_at..]).unwrap();
    assert!(is_done(&read_answer(&mut stream)));
}

#[test]
fn a_connection_is_kept_unless_the_client_says_otherwise() {
    let address = server();
    let mut kept = TcpStream::connect(address).unwrap();
    for _ in 0..3 {
        kept.write_all(&post_text("", &envelope("secret"))).unwrap();
        assert!(is_done(&read_answer(&mut kept)));
    }
    for request in
        [post_text("Connection: close\r\n", &envelope("secret")), post("1.0", "", envelope("secret").as_bytes())]
    {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(&request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(is_done(&answer));
        assert!(answer.starts_with("HTTP/1.0") || answer.to_lowercase().contains("connection: close\r\n"), "{answer}");
    }
}

#[test]
fn a1_a3_faults_have_status_500_and_the_type_of_answers() {
    let address = server();
    for (name, body, code) in [
        ("wrong password", envelope("wrong"), 9000),
        ("no header", envelope("secret").replace("auth>", "other>"), 9000),
        ("unknown operation", envelope("secret").replace("getDomains", "getNothing"), 9005),
        ("not XML", "{}".to_owned(), 9004),
        ("too large", " ".repeat(100_001), 9004),
    ] {
        let answer = exchange(address, &post_text("", &body));
        assert!(answer.starts_with("HTTP/1.1 500 "), "{name}: {answer}");
        assert!(answer.contains("content-type: text/xml; charset=utf-8\r\n"), "{name}: {answer}");
        assert!(answer.contains(&format!("<errorcode xsi:type=\"xsd:int\">{code}</errorcode>")), "{name}: {answer}");
    }
    let form =
        exchange(address, &post_text("Content-Type: application/x-www-form-urlencoded\r\n", &envelope("secret")));
    assert!(form.contains("9004") && !is_done(&form));
}

#[test]
fn r12_soap_12_is_answered_in_kind() {
    let address = server();
    let second = |password: &str| envelope(password).replace(soap::ns::ENVELOPE_11, soap::ns::ENVELOPE_12);
    let answer = exchange(address, &post_text("", &second("secret")));
    assert!(is_done(&answer) && answer.contains(soap::ns::ENVELOPE_12), "{answer}");
    assert!(answer.contains("content-type: application/soap+xml; charset=utf-8\r\n"), "{answer}");
    let fault = exchange(address, &post_text("", &second("wrong")));
    assert!(fault.contains("SOAP-ENV:Sender") && fault.contains("application/soap+xml"), "{fault}");
}

#[test]
fn the_literal_wire_is_spoken_at_any_path_and_its_faults_too() {
    let address = server();
    let namespace = "urn:AGProjects:NGNPro:Sip:literal";
    let literal = |password: &str| envelope(password).replace("urn:AGProjects:NGNPro:Sip", namespace);
    let at = |path: &str, body: &str| {
        let request = String::from_utf8(post_text("", body)).unwrap();
        exchange(address, request.replacen("/ngnpro/", path, 1).as_bytes())
    };
    for path in ["/", "/ngnpro/", "/soap/sip", "/soap/customer"] {
        let answer = at(path, &literal("secret"));
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        let body =
            format!("<getDomainsResponse xmlns=\"{namespace}\"><return><domains></domains><total>0</total></return>");
        assert!(answer.contains(&body), "{answer}");
        let encoded = at(path, &envelope("secret"));
        assert!(is_done(&encoded), "{encoded}");
    }
    let exception = |code: u16| format!("<exception xmlns=\"{namespace}\"><errorcode>{code}</errorcode>");
    for (body, code) in [
        (literal("wrong"), 9000),
        (literal("secret").replace("getDomains", "getNothing"), 9005),
        ("{}".to_owned(), 9004),
        (" ".repeat(100_001), 9004),
    ] {
        let answer = at("/soap/sip", &body);
        assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains(&exception(code)), "{answer}");
    }
    let second = literal("secret").replace(soap::ns::ENVELOPE_11, soap::ns::ENVELOPE_12);
    let answer = at("/soap/sip", &second);
    assert!(answer.contains("content-type: application/soap+xml; charset=utf-8\r\n"), "{answer}");
    assert!(answer.contains(soap::ns::ENVELOPE_12) && answer.contains("<total>0</total>"), "{answer}");
}

#[test]
fn a_body_that_does_not_come_ends_in_a_fault_and_others_are_served_meanwhile() {
    let address = server();
    let request = post_text("", &envelope("secret"));
    let mut slow = TcpStream::connect(address).unwrap();
    slow.write_all(&request[..request.len() - 10]).unwrap();
    assert!(is_done(&exchange(address, &request)));
    assert!(read_answer(&mut slow).contains("did not arrive in time"));
}

#[test]
fn what_is_not_http_as_it_should_be_is_400() {
    let address = server();
    let body = envelope("secret");
    for (name, request) in [
        ("no host", format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())),
        ("broken chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned()),
        ("two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\nhello".to_owned()),
    ] {
        let answer = exchange(address, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{name}: {answer}");
    }
}

#[test]
fn get_serves_the_contract_the_checks_and_clear_words() {
    let address = server();
    let get = |target: &str| exchange(address, format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
    for target in ["/wsdl", "/ngnpro/wsdl", "/?wsdl", "/ngnpro/?WSDL", "/ngnpro/wsdl/", "/wsdl?port=sip"] {
        let answer = get(target);
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("</definitions>"), "{target}");
        assert!(answer.contains("content-type: text/xml; charset=utf-8\r\n"), "{target}");
    }
    for target in ["/soap/sip?wsdl", "/soap/Customer?WSDL", "/soap/sip/wsdl", "/ngnpro/soap/sip/?wsdl"] {
        let answer = get(target);
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("style=\"document\""), "{target}: {answer}");
    }
    assert!(get("/soap/nothing?wsdl").starts_with("HTTP/1.1 404 "));
    let index = get("/");
    assert!(index.contains("<a href=\"/wsdl\">") && index.contains("<a href=\"/soap/sip?wsdl\">"), "{index}");
    assert!(get("/health").starts_with("HTTP/1.1 200 ") && get("/ready").starts_with("HTTP/1.1 200 "));
    assert!(get("/nothing").starts_with("HTTP/1.1 404 ") && get("/wsdl?port=nothing").starts_with("HTTP/1.1 404 "));
    let put = exchange(address, b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert!(put.starts_with("HTTP/1.1 405 ") && put.contains("allow: GET, HEAD, POST\r\n"), "{put}");
}

#[test]
fn every_answer_names_its_request_and_no_two_are_alike() {
    let address = server();
    let id = |answer: &str| {
        let line = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ").map(str::to_owned));
        line.unwrap_or_else(|| panic!("no id in {answer}"))
    };
    let requests = [
        post("1.0", "Content-Type: text/xml\r\n", envelope("secret").as_bytes()),
        post("1.0", "Content-Type: text/xml\r\n", b"<broken"),
        b"GET /health HTTP/1.0\r\n\r\n".to_vec(),
        b"DELETE / HTTP/1.0\r\n\r\n".to_vec(),
    ];
    let ids: std::collections::BTreeSet<String> =
        requests.iter().map(|request| id(&exchange(address, request))).collect();
    assert_eq!(ids.len(), requests.len());
}

#[test]
fn calls_are_counted_for_prometheus() {
    let address = server();
    for password in ["secret", "wrong"] {
        exchange(address, &post("1.0", "Content-Type: text/xml\r\n", envelope(password).as_bytes()));
    }
    let page = exchange(address, b"GET /metrics HTTP/1.0\r\n\r\n");
    for line in [
        "ngnpro_calls_total{port=\"Sip\",operation=\"getDomains\",caller=\"administrator\",result=\"ok\"} 1",
        "ngnpro_calls_total{port=\"Sip\",operation=\"getDomains\",caller=\"-\",result=\"9000\"} 1",
        "ngnpro_call_seconds_count{port=\"Sip\",operation=\"getDomains\"} 2",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[test]
fn an_accounts_own_password_opens_its_presence_on_both_wires_without_a_header() {
    let address = server();
    let admin = |operation: &str, inside: &str| {
        let call = format!("<s:{operation} xmlns:s=\"urn:AGProjects:NGNPro:Sip\">{inside}</s:{operation}>");
        let done = exchange(address, &post_text("", &envelope("secret").replace(DOMAINS, &call)));
        assert!(done.contains(" 200 OK"), "{done}");
    };
    let id = "<username>alice</username><domain>example.com</domain>";
    admin("addDomain", "<domain><domain>example.com</domain></domain>");
    admin("addAccount", &format!("<account><id>{id}</id><password>own password</password></account>"));
    let presence = |wire: &str, operation: &str, password: &str, inside: &str| {
        let message = format!(
            "<e:Envelope xmlns:e=\"{}\"><e:Body><p:{operation} xmlns:p=\"urn:AGProjects:SoapSIMPLEProxy:Presence{wire}\">\
             <sipId>{id}</sipId><password>{password}</password>{inside}</p:{operation}></e:Body></e:Envelope>",
            soap::ns::ENVELOPE_11
        );
        exchange(address, &post_text("", &message))
    };
    for wire in ["", ":literal"] {
        let set =
            presence(wire, "setPolicy", "own password", "<policy><deny><item>X@example.net</item></deny></policy>");
        assert!(set.contains("setPolicyResponse"), "{set}");
        let got = presence(wire, "getPolicy", "own password", "");
        assert_eq!(got.matches(">x@example.net</item>").count(), 1, "{got}");
        let refused = presence(wire, "getPolicy", "secret", "");
        assert!(refused.starts_with("HTTP/1.1 500 ") && refused.contains(">9000<"), "{refused}");
    }
    // Its caller reaches nothing else, and no header opens it.
    let header = envelope("secret").replace(
        DOMAINS,
        &format!("<p:getPolicy xmlns:p=\"urn:AGProjects:SoapSIMPLEProxy:Presence\"><sipId>{id}</sipId></p:getPolicy>"),
    );
    assert!(exchange(address, &post_text("", &header)).contains(">9000<"));
}

/// The call in an envelope of the tests.
const DOMAINS: &str = "<s:getDomains xmlns:s=\"urn:AGProjects:NGNPro:Sip\"/>";
