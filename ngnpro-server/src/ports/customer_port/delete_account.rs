//! `Customer.deleteAccount`: deletes a customer to whom nothing belongs any more. Records that only name it as owner lose
//! the owner.
//!
//! 5000, 5002 records or a reseller's customers still carry its number, 9001 the caller is a customer, 9004.

use domain::{Refusal, Scope};
use store::customers;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::customer::DeleteAccountInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: DeleteAccountInput) -> Result<(), Failure> {
    let id = member::customer(input.id, "id")?;
    let scope = match context.caller.scope {
        // The administrator's page of a customer acts as that customer also when it deletes it.
        Scope::Customer(own, _) if context.caller.is_administrator_login && own == id => Scope::administrator(),
        Scope::Customer(..) => return Err(Refusal::NotAllowed("customers are their reseller's to delete").into()),
        scope => scope,
    };
    let mut tx = context.store.begin(&scope).await?;
    customers::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, acting_as, code, login, sip_account};
    use crate::wire::types;

    #[tokio::test]
    async fn a_customer_goes_when_nothing_belongs_to_it() {
        let platform = Platform::new().await;
        let call = async |by, id: i64| platform.call(by, handle, DeleteAccountInput { id: Some(id) }).await;
        let [acme, shop] = [&platform.acme, &platform.shop].map(|caller| caller.customer.get());
        let spare = platform.customer_of(&platform.acme, "spare").await.customer.get();
        // A record that only names it as owner does not keep it.
        let owned = types::SipAccount { owner: Some(spare), ..sip_account("owned@acme.example") };
        platform.add_account(&platform.acme, owned).await.unwrap();
        assert_eq!(call(&platform.acme, shop).await, Err((5002, format!("Customer {shop} still has records"))));
        assert_eq!(code(call(&platform.admin, acme).await), 5002);
        assert_eq!(code(call(&platform.rival, spare).await), 5000);
        assert_eq!(call(&platform.acme, spare).await, Ok(()));
        assert_eq!(code(call(&platform.acme, spare).await), 5000);
        assert_eq!(platform.get_account(&platform.acme, "owned@acme.example").await.unwrap().owner, Some(0));
    }

    #[tokio::test]
    async fn the_administrator_deletes_the_very_customer_that_it_acts_as() {
        let platform = Platform::empty().await;
        let shop = platform.shop.customer.get();
        let input = |id| DeleteAccountInput { id: Some(id) };
        assert_eq!(code(platform.call(&platform.shop, handle, input(shop)).await), 9001);
        let other = platform.add_customer(&platform.acme, login("other")).await.unwrap().customer.get();
        assert_eq!(code(platform.call(&acting_as(&platform.shop), handle, input(other)).await), 9001);
        assert_eq!(platform.call(&acting_as(&platform.shop), handle, input(shop)).await, Ok(()));
        let rival = platform.rival.customer.get();
        assert_eq!(platform.call(&acting_as(&platform.rival), handle, input(rival)).await, Ok(()));
    }
}
