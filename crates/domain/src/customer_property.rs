//! Properties of customers: who may change which, and which of them are rights and credits.

use std::fmt;

use crate::{CreditKind, Invalid, Refusal, Scope};

/// The longest name of a property.
const NAME_MAX: usize = 64;

/// Who may change a property. Anything but admin and reseller counts as customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// The administrator; and a reseller for its own customers, where the property is a credit or a telephony right.
    Admin,
    /// The administrator and the reseller.
    Reseller,
    /// The customer too.
    Customer,
}

/// The name of a property. Any name is allowed; some are known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PropertyName(Box<str>);

/// One property of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerProperty {
    /// Its name, unique in the customer.
    pub name: PropertyName,
    /// Free text; numbers and booleans as decimal text.
    pub value: String,
    /// A label for grouping.
    pub category: String,
    /// Who may change it.
    pub permission: Permission,
}

/// A property as it was sent: what is not said of a stored one stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentProperty {
    /// Its name.
    pub name: PropertyName,
    /// Its value.
    pub value: String,
    /// The label, where one was sent.
    pub category: Option<String>,
    /// Who may change it, where that was sent.
    pub permission: Option<Permission>,
}

/// What the caller is to the customer whose properties it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// The administrator.
    Administrator,
    /// The reseller of the customer, which is not the reseller itself.
    ResellerOfCustomer,
    /// The reseller, on its own row.
    ResellerItself,
    /// The customer itself.
    Customer,
}

/// What the platform knows of a property.
struct Known {
    name: &'static str,
    category: &'static str,
    permission: Permission,
    reseller_may_set: bool,
}

const fn known(name: &'static str, category: &'static str, permission: Permission, reseller_may_set: bool) -> Known {
    Known { name, category, permission, reseller_may_set }
}

/// Those whose permission is not the customer's; for all others the sender's word is taken.
const KNOWN: [Known; 13] = [
    known("sip_credit", "credit", Permission::Admin, true),
    known("sip_alias_credit", "credit", Permission::Admin, true),
    known("enum_range_credit", "credit", Permission::Admin, true),
    known("enum_number_credit", "credit", Permission::Admin, true),
    known("dns_zone_credit", "credit", Permission::Admin, true),
    known("email_credit", "credit", Permission::Admin, true),
    known("pstn_access", "sip", Permission::Admin, true),
    known("prepaid_changes", "sip", Permission::Admin, true),
    // Another spelling of prepaid_changes, in older guides.
    known("prepaid_access", "sip", Permission::Admin, true),
    known("pstn_changes", "sip", Permission::Admin, true),
    known("payment_processor_class", "sip", Permission::Admin, false),
    known("support_order", "billing", Permission::Admin, false),
    known("digest_settings_page", "sip", Permission::Reseller, false),
];

