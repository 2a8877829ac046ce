//! Customers between the wire and the domain: reading for add and update, writing for every answer.

use domain::{
    Customer, CustomerProfile, CustomerProperty, CustomerTerms, LoginName, Permission, PropertyName, Refusal, Secret,
    SentProperty, StoredPassword, TimeZoneName,
};
use store::customers::{self, CustomerFilter, CustomerOrder};
use store::list::Query;

use crate::context::Context;
use crate::error::Failure;
use crate::passwords::{PLACEHOLDER, Passwords};
use crate::ports::member;
use crate::wire::types;

/// Reads name, addresses and numbers; what is missing is empty.
pub(super) fn profile(wire: &mut types::CustomerAccount) -> Result<CustomerProfile, Refusal> {
    let timezone = wire.timezone.take().unwrap_or_default();
    TimeZoneName::parse(&timezone).map_err(|why| why.at("account.timezone"))?;
    Ok(CustomerProfile {
        first_name: member::line(wire.first_name.take(), "account.firstName")?,
        last_name: member::line(wire.last_name.take(), "account.lastName")?,
        organization: member::line(wire.organization.take(), "account.organization")?,
        vat_number: member::line(wire.vat_number.take(), "account.vatNumber")?,
        email: member::line(wire.email.take(), "account.email")?,
        web: member::line(wire.web.take(), "account.web")?,
        tel: member::line(wire.tel.take(), "account.tel")?,
        fax: member::line(wire.fax.take(), "account.fax")?,
        mobile: member::line(wire.mobile.take(), "account.mobile")?,
        sip: member::line(wire.sip.take(), "account.sip")?,
        enum_number: member::line(wire.r#enum.take(), "account.enum")?,
        address: member::block(wire.address.take(), "account.address")?,
        postcode: member::line(wire.postcode.take(), "account.postcode")?,
        city: member::line(wire.city.take(), "account.city")?,
        state: member::line(wire.state.take(), "account.state")?,
        country: member::line(wire.country.take(), "account.country")?,
        timezone,
        language: member::line(wire.language.take(), "account.language")?,
        bank_account: member::line(wire.bank_account.take(), "account.bankAccount")?,
        billing_address: member::block(wire.billing_address.take(), "account.billingAddress")?,
        billing_email: member::line(wire.billing_email.take(), "account.billingEmail")?,
    })
}

/// Reads what only the administrator decides.
pub(super) fn terms(wire: &mut types::CustomerAccount) -> Result<CustomerTerms, Refusal> {
    let money = |value: Option<f64>, member: &'static str| match value.unwrap_or(0.0) {
        amount if amount.is_finite() => Ok(amount),
        _ => Err(Refusal::invalid(member, "is not a number")),
    };
    Ok(CustomerTerms {
        balance: money(wire.balance, "account.balance")?,
        credit: money(wire.credit, "account.credit")?,
        company_code: member::line(wire.company_code.take(), "account.companyCode")?,
        reseller_active: wire.reseller_active.unwrap_or(false),
    })
}

/// Reads the login name; none when it is absent or empty.
pub(super) fn login_name(wire: &mut types::CustomerAccount) -> Result<Option<LoginName>, Refusal> {
    match wire.username.take().filter(|name| !name.is_empty()) {
        Some(name) => LoginName::parse(&name).map(Some).map_err(|why| why.at("account.username")),
        None => Ok(None),
    }
}

