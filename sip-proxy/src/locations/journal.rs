//! The journal of registrations: what has been acknowledged to a phone and is not in the database yet, in a local file.
//!
//! Records are appended before the 200 leaves and read back at the next start, so that neither a killed process nor a
//! database that is away loses a registration. A record is the whole set of contacts of one address, so reading it twice
//! does no harm. Each carries its length and a checksum; a torn tail, left by a kill in the middle of a write, is cut
//! off. Nobody waits for the disk: [`super::sync`] brings the file there a few times a second, for the sake of a loss of power.
//!
//! Layout: eight bytes of magic, then records of `length u32 | crc32 u32 | payload`, little endian.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crc32fast::hash as crc32;

use super::record::StoredSet;

const MAGIC: &[u8; 8] = b"SIPLOC2\n";
const HEAD_BYTES: usize = 8;
/// A record longer than this was not written by us.
const RECORD_BYTES_MAX: usize = 4 << 20;

/// The open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    length: u64,
    length_max: u64,
    /// Whether something was changed that may not be on the disk.
    unsynced: bool,
}

/// What the file held when it was opened.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// The sets, in the order in which they were written.
    pub(crate) sets: Vec<StoredSet>,
    /// Bytes at the end that were no whole record.
    pub(crate) torn_bytes: u64,
}

impl Journal {
    /// Opens or makes the journal, reads it and cuts off a torn tail.
    pub(crate) fn open(path: &Path, length_max: u64) -> io::Result<(Journal, Replayed)> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (sets, good) = match bytes.strip_prefix(MAGIC) {
            Some(records) => {
                let (sets, good) = read_records(records);
                (sets, MAGIC.len() + good)
            }
            None => (Vec::new(), 0),
        };
        let torn_bytes = (bytes.len() - good) as u64;
        let mut journal = Journal { file, path: path.to_owned(), length: good as u64, length_max, unsynced: false };
        if good == 0 {
            journal.clear()?;
        } else if torn_bytes > 0 {
            journal.file.set_len(journal.length)?;
        }
        journal.file.seek(SeekFrom::Start(journal.length))?;
        Ok((journal, Replayed { sets, torn_bytes }))
    }

    /// Appends records made by [`encode`], in one write.
    pub(crate) fn append(&mut self, records: &[u8]) -> io::Result<()> {
        if self.length + records.len() as u64 > self.length_max {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the journal of registrations is full"));
        }
        if let Err(error) = self.file.write_all(records) {
            // Half a record in the middle would hide all that follow it.
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return Err(error);
        }
        self.length += records.len() as u64;
        self.unsynced = true;
        Ok(())
    }

    /// The file, if something was changed in it since this was last asked.
    pub(crate) fn unsynced(&mut self) -> Option<io::Result<File>> {
        std::mem::take(&mut self.unsynced).then(|| self.file.try_clone())
    }

    /// Empties it: the database has everything.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(MAGIC)?;
        self.length = MAGIC.len() as u64;
        // A loss of power must not bring back what is older than the database.
        self.unsynced = true;
        Ok(())
    }

    /// Replaces its content by these records; a kill or a loss of power at any moment leaves the old file or the new one.
    pub(crate) fn replace(&mut self, records: &[u8]) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(MAGIC)?;
        file.write_all(records)?;
        // A name that leads to a file without its content would be worse than the old file.
        file.sync_data()?;
        std::fs::rename(&beside, &self.path)?;
        self.file = file;
        self.length = (MAGIC.len() + records.len()) as u64;
        self.unsynced = false;
        Ok(())
    }

    /// Whether it holds no record.
    pub(crate) fn is_empty(&self) -> bool {
        self.length <= MAGIC.len() as u64
    }

    /// Its size in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

/// Appends a record to `out`; `payload` writes what it holds.
pub(crate) fn encode(out: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_BYTES]);
    payload(out);
    let payload = &out[start + HEAD_BYTES..];
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    let checksum = crc32(payload).to_le_bytes();
    out[start..start + 4].copy_from_slice(&length);
    out[start + 4..start + HEAD_BYTES].copy_from_slice(&checksum);
}

/// The records up to the first that is not whole, and how many bytes they take.
fn read_records(mut rest: &[u8]) -> (Vec<StoredSet>, usize) {
    let whole = rest.len();
    let mut sets = Vec::new();
    while let Some((set, after)) = read_record(rest) {
        sets.push(set);
        rest = after;
    }
    (sets, whole - rest.len())
}

