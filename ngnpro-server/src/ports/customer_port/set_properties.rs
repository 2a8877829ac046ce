//! `Customer.setProperties`: adds or changes the properties that are named; all others stay.
//!
//! 5000, 5003 a property was changed without the right to, 9004.

use domain::{Rights, properties_merged};
use store::{customer_properties, customers};

use super::customer;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::SetPropertiesInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetPropertiesInput) -> Result<(), Failure> {
    let id = member::customer(input.customer, "customer")?;
    let sent = customer::properties(input.properties, "properties")?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    let stored = customers::get_for_update(&mut tx, id).await?;
    let who = Rights::of(&context.caller.scope, stored.id, stored.reseller);
    let sent = sent.into_iter().map(|property| property.over(&stored.properties)).collect();
    let list = properties_merged(&stored.properties, sent, who)?;
    customer::check_values(&stored.properties, &list, "properties")?;
    customer_properties::merge(&mut tx, id, &list).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::ports::customer_port::get_properties;
    use crate::ports::testing::{Platform, Refused, code, property};
    use crate::wire::customer::GetPropertiesInput;
    use crate::wire::types;

    async fn set(platform: &Platform, by: &Caller, whose: &Caller, list: &[(&str, &str)]) -> Result<(), Refused> {
        let properties = Some(list.iter().map(|(name, value)| property(name, value)).collect());
        let input = SetPropertiesInput { customer: Some(whose.customer.get()), properties };
        platform.call(by, handle, input).await
    }

    async fn all(platform: &Platform, whose: &Caller) -> Vec<String> {
        let input = GetPropertiesInput { customer: Some(whose.customer.get()) };
        let list = platform.call(&platform.admin, get_properties::handle, input).await.unwrap();
        list.into_iter().map(|p| format!("{}={}", p.name.unwrap(), p.value.unwrap())).collect()
    }

    #[tokio::test]
    async fn named_properties_are_added_or_changed_and_the_others_stay() {
        let platform = Platform::empty().await;
        set(&platform, &platform.admin, &platform.shop, &[("sip_credit", "20"), ("a", "1")]).await.unwrap();
        set(&platform, &platform.shop, &platform.shop, &[("a", "2"), ("b", ""), ("b", "3")]).await.unwrap();
        assert_eq!(all(&platform, &platform.shop).await, ["a=2", "b=3", "sip_credit=20"]);
        // An empty value is stored; a property goes only by a list that leaves it out.
        set(&platform, &platform.shop, &platform.shop, &[("a", "")]).await.unwrap();
        assert_eq!(all(&platform, &platform.shop).await, ["a=", "b=3", "sip_credit=20"]);
    }

    #[tokio::test]
    async fn a_credit_is_a_number_or_no_limit() {
        let platform = Platform::empty().await;
        let (acme, shop) = (&platform.acme, &platform.shop);
        for kind in domain::CreditKind::ALL {
            let name = kind.property();
            for value in ["99999999999999999999", "abc", "-1", "+1", "1e3", "1.5", "0x10", "1 0", "\u{663}"] {
                let words = "a credit is a whole number of at most 18 digits, or empty for no limit";
                let refusal = Err((9004, format!("Invalid value for properties.{name}: {words}")));
                assert_eq!(set(&platform, acme, shop, &[("own", "x"), (name, value)]).await, refusal, "{value}");
                assert!(all(&platform, shop).await.iter().all(|one| !one.starts_with("own=")), "{value}");
            }
            for value in ["999999999999999999", "0", "", " ", " 7 "] {
                assert_eq!(set(&platform, acme, shop, &[(name, value)]).await, Ok(()), "{value}");
            }
        }
        // Who may not change it is told that.
        assert_eq!(code(set(&platform, shop, shop, &[("sip_credit", "abc")]).await), 5003);
    }

    #[tokio::test]
    async fn permissions_hold_and_nothing_is_done_by_half() {
        let platform = Platform::empty().await;
        let (acme, shop) = (&platform.acme, &platform.shop);
        for (n, (by, whose, name, refusal)) in [
            (acme, shop, "sip_credit", 0),
            (acme, shop, "pstn_access", 0),
            (acme, shop, "digest_settings_page", 0),
            (acme, shop, "support_order", 5003),
            (acme, acme, "sip_credit", 5003),
            (acme, acme, "digest_settings_page", 0),
            (shop, shop, "sip_alias_credit", 5003),
            (shop, shop, "prepaid_changes", 5003),
            (shop, shop, "digest_settings_page", 5003),
            (&platform.admin, acme, "support_order", 0),
            (&platform.rival, shop, "own", 5000),
            (shop, acme, "own", 5000),
            (acme, shop, "", 9004),
        ]
        .into_iter()
        .enumerate()
        {
            let before = all(&platform, whose).await;
            let result = set(&platform, by, whose, &[("own", "x"), (name, &n.to_string())]).await;
            assert_eq!(result.as_ref().err().map_or(0, |refused| refused.0), refusal, "{name}");
            assert!(refusal == 0 || all(&platform, whose).await == before, "{name}");
        }
        let input = SetPropertiesInput { customer: None, properties: None };
        assert_eq!(code(platform.call(&platform.admin, handle, input).await), 5000);
    }

    #[tokio::test]
    async fn a_property_of_the_senders_own_permission_keeps_it() {
        let platform = Platform::empty().await;
        let sent = types::CustomerProperty { permission: Some("reseller".into()), ..property("house_rule", "1") };
        let input = SetPropertiesInput { customer: Some(platform.shop.customer.get()), properties: Some(vec![sent]) };
        platform.call(&platform.acme, handle, input).await.unwrap();
        assert_eq!(code(set(&platform, &platform.shop, &platform.shop, &[("house_rule", "2")]).await), 5003);
        assert_eq!(set(&platform, &platform.shop, &platform.shop, &[("house_rule", "1")]).await, Ok(()));
        // Nor does it lose it when those who may change it send nothing but the value.
        set(&platform, &platform.acme, &platform.shop, &[("house_rule", "3")]).await.unwrap();
        assert_eq!(code(set(&platform, &platform.shop, &platform.shop, &[("house_rule", "2")]).await), 5003);
    }
}
