//! What tidy reads: the workspace's manifests by way of cargo, and every text file that git knows or would add.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::tools;

/// A member of the workspace with the names of everything that it depends on, tests and build scripts included.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependency sections.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `dev`, `build`, or nothing for what the product itself links.
    pub(super) kind: Option<String>,
}

/// A text file of the repository.
pub(crate) struct File {
    /// Path from the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(super) struct Tree {
    pub(super) packages: Vec<Package>,
    pub(super) files: Vec<File>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: String,
}

pub(super) fn read() -> Result<Tree, String> {
    let metadata: Metadata = tools::metadata(&["--no-deps"])?;
    let root = Path::new(&metadata.workspace_root);
    let listing = output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut files = Vec::new();
    for path in listing.split(|byte| *byte == 0).filter_map(|path| std::str::from_utf8(path).ok()) {
        // A file that git still lists but that is gone from the disk is a deletion under way; a file that is not
        // text (a fuzz corpus, a torture message) has no rules here.
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(Tree { packages: metadata.packages, files })
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?} does not start: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
