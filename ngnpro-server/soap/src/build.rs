//! Values that came by another way than XML, as the tree that records are read from: what is null, what is empty and how a
//! scalar is spelled is then decided in one place for every wire.

use crate::element::Element;
use crate::tree::{Flags, NONE, Node, Span, Tree};

/// A tree under construction; it always has its root.
#[derive(Debug)]
pub struct Values {
    tree: Tree,
    /// Elements that are open, each with its last child.
    open: Vec<(u32, u32)>,
}

impl Values {
    /// A tree whose root has that name and nothing in it.
    #[must_use]
    pub fn new(root: &str) -> Self {
        let mut values = Self { tree: Tree { namespaces: vec![String::new()], ..Tree::default() }, open: Vec::new() };
        values.open(root);
        values
    }

    /// Opens a structure.
    pub fn open(&mut self, name: &str) {
        let id = self.push(name, Span::default(), Flags::default());
        self.open.push((id, NONE));
    }

    /// Opens an array; its items may have any name.
    pub fn open_array(&mut self, name: &str) {
        let id = self.push(name, Span::default(), Flags { array: true, ..Flags::default() });
        self.open.push((id, NONE));
    }

    /// Closes what was opened last; the root stays open.
    pub fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// A scalar, as its type is written.
    pub fn text(&mut self, name: &str, text: &str) {
        let text = self.keep(text);
        self.push(name, text, Flags::default());
    }

    /// Null.
    pub fn nil(&mut self, name: &str) {
        self.push(name, Span::default(), Flags { nil: true, ..Flags::default() });
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element::new(&self.tree, 0)
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.tree.pool.len() as u32;
        self.tree.pool.push_str(text);
        Span { start, end: self.tree.pool.len() as u32 }
    }

    fn push(&mut self, name: &str, text: Span, flags: Flags) -> u32 {
        let local = self.keep(name);
        let id = self.tree.nodes.len() as u32;
        self.tree.nodes.push(Node { namespace: 0, local, text, first_child: NONE, next: NONE, target: NONE, flags });
        if let Some((parent, last)) = self.open.last_mut() {
            match *last {
                NONE => self.tree.nodes[*parent as usize].first_child = id,
                last => self.tree.nodes[last as usize].next = id,
            }
            *last = id;
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Wire;

    #[test]
    fn values_are_read_as_elements_are() {
        let mut values = Values::new("call");
        values.open("id");
        values.text("name", "alice");
        values.nil("owner");
        values.close();
        values.open_array("groups");
        values.text("item", "free");
        values.text("item", "");
        values.close();
        values.text("count", " 7 ");
        values.close();
        let names: Vec<_> = values.root().children().map(Element::local).collect();
        assert_eq!(names, ["id", "groups", "count"]);
        let [id, groups, count] = values.root().children().collect::<Vec<_>>().try_into().unwrap();
        let [name, owner] = id.children().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(String::read(name), Ok(Some("alice".to_owned())));
        assert_eq!(i64::read(owner), Ok(None));
        assert_eq!(Vec::<String>::read(groups), Ok(Some(vec!["free".to_owned(), String::new()])));
        assert_eq!(i32::read(count), Ok(Some(7)));
    }
}
