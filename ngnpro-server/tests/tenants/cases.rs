//! The rows of the table: an operation, the record that it needs, its parameters. They are the same on every wire.

use super::other_ports;
use crate::wires::Client;

/// Whose record is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Of the first reseller's customer.
    First,
    /// Of another customer of the first reseller.
    Sister,
    /// Of the second reseller's customer.
    Second,
    /// Of the reseller that is not active.
    Inactive,
    Absent,
}

impl Target {
    pub(super) const ALL: [Self; 5] = [Self::First, Self::Sister, Self::Second, Self::Inactive, Self::Absent];

    pub(super) fn name(self) -> &'static str {
        match self {
            Target::First => "first's",
            Target::Sister => "sister's",
            Target::Second => "second's",
            Target::Inactive => "inactive's",
            Target::Absent => "absent",
        }
    }

    /// The domain that those records are in.
    pub(super) fn domain(self) -> &'static str {
        match self {
            Target::First => "first.example",
            Target::Sister => "sister.example",
            Target::Second => "second.example",
            Target::Inactive => "inactive.example",
            Target::Absent => "absent.example",
        }
    }
}

/// Names of one attempt's records, none of them used by another attempt.
pub(super) struct Names {
    pub(super) user: String,
    pub(super) domain: String,
    pub(super) parent_domain: String,
    pub(super) customer: String,
    pub(super) parent_customer: String,
    pub(super) parent_reseller: String,
    /// Ten digits of a telephone number.
    pub(super) digits: String,
    /// The id of a record that the platform gives ids to.
    pub(super) record: String,
    address: String,
    carrier: String,
    gateway: String,
    rule: String,
    route: String,
}

pub(super) const NO_CUSTOMER: &str = "999999";

impl Names {
    /// Of the attempt with that number; the parents are a customer and its reseller.
    pub(super) fn new(attempt: usize, target: Target, [customer, reseller]: [&str; 2]) -> Self {
        Self {
            user: format!("u{attempt}"),
            domain: format!("d{attempt}.example"),
            parent_domain: target.domain().to_owned(),
            customer: NO_CUSTOMER.to_owned(),
            parent_customer: customer.to_owned(),
            parent_reseller: reseller.to_owned(),
            address: format!("10.{}.{}.1", attempt / 200, attempt % 200),
            carrier: NO_CUSTOMER.to_owned(),
            gateway: NO_CUSTOMER.to_owned(),
            rule: NO_CUSTOMER.to_owned(),
            route: NO_CUSTOMER.to_owned(),
            digits: format!("3120{attempt:06}"),
            record: "999999".to_owned(),
        }
    }

    pub(super) fn id(&self, name: &str) -> String {
        sip_id(name, &self.user, &self.parent_domain)
    }

    fn alias(&self, name: &str) -> String {
        sip_id(name, &format!("{}-alias", self.user), &self.parent_domain)
    }
}

/// `<name><username>…</username><domain>…</domain></name>`
fn sip_id(name: &str, user: &str, domain: &str) -> String {
    format!("<{name}><username>{user}</username><domain>{domain}</domain></{name}>")
}

/// What must exist before the attempt, when the record is not to be absent.
pub(super) enum Record {
    Nothing,
    Domain,
    Account,
    AccountInGroup,
    AccountWithContact,
    Alias,
    Customer,
    Carrier,
    Gateway,
    GatewayRule,
    Route,
    TrustedPeer,
    VoicemailBox,
    Prices,
    Zone,
    ZoneWithEntry,
    ZoneWithMailAlias,
    Range,
    RangeWithNumber,
}

