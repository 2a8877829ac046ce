-- The same read, with the rule of who reaches an account said once, in the statement, in place of the policies of five tables:
-- each of them is set up anew for each statement, and that took longer than to read the accounts. It is the rule of
-- ngnpro_reaches_account, which the policies of what hangs on accounts ask too.
CREATE OR REPLACE FUNCTION ngnpro_sip_accounts(scope text, usernames text[], domains text[])
RETURNS TABLE (place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text,
               first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text,
               call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text,
               create_date text, groups text[], networks cidr[], tags text[], names text[], "values" text[])
LANGUAGE plpgsql VOLATILE ROWS 4 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM set_config('ngnpro.scope', scope, true);
    RETURN QUERY
        SELECT w.place, a.username, d.domain, d.customer, d.reseller, a.password, a.ha1, a.first_name, a.last_name, a.email,
               a.timezone, a.rpid, a.quota, a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout, a.owner,
               to_char(a.change_date, 'YYYY-MM-DD HH24:MI:SS'), to_char(a.create_date, 'YYYY-MM-DD HH24:MI:SS'),
               ARRAY(SELECT g.name FROM sip_account_groups AS g WHERE g.account_id = a.id),
               ARRAY(SELECT l.network FROM sip_account_acl AS l WHERE l.account_id = a.id ORDER BY l.position, l.network),
               ARRAY(SELECT l.tag FROM sip_account_acl AS l WHERE l.account_id = a.id ORDER BY l.position, l.network),
               ARRAY(SELECT p.name FROM sip_account_properties AS p WHERE p.account_id = a.id ORDER BY p.name),
               ARRAY(SELECT p.value FROM sip_account_properties AS p WHERE p.account_id = a.id ORDER BY p.name)
        FROM unnest(usernames, domains) WITH ORDINALITY AS w (username, domain, place)
        JOIN sip_domains AS d ON d.domain = w.domain
        JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = w.username
        WHERE (SELECT ngnpro_is_administrator()) OR d.reseller = (SELECT ngnpro_scope_reseller())
           OR d.customer = (SELECT ngnpro_scope_customer());
END $$;
