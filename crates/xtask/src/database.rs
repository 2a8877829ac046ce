//! What is made from the migrations and committed: sqlx's data about every statement of `store` (so that it builds
//! without a database) and the schema as one file (so that a migration's effect is reviewed as a diff).
//!
//! Both come from a cluster that is made for the purpose and thrown away. `psql` applies the migrations, not `store`:
//! `store` may not build before this has run.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cluster::{Cluster, DATABASE, OWNER, SUPERUSER};

use crate::Outcome;

/// What `sqlx` keeps of what it applied; the first migration grants rights on it.
const MIGRATIONS_TABLE: &str = "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, \
    installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
    execution_time bigint NOT NULL);\n";

/// Writes `.sqlx/` anew.
pub(crate) fn sqlx_prepare() -> Outcome {
    let scratch = Scratch::migrated()?;
    let (kept, new) = (Path::new(".sqlx"), Path::new("target/sqlx-new"));
    remove(new)?;
    fs::create_dir_all(new).map_err(at(new))?;
    let new = new.canonicalize().map_err(at(new))?;
    // The macros look at the database while the crate is compiled: it must be compiled again even if nothing changed.
    let lib = Path::new("crates/store/src/lib.rs");
    fs::read(lib).and_then(|text| fs::write(lib, text)).map_err(at(lib))?;
    let mut check = crate::tools::cargo();
    check.args(["check", "--quiet", "--package", "store"]);
    check.env("DATABASE_URL", scratch.cluster.url(OWNER, DATABASE)).env("SQLX_OFFLINE_DIR", &new);
    check.env("SQLX_OFFLINE", "false");
    crate::tools::succeed(&mut check)?;
    let count = fs::read_dir(&new).map_err(at(&new))?.count();
    if count == 0 {
        return Err("no statement of crates/store was described: .sqlx is left as it was".to_owned());
    }
    remove(kept)?;
    fs::create_dir_all(kept).map_err(at(kept))?;
    for entry in fs::read_dir(&new).map_err(at(&new))? {
        let entry = entry.map_err(at(&new))?;
        fs::copy(entry.path(), kept.join(entry.file_name())).map_err(at(kept))?;
    }
    remove(&new)?;
    println!(".sqlx: {count} statements");
    Ok(())
}

/// Writes `schema/database.sql`, or compares it.
pub(crate) fn schema_dump(check: bool) -> Outcome {
    let scratch = Scratch::migrated()?;
    let mut dump = Command::new(scratch.cluster.programs().join("pg_dump"));
    dump.args(["--schema-only", "--exclude-table=_sqlx_migrations"]).arg(scratch.cluster.url(SUPERUSER, DATABASE));
    let output = dump.output().map_err(|error| format!("pg_dump: {error}"))?;
    if !output.status.success() {
        return Err(format!("pg_dump: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let schema = without_versions(&String::from_utf8_lossy(&output.stdout));
    let path = Path::new("schema/database.sql");
    if check {
        let kept = fs::read_to_string(path).map_err(at(path))?;
        return match first_difference(&kept, &schema) {
            None => Ok(()),
            Some((line, kept, made)) => Err(format!(
                "{}:{line}: has `{kept}`, the migrations make `{made}`: run make generate and review the diff",
                path.display()
            )),
        };
    }
    fs::create_dir_all("schema").map_err(at(Path::new("schema")))?;
    fs::write(path, &schema).map_err(at(path))?;
    println!("{}: {} lines", path.display(), schema.lines().count());
    Ok(())
}

/// Leaves out what differs between two releases of pg_dump, or two runs of one.
fn without_versions(dump: &str) -> String {
    let mut text =
        "-- Made from migrations/ by `make generate`. Not applied by anybody: for reading and for diffs.\n".to_owned();
    let mut was_empty = false;
    for line in dump.lines().map(str::trim_end) {
        let is_noise =
            line.starts_with("-- Dumped ") || line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        if is_noise || line == "--" || (line.is_empty() && was_empty) {
            continue;
        }
        was_empty = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn first_difference<'a>(kept: &'a str, made: &'a str) -> Option<(usize, &'a str, &'a str)> {
    let (mut kept, mut made) = (kept.lines(), made.lines());
    for number in 1.. {
        match (kept.next(), made.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((number, a.unwrap_or("nothing"), b.unwrap_or("nothing"))),
        }
    }
    None
}

/// A cluster with a migrated database. It ends, with its files, when the value goes.
struct Scratch {
    cluster: Cluster,
    _dir: Removed,
}

/// A directory that goes with the value.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            eprintln!("xtask: {error}");
        }
    }
}

impl Scratch {
    fn migrated() -> Result<Self, String> {
        // Wherever the command was typed, the paths here are the repository's.
        let root = crate::tools::root();
        std::env::set_current_dir(&root).map_err(at(&root))?;
        let dir = Removed(std::env::temp_dir().join(format!("ngnpro-schema-{}", std::process::id())));
        let settings = cluster::Settings { directory: dir.0.clone(), durable: false };
        let cluster = Cluster::create_or_start(&settings).map_err(|error| error.to_string())?.stop_on_drop(true);
        let scratch = Self { cluster, _dir: dir };
        scratch.apply("its own table", MIGRATIONS_TABLE)?;
        let folder = Path::new("migrations");
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(at(folder))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
            .collect();
        files.sort();
        for file in files {
            scratch.apply(&file.display().to_string(), &fs::read_to_string(&file).map_err(at(&file))?)?;
        }
        Ok(scratch)
    }

    fn apply(&self, name: &str, sql: &str) -> Outcome {
        let failed = |error: std::io::Error| format!("psql: {error}");
        let mut psql = Command::new(self.cluster.programs().join("psql"))
            .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"])
            .arg(self.cluster.url(OWNER, DATABASE))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = psql.stdin.take() {
            input.write_all(sql.as_bytes()).map_err(failed)?;
        }
        let output = psql.wait_with_output().map_err(failed)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }
    }
}

fn remove(dir: &Path) -> Outcome {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(dir)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_the_same_whichever_release_made_it() {
        let dump =
            "--\n-- PostgreSQL database dump\n--\n\n\\restrict x1\n\n-- Dumped by pg_dump version 15.1\n\nSET a = 1;\n";
        let other = dump.replace("15.1", "15.2 (Debian)").replace("x1", "y2");
        assert_eq!(without_versions(dump), without_versions(&other));
        assert!(without_versions(dump).ends_with("SET a = 1;\n"));
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\nc\n", "a\nx\nc\n"), Some((2, "b", "x")));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some((2, "nothing", "b")));
        assert_eq!(first_difference("a\n", "a\n"), None);
    }
}
