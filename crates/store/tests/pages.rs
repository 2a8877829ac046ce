//! All pages of one list, read in one transaction from a cursor of the server.

use domain::{Direction, LikePattern, Range, Scope};
use store::list::Query;
use store::sip_accounts::{self, SipAccountFilter, SipAccountOrder};
use test_support::ScratchDb;

#[tokio::test]
async fn all_pages_of_a_list_are_those_of_the_moment_when_it_was_begun() {
    let db = ScratchDb::new().await;
    db.execute(
        "INSERT INTO sip_domains (domain) VALUES ('example.com'), ('example.org');
         INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
             SELECT d.id, 'u' || n, repeat('a', 32), repeat('a', 32) FROM generate_series(100, 124) AS n, sip_domains AS d",
    )
    .await;
    let store = db.store().await;
    let together = store.pages(&Scope::administrator()).await.unwrap();
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    loop {
        let mut tx = together.store().begin_read(&Scope::administrator()).await.unwrap();
        let query = Query {
            filter: SipAccountFilter {
                domain: LikePattern::parse("example.com").unwrap(),
                ..SipAccountFilter::default()
            },
            order: SipAccountOrder::Key,
            direction: Direction::Ascending,
            range: Range::new(None, Some(10), 1000),
        };
        let page = sip_accounts::list(&mut tx, &query).await.unwrap();
        if page.rows.is_empty() {
            break;
        }
        sizes.push(page.rows.len());
        names.extend(page.rows.iter().map(|account| account.id.username.as_str().to_owned()));
        // What comes while it is read is not among it.
        let late = sizes.len();
        db.execute(&format!(
            "INSERT INTO sip_accounts (domain_id, username, ha1, ha1b)
             SELECT id, 'u{late}', repeat('a', 32), repeat('a', 32) FROM sip_domains"
        ))
        .await;
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(names, (100..125).map(|n| format!("u{n}")).collect::<Vec<_>>());
}
