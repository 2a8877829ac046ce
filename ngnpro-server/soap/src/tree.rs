//! The tree that a message becomes: one arena of nodes, one pool of text, references between nodes resolved and bounded.
//!
//! Nodes keep what the encoded wire can say about a value: name, text, nil, array, reference. Everything is counted against
//! [`Limits`], references included, so that a small message cannot describe a large one.

use std::collections::HashMap;

/// What a message may use. Each limit that is passed has its own fault text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the message, unpacked.
    pub body_bytes: usize,
    /// Levels of elements, references followed.
    pub depth: usize,
    /// Elements, comments and processing instructions; and elements once more with references followed.
    pub nodes: usize,
    /// Attributes of one element, and namespace declarations in scope.
    pub attributes: usize,
    /// Bytes of a name, prefix included.
    pub name_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 1 << 20, depth: 32, nodes: 20_000, attributes: 64, name_bytes: 256 }
    }
}

/// No node.
pub(crate) const NONE: u32 = u32::MAX;

/// A range in the pool.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Facts about a node that are yes or no.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flags {
    /// `xsi:nil` is true.
    pub(crate) nil: bool,
    /// The sender's type is base64Binary.
    pub(crate) base64: bool,
    /// The sender calls it an array.
    pub(crate) array: bool,
    /// `root="0"`: an independent value, not the call.
    pub(crate) not_root: bool,
    /// The header block must be understood.
    pub(crate) must_understand: bool,
    /// The header block is for somebody else.
    pub(crate) other_actor: bool,
    /// The encodingStyle is none that is spoken here.
    pub(crate) foreign_encoding: bool,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) namespace: u32,
    pub(crate) local: Span,
    pub(crate) text: Span,
    pub(crate) first_child: u32,
    pub(crate) next: u32,
    /// The node whose content stands for this one's.
    pub(crate) target: u32,
    pub(crate) flags: Flags,
}

/// The arena.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) pool: String,
    pub(crate) namespaces: Vec<String>,
}

/// Why references cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReferenceError {
    DuplicateId,
    Dangling,
    External,
    Cycle,
    TooDeep,
    TooMany,
}

impl Tree {
    pub(crate) fn str(&self, span: Span) -> &str {
        self.pool.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub(crate) fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    /// Connects references with what they name, then walks all paths once, each target a single time.
    ///
    /// `ids` and `references` are (node, value) in document order.
    pub(crate) fn resolve(
        &mut self,
        ids: &[(u32, String)],
        references: &[(u32, String)],
        limits: &Limits,
    ) -> Result<(), ReferenceError> {
        let mut known = HashMap::with_capacity(ids.len());
        for (node, id) in ids {
            if known.insert(id.as_str(), *node).is_some() {
                return Err(ReferenceError::DuplicateId);
            }
        }
        for (node, reference) in references {
            // A reference to anything outside the message is refused, never fetched.
            let id = reference.strip_prefix('#').ok_or(ReferenceError::External)?;
            self.nodes[*node as usize].target = *known.get(id).ok_or(ReferenceError::Dangling)?;
        }
        if references.is_empty() || self.nodes.is_empty() {
            return Ok(());
        }
        let mut sizes = vec![Measure::default(); self.nodes.len()];
        self.measure(0, 1, limits, &mut sizes).map(|_| ())
    }

    /// Size and height of what a node stands for. Recursion is bounded by the depth limit.
    fn measure(&self, id: u32, depth: usize, limits: &Limits, done: &mut [Measure]) -> Result<Measure, ReferenceError> {
        let known = done[id as usize];
        if known.open {
            return Err(ReferenceError::Cycle);
        }
        // A path leads through reference and target: twice the depth of elements, and no more.
        if depth + known.height > 2 * limits.depth {
            return Err(ReferenceError::TooDeep);
        }
        if known.size > 0 {
            return Ok(known);
        }
        done[id as usize].open = true;
        let node = self.node(id);
        let mut total = Measure { size: 1, height: 1, open: false };
        let mut next = if node.target == NONE { node.first_child } else { node.target };
        while next != NONE {
            let part = self.measure(next, depth + 1, limits, done)?;
            total.size += part.size;
            total.height = total.height.max(part.height + 1);
            if total.size > 2 * limits.nodes {
                return Err(ReferenceError::TooMany);
            }
            next = if node.target == NONE { self.node(next).next } else { NONE };
        }
        done[id as usize] = total;
        Ok(total)
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    size: usize,
    height: usize,
    open: bool,
}
