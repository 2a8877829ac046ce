//! `Network.getStatus`: the programs that serve the platform, as each said of itself within the last minutes: address,
//! release, what it does.
//!
//! 9001 anybody but the administrator with its own credentials.

use serde_json::json;
use store::nodes;

use crate::context::Context;
use crate::error::Failure;
use crate::wire::network::GetStatusInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _input: GetStatusInput) -> Result<String, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let nodes = nodes::list(&mut tx).await?.into_iter();
    let document: serde_json::Map<_, _> =
        nodes.map(|node| (node.id, json!({ "ip": node.ip, "version": node.version, "roles": node.roles }))).collect();
    Ok(serde_json::Value::Object(document).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ports::testing::Platform;

    #[tokio::test]
    async fn who_is_silent_for_minutes_is_not_there() {
        let platform = Platform::empty().await;
        let status = async || -> Value {
            let text = platform.call(&platform.admin, handle, GetStatusInput {}).await.unwrap();
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(status().await, json!({}));
        let node = nodes::Node {
            id: "proxy1".to_owned(),
            ip: "192.0.2.1".to_owned(),
            version: "1.0.0".to_owned(),
            roles: vec!["sip_proxy".to_owned()],
        };
        let mut announcer = nodes::Announcer::new(&platform.db.proxy_url()).unwrap();
        announcer.announce(&node).await.unwrap();
        announcer.announce(&node).await.unwrap();
        let proxy = json!({ "proxy1": { "ip": "192.0.2.1", "version": "1.0.0", "roles": ["sip_proxy"] } });
        assert_eq!(status().await, proxy);
        platform.db.execute("UPDATE nodes SET seen = now() - interval '3 minutes'").await;
        assert_eq!(status().await, json!({}));
    }
}
