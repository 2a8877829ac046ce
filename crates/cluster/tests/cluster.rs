//! A cluster's life, with PostgreSQL's real programs.

#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]

use std::path::PathBuf;
use std::process::Command;

use cluster::{Cluster, DATABASE, OWNER, SERVER, Settings};

fn scratch(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn ask(cluster: &Cluster, role: &str, sql: &str) -> String {
    let output = Command::new(cluster.programs().join("psql"))
        .args(["--no-psqlrc", "-At", "-c", sql, &cluster.url(role, DATABASE)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_is_committed_survives_a_stop_and_a_start() {
    let directory = scratch("cluster-life");
    let settings = Settings { directory: directory.clone(), durable: false };
    let cluster = Cluster::create_or_start(&settings).unwrap();
    assert!(cluster.pid().is_some());
    ask(&cluster, OWNER, "CREATE TABLE kept (n int)");
    assert_eq!(ask(&cluster, SERVER, "SELECT current_user"), SERVER);
    cluster.stop().unwrap();
    assert_eq!(cluster.pid(), None);
    let again = Cluster::create_or_start(&settings).unwrap();
    assert_eq!(ask(&again, OWNER, "SELECT count(*) FROM kept"), "0");
    cluster::stop(&directory).unwrap();
    assert_eq!(again.pid(), None);
    cluster::stop(&directory).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_folder_that_is_too_deep_for_a_socket_still_gets_a_cluster() {
    let top = scratch("cluster-deep");
    let directory = top.join("a-rather-long-name".repeat(6));
    let cluster = Cluster::create_or_start(&Settings { directory: directory.clone(), durable: false }).unwrap();
    assert_eq!(ask(&cluster, OWNER, "SELECT 1"), "1");
    let elsewhere = std::fs::read_to_string(directory.join("location")).unwrap();
    cluster::stop(&directory).unwrap();
    std::fs::remove_dir_all(elsewhere).unwrap();
    std::fs::remove_dir_all(&top).unwrap();
}