impl Permission {
    /// Reads a permission; every other word is the customer's.
    pub fn parse(text: &str) -> Self {
        match text {
            "admin" => Self::Admin,
            "reseller" => Self::Reseller,
            _ => Self::Customer,
        }
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Reseller => "reseller",
            Self::Customer => "customer",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PropertyName {
    /// Reads the name of a property.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::new("the name of a property is missing"));
        }
        if text.chars().count() > NAME_MAX {
            return Err(Invalid::new("the name of a property has at most 64 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new("the name of a property has no control characters"));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.name == &*self.0)
    }

    /// Whether a reseller may set it for its customers although it is the administrator's.
    pub fn reseller_may_set(&self) -> bool {
        self.known().is_some_and(|known| known.reseller_may_set)
    }

    /// The permission that the platform demands for this name, whatever is sent.
    pub fn demanded_permission(&self) -> Option<Permission> {
        self.known().map(|known| known.permission)
    }

    /// The category of a known name, for a property that was sent without one.
    pub fn usual_category(&self) -> &'static str {
        self.known().map_or("", |known| known.category)
    }
}

impl CustomerProperty {
    /// Puts a property together; the permission of a known name is the platform's, and not the sender's.
    pub fn new(name: PropertyName, value: String, category: Option<String>, permission: Option<Permission>) -> Self {
        let permission = name.demanded_permission().or(permission).unwrap_or(Permission::Customer);
        let category = category.filter(|c| !c.is_empty()).unwrap_or_else(|| name.usual_category().to_owned());
        Self { name, value, category, permission }
    }

    /// Whether the value means what its name demands: a credit that is read as none at all is nobody's wish.
    pub fn check_value(&self) -> Result<(), Invalid> {
        const DIGITS_MAX: usize = 18;
        if !CreditKind::ALL.iter().any(|kind| kind.property() == self.name.as_str()) {
            return Ok(());
        }
        // The database reads it without the spaces around it.
        let value = self.value.trim_matches(' ');
        match value.len() <= DIGITS_MAX && value.bytes().all(|b| b.is_ascii_digit()) {
            true => Ok(()),
            false => Err(Invalid::new("a credit is a whole number of at most 18 digits, or empty for no limit")),
        }
    }

    fn not_allowed(&self) -> Refusal {
        Refusal::PropertyNotAllowed { name: self.name.to_string(), permission: self.permission }
    }

    /// Whether the caller may add, change or remove this property.
    pub fn may_be_changed_by(&self, who: Rights) -> bool {
        match self.permission {
            Permission::Customer => true,
            Permission::Reseller => who != Rights::Customer,
            Permission::Admin => match who {
                Rights::Administrator => true,
                Rights::ResellerOfCustomer => self.name.reseller_may_set(),
                Rights::ResellerItself | Rights::Customer => false,
            },
        }
    }
}

impl SentProperty {
    /// What it means beside the stored ones. Old clients send names and values only: that opens nothing.
    pub fn over(self, stored: &[CustomerProperty]) -> CustomerProperty {
        let known = stored.iter().find(|known| known.name == self.name);
        let category = self.category.filter(|c| !c.is_empty()).or_else(|| known.map(|known| known.category.clone()));
        let permission = self.permission.or_else(|| known.map(|known| known.permission));
        CustomerProperty::new(self.name, self.value, category, permission)
    }
}

/// The list of a new customer: what the caller may not set is left out, since whoever copies a customer sends it along.
pub fn properties_of_new(sent: Vec<CustomerProperty>, who: Rights) -> Vec<CustomerProperty> {
    sent.into_iter().filter(|property| property.may_be_changed_by(who)).collect()
}

/// The list after it was replaced by the caller: what it may not change must come back as it was, or not at all, and
/// stays.
pub fn properties_replaced(
    stored: &[CustomerProperty],
    sent: Vec<CustomerProperty>,
    who: Rights,
) -> Result<Vec<CustomerProperty>, Refusal> {
    let mut list = properties_merged(stored, sent, who)?;
    for kept in stored.iter().filter(|property| !property.may_be_changed_by(who)) {
        if !list.iter().any(|property| property.name == kept.name) {
            list.push(kept.clone());
        }
    }
    Ok(list)
}

/// Those of the sent properties that are to be written; what equals the stored one needs no right.
pub fn properties_merged(
    stored: &[CustomerProperty],
    sent: Vec<CustomerProperty>,
    who: Rights,
) -> Result<Vec<CustomerProperty>, Refusal> {
    let mut list = Vec::with_capacity(sent.len());
    for property in sent {
        let known = stored.iter().find(|known| known.name == property.name);
        match known.filter(|known| !known.may_be_changed_by(who)) {
            Some(known) if known.value == property.value => list.push(known.clone()),
            Some(known) => return Err(known.not_allowed()),
            None if property.may_be_changed_by(who) => list.push(property),
            // A form sends all its fields: an empty one of what is not there says nothing.
            None if known.is_none() && property.value.is_empty() => {}
            None => return Err(property.not_allowed()),
        }
    }
    Ok(list)
}

impl Rights {
    /// What a caller of this scope is to the customer of that row; the row is in its reach.
    pub fn of(scope: &Scope, customer: crate::CustomerId, reseller: crate::ResellerId) -> Self {
        match scope {
            Scope::Administrator => Self::Administrator,
            Scope::Reseller(_) if customer.is_reseller(reseller) => Self::ResellerItself,
            Scope::Reseller(_) => Self::ResellerOfCustomer,
            Scope::Customer(..) => Self::Customer,
        }
    }
}

impl fmt::Display for PropertyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CustomerId, ResellerId};

    fn property(name: &str, permission: Option<Permission>) -> CustomerProperty {
        CustomerProperty::new(PropertyName::parse(name).unwrap(), "1".into(), None, permission)
    }

    /// Who may change which, in the order administrator, reseller of the customer, reseller itself, customer.
    #[test]
    fn permissions_are_those_of_the_table() {
        let everyone = [Rights::Administrator, Rights::ResellerOfCustomer, Rights::ResellerItself, Rights::Customer];
        for (name, who) in [
            ("sip_credit", "AR.."),
            ("email_credit", "AR.."),
            ("pstn_access", "AR.."),
            ("prepaid_changes", "AR.."),
            ("prepaid_access", "AR.."),
            ("pstn_changes", "AR.."),
            ("payment_processor_class", "A..."),
            ("support_order", "A..."),
            ("digest_settings_page", "ARr."),
            ("auth_token", "ARrC"),
            ("enum_ranges_last_tld", "ARrC"),
            ("anything", "ARrC"),
        ] {
            let found: String = everyone
                .iter()
                .zip("ARrC".chars())
                .map(|(who, letter)| if property(name, None).may_be_changed_by(*who) { letter } else { '.' })
                .collect();
            assert_eq!(found, who, "{name}");
        }
    }

