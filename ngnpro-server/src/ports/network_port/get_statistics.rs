//! `Network.getStatistics`: how many accounts each domain has and how many of them are online, by proxy and in all. Online
//! is what has a device that is registered now.
//!
//! 9001 anybody but the administrator with its own credentials.

use serde_json::json;
use store::nodes;

use crate::context::Context;
use crate::error::Failure;
use crate::wire::network::GetStatisticsInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, _input: GetStatisticsInput) -> Result<String, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let found = nodes::statistics(&mut tx).await?;
    // How many accounts there are is the same wherever it is asked.
    let of = |online| json!({ "sip_proxy": { "online_accounts": online, "total_accounts": &found.total } });
    let mut document: serde_json::Map<_, _> =
        found.online_by_node.iter().map(|(node, online)| (node.clone(), of(json!(online)))).collect();
    document.insert("summary".to_owned(), of(json!(&found.online)));
    Ok(serde_json::Value::Object(document).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ports::testing::Platform;

    async fn statistics(platform: &Platform) -> Value {
        let text = platform.call(&platform.admin, handle, GetStatisticsInput {}).await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[tokio::test]
    async fn nothing_is_invented_and_what_is_empty_stays_an_object() {
        let platform = Platform::empty().await;
        let nothing = json!({ "summary": { "sip_proxy": { "online_accounts": {}, "total_accounts": {} } } });
        assert_eq!(statistics(&platform).await, nothing);
    }

    #[tokio::test]
    async fn an_account_at_two_proxies_is_one_account() {
        let platform = Platform::new().await;
        platform.account(&platform.acme, "ann@acme.example").await;
        platform
            .db
            .execute(
                "INSERT INTO locations (account_id, position, contact, call_id, cseq, address, port, transport, received,
                                        received_port, node, expires)
                 SELECT a.id, n, 'sip:x', 'x', 1, 'x', 5060, 'udp', '192.0.2.1', 5060, 'proxy' || n,
                        now() + CASE WHEN a.username = 'carol' THEN interval '-1 s' ELSE interval '1 hour' END
                 FROM sip_accounts AS a, generate_series(1, 2) AS n WHERE a.username IN ('alice', 'carol')",
            )
            .await;
        // By its address, where it has said what that is.
        platform.db.execute("SELECT ngnpro_announce('proxy2', '192.0.2.2', '1.0.0', ARRAY['sip_proxy'])").await;
        let found = statistics(&platform).await;
        let total = json!({ "acme.example": 2, "shop.example": 1, "rival.example": 1 });
        for node in ["proxy1", "192.0.2.2", "summary"] {
            let expected =
                json!({ "sip_proxy": { "online_accounts": { "acme.example": 1 }, "total_accounts": total } });
            assert_eq!(found[node], expected, "{node}");
        }
    }
}
