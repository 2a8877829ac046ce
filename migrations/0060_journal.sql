-- The journal: every change of every row that is provisioned, written by triggers in the writer's own transaction, whoever
-- the writer is and on whichever wire it came. Rows are added by those triggers and taken away by age, never changed; the
-- server's role can only read them, each tenant its own.

CREATE TABLE journal (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Readers go by (xid, seq) up to the oldest transaction that still runs: below it nothing can appear any more.
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL DEFAULT now(),
    who         text NOT NULL,              -- the login name
    role        text NOT NULL,              -- administrator, reseller, customer, account; database: plain SQL
    acting_as   bigint,                     -- the customer it acted for; nobody: the plain administrator
    peer        text NOT NULL DEFAULT '',   -- the address it came from
    wire        text NOT NULL DEFAULT '',   -- encoded, literal, json; sql: past the server
    request     text NOT NULL DEFAULT '',   -- the X-Request-Id of the answer
    operation   text NOT NULL DEFAULT '',   -- Sip.addAccount
    change_set  text NOT NULL,              -- what was done together
    table_name  text NOT NULL,
    key         text NOT NULL,              -- user@domain for accounts and what hangs on them, a zone's name, an id …
    op          text NOT NULL CHECK (op IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    -- Whose the row was. Not references: an entry outlives its owner.
    customer    bigint,
    reseller    bigint,
    before      jsonb,
    after       jsonb,
    concealed   text[] NOT NULL DEFAULT '{}'  -- columns left out of the two that were set or changed
);
CREATE INDEX ON journal (xid, seq);
CREATE INDEX ON journal (at);
CREATE INDEX ON journal (reseller, xid, seq) WHERE reseller IS NOT NULL;
CREATE INDEX ON journal (customer, xid, seq) WHERE customer IS NOT NULL;
CREATE INDEX ON journal (key, xid, seq);
CREATE INDEX ON journal (change_set, xid, seq);

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON journal FOR SELECT TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
GRANT SELECT ON journal TO ngnpro_server;

-- The newest entry that is gone. A reader that is behind it has missed something.
CREATE TABLE journal_horizon (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    pruned_xid  xid8 NOT NULL DEFAULT '0',
    pruned_seq  bigint NOT NULL DEFAULT 0
);
INSERT INTO journal_horizon DEFAULT VALUES;
GRANT SELECT ON journal_horizon TO ngnpro_server;

-- Forgets at most `most` of the oldest entries: those older than `keep`, and those that are more than `rows_max` back.
-- Answers how many. Two at once do not wait for each other: the second does nothing.
CREATE FUNCTION ngnpro_prune_journal(keep interval, rows_max bigint, most integer DEFAULT 10000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pruned integer := 0;
BEGIN
    PERFORM FROM journal_horizon FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH oldest AS (
        SELECT seq, at FROM journal WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, seq LIMIT most
    ), gone AS (
        DELETE FROM journal USING oldest
        WHERE journal.seq = oldest.seq
          AND (oldest.at < now() - keep OR oldest.seq <= (SELECT max(seq) FROM journal) - rows_max)
        RETURNING journal.xid, journal.seq
    ), newest AS (
        SELECT xid, seq FROM gone ORDER BY xid DESC, seq DESC LIMIT 1
    ), moved AS (
        UPDATE journal_horizon SET pruned_xid = newest.xid, pruned_seq = newest.seq FROM newest
        WHERE (pruned_xid, pruned_seq) < (newest.xid, newest.seq)
    )
    SELECT count(*) INTO pruned FROM gone;
    RETURN pruned;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_prune_journal(interval, bigint, integer) TO ngnpro_server;

-- Who changes: what the server said when it began, hexadecimal digits of JSON; or whoever types SQL.
-- In PL/pgSQL because that keeps its plans: once a statement it costs three microseconds, and seventy in SQL.
CREATE FUNCTION ngnpro_actor() RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text := current_setting('ngnpro.actor', true);
BEGIN
    IF said <> '' THEN
        RETURN convert_from(decode(said, 'hex'), 'UTF8')::jsonb;
    END IF;
    RETURN jsonb_build_object('who', session_user, 'role', 'database', 'wire', 'sql',
                              'peer', coalesce(host(inet_client_addr()), ''), 'change_set', 'sql-' || pg_current_xact_id());
END $$;

CREATE FUNCTION ngnpro_journal_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor jsonb := ngnpro_actor();
BEGIN
    INSERT INTO journal (who, role, peer, wire, change_set, table_name, key, op)
        VALUES (actor->>'who', actor->>'role', coalesce(actor->>'peer', ''), coalesce(actor->>'wire', ''),
                actor->>'change_set', TG_TABLE_NAME, '', TG_OP);
    RETURN NULL;
END $$;

-- Puts a table under the journal: a trigger function of its own, made of these. For migrations.
--   key       an expression over the row `r` and the joins
--   owner     joins that bring `o`, the row whose columns customer and reseller say whose it is; empty: they are `r`'s
--   customer, reseller   expressions, where those columns are not both there
--   parents   the tables whose row takes this one along when it goes, and the columns that name it; when that row is gone
--             already, what its own entry said counts for this one too
--   secrets   columns that are never written down; `secret_when` narrows that to some rows
-- Additions are written a statement at a time; changes and removals row by row, a removal before those that it cascades to,
-- which is why its trigger's name sorts before those of foreign keys.
CREATE PROCEDURE ngnpro_journal(of_table regclass, key text, owner text DEFAULT '', customer text DEFAULT NULL,
    reseller text DEFAULT NULL, parents text[] DEFAULT NULL, parent_columns text[] DEFAULT NULL, secrets text[] DEFAULT '{}',
    secret_when text DEFAULT 'true')
LANGUAGE plpgsql AS $procedure$
DECLARE
    function   text := 'ngnpro_journal_' || of_table::text;
    owner_row  text := CASE WHEN owner = '' THEN 'r' ELSE 'o' END;
    of_owner   text := format('(%s)::bigint AS customer, (%s)::bigint AS reseller',
                              coalesce(customer, owner_row || '.customer'), coalesce(reseller, owner_row || '.reseller'));
    columns    text := 'who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, '
                       'reseller, before, after, concealed';
    actor      text := $$actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME$$;
    shown      text := 'to_jsonb(r)';
    set_secrets     text := $$'{}'::text[]$$;
    changed_secrets text := $$'{}'::text[]$$;
    fetch_parent    text := '';
    other_owner     text := 'false';
BEGIN
    IF secrets <> '{}' THEN
        shown := format('CASE WHEN %s THEN to_jsonb(r) - %L::text[] ELSE to_jsonb(r) END', secret_when, secrets);
        SELECT format('array_remove(ARRAY[%s], NULL)',
                      string_agg(format('CASE WHEN (%s) AND r.%I IS NOT NULL%s THEN %L END', secret_when, attname,
                          CASE WHEN atttypid = 'text'::regtype THEN format(' AND r.%I <> %L', attname, '') ELSE '' END,
                          attname), ', ' ORDER BY attnum)),
               format('array_remove(ARRAY[%s], NULL)',
                      string_agg(format('CASE WHEN (%s) AND OLD.%I IS DISTINCT FROM NEW.%I THEN %L END',
                          replace(secret_when, 'r.', 'NEW.'), attname, attname, attname), ', ' ORDER BY attnum))
            INTO STRICT set_secrets, changed_secrets
            FROM pg_attribute WHERE attrelid = of_table AND attname = ANY (secrets);
    END IF;
    IF parents IS NOT NULL THEN
        SELECT string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', by), ' OR ') INTO other_owner FROM unnest(parent_columns) AS by;
        fetch_parent := format($$
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND (%s)
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;$$, (SELECT string_agg(format($$(j.table_name = %L AND (j.before->>'id')::bigint = OLD.%I)$$, of, by), ' OR ')
                    FROM unnest(parents, parent_columns) AS p (of, by)));
    ELSIF owner = '' THEN
        other_owner := format('(%s) IS DISTINCT FROM (%s)',
            replace(concat_ws(', ', coalesce(customer, 'r.customer'), coalesce(reseller, 'r.reseller')), 'r.', 'OLD.'),
            replace(concat_ws(', ', coalesce(customer, 'r.customer'), coalesce(reseller, 'r.reseller')), 'r.', 'NEW.'));
    END IF;
    EXECUTE format($function$
CREATE FUNCTION %1$I() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (%2$s)
        SELECT %3$s, %4$s, TG_OP, %5$s, NULL, %7$s, %8$s FROM changed AS r %6$s;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR %10$s THEN
        SELECT %4$s AS key, %5$s, %11$s AS owned INTO was FROM (SELECT OLD.*) AS r %6$s;%12$s
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (%2$s)
        SELECT %3$s, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, %7$s, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT %4$s AS key, %5$s INTO held FROM (SELECT NEW.*) AS r %6$s;
    IF %10$s THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (%2$s)
            SELECT %3$s, was.key, TG_OP, was.customer, was.reseller, %7$s, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (%2$s)
            SELECT %3$s, held.key, TG_OP, held.customer, held.reseller, NULL, %7$s, %9$s FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (%2$s)
    SELECT %3$s, held.key, TG_OP, held.customer, held.reseller, (SELECT %7$s FROM (SELECT OLD.*) AS r), %7$s, %9$s
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $body$;$function$,
        function, columns, actor, key, of_owner, owner, shown, set_secrets, changed_secrets, other_owner,
        CASE WHEN owner = '' THEN 'true' ELSE 'CASE WHEN o IS NOT NULL THEN true END' END, fetch_parent);
    EXECUTE format('CREATE TRIGGER journal_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION %I()', of_table, function);
    EXECUTE format('CREATE TRIGGER journal_update AFTER UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %I()', of_table, function);
    EXECUTE format('CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %I()',
                   of_table, function);
    EXECUTE format('CREATE TRIGGER journal_truncate AFTER TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION ngnpro_journal_truncate()', of_table);
END $procedure$;

CALL ngnpro_journal('customers', key => 'r.id::text', customer => 'r.id',
    secrets => ARRAY['password_hash', 'password_sealed']);
-- A pair's value may be a password under a free name: such names are known by their words.
CALL ngnpro_journal('customer_properties', key => 'r.customer::text', owner => 'LEFT JOIN customers AS o ON o.id = r.customer',
    customer => 'o.id', parents => ARRAY['customers'], parent_columns => ARRAY['customer'],
    secrets => ARRAY['value'], secret_when => $$r.name ~* '(pass|secret|token|key|pin|hash|ha1)'$$);
CALL ngnpro_journal('sip_domains', key => 'r.domain', secrets => ARRAY['private_key']);
CALL ngnpro_journal('dns_zones', key => 'r.name');
CALL ngnpro_journal('enum_ranges', key => $$r.prefix || '@' || r.tld$$);
CALL ngnpro_journal('trusted_peers', key => 'r.ip', secrets => ARRAY['auth_token']);
CALL ngnpro_journal('carriers', key => 'r.id::text', customer => 'NULL::bigint');
CALL ngnpro_journal('prepaid_cards', key => 'r.id::text', customer => 'NULL::bigint', secrets => ARRAY['number']);
CALL ngnpro_journal('emergency_mapping', key => $$r.username || '@' || r.domain$$, customer => 'NULL::bigint',
    reseller => 'NULL::bigint');

CALL ngnpro_journal('sip_accounts', key => $$r.username || '@' || o.domain$$,
    owner => 'LEFT JOIN sip_domains AS o ON o.id = r.domain_id', parents => ARRAY['sip_domains'], parent_columns => ARRAY['domain_id'],
    secrets => ARRAY['password', 'ha1', 'ha1b', 'ha1_sha256']);
CALL ngnpro_journal('sip_aliases', key => $$r.username || '@' || o.domain$$,
    owner => 'LEFT JOIN sip_domains AS o ON o.id = r.domain_id', parents => ARRAY['sip_domains'], parent_columns => ARRAY['domain_id']);
CALL ngnpro_journal('dns_records', key => 'o.name', owner => 'LEFT JOIN dns_zones AS o ON o.id = r.zone_id',
    parents => ARRAY['dns_zones'], parent_columns => ARRAY['zone_id']);
CALL ngnpro_journal('dns_fancy_records', key => 'o.name', owner => 'LEFT JOIN dns_zones AS o ON o.id = r.zone_id',
    parents => ARRAY['dns_zones'], parent_columns => ARRAY['zone_id']);
CALL ngnpro_journal('enum_numbers', key => $$r.number || '@' || r.tld$$,
    owner => 'LEFT JOIN enum_ranges AS o ON o.id = r.range_id', parents => ARRAY['enum_ranges'], parent_columns => ARRAY['range_id']);
CALL ngnpro_journal('enum_mappings', key => $$n.number || '@' || n.tld$$,
    owner => 'LEFT JOIN enum_numbers AS n ON n.id = r.number_id LEFT JOIN enum_ranges AS o ON o.id = n.range_id',
    parents => ARRAY['enum_numbers'], parent_columns => ARRAY['number_id']);
CALL ngnpro_journal('gateways', key => 'r.id::text', owner => 'LEFT JOIN carriers AS o ON o.id = r.carrier_id',
    customer => 'NULL::bigint', parents => ARRAY['carriers'], parent_columns => ARRAY['carrier_id']);
CALL ngnpro_journal('gateway_rules', key => 'r.id::text',
    owner => 'LEFT JOIN gateways AS g ON g.id = r.gateway_id LEFT JOIN carriers AS o ON o.id = g.carrier_id',
    customer => 'NULL::bigint', parents => ARRAY['gateways'], parent_columns => ARRAY['gateway_id']);
CALL ngnpro_journal('routes', key => 'r.id::text', owner => 'LEFT JOIN carriers AS o ON o.id = r.carrier_id',
    customer => 'NULL::bigint', parents => ARRAY['carriers'], parent_columns => ARRAY['carrier_id']);
-- By an account, a domain, or neither (a gateway: the operator's).
CALL ngnpro_journal('rating_entity_profiles', key => 'r.entity',
    owner => 'LEFT JOIN sip_accounts AS a ON a.id = r.account_id
              LEFT JOIN sip_domains AS o ON o.id = coalesce(a.domain_id, r.domain_id)',
    parents => ARRAY['sip_accounts', 'sip_domains'], parent_columns => ARRAY['account_id', 'domain_id']);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sip_account_groups', 'sip_account_acl', 'sip_account_properties', 'sip_call_diversions',
                             'sip_accept_rules', 'sip_temporary_accept_rules', 'sip_reject_members',
                             'sip_barring_prefixes', 'sip_phonebook_entries', 'voicemail_accounts',
                             'voicemail_announcements', 'prepaid_balances', 'prepaid_history', 'sip_presence',
                             'sip_presence_policies'] LOOP
        CALL ngnpro_journal(t, key => 'a.username || ''@'' || o.domain',
            owner => 'LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id',
            parents => ARRAY['sip_accounts'], parent_columns => ARRAY['account_id'],
            secrets => CASE t WHEN 'voicemail_accounts' THEN ARRAY['password']
                              WHEN 'voicemail_announcements' THEN ARRAY['message']
                              WHEN 'sip_account_properties' THEN ARRAY['value'] ELSE '{}' END,
            secret_when => CASE t WHEN 'sip_account_properties'
                THEN 'r.name ~* ''(pass|secret|token|key|pin|hash|ha1)''' ELSE 'true' END);
    END LOOP;
END $$;
