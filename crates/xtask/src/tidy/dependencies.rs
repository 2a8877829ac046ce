//! Who may depend on whom: the first invariants of ARCHITECTURE.md.

use super::Finding;
use super::tree::Package;

/// Crates without I/O, so that they run on virtual time and under a fuzzer.
const PURE: &[&str] = &["domain", "soap", "sip-message", "sip-core"];

/// Runtimes, sockets, databases and what starts them.
const IMPURE: &[&str] = &[
    "actix-rt",
    "actix-web",
    "async-std",
    "cluster",
    "config",
    "futures",
    "hyper",
    "mio",
    "reqwest",
    "rustls",
    "socket2",
    "sqlx",
    "store",
    "test-support",
    "tokio",
    "tokio-util",
];

/// Crates that may speak SQL.
const SQL: &[&str] = &["store", "test-support"];

/// Either program, and what only the other one is made of.
const APART: &[(&str, &[&str])] =
    &[("ngnpro-server", &["sip-proxy", "sip-core", "sip-message"]), ("sip-proxy", &["ngnpro-server", "soap"])];

pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            if let Some(what) = refusal(&package.name, &dependency.name, dependency.kind.as_deref()) {
                findings.push(Finding::new(format!("{} -> {}", package.name, dependency.name), what));
            }
        }
    }
    findings
}

fn refusal(package: &str, dependency: &str, kind: Option<&str>) -> Option<&'static str> {
    if PURE.contains(&package) && IMPURE.contains(&dependency) {
        return Some(
            "this crate has no runtime, socket or database: pass the result in, or move the code to the process",
        );
    }
    if dependency.starts_with("sqlx") && !SQL.contains(&package) {
        return Some("only store and test-support speak SQL: add a function to store");
    }
    if package == "domain" && dependency.starts_with("serde") {
        return Some("domain types are not serializable: wire, domain and row are three types");
    }
    if APART.iter().any(|(one, others)| package == *one && others.contains(&dependency)) {
        return Some("the two programs meet in store and in PostgreSQL only");
    }
    if dependency == "test-support" && kind != Some("dev") {
        return Some("test-support is for tests: make it a dev-dependency");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Dependency, Package};
    use super::check;

    fn findings_for(package: &str, dependency: &str, kind: Option<&str>) -> usize {
        let dependency = Dependency { name: dependency.to_owned(), kind: kind.map(str::to_owned) };
        check(&[Package { name: package.to_owned(), dependencies: vec![dependency] }]).len()
    }

    #[test]
    fn a_pure_crate_that_takes_a_runtime_is_found() {
        assert_eq!(findings_for("sip-core", "tokio", None), 1);
        assert_eq!(findings_for("soap", "actix-web", Some("dev")), 1);
        assert_eq!(findings_for("domain", "store", None), 1);
        assert_eq!(findings_for("sip-core", "sip-message", None), 0);
    }

    #[test]
    fn sqlx_outside_of_store_is_found() {
        assert_eq!(findings_for("ngnpro-server", "sqlx", None), 1);
        assert_eq!(findings_for("sip-proxy", "sqlx-postgres", None), 1);
        assert_eq!(findings_for("store", "sqlx", None), 0);
    }

    #[test]
    fn a_program_that_depends_on_the_other_is_found() {
        assert_eq!(findings_for("ngnpro-server", "sip-message", None), 1);
        assert_eq!(findings_for("sip-proxy", "soap", None), 1);
        assert_eq!(findings_for("sip-proxy", "sip-message", None), 0);
    }

    #[test]
    fn serializable_domain_types_are_found() {
        assert_eq!(findings_for("domain", "serde", None), 1);
    }

    #[test]
    fn test_support_in_the_product_is_found() {
        assert_eq!(findings_for("sip-proxy", "test-support", None), 1);
        assert_eq!(findings_for("sip-proxy", "test-support", Some("dev")), 0);
    }
}