fn read_record(bytes: &[u8]) -> Option<(StoredSet, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > RECORD_BYTES_MAX {
        return None;
    }
    let (payload, rest) = rest.split_at_checked(length)?;
    if crc32(payload) != u32::from_le_bytes(*checksum) {
        return None;
    }
    Some((StoredSet::decode(payload)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locations::record;
    use crate::locations::tests::change;

    fn set(name: &str, contact: &str) -> Vec<u8> {
        let change = change(&format!("{name}@example.com"), &[contact]);
        let mut out = Vec::new();
        encode(&mut out, |out| record::encode(&change, &[], &crate::locations::clocks(), out));
        out
    }

    fn written(sets: &[Vec<u8>]) -> Vec<u8> {
        sets.concat()
    }

    fn names(replayed: &Replayed) -> Vec<String> {
        replayed.sets.iter().map(|set| set.aor.to_string()).collect()
    }

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn what_was_appended_is_read_back_in_order() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let path = dir.path().join("locations.journal");
        let sets = [set("a", "sip:a@192.0.2.1"), set("b", "sip:b@192.0.2.2"), set("a", "sip:a@192.0.2.3")];
        let (mut journal, replayed) = Journal::open(&path, 1 << 20).expect("made");
        assert!(replayed.sets.is_empty() && journal.is_empty());
        journal.append(&written(&sets[..2])).expect("appended");
        journal.append(&written(&sets[2..])).expect("appended");
        drop(journal);
        let (journal, replayed) = Journal::open(&path, 1 << 20).expect("opened");
        assert_eq!(names(&replayed), ["a@example.com", "b@example.com", "a@example.com"]);
        assert_eq!(replayed.sets[2].bindings[0].contact, b"sip:a@192.0.2.3");
        assert_eq!(replayed.torn_bytes, 0);
        assert!(!journal.is_empty());
    }

    #[test]
    fn a_torn_tail_is_cut_off_at_every_length_and_what_follows_is_kept() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let path = dir.path().join("locations.journal");
        let first = written(&[set("a", "sip:a@192.0.2.1")]);
        let second = written(&[set("b", "sip:b@192.0.2.2")]);
        for kept in 0..second.len() {
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&first);
            bytes.extend_from_slice(&second[..kept]);
            std::fs::write(&path, &bytes).expect("written");
            let (mut journal, replayed) = Journal::open(&path, 1 << 20).expect("opened");
            assert_eq!(replayed.sets.len(), 1, "torn at {kept}");
            assert_eq!(replayed.torn_bytes, kept as u64);
            journal.append(&second).expect("appended");
            let (_, replayed) = Journal::open(&path, 1 << 20).expect("opened again");
            assert_eq!(replayed.sets.len(), 2);
        }
    }

    #[test]
    fn a_damaged_record_ends_the_reading() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let path = dir.path().join("locations.journal");
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&written(&[set("a", "sip:a@192.0.2.1"), set("b", "sip:b@192.0.2.2")]));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, &bytes).expect("written");
        let (_, replayed) = Journal::open(&path, 1 << 20).expect("opened");
        assert_eq!(replayed.sets.len(), 1);
    }

    #[test]
    fn clearing_and_replacing_leave_a_file_that_opens() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let path = dir.path().join("locations.journal");
        let (mut journal, _) = Journal::open(&path, 1 << 20).expect("made");
        journal.append(&written(&[set("a", "sip:a@192.0.2.1")])).expect("appended");
        journal.clear().expect("cleared");
        assert!(journal.is_empty());
        journal.replace(&written(&[set("b", "sip:b@192.0.2.2")])).expect("replaced");
        journal.append(&written(&[set("c", "sip:c@192.0.2.2")])).expect("appended");
        let (_, replayed) = Journal::open(&path, 1 << 20).expect("opened");
        assert_eq!(names(&replayed), ["b@example.com", "c@example.com"]);
    }

    #[test]
    fn a_full_journal_refuses_and_stays_whole() {
        let dir = tempfile::tempdir().expect("a scratch directory");
        let path = dir.path().join("locations.journal");
        let record = written(&[set("a", "sip:a@192.0.2.1")]);
        let (mut journal, _) = Journal::open(&path, record.len() as u64 + 10).expect("made");
        journal.append(&record).expect("appended");
        assert_eq!(journal.append(&record).expect_err("full").kind(), io::ErrorKind::StorageFull);
        let (_, replayed) = Journal::open(&path, 1 << 20).expect("opened");
        assert_eq!(replayed.sets.len(), 1);
    }
}
