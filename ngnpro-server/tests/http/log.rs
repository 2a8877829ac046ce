//! What reaches the log when everything is logged: no password, no digest, no key, of whomever and on whichever way.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::live::{exchange, post_text, server_with};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

fn message(username: &str, password: &str, port: &str, operation: &str, parameters: &str) -> Vec<u8> {
    let message = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header><auth><username>{username}</username>\
         <password>{password}</password></auth></e:Header><e:Body><o:{operation} xmlns:o=\"urn:AGProjects:NGNPro:{port}\">\
         {parameters}</o:{operation}></e:Body></e:Envelope>"
    );
    post_text("", &message)
}

#[test]
fn secrets_reach_no_log_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
    let address = server_with("");
    let admin = |port: &str, operation: &str, parameters: &str| {
        exchange(address, &message("admin", "secret", port, operation, parameters))
    };
    let done = |answer: &str| assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let refused = |answer: &str, code: u16| assert!(answer.contains(&format!(">{code}<")), "{answer}");

    let customer = "<account><username>acme</username><password>hush-customer</password><email>a@example.com</email>\
                    <resellerActive>true</resellerActive><properties><item><name>token</name><value>hush-property</value>\
                    <permission>customer</permission></item></properties></account>";
    done(&admin("Customer", "addAccount", customer));
    refused(&admin("Customer", "addAccount", customer), 5001);
    let as_customer = |password: &str, port: &str, operation: &str, parameters: &str| {
        exchange(address, &message("acme", password, port, operation, parameters))
    };
    let domain = "<domain><domain>example.com</domain><private_key>hush-key</private_key></domain>";
    let added = as_customer("hush-customer", "Sip", "addDomain", domain);
    assert!(!added.contains(">9000<"), "{added}");
    let account = "<account><id><username>alice</username><domain>example.com</domain></id>\
                   <password>hush-account</password><properties><item><name>web_password</name>\
                   <value>hush-web</value></item></properties></account>";
    done(&as_customer("hush-customer", "Sip", "addAccount", account));
    let ha1 = "0123456789abcdef0123456789abcdef:fedcba9876543210fedcba9876543210";
    done(&as_customer("hush-customer", "Sip", "updateAccount", &account.replace("hush-account", ha1)));
    let id = "<sipId><username>alice</username><domain>example.com</domain></sipId>";
    done(&as_customer("hush-customer", "Sip", "getAccount", id));

    refused(&as_customer("hush-wrong", "Sip", "getAccount", id), 9000);
    refused(&exchange(address, &message("nobody", "hush-nobody", "Sip", "getAccount", id)), 9000);
    // What is refused before it is understood.
    refused(&as_customer("hush-customer", "Sip", "addAccount", "<account>hush-text</account>"), 9004);
    refused(&as_customer("hush-customer", "Sip", "hushOperation", ""), 9005);
    refused(&exchange(address, &post_text("", "<password>hush-malformed")), 9004);
    refused(&exchange(address, &post_text("Content-Type: application/x-www-form-urlencoded\r\n", "p=hush-form")), 9004);

    let text = log.text();
    assert!(
        text.contains("TRACE") && text.contains("call done") && text.contains("call refused"),
        "nothing was logged"
    );
    let secrets = ["hush-", "<password>secret", "$argon2id$", "0123456789abcdef", "fedcba9876543210"];
    for line in text.lines() {
        for secret in secrets {
            assert!(!line.contains(secret), "{secret} is in the log: {line}");
        }
    }
}
