//! The words and rules that both programs share: identities, passwords, groups, properties, credits, search terms,
//! who may reach what, and the refusals of the contract.
//!
//! No I/O, no clock, and nothing here can be serialized: what travels on a wire and what stands in a row are types of
//! their own, elsewhere. A value of one of these types is valid by construction; text becomes one of them at the edge.

mod accept_rule;
mod acl;
mod call_diversion;
mod credit;
mod customer;
mod customer_property;
mod dns_record;
mod dns_zone;
mod enum_number;
mod group;
mod ids;
mod invalid;
mod like_pattern;
mod list;
mod phonebook;
mod prepaid;
mod presence;
mod pstn;
mod pstn_network;
mod rating;
mod refusal;
mod scope;
mod secret;
mod sip_account;
mod sip_domain;
mod sip_id;
mod sip_password;
mod text;
mod trusted_peer;
mod voicemail;

pub use accept_rule::{
    AcceptGroup, AcceptRules, Days, PersistentAcceptRule, RuleMinutes, SentAcceptRule, TemporaryAcceptRule, TimeOfDay,
    with_days,
};
pub use acl::{AclEntry, AclNetwork};
pub use call_diversion::{CallDiversions, DiversionCondition, DiversionTarget};
pub use credit::CreditKind;
pub use customer::{Customer, CustomerProfile, CustomerTerms, LoginName, NewCustomer, StoredPassword};
pub use customer_property::{
    CustomerProperty, Permission, PropertyName, Rights, SentProperty, properties_merged, properties_of_new,
    properties_replaced,
};
pub use dns_record::{DnsRecord, DnsRecordType, FancyType, NewDnsRecord};
pub use dns_zone::{DnsZone, DnsZoneSettings, RelativeName, ZoneName, check_mail_address};
pub use enum_number::{
    E164Digits, EnumId, EnumMapping, EnumNumber, EnumRange, EnumRangeId, EnumRangeSettings, EnumService, NewEnumNumber,
};
pub use group::Group;
pub use ids::{CustomerId, ResellerId};
pub use invalid::Invalid;
pub use like_pattern::LikePattern;
pub use list::{Direction, Range};
pub use phonebook::{BarringPrefix, PhonebookEntry, PhonebookSearch, PhonebookUri, RejectMember};
pub use prepaid::{Amount, Voucher};
pub use presence::{Activity, Treatment, WatcherAddress};
pub use pstn::{PstnRights, PstnState, prepaid_of};
pub use pstn_network::{
    Carrier, CarrierId, Gateway, GatewayId, GatewayRule, GatewayRuleId, GatewayRuleSettings, GatewaySettings,
    GatewayTransport, NetworkName, NumberPrefix, Route, RouteId, RouteSettings,
};
pub use rating::{RatingEntity, RatingProfiles};
pub use refusal::Refusal;
pub use scope::Scope;
pub use secret::Secret;
pub use sip_account::{NewSipAccount, Property, RingTimeout, SipAccount, SipAccountSettings};
pub use sip_domain::{NewSipAlias, Ownership, SipAlias, SipDomain, TlsProfile};
pub use sip_id::{DomainName, NewUsername, SipId, Username};
pub use sip_password::{Credentials, Digest, SipPassword};
pub use text::{Text, TimeZoneName};
pub use trusted_peer::{PeerAddress, PeerAssignment, PeerNumbers, PeerProtocol, PeerSettings, PeerWays, TrustedPeer};
pub use voicemail::{Announcement, Mailbox, NewVoicemailAccount, Pin, VoicemailAccount, VoicemailChange};
