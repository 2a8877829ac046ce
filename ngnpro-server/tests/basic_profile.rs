//! WS-I Basic Profile 1.1 (with its Simple SOAP Binding Profile 1.0) on the literal wire: each published document of `wsdl/literal`
//! against the profile's rules for descriptions, and answers and faults against its rules for messages. Read here by a parser that
//! shares nothing with the generator or the engine.
//!
//! Rules that hold for any well-formed document of ours, for lack of what they forbid (imports, other bindings, encoded bodies,
//! notification operations), are checked as the absence of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use ngnpro_server::wire::Operation;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use soap::{Fault, FaultCode, Form, Style, Version};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

#[derive(Debug, Default)]
struct Node {
    namespace: String,
    name: String,
    /// By their names as written.
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
    text: String,
}

impl Node {
    fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    fn all<'n>(&'n self, namespace: &'n str, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    fn one<'n>(&'n self, namespace: &'n str, name: &'n str) -> &'n Node {
        let mut found = self.all(namespace, name);
        let first = found.next().unwrap_or_else(|| panic!("{} has no {name}", self.name));
        assert!(found.next().is_none(), "{} has several {name}", self.name);
        first
    }

    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }

    /// The element and all below it.
    fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Node)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}

/// The document's root. Declarations of types and processing instructions are refused: R1008, R1009.
fn read(document: &str) -> Node {
    let mut reader = NsReader::from_str(document);
    let mut open = vec![Node::default()];
    loop {
        let (namespace, event) = reader.read_resolved_event().unwrap();
        let namespace = match namespace {
            ResolveResult::Bound(bound) => bound.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => panic!("no namespace for {prefix:?}"),
        };
        let (start, is_empty) = match event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
                continue;
            }
            Event::Text(text) => {
                open.last_mut().unwrap().text.push_str(&text);
                continue;
            }
            Event::Eof => break,
            Event::DocType(_) | Event::PI(_) => panic!("R1008, R1009: {event:?}"),
            _ => continue,
        };
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_owned();
            (name, attribute.value.into_owned())
        });
        let name = start.local_name().as_ref().to_owned();
        let node = Node { namespace, name, attributes: attributes.collect(), ..Node::default() };
        match is_empty {
            true => open.last_mut().unwrap().children.push(node),
            false => open.push(node),
        }
    }
    let mut document = open.pop().unwrap();
    assert!(open.is_empty() && document.children.len() == 1);
    document.children.pop().unwrap()
}

fn documents() -> Vec<(String, Node)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../wsdl/literal");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents: Vec<_> = files
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            // R4003, R1012: UTF-8 or UTF-16.
            (path.display().to_string(), read(&String::from_utf8(bytes).unwrap()))
        })
        .collect();
    let ports: BTreeSet<_> = Operation::ALL.iter().map(|operation| operation.describe().port).collect();
    assert_eq!(documents.len(), ports.len(), "one document a port");
    documents
}

/// The name behind the prefix `tns`, which is the document's own namespace.
fn own<'a>(root: &Node, reference: &'a str) -> &'a str {
    assert_eq!(root.get("xmlns:tns"), root.get("targetNamespace"));
    reference.strip_prefix("tns:").unwrap_or_else(|| panic!("{reference} is not of this document"))
}

#[test]
fn the_documents_are_whole_and_well_formed_as_the_profile_has_them() {
    for (file, root) in documents() {
        assert!(root.is(WSDL, "definitions"), "{file}");
        // R2020, R2022, R2005: the namespace is absolute, and nothing is imported (R2001-R2011 hold by that).
        assert!(root.get("targetNamespace").starts_with("urn:AGProjects:"), "{file}");
        assert_eq!(root.all(WSDL, "import").count(), 0, "{file}");
        // R2023, R2030 and the order of WSDL's own schema (R2028, R2029): types, messages, port type, binding, service.
        let parts: Vec<&str> = root.children.iter().map(|child| child.name.as_str()).collect();
        let order = ["types", "message", "portType", "binding", "service"];
        let places: Vec<usize> =
            parts.iter().map(|part| order.iter().position(|known| known == part).unwrap()).collect();
        assert!(places.is_sorted(), "{file}: {parts:?}");
        // R2026, R2025: no extension that a client must understand.
        root.walk(&mut |node| assert!(!node.attributes.keys().any(|name| name.ends_with(":required")), "{file}"));
        for schema in root.one(WSDL, "types").children.iter() {
            assert!(schema.is(SCHEMA, "schema"), "{file}");
            // R2105; R2800, R2801: XML Schema 1.0 and nothing of WSDL in it.
            assert_eq!(schema.get("targetNamespace"), root.get("targetNamespace"), "{file}");
            schema.walk(&mut |node| {
                assert_eq!(node.namespace, SCHEMA, "{file}");
                // R2110, R2111, R2112: no array of SOAP's encoding, no arrayType, no name that promises one.
                assert!(!node.attributes.values().any(|value| value.contains("soapenc:")), "{file}");
                assert!(!node.attributes.keys().any(|name| name.ends_with("arrayType")), "{file}");
                assert!(!node.get("name").starts_with("ArrayOf"), "{file}");
            });
        }
    }
}