impl Record {
    /// Makes it, as the administrator.
    pub(super) fn make(&self, administrator: &Client, mut names: Names, target: Target) -> Names {
        if target == Target::Absent {
            return names;
        }
        match self {
            Record::Nothing
            | Record::Carrier
            | Record::Gateway
            | Record::GatewayRule
            | Record::Route
            | Record::TrustedPeer => {}
            Record::Domain => {
                administrator.must("Sip.addDomain", &domain(&names));
            }
            Record::Account
            | Record::AccountInGroup
            | Record::AccountWithContact
            | Record::Alias
            | Record::VoicemailBox
            | Record::Prices => {
                administrator.must("Sip.addAccount", &account(&names));
            }
            Record::Customer => {
                names.customer = administrator.must("Customer.addAccount", &customer(&names)).member("id");
            }
            Record::Zone | Record::ZoneWithEntry | Record::ZoneWithMailAlias => {
                administrator.must("Dns.addZone", &other_ports::zone(&names));
            }
            Record::Range | Record::RangeWithNumber => {
                administrator.must("Enum.addRange", &other_ports::range(&names));
            }
        }
        let made = |operation: &str, parameters: String| administrator.must(operation, &parameters).member("id");
        if matches!(self, Record::Carrier | Record::Gateway | Record::GatewayRule | Record::Route) {
            names.carrier = made("Sip.addCarrier", carrier(&names));
        }
        if matches!(self, Record::Gateway | Record::GatewayRule) {
            names.gateway = made("Sip.addGateway", gateway(&names));
        }
        match self {
            Record::GatewayRule => names.rule = made("Sip.addGatewayRule", rule(&names)),
            Record::Route => {
                let made = administrator.must("Sip.addRoutes", &route(&names));
                names.route = crate::rest::text(&made.value["routes"][0]["id"]);
            }
            Record::TrustedPeer => drop(made("Sip.addTrustedPeer", peer(&names))),
            Record::AccountInGroup => drop(administrator.must("Sip.addToGroup", &in_group(&names))),
            Record::AccountWithContact => drop(administrator.must("Sip.addPhonebookEntry", &contact(&names))),
            Record::Alias => drop(administrator.must("Sip.addAlias", &alias(&names))),
            _ => other_ports::fill(self, administrator, &mut names),
        }
        names
    }
}

/// What of a good answer belongs into the table.
pub(super) enum Shows {
    Nothing,
    /// The total of a list.
    Rows,
    /// The number of items of a bare array.
    Items,
    /// Whose the new record is.
    Owner,
}

pub(super) struct Case {
    pub(super) operation: &'static str,
    pub(super) record: Record,
    pub(super) shows: Shows,
    pub(super) parameters: fn(&Names) -> String,
}

pub(super) const fn case(
    operation: &'static str,
    record: Record,
    shows: Shows,
    parameters: fn(&Names) -> String,
) -> Case {
    Case { operation, record, shows, parameters }
}

fn domain(names: &Names) -> String {
    format!(
        "<domain><domain>{}</domain><customer>{}</customer><reseller>{}</reseller></domain>",
        names.domain, names.parent_customer, names.parent_reseller
    )
}

fn account(names: &Names) -> String {
    format!("<account>{}<password>phone password</password></account>", names.id("id"))
}

fn holder(names: &Names) -> String {
    names.id("sipId")
}

fn alias(names: &Names) -> String {
    format!("<alias>{}{}</alias>", names.alias("id"), names.id("target"))
}

fn in_group(names: &Names) -> String {
    format!("{}<group>anonymous</group>", names.id("sipId"))
}

fn contact(names: &Names) -> String {
    format!("{}<entry><uri>bob@example.net</uri><name>Bob</name><group>friends</group></entry>", names.id("sipId"))
}

fn carrier(names: &Names) -> String {
    format!(
        "<carrier><id>{}</id><name>{}</name><reseller>{}</reseller></carrier>",
        names.carrier, names.user, names.parent_reseller
    )
}

fn gateway(names: &Names) -> String {
    format!(
        "<gateway><id>{}</id><name>{}</name><carrier_id>{}</carrier_id><ip>192.0.2.10</ip></gateway>",
        names.gateway, names.user, names.carrier
    )
}

fn rule(names: &Names) -> String {
    format!("<rule><id>{}</id><gateway_id>{}</gateway_id><prefix>0031</prefix></rule>", names.rule, names.gateway)
}

fn route(names: &Names) -> String {
    format!(
        "<routes><item><id>{}</id><carrier_id>{}</carrier_id><prefix>0031</prefix></item></routes>",
        names.route, names.carrier
    )
}

fn peer(names: &Names) -> String {
    format!(
        "<peer><ip>{}</ip><customer>{}</customer><reseller>{}</reseller></peer>",
        names.address, names.parent_customer, names.parent_reseller
    )
}

fn id_filter(id: &str) -> String {
    format!("<query><filter><id>{id}</id></filter></query>")
}

fn customer(names: &Names) -> String {
    format!(
        "<account><reseller>{}</reseller><username>{}</username><password>login password</password></account>",
        names.parent_reseller, names.user
    )
}

fn customer_filter(names: &Names) -> String {
    format!("<query><filter><customer>{}</customer></filter></query>", names.customer)
}

