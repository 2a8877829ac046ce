//! What the JSON wire has besides the operations of the contract: one closed table, as `ports.rs` is for those.
//!
//! A resource is described in `schema/resources/<name>.json` and has a line here; what it does is in its own file. It is
//! called when the caller is known, and its writes may be tried or done once as all others are: they use the store that they are
//! given. What streams its body is no line here: it is served beside, see `http/api.rs`.

use serde_json::Value;
use store::Store;

use super::{Answer, JSON, Method, Problem, Request, journal, text, tokens, webhooks};
use crate::app::App;
use crate::caller::Caller;
use crate::metrics::Named;

macro_rules! resources {
    ($($resource:ident: $method:ident $path:literal in $name:literal is $called:literal;)*) => {
        /// A verb of a resource.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Resource {
            $(#[doc = $path] $resource,)*
        }

        impl Resource {
            /// All of them.
            const ALL: &[Self] = &[$(Self::$resource),*];

            /// Its verb, its path below [`ROOT`](super::ROOT), and the name that tokens know it by.
            pub(super) const fn describe(self) -> (Method, &'static str, &'static str) {
                match self {
                    $(Self::$resource => (Method::$method, $path, $name),)*
                }
            }

            /// What log and metrics call it, as they call operations: the name of the resource, and of what is done.
            pub(super) const fn named(self) -> Named {
                match self {
                    $(Self::$resource => ($name, $called),)*
                }
            }
        }
    };
}

resources! {
    WhoAmI: Get "/me" in "me" is "whoAmI";
    AddToken: Post "/tokens" in "tokens" is "addToken";
    GetTokens: Get "/tokens" in "tokens" is "getTokens";
    DeleteToken: Delete "/tokens/{id}" in "tokens" is "deleteToken";
    GetJournal: Get "/journal" in "journal" is "getJournal";
    AddWebhook: Post "/webhooks" in "webhooks" is "addWebhook";
    GetWebhooks: Get "/webhooks" in "webhooks" is "getWebhooks";
    GetWebhook: Get "/webhooks/{id}" in "webhooks" is "getWebhook";
    DeleteWebhook: Delete "/webhooks/{id}" in "webhooks" is "deleteWebhook";
    SetWebhookActive: Put "/webhooks/{id}/active" in "webhooks" is "setWebhookActive";
    TestWebhook: Post "/webhooks/{id}/test" in "webhooks" is "testWebhook";
    GetDeadLetters: Get "/webhooks/{id}/dead-letters" in "webhooks" is "getDeadLetters";
    ResendDeadLetter: Post "/webhooks/{id}/dead-letters/{letter}/resend" in "webhooks" is "resendDeadLetter";
    DeleteDeadLetter: Delete "/webhooks/{id}/dead-letters/{letter}" in "webhooks" is "deleteDeadLetter";
}

/// The names of what streams.
const STREAMS: [&str; 3] = ["imports", "exports", "changes"];

/// A call of a resource.
pub(super) struct Asked<'a> {
    pub(super) app: &'a App,
    /// The store to use, which may be a step of a larger transaction.
    pub(super) store: &'a Store,
    pub(super) caller: &'a Caller,
    pub(super) request: &'a Request<'a>,
    /// What the path names, decoded.
    pub(super) places: &'a [String],
}

impl Resource {
    /// The names that tokens can be made for: those of this table, and of what streams. Tokens make no tokens.
    pub(super) fn names() -> Vec<&'static str> {
        let names = Self::ALL.iter().map(|resource| resource.describe().2).chain(STREAMS);
        names.filter(|name| *name != "tokens").collect()
    }

    /// Does it.
    pub(super) async fn answer(self, asked: &Asked<'_>) -> Result<Answer, Problem> {
        match self {
            Self::WhoAmI => Ok(asked.who()),
            Self::AddToken => tokens::add(asked).await,
            Self::GetTokens => tokens::list(asked).await,
            Self::DeleteToken => tokens::delete(asked).await,
            Self::GetJournal => journal::list(asked).await,
            Self::AddWebhook => webhooks::add(asked).await,
            Self::GetWebhooks => webhooks::list(asked).await,
            Self::GetWebhook => webhooks::get(asked).await,
            Self::DeleteWebhook => webhooks::delete(asked).await,
            Self::SetWebhookActive => webhooks::set_active(asked).await,
            Self::TestWebhook => webhooks::test(asked).await,
            Self::GetDeadLetters => webhooks::dead_letters(asked).await,
            Self::ResendDeadLetter => webhooks::resend(asked).await,
            Self::DeleteDeadLetter => webhooks::delete_letter(asked).await,
        }
    }
}

impl Asked<'_> {
    /// Who the caller is to the server.
    fn who(&self) -> Answer {
        let caller = self.caller;
        document(
            200,
            &serde_json::json!({
                "name": caller.name,
                "role": caller.role().name(),
                "customer": caller.customer.get(),
                "reseller": caller.reseller.get(),
            }),
        )
    }
}

/// An answer that is a document.
pub(super) fn document(status: u16, document: &Value) -> Answer {
    let body = document.to_string();
    Answer { status, media_type: Some(JSON), headers: Vec::new(), body, errorcode: None }
}

/// A resource that was found by a request's path and verb.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) resource: Resource,
    pub(super) places: Vec<String>,
}

/// Looks a path up; the verbs that it has when it has no such one.
pub(super) fn find(method: &str, below: &str) -> Option<Result<Found, Problem>> {
    let mut allowed = Vec::new();
    for resource in Resource::ALL {
        let (verb, path, _) = resource.describe();
        let Some(places) = places(path, below) else { continue };
        if verb.name() == method || (verb == Method::Get && method == "HEAD") {
            let places: Result<Vec<String>, Problem> = places.into_iter().map(text::decoded).collect();
            return Some(places.map(|places| Found { resource: *resource, places }));
        }
        allowed.push(verb.name());
    }
    let refused = || Problem::new(405, "the resource has no such method").with("Allow", allowed.join(", "));
    (!allowed.is_empty()).then(|| Err(refused()))
}

/// What a path names when it is one of the template's.
fn places<'a>(template: &str, below: &'a str) -> Option<Vec<&'a str>> {
    let mut sent = below.split('/');
    let mut found = Vec::new();
    for step in template.split('/').skip(1) {
        let sent = sent.next()?;
        match step.starts_with('{') {
            true if sent.is_empty() => return None,
            true => found.push(sent),
            false if step == sent => {}
            false => return None,
        }
    }
    sent.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_found_by_path_and_verb_beside_the_operations() {
        assert_eq!(find("GET", "me").unwrap().unwrap().resource, Resource::WhoAmI);
        let problem = find("DELETE", "me").unwrap().unwrap_err();
        assert_eq!((problem.status, problem.headers[0].1.as_str()), (405, "GET"));
        assert!(find("GET", "me/x").is_none());
        assert_eq!(places("/a/{b}/c", "a/%20/c").unwrap(), ["%20"]);
        assert!(places("/a/{b}", "a/").is_none());
    }

    #[test]
    fn every_resource_is_described_as_it_is_served() {
        let document: Value = serde_json::from_str(crate::json::OPENAPI).unwrap();
        for resource in Resource::ALL {
            let (method, path, _) = resource.describe();
            let verb = method.name().to_lowercase();
            assert_eq!(document["paths"][path][&verb]["operationId"], resource.named().1, "{verb} {path}");
        }
    }
}
