-- Makes the groups, networks and properties of an account exactly what is given. What stays the same is not written, and a
-- list that stays the same is not touched at all: portals write back whole accounts of which one member changed. Row-level
-- security is that of the caller, who holds the account's row.
CREATE FUNCTION ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[],
                                             "values" text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    stored text[];
BEGIN
    stored := ARRAY(SELECT g.name FROM sip_account_groups AS g WHERE g.account_id = account);
    IF NOT (stored <@ groups AND stored @> groups) THEN
        DELETE FROM sip_account_groups AS g WHERE g.account_id = account AND g.name <> ALL (groups);
        INSERT INTO sip_account_groups (account_id, name) SELECT account, unnest(groups) ON CONFLICT DO NOTHING;
    END IF;

    -- Their order counts too.
    IF ARRAY(SELECT ROW (l.network, l.tag)::text FROM sip_account_acl AS l WHERE l.account_id = account
             ORDER BY l.position, l.network)
       <> ARRAY(SELECT ROW (sent.network, sent.tag)::text FROM unnest(networks, tags) AS sent (network, tag)) THEN
        DELETE FROM sip_account_acl AS l WHERE l.account_id = account AND l.network <> ALL (networks);
        INSERT INTO sip_account_acl AS l (account_id, network, tag, position)
        SELECT account, sent.network, sent.tag, sent.n
        FROM unnest(networks, tags) WITH ORDINALITY AS sent (network, tag, n)
        ON CONFLICT (account_id, network) DO UPDATE SET tag = excluded.tag, position = excluded.position
        WHERE (l.tag, l.position) IS DISTINCT FROM (excluded.tag, excluded.position);
    END IF;

    DELETE FROM sip_account_properties AS p WHERE p.account_id = account AND p.name <> ALL (names);
    IF cardinality(names) > 0 THEN
        INSERT INTO sip_account_properties AS p (account_id, name, value)
        SELECT account, sent.name, sent.value FROM unnest(names, "values") AS sent (name, value)
        ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value
        WHERE p.value IS DISTINCT FROM excluded.value;
    END IF;
END $$;
REVOKE ALL ON FUNCTION ngnpro_replace_account_lists(bigint, text[], cidr[], text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_replace_account_lists(bigint, text[], cidr[], text[], text[], text[]) TO ngnpro_server;
