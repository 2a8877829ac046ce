//! Reading SIP accounts: one by its address, and lists. What is out of reach looks as if it did not exist.

use domain::{
    AclEntry, AclNetwork, CustomerId, Digest, Group, Invalid, LikePattern, Property, PropertyName, Refusal,
    RingTimeout, Scope, Secret, SipAccount, SipAccountSettings, SipId, TimeZoneName,
};
use ipnet::IpNet;
use sqlx::PgExecutor;

use crate::connections::Connection;
use crate::gather::Gather;
use crate::list::{Page, Query, Search};
use crate::sip_domains::ownership;
use crate::tx::scope_words;
use crate::{Store, StoreError, Tx, rows};

/// Search terms of a list of accounts; an absent one does not constrain.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "a term is the column of that name")]
pub struct SipAccountFilter {
    pub username: Option<LikePattern>,
    pub domain: Option<LikePattern>,
    pub first_name: Option<LikePattern>,
    pub last_name: Option<LikePattern>,
    pub email: Option<LikePattern>,
    pub owner: Option<i64>,
    pub customer: Option<i64>,
    pub reseller: Option<i64>,
    /// Member of all of them.
    pub groups: Vec<Group>,
}

/// What a list of accounts is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the columns' names")]
pub enum SipAccountOrder {
    #[default]
    ChangeDate,
    Key,
    Username,
    Domain,
}

/// Reads of single accounts: the words of a scope, and whom it asks for.
pub(crate) type Reads = Gather<(String, SipId), Option<Row>>;

/// One account in reach. Several that are asked for at the same time take one trip to the database, and the statement says the
/// scope itself.
pub async fn get(store: &Store, scope: &Scope, id: &SipId) -> Result<SipAccount, StoreError> {
    let words = scope_words(scope);
    let row = if store.is_shared() {
        // A step of a larger transaction sees what the steps before it did.
        let mut tx = store.begin_read(scope).await?;
        fetch_named(tx.conn(), &words, std::slice::from_ref(id)).await?.pop().flatten()
    } else {
        let reader = store.clone();
        let read = move |asked| read_named(reader.clone(), asked);
        store.account_reads().ask((words, id.clone()), |one, other| one.0 == other.0, read).await?
    };
    row.map(Row::account).transpose()?.ok_or_else(|| Refusal::SipAccountNotFound(id.clone()).into())
}

/// All of one scope.
async fn read_named(store: Store, asked: Vec<(String, SipId)>) -> Result<Vec<Option<Row>>, StoreError> {
    let words = asked.first().map(|(words, _)| words.clone()).unwrap_or_default();
    let ids: Vec<SipId> = asked.into_iter().map(|(_, id)| id).collect();
    let (words, ids) = (&words, &ids);
    let read = |connection: Connection| connection.ask(async |database| fetch_named(database, words, ids).await);
    store.attempt(read).await
}

/// Each in the place of its name.
async fn fetch_named(executor: impl PgExecutor<'_>, scope: &str, ids: &[SipId]) -> sqlx::Result<Vec<Option<Row>>> {
    let usernames: Vec<String> = ids.iter().map(|id| id.username.as_str().to_owned()).collect();
    let domains: Vec<String> = ids.iter().map(|id| id.domain.as_str().to_owned()).collect();
    let found = sqlx::query_as!(
        Row,
        r#"SELECT place AS "place!", username AS "username!", domain AS "domain!", customer, reseller, password,
                  ha1 AS "ha1!", first_name AS "first_name!", last_name AS "last_name!", email AS "email!",
                  timezone AS "timezone!", rpid AS "rpid!", quota AS "quota!",
                  quickdial_prefix AS "quickdial_prefix!", call_limit AS "call_limit!", prepaid AS "prepaid!",
                  region AS "region!", timeout AS "timeout!", owner, change_date AS "change_date!",
                  create_date AS "create_date!", groups AS "groups!", acl AS "acl!", properties AS "properties!"
           FROM ngnpro_sip_accounts($1, $2, $3)"#,
        scope,
        &usernames,
        &domains
    )
    .fetch_all(executor)
    .await?;
    let mut rows: Vec<Option<Row>> = ids.iter().map(|_| None).collect();
    for row in found {
        if let Some(place) = usize::try_from(row.place - 1).ok().and_then(|place| rows.get_mut(place)) {
            *place = Some(row);
        }
    }
    Ok(rows)
}