/// Every operation of the Customer and Sip ports, in the contract's order.
pub(super) const CASES: &[Case] = &[
    case("Customer.addAccount", Record::Nothing, Shows::Owner, customer),
    case("Customer.updateAccount", Record::Customer, Shows::Nothing, |names| {
        format!("<account><id>{}</id><username>{}</username><city>Haarlem</city></account>", names.customer, names.user)
    }),
    case("Customer.deleteAccount", Record::Customer, Shows::Nothing, |names| format!("<id>{}</id>", names.customer)),
    case("Customer.getAccount", Record::Customer, Shows::Nothing, |names| format!("<id>{}</id>", names.customer)),
    case("Customer.getCustomers", Record::Customer, Shows::Rows, customer_filter),
    case("Customer.getResellers", Record::Customer, Shows::Rows, customer_filter),
    case("Customer.setProperties", Record::Customer, Shows::Nothing, |names| {
        format!(
            "<customer>{}</customer><properties><item><name>currency</name><value>EUR</value><category>sip</category>\
             <permission>customer</permission></item></properties>",
            names.customer
        )
    }),
    case("Customer.getProperties", Record::Customer, Shows::Nothing, |names| {
        format!("<customer>{}</customer>", names.customer)
    }),
    case("Sip.addDomain", Record::Nothing, Shows::Owner, domain),
    case("Sip.updateDomain", Record::Domain, Shows::Nothing, domain),
    case("Sip.deleteDomain", Record::Domain, Shows::Nothing, |names| format!("<domain>{}</domain>", names.domain)),
    case("Sip.getDomains", Record::Domain, Shows::Rows, |names| {
        format!("<query><filter><domain>{}</domain></filter></query>", names.domain)
    }),
    case("Sip.addAccount", Record::Nothing, Shows::Nothing, account),
    case("Sip.updateAccount", Record::Account, Shows::Nothing, account),
    case("Sip.deleteAccount", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.getAccount", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.getAccounts", Record::Account, Shows::Rows, |names| {
        format!("<query><filter><username>{}</username></filter></query>", names.user)
    }),
    case("Sip.addAlias", Record::Account, Shows::Nothing, alias),
    case("Sip.updateAlias", Record::Alias, Shows::Nothing, alias),
    case("Sip.deleteAlias", Record::Alias, Shows::Nothing, |names| names.alias("id")),
    case("Sip.getAlias", Record::Alias, Shows::Nothing, |names| names.alias("id")),
    case("Sip.getAliases", Record::Alias, Shows::Rows, |names| {
        format!("<query><filter><targetUsername>{}</targetUsername></filter></query>", names.user)
    }),
    case("Sip.getAliasesForAccount", Record::Alias, Shows::Items, |names| names.id("target")),
    case("Sip.addToGroup", Record::Account, Shows::Nothing, in_group),
    case("Sip.removeFromGroup", Record::AccountInGroup, Shows::Nothing, in_group),
    case("Sip.getGroups", Record::AccountInGroup, Shows::Items, |names| names.id("sipId")),
    case("Sip.addPhonebookEntry", Record::Account, Shows::Nothing, contact),
    case("Sip.updatePhonebookEntry", Record::AccountWithContact, Shows::Nothing, contact),
    case("Sip.deletePhonebookEntry", Record::AccountWithContact, Shows::Nothing, |names| {
        format!("{}<uri>bob@example.net</uri>", names.id("sipId"))
    }),
    case("Sip.getPhonebookEntries", Record::AccountWithContact, Shows::Rows, |names| names.id("sipId")),
    case("Sip.setRejectMembers", Record::Account, Shows::Nothing, |names| {
        format!("{}<members><item>sip:spam@example.net</item></members>", names.id("sipId"))
    }),
    case("Sip.getRejectMembers", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.setAcceptRules", Record::Account, Shows::Nothing, |names| {
        format!(
            "{}<rules><temporary><groups><item>nobody</item></groups><duration>60</duration></temporary></rules>",
            names.id("sipId")
        )
    }),
    case("Sip.getAcceptRules", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.setBarringPrefixes", Record::Account, Shows::Nothing, |names| {
        format!("{}<prefixes><item>+31900</item></prefixes>", names.id("sipId"))
    }),
    case("Sip.getBarringPrefixes", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.setCallDiversions", Record::Account, Shows::Nothing, |names| {
        format!("{}<diversions><FBUS>sip:bob@example.net</FBUS></diversions>", names.id("sipId"))
    }),
    case("Sip.getCallDiversions", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.addBalance", Record::Account, Shows::Nothing, |names| {
        format!("{}<value>12.5</value><description>First deposit</description>", names.id("sipId"))
    }),
    case("Sip.addBalanceFromVoucher", Record::Account, Shows::Nothing, |names| {
        format!("{}<card><id>1</id><number>123456789</number></card>", names.id("sipId"))
    }),
    case("Sip.getPrepaidStatus", Record::Account, Shows::Nothing, |names| {
        format!("<sipIds>{}</sipIds>", names.id("item"))
    }),
    case("Sip.getCreditHistory", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.getCalls", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    case("Sip.getCallStatistics", Record::Account, Shows::Nothing, |names| names.id("sipId")),
    // Traces are of the platform and not of a tenant: there is none of that name.
    case("Sip.getSipTrace", Record::Nothing, Shows::Nothing, |_| "<filter><callId>abc</callId></filter>".to_owned()),
    case("Sip.getMediaTrace", Record::Nothing, Shows::Nothing, |_| "<filter><callId>abc</callId></filter>".to_owned()),
    case("Sip.getMediaSummary", Record::Nothing, Shows::Nothing, |_| String::new()),
    case("Sip.getMediaSessions", Record::Nothing, Shows::Nothing, |_| String::new()),
    case("Sip.addCarrier", Record::Nothing, Shows::Owner, carrier),
    case("Sip.updateCarrier", Record::Carrier, Shows::Nothing, carrier),
    case("Sip.deleteCarrier", Record::Carrier, Shows::Nothing, |names| format!("<id>{}</id>", names.carrier)),
    case("Sip.getCarriers", Record::Carrier, Shows::Rows, |names| id_filter(&names.carrier)),
    case("Sip.addGateway", Record::Carrier, Shows::Nothing, gateway),
    case("Sip.updateGateway", Record::Gateway, Shows::Nothing, gateway),
    case("Sip.deleteGateway", Record::Gateway, Shows::Nothing, |names| format!("<id>{}</id>", names.gateway)),
    case("Sip.getGateways", Record::Gateway, Shows::Rows, |names| id_filter(&names.gateway)),
    case("Sip.addGatewayRule", Record::Gateway, Shows::Nothing, rule),
    case("Sip.updateGatewayRule", Record::GatewayRule, Shows::Nothing, rule),
    case("Sip.deleteGatewayRule", Record::GatewayRule, Shows::Nothing, |names| format!("<id>{}</id>", names.rule)),
    case("Sip.getGatewayRules", Record::GatewayRule, Shows::Rows, |names| id_filter(&names.rule)),
    case("Sip.addRoutes", Record::Carrier, Shows::Nothing, route),
    case("Sip.updateRoutes", Record::Route, Shows::Nothing, route),
    case("Sip.deleteRoutes", Record::Route, Shows::Nothing, |names| {
        format!("<routes><item><id>{}</id></item></routes>", names.route)
    }),
    case("Sip.getRoutes", Record::Route, Shows::Rows, |names| id_filter(&names.route)),
    case("Sip.addTrustedPeer", Record::Nothing, Shows::Owner, peer),
    case("Sip.updateTrustedPeer", Record::TrustedPeer, Shows::Nothing, peer),
    case("Sip.deleteTrustedPeer", Record::TrustedPeer, Shows::Nothing, |names| format!("<ip>{}</ip>", names.address)),
    case("Sip.getTrustedPeers", Record::TrustedPeer, Shows::Rows, |names| {
        format!("<query><filter><ip>{}</ip></filter></query>", names.address)
    }),
    case("Sip.getSipDeviceLocations", Record::Account, Shows::Nothing, |names| {
        format!("<sipIds>{}</sipIds>", names.id("item"))
    }),
    // No login opens these, only the account's own password.
    case("Presence.setPresenceInformation", Record::Account, Shows::Nothing, |names| {
        format!("{}<information><activity>busy</activity></information>", holder(names))
    }),
    case("Presence.getPresenceInformation", Record::Account, Shows::Nothing, holder),
    case("Presence.deletePresenceInformation", Record::Account, Shows::Nothing, holder),
    case("Presence.getWatchers", Record::Account, Shows::Items, holder),
    case("Presence.setPolicy", Record::Account, Shows::Nothing, |names| {
        format!("{}<policy><allow><item>bob@example.com</item></allow></policy>", holder(names))
    }),
    case("Presence.getPolicy", Record::Account, Shows::Nothing, holder),
];
