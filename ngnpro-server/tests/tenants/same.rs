//! One behaviour on three wires: the same calls, made over each wire on a platform of its own, have the same answers, to the last
//! member.

use serde_json::Value;

use crate::cases::{CASES, Case, Names, Target};
use crate::other_ports;
use crate::platform::Platform;
use crate::wires::Wire;

/// What was asked, and what was answered.
type Transcript = Vec<(String, String, Value)>;

#[test]
fn every_operation_answers_the_same_on_every_wire() {
    let [encoded, literal, json] = std::thread::scope(|scope| {
        Wire::ALL.map(|wire| scope.spawn(move || transcript(wire))).map(|wire| wire.join().unwrap())
    });
    assert!(encoded.len() > 200);
    for (other, name) in [(&literal, "literal"), (&json, "JSON")] {
        for (one, other) in encoded.iter().zip(other) {
            assert_eq!(one, other, "encoded, and {name}");
        }
        assert_eq!(encoded.len(), other.len());
    }
}

/// Every case twice, on a record that is there and on what the first call left of it.
fn transcript(wire: Wire) -> Transcript {
    let platform = Platform::start();
    let administrator = platform.administrator(wire);
    let login = "<username>first</username><password>a password</password><resellerActive>true</resellerActive>";
    let reseller = administrator.must("Customer.addAccount", &format!("<account>{login}</account>")).member("id");
    let domain = format!("<domain><domain>first.example</domain><reseller>{reseller}</reseller></domain>");
    administrator.must("Sip.addDomain", &domain);
    let mut said = Vec::new();
    for (number, case) in CASES.iter().chain(other_ports::CASES).enumerate() {
        let Case { operation, record, parameters, .. } = case;
        let names = Names::new(number, Target::First, [&reseller, &reseller]);
        let names = record.make(&administrator, names, Target::First);
        // What is an account's holder's is asked with its password.
        let client = match operation.starts_with("Presence") {
            true => administrator.signed_in_as(&format!("{}@first.example", names.user), "phone password"),
            false => administrator.clone(),
        };
        for _ in 0..2 {
            let mut answer = client.call(operation, &parameters(&names));
            // What SOAP has in a string is itself in JSON.
            if let Value::String(text) = &answer.value
                && text.starts_with(['{', '['])
                && let Ok(document) = serde_json::from_str(text)
            {
                answer.value = document;
            }
            undated(&mut answer.value);
            let value = if answer.outcome == "ok" { answer.value } else { Value::Null };
            said.push(((*operation).to_owned(), answer.outcome, value));
        }
    }
    said
}

/// Takes out when it was, and what only one wire adds to a list: the way to the next page. Numbers are compared as numbers.
fn undated(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !["changeDate", "createDate", "date", "next"].contains(&name.as_str()));
            members.values_mut().for_each(undated);
        }
        Value::Array(items) => items.iter_mut().for_each(undated),
        // JSON writes no fraction where there is none.
        Value::Number(number) => *value = number.as_f64().into(),
        _ => {}
    }
}
