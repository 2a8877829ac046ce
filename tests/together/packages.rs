//! The Debian packages: what is in them fits together, and the packaged program says what its settings lack.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = ["ngnpro-server", "sip-proxy"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn must(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let words = [&output.stdout, &output.stderr].map(|words| String::from_utf8_lossy(words).into_owned()).concat();
    assert!(output.status.success(), "{command:?}: {words}");
    words
}

/// Builds both packages of this build's programs and unpacks each, with its control files in `DEBIAN`.
fn unpacked(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let programs = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
    let build = root().join("packaging/debian/build");
    must(Command::new(build).arg(programs).arg(folder).arg("none").env("REVISION", "1"));
    let unpack = |name| {
        let built = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_it = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{name}_"));
        let into = folder.join(name);
        must(Command::new("dpkg-deb").arg("--raw-extract").arg(built.into_iter().find(is_it).unwrap()).arg(&into));
        (name, into)
    };
    PACKAGES.into_iter().map(unpack).collect()
}

/// The value of a key of a unit, which stands there once.
fn value<'a>(unit: &'a str, key: &str) -> &'a str {
    let mut values = unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let value = values.next().unwrap_or_else(|| panic!("no {key} in {unit}"));
    assert_eq!(values.next(), None, "{key} stands twice");
    value
}

#[test]
fn a_package_s_unit_account_settings_and_scripts_fit_its_program() {
    let folder = tempfile::tempdir().unwrap();
    for (name, package) in unpacked(folder.path()) {
        let read =
            |path: String| fs::read_to_string(package.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let unit = read(format!("usr/lib/systemd/system/{name}.service"));
        let mut words = value(&unit, "ExecStart").split(' ');
        let program = package.join(words.next().unwrap().trim_start_matches('/'));
        assert_eq!(words.next(), Some("--config"));
        let settings = words.next().unwrap();
        assert!(read("DEBIAN/conffiles".to_owned()).lines().any(|line| line == settings));
        let account = read(format!("usr/lib/sysusers.d/{name}.conf"));
        assert_eq!(account.split(' ').nth(1), Some(value(&unit, "User")));

        // As installed, only the database is missing: the program says so, with the status that systemd does not try again.
        let file = package.join(settings.trim_start_matches('/'));
        let checked = Command::new(&program).arg("check-config").arg("--config").arg(&file).output().unwrap();
        assert_eq!(checked.status.code(), Some(78));
        assert!(value(&unit, "RestartPreventExitStatus").split(' ').any(|status| status == "78"));
        let words = String::from_utf8(checked.stderr).unwrap();
        assert!(words.contains(&file.display().to_string()) && words.contains("database.url"), "{words}");

        for script in ["postinst", "prerm", "postrm"] {
            assert!(!read(format!("DEBIAN/{script}")).contains('@'), "{script} has an unfilled place");
            must(Command::new("sh").arg("-n").arg(package.join("DEBIAN").join(script)));
        }
        let control = read("DEBIAN/control".to_owned());
        assert!(control.contains(&format!("\nVersion: {}+1\n", env!("CARGO_PKG_VERSION"))), "{control}");
        assert!(control.contains("libc6 (>= 2."), "{control}");
    }
}
