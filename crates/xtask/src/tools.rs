//! Programs that the platform or its tests need, installed when they are missing.
//!
//! Each is looked for first; what is absent comes from the distribution's package manager (or, for one of cargo's own
//! helpers, from cargo), after saying so. Nothing is downloaded by the product itself.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use serde::de::DeserializeOwned;

use crate::Outcome;

/// A need, not a package: what is looked for and how it is had.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    /// PostgreSQL's server programs, for private clusters
    Postgresql,
    /// sipp, the phones of the tests
    Sipp,
    /// Kamailio and its module for PostgreSQL, which the bench puts beside the proxy
    Kamailio,
    /// A Python environment in .tools/python with the client's requirements
    Python,
    /// cargo-nextest, which runs the tests
    Nextest,
    /// PHP with ext-soap, for the PHP client
    Php,
    /// suds, beside the Python client's requirements
    Suds,
    /// Perl with SOAP::Lite
    Perl,
    /// Node.js, and what the npm packages of the repository need
    Node,
    /// gSOAP and a C++ compiler
    Gsoap,
    /// Apache Axis 1.4 and a Java compiler
    Axis,
    /// JAX-WS RI and a Java compiler
    Jaxws,
    /// KDSoap, Qt and a C++ compiler
    Kdsoap,
    /// Mono with wsdl.exe and its compiler
    Mono,
    /// baresip, linphone, sipp, and the phones that npm has
    Phones,
    /// Chromium, for the phones of browsers
    Browser,
    /// A scanner that attacks the proxy, beside the Python client's requirements
    Scanner,
}

/// Where what is not the distribution's is kept, inside the repository and ignored by git.
const HOME: &str = ".tools";

/// Folders whose package-lock.json says what npm installs there.
const NPM_PACKAGES: &[&str] = &["clients/typescript", "tests/interop/node"];

/// Makes sure that every named tool is there.
pub(crate) fn run(tools: &[Tool]) -> Outcome {
    let packages = missing(tools);
    if !packages.is_empty() {
        install_packages(&packages)?;
        let still = missing(tools);
        if !still.is_empty() {
            return Err(format!(
                "{} installed without an error, and what it brings is still not found",
                still.join(", ")
            ));
        }
    }
    for tool in tools {
        match tool {
            Tool::Python => python().map(|_| ())?,
            Tool::Suds => pip("suds", "tests/interop/suds/requirements.txt")?,
            Tool::Scanner => pip("scanner", "tests/conformance/requirements.txt")?,
            Tool::Node => NPM_PACKAGES.iter().try_for_each(|folder| npm(folder))?,
            Tool::Phones | Tool::Browser => npm("tests/interop/phones")?,
            Tool::Nextest if !on_path("cargo-nextest") => install_cargo("cargo-nextest")?,
            _ => {}
        }
    }
    Ok(())
}

/// Debian's names of the packages that are not there.
fn missing(tools: &[Tool]) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for tool in tools {
        let of_npm = matches!(tool, Tool::Node | Tool::Phones | Tool::Browser);
        if of_npm && !(on_path("node") && on_path("npm")) {
            packages.extend(["nodejs", "npm"]);
        }
        match tool {
            Tool::Postgresql if cluster::find_programs().is_none() => packages.push("postgresql"),
            Tool::Sipp if !on_path("sipp") => packages.push("sip-tester"),
            Tool::Kamailio if !Path::new("/usr/sbin/kamailio").exists() => {
                packages.extend(["kamailio", "kamailio-postgres-modules"]);
            }
            Tool::Python | Tool::Suds | Tool::Scanner if !on_path("python3") => {
                packages.extend(["python3", "python3-venv"]);
            }
            Tool::Python | Tool::Suds | Tool::Scanner if !python_has_venv() => packages.push("python3-venv"),
            Tool::Php if !says("php", &["-r", "echo class_exists('SoapClient') ? 'soap' : '';"], "soap") => {
                packages.extend(["php-cli", "php-soap"]);
            }
            Tool::Perl if !says("perl", &["-MSOAP::Lite", "-e", "print 'soap'"], "soap") => {
                packages.push("libsoap-lite-perl");
            }
            Tool::Gsoap | Tool::Axis | Tool::Jaxws | Tool::Kdsoap | Tool::Mono | Tool::Phones | Tool::Browser => {
                packages.extend(files(*tool));
            }
            _ => {}
        }
    }
    packages
}

/// What a tool needs and is not there: a file that it brings, its package.
fn files(tool: Tool) -> Vec<&'static str> {
    const CXX: (&str, &str) = ("/usr/bin/g++", "g++");
    const JAVA: (&str, &str) = ("/usr/bin/javac", "default-jdk-headless");
    let needed: &[(&str, &str)] = match tool {
        Tool::Gsoap => &[CXX, ("/usr/bin/wsdl2h", "gsoap"), ("/usr/include/stdsoap2.h", "libgsoap-dev")],
        Tool::Axis => &[JAVA, ("/usr/share/java/axis.jar", "libaxis-java")],
        Tool::Jaxws => &[JAVA, ("/usr/share/java/jaxws-tools.jar", "libjaxws-java")],
        Tool::Kdsoap => &[
            CXX,
            ("/usr/bin/kdwsdl2cpp", "libkdsoap-dev"),
            ("/usr/lib/qt5/bin/moc", "qtbase5-dev"),
            ("/usr/bin/pkg-config", "pkg-config"),
        ],
        Tool::Mono => &[("/usr/bin/wsdl", "mono-devel"), ("/usr/bin/mcs", "mono-mcs")],
        Tool::Phones => &[
            ("/usr/bin/baresip", "baresip-core"),
            ("/usr/bin/linphone-daemon", "linphone-cli"),
            ("/usr/bin/sipp", "sip-tester"),
        ],
        Tool::Browser => &[("/usr/bin/chromium", "chromium")],
        _ => &[],
    };
    needed.iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, package)| *package).collect()
}

