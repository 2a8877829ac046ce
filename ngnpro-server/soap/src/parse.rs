//! Characters to tree. quick-xml cuts the tokens; what it lets pass and XML 1.0 or Namespaces in XML 1.0 forbid is refused
//! here: a document type, references to entities, characters, names, attributes, a second root, an open end.
//!
//! Nothing is ever expanded or fetched. Every step is counted against the limits before memory is taken for it.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
use quick_xml::reader::NsReader;

use crate::fault::Fault;
use crate::lexis::{attribute_value, check_declaration, raw_attributes, resolve_reference};
use crate::ns;
use crate::text::{is_char, is_ncname, is_qname};
use crate::tree::{Flags, Limits, NONE, Node, ReferenceError, Span, Tree};

/// Namespace declarations in scope at once, per level that one element may declare.
const DECLARATION_LEVELS: usize = 8;

/// Reads a document.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Tree, Fault> {
    if !text.chars().all(is_char) {
        return Err(Fault::malformed("The message has a character that XML forbids"));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    reader.resolver_mut().set_max_namespace_bindings(limits.attributes * DECLARATION_LEVELS);
    let mut builder = Builder::new(limits);
    loop {
        let event = reader.read_event().map_err(|_| not_well_formed("a tag, comment or reference is broken"))?;
        if builder.take(event, reader.resolver())? {
            break;
        }
    }
    builder.finish()
}

pub(crate) fn not_well_formed(why: &str) -> Fault {
    Fault::malformed(format!("The message is not well-formed XML: {why}"))
}

fn limit(what: &str) -> Fault {
    Fault::malformed(format!("The message exceeds the limit for {what}"))
}

/// An element that is open.
struct Open {
    node: u32,
    last_child: u32,
    text_start: u32,
}

struct Builder<'l> {
    limits: &'l Limits,
    tree: Tree,
    open: Vec<Open>,
    namespaces: HashMap<String, u32>,
    ids: Vec<(u32, String)>,
    references: Vec<(u32, String)>,
    /// First half of a character that was written as two references.
    surrogate: Option<u32>,
    counted: usize,
    started: bool,
}

