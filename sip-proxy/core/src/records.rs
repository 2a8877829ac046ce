//! A table for very many small records of different lengths, each found by an address of record: all contacts of a process, all accounts
//! that it knows. What lies in them, who may read at the same time and what happens when there are too many is their owners' business.
//!
//! Records lie one behind the other in chunks, and the table proper has only the place of each. A piece of memory of its own for each
//! part of a record costs more than twice as much: room up to the next size that the allocator gives, and pages that stay
//! because of the one record in them that outlives a burst of other things (docs/decisions/records.md).
//!
//! A record that changes and keeps its length is written over; another goes to the end, and where it was is dead. When a quarter is
//! dead, each change moves what is alive in the oldest chunk to the end, so that no single change pays for much.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use domain::SipId;
use hashbrown::HashTable;
use smallvec::SmallVec;

/// The size of a chunk; a longer record has one of its own.
const CHUNK: usize = 1 << OFFSET_BITS;
const OFFSET_BITS: u32 = 14;
/// How many chunks can be told apart: four gigabytes of records.
const NUMBERS: u32 = 1 << (u32::BITS - OFFSET_BITS);
/// A record begins with its length, and that of its key.
const HEAD: usize = 6;
/// Marks the length of a record that is no more.
const DEAD: u32 = 1 << 31;
/// A table of places is not made smaller than this.
const PLACES_KEPT: usize = 256;

/// Makes the keys of several tables that stand for one, such as the parts of [`crate::locations::Locations`].
#[derive(Clone, Debug, Default)]
pub struct Keys(RandomState);

/// What a record is found by.
#[derive(Clone, Debug)]
pub struct Key {
    text: SmallVec<[u8; 64]>,
    hash: u64,
}

impl Keys {
    /// The key of an address of record.
    pub fn key(&self, aor: &SipId) -> Key {
        let mut text = SmallVec::new();
        text.extend_from_slice(aor.username.as_str().as_bytes());
        text.push(b'@');
        text.extend_from_slice(aor.domain.as_str().as_bytes());
        Key { hash: self.0.hash_one(&text[..]), text }
    }

    fn hash(&self, text: &[u8]) -> u64 {
        self.0.hash_one(text)
    }
}

impl Key {
    /// Which of so many tables is meant; a table itself uses other bits.
    pub fn part(&self, parts: usize) -> usize {
        (self.hash >> 32 & 0xFFFF) as usize % parts
    }
}

/// The address of record that a key was made of.
pub fn address(key: &[u8]) -> Option<SipId> {
    SipId::parse(std::str::from_utf8(key).ok()?).ok()
}

/// The records.
#[derive(Debug)]
pub struct Records {
    keys: Keys,
    places: HashTable<Place>,
    chunks: VecDeque<Chunk>,
    /// The number of the oldest chunk.
    first: u32,
    /// Where the oldest record that may be alive begins in the oldest chunk.
    oldest: usize,
    held: usize,
    dead: usize,
}

#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    dead: usize,
}

/// A chunk's number, modulo how many can be told apart, and an offset in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u32);

// What lies in records may be secret: it is never printed.
impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({} bytes, {} dead)", self.bytes.len(), self.dead)
    }
}

/// A record that was taken out.
pub struct Taken {
    bytes: Vec<u8>,
    key_end: usize,
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taken({} bytes)", self.bytes.len())
    }
}

impl Taken {
    /// What it was found by.
    pub fn key(&self) -> &[u8] {
        &self.bytes[..self.key_end]
    }

    /// What it held.
    pub fn value(&self) -> &[u8] {
        &self.bytes[self.key_end..]
    }

    /// What it held, to be changed within its length.
    pub fn value_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.key_end..]
    }
}

