//! Where PostgreSQL's server programs are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder with `initdb` and `pg_ctl`: `PG_BIN`, Debian's newest version, or the search path.
pub fn find_programs() -> Option<PathBuf> {
    if let Some(named) = env::var_os("PG_BIN").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    newest(Path::new("/usr/lib/postgresql")).or_else(|| {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).find(|folder| folder.join("initdb").is_file())
    })
}

fn newest(versions: &Path) -> Option<PathBuf> {
    fs::read_dir(versions)
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max()
        .map(|(_, folder)| folder)
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn the_newest_version_is_taken_by_number_and_only_with_its_server_programs() {
        let folder = std::env::temp_dir().join(format!("cluster-programs-{}", std::process::id()));
        for version in ["9", "15", "17"] {
            std::fs::create_dir_all(folder.join(version).join("bin")).unwrap();
        }
        for version in ["9", "15"] {
            std::fs::write(folder.join(version).join("bin/initdb"), "").unwrap();
        }
        assert_eq!(newest(&folder), Some(folder.join("15/bin")));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
