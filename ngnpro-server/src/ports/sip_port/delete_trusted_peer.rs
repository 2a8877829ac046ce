//! `Sip.deleteTrustedPeer`: deletes the peer of that address.
//!
//! 1070, 9004.

use store::trusted_peers;

use super::trusted_peer;
use crate::context::Context;
use crate::error::Failure;
use crate::wire::sip::DeleteTrustedPeerInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteTrustedPeerInput) -> Result<(), Failure> {
    let address = trusted_peer::address(input.ip.as_deref(), "ip")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    trusted_peers::delete(&mut tx, &address).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    #[tokio::test]
    async fn a_peer_goes_once_and_only_for_those_who_reach_it() {
        let platform = Platform::empty().await;
        platform.add_peer(&platform.acme, "192.0.2.20", "").await;
        let call = async |by, ip: &str| platform.call(by, handle, DeleteTrustedPeerInput { ip: Some(ip.into()) }).await;
        assert_eq!(code(call(&platform.rival, "192.0.2.20").await), 1070);
        assert_eq!(call(&platform.acme, "::ffff:192.0.2.20").await, Ok(()));
        assert_eq!(code(call(&platform.acme, "192.0.2.20").await), 1070);
        assert_eq!(code(call(&platform.acme, "").await), 9004);
    }
}