/// The interpreter of the environment that holds the Python client's requirements, made or brought up to date first.
pub(crate) fn python() -> Result<PathBuf, String> {
    let root = root();
    let environment = root.join(HOME).join("python");
    let (interpreter, stamp) = (environment.join("bin/python"), environment.join("requirements"));
    let wanted = fs::read_to_string(root.join("clients/python/pyproject.toml"))
        .map_err(|error| format!("clients/python/pyproject.toml: {error}"))?;
    if interpreter.exists() && fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(interpreter);
    }
    println!("installing the Python client and its requirements into {}", environment.display());
    succeed(Command::new("python3").arg("-m").arg("venv").arg("--clear").arg(&environment))?;
    succeed(
        Command::new(&interpreter)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable"])
            .arg(root.join("clients/python")),
    )?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(interpreter)
}

/// What a list of requirements names, in the same environment; `name` is remembered as had.
fn pip(name: &str, requirements: &str) -> Outcome {
    let interpreter = python()?;
    let root = root();
    let stamp = root.join(HOME).join("python").join(name);
    let wanted = fs::read_to_string(root.join(requirements)).map_err(|error| format!("{requirements}: {error}"))?;
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(());
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    succeed(Command::new(&interpreter).args(install).arg(root.join(requirements)))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// What a package's lock file says, in the package's own folder as npm wants it.
fn npm(folder: &str) -> Outcome {
    let folder = root().join(folder);
    let (lock, stamp) = (folder.join("package-lock.json"), folder.join("node_modules/.lock"));
    let wanted = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(());
    }
    println!("installing the npm packages of {}", folder.display());
    succeed(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn python_has_venv() -> bool {
    // Debian packs ensurepip apart from the interpreter; without it `venv` makes environments that cannot install.
    Command::new("python3").args(["-c", "import venv, ensurepip"]).output().is_ok_and(|output| output.status.success())
}

/// Whether a program is there and answers with these words.
fn says(program: &str, arguments: &[&str], words: &str) -> bool {
    let answer = Command::new(program).args(arguments).output();
    answer.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(words))
}

fn install_packages(packages: &[&str]) -> Outcome {
    let as_root = fs::metadata("/proc/self").is_ok_and(|owner| std::os::unix::fs::MetadataExt::uid(&owner) == 0);
    let by_hand = format!("{}apt-get install {}", if as_root { "" } else { "sudo " }, packages.join(" "));
    if !on_path("apt-get") {
        return Err(format!(
            "missing: {}. This system has no apt-get; install them with its package manager",
            packages.join(", ")
        ));
    }
    if !as_root && !on_path("sudo") {
        return Err(format!("missing: {}. Only root can install them: {by_hand}", packages.join(", ")));
    }
    println!("installing what is missing: {by_hand}");
    let apt = |arguments: &[&str]| {
        let mut command = if as_root { Command::new("apt-get") } else { Command::new("sudo") };
        if !as_root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").args(arguments);
        succeed(&mut command)
    };
    // A stale package list names versions that the mirror no longer has. One source that is away need not matter.
    if let Err(error) = apt(&["update"]) {
        println!("{error}; trying with the package lists that are here");
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).map_err(|error| format!("{error}; install by hand: {by_hand}"))
}

fn install_cargo(name: &str) -> Outcome {
    let home = root().join(HOME);
    println!("installing {name} into {} with cargo, which takes some minutes once", home.display());
    succeed(cargo().args(["install", "--quiet", "--locked", "--root"]).arg(&home).arg(name))
}

/// cargo, as a person would start it. `cargo run` hands its program variables about the package that it runs; build scripts
/// that watch those (ring's does) would begin anew each time, and with them all that depends on them.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    let is_about_us = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start)) || name == "CARGO_BIN_NAME"
    };
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_about_us)) {
        command.env_remove(name);
    }
    command
}

/// What cargo says about the workspace; `arguments` narrow it.
pub(crate) fn metadata<T: DeserializeOwned>(arguments: &[&str]) -> Result<T, String> {
    let output = cargo()
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(arguments)
        .output()
        .map_err(|error| format!("cargo metadata does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not readable: {error}"))
}

fn on_path(program: &str) -> bool {
    find(program).is_some()
}

/// A program on the search path or among the repository's own tools.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let own = root().join(HOME).join("bin");
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain([own]).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs a command with its output shown, and fails with its words when it fails.
pub(crate) fn succeed(command: &mut Command) -> Outcome {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} failed ({status})")) }
}

/// The repository's root: the one around the folder where the command was typed. The place where this program was compiled
/// is only the second guess, because two clones may share one target folder.
pub(crate) fn root() -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    let is_root = |folder: &&Path| folder.join("crates/xtask/Cargo.toml").is_file();
    let compiled = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().chain(compiled.ancestors()).find(is_root).unwrap_or(&here).to_path_buf()
}
