//! The contract's codes in an operator's words: why a call is refused so, and what helps. `ngnpro-server explain-error` prints
//! them.

/// One code.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The number that clients compare.
    pub code: u16,
    /// The contract's name.
    pub name: &'static str,
    /// When it is answered.
    pub cause: &'static str,
    /// What helps.
    pub remedy: &'static str,
}

/// The explanation of a code; none when the contract has no such code.
#[must_use]
pub fn find(code: u16) -> Option<Explanation> {
    all().find(|explanation| explanation.code == code)
}

/// All of them, by code.
pub fn all() -> impl Iterator<Item = Explanation> {
    TABLE.iter().map(|&(code, name, cause, remedy)| Explanation { code, name, cause, remedy })
}

type Row = (u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    (1000, "SipDomainNotFound",
     "The SIP domain does not exist, or belongs to somebody else: the two look alike on purpose.",
     "Check the spelling; getDomains lists what the caller reaches."),
    (1001, "SipDomainExists",
     "The SIP domain exists already, maybe with another customer.",
     "Use updateDomain if it is yours."),
    (1002, "SipDomainNotEmpty",
     "Accounts or aliases still stand in the domain.",
     "Delete them first; getAccounts and getAliases list them."),
    (1010, "SipAccountNotFound",
     "The SIP account does not exist, or belongs to somebody else.",
     "Check user name and domain; getAccounts lists what the caller reaches."),
    (1011, "SipAccountExists",
     "An account or an alias has that address already.",
     "Use updateAccount, or choose another user name."),
    (1020, "SipAliasNotFound",
     "The alias does not exist, or belongs to somebody else.",
     "getAliases lists what the caller reaches."),
    (1021, "SipAliasExists",
     "An alias or an account has that address already.",
     "Use updateAlias, or choose another user name."),
    (1030, "AlreadyInGroup",
     "The account is a member of the group already.",
     "Nothing to do."),
    (1031, "NotInGroup",
     "The account is not a member of the group.",
     "Nothing to do."),
    (1040, "PhonebookEntryNotFound",
     "The phonebook of the account has no entry with that URI.",
     "getPhoneBookEntries lists them."),
    (1041, "PhonebookEntryExists",
     "The phonebook of the account has an entry with that URI.",
     "Use updatePhoneBookEntry."),
    (1060, "MediaSessionNotFound",
     "Nothing was recorded of that dialog.",
     "Check Call-ID and tags; traces are kept for a limited time."),
    (1070, "TrustedPeerNotFound",
     "No trusted peer has that address, or it belongs to somebody else.",
     "getTrustedPeers lists what the caller reaches."),
    (1071, "TrustedPeerExists",
     "A trusted peer with that address exists.",
     "Use updateTrustedPeer if it is yours."),
    (1080, "CarrierNotFound",
     "No carrier has that number, or it belongs to another reseller.",
     "getCarriers lists what the caller reaches."),
    (1081, "CarrierExists",
     "The reseller has a carrier of that name.",
     "Use updateCarrier, or choose another name."),
    (1082, "GatewayNotFound",
     "No gateway has that number, or it belongs to another reseller.",
     "getGateways lists what the caller reaches."),
    (1083, "GatewayExists",
     "The reseller has a gateway of that name.",
     "Use updateGateway, or choose another name."),
    (1084, "GatewayRuleNotFound",
     "No rule has that number, or its gateway belongs to another reseller.",
     "getGatewayRules lists what the caller reaches."),
    (1086, "RouteNotFound",
     "No route has that number, or it belongs to another reseller.",
     "getRoutes lists what the caller reaches."),
    (1087, "RouteExists",
     "An equal route (prefix, originator, carrier, priority) exists; of several routes in one call none was made.",
     "Use updateRoute, or leave it out."),
    (1088, "CarrierInUse",
     "Gateways or routes still use the carrier.",
     "Delete them first."),
    (1090, "VoucherNotFound",
     "No prepaid card has that number and id.",
     "Check both numbers on the card."),
    (1091, "VoucherUsed",
     "The prepaid card was used up, or is blocked.",
     "Use another card."),
    (2000, "VoicemailAccountNotFound",
     "The account has no voicemail box.",
     "addAccount in the Voicemail port makes one."),
    (2001, "VoicemailAccountExists",
     "The account has a voicemail box.",
     "Use updateAccount in the Voicemail port."),
    (2002, "MailboxExists",
     "Another account has that mailbox number.",
     "Choose another, or leave it out and get a free one."),
    (3000, "EnumRangeNotFound",
     "The range does not exist, no range holds the number, or it belongs to somebody else.",
     "getRanges lists what the caller reaches."),
    (3001, "EnumRangeExists",
     "The range exists under that top level domain.",
     "Use updateRange if it is yours."),
    (3002, "EnumNumberNotFound",
     "The number does not exist under that top level domain, or belongs to somebody else.",
     "Use addNumber."),
    (3003, "EnumNumberExists",
     "The number exists under that top level domain.",
     "Use updateNumber."),
    (3004, "EnumRangeNotEmpty",
     "Numbers still stand in the range.",
     "Delete them first; getNumbers lists them."),
    (3005, "TooManyMappings",
     "A number has at most five mappings.",
     "Delete one first."),
    (3006, "EnumRangeFull",
     "The range has as many numbers as its size allows, or the number is not as long as the range says.",
     "Compare size, mindigits and maxdigits of the range."),
    (4001, "RatingEntityNotFound",
     "The entity has no price lists.",
     "setEntityProfiles gives it some."),
    (5000, "CustomerNotFound",
     "The customer does not exist, or is not the caller's.",
     "getCustomers and getResellers list what the caller reaches."),
    (5001, "CustomerExists",
     "A customer with that login name or that number exists, maybe of another reseller.",
     "Choose another user name, or use updateAccount."),
    (5002, "CustomerNotEmpty",
     "Records still belong to the customer.",
     "Delete them, or give them to somebody else first."),
    (5003, "PropertyNotAllowed",
     "The property may only be changed by somebody with more rights.",
     "Ask whom the text names: the reseller or the administrator."),
    (7000, "DnsZoneNotFound",
     "The zone does not exist, or belongs to somebody else.",
     "getZones lists what the caller reaches."),
    (7001, "DnsZoneExists",
     "The zone exists, maybe with another customer.",
     "Use updateZone if it is yours."),
    (7002, "DnsRecordNotFound",
     "No record has that number, or its zone belongs to somebody else.",
     "getRecords lists what the caller reaches."),
    (7003, "DnsRecordExists",
     "An equal record exists in the zone.",
     "Use updateRecord."),
    (9000, "AuthenticationFailed",
     "User name or password is wrong or missing, the customer to impersonate does not exist or is not within reach, or there were too many wrong attempts from that address or for that name.",
     "Check the auth header (username, password, impersonate, admin). The limits are limits.failures_per_address and limits.failures_per_name; they clear within a minute. The server's log names the peer."),
    (9001, "NotAllowed",
     "The credentials are right, but this caller may not do that with this record.",
     "The table of operations says who may: administrator, reseller, customer or owner. A pstn or prepaid right may be missing in the customer's properties."),
    (9002, "ResellerNotActive",
     "The caller is no reseller, or its resellerActive is false: it may change records but not make new ones.",
     "The administrator sets resellerActive by Customer.updateAccount."),
    (9003, "CreditExceeded",
     "The customer or its reseller has as many records of that kind as its credit property allows.",
     "Raise the property (such as sip_credit) by Customer.setProperties, or delete records."),
    (9004, "InvalidValue",
     "An argument is missing or not valid, or the message breaks the wire's rules. The text names the member by its path.",
     "Correct that member; GET /wsdl shows the types."),
    (9005, "UnknownOperation",
     "The namespace has no such operation.",
     "Compare element and namespace with GET /wsdl; the namespace names the port."),
    (9009, "InternalError",
     "The database is away or too slow, or the server has a defect. Nothing was changed.",
     "Look for the answer's X-Request-Id in the log. `/ready` says whether the database answers; try again later."),
];

#[cfg(test)]
mod tests {
    use domain::Refusal;

    use super::{all, find};

    #[test]
    fn every_code_of_the_contract_is_explained_once() {
        let codes: Vec<u16> = all().map(|explanation| explanation.code).collect();
        assert_eq!(codes, Refusal::CODES);
        assert_eq!(find(1011).unwrap().name, "SipAccountExists");
        assert!(find(1234).is_none());
    }
}
