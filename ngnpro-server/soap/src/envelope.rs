//! The envelope: version, header blocks, the call (SOAP 1.1 section 4, SOAP 1.2 part 1 section 5).
//!
//! Which element of the body is the call is asked of the caller, who knows the operations; independent elements beside it
//! (SOAP 1.1 section 5.6, `root="0"`) are what its references lead to.

use crate::charset::{self, CharsetError};
use crate::element::Element;
use crate::fault::Fault;
use crate::ns;
use crate::parse;
use crate::tree::{Limits, Tree};

/// The version of an envelope; the answer has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// SOAP 1.1.
    #[default]
    Soap11,
    /// SOAP 1.2.
    Soap12,
}

impl Version {
    /// The namespace of the envelope.
    pub(crate) const fn envelope(self) -> &'static str {
        match self {
            Self::Soap11 => ns::ENVELOPE_11,
            Self::Soap12 => ns::ENVELOPE_12,
        }
    }

    /// The namespace of the encoding.
    pub(crate) const fn encoding(self) -> &'static str {
        match self {
            Self::Soap11 => ns::ENCODING_11,
            Self::Soap12 => ns::ENCODING_12,
        }
    }
}

/// A message whose form is right.
#[derive(Debug)]
pub struct Envelope {
    tree: Tree,
    version: Version,
}

/// A refused message, and the version in which to say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The version of the message as far as it could be told.
    pub version: Version,
    /// What is wrong.
    pub fault: Fault,
}

/// The call inside an envelope.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a, O> {
    /// What the caller made of the element's namespace and name.
    pub operation: O,
    /// The operation element: its children are the parameters.
    pub parameters: Element<'a>,
}

impl Envelope {
    /// Reads a message. `charset` is the parameter of its media type.
    ///
    /// # Errors
    /// Whatever breaks XML, a limit, or the envelope's form.
    pub fn read(body: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Self, Malformed> {
        let early = |fault| Malformed { version: Version::Soap11, fault };
        if body.len() > limits.body_bytes {
            return Err(early(Fault::malformed("The message exceeds the limit for its size")));
        }
        let text = charset::decode(body, charset).map_err(|error| {
            early(Fault::malformed(match error {
                CharsetError::Unknown => "The message's encoding is not supported",
                CharsetError::Contradiction => "The message is not in the encoding that it declares",
                CharsetError::Malformed => "The message has bytes that its encoding does not allow",
            }))
        })?;
        let tree = parse::parse(&text, limits).map_err(early)?;
        let root = Element::new(&tree, 0);
        let version = match (root.local(), root.namespace()) {
            ("Envelope", ns::ENVELOPE_11) => Version::Soap11,
            ("Envelope", ns::ENVELOPE_12) => Version::Soap12,
            // SOAP 1.1 section 4.1.2.
            ("Envelope", _) => return Err(early(Fault::version_mismatch())),
            _ => return Err(early(Fault::malformed("The message is not a SOAP envelope"))),
        };
        let envelope = Self { tree, version };
        match envelope.check_form() {
            Ok(()) => Ok(envelope),
            Err(fault) => Err(Malformed { version, fault }),
        }
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Header first, at most one; then exactly one body, with something in it.
    fn check_form(&self) -> Result<(), Fault> {
        let (mut headers, mut bodies) = (0, 0);
        for part in self.parts() {
            match part.local() {
                "Header" if bodies > 0 => return Err(Fault::malformed("The header must come before the body")),
                "Header" => headers += 1,
                "Body" => bodies += 1,
                _ => {}
            }
            if part.own().flags.foreign_encoding {
                return Err(foreign_encoding());
            }
        }
        if self.root().own().flags.foreign_encoding {
            return Err(foreign_encoding());
        }
        if headers > 1 || bodies != 1 {
            return Err(Fault::malformed("An envelope has one body and at most one header"));
        }
        Ok(())
    }

    fn root(&self) -> Element<'_> {
        Element::new(&self.tree, 0)
    }

    /// Children of the envelope in its own namespace.
    fn parts(&self) -> impl Iterator<Item = Element<'_>> {
        let root = self.root();
        root.children().filter(move |part| part.namespace() == root.namespace())
    }

    /// The header blocks.
    pub fn headers(&self) -> impl Iterator<Item = Element<'_>> {
        self.parts().filter(|part| part.local() == "Header").flat_map(Element::children)
    }

    /// Refuses when a header block must be understood by this node and is not (SOAP 1.1 section 4.2.3).
    ///
    /// # Errors
    /// A MustUnderstand fault that names the block.
    pub fn check_understood(&self, understood: impl Fn(Element<'_>) -> bool) -> Result<(), Fault> {
        let missed = self.headers().find(|block| {
            let flags = block.own().flags;
            flags.must_understand && !flags.other_actor && !understood(*block)
        });
        match missed {
            Some(block) => Err(Fault::must_understand(block.local())),
            None => Ok(()),
        }
    }

    /// The call: the one element of the body that `known` recognises.
    ///
    /// # Errors
    /// The first element's name when none is known; a fault when the body is empty, when there are two calls, or when the
    /// call's encoding is foreign.
    pub fn call<O>(&self, known: impl Fn(&str, &str) -> Option<O>) -> Result<Call<'_, O>, NoCall> {
        let mut first = None;
        let mut call = None;
        for element in self.parts().filter(|part| part.local() == "Body").flat_map(Element::children) {
            if element.own().flags.not_root {
                continue;
            }
            first = first.or(Some(element));
            if let Some(operation) = known(element.namespace(), element.local()) {
                if call.is_some() {
                    return Err(NoCall::Malformed(Fault::malformed("A message holds one call")));
                }
                if element.own().flags.foreign_encoding {
                    return Err(NoCall::Malformed(foreign_encoding()));
                }
                call = Some(Call { operation, parameters: element });
            }
        }
        match (call, first) {
            (Some(call), _) => Ok(call),
            (None, Some(element)) => {
                Err(NoCall::Unknown { namespace: element.namespace().to_owned(), name: element.local().to_owned() })
            }
            (None, None) => Err(NoCall::Malformed(Fault::malformed("The body is empty"))),
        }
    }
}

/// Why there is nothing to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCall {
    /// No operation of that name in its namespace.
    Unknown {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
    },
    /// The body breaks a rule.
    Malformed(Fault),
}

fn foreign_encoding() -> Fault {
    Fault::malformed("The encodingStyle is not supported")
}