#[test]
fn messages_are_elements_and_operations_have_names_of_their_own() {
    for (file, root) in documents() {
        let schema = root.one(WSDL, "types").one(SCHEMA, "schema");
        let elements: BTreeSet<&str> = schema.all(SCHEMA, "element").map(|element| element.get("name")).collect();
        let mut messages = BTreeMap::new();
        for message in root.all(WSDL, "message") {
            // R2204, R2205, R2206, R2210: a part is a global element, and a message has one.
            let part = message.one(WSDL, "part");
            let element = own(&root, part.get("element"));
            assert!(elements.contains(element) && !part.attributes.contains_key("type"), "{file}: {element}");
            assert!(messages.insert(message.get("name"), (part.get("name"), element)).is_none(), "{file}");
        }
        let mut signatures = BTreeSet::new();
        let mut names = BTreeSet::new();
        for operation in root.one(WSDL, "portType").children.iter() {
            let name = operation.get("name");
            // R2304: no overloading; R2303: request-response only.
            assert!(operation.is(WSDL, "operation") && names.insert(name), "{file}: {name}");
            let kinds: Vec<&str> = operation.children.iter().map(|child| child.name.as_str()).collect();
            assert_eq!(kinds, ["input", "output", "fault"], "{file}: {name}");
            let element_of = |kind| {
                let message = own(&root, operation.one(WSDL, kind).get("message"));
                messages[message].1
            };
            // R2710: what is sent tells the operation.
            assert!(signatures.insert(element_of("input")), "{file}: {name}");
            // Wrapped: the request's element is the operation's name, the answer's is that with Response.
            assert_eq!((element_of("input"), element_of("output")), (name, &*format!("{name}Response")), "{file}");
        }
    }
}

#[test]
fn bindings_are_soap_over_http_document_literal_and_say_no_more_than_they_may() {
    for (file, root) in documents() {
        let binding = root.one(WSDL, "binding");
        let port_type = root.one(WSDL, "portType");
        assert_eq!(own(&root, binding.get("type")), port_type.get("name"), "{file}");
        let soap = binding.one(SOAP, "binding");
        // R2701, R2702, R2705.
        assert_eq!(soap.get("transport"), "http://schemas.xmlsoap.org/soap/http", "{file}");
        assert_eq!(soap.get("style"), "document", "{file}");
        // R2718: all operations of the port type and no others.
        let bound: Vec<&str> = binding.all(WSDL, "operation").map(|operation| operation.get("name")).collect();
        let offered: Vec<&str> = port_type.children.iter().map(|operation| operation.get("name")).collect();
        assert_eq!(bound, offered, "{file}");
        for operation in binding.all(WSDL, "operation") {
            // R2745: what is not empty is a quoted value of the HTTP header; here it tells the operation.
            assert!(!operation.one(SOAP, "operation").get("soapAction").is_empty(), "{file}");
            for extension in operation.children.iter().flat_map(|side| &side.children) {
                assert_eq!(extension.namespace, SOAP, "{file}");
                // R2706, R2707; R2716, R2726: literal, and no namespace where the element brings its own.
                assert_eq!(extension.get("use"), "literal", "{file}");
                assert!(!extension.attributes.contains_key("namespace"), "{file}");
                assert!(!extension.attributes.contains_key("encodingStyle"), "{file}");
                // R2719, R2720: one part, named as one; R2749: by `part`, not `parts`.
                let is_header = extension.name == "header";
                assert_eq!(extension.attributes.contains_key("part"), is_header, "{file}");
            }
            // R2721, R2722, R2754: a fault is bound under the name that it has.
            let fault = operation.one(WSDL, "fault");
            let offered = port_type.children.iter().find(|other| other.get("name") == operation.get("name")).unwrap();
            let names =
                [fault.get("name"), fault.one(SOAP, "fault").get("name"), offered.one(WSDL, "fault").get("name")];
            assert!(names.iter().all(|name| *name == names[0] && !name.is_empty()), "{file}: {names:?}");
        }
        // R2711: one binding at one address.
        let port = root.one(WSDL, "service").one(WSDL, "port");
        assert_eq!(own(&root, port.get("binding")), binding.get("name"), "{file}");
        assert!(port.one(SOAP, "address").get("location").starts_with("http://"), "{file}");
    }
}

#[test]
fn answers_and_faults_are_envelopes_of_the_profile() {
    for operation in Operation::ALL {
        let describe = operation.describe();
        let form = Form { version: Version::Soap11, style: Style::Literal(describe.literal_namespace) };
        let fault = Fault { code: FaultCode::Client, errorcode: 1011, text: "taken".to_owned() };
        for (message, is_fault) in
            [(soap::response(form, describe, &()), false), (soap::fault_envelope(form, &fault), true)]
        {
            let envelope = read(&message);
            // R1011, R9980, R9981: Body is the last, and has one element.
            assert!(envelope.is(ENVELOPE, "Envelope"), "{message}");
            let body = envelope.children.last().unwrap();
            assert!(body.is(ENVELOPE, "Body") && body.children.len() == 1, "{message}");
            // R1005, R1006, R1007: no encodingStyle anywhere.
            envelope.walk(&mut |node| {
                assert!(!node.attributes.keys().any(|name| name.ends_with("encodingStyle")), "{message}");
            });
            let inside = &body.children[0];
            if !is_fault {
                // R2712: the element of the message; R1014: with a namespace.
                assert!(inside.is(describe.literal_namespace, &format!("{}Response", describe.name)), "{message}");
                continue;
            }
            // R1000, R1001: these members, without a namespace; R1004: a code of SOAP's own, R1031: without a dot.
            assert!(inside.is(ENVELOPE, "Fault"), "{message}");
            let members: Vec<(&str, &str)> =
                inside.children.iter().map(|child| (child.namespace.as_str(), child.name.as_str())).collect();
            assert_eq!(members, [("", "faultcode"), ("", "faultstring"), ("", "detail")], "{message}");
            let code = &inside.children[0].text;
            assert!(code.ends_with(":Client") && !code.contains('.'), "{message}");
        }
    }
}
