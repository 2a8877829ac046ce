-- Several accounts by their names, with their lists, in the scope that is said with them: what is asked for at the same time
-- takes one trip to the database. To set up the plan of such a read under row-level security costs more than to read an
-- account by it, so several share that too. The scope holds to the end of the transaction, which is that of the calling
-- statement; row-level security is that of the caller. `place` tells which name a row answers, from one.
CREATE FUNCTION ngnpro_sip_accounts(scope text, usernames text[], domains text[])
RETURNS TABLE (place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text,
               first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text,
               call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text,
               create_date text, groups text[], networks cidr[], tags text[], names text[], "values" text[])
LANGUAGE plpgsql VOLATILE ROWS 4 AS $$
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
        JOIN sip_accounts AS a ON a.domain_id = d.id AND a.username = w.username;
END $$;
REVOKE ALL ON FUNCTION ngnpro_sip_accounts(text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_sip_accounts(text, text[], text[]) TO ngnpro_server;
