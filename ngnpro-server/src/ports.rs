//! The one closed table of operations: which there are, who may call each, which function does it.
//!
//! An operation of the contract without a line here does not build. Everything else about an operation (its refusals, what
//! it does) is in its own file, `ports/<port>/<operation>.rs`.

pub mod customer_port;
pub mod dns_port;
pub mod enum_port;
mod member;
pub mod network_port;
mod ownership;
pub mod presence_port;
pub mod rating_port;
pub mod sip_port;
#[cfg(test)]
mod testing;
pub mod voicemail_port;

use domain::Refusal;
use soap::{Element, Form};

use crate::caller::Role::{self, Account, Administrator, Customer, Reseller};
use crate::context::Context;
use crate::error::Failure;
use crate::wire::{Input, Operation};

macro_rules! operations {
    ($($operation:ident: $($role:ident)+ => $port:ident::$module:ident;)+) => {
        impl Operation {
            /// Who may call it.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self {
                    $(Self::$operation => &[$($role),+],)+
                }
            }
        }

        /// Calls an operation and writes its answer in the wire of the request.
        ///
        /// # Errors
        /// The operation's refusals, 9001 when the caller's role may not call it, 9004 for a value of another type.
        pub async fn call<A: Answering>(
            operation: Operation,
            context: &Context<'_>,
            wire: A,
            parameters: Element<'_>,
        ) -> Result<A::Answer, Failure> {
            match operation {
                // Boxed, so that a call carries the room of its own operation and not that of the largest.
                $(Operation::$operation => {
                    Box::pin(run(operation, context, wire, parameters, $port::$module::handle)).await
                })+
            }
        }
    };
}

