-- The change feed: what changed in the tables that a program keeps in memory, written in the writer's own transaction, whoever
-- the writer is. Readers go by transaction snapshots: an entry is new to a reader when its transaction is visible now
-- and was not visible in the snapshot that the reader saw last. So a slow transaction that commits late is not skipped.

CREATE TABLE change_log (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL DEFAULT now(),
    table_name  text NOT NULL,
    key         text NOT NULL,      -- user@domain, a domain, or an id, as the table's feed says
    op          text NOT NULL CHECK (op IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
);
CREATE INDEX ON change_log (xid);

GRANT SELECT ON change_log TO ngnpro_server, sip_proxy;

-- The newest transaction whose entries are gone. A reader whose snapshot is older than that was away for too long.
CREATE TABLE change_log_horizon (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    pruned_xid  xid8 NOT NULL DEFAULT '0'
);
INSERT INTO change_log_horizon DEFAULT VALUES;
GRANT SELECT ON change_log_horizon TO ngnpro_server, sip_proxy;

-- Forgets at most `most` entries that are older than `keep`; answers how many. An entry of a transaction that some
-- snapshot still waits for stays. Two at once do not wait for each other: the second does nothing.
CREATE FUNCTION ngnpro_prune_change_log(keep interval, most integer DEFAULT 10000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pruned integer := 0;
BEGIN
    PERFORM FROM change_log_horizon FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH old AS (
        SELECT seq FROM change_log
        WHERE at < now() - keep AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid LIMIT most
    ), gone AS (
        DELETE FROM change_log USING old WHERE change_log.seq = old.seq RETURNING change_log.xid
    ), newest AS (
        SELECT xid FROM gone ORDER BY xid DESC LIMIT 1
    ), moved AS (
        UPDATE change_log_horizon SET pruned_xid = newest.xid FROM newest
        WHERE change_log_horizon.pruned_xid < newest.xid
    )
    SELECT count(*) INTO pruned FROM gone;
    RETURN pruned;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_prune_change_log(interval, integer) TO ngnpro_server;

-- One trigger function a kind of key. `changed` holds the new rows (the old ones of a DELETE), `gone` the old rows of
-- an UPDATE. They run for the owner: writers need no right on the log.

CREATE FUNCTION ngnpro_feed_domain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, domain, TG_OP FROM changed UNION SELECT TG_TABLE_NAME, domain, TG_OP FROM gone;
    ELSE
        INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, domain, TG_OP FROM changed;
    END IF;
    RETURN NULL;
END $$;

-- Accounts and aliases: user@domain.
CREATE FUNCTION ngnpro_feed_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, c.username || '@' || d.domain, TG_OP
            FROM (SELECT username, domain_id FROM changed UNION SELECT username, domain_id FROM gone) AS c
            JOIN sip_domains AS d ON d.id = c.domain_id;
    ELSE
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, c.username || '@' || d.domain, TG_OP
            FROM changed AS c JOIN sip_domains AS d ON d.id = c.domain_id;
    END IF;
    RETURN NULL;
END $$;

-- What hangs on an account: the account's user@domain. Rows that go because their account goes say nothing: the
-- account has said it.
CREATE FUNCTION ngnpro_feed_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT account_id FROM changed UNION SELECT account_id FROM gone) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    ELSE
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM changed) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    END IF;
    RETURN NULL;
END $$;

-- Tables that the proxy holds whole: the id is for the log's reader, the proxy reads the table again.
CREATE FUNCTION ngnpro_feed_id() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, id::text, TG_OP FROM changed UNION SELECT TG_TABLE_NAME, id::text, TG_OP FROM gone;
    ELSE
        INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, id::text, TG_OP FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ngnpro_feed_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op) VALUES (TG_TABLE_NAME, '', TG_OP);
    RETURN NULL;
END $$;

-- Puts a table on the feed. For migrations. `condition` is a WHEN of the triggers.
CREATE PROCEDURE ngnpro_feed(feed_table regclass, key_kind text, condition text DEFAULT 'true')
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER feed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT WHEN (%s) EXECUTE FUNCTION %I()', feed_table, condition, 'ngnpro_feed_' || key_kind);
    EXECUTE format('CREATE TRIGGER feed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed OLD TABLE AS gone
        FOR EACH STATEMENT WHEN (%s) EXECUTE FUNCTION %I()', feed_table, condition, 'ngnpro_feed_' || key_kind);
    EXECUTE format('CREATE TRIGGER feed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT WHEN (%s) EXECUTE FUNCTION %I()', feed_table, condition, 'ngnpro_feed_' || key_kind);
    EXECUTE format('CREATE TRIGGER feed_truncate AFTER TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION ngnpro_feed_truncate()', feed_table);
END $$;

-- Servers forget a verified login when its row changes.
CALL ngnpro_feed('customers', 'id');
CALL ngnpro_feed('sip_domains', 'domain');
CALL ngnpro_feed('sip_accounts', 'address');
CALL ngnpro_feed('sip_account_groups', 'account');
CALL ngnpro_feed('sip_account_acl', 'account');
CALL ngnpro_feed('sip_aliases', 'address');
-- The proxy knows what it wrote itself; thousands of refreshes a second would only drown the rest.
CALL ngnpro_feed('locations', 'account', $$current_user <> 'sip_proxy'$$);