impl Records {
    /// None yet, for keys that these make.
    pub fn new(keys: Keys) -> Records {
        Records { keys, places: HashTable::new(), chunks: VecDeque::new(), first: 0, oldest: 0, held: 0, dead: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The memory that they take.
    pub fn resident(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes.capacity()).sum::<usize>() + self.places.allocation_size()
    }

    /// What a record holds.
    pub fn get(&self, key: &Key) -> Option<&[u8]> {
        let place = self.find(key)?;
        Some(value_of(self.chunk(place)?.record(place.offset())))
    }

    /// What a record holds, to be changed within its length.
    pub fn get_mut(&mut self, key: &Key) -> Option<&mut [u8]> {
        let place = self.find(key)?;
        let index = self.index(place);
        let record = self.chunks.get_mut(index)?.record_mut(place.offset());
        let value = HEAD + key_length(record);
        record.get_mut(value..)
    }

    /// Makes or replaces a record.
    pub fn put(&mut self, key: &Key, value: &[u8]) {
        let before = self.find(key);
        if let Some(before) = before
            && self.write_over(before, value)
        {
            return;
        }
        let place = self.append(&key.text, value);
        match before {
            Some(before) => {
                self.bury(before);
                self.moved(key.hash, before, place);
            }
            None => self.note(key.hash, place),
        }
        self.tidy();
    }

    /// Makes or replaces a record by what was taken out of another table with the same keys.
    pub fn put_taken(&mut self, taken: &Taken) {
        let key = Key { text: SmallVec::from_slice(taken.key()), hash: self.keys.hash(taken.key()) };
        self.put(&key, taken.value());
    }

    /// Removes a record; whether there was one.
    pub fn remove(&mut self, key: &Key) -> bool {
        let Some(place) = self.find(key) else { return false };
        self.bury(place);
        if let Ok(entry) = self.places.find_entry(key.hash, |known| *known == place) {
            entry.remove();
        }
        self.tidy();
        true
    }

    /// Takes out the record that was made or moved first.
    pub fn take_oldest(&mut self) -> Option<Taken> {
        loop {
            let chunk = self.chunks.front()?;
            if self.oldest >= chunk.bytes.len() {
                self.drop_oldest_chunk();
                continue;
            }
            let record = chunk.record(self.oldest);
            let place = Place::new(self.first, self.oldest);
            self.oldest += record.len();
            if is_dead(record) {
                continue;
            }
            let taken = Taken { key_end: key_length(record), bytes: record[HEAD..].to_vec() };
            self.bury(place);
            let hash = self.keys.hash(taken.key());
            if let Ok(entry) = self.places.find_entry(hash, |known| *known == place) {
                entry.remove();
            }
            return Some(taken);
        }
    }

    /// All records, as keys and what they hold.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let records = self.chunks.iter().flat_map(Chunk::records).map(|(_, record)| record);
        records.filter(|record| !is_dead(record)).map(|record| (key_of(record), value_of(record)))
    }

    /// Removes those of which this is not so.
    pub fn retain(&mut self, mut is_so: impl FnMut(&[u8], &[u8]) -> bool) {
        let mut gone = Vec::new();
        for (number, chunk) in (self.first..).zip(&self.chunks) {
            for (offset, record) in chunk.records() {
                if !is_dead(record) && !is_so(key_of(record), value_of(record)) {
                    gone.push((self.keys.hash(key_of(record)), Place::new(number, offset)));
                }
            }
        }
        for (hash, place) in gone {
            self.bury(place);
            if let Ok(entry) = self.places.find_entry(hash, |known| *known == place) {
                entry.remove();
            }
        }
        for _ in 0..self.chunks.len() {
            self.tidy();
        }
    }

    /// Removes all.
    pub fn clear(&mut self) {
        *self = Records { first: self.first, ..Records::new(self.keys.clone()) };
    }

    fn find(&self, key: &Key) -> Option<Place> {
        let is_it = |place: &Place| {
            self.chunk(*place).is_some_and(|chunk| key_of(chunk.record(place.offset())) == &key.text[..])
        };
        self.places.find(key.hash, is_it).copied()
    }

    fn index(&self, place: Place) -> usize {
        index_of(place, self.first)
    }

    fn chunk(&self, place: Place) -> Option<&Chunk> {
        self.chunks.get(self.index(place))
    }

    /// Changes what a record holds, if that keeps its length.
    fn write_over(&mut self, place: Place, value: &[u8]) -> bool {
        let index = self.index(place);
        let Some(chunk) = self.chunks.get_mut(index) else { return false };
        let record = chunk.record_mut(place.offset());
        let begins = HEAD + key_length(record);
        let fits = record.len() == begins + value.len();
        if fits {
            record[begins..].copy_from_slice(value);
        }
        fits
    }

    /// Writes a record behind all others.
    fn append(&mut self, key: &[u8], value: &[u8]) -> Place {
        let length = HEAD + key.len() + value.len();
        if self.chunks.back().is_none_or(|last| last.bytes.len() + length > CHUNK) {
            debug_assert!(self.chunks.len() < NUMBERS as usize, "more records than places");
            self.chunks.push_back(Chunk { bytes: Vec::with_capacity(length.max(CHUNK)), dead: 0 });
        }
        let number = self.first + self.chunks.len() as u32 - 1;
        let mut offset = 0;
        if let Some(last) = self.chunks.back_mut() {
            offset = last.bytes.len();
            last.bytes.extend_from_slice(&(length as u32).to_le_bytes());
            last.bytes.extend_from_slice(&(key.len() as u16).to_le_bytes());
            last.bytes.extend_from_slice(key);
            last.bytes.extend_from_slice(value);
        }
        self.held += length;
        Place::new(number, offset)
    }

