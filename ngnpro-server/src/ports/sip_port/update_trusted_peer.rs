//! `Sip.updateTrustedPeer`: replaces the peer of that address. Owner, protocol and the old label stay where they are not
//! sent, customer and reseller where both are 0. A reseller changes strip, prefix and authToken; all else stays as it is
//! stored, since its form has no such inputs.
//!
//! 1070, 9004.

use domain::TrustedPeer;
use store::{sip_accounts, trusted_peers};

use super::trusted_peer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::UpdateTrustedPeerInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: UpdateTrustedPeerInput) -> Result<(), Failure> {
    let sent = trusted_peer::read(input.peer)?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = trusted_peers::get_for_update(&mut tx, &sent.peer.address).await?;
    let peer = if context.caller.scope.is_administrator() {
        let mut peer = sent.peer;
        peer.address.fits(peer.settings.msteams).map_err(|why| why.at("peer.ip"))?;
        if !sent.protocol {
            peer.assignment.protocol = stored.assignment.protocol;
        }
        if !sent.tag {
            peer.assignment.tag = stored.assignment.tag;
        }
        if sent.owner {
            sip_accounts::check_owner(&mut tx, peer.assignment.owner, "peer.owner").await?;
        } else {
            peer.assignment.owner = stored.assignment.owner;
        }
        let says_nobody = sent.wanted.customer.is_nobody() && sent.wanted.reseller.is_nobody();
        peer.ownership = match says_nobody {
            true => stored.ownership,
            false => ownership::of_change(&mut tx, stored.ownership, sent.wanted).await?,
        };
        peer
    } else {
        TrustedPeer { numbers: sent.peer.numbers, ..stored }
    };
    trusted_peers::update(&mut tx, &peer).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::sip_port::add_trusted_peer;
    use crate::ports::testing::{Platform, Refused, code};
    use crate::wire::sip::AddTrustedPeerInput;
    use crate::wire::types;

    const IP: &str = "192.0.2.20";

    async fn with_peer() -> Platform {
        let platform = Platform::empty().await;
        let peer = types::TrustedPeer {
            ip: Some(IP.into()),
            protocol: Some("tls".into()),
            description: Some("peer".into()),
            owner: Some(platform.shop.customer.get()),
            reseller: Some(platform.acme.customer.get()),
            transit: Some(true),
            billing_id: Some("B1".into()),
            call_limit: Some(30),
            enum_lookup: Some(false),
            ..Default::default()
        };
        let input = AddTrustedPeerInput { peer: Some(peer) };
        platform.call(&platform.admin, add_trusted_peer::handle, input).await.unwrap();
        platform
    }

    async fn update(platform: &Platform, by: &Caller, peer: types::TrustedPeer) -> Result<(), Refused> {
        platform.call(by, handle, UpdateTrustedPeerInput { peer: Some(peer) }).await
    }

    fn edit() -> types::TrustedPeer {
        types::TrustedPeer {
            ip: Some(IP.into()),
            prefix: Some("0031".into()),
            strip: Some(2),
            auth_token: Some("token".into()),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn the_administrator_replaces_all_but_what_clients_do_not_send() {
        let platform = with_peer().await;
        let [acme, shop, rival] = [&platform.acme, &platform.shop, &platform.rival].map(|c| c.customer.get());
        let other = types::TrustedPeer { customer: Some(0), reseller: Some(0), ..edit() };
        update(&platform, &platform.admin, other).await.unwrap();
        let stored = platform.peer(&platform.admin, IP).await.unwrap();
        assert_eq!((stored.customer, stored.reseller, stored.owner), (Some(acme), Some(acme), Some(shop)));
        assert_eq!((stored.protocol.as_deref(), stored.description.as_deref()), (Some("tls"), Some("")));
        assert_eq!((stored.transit, stored.enum_lookup, stored.call_limit), (Some(false), Some(true), Some(0)));
        assert_eq!(
            (stored.prefix.as_deref(), stored.strip, stored.auth_token.as_deref()),
            (Some("0031"), Some(2), Some("token"))
        );
        let moved = types::TrustedPeer { reseller: Some(rival), owner: Some(0), ..edit() };
        update(&platform, &platform.admin, moved).await.unwrap();
        let stored = platform.peer(&platform.rival, IP).await.unwrap();
        assert_eq!((stored.customer, stored.reseller, stored.owner), (Some(rival), Some(rival), Some(0)));
        assert!(platform.peer(&platform.acme, IP).await.is_none());
    }

    #[tokio::test]
    async fn a_reseller_changes_its_numbers_and_nothing_else() {
        let platform = with_peer().await;
        let before = platform.peer(&platform.acme, IP).await.unwrap();
        let sent = types::TrustedPeer { blocked: Some(1), transit: Some(false), owner: Some(0), ..edit() };
        update(&platform, &platform.acme, sent).await.unwrap();
        let after = platform.peer(&platform.acme, IP).await.unwrap();
        let numbers = types::TrustedPeer {
            prefix: Some("0031".into()),
            strip: Some(2),
            auth_token: Some("token".into()),
            change_date: after.change_date.clone(),
            ..before
        };
        assert_eq!(after, numbers);
    }

    #[tokio::test]
    async fn what_is_wrong_or_out_of_reach_is_refused() {
        let platform = with_peer().await;
        let refused = update(&platform, &platform.rival, edit()).await;
        assert_eq!(refused, Err((1070, format!("Trusted peer {IP} does not exist"))));
        for (by, peer, refusal) in [
            (&platform.acme, types::TrustedPeer { ip: Some("192.0.2.99".into()), ..edit() }, 1070),
            (&platform.acme, types::TrustedPeer { ip: None, ..edit() }, 9004),
            (&platform.acme, types::TrustedPeer { strip: Some(99), ..edit() }, 9004),
            (&platform.admin, types::TrustedPeer { customer: Some(999_999), ..edit() }, 9004),
            (&platform.admin, types::TrustedPeer { owner: Some(999_999), ..edit() }, 9004),
        ] {
            assert_eq!(code(update(&platform, by, peer.clone()).await), refusal, "{peer:?}");
        }
    }
}