    #[test]
    fn any_name_names_a_property() {
        let long = "x".repeat(65);
        for (text, good) in [
            ("FUNC_lastOther", true),
            ("favourite colour", true),
            ("größe", true),
            ("", false),
            ("a\0", false),
            (&long, false),
        ] {
            assert_eq!(PropertyName::parse(text).is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn every_credit_is_the_administrators_and_the_resellers_for_its_customers() {
        for kind in CreditKind::ALL {
            let credit = property(kind.property(), None);
            assert_eq!((credit.permission, credit.category.as_str()), (Permission::Admin, "credit"));
            assert!(credit.name.reseller_may_set());
        }
    }

    #[test]
    fn a_sender_cannot_lower_the_permission_of_a_known_name() {
        assert_eq!(property("sip_credit", Some(Permission::Customer)).permission, Permission::Admin);
    }

    #[test]
    fn an_unknown_name_has_the_permission_that_was_sent() {
        assert_eq!(property("own", Some(Permission::Admin)).permission, Permission::Admin);
        assert_eq!(property("own", None).permission, Permission::Customer);
    }

    #[test]
    fn any_other_permission_counts_as_customer() {
        for word in ["", "customer", "everybody", "Admin"] {
            assert_eq!(Permission::parse(word), Permission::Customer);
        }
    }

    fn valued(name: &str, value: &str) -> CustomerProperty {
        CustomerProperty { value: value.into(), ..property(name, None) }
    }

    fn names(list: &[CustomerProperty]) -> Vec<String> {
        list.iter().map(|p| format!("{}={}", p.name, p.value)).collect()
    }

    #[test]
    fn a_list_that_was_read_can_be_written_back_by_anybody() {
        let stored = [valued("sip_credit", "20"), valued("own", "x")];
        for who in [Rights::Administrator, Rights::ResellerOfCustomer, Rights::ResellerItself, Rights::Customer] {
            let list = properties_replaced(&stored, stored.to_vec(), who).unwrap();
            assert_eq!(names(&list), ["sip_credit=20", "own=x"]);
        }
    }

    #[test]
    fn what_a_caller_leaves_out_goes_only_where_it_may_change_it() {
        let stored = [valued("sip_credit", "20"), valued("own", "x")];
        assert_eq!(names(&properties_replaced(&stored, vec![], Rights::Customer).unwrap()), ["sip_credit=20"]);
        assert!(properties_replaced(&stored, vec![], Rights::Administrator).unwrap().is_empty());
    }

    #[test]
    fn changing_or_adding_without_the_right_is_refused() {
        let stored = [valued("sip_credit", "20")];
        for sent in [valued("sip_credit", "30"), valued("pstn_access", "1")] {
            let refusal = properties_merged(&stored, vec![sent], Rights::Customer).unwrap_err();
            assert_eq!(refusal.code(), 5003);
        }
        assert!(properties_merged(&stored, vec![valued("email_credit", "")], Rights::Customer).unwrap().is_empty());
    }

    #[test]
    fn merging_keeps_to_what_was_sent() {
        let stored = [valued("sip_credit", "20"), valued("own", "x")];
        let list = properties_merged(&stored, vec![valued("own", "y"), valued("more", "1")], Rights::Customer).unwrap();
        assert_eq!(names(&list), ["own=y", "more=1"]);
    }

    #[test]
    fn what_a_creator_may_not_set_is_left_out_of_the_new_list() {
        let sent = vec![valued("support_order", "1"), valued("sip_credit", "5"), valued("own", "x")];
        assert_eq!(names(&properties_of_new(sent, Rights::ResellerOfCustomer)), ["sip_credit=5", "own=x"]);
    }

    #[test]
    fn nobody_takes_a_property_over_by_sending_another_permission() {
        let stored = [property("own", Some(Permission::Admin))];
        let lowered = CustomerProperty { value: "2".into(), ..property("own", Some(Permission::Customer)) };
        assert_eq!(properties_merged(&stored, vec![lowered], Rights::ResellerItself).unwrap_err().code(), 5003);
    }

    #[test]
    fn what_is_not_said_of_a_stored_property_stays() {
        let stored = [CustomerProperty { category: "sip".into(), ..property("own", Some(Permission::Reseller)) }];
        let sent = |category: Option<&str>, permission| SentProperty {
            name: PropertyName::parse("own").unwrap(),
            value: "2".into(),
            category: category.map(str::to_owned),
            permission,
        };
        let kept = sent(None, None).over(&stored);
        assert_eq!((kept.category.as_str(), kept.permission), ("sip", Permission::Reseller));
        let given = sent(Some("web"), Some(Permission::Customer)).over(&stored);
        assert_eq!((given.category.as_str(), given.permission), ("web", Permission::Customer));
        assert_eq!(sent(None, None).over(&[]).permission, Permission::Customer);
    }

    #[test]
    fn a_caller_is_told_by_its_scope_and_the_row() {
        let (reseller, customer) = (ResellerId::new(1000), CustomerId::new(1042));
        assert_eq!(Rights::of(&Scope::administrator(), customer, reseller), Rights::Administrator);
        assert_eq!(Rights::of(&Scope::reseller(reseller), customer, reseller), Rights::ResellerOfCustomer);
        assert_eq!(Rights::of(&Scope::reseller(reseller), reseller.as_customer(), reseller), Rights::ResellerItself);
        assert_eq!(Rights::of(&Scope::customer(customer, reseller), customer, reseller), Rights::Customer);
    }
}