    fn note(&mut self, hash: u64, place: Place) {
        let (keys, chunks, first) = (&self.keys, &self.chunks, self.first);
        self.places.insert_unique(hash, place, |place| hash_at(keys, chunks, first, *place));
    }

    fn moved(&mut self, hash: u64, from: Place, to: Place) {
        if let Some(place) = self.places.find_mut(hash, |known| *known == from) {
            *place = to;
        }
    }

    fn bury(&mut self, place: Place) {
        let index = self.index(place);
        let Some(chunk) = self.chunks.get_mut(index) else { return };
        let length = length_of(chunk.record(place.offset()));
        chunk.record_mut(place.offset())[..4].copy_from_slice(&(length as u32 | DEAD).to_le_bytes());
        chunk.dead += length;
        self.dead += length;
    }

    /// Gives back what removed records leave behind, a chunk at a time.
    fn tidy(&mut self) {
        if self.is_empty() {
            return self.clear();
        }
        if self.dead > CHUNK.max(self.held / 4) {
            self.move_oldest_chunk();
        }
        if self.places.capacity() > PLACES_KEPT && self.len() < self.places.capacity() / 8 {
            let (keys, chunks, first) = (&self.keys, &self.chunks, self.first);
            self.places.shrink_to(2 * self.places.len(), |place| hash_at(keys, chunks, first, *place));
        }
    }

    /// What is alive in the oldest chunk goes to the end.
    fn move_oldest_chunk(&mut self) {
        let number = self.first;
        let Some(chunk) = self.drop_oldest_chunk() else { return };
        for (offset, record) in chunk.records().filter(|(_, record)| !is_dead(record)) {
            let place = self.append(key_of(record), value_of(record));
            self.moved(self.keys.hash(key_of(record)), Place::new(number, offset), place);
        }
    }

    fn drop_oldest_chunk(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.pop_front()?;
        self.first = (self.first + 1) % NUMBERS;
        self.oldest = 0;
        self.held -= chunk.bytes.len();
        self.dead -= chunk.dead;
        Some(chunk)
    }
}

/// Which chunk it is, from the oldest on.
fn index_of(place: Place, first: u32) -> usize {
    (place.number().wrapping_sub(first) % NUMBERS) as usize
}

fn hash_at(keys: &Keys, chunks: &VecDeque<Chunk>, first: u32, place: Place) -> u64 {
    chunks.get(index_of(place, first)).map_or(0, |chunk| keys.hash(key_of(chunk.record(place.offset()))))
}

impl Place {
    fn new(number: u32, offset: usize) -> Place {
        Place(number << OFFSET_BITS | offset as u32)
    }

    fn number(self) -> u32 {
        self.0 >> OFFSET_BITS
    }

    fn offset(self) -> usize {
        (self.0 & (CHUNK as u32 - 1)) as usize
    }
}

impl Chunk {
    /// The record that begins there.
    fn record(&self, offset: usize) -> &[u8] {
        let rest = &self.bytes[offset..];
        &rest[..length_of(rest)]
    }

    fn record_mut(&mut self, offset: usize) -> &mut [u8] {
        let rest = &mut self.bytes[offset..];
        let length = length_of(rest);
        &mut rest[..length]
    }

    /// All, the dead ones too, each with where it begins.
    fn records(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut offset = 0;
        std::iter::from_fn(move || {
            let record = (offset < self.bytes.len()).then(|| self.record(offset))?;
            offset += record.len();
            Some((offset - record.len(), record))
        })
    }
}

fn head(record: &[u8]) -> u32 {
    u32::from_le_bytes([record[0], record[1], record[2], record[3]])
}

fn length_of(record: &[u8]) -> usize {
    (head(record) & !DEAD) as usize
}

fn is_dead(record: &[u8]) -> bool {
    head(record) & DEAD != 0
}

fn key_length(record: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([record[4], record[5]]))
}

fn key_of(record: &[u8]) -> &[u8] {
    &record[HEAD..HEAD + key_length(record)]
}

fn value_of(record: &[u8]) -> &[u8] {
    &record[HEAD + key_length(record)..]
}

#[cfg(test)]
mod tests;
