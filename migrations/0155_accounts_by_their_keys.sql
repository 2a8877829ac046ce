-- Accounts as the server reads them, in one form for both its reads. What hangs on an account comes in one array a kind: an entry
-- of an access list as network, space and tag, a property as name, line feed (which no name has) and value.
CREATE VIEW sip_account_rows WITH (security_invoker = true) AS
    SELECT a.id, a.domain_id, a.username, a.password, a.ha1, a.first_name, a.last_name, a.email, a.timezone, a.rpid, a.quota,
           a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout, a.owner,
           to_char(a.change_date, 'YYYY-MM-DD HH24:MI:SS') AS change_date,
           to_char(a.create_date, 'YYYY-MM-DD HH24:MI:SS') AS create_date,
           ARRAY(SELECT g.name FROM sip_account_groups AS g WHERE g.account_id = a.id) AS groups,
           ARRAY(SELECT l.network::text || ' ' || l.tag FROM sip_account_acl AS l WHERE l.account_id = a.id
                 ORDER BY l.position, l.network) AS acl,
           ARRAY(SELECT p.name || chr(10) || p.value FROM sip_account_properties AS p WHERE p.account_id = a.id
                 ORDER BY p.name) AS properties
    FROM sip_accounts AS a;

-- The read by address, whatever the planner knows of the tables: each account is found by its keys alone, also before the tables
-- have statistics (after an import, a plan that guesses few accounts in a domain reads all of them). It is cheaper too: the rule
-- of reach is made of the words of the scope once and not asked of the session.
DROP FUNCTION ngnpro_sip_accounts(text, text[], text[]);
CREATE FUNCTION ngnpro_sip_accounts(scope text, usernames text[], domains text[])
RETURNS TABLE (place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text,
               first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text,
               call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text,
               create_date text, groups text[], acl text[], properties text[])
LANGUAGE plpgsql STABLE ROWS 4 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_administrator boolean := scope = 'admin';
    of_reseller bigint := CASE WHEN scope LIKE 'reseller:%' THEN split_part(scope, ':', 2)::bigint END;
    of_customer bigint := CASE WHEN scope LIKE 'customer:%' THEN split_part(scope, ':', 2)::bigint END;
BEGIN
    RETURN QUERY
        SELECT w.place, r.username, d.domain, d.customer, d.reseller, r.password, r.ha1, r.first_name, r.last_name, r.email,
               r.timezone, r.rpid, r.quota, r.quickdial_prefix, r.call_limit, r.prepaid, r.region, r.timeout, r.owner,
               r.change_date, r.create_date, r.groups, r.acl, r.properties
        FROM unnest(usernames, domains) WITH ORDINALITY AS w (username, domain, place)
        CROSS JOIN LATERAL (SELECT o.id, o.domain, o.customer, o.reseller FROM sip_domains AS o WHERE o.domain = w.domain
                            LIMIT 1) AS d
        CROSS JOIN LATERAL (SELECT o.* FROM sip_account_rows AS o WHERE o.domain_id = d.id AND o.username = w.username
                            LIMIT 1) AS r
        WHERE is_administrator OR d.reseller = of_reseller OR d.customer = of_customer;
END $$;

-- The same by number, for the page of a list that row-level security has let be found; the rule holds here once more.
CREATE FUNCTION ngnpro_sip_accounts(scope text, ids bigint[])
RETURNS TABLE (place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text,
               first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text,
               call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text,
               create_date text, groups text[], acl text[], properties text[])
LANGUAGE plpgsql STABLE ROWS 20 SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_administrator boolean := scope = 'admin';
    of_reseller bigint := CASE WHEN scope LIKE 'reseller:%' THEN split_part(scope, ':', 2)::bigint END;
    of_customer bigint := CASE WHEN scope LIKE 'customer:%' THEN split_part(scope, ':', 2)::bigint END;
BEGIN
    RETURN QUERY
        SELECT w.place, r.username, d.domain, d.customer, d.reseller, r.password, r.ha1, r.first_name, r.last_name, r.email,
               r.timezone, r.rpid, r.quota, r.quickdial_prefix, r.call_limit, r.prepaid, r.region, r.timeout, r.owner,
               r.change_date, r.create_date, r.groups, r.acl, r.properties
        FROM unnest(ids) WITH ORDINALITY AS w (id, place)
        CROSS JOIN LATERAL (SELECT o.* FROM sip_account_rows AS o WHERE o.id = w.id LIMIT 1) AS r
        CROSS JOIN LATERAL (SELECT o.domain, o.customer, o.reseller FROM sip_domains AS o WHERE o.id = r.domain_id LIMIT 1) AS d
        WHERE is_administrator OR d.reseller = of_reseller OR d.customer = of_customer;
END $$;

REVOKE ALL ON FUNCTION ngnpro_sip_accounts(text, text[], text[]), ngnpro_sip_accounts(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_sip_accounts(text, text[], text[]), ngnpro_sip_accounts(text, bigint[]) TO ngnpro_server;
