//! Values by the beginnings of numbers: a tree of digits in one piece of memory, walked once for a number whatever it holds.

use smallvec::SmallVec;

/// No node; the root is nobody's child.
const NONE: u32 = 0;

/// Values by prefix.
#[derive(Debug)]
pub struct Prefixes<T> {
    nodes: Vec<[u32; 10]>,
    /// Which value a node has, one more than its place; 0: none.
    value_of: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Prefixes<T> {
    fn default() -> Prefixes<T> {
        Prefixes { nodes: vec![[NONE; 10]], value_of: vec![0], values: Vec::new() }
    }
}

impl<T: Default> Prefixes<T> {
    /// The value of that prefix, made where there is none; none if it is not of digits.
    pub fn entry(&mut self, prefix: &[u8]) -> Option<&mut T> {
        if !prefix.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut node = 0;
        for digit in prefix {
            let digit = usize::from(digit - b'0');
            let next = self.nodes.get(node)?[digit];
            node = match next {
                NONE => {
                    let made = self.nodes.len();
                    self.nodes.push([NONE; 10]);
                    self.value_of.push(0);
                    self.nodes.get_mut(node)?[digit] = u32::try_from(made).ok()?;
                    made
                }
                next => next as usize,
            };
        }
        let value = self.value_of.get_mut(node)?;
        if *value == 0 {
            self.values.push(T::default());
            *value = u32::try_from(self.values.len()).ok()?;
        }
        let place = *value as usize - 1;
        self.values.get_mut(place)
    }
}

impl<T> Prefixes<T> {
    /// The values of all prefixes of a number, the shortest first.
    pub fn along(&self, digits: &[u8]) -> SmallVec<[&T; 8]> {
        let mut found = SmallVec::new();
        let mut node = 0;
        let mut rest = digits.iter();
        loop {
            found.extend(self.value_at(node));
            let Some(digit) = rest.next().filter(|digit| digit.is_ascii_digit()) else { return found };
            match self.nodes[node][usize::from(digit - b'0')] {
                NONE => return found,
                next => node = next as usize,
            }
        }
    }

    fn value_at(&self, node: usize) -> Option<&T> {
        let place = self.value_of[node].checked_sub(1)?;
        self.values.get(place as usize)
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_found_along_a_number_are_the_prefixes_that_begin_it(
            prefixes in prop::collection::vec("[0-3]{0,6}", 0..40),
            number in "[0-3]{0,8}",
        ) {
            let mut tree: Prefixes<Vec<String>> = Prefixes::default();
            for prefix in &prefixes {
                tree.entry(prefix.as_bytes()).unwrap().push(prefix.clone());
            }
            let found: Vec<String> = tree.along(number.as_bytes()).into_iter().flatten().cloned().collect();
            let mut expected: Vec<String> = prefixes.into_iter().filter(|prefix| number.starts_with(prefix.as_str())).collect();
            expected.sort_by_key(String::len);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_is_no_digit_is_no_prefix() {
        assert!(Prefixes::<u8>::default().entry(b"+31").is_none());
    }
}
