//! `Sip.getPhonebookEntries`: a page of an account's phonebook, by name, and how many entries match in all.
//!
//! Address or name matches its pattern; the group matches when its element is there, an empty one finding entries without
//! group. 1010, 9004.

use domain::{PhonebookSearch, Range};
use store::sip_phonebook;

use super::phonebook_entry;
use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::sip::GetPhonebookEntriesInput;
use crate::wire::types;

/// Answers the call.
pub async fn handle(
    context: &Context<'_>,
    input: GetPhonebookEntriesInput,
) -> Result<types::PhonebookEntries, Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let terms = input.r#match.unwrap_or_default();
    let search = PhonebookSearch {
        uri: member::pattern(terms.uri, "match.uri")?,
        name: member::pattern(terms.name, "match.name")?,
        group: terms.group.map(|group| phonebook_entry::group(Some(group), "match.group")).transpose()?,
    };
    let range = input.range.unwrap_or_default();
    let range = Range::new(range.start.map(i64::from), range.count.map(i64::from), context.settings.list_cap);
    let mut tx = context.store.begin_read(&context.caller.scope).await?;
    let page = sip_phonebook::list(&mut tx, &id, &search, range).await?;
    Ok(types::PhonebookEntries {
        entries: Some(page.rows.into_iter().map(phonebook_entry::write).collect()),
        total: member::total(page.total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};

    #[tokio::test]
    async fn address_or_name_match_and_the_group_where_it_is_named() {
        let platform = Platform::new().await;
        for (uri, name, group) in [
            ("zoe@example.net", "Anna", "friends"),
            ("bob@example.net", "bob", ""),
            ("carol@example.net", "Carol", "family"),
        ] {
            platform.contact("alice@acme.example", uri, name, group).await;
        }
        platform.contact("bob@shop.example", "other@example.net", "Other", "").await;
        let text = |text: &str| Some(text.to_owned());
        let find = |uri, name, group| types::PhonebookEntry { uri, name, group, ..Default::default() };
        let page = |start, count| types::Range { start: Some(start), count: Some(count) };
        for (terms, range, names, total) in [
            (None, None, &["Anna", "bob", "Carol"][..], 3),
            (Some(find(text("%%%"), text("%%%"), None)), None, &["Anna", "bob", "Carol"], 3),
            (Some(find(text("BOB%"), text("car%"), None)), None, &["bob", "Carol"], 2),
            (Some(find(text(""), text("anna"), None)), None, &["Anna"], 1),
            (Some(find(text("%%"), text("%%"), text("family"))), None, &["Carol"], 1),
            (Some(find(None, None, text(""))), None, &["bob"], 1),
            (Some(find(text("zoe%"), None, text("family"))), None, &[], 0),
            (None, Some(page(1, 1)), &["bob"], 3),
            (None, Some(page(9, 1)), &[], 3),
        ] {
            let input = GetPhonebookEntriesInput { sip_id: id("alice@acme.example"), r#match: terms.clone(), range };
            let answer = platform.call(&platform.acme, handle, input).await.unwrap();
            let found: Vec<String> = answer.entries.unwrap().into_iter().filter_map(|entry| entry.name).collect();
            assert_eq!(
                (&found[..], answer.total),
                (&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()[..], Some(total)),
                "{terms:?}"
            );
        }
    }

    #[tokio::test]
    async fn an_account_out_of_reach_has_no_phonebook() {
        let platform = Platform::new().await;
        for (by, account) in [
            (&platform.rival, "alice@acme.example"),
            (&platform.shop, "alice@acme.example"),
            (&platform.acme, "nobody@acme.example"),
        ] {
            let input = GetPhonebookEntriesInput { sip_id: id(account), ..Default::default() };
            assert_eq!(code(platform.call(by, handle, input).await), 1010);
        }
        assert_eq!(code(platform.call(&platform.acme, handle, Default::default()).await), 9004);
    }
}
