//! Known vulnerabilities of dependencies, by cargo-deny and the RustSec database.
//!
//! That database changes daily and lives on the network, so that this check cannot be had everywhere: where cargo-deny
//! or the database is missing it says so, plainly, and does not fail, unless `ADVISORIES=required` is set (as it should
//! be wherever releases are made). Licences do not depend on this, see `licences.rs`.

use std::env;
use std::process::Command;

use crate::{Outcome, tools};

pub(crate) fn run() -> Outcome {
    let Some(program) = tools::find("cargo-deny") else {
        return not_checked("cargo-deny is not installed (cargo install cargo-deny --locked)");
    };
    let deny =
        |arguments: &[&str]| Command::new(&program).current_dir(tools::root()).arg("deny").args(arguments).status();
    // Fetching brings the database up to date; an older copy on this machine is better than none.
    let fetched = deny(&["fetch", "db"]).is_ok_and(|status| status.success());
    match deny(&["check", "--disable-fetch", "advisories"]) {
        Ok(status) if status.success() => {
            println!("advisories: none{}", if fetched { "" } else { ", by the copy of the database on this machine" });
            Ok(())
        }
        Ok(_) if !fetched => not_checked("the RustSec database cannot be reached from here"),
        Ok(_) => {
            Err("advisories: see above; update the crate, or record in deny.toml why it does not concern us".to_owned())
        }
        Err(error) => Err(format!("{}: {error}", program.display())),
    }
}

fn not_checked(why: &str) -> Outcome {
    if env::var("ADVISORIES").is_ok_and(|value| value == "required") {
        return Err(format!("advisories: {why}, and ADVISORIES=required is set"));
    }
    println!("advisories: NOT CHECKED: {why}");
    Ok(())
}