operations! {
    // The refusal for a customer is the operation's own (9002): callable by all three.
    CustomerAddAccount: Administrator Reseller Customer => customer_port::add_account;
    CustomerUpdateAccount: Administrator Reseller Customer => customer_port::update_account;
    // A customer is refused by the operation: the administrator may act as the very customer that it deletes.
    CustomerDeleteAccount: Administrator Reseller Customer => customer_port::delete_account;
    CustomerGetAccount: Administrator Reseller Customer => customer_port::get_account;
    CustomerGetCustomers: Administrator Reseller Customer => customer_port::get_customers;
    CustomerGetResellers: Administrator Reseller Customer => customer_port::get_resellers;
    CustomerSetProperties: Administrator Reseller Customer => customer_port::set_properties;
    CustomerGetProperties: Administrator Reseller Customer => customer_port::get_properties;

    SipAddDomain: Administrator Reseller Customer => sip_port::add_domain;
    SipUpdateDomain: Administrator Reseller Customer => sip_port::update_domain;
    SipDeleteDomain: Administrator Reseller Customer => sip_port::delete_domain;
    SipGetDomains: Administrator Reseller Customer => sip_port::get_domains;
    SipAddAccount: Administrator Reseller Customer => sip_port::add_account;
    SipUpdateAccount: Administrator Reseller Customer => sip_port::update_account;
    SipDeleteAccount: Administrator Reseller Customer => sip_port::delete_account;
    SipGetAccount: Administrator Reseller Customer => sip_port::get_account;
    SipGetAccounts: Administrator Reseller Customer => sip_port::get_accounts;
    SipAddToGroup: Administrator Reseller Customer => sip_port::add_to_group;
    SipRemoveFromGroup: Administrator Reseller Customer => sip_port::remove_from_group;
    SipGetGroups: Administrator Reseller Customer => sip_port::get_groups;
    SipAddAlias: Administrator Reseller Customer => sip_port::add_alias;
    SipUpdateAlias: Administrator Reseller Customer => sip_port::update_alias;
    SipDeleteAlias: Administrator Reseller Customer => sip_port::delete_alias;
    SipGetAlias: Administrator Reseller Customer => sip_port::get_alias;
    SipGetAliases: Administrator Reseller Customer => sip_port::get_aliases;
    SipGetAliasesForAccount: Administrator Reseller Customer => sip_port::get_aliases_for_account;
    SipAddPhonebookEntry: Administrator Reseller Customer => sip_port::add_phonebook_entry;
    SipUpdatePhonebookEntry: Administrator Reseller Customer => sip_port::update_phonebook_entry;
    SipDeletePhonebookEntry: Administrator Reseller Customer => sip_port::delete_phonebook_entry;
    SipGetPhonebookEntries: Administrator Reseller Customer => sip_port::get_phonebook_entries;
    SipSetRejectMembers: Administrator Reseller Customer => sip_port::set_reject_members;
    SipGetRejectMembers: Administrator Reseller Customer => sip_port::get_reject_members;
    SipSetAcceptRules: Administrator Reseller Customer => sip_port::set_accept_rules;
    SipGetAcceptRules: Administrator Reseller Customer => sip_port::get_accept_rules;
    SipSetBarringPrefixes: Administrator Reseller Customer => sip_port::set_barring_prefixes;
    SipGetBarringPrefixes: Administrator Reseller Customer => sip_port::get_barring_prefixes;
    SipSetCallDiversions: Administrator Reseller Customer => sip_port::set_call_diversions;
    SipGetCallDiversions: Administrator Reseller Customer => sip_port::get_call_diversions;
    SipAddCarrier: Administrator Reseller => sip_port::add_carrier;
    SipUpdateCarrier: Administrator Reseller => sip_port::update_carrier;
    SipDeleteCarrier: Administrator Reseller => sip_port::delete_carrier;
    SipGetCarriers: Administrator Reseller => sip_port::get_carriers;
    SipAddGateway: Administrator Reseller => sip_port::add_gateway;
    SipUpdateGateway: Administrator Reseller => sip_port::update_gateway;
    SipDeleteGateway: Administrator Reseller => sip_port::delete_gateway;
    SipGetGateways: Administrator Reseller => sip_port::get_gateways;
    SipAddGatewayRule: Administrator Reseller => sip_port::add_gateway_rule;
    SipUpdateGatewayRule: Administrator Reseller => sip_port::update_gateway_rule;
    SipDeleteGatewayRule: Administrator Reseller => sip_port::delete_gateway_rule;
    SipGetGatewayRules: Administrator Reseller => sip_port::get_gateway_rules;
    SipAddRoutes: Administrator Reseller => sip_port::add_routes;
    SipUpdateRoutes: Administrator Reseller => sip_port::update_routes;
    SipDeleteRoutes: Administrator Reseller => sip_port::delete_routes;
    SipGetRoutes: Administrator Reseller => sip_port::get_routes;
    SipAddTrustedPeer: Administrator Reseller => sip_port::add_trusted_peer;
    SipUpdateTrustedPeer: Administrator Reseller => sip_port::update_trusted_peer;
    SipDeleteTrustedPeer: Administrator Reseller => sip_port::delete_trusted_peer;
    SipGetTrustedPeers: Administrator Reseller => sip_port::get_trusted_peers;
    SipAddBalanceFromVoucher: Administrator Reseller Customer => sip_port::add_balance_from_voucher;
    SipGetPrepaidStatus: Administrator Reseller Customer => sip_port::get_prepaid_status;
    SipGetCreditHistory: Administrator Reseller Customer => sip_port::get_credit_history;
    SipGetCalls: Administrator Reseller Customer => sip_port::get_calls;
    SipGetCallStatistics: Administrator Reseller Customer => sip_port::get_call_statistics;
    SipAddBalance: Administrator Reseller => sip_port::add_balance;
    SipGetSipTrace: Administrator => sip_port::get_sip_trace;
    SipGetMediaTrace: Administrator => sip_port::get_media_trace;
    SipGetMediaSummary: Administrator => sip_port::get_media_summary;
    SipGetMediaSessions: Administrator => sip_port::get_media_sessions;
    SipGetSipDeviceLocations: Administrator Reseller Customer => sip_port::get_sip_device_locations;

    DnsAddZone: Administrator Reseller Customer => dns_port::add_zone;
    DnsUpdateZone: Administrator Reseller Customer => dns_port::update_zone;
    DnsDeleteZone: Administrator Reseller Customer => dns_port::delete_zone;
    DnsGetZone: Administrator Reseller Customer => dns_port::get_zone;
    DnsGetZones: Administrator Reseller Customer => dns_port::get_zones;
    DnsAddRecord: Administrator Reseller Customer => dns_port::add_record;
    DnsAddFancyRecord: Administrator Reseller Customer => dns_port::add_fancy_record;
    DnsUpdateRecord: Administrator Reseller Customer => dns_port::update_record;
    DnsUpdateFancyRecord: Administrator Reseller Customer => dns_port::update_fancy_record;
    DnsDeleteRecord: Administrator Reseller Customer => dns_port::delete_record;
    DnsDeleteFancyRecord: Administrator Reseller Customer => dns_port::delete_fancy_record;
    DnsGetRecord: Administrator Reseller Customer => dns_port::get_record;
    DnsGetFancyRecord: Administrator Reseller Customer => dns_port::get_fancy_record;
    DnsGetRecords: Administrator Reseller Customer => dns_port::get_records;
    DnsGetFancyRecords: Administrator Reseller Customer => dns_port::get_fancy_records;

    EnumAddRange: Administrator Reseller Customer => enum_port::add_range;
    EnumUpdateRange: Administrator Reseller Customer => enum_port::update_range;
    EnumDeleteRange: Administrator Reseller Customer => enum_port::delete_range;
    EnumGetRanges: Administrator Reseller Customer => enum_port::get_ranges;
    EnumAddNumber: Administrator Reseller Customer => enum_port::add_number;
    EnumUpdateNumber: Administrator Reseller Customer => enum_port::update_number;
    EnumDeleteNumber: Administrator Reseller Customer => enum_port::delete_number;
    EnumGetNumber: Administrator Reseller Customer => enum_port::get_number;
    EnumGetNumbers: Administrator Reseller Customer => enum_port::get_numbers;

    VoicemailAddAccount: Administrator Reseller Customer => voicemail_port::add_account;
    VoicemailUpdateAccount: Administrator Reseller Customer => voicemail_port::update_account;
    VoicemailDeleteAccount: Administrator Reseller Customer => voicemail_port::delete_account;
    VoicemailGetAccount: Administrator Reseller Customer => voicemail_port::get_account;
    VoicemailSetAnnouncement: Administrator Reseller Customer => voicemail_port::set_announcement;

    RatingSetEntityProfiles: Administrator Reseller => rating_port::set_entity_profiles;
    RatingDeleteEntityProfiles: Administrator Reseller => rating_port::delete_entity_profiles;
    RatingGetEntityProfiles: Administrator Reseller Customer => rating_port::get_entity_profiles;

    NetworkGetStatistics: Administrator => network_port::get_statistics;
    NetworkGetStatus: Administrator => network_port::get_status;

    PresenceSetPresenceInformation: Account => presence_port::set_presence_information;
    PresenceGetPresenceInformation: Account => presence_port::get_presence_information;
    PresenceDeletePresenceInformation: Account => presence_port::delete_presence_information;
    PresenceGetWatchers: Account => presence_port::get_watchers;
    PresenceSetPolicy: Account => presence_port::set_policy;
    PresenceGetPolicy: Account => presence_port::get_policy;
}