/// The administrator's name is nobody else's, in any case of letters: journal and log name who called by it.
pub(super) fn check_not_administrator(name: Option<&LoginName>, administrator: &str) -> Result<(), Refusal> {
    match name.map(LoginName::as_str) {
        Some(name) if name.to_lowercase() == administrator.to_lowercase() => {
            Err(Refusal::CustomerExists(name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Reads the login password; none when it is absent, empty, or what is answered in place of one.
pub(super) fn password(wire: &mut types::CustomerAccount) -> Result<Option<Secret>, Refusal> {
    const MOST: usize = 128;
    let password = Secret::new(wire.password.take().unwrap_or_default());
    let text = password.expose();
    if text.chars().count() > MOST || text.chars().any(char::is_control) {
        return Err(Refusal::invalid("account.password", "has at most 128 characters and no control characters"));
    }
    let says_nothing = text.is_empty() || text == PLACEHOLDER;
    Ok((!says_nothing).then_some(password))
}

/// The forms of a password that are stored.
pub(super) async fn store_password(passwords: &Passwords, password: &Secret) -> Result<StoredPassword, Failure> {
    Ok(StoredPassword { hash: passwords.hash(password).await?, sealed: passwords.seal(password)? })
}

/// What is answered for a stored password.
fn reveal(passwords: &Passwords, stored: Option<&StoredPassword>) -> String {
    stored.map(|stored| passwords.reveal(stored.sealed.as_deref())).unwrap_or_default()
}

/// Whether a password that was sent is the one that was answered.
pub(super) fn is_echo(passwords: &Passwords, stored: Option<&StoredPassword>, sent: &Secret) -> bool {
    reveal(passwords, stored) == sent.expose()
}

/// Reads properties; of two with one name the last one holds.
pub(super) fn properties(
    sent: Option<Vec<types::CustomerProperty>>,
    at: &'static str,
) -> Result<Vec<SentProperty>, Refusal> {
    let mut list: Vec<SentProperty> = Vec::new();
    let read = |entry: types::CustomerProperty| {
        let name =
            PropertyName::parse(entry.name.unwrap_or_default().trim()).map_err(|why| why.at(format!("{at}.name")))?;
        let value = member::block(entry.value, at)?;
        let category = member::line(entry.category, at)?;
        let permission = entry.permission.filter(|word| !word.is_empty()).map(|word| Permission::parse(&word));
        Ok(SentProperty { name, value, category: Some(category), permission })
    };
    for entry in member::each(member::entries(sent, at)?, at, read)? {
        list.retain(|known| known.name != entry.name);
        list.push(entry);
    }
    Ok(list)
}

/// Whether what is to be written means something. What is stored already may be written back as it was read.
pub(super) fn check_values(
    stored: &[CustomerProperty],
    list: &[CustomerProperty],
    at: &'static str,
) -> Result<(), Refusal> {
    let is_stored = |sent: &CustomerProperty| stored.iter().any(|one| one.name == sent.name && one.value == sent.value);
    for sent in list.iter().filter(|sent| !is_stored(sent)) {
        sent.check_value().map_err(|why| why.at(format!("{at}.{}", sent.name)))?;
    }
    Ok(())
}

/// Writes a customer with every member.
pub(super) fn write(customer: Customer, passwords: &Passwords) -> types::CustomerAccount {
    let password = reveal(passwords, customer.password.as_ref());
    let (profile, terms) = (customer.profile, customer.terms);
    types::CustomerAccount {
        id: Some(customer.id.get()),
        reseller: Some(customer.reseller.get()),
        impersonate: Some(customer.impersonate.get()),
        username: Some(customer.username),
        password: Some(password),
        first_name: Some(profile.first_name),
        last_name: Some(profile.last_name),
        organization: Some(profile.organization),
        vat_number: Some(profile.vat_number),
        email: Some(profile.email),
        web: Some(profile.web),
        tel: Some(profile.tel),
        fax: Some(profile.fax),
        mobile: Some(profile.mobile),
        sip: Some(profile.sip),
        r#enum: Some(profile.enum_number),
        address: Some(profile.address),
        postcode: Some(profile.postcode),
        city: Some(profile.city),
        state: Some(profile.state),
        country: Some(profile.country),
        timezone: Some(profile.timezone),
        language: Some(profile.language),
        bank_account: Some(profile.bank_account),
        billing_address: Some(profile.billing_address),
        billing_email: Some(profile.billing_email),
        balance: Some(terms.balance),
        credit: Some(terms.credit),
        company_code: Some(terms.company_code),
        reseller_active: Some(terms.reseller_active),
        change_date: Some(customer.change_date),
        properties: Some(customer.properties.into_iter().map(write_property).collect()),
    }
}

/// Writes a property.
pub(super) fn write_property(property: CustomerProperty) -> types::CustomerProperty {
    types::CustomerProperty {
        name: Some(property.name.to_string()),
        value: Some(property.value),
        category: Some(property.category),
        permission: Some(property.permission.as_str().to_owned()),
    }
}

/// Answers a list.
pub(super) async fn list(
    context: &Context<'_>,
    query: &Query<CustomerFilter, CustomerOrder>,
) -> Result<types::CustomerAccounts, Failure> {
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = customers::list(&mut tx, query).await?;
    Ok(types::CustomerAccounts {
        accounts: Some(page.rows.into_iter().map(|row| write(row, context.passwords)).collect()),
        total: member::total(page.total),
    })
}

/// Reads the argument of the two lists.
pub(super) fn query(
    wire: Option<types::CustomerQuery>,
    cap: u32,
) -> Result<Query<CustomerFilter, CustomerOrder>, Refusal> {
    let wire = wire.unwrap_or_default();
    let terms = wire.filter.unwrap_or_default();
    let filter = CustomerFilter {
        username: member::pattern(terms.username, "query.filter.username")?,
        first_name: member::pattern(terms.first_name, "query.filter.firstName")?,
        last_name: member::pattern(terms.last_name, "query.filter.lastName")?,
        organization: member::pattern(terms.organization, "query.filter.organization")?,
        tel: member::pattern(terms.tel, "query.filter.tel")?,
        email: member::pattern(terms.email, "query.filter.email")?,
        web: member::pattern(terms.web, "query.filter.web")?,
        city: member::pattern(terms.city, "query.filter.city")?,
        country: member::pattern(terms.country, "query.filter.country")?,
        only_resellers: matches!(terms.only_resellers.as_deref().map(str::trim), Some("1" | "true")),
        customer: member::equal(terms.customer),
        reseller: member::equal(terms.reseller),
    };
    let by_key = wire.order_by.is_none();
    let order = wire.order_by.unwrap_or_default();
    let sorted = match order.attribute.as_deref() {
        _ if by_key => CustomerOrder::Customer,
        Some("username") => CustomerOrder::Username,
        Some("firstName") => CustomerOrder::FirstName,
        Some("lastName") => CustomerOrder::LastName,
        Some("organization") => CustomerOrder::Organization,
        Some("customer") => CustomerOrder::Customer,
        _ => CustomerOrder::ChangeDate,
    };
    Ok(member::query(filter, sorted, order.direction, wire.range, cap))
}
