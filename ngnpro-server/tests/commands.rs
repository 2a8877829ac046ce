//! The program's sub-commands that bring records in and out, as a shell runs them: exit status, verdicts, whom they act as.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use test_support::ScratchDb;

struct Shell {
    database: ScratchDb,
    folder: tempfile::TempDir,
}

impl Shell {
    async fn new() -> Self {
        Self { database: ScratchDb::new().await, folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a line of words; what comes to its standard input.
    fn run(&self, line: &str, input: &str) -> (i32, String, String) {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_ngnpro-server")));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        command.env("NGNPRO__DATABASE__URL", self.database.server_url().expose());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that does not want it may have closed it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

#[tokio::test]
async fn records_go_in_and_out_by_the_shell() {
    let shell = Shell::new().await;
    let (code, out, words) = shell.run("import - --into sip/domains", "{\"domain\": \"acme.example\"}\n");
    assert_eq!(
        (code, words.lines().last()),
        (0, Some("1 rows: 1 added, 0 updated, 0 refused, 0 failed")),
        "{out}{words}"
    );
    // The verdicts of rows that were done are not for the standard output.
    assert!(out.starts_with("{\"end\":") && out.contains("\"kept\":true"), "{out}");

    shell.write("accounts.csv", "id,password,groups\nalice@acme.example,p1,free;vip\nbob@nowhere.example,p2,\n");
    let (code, out, words) = shell.run("import accounts.csv --dry-run", "");
    assert_eq!(code, 1);
    assert!(words.contains("1 added, 0 updated, 1 refused, 0 failed; nothing is kept"), "{words}");
    assert!(
        out.contains("{\"line\":3,\"status\":\"refused\",\"id\":\"bob@nowhere.example\",\"errorcode\":1000,"),
        "{out}"
    );
    let (code, out, _) = shell.run("import accounts.csv --verdicts verdicts.ndjson", "");
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(shell.read("verdicts.ndjson").lines().count(), 3);

    let (code, out, words) = shell.run("export sip/accounts --format csv --query filter.domain=acme.example", "");
    assert_eq!(code, 0, "{words}");
    assert!(out.starts_with("id,password,") && out.contains("\r\nalice@acme.example,p1,"), "{out}");
    assert_eq!(out.lines().count(), 2);
    let (code, _, words) = shell.run("export --output accounts.ndjson", "");
    assert_eq!(code, 0, "{words}");
    let (code, _, words) = shell.run("import accounts.ndjson --update", "");
    assert_eq!((code, words.lines().last()), (0, Some("1 rows: 0 added, 1 updated, 0 refused, 0 failed")));
}

#[tokio::test]
async fn a_customer_s_limits_hold_in_the_shell_too() {
    let shell = Shell::new().await;
    let customers = "{\"id\": 2001, \"username\": \"acme\", \"resellerActive\": true}\n\
                     {\"id\": 2002, \"username\": \"rival\", \"resellerActive\": true}\n";
    let (code, out, words) = shell.run("import - --into customers", customers);
    assert_eq!(code, 0, "{out}{words}");
    assert_eq!(shell.run("import - --into sip/domains --as 2001", "{\"domain\": \"acme.example\"}\n").0, 0);
    let account = "{\"id\": {\"username\": \"x\", \"domain\": \"acme.example\"}}\n";
    assert_eq!(shell.run("import - --as 2001", account).0, 0);
    let (code, out, _) = shell.run("import - --as 2002", account);
    assert!(code == 1 && out.contains("\"errorcode\":1000"), "{out}");
    for (acting_as, count) in [(2001, 1), (2002, 0)] {
        let (code, out, _) = shell.run(&format!("export sip/accounts --as {acting_as}"), "");
        assert_eq!((code, out.lines().count()), (0, count));
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_exit_status() {
    let shell = Shell::new().await;
    for (line, code, words) in [
        ("import nothing.csv", 1, "nothing.csv: No such file"),
        ("import - --into sip/locations", 2, "there are no records sip/locations; known are"),
        ("import - --as 999999", 1, "--as: there is no customer 999999"),
        ("export sip/accounts --query limit=3", 2, "an export is all of a list"),
        ("export sip/accounts --query filter.nothing=3", 1, "there is no such member"),
        ("export voicemail/accounts", 1, "there is no list of these"),
        ("import", 2, "<FILE>"),
    ] {
        let (found, _, said) = shell.run(line, "");
        assert_eq!(found, code, "{line}: {said}");
        assert!(said.contains(words), "{line}: {said}");
    }
    let url = "postgresql://ngnpro_server:x@127.0.0.1:1/none";
    let mut command = Command::new(env!("CARGO_BIN_EXE_ngnpro-server"));
    let away = command.args(["export"]).env("NGNPRO__DATABASE__URL", url).output().unwrap();
    assert_eq!(away.status.code(), Some(69));
}
