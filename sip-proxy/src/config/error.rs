//! What a bad setting prints: where it stands, which key, what is wrong, what to do.
//!
//! A value is repeated only where it cannot be a secret: the lines of a broken file are not quoted, because one of them
//! may hold the database's password.

use std::io;
use std::path::Path;

use config::ConfigError;

/// Keys whose value is never shown.
const SECRET_KEYS: [&str; 1] = ["database.url"];

/// Why the settings could not be used.
#[derive(Debug)]
pub(crate) struct SettingsError {
    place: Option<String>,
    key: Option<String>,
    wrong: String,
    remedy: String,
    /// Further mistakes of the same settings.
    others: Vec<SettingsError>,
}

impl std::error::Error for SettingsError {}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the settings cannot be used")?;
        self.write_one(f)?;
        self.others.iter().try_for_each(|other| {
            writeln!(f)?;
            other.write_one(f)
        })
    }
}

impl SettingsError {
    fn write_one(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f)?;
        writeln!(f, "  where:  {}", self.place.as_deref().unwrap_or("the defaults and the environment"))?;
        if let Some(key) = &self.key {
            writeln!(f, "  key:    {key}")?;
        }
        writeln!(f, "  wrong:  {}", self.wrong)?;
        write!(f, "  remedy: {}", self.remedy)
    }

    /// Several mistakes as one error; none if there are none.
    pub(crate) fn all(mistakes: Vec<SettingsError>) -> Option<SettingsError> {
        let mut mistakes = mistakes.into_iter();
        let mut first = mistakes.next()?;
        first.others.extend(mistakes);
        Some(first)
    }

    /// The key that is wrong.
    pub(crate) fn key(&self) -> Option<String> {
        self.key.clone()
    }

    /// Where in the tree the mistake stands: the key, or the one that its section does not know.
    pub(super) fn path(&self) -> Option<String> {
        let unknown = self.wrong.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        match (&self.key, unknown) {
            (Some(key), Some(unknown)) => Some(format!("{key}.{unknown}")),
            (None, Some(unknown)) => Some(unknown.to_owned()),
            (key, None) => key.clone(),
        }
    }

    /// A section found its own value impossible.
    pub(crate) fn invalid(key: &str, wrong: &str, remedy: &str) -> SettingsError {
        SettingsError {
            place: None,
            key: Some(key.to_owned()),
            wrong: wrong.to_owned(),
            remedy: remedy.to_owned(),
            others: Vec::new(),
        }
    }

    /// The file named on the command line cannot be opened.
    pub(crate) fn no_file(file: &Path, error: &io::Error) -> SettingsError {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => "write one with: sip-proxy sample-config > FILE",
            io::ErrorKind::PermissionDenied => "let the user that runs sip-proxy read it",
            _ => "name a file that can be read",
        };
        SettingsError {
            place: Some(file.display().to_string()),
            key: None,
            wrong: error.kind().to_string(),
            remedy: remedy.to_owned(),
            others: Vec::new(),
        }
    }

    /// Says which file was read, for an error that a section found after reading.
    pub(crate) fn in_file(mut self, file: Option<&Path>) -> SettingsError {
        if let Some(file) = file {
            self.place = Some(format!("{} and the environment", file.display()));
        }
        self
    }

    /// The file or a variable could not be read into the settings.
    pub(crate) fn read(file: Option<&Path>, error: ConfigError) -> SettingsError {
        let mut found = SettingsError {
            place: file.map(|file| file.display().to_string()),
            key: None,
            wrong: String::new(),
            remedy: "compare with: sip-proxy sample-config".to_owned(),
            others: Vec::new(),
        };
        found.take(error);
        found
    }

    fn take(&mut self, error: ConfigError) {
        match error {
            ConfigError::At { error, origin, key } => {
                self.at(origin, key);
                self.take(*error);
            }
            ConfigError::Type { origin, unexpected, expected, key } => {
                self.at(origin, key);
                let secret = self.key.as_deref().is_some_and(|key| SECRET_KEYS.contains(&key));
                self.wrong = if secret {
                    format!("expected {expected} (the value is not shown, it is a secret)")
                } else {
                    format!("found {unexpected}, expected {expected}")
                };
            }
            ConfigError::FileParse { uri, cause } => {
                self.at(uri, None);
                self.wrong = without_quoted_lines(&cause.to_string());
                self.remedy = "mend the TOML at that line".to_owned();
            }
            ConfigError::Message(message) => {
                if message.contains("socket address") {
                    "write an address and a port, for example \"192.0.2.1:5060\" or \"[2001:db8::1]:5060\""
                        .clone_into(&mut self.remedy);
                }
                self.wrong = message;
            }
            other => self.wrong = without_quoted_lines(&other.to_string()),
        }
    }

    fn at(&mut self, origin: Option<String>, key: Option<String>) {
        if let Some(origin) = origin {
            if origin.contains("nvironment") {
                self.place = Some("the environment (SIP_PROXY__SECTION__KEY)".to_owned());
            } else if self.place.is_none() {
                self.place = Some(origin);
            }
        }
        if let Some(key) = key {
            self.key = Some(key);
        }
    }
}

/// A TOML error without the lines of the file that it quotes.
fn without_quoted_lines(text: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains('|')).map(str::trim).collect();
    kept.join(": ")
}