/// Accounts in reach.
pub async fn list(
    tx: &mut Tx,
    query: &Query<SipAccountFilter, SipAccountOrder>,
) -> Result<Page<SipAccount>, StoreError> {
    let sorted = match query.order {
        SipAccountOrder::Key => "ARRAY[d.domain, a.username]",
        SipAccountOrder::ChangeDate => "a.change_date",
        SipAccountOrder::Username => "a.username",
        SipAccountOrder::Domain => "d.domain",
    };
    let filter = &query.filter;
    let mut search = Search::new("sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id", "a.id", sorted);
    search.like_lower("a.username", filter.username.as_ref());
    search.like_lower("d.domain", filter.domain.as_ref());
    search.like("a.first_name", filter.first_name.as_ref());
    search.like("a.last_name", filter.last_name.as_ref());
    search.like("a.email", filter.email.as_ref());
    search.equal("a.owner", filter.owner);
    search.equal("d.customer", filter.customer);
    search.equal("d.reseller", filter.reseller);
    let groups: Vec<String> = filter.groups.iter().map(|group| group.as_str().to_owned()).collect();
    search.all_of("SELECT name FROM sip_account_groups_all WHERE account_id = a.id", &groups);
    if tx.is_by_number() {
        let page = search.rows::<Row>(tx, query.direction, query.range, "ngnpro_sip_accounts").await?;
        let rows = page.rows.into_iter().map(Row::account).collect::<Result<_, _>>()?;
        return Ok(Page { rows, total: page.total });
    }
    let keys = search.keys(tx, query.direction, query.range).await?;
    Ok(Page { rows: fetch_page(tx, &keys.ids).await?, total: keys.total })
}

/// In the order of the keys.
async fn fetch_page(tx: &mut Tx, keys: &[i64]) -> Result<Vec<SipAccount>, StoreError> {
    let words = scope_words(tx.scope());
    let page = sqlx::query_as!(
        Row,
        r#"SELECT place AS "place!", username AS "username!", domain AS "domain!", customer, reseller, password,
                  ha1 AS "ha1!", first_name AS "first_name!", last_name AS "last_name!", email AS "email!",
                  timezone AS "timezone!", rpid AS "rpid!", quota AS "quota!",
                  quickdial_prefix AS "quickdial_prefix!", call_limit AS "call_limit!", prepaid AS "prepaid!",
                  region AS "region!", timeout AS "timeout!", owner, change_date AS "change_date!",
                  create_date AS "create_date!", groups AS "groups!", acl AS "acl!", properties AS "properties!"
           FROM ngnpro_sip_accounts($1, $2::bigint[]) ORDER BY place"#,
        words,
        keys
    );
    page.fetch_all(tx.conn()).await?.into_iter().map(Row::account).collect()
}

/// A row as all of them read it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    /// Which of those that were asked for, from one.
    place: i64,
    username: String,
    domain: String,
    customer: Option<i64>,
    reseller: Option<i64>,
    password: Option<String>,
    ha1: String,
    first_name: String,
    last_name: String,
    email: String,
    timezone: String,
    rpid: String,
    quota: i32,
    quickdial_prefix: String,
    call_limit: i32,
    prepaid: bool,
    region: String,
    timeout: i32,
    owner: Option<i64>,
    change_date: String,
    create_date: String,
    groups: Vec<String>,
    /// Each a network, a space and a tag.
    acl: Vec<String>,
    /// Each a name, a line feed and a value.
    properties: Vec<String>,
}

impl Row {
    fn account(self) -> Result<SipAccount, StoreError> {
        let bad = |column: &'static str| move |why| rows::bad_row(column, &why);
        let owners = ownership(self.customer, self.reseller);
        let groups = self.groups.iter().map(|name| Group::parse(name).map_err(bad("group")));
        let acl = self.acl.iter().map(|entry| acl_entry(entry)).filter_map(Result::transpose);
        let properties = self.properties.iter().map(|entry| {
            let (name, value) = entry.split_once('\n').unwrap_or((entry, ""));
            Ok(Property { name: PropertyName::parse(name).map_err(bad("property"))?, value: value.to_owned() })
        });
        Ok(SipAccount {
            id: rows::sip_id(&self.username, &self.domain)?,
            customer: owners.customer,
            reseller: owners.reseller,
            password: self.password.map(Secret::new),
            ha1: Digest::of_row(self.ha1),
            settings: SipAccountSettings {
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email,
                acl: acl.collect::<Result<_, StoreError>>()?,
                groups: groups.collect::<Result<_, _>>()?,
                properties: properties.collect::<Result<_, StoreError>>()?,
                timezone: TimeZoneName::parse(&self.timezone).map_err(bad("timezone"))?,
                rpid: self.rpid,
                quota: self.quota,
                quickdial_prefix: self.quickdial_prefix,
                call_limit: self.call_limit,
                prepaid: self.prepaid,
                region: self.region,
                timeout: RingTimeout::parse(Some(i64::from(self.timeout))).map_err(bad("timeout"))?,
                owner: CustomerId::new(self.owner.unwrap_or(0)),
            },
            change_date: self.change_date,
            create_date: self.create_date,
        })
    }
}

/// The contract writes dotted quads only, and leaves out what is none.
fn acl_entry(entry: &str) -> Result<Option<AclEntry>, StoreError> {
    let (network, tag) = entry.split_once(' ').unwrap_or((entry, ""));
    match network.parse() {
        Ok(IpNet::V4(net)) => Ok(Some(AclEntry { network: AclNetwork::new(net), tag: tag.to_owned() })),
        Ok(IpNet::V6(_)) => Ok(None),
        Err(_) => Err(rows::bad_row("network", &Invalid::new("an entry of an access list has no network"))),
    }
}