/// What became of one of many inputs: what the new record is called, or why there is none.
pub type MadeOne = Result<String, Failure>;

/// Whether an operation does many inputs at once.
#[must_use]
pub const fn does_many(operation: Operation) -> bool {
    matches!(operation, Operation::SipAddAccount)
}

/// Does many inputs at once, by the rules of one; `None` when they are to be done one by one.
///
/// # Errors
/// 9001 when the caller's role may not call it, and what concerns all of them: nothing was done.
pub async fn call_many(
    operation: Operation,
    context: &Context<'_>,
    inputs: &[Element<'_>],
) -> Result<Option<Vec<MadeOne>>, Failure> {
    check_may_call(operation, context)?;
    match operation {
        Operation::SipAddAccount => {
            let read = |input: &Element<'_>| soap::read_record(*input).map_err(Failure::from);
            sip_port::add_account::many(context, inputs.iter().map(read).collect()).await
        }
        _ => Ok(None),
    }
}

/// A wire's way to write what an operation answers.
pub trait Answering {
    /// What is written.
    type Answer;

    /// Writes the result.
    fn write<T: soap::Wire>(self, operation: Operation, result: &T) -> Self::Answer;
}

impl Answering for Form {
    type Answer = String;

    fn write<T: soap::Wire>(self, operation: Operation, result: &T) -> String {
        soap::response(self, operation.describe(), result)
    }
}

fn check_may_call(operation: Operation, context: &Context<'_>) -> Result<(), Refusal> {
    if !operation.roles().contains(&context.caller.role()) {
        return Err(Refusal::NotAllowed("the operation is for other roles than the caller's"));
    }
    match context.caller.grant.allows(operation) {
        true => Ok(()),
        false => Err(Refusal::NotAllowed("no scope of the token has the operation")),
    }
}

/// Checks the role, reads the input, calls the function, writes the result.
async fn run<I: Input, A: Answering>(
    operation: Operation,
    context: &Context<'_>,
    wire: A,
    parameters: Element<'_>,
    handle: impl AsyncFn(&Context<'_>, I) -> Result<I::Output, Failure>,
) -> Result<A::Answer, Failure> {
    if I::OPERATION != operation {
        return Err(Failure::Internal(format!("the table's line of {operation:?} names another operation's function")));
    }
    check_may_call(operation, context)?;
    let input = soap::read_record(parameters)?;
    let output = handle(context, input).await?;
    Ok(wire.write(operation, &output))
}
