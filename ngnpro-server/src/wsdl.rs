//! The published contract: the file of `wsdl/`, byte for byte, with the service's address filled in.
//!
//! Clients that cannot take several ports from one document ask for one port; it is cut from the same file, and its address
//! names the port, for toolkits that leave the port's namespace out of their calls.

use crate::wire::Operation;

/// The file.
const CONTRACT: &str = include_str!("../../wsdl/ngnpro.wsdl");
/// The address that stands in it.
const ADDRESS: &str = "location=\"http://127.0.0.1:9200/ngnpro/\"";

/// The documents to serve.
#[derive(Debug)]
pub struct Documents {
    all: String,
    ports: Vec<(&'static str, String)>,
}

impl Documents {
    /// The documents for a service at that URL.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let at = |url: &str| {
            let url = url.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            CONTRACT.replace(ADDRESS, &format!("location=\"{url}\""))
        };
        let separator = if public_url.contains('?') { '&' } else { '?' };
        let one = |port: &str| one_port(&at(&format!("{public_url}{separator}port={port}")), port);
        Self { all: at(public_url), ports: ports().into_iter().map(|port| (port, one(port))).collect() }
    }

    /// The whole document, or one port's; `None` for a port that does not exist.
    #[must_use]
    pub fn find(&self, port: Option<&str>) -> Option<&str> {
        match port {
            None => Some(&self.all),
            Some(wanted) => {
                let found = self.ports.iter().find(|(port, _)| port.eq_ignore_ascii_case(wanted));
                found.map(|(_, document)| document.as_str())
            }
        }
    }

    /// Names of the ports.
    pub fn ports(&self) -> impl Iterator<Item = &'static str> {
        self.ports.iter().map(|(port, _)| *port)
    }
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
}
