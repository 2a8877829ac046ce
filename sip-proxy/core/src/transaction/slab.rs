//! A table whose entries are found by number, and whose numbers never mean another entry later.

/// Places up to which the table keeps its room when it is empty.
const KEPT: usize = 1024;

/// An entry's number: its place, and how many entries the table had before it.
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
    /// The table's own count, so that a number stays used up also when the table gives its room back.
    next_generation: u32,
}

impl<T> Slab<T> {
    pub(crate) fn new() -> Slab<T> {
        Slab { places: Vec::new(), free: Vec::new(), next_generation: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn insert(&mut self, entry: T) -> SlabKey {
        let generation = self.next_generation;
        self.next_generation = generation.wrapping_add(1);
        if let Some(index) = self.free.pop() {
            self.places[index as usize] = Place { generation, entry: Some(entry) };
            return SlabKey { index, generation };
        }
        // The tables are bounded far below 2^32.
        let index = self.places.len() as u32;
        self.places.push(Place { generation, entry: Some(entry) });
        SlabKey { index, generation }
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
        self.free.push(key.index);
        if self.len() == 0 && self.places.capacity() > KEPT {
            // What a burst needed is not held for ever.
            self.places = Vec::new();
            self.free = Vec::new();
        }
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

    #[test]
    fn a_table_that_a_burst_has_left_gives_its_room_back_and_uses_no_number_again() {
        let mut slab = Slab::new();
        let burst: Vec<SlabKey> = (0..5_000).map(|n| slab.insert(n)).collect();
        for key in &burst {
            assert!(slab.remove(*key).is_some());
        }
        assert!(slab.places.capacity() <= KEPT && slab.free.capacity() <= KEPT);
        let next = slab.insert(7);
        assert!(burst.iter().all(|key| slab.get(*key).is_none() && *key != next));
        assert_eq!(slab.get(next), Some(&7));
    }
}
