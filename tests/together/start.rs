//! Starting and stopping: what a person at a terminal, or a script, gets to read.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use crate::platform::Platform;
use crate::wait;

fn words(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|words| String::from_utf8_lossy(words).into_owned()).concat()
}

#[test]
fn a_start_of_what_runs_already_says_so_and_a_stop_of_nothing_is_fine() {
    let platform = Platform::start();
    let again = platform.command("up").output().unwrap();
    assert!(again.status.success());
    assert!(words(&again).contains(&format!("already runs: SOAP at http://{}/", platform.soap)), "{}", words(&again));
    let in_front = platform.command("run").output().unwrap();
    assert!(!in_front.status.success());
    assert!(words(&in_front).contains("already runs"), "{}", words(&in_front));
    for outcome in [": stopped\n", ": nothing runs\n"] {
        let down = platform.command("down").output().unwrap();
        assert!(down.status.success() && words(&down).ends_with(outcome), "{}", words(&down));
    }
    assert!(crate::soap::get(&format!("http://{}/ready", platform.soap)).is_none());
}

#[test]
fn an_address_in_use_is_named_with_the_variable_to_change() {
    let platform = Platform::prepare();
    let taken = TcpListener::bind(platform.soap).unwrap();
    let up = platform.command("up").output().unwrap();
    assert!(!up.status.success());
    let expected = format!("SOAP_ADDR={} cannot be used (in use, by ", platform.soap);
    assert!(words(&up).contains(&expected), "{}", words(&up));
    assert!(words(&up).contains(&format!("(process {})", std::process::id())), "{}", words(&up));
    drop(taken);
}