impl<'l> Builder<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            tree: Tree::default(),
            open: Vec::new(),
            namespaces: HashMap::new(),
            ids: Vec::new(),
            references: Vec::new(),
            surrogate: None,
            counted: 0,
            started: false,
        }
    }

    /// Takes one token; true at the end of the message.
    fn take(&mut self, event: Event<'_>, resolver: &NamespaceResolver) -> Result<bool, Fault> {
        if self.surrogate.is_some() && !matches!(event, Event::GeneralRef(_)) {
            return Err(not_well_formed("half a character"));
        }
        let first = !std::mem::replace(&mut self.started, true);
        match event {
            Event::Start(tag) => self.start(&tag, resolver)?,
            Event::Empty(tag) => {
                self.start(&tag, resolver)?;
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.into_inner())?,
            Event::CData(text) => {
                self.inside()?;
                self.tree.pool.push_str(&text.into_inner());
            }
            Event::GeneralRef(name) => {
                self.inside()?;
                self.reference(&name.into_inner())?;
            }
            Event::Comment(comment) => {
                self.count()?;
                let comment = comment.into_inner();
                if comment.contains("--") || comment.ends_with('-') {
                    return Err(not_well_formed("two hyphens in a comment"));
                }
            }
            Event::PI(instruction) => {
                self.count()?;
                let target = instruction.target();
                if !is_ncname(target) || target.eq_ignore_ascii_case("xml") {
                    return Err(not_well_formed("a processing instruction's name"));
                }
            }
            Event::Decl(declaration) if first => check_declaration(&declaration)?,
            Event::Decl(_) => return Err(not_well_formed("the XML declaration is not at the start")),
            Event::DocType(_) => {
                return Err(Fault::malformed("A document type declaration is not allowed in a message"));
            }
            Event::Eof => return Ok(true),
        }
        Ok(false)
    }

    fn finish(mut self) -> Result<Tree, Fault> {
        if !self.open.is_empty() || self.tree.nodes.is_empty() {
            return Err(not_well_formed("it ends before its elements do"));
        }
        self.tree.resolve(&self.ids, &self.references, self.limits).map_err(|error| {
            Fault::malformed(match error {
                ReferenceError::DuplicateId => "Two elements have the same id",
                ReferenceError::Dangling => "A reference leads to no element",
                ReferenceError::External => "A reference leads out of the message",
                ReferenceError::Cycle => "References lead in a circle",
                ReferenceError::TooDeep => "The message exceeds the limit for depth, references followed",
                ReferenceError::TooMany => "The message exceeds the limit for elements, references followed",
            })
        })?;
        Ok(self.tree)
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.counted += 1;
        match self.counted > self.limits.nodes {
            true => Err(limit("elements")),
            false => Ok(()),
        }
    }

    fn inside(&self) -> Result<(), Fault> {
        match self.open.is_empty() {
            true => Err(not_well_formed("text outside of the root element")),
            false => Ok(()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        if self.open.is_empty() {
            let white = text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n'));
            return if white { Ok(()) } else { Err(not_well_formed("text outside of the root element")) };
        }
        if text.contains("]]>") {
            return Err(not_well_formed("]]> in text"));
        }
        self.tree.pool.push_str(text);
        Ok(())
    }

    fn reference(&mut self, name: &str) -> Result<(), Fault> {
        match (resolve_reference(name)?, self.surrogate.take()) {
            (code @ 0xd800..=0xdbff, None) => self.surrogate = Some(code),
            // XML knows no surrogates, but one toolkit writes each character beyond the basic plane as two references.
            (low @ 0xdc00..=0xdfff, Some(high)) => {
                self.tree.pool.push(character(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?);
            }
            (code, None) => self.tree.pool.push(character(code)?),
            (_, Some(_)) => return Err(not_well_formed("half a character")),
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<(), Fault> {
        self.count()?;
        if self.open.len() >= self.limits.depth {
            return Err(limit("depth"));
        }
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(not_well_formed("a second root element"));
        }
        let name = tag.name();
        self.check_name(name.into_inner())?;
        let namespace = self.namespace(&resolver.resolve_element(name).0)?;
        let id = self.tree.nodes.len() as u32;
        let local = self.intern(name.local_name().into_inner());
        let flags = self.attributes(id, tag.attributes_raw(), resolver)?;
        self.tree.nodes.push(Node {
            namespace,
            local,
            text: Span::default(),
            first_child: NONE,
            next: NONE,
            target: NONE,
            flags,
        });
        if let Some(parent) = self.open.last_mut() {
            match parent.last_child {
                NONE => self.tree.nodes[parent.node as usize].first_child = id,
                last => self.tree.nodes[last as usize].next = id,
            }
            parent.last_child = id;
        }
        self.open.push(Open { node: id, last_child: NONE, text_start: self.tree.pool.len() as u32 });
        Ok(())
    }

    fn end(&mut self) {
        // Only an element without children has a text: between children there is white space at most.
        if let Some(open) = self.open.pop()
            && open.last_child == NONE
        {
            self.tree.nodes[open.node as usize].text =
                Span { start: open.text_start, end: self.tree.pool.len() as u32 };
        }
    }

    fn intern(&mut self, name: &str) -> Span {
        let start = self.tree.pool.len() as u32;
        self.tree.pool.push_str(name);
        Span { start, end: self.tree.pool.len() as u32 }
    }

    fn check_name(&self, name: &str) -> Result<(), Fault> {
        if name.len() > self.limits.name_bytes {
            return Err(limit("the length of a name"));
        }
        if is_qname(name) { Ok(()) } else { Err(not_well_formed("a name")) }
    }

    fn namespace(&mut self, resolved: &ResolveResult<'_>) -> Result<u32, Fault> {
        let uri = match resolved {
            ResolveResult::Bound(namespace) => namespace.into_inner(),
            ResolveResult::Unbound => "",
            ResolveResult::Unknown(_) => return Err(not_well_formed("a prefix without declaration")),
        };
        if let Some(known) = self.namespaces.get(uri) {
            return Ok(*known);
        }
        let index = self.tree.namespaces.len() as u32;
        self.tree.namespaces.push(uri.to_owned());
        self.namespaces.insert(uri.to_owned(), index);
        Ok(index)
    }

    /// Checks all attributes and keeps what the encoding says with them.
    fn attributes(&mut self, node: u32, raw: &str, resolver: &NamespaceResolver) -> Result<Flags, Fault> {
        let mut flags = Flags::default();
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for attribute in raw_attributes(raw) {
            let (name, value) = attribute?;
            if seen.len() >= self.limits.attributes {
                return Err(limit("attributes of an element"));
            }
            self.check_name(name)?;
            let value = attribute_value(value)?;
            let (prefix, local) = name.split_once(':').unwrap_or(("", name));
            let namespace = match resolver.resolve_attribute(QName(name)).0 {
                _ if prefix == "xmlns" => prefix,
                ResolveResult::Bound(namespace) => namespace.into_inner(),
                ResolveResult::Unbound => "",
                ResolveResult::Unknown(_) => return Err(not_well_formed("a prefix without declaration")),
            };
            if seen.contains(&(namespace, local)) {
                return Err(not_well_formed("an attribute that is given twice"));
            }
            seen.push((namespace, local));
            if prefix == "xmlns" {
                if value.is_empty() {
                    return Err(not_well_formed("a prefix bound to no namespace"));
                }
                continue;
            }
            self.keep(node, namespace, local, &value, &mut flags, resolver);
        }
        Ok(flags)
    }

    fn keep(
        &mut self,
        node: u32,
        namespace: &str,
        local: &str,
        value: &str,
        flags: &mut Flags,
        resolver: &NamespaceResolver,
    ) {
        let yes = matches!(value.trim_ascii(), "1" | "true");
        match (namespace, local) {
            (ns::XSI, "nil" | "null") => flags.nil = yes,
            (ns::XSI, "type") => {
                let (namespace, name) = resolver.resolve_element(QName(value.trim_ascii()));
                let name = name.into_inner();
                flags.base64 = name == "base64Binary" || (name == "base64" && is_encoding(&namespace));
                flags.array |= name == "Array" && is_encoding(&namespace);
            }
            (ns::ENCODING_11, "arrayType") | (ns::ENCODING_12, "itemType" | "arraySize") => flags.array = true,
            (ns::ENCODING_11, "root") => flags.not_root = !yes,
            ("" | ns::ENCODING_12, "id") => self.ids.push((node, value.to_owned())),
            ("", "href") => self.references.push((node, value.to_owned())),
            (ns::ENCODING_12, "ref") => {
                // SOAP 1.2 part 2 section 3.1.5.2: an IDREF, without the number sign.
                let target = if value.starts_with('#') { value.to_owned() } else { format!("#{value}") };
                self.references.push((node, target));
            }
            (ns::ENVELOPE_11 | ns::ENVELOPE_12, "mustUnderstand") => flags.must_understand = yes,
            (ns::ENVELOPE_11, "actor") => {
                flags.other_actor = !value.is_empty() && value != "http://schemas.xmlsoap.org/soap/actor/next";
            }
            (ns::ENVELOPE_12, "role") => {
                let ours = ["next", "ultimateReceiver"];
                let role = value.strip_prefix("http://www.w3.org/2003/05/soap-envelope/role/");
                flags.other_actor = !value.is_empty() && !role.is_some_and(|role| ours.contains(&role));
            }
            (ns::ENVELOPE_11 | ns::ENVELOPE_12, "encodingStyle") => {
                // SOAP 1.1 section 4.1.1: a list, each more special than the next; empty claims nothing.
                let spoken =
                    |uri: &str| uri.starts_with(ns::ENCODING_11) || uri == ns::ENCODING_12 || uri == NO_ENCODING;
                flags.foreign_encoding = !value.trim_ascii().is_empty() && !value.split_ascii_whitespace().any(spoken);
            }
            _ => {}
        }
    }
}

/// The encodingStyle of SOAP 1.2 that claims nothing.
const NO_ENCODING: &str = "http://www.w3.org/2003/05/soap-envelope/encoding/none";

/// The character with that number, if XML 1.0 has it.
pub(crate) fn character(code: u32) -> Result<char, Fault> {
    char::from_u32(code).filter(|c| is_char(*c)).ok_or_else(|| not_well_formed("a reference to no character"))
}

fn is_encoding(namespace: &ResolveResult<'_>) -> bool {
    matches!(namespace, ResolveResult::Bound(uri) if [ns::ENCODING_11, ns::ENCODING_12].contains(&uri.into_inner()))
}
