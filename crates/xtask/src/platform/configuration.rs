//! The settings files of the two programs, written anew at each start from what the platform was told.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::database::Database;
use super::settings::{Address, Password, Settings, random_text, write_secret};

/// Writes `ngnpro-server.toml` and answers its path.
pub(super) fn server(
    settings: &Settings,
    programs: &Path,
    database: &Database,
    password: &Password,
) -> Result<PathBuf, String> {
    let hash = hash_password(programs, &password.text)?;
    let sealing_key = match settings.customer_passwords.as_str() {
        "recoverable" => sealing_key(&settings.state_dir)?,
        _ => String::new(),
    };
    let path = settings.state_dir.join("ngnpro-server.toml");
    let text = format!(
        "# Written at each start; changes here are lost.\n\
         [http]\nlisten = {}\n\n\
         [database]\nurl = {}\nowner_url = {}\n\n\
         [administrator]\nusername = {}\npassword_hash = {}\n\n\
         [passwords]\ncustomer_passwords = {}\nsealing_key = {}",
        quoted(&settings.soap.address.to_string()),
        quoted(&database.server_url),
        quoted(&database.owner_url),
        quoted(&settings.admin_username),
        quoted(&hash),
        quoted(&settings.customer_passwords),
        quoted(&sealing_key),
    );
    write_secret(&path, &text)?;
    Ok(path)
}

/// Writes `sip-proxy.toml` and answers its path.
pub(super) fn proxy(settings: &Settings, database: &Database) -> Result<PathBuf, String> {
    let state = settings.state_dir.join("sip-proxy");
    fs::create_dir_all(&state).map_err(|error| format!("{}: {error}", state.display()))?;
    let path = settings.state_dir.join("sip-proxy.toml");
    let text = format!(
        "# Written at each start; changes here are lost.\n\
         [sip]\nlisten = [{}]\nlisten_tls = [{}]\nlisten_ws = [{}]\nlisten_wss = [{}]\nstate_dir = {}\n\n\
         [database]\nurl = {}\n\n\
         [http]\nlisten = {}",
        quoted(&settings.sip.address.to_string()),
        listed(settings.sips.as_ref()),
        listed(settings.ws.as_ref()),
        listed(settings.wss.as_ref()),
        quoted(&state.display().to_string()),
        quoted(&database.proxy_url),
        quoted(&settings.proxy_http.address.to_string()),
    );
    write_secret(&path, &text)?;
    Ok(path)
}

/// The key that seals recoverable passwords: made once, because what it sealed needs it again.
fn sealing_key(state_dir: &Path) -> Result<String, String> {
    let path = state_dir.join("sealing.key");
    if let Ok(kept) = fs::read_to_string(&path) {
        return Ok(kept.trim_end().to_owned());
    }
    let made = random_text(32)?;
    write_secret(&path, &made)?;
    Ok(made)
}

fn hash_password(programs: &Path, password: &str) -> Result<String, String> {
    let server = programs.join("ngnpro-server");
    let failed = |error: std::io::Error| format!("{} hash-password: {error}", server.display());
    let mut child = Command::new(&server)
        .arg("hash-password")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(format!("{password}\n").as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    let hash = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !hash.is_empty() {
        return Ok(hash);
    }
    Err(format!("{} hash-password failed ({})", server.display(), output.status))
}

/// The one item of a TOML list, or none.
fn listed(address: Option<&Address>) -> String {
    address.map(|address| quoted(&address.address.to_string())).unwrap_or_default()
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_is_quoted_so_that_no_value_can_end_its_string() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000Ad\"");
    }
}
