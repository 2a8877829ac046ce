//! The account that the server runs as: the caller's own, or, for root, one without rights.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::ClusterError;

/// An account of the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// `None` when the caller may run the server itself.
pub(crate) fn for_server() -> Result<Option<Account>, ClusterError> {
    let me = fs::metadata("/proc/self").map_err(ClusterError::file("/proc/self"))?;
    if me.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(ClusterError::file("/etc/passwd"))?;
    ["postgres", "nobody"].iter().find_map(|name| find(&accounts, name)).map(Some).ok_or(ClusterError::NoAccount)
}

/// The line of an account in `/etc/passwd`.
fn find(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        Some(Account { user: fields.nth(1)?.parse().ok()?, group: fields.next()?.parse().ok()? })
    })
}

/// Makes a command run as the account.
pub(crate) fn become_it(command: &mut Command, account: Option<&Account>) {
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
}

/// Gives a file or folder to the account.
pub(crate) fn give(path: &Path, account: Option<&Account>) -> Result<(), ClusterError> {
    match account {
        Some(account) => chown(path, Some(account.user), Some(account.group)).map_err(ClusterError::file(path)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, find};

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\npostgresql:x:7:8::/:/bin/sh\npostgres:x:101:103:,,,:/var:/bin/sh\n";
        assert_eq!(find(accounts, "postgres"), Some(Account { user: 101, group: 103 }));
        assert_eq!(find(accounts, "nobody"), None);
    }
}
