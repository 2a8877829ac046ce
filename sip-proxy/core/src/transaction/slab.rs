//! A table whose entries are found by number, and whose numbers never mean another entry later.

/// An entry's number: its place, and how often the place was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SlabKey {
    index: u32,
    generation: u32,
}

impl SlabKey {
    /// The number as one integer, for logs.
    pub(crate) fn number(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.index)
    }
}

struct Place<T> {
    generation: u32,
    entry: Option<T>,
}

/// The table.
pub(crate) struct Slab<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(crate) fn new() -> Slab<T> {
        Slab { places: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn insert(&mut self, entry: T) -> SlabKey {
        if let Some(index) = self.free.pop() {
            let place = &mut self.places[index as usize];
            place.entry = Some(entry);
            return SlabKey { index, generation: place.generation };
        }
        // The tables are bounded far below 2^32.
        let index = self.places.len() as u32;
        self.places.push(Place { generation: 0, entry: Some(entry) });
        SlabKey { index, generation: 0 }
    }

    pub(crate) fn get(&self, key: SlabKey) -> Option<&T> {
        self.places.get(key.index as usize).filter(|place| place.generation == key.generation)?.entry.as_ref()
    }

    pub(crate) fn get_mut(&mut self, key: SlabKey) -> Option<&mut T> {
        self.places.get_mut(key.index as usize).filter(|place| place.generation == key.generation)?.entry.as_mut()
    }

    pub(crate) fn remove(&mut self, key: SlabKey) -> Option<T> {
        let place = self.places.get_mut(key.index as usize).filter(|place| place.generation == key.generation)?;
        let entry = place.entry.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(key.index);
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_removed_entry_finds_nothing_although_its_place_is_used_again() {
        let mut slab = Slab::new();
        let first = slab.insert("first");
        assert_eq!(slab.remove(first), Some("first"));
        let second = slab.insert("second");
        assert_eq!(slab.get(first), None);
        assert_eq!(slab.get(second), Some(&"second"));
        assert_eq!((slab.remove(first), slab.len()), (None, 1));
    }
}
