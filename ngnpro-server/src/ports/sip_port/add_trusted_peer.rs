//! `Sip.addTrustedPeer`: makes a peer. Only the administrator opens ways beyond the reseller's own (transit, a carrier, an
//! originator) and says whose bill it is: from a reseller these are left out.
//!
//! 1071 there is a peer of that address, 9001 a reseller names a customer that is not its own, 9002 the reseller is not
//! active, 9004.

use store::{customers, sip_accounts, trusted_peers};

use super::trusted_peer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::ownership;
use crate::wire::sip::AddTrustedPeerInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: AddTrustedPeerInput) -> Result<types::TrustedPeer, Failure> {
    let sent = trusted_peer::read(input.peer)?;
    let mut peer = sent.peer;
    peer.address.fits(peer.settings.msteams).map_err(|why| why.at("peer.ip"))?;
    peer.address.may_send().map_err(|why| why.at("peer.ip"))?;
    if !context.caller.scope.is_administrator() {
        peer.ways = Default::default();
    }
    let mut tx = context.store.begin(&context.caller.scope).await?;
    customers::check_may_create(&mut tx).await?;
    peer.ownership = ownership::of_new(&mut tx, sent.wanted).await?;
    sip_accounts::check_owner(&mut tx, peer.assignment.owner, "peer.owner").await?;
    peer.change_date = trusted_peers::add(&mut tx, &peer).await?;
    tx.commit().await?;
    Ok(trusted_peer::write(peer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code};

    fn sent(ip: &str) -> types::TrustedPeer {
        types::TrustedPeer {
            ip: Some(ip.into()),
            description: Some("peer".into()),
            call_limit: Some(30),
            transit: Some(true),
            carrier_name: Some("carrier-a".into()),
            originator: Some("Peer-A".into()),
            billing_id: Some("B1".into()),
            prefix: Some("00".into()),
            strip: Some(1),
            auth_token: Some("token".into()),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn the_administrator_decides_all_and_a_reseller_no_ways_beyond_its_own() {
        let platform = Platform::empty().await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| caller.customer.get());
        let peer = types::TrustedPeer { customer: Some(shop), reseller: Some(acme), ..sent("192.0.2.20") };
        let input = AddTrustedPeerInput { peer: Some(peer) };
        let made = platform.call(&platform.admin, handle, input).await.unwrap();
        assert_eq!((made.customer, made.reseller, made.owner), (Some(shop), Some(acme), Some(0)));
        assert_eq!((made.protocol.as_deref(), made.enum_lookup, made.blocked), (Some("any"), Some(true), Some(0)));
        assert_eq!((made.transit, made.billing_id.as_deref()), (Some(true), Some("B1")));
        assert_eq!((made.originator.as_deref(), made.carrier_name.as_deref()), (Some("peer-a"), Some("carrier-a")));
        assert_eq!(platform.peer(&platform.acme, "192.0.2.20").await.unwrap(), made);
        let input = AddTrustedPeerInput { peer: Some(sent("192.0.2.21")) };
        let made = platform.call(&platform.acme, handle, input).await.unwrap();
        assert_eq!((made.customer, made.reseller), (Some(acme), Some(acme)));
        assert_eq!((made.call_limit, made.strip, made.prefix.as_deref()), (Some(30), Some(1), Some("00")));
        assert_eq!((made.transit, made.carrier_name.as_deref()), (Some(false), Some("")));
        assert_eq!((made.originator.as_deref(), made.billing_id.as_deref()), (Some(""), Some("")));
    }

    #[tokio::test]
    async fn what_is_wrong_taken_or_out_of_reach_is_refused() {
        let platform = Platform::empty().await;
        let rival = platform.rival.customer.get();
        platform.call(&platform.admin, handle, AddTrustedPeerInput { peer: Some(sent("192.0.2.20")) }).await.unwrap();
        for (peer, refusal) in [
            (sent("192.0.2.20"), 1071),
            (sent("::ffff:192.0.2.20"), 1071),
            (sent("sbc.example.com"), 9004),
            (sent(""), 9004),
            (sent("0.0.0.0"), 9004),
            (sent("255.255.255.255"), 9004),
            (sent("224.0.0.1"), 9004),
            (sent("::"), 9004),
            (types::TrustedPeer { customer: Some(rival), ..sent("192.0.2.22") }, 9001),
            (types::TrustedPeer { owner: Some(rival), ..sent("192.0.2.22") }, 9004),
            (types::TrustedPeer { call_limit: Some(-1), ..sent("192.0.2.22") }, 9004),
            (types::TrustedPeer { prefix: Some("x".into()), ..sent("192.0.2.22") }, 9004),
            (types::TrustedPeer { protocol: Some("sctp".into()), ..sent("192.0.2.22") }, 9004),
        ] {
            let input = AddTrustedPeerInput { peer: Some(peer.clone()) };
            assert_eq!(code(platform.call(&platform.acme, handle, input).await), refusal, "{peer:?}");
        }
        let teams = types::TrustedPeer { msteams: Some(true), ..sent("Sbc.example.com") };
        let made = platform.call(&platform.acme, handle, AddTrustedPeerInput { peer: Some(teams) }).await.unwrap();
        assert_eq!(made.ip.as_deref(), Some("sbc.example.com"));
        platform.deactivate(&platform.acme).await;
        let input = AddTrustedPeerInput { peer: Some(sent("192.0.2.22")) };
        assert_eq!(code(platform.call(&platform.acme, handle, input).await), 9002);
    }
}
