//! What `sip-proxy explain` says of a call is what becomes of it.

use std::process::Command;

use super::{DOMAIN, Site, at, groups, outcome, refused_by};
use crate::line::Line;

const NUMBER: &str = "0031208005161";

impl Site {
    /// What the running proxy says would become of the call: the status that it would be answered with, or the URIs that it
    /// would be sent to, in their order.
    fn explained(&self, from: &str, to: &str) -> Result<Vec<String>, u64> {
        self.soap.learn();
        let settings = self.platform.folder().join("sip-proxy.toml");
        let answer = Command::new(self.platform.programs().join("sip-proxy"))
            .arg("--config")
            .arg(settings)
            .args(["explain", "--json", "--from", &format!("{from}@{DOMAIN}"), "--to", &format!("{to}@{DOMAIN}")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&answer.stdout);
        assert!(answer.status.success(), "{said}{}", String::from_utf8_lossy(&answer.stderr));
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert!(!said["steps"].as_array().unwrap().is_empty(), "{said}");
        match said["outcome"]["status"].as_u64() {
            Some(status) => Err(status),
            None => {
                let targets = said["outcome"]["targets"].as_array().unwrap();
                Ok(targets.iter().map(|target| target["uri"].as_str().unwrap().to_owned()).collect())
            }
        }
    }

    /// The call is offered where it is said to go.
    fn goes_as_explained(&self, caller: &mut Line, from: &str, to: &str, callee: &mut Line) {
        let said = self.explained(from, to).unwrap();
        let (offered, heard) = refused_by(caller, to, callee, 486);
        assert_eq!((said.first().map(String::as_str), heard.status()), (Some(offered.uri()), 486), "{from} to {to}");
    }
}

#[test]
fn what_explain_says_is_what_becomes_of_the_call() {
    let site = Site::new();
    let mut gateway = site.way("carrier", "", "");
    let mut alice = site.account("alice", "");
    let mut bob = site.phone("bob", &groups(&["free-pstn"]));
    // Neither has a phone.
    for user in ["carol", "erin"] {
        site.account(user, "");
    }
    for (to, status) in [(NUMBER, 403), ("carol", 480), ("nobody", 404)] {
        assert_eq!(site.explained("alice", to), Err(status), "{to}");
        assert_eq!(u64::from(outcome(&mut alice, to).status()), status, "{to}");
    }
    site.goes_as_explained(&mut alice, "alice", "bob", &mut bob);
    site.divert("erin", &format!("<FUNC>{}</FUNC>", at("bob")));
    site.goes_as_explained(&mut alice, "alice", "erin", &mut bob);
    // The phone calls as bob too.
    let said = site.explained("bob", NUMBER).unwrap();
    let (offered, _) = refused_by(&mut bob, NUMBER, &mut gateway, 486);
    assert_eq!(said, [offered.uri()]);
}
