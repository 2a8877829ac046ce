//! A node of the tree as readers see it: its own name, and the content of what it refers to.

use crate::tree::{NONE, Node, Tree};

/// An element: named where it stands, valued where its reference leads.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    tree: &'a Tree,
    named: u32,
    content: u32,
}

impl<'a> Element<'a> {
    pub(crate) fn new(tree: &'a Tree, id: u32) -> Self {
        // Chains of references end: the tree was walked for cycles when it was read.
        let mut content = id;
        while tree.node(content).target != NONE {
            content = tree.node(content).target;
        }
        Self { tree, named: id, content }
    }

    pub(crate) fn own(self) -> &'a Node {
        self.tree.node(self.named)
    }

    fn value(self) -> &'a Node {
        self.tree.node(self.content)
    }

    /// Local name.
    #[must_use]
    pub fn local(self) -> &'a str {
        self.tree.str(self.own().local)
    }

    /// Namespace, empty when there is none.
    #[must_use]
    pub fn namespace(self) -> &'a str {
        self.tree.namespaces.get(self.own().namespace as usize).map_or("", String::as_str)
    }

    /// Text between the tags, all of it.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.tree.str(self.value().text)
    }

    /// Whether `xsi:nil` is true; it wins over content.
    #[must_use]
    pub fn is_nil(self) -> bool {
        self.own().flags.nil || self.value().flags.nil
    }

    /// Whether the sender gave the type base64Binary.
    #[must_use]
    pub fn is_base64(self) -> bool {
        self.value().flags.base64
    }

    /// Whether the sender calls it an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.value().flags.array
    }

    /// Whether there are elements inside.
    #[must_use]
    pub fn has_children(self) -> bool {
        self.value().first_child != NONE
    }

    /// The elements inside, in order.
    pub fn children(self) -> impl Iterator<Item = Element<'a>> {
        let tree = self.tree;
        let step = move |id: &u32| Some(tree.node(*id).next).filter(|next| *next != NONE);
        let first = Some(self.value().first_child).filter(|first| *first != NONE);
        std::iter::successors(first, step).map(move |id| Element::new(tree, id))
    }
}
