//! What an operation is given besides its input: the caller, the store, the settings that change what it does, and the
//! keeper of login passwords.

use domain::DomainName;
use store::Store;

use crate::caller::Caller;
use crate::passwords::Passwords;

/// The surroundings of one call.
#[derive(Debug)]
pub struct Context<'a> {
    /// Who calls, for whom.
    pub caller: &'a Caller,
    /// The provisioned data; every call into it takes the caller's scope.
    pub store: &'a Store,
    /// Settings of the operations.
    pub settings: &'a OperationSettings,
    /// Hashing and keeping of customers' login passwords.
    pub passwords: &'a Passwords,
}

/// Settings that change what operations do.
#[derive(Debug, Clone)]
pub struct OperationSettings {
    /// Most rows that a list answers.
    pub list_cap: u32,
    /// Whether SIP accounts keep the clear text beside the digests.
    pub store_clear_text_passwords: bool,
    /// What a new zone, and a new ENUM range, has where nothing is said.
    pub dns: DnsDefaults,
    /// The login name of the platform's administrator; empty where there is none. No customer has it.
    pub administrator: String,
}

/// What a new DNS zone has where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct DnsDefaults {
    /// Its name servers.
    pub nameservers: Vec<DomainName>,
    /// Seconds after which a secondary looks again.
    pub refresh: i32,
    /// Seconds after which it tries again.
    pub retry: i32,
    /// Seconds after which it stops to answer.
    pub expire: i32,
    /// Seconds for which an absent name is remembered.
    pub minimum: i32,
}
