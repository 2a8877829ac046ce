//! Trusted peers between the wire and the domain.

use domain::{
    GatewayRuleSettings, NumberPrefix, Ownership, PeerAddress, PeerAssignment, PeerNumbers, PeerProtocol, PeerSettings,
    PeerWays, Refusal, RouteSettings, Secret, TrustedPeer,
};

use crate::ports::member;
use crate::ports::ownership::Wanted;
use crate::wire::types;

/// A peer as it was sent, and whose it shall be.
pub(super) struct Sent {
    pub(super) peer: TrustedPeer,
    pub(super) wanted: Wanted,
    /// Whether these were sent at all: clients leave them out of an update.
    pub(super) protocol: bool,
    pub(super) owner: bool,
    pub(super) tag: bool,
}

/// Reads the key of a peer.
pub(super) fn address(text: Option<&str>, at: &'static str) -> Result<PeerAddress, Refusal> {
    PeerAddress::parse(text.unwrap_or_default()).map_err(|why| why.at(at))
}

/// Reads a peer to be made, or what one is to become.
pub(super) fn read(wire: Option<types::TrustedPeer>) -> Result<Sent, Refusal> {
    let wire = member::required(wire, "peer")?;
    let wanted = Wanted {
        customer: member::customer(wire.customer, "peer.customer")?,
        reseller: member::reseller(wire.reseller, "peer.reseller")?,
        members: ["peer.customer", "peer.reseller"],
    };
    let (protocol, owner, tag) = (wire.protocol.is_some(), wire.owner.is_some(), wire.tag.is_some());
    let peer = TrustedPeer {
        address: address(wire.ip.as_deref(), "peer.ip")?,
        ownership: Ownership::default(),
        assignment: PeerAssignment {
            protocol: PeerProtocol::parse(&wire.protocol.unwrap_or_default()).map_err(|why| why.at("peer.protocol"))?,
            owner: member::customer(wire.owner, "peer.owner")?,
            tag: member::line(wire.tag, "peer.tag")?,
        },
        numbers: PeerNumbers {
            strip: GatewayRuleSettings::strip(wire.strip.map(i64::from)).map_err(|why| why.at("peer.strip"))?,
            prefix: NumberPrefix::parse(&wire.prefix.unwrap_or_default()).map_err(|why| why.at("peer.prefix"))?,
            auth_token: Secret::new(member::line(wire.auth_token, "peer.authToken")?),
        },
        ways: PeerWays {
            transit: wire.transit.unwrap_or(false),
            carrier_name: member::line(wire.carrier_name, "peer.carrierName")?,
            originator: RouteSettings::originator(&wire.originator.unwrap_or_default())
                .map_err(|why| why.at("peer.originator"))?,
            billing_id: member::line(wire.billing_id, "peer.billingId")?,
        },
        settings: PeerSettings {
            description: member::line(wire.description, "peer.description")?,
            call_limit: member::count(wire.call_limit, "peer.callLimit")?,
            msteams: wire.msteams.unwrap_or(false),
            tenant: member::line(wire.tenant, "peer.tenant")?,
            blocked: wire.blocked.unwrap_or(0),
            enum_lookup: wire.enum_lookup.unwrap_or(true),
            prepaid: wire.prepaid.unwrap_or(false),
            tags: member::line(wire.tags, "peer.tags")?,
        },
        change_date: String::new(),
    };
    Ok(Sent { peer, wanted, protocol, owner, tag })
}

/// Writes a peer with every member.
pub(super) fn write(peer: TrustedPeer) -> types::TrustedPeer {
    let TrustedPeer { address, ownership, numbers, ways, settings, assignment, change_date } = peer;
    types::TrustedPeer {
        ip: Some(address.as_str().to_owned()),
        protocol: Some(assignment.protocol.as_str().to_owned()),
        tag: Some(assignment.tag),
        description: Some(settings.description),
        reseller: Some(ownership.reseller.get()),
        change_date: Some(change_date),
        owner: Some(assignment.owner.get()),
        customer: Some(ownership.customer.get()),
        call_limit: Some(settings.call_limit),
        msteams: Some(settings.msteams),
        tenant: Some(settings.tenant),
        carrier_name: Some(ways.carrier_name),
        originator: Some(ways.originator),
        prefix: Some(numbers.prefix.as_str().to_owned()),
        strip: Some(i32::from(numbers.strip)),
        blocked: Some(settings.blocked),
        enum_lookup: Some(settings.enum_lookup),
        transit: Some(ways.transit),
        prepaid: Some(settings.prepaid),
        tags: Some(settings.tags),
        billing_id: Some(ways.billing_id),
        auth_token: Some(numbers.auth_token.expose().to_owned()),
        from_pattern: None,
    }
}
