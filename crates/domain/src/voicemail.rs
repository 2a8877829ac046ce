//! Voicemail boxes of SIP accounts, and the greeting that a caller hears.

use crate::{Invalid, Ownership, Secret, SipId};

/// The number of a box; unique on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(Box<str>);

impl Mailbox {
    /// Reads a box's number.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_number = (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_number { Ok(Self(text.into())) } else { Err(Invalid::new("not 1 to 15 digits")) }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The PIN of a box: what its holder dials to hear it. Empty: none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pin(Secret);

impl Pin {
    const DIGITS_MAX: usize = 32;

    /// Reads a PIN.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > Self::DIGITS_MAX || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new("at most 32 digits"));
        }
        Ok(Self(Secret::new(text)))
    }

    /// The digits; named so that every use can be found.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A box to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVoicemailAccount {
    /// The account that it serves.
    pub id: SipId,
    /// Its number; nothing: the next free one.
    pub mailbox: Option<Mailbox>,
    /// Its PIN.
    pub pin: Pin,
    /// Its holder's name.
    pub name: String,
    /// Where messages are mailed.
    pub email: String,
    /// Free text.
    pub info: String,
    /// Messages are removed once they are mailed.
    pub delete: bool,
}

/// What is to become of a box; what is not there stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the members of a box")]
pub struct VoicemailChange {
    pub mailbox: Option<Mailbox>,
    pub pin: Option<Pin>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub info: Option<String>,
    pub delete: Option<bool>,
}

/// A box as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailAccount {
    /// The account that it serves.
    pub id: SipId,
    /// Its number.
    pub mailbox: String,
    /// Its PIN.
    pub pin: Secret,
    /// Its holder's name.
    pub name: String,
    /// Where messages are mailed.
    pub email: String,
    /// Free text.
    pub info: String,
    /// Messages are removed once they are mailed.
    pub delete: bool,
    /// Inherited from the account's domain.
    pub ownership: Ownership,
    /// When it was last changed, as text.
    pub change_date: String,
}

/// A greeting: a WAV file that a voicemail server can play.
#[derive(Clone, PartialEq, Eq)]
pub struct Announcement(Vec<u8>);

impl Announcement {
    /// The largest file.
    pub const OCTETS_MAX: usize = 10 * 1024 * 1024;
    /// PCM, A-law, µ-law, GSM 06.10. RFC 2361 §A.
    const FORMATS: [u16; 4] = [0x0001, 0x0006, 0x0007, 0x0031];

    /// Checks a file: RIFF with a format that is known, before sound that is there.
    pub fn parse(file: Vec<u8>) -> Result<Self, Invalid> {
        const NOT_WAV: &str = "not a WAV file";
        if file.len() > Self::OCTETS_MAX {
            return Err(Invalid::new("has at most 10 MiB"));
        }
        if !file.starts_with(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err(Invalid::new(NOT_WAV));
        }
        let body = file.get(12..).unwrap_or_default();
        let mut format = None;
        for (name, content) in Chunks(body) {
            match (name, format) {
                (b"fmt ", _) => match content.as_chunks::<2>().0 {
                    [tag, channels, ..] if content.len() >= 16 => {
                        format = Some((u16::from_le_bytes(*tag), u16::from_le_bytes(*channels)));
                    }
                    _ => return Err(Invalid::new(NOT_WAV)),
                },
                (b"data", Some((tag, channels))) => {
                    return match () {
                        () if content.is_empty() => Err(Invalid::new("a WAV file without sound")),
                        () if !Self::FORMATS.contains(&tag) || !(1..=2).contains(&channels) => Err(Invalid::new(
                            "a WAV file of PCM, A-law, u-law or GSM sound with one or two channels is needed",
                        )),
                        () => Ok(Self(file)),
                    };
                }
                _ => {}
            }
        }
        Err(Invalid::new(NOT_WAV))
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Announcement({} octets)", self.0.len())
    }
}

/// The chunks of a RIFF file: a name, a length, that many octets, padded to an even number. One that is cut short ends it.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let content = rest.get(..length)?;
        self.0 = rest.get(length + length % 2..).unwrap_or_default();
        Some((name, content))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [name.as_slice(), &length, content, if content.len() % 2 == 1 { &[0] } else { &[] }].concat()
    }

    fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"RIFF", &[b"WAVE".as_slice(), &chunks.concat()].concat())
    }

    /// A `fmt ` chunk: format, one channel, 8000 samples a second.
    fn format(tag: u16) -> Vec<u8> {
        let mut content = [tag.to_le_bytes(), 1u16.to_le_bytes()].concat();
        content.extend(8000u32.to_le_bytes());
        content.extend([0; 8]);
        chunk(b"fmt ", &content)
    }

    #[test]
    fn a_wav_file_of_telephone_sound_is_taken() {
        for tag in Announcement::FORMATS {
            let file = wav(&[chunk(b"LIST", b"odd"), format(tag), chunk(b"data", b"sound")]);
            assert_eq!(Announcement::parse(file.clone()).unwrap().as_bytes(), file);
        }
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        for (why, file) in [
            ("empty", Vec::new()),
            ("another file", b"ID3 an mp3 file".to_vec()),
            ("nothing in it", wav(&[])),
            ("no format", wav(&[chunk(b"data", b"sound")])),
            ("a format too late", wav(&[chunk(b"data", b"sound"), format(1)])),
            ("no sound", wav(&[format(1)])),
            ("empty sound", wav(&[format(1), chunk(b"data", b"")])),
            ("MP3 in WAV", wav(&[format(0x55), chunk(b"data", b"sound")])),
            ("cut short", wav(&[format(1), b"data\xff\xff\xff\xffsound".to_vec()])),
            ("format cut short", wav(&[chunk(b"fmt ", &[1, 0, 1, 0]), chunk(b"data", b"sound")])),
        ] {
            assert!(Announcement::parse(file).is_err(), "{why}");
        }
    }

    #[test]
    fn boxes_and_pins_are_digits() {
        assert!(Mailbox::parse("1000000").is_ok() && Pin::parse("").is_ok() && Pin::parse("0042").is_ok());
        for bad in ["", "12a", "1234567890123456", "-1", "１"] {
            assert!(Mailbox::parse(bad).is_err(), "{bad}");
        }
        assert!(Pin::parse("12 34").is_err());
        assert!(!format!("{:?}", Pin::parse("1234")).contains("1234"));
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange_to_be_looked_at(tail in prop::collection::vec(any::<u8>(), 0..64)) {
            let file = [b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".as_slice(), &tail].concat();
            let _either = Announcement::parse(file);
        }
    }
}
