//! The published contract: the files of `wsdl/`, byte for byte, with the service's address filled in.
//!
//! The encoded document holds all ports. Clients that cannot take several from one document ask for one port; it is cut from the
//! same file, and its address names the port, for toolkits that leave the port's namespace out of their calls. The literal wire
//! has a document for each port.

use crate::wire::Operation;
use crate::wire::documents::LITERAL;

/// The encoded document.
const CONTRACT: &str = include_str!("../../wsdl/ngnpro.wsdl");
/// The address that stands in it.
const ADDRESS: &str = "http://127.0.0.1:9200/ngnpro/";

/// The documents to serve.
#[derive(Debug)]
pub struct Documents {
    all: String,
    ports: Vec<(&'static str, String)>,
    literal: Vec<(&'static str, String)>,
}

impl Documents {
    /// The documents for a service at that URL.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let (path, query) = public_url.split_once('?').map_or((public_url, None), |(path, query)| (path, Some(query)));
        let one = |port: &str| {
            let url = match query {
                Some(query) => format!("{path}?{query}&port={port}"),
                None => format!("{path}?port={port}"),
            };
            one_port(&at(CONTRACT, ADDRESS, &url), port)
        };
        let literal = |port: &str, document: &str| {
            let step = port.to_ascii_lowercase();
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let url = format!("{}/soap/{step}{query}", path.trim_end_matches('/'));
            at(document, &format!("http://127.0.0.1:9200/soap/{step}"), &url)
        };
        Self {
            all: at(CONTRACT, ADDRESS, public_url),
            ports: ports().into_iter().map(|port| (port, one(port))).collect(),
            literal: LITERAL.iter().map(|(port, document)| (*port, literal(port, document))).collect(),
        }
    }

    /// The encoded document, of all ports or of one; `None` for a port that does not exist.
    #[must_use]
    pub fn find(&self, port: Option<&str>) -> Option<&str> {
        match port {
            None => Some(&self.all),
            Some(wanted) => of_port(&self.ports, wanted),
        }
    }

    /// The literal document of a port.
    #[must_use]
    pub fn find_literal(&self, port: &str) -> Option<&str> {
        of_port(&self.literal, port)
    }

    /// Names of the ports.
    pub fn ports(&self) -> impl Iterator<Item = &'static str> {
        self.ports.iter().map(|(port, _)| *port)
    }
}

fn of_port<'a>(documents: &'a [(&'static str, String)], wanted: &str) -> Option<&'a str> {
    let found = documents.iter().find(|(port, _)| port.eq_ignore_ascii_case(wanted));
    found.map(|(_, document)| document.as_str())
}

/// The document with the address changed.
fn at(document: &str, from: &str, to: &str) -> String {
    let to = to.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    document.replace(&format!("location=\"{from}\""), &format!("location=\"{to}\""))
}

/// The ports of the table of operations, in the contract's order.
fn ports() -> Vec<&'static str> {
    let mut ports: Vec<_> = Operation::ALL.iter().map(|operation| operation.describe().port).collect();
    ports.dedup();
    ports
}

/// The document without the messages, port types, bindings and service ports of the other ports. Each of these begins a
/// line of its own in the file.
fn one_port(all: &str, port: &str) -> String {
    let mut out = String::with_capacity(all.len());
    let mut skipping = None;
    let ports = ports();
    for line in all.lines() {
        if let Some(end) = skipping {
            if line == end {
                skipping = None;
            }
            continue;
        }
        let other = ports.iter().filter(|other| **other != port).find_map(|other| {
            let begins = |start: &str| line.starts_with(&format!("<{start} name=\"{other}"));
            let single = begins("message") || begins("port");
            (single && !begins("portType")).then_some(None).or_else(|| match () {
                () if begins("portType") => Some(Some("</portType>")),
                () if begins("binding") => Some(Some("</binding>")),
                () => None,
            })
        });
        match other {
            Some(end) => skipping = end,
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_the_file_with_only_the_address_filled_in() {
        let documents = Documents::new("https://example.com/ngnpro/?a=1&b=2");
        let served = documents.find(None).unwrap();
        assert_eq!(served.matches("location=\"https://example.com/ngnpro/?a=1&amp;b=2\"").count(), ports().len());
        assert_eq!(
            served.replace("https://example.com/ngnpro/?a=1&amp;b=2", "http://127.0.0.1:9200/ngnpro/"),
            CONTRACT
        );
    }

    #[test]
    fn one_ports_document_has_its_operations_and_no_others() {
        let documents = Documents::new("http://127.0.0.1/");
        for port in ports() {
            let document = documents.find(Some(&port.to_lowercase())).unwrap();
            for operation in Operation::ALL.iter().map(|operation| operation.describe()) {
                let message = format!("<message name=\"{}_{}\">", operation.port, operation.name);
                assert_eq!(document.contains(&message), operation.port == port, "{message} in {port}");
            }
            assert_eq!(document.matches("<portType").count(), 1);
            assert_eq!(document.matches("<binding").count(), 1);
            assert_eq!(document.matches("<port name").count(), 1);
            assert!(document.ends_with("</service>\n</definitions>\n"));
        }
        assert_eq!(documents.find(Some("Nosuch")), None);
    }

    #[test]
    fn each_port_has_a_literal_document_of_its_own() {
        let documents = Documents::new("https://example.com/ngnpro/?a=1");
        for port in ports() {
            let document = documents.find_literal(&port.to_uppercase()).unwrap();
            let address = format!("location=\"https://example.com/ngnpro/soap/{}?a=1\"", port.to_lowercase());
            assert_eq!(document.matches(&address).count(), 1, "{port}");
            for operation in Operation::ALL.iter().map(|operation| operation.describe()) {
                let message = format!("<message name=\"{}_{}\">", operation.port, operation.name);
                assert_eq!(document.contains(&message), operation.port == port, "{message} in {port}");
                let namespace = format!("targetNamespace=\"{}\"", operation.literal_namespace);
                assert_eq!(document.matches(&namespace).count(), if operation.port == port { 2 } else { 0 }, "{port}");
            }
            for never in ["encoded", "soap12", "soap/encoding", "xsd:import", "xsd:integer", "xsd:float", "<!--"] {
                assert!(!document.contains(never), "{never} in {port}");
            }
        }
        assert_eq!(documents.find_literal("Nosuch"), None);
    }
}
