//! What bad settings print, word for word, and that secrets are never among it.

use std::collections::HashMap;

use super::*;

fn with_file(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().expect("a scratch directory");
    let path = dir.path().join("proxy.toml");
    std::fs::write(&path, text).expect("written");
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Settings::load_from(Some(&path), environment)
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

fn check(text: &str, environment: &[(&str, &str)], printed: &str) {
    let error = with_file(text, environment).expect_err("refused");
    assert_eq!(error, printed, "\n--- printed:\n{error}\n");
}

const URL: (&str, &str) = ("SIP_PROXY__DATABASE__URL", "postgres://proxy:hunter2@localhost/x");

#[test]
fn the_sample_holds_every_default() {
    let sample = with_file(SAMPLE, &[URL]).expect("the sample is good");
    let defaults = Settings::load_from(None, HashMap::from([(URL.0.to_owned(), URL.1.to_owned())])).expect("good");
    assert_eq!(format!("{sample:?}"), format!("{defaults:?}"));
    let mut key_lines = SAMPLE.lines().filter(|line| line.contains(" = ")).count();
    for field in format!("{defaults:#?}").lines() {
        let field = field.trim();
        if let Some((name, value)) = field.split_once(": ")
            && !value.ends_with("Settings {")
        {
            assert!(SAMPLE.contains(&format!("\n{name} = ")), "{name} is missing in the sample");
            key_lines -= 1;
        }
    }
    assert_eq!(key_lines, 0, "the sample names a key that does not exist");
}

#[test]
fn the_environment_goes_before_the_file() {
    let settings = with_file(
        "[sip]\nlisten = [\"127.0.0.1:5060\"]\n[log]\nformat = \"text\"",
        &[URL, ("SIP_PROXY__SIP__LISTEN", "127.0.0.1:7060,[::1]:7061"), ("SIP_PROXY__LOG__FORMAT", "json")],
    )
    .expect("good");
    assert_eq!(settings.sip.listen.len(), 2);
    assert_eq!(settings.sip.listen[1].port(), 7061);
    assert_eq!(settings.log.format, LogFormat::Json);
}

#[test]
fn a_bad_variable_is_named_with_its_place() {
    check(
        "",
        &[URL, ("SIP_PROXY__LIMITS__TCP_IDLE_S", "long")],
        "the settings cannot be used\n  where:  the environment (SIP_PROXY__SECTION__KEY)\n  key:    limits.tcp_idle_s\n  \
         wrong:  found string \"long\", expected an integer\n  remedy: compare with: sip-proxy sample-config",
    );
}

#[test]
fn an_unknown_key_is_named() {
    check(
        "[sip]\nlisten_on = 1",
        &[URL],
        "the settings cannot be used\n  where:  FILE\n  key:    sip\n  wrong:  unknown field `listen_on`, expected one of \
         `listen`, `listen_tls`, `listen_ws`, `listen_wss`, `advertised`, `node`, `relay`, `relay_transport`, `relay_udp`, `shards`, `state_dir`, `drain_s`\n  remedy: compare with: sip-proxy sample-config",
    );
}

#[test]
fn a_missing_database_is_named_with_its_remedy() {
    check(
        "",
        &[],
        "the settings cannot be used\n  where:  FILE and the environment\n  key:    database.url\n  wrong:  missing\n  \
         remedy: write postgres://user:password@host/name here, or set SIP_PROXY__DATABASE__URL",
    );
}

#[test]
fn a_broken_file_is_not_quoted() {
    let error =
        with_file("[database]\nurl = \"postgres://proxy:hunter2@localhost/x\n", &[]).expect_err("an open string");
    assert!(error.contains("line 2"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_bad_database_url_is_not_shown() {
    let error = with_file("[database]\nurl = \"mysql://proxy:hunter2@localhost/x\"\n", &[]).expect_err("not ours");
    assert!(error.contains("database.url") && !error.contains("hunter2"), "{error}");
}

#[test]
fn the_settings_print_without_their_secrets() {
    let settings = with_file("", &[URL]).expect("good");
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn a_wildcard_address_asks_for_a_name() {
    check(
        "[sip]\nlisten = [\"0.0.0.0:5060\"]",
        &[URL],
        "the settings cannot be used\n  where:  FILE and the environment\n  key:    sip.advertised\n  wrong:  empty, while \
         sip.listen has a wildcard address\n  remedy: name the host or address by which phones reach this proxy, or \
         listen on that address",
    );
}

/// RFC 3261 §10.3: only intervals under an hour may be refused as too brief.
#[test]
fn a_smallest_expiry_of_an_hour_is_refused() {
    let error = with_file("[registrar]\nexpires_min_s = 3600", &[URL]).expect_err("refused");
    assert!(error.contains("registrar.expires_min_s"), "{error}");
}

#[test]
fn a_word_in_place_of_a_number_is_named_with_its_key() {
    check(
        "[limits]\ntcp_idle_s = \"long\"",
        &[URL],
        "the settings cannot be used\n  where:  FILE\n  key:    limits.tcp_idle_s\n  wrong:  found string \"long\", \
         expected an integer\n  remedy: compare with: sip-proxy sample-config",
    );
}

#[test]
fn a_bad_address_is_named_with_its_place_in_the_list_and_an_example() {
    check(
        "[sip]\nlisten = [\"127.0.0.1:5060\", \"127.0.0.1:sip\"]",
        &[URL],
        "the settings cannot be used\n  where:  FILE\n  key:    sip.listen[1]\n  wrong:  invalid socket address syntax\n  \
         remedy: write an address and a port, for example \"192.0.2.1:5060\" or \"[2001:db8::1]:5060\"",
    );
}

#[test]
fn a_database_url_that_cannot_be_read_is_found_before_anything_starts() {
    let error =
        with_file("[database]\nurl = \"postgres://proxy:hunter2@localhost:port/x\"\n", &[]).expect_err("no port");
    assert!(error.contains("key:    database.url") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_file_that_cannot_be_opened_says_why() {
    let dir = tempfile::tempdir().expect("a scratch directory");
    let printed = |path: &Path| Settings::load_from(Some(path), HashMap::new()).expect_err("refused").to_string();
    let missing = dir.path().join("none.toml");
    let said = printed(&missing);
    assert!(said.contains("none.toml\n  wrong:  entity not found\n  remedy: write one with"), "{said}");
    let said = printed(dir.path());
    assert!(said.contains("wrong:  is a directory\n  remedy: name a file"), "{said}");
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "[sip]\nlisten = [\"nowhere\"]\nlisten_on = 1\nshards = 99\n[limits]\ntcp_idle_s = \"long\"\ntransactions = 0\n\
                [abuse]\nnever_banned = [\"192.0.2.0/99\"]\n[registrar]\nexpires_min_s = 0\ncontacts_max = 0\n";
    let error = with_file(text, &[]).expect_err("refused");
    let keys: Vec<&str> = error.lines().filter_map(|line| line.trim().strip_prefix("key:    ")).collect();
    let mut wanted = [
        "sip",
        "sip.listen[0]",
        "sip.shards",
        "limits.tcp_idle_s",
        "limits.transactions",
        "abuse.never_banned[0]",
        "registrar.expires_min_s",
        "registrar.contacts_max",
        "database.url",
    ];
    let mut found = keys.clone();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "{error}");
    assert_eq!(error.matches("remedy: ").count(), wanted.len());
}

/// Proxies of one database that have one name take each other's registrations for their own.
#[test]
fn machines_of_one_host_name_are_told_apart_by_their_addresses() {
    let node = |text: &str| with_file(text, &[URL]).expect("good").node();
    let names = [
        node("[sip]\nlisten = [\"192.0.2.1:5060\"]"),
        node("[sip]\nlisten = [\"192.0.2.2:5060\"]"),
        node("[sip]\nlisten = [\"192.0.2.2:5070\"]"),
        node("[sip]\nlisten = [\"0.0.0.0:5060\"]\nadvertised = [\"one.example.com\"]"),
        node("[sip]\nlisten = [\"0.0.0.0:5060\"]\nadvertised = [\"0.0.0.0:5060=two.example.com\"]"),
    ];
    let mut different = names.to_vec();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), names.len(), "{names:?}");
    assert!(names[4].ends_with("/two.example.com:5060"), "{names:?}");
    assert_eq!(node("[sip]\nnode = \"mine\""), "mine");
}