#[test]
fn every_address_of_the_machine_is_no_address_for_phones() {
    let platform = Platform::prepare();
    let everywhere = format!("0.0.0.0:{}", platform.sip.port());
    let up = platform.command("up").env("SIP_ADDR", everywhere).output().unwrap();
    assert!(!up.status.success());
    assert!(words(&up).contains("name that one in SIP_ADDR, or set SIP_PROXY__SIP__ADVERTISED"), "{}", words(&up));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_variable_to_change() {
    let platform = Platform::prepare();
    let file = platform.folder().join("a file");
    fs::write(&file, "").unwrap();
    let up = platform.command("up").env("STATE_DIR", &file).output().unwrap();
    assert!(!up.status.success());
    let expected = format!("STATE_DIR={} cannot be used (Not a directory", file.display());
    assert!(words(&up).contains(&expected), "{}", words(&up));
}

#[test]
fn a_start_of_what_has_lost_a_program_or_its_record_makes_it_whole() {
    let platform = Platform::start();
    platform.kill_proxy();
    let again = platform.command("up").output().unwrap();
    assert!(again.status.success(), "{}", words(&again));
    assert!(words(&again).contains("sip-proxy has ended; stopping the rest and starting anew"), "{}", words(&again));
    platform.wait_for_proxy();

    fs::remove_file(platform.folder().join("run.json")).unwrap();
    let again = platform.command("up").output().unwrap();
    assert!(words(&again).contains("run.json is missing; stopping the rest"), "{}", words(&again));
    platform.wait_for_proxy();

    fs::write(platform.folder().join("run.json"), "half of {").unwrap();
    let down = platform.command("down").output().unwrap();
    assert!(down.status.success(), "{}", words(&down));
    assert!(crate::soap::get(&format!("http://{}/ready", platform.soap)).is_none());
}

#[test]
fn odd_names_of_folders_and_odd_passwords_are_taken_as_they_are() {
    let platform = Platform::prepare();
    let folder = platform.folder().join("it's 100%41 \"my\" $HOME & co");
    let password = " it's \"my\" $HOME \\ & <co> # ";
    let start = |with: &[(&str, &str)]| {
        let mut up = platform.command("up");
        let up = up.env("STATE_DIR", &folder).env_remove("ADMIN_PASSWORD").envs(with.iter().copied());
        let up = up.output().unwrap();
        assert!(up.status.success(), "{}", words(&up));
        platform.client("root", password).must("Sip.getDomains", "");
        assert!(platform.command("down").env("STATE_DIR", &folder).status().unwrap().success());
    };
    start(&[("ADMIN_USERNAME", "root"), ("ADMIN_PASSWORD", password)]);
    // The second start is told nothing: it keeps what the first was given.
    start(&[("ADMIN_USERNAME", "root")]);
    crate::platform::remove(&folder);
}

#[test]
fn an_interrupted_start_in_the_background_leaves_nothing_running() {
    let platform = Platform::prepare();
    let up = platform.command("up").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait::until(60, "the first of the programs is on record", || (platform.pid("ngnpro-server") > 0).then_some(()));
    assert!(Command::new("kill").args(["-s", "INT", &up.id().to_string()]).status().unwrap().success());
    let output = up.wait_with_output().unwrap();
    assert!(!output.status.success());
    assert!(words(&output).contains("interrupted while starting"), "{}", words(&output));
    assert!(!fs::exists(platform.folder().join("run.json")).unwrap());
    assert!(crate::soap::get(&format!("http://{}/ready", platform.soap)).is_none());
}

#[test]
fn a_program_that_crashes_ends_the_foreground_with_the_cause_and_stops_the_rest() {
    let platform = Platform::prepare();
    let run = platform.command("run").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ready = format!("http://{}/ready", platform.soap);
    wait::until(60, "the platform is ready", || crate::soap::get(&ready).filter(|answer| answer.status == 200));
    wait::until(60, "both programs are on record", || (platform.pid("sip-proxy") > 0).then_some(()));
    platform.wait_for_proxy();
    platform.kill_proxy();
    let output = run.wait_with_output().unwrap();
    assert!(!output.status.success());
    let words = words(&output);
    assert!(words.contains("sip-proxy ended") && words.contains("sip-proxy.log"), "{words}");
    assert!(crate::soap::get(&ready).is_none(), "the provisioning server still answers");
}

#[test]
fn an_interrupt_stops_everything_and_the_next_start_finds_the_same_data() {
    let platform = Platform::prepare();
    let ready = format!("http://{}/ready", platform.soap);
    for round in 0..2 {
        let run = platform.command("run").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        platform.wait_for_proxy();
        wait::until(60, "SOAP is served", || crate::soap::get(&ready).filter(|answer| answer.status == 200));
        let domain = "<domain><domain>kept.example</domain></domain>";
        let outcome = platform.administrator().call("Sip.addDomain", domain).outcome();
        assert_eq!(outcome, if round == 0 { "ok" } else { "1001" });
        let pid = run.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", words(&output));
        assert!(crate::soap::get(&ready).is_none());
    }
    assert!(!fs::exists(platform.folder().join("run.json")).unwrap());
}

#[test]
fn a_server_that_speaks_tls_is_waited_for_and_its_tenant_is_made_over_it() {
    let platform = Platform::prepare().with_demo();
    let pair = ["cert.pem", "key.pem"].map(|name| platform.folder().join(name).display().to_string());
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-out", &pair[0], "-keyout", &pair[1]])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", words(&made));
    let mut up = platform.command("up");
    up.env("NGNPRO__HTTP__TLS__CERTIFICATE", &pair[0]).env("NGNPRO__HTTP__TLS__PRIVATE_KEY", &pair[1]);
    let up = up.output().unwrap();
    assert!(up.status.success(), "{}", words(&up));
    let url = format!("https://{}", platform.soap);
    assert!(words(&up).contains(&format!("SOAP  {url}/")), "{}", words(&up));
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(platform.folder().join("run.json")).unwrap()).unwrap();
    assert_eq!(record["urls"]["server_ready"], format!("{url}/ready"));
    let asked = Command::new("curl").args(["-sf", "--cacert", &pair[0], &format!("{url}/ready")]).output().unwrap();
    assert!(asked.status.success(), "{}", words(&asked));
}
