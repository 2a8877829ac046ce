//! Where a cluster's files are.
//!
//! Normally all in the folder that was asked for. Three limits can forbid that: the account that the server runs as may not
//! be able to enter the folder (a home of root's), the path of a Unix socket has at most 107 bytes, and PostgreSQL's programs
//! hand paths to a shell, a URL and a settings' file. Then the files are in a folder of their own below `/var/tmp`, which
//! a restart of the machine does not empty, and a note in the folder says where.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::ClusterError;
use crate::account::{self, Account};

/// Room for the folder's name in a socket's path, beside `/.s.PGSQL.5432.lock`.
const SOCKET_FOLDER_MAX: usize = 85;

/// The folders of one cluster.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) log: PathBuf,
}

impl Place {
    /// The place of the cluster of `directory`, made when missing.
    pub(crate) fn of(directory: &Path, account: Option<&Account>) -> Result<Self, ClusterError> {
        fs::create_dir_all(directory).map_err(ClusterError::file(directory))?;
        let directory = directory.canonicalize().map_err(ClusterError::file(directory))?;
        let base = match noted(&directory) {
            Some(base) if base.is_dir() => base,
            // Beginning anew in silence would lose what somebody may still have elsewhere.
            Some(base) => return Err(ClusterError::Gone { base, note: note(&directory) }),
            None if is_usable(&directory, account) => directory,
            None => {
                let base = elsewhere(account).join(format!("ngnpro-cluster-{:016x}", unguessable()));
                let note = note(&directory);
                fs::create_dir(&base).map_err(ClusterError::file(&base))?;
                fs::write(&note, base.display().to_string()).map_err(ClusterError::file(&note))?;
                base
            }
        };
        let place = Self::below(&base);
        for (folder, mode) in [(&base, 0o755), (&place.data, 0o700), (&place.socket, 0o700)] {
            if !folder.exists() || *folder == base {
                fs::create_dir_all(folder).map_err(ClusterError::file(folder))?;
                fs::set_permissions(folder, fs::Permissions::from_mode(mode)).map_err(ClusterError::file(folder))?;
                account::give(folder, account)?;
            }
        }
        Ok(place)
    }

    /// As `of`, but makes nothing.
    pub(crate) fn existing(directory: &Path, _account: Option<&Account>) -> Result<Option<Self>, ClusterError> {
        let Ok(directory) = directory.canonicalize() else { return Ok(None) };
        let place = Self::below(&noted(&directory).unwrap_or(directory));
        Ok(place.data.exists().then_some(place))
    }

    fn below(base: &Path) -> Self {
        Self { data: base.join("data"), socket: base.join("socket"), log: base.join("postgresql.log") }
    }

    /// The process id in the server's own lock file, if that process exists.
    pub(crate) fn pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let pid: u32 = text.lines().next()?.trim().parse().ok()?;
        // After a crash the file stays, and the number may belong to another program by now, even to another PostgreSQL, or to
        // a dead process that nobody collected: that has a name, but no command line any more.
        let command_line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let mut words = command_line.split(|byte| *byte == 0);
        (words.next()?.ends_with(b"/postgres") && words.any(|word| word == self.data.as_os_str().as_bytes()))
            .then_some(pid)
    }
}

fn note(directory: &Path) -> PathBuf {
    directory.join("location")
}

fn noted(directory: &Path) -> Option<PathBuf> {
    Some(PathBuf::from(fs::read_to_string(note(directory)).ok()?.trim()))
}

/// Whether the server can keep its files in the folder itself.
fn is_usable(directory: &Path, account: Option<&Account>) -> bool {
    let is_short = directory.join("socket").as_os_str().len() <= SOCKET_FOLDER_MAX;
    is_short && is_plain(directory) && directory.ancestors().skip(1).all(|folder| can_enter(folder, account))
}

/// Whether the path means the same to a shell, in a URL and in PostgreSQL's settings.
fn is_plain(path: &Path) -> bool {
    let is_plain = |character: char| character.is_alphanumeric() || "/._- ".contains(character);
    path.to_str().is_some_and(|path| path.chars().all(is_plain))
}

fn elsewhere(account: Option<&Account>) -> PathBuf {
    let lasting = PathBuf::from("/var/tmp");
    if lasting.is_dir() && can_enter(&lasting, account) { lasting } else { std::env::temp_dir() }
}

fn can_enter(folder: &Path, account: Option<&Account>) -> bool {
    let Some(account) = account else { return true };
    fs::metadata(folder).is_ok_and(|metadata| {
        let bit = match (metadata.uid() == account.user, metadata.gid() == account.group) {
            (true, _) => 0o100,
            (_, true) => 0o010,
            _ => 0o001,
        };
        metadata.mode() & bit != 0
    })
}

fn unguessable() -> u64 {
    // A hasher that was given nothing yet answers by its random key.
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::is_plain;

    #[test]
    fn a_path_that_a_shell_a_url_or_settings_would_read_otherwise_is_not_plain() {
        assert!(is_plain(Path::new("/home/zoë/my platform-2/var.d")));
        for odd in ["a'b", "a\"b", "a$b", "a%41", "a&b", "a#b", "a,b", "a\\b", "a+b", "a`b", "a\nb"] {
            assert!(!is_plain(Path::new(odd)), "{odd}");
        }
    }
}
