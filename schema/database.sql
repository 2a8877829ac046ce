-- Made from migrations/ by `make generate`. Not applied by anybody: for reading and for diffs.
-- PostgreSQL database dump

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: sip_accounts; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_accounts (
    id bigint NOT NULL,
    domain_id bigint NOT NULL,
    username text NOT NULL,
    password text,
    ha1 text NOT NULL,
    ha1b text NOT NULL,
    ha1_sha256 text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT ''::text NOT NULL,
    rpid text DEFAULT ''::text NOT NULL,
    quota integer DEFAULT 0 NOT NULL,
    quickdial_prefix text DEFAULT ''::text NOT NULL,
    call_limit integer DEFAULT 0 NOT NULL,
    prepaid boolean DEFAULT false NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    timeout integer DEFAULT 35 NOT NULL,
    owner bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    create_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sip_accounts_call_limit_check CHECK ((call_limit >= 0)),
    CONSTRAINT sip_accounts_ha1_check CHECK ((ha1 ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT sip_accounts_ha1_sha256_check CHECK ((ha1_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT sip_accounts_ha1b_check CHECK ((ha1b ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT sip_accounts_password_check CHECK ((password <> ''::text)),
    CONSTRAINT sip_accounts_quota_check CHECK ((quota >= 0)),
    CONSTRAINT sip_accounts_timeout_check CHECK (((timeout >= 1) AND (timeout <= 900))),
    CONSTRAINT sip_accounts_username_check CHECK (((username = lower(username)) AND (username <> ''::text) AND (length(username) <= 255)))
);

ALTER TABLE public.sip_accounts OWNER TO ngnpro_owner;

-- Name: sip_domains; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_domains (
    id bigint NOT NULL,
    domain text NOT NULL,
    customer bigint,
    reseller bigint,
    certificate text DEFAULT ''::text NOT NULL,
    private_key text DEFAULT ''::text NOT NULL,
    match_ip_address text DEFAULT ''::text NOT NULL,
    match_sip_domain text DEFAULT ''::text NOT NULL,
    verify_cert boolean DEFAULT false NOT NULL,
    require_cert boolean DEFAULT false NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sip_domains_customer_has_a_reseller CHECK (((customer IS NULL) OR (reseller IS NOT NULL))),
    CONSTRAINT sip_domains_domain_check CHECK (((domain = lower(domain)) AND (domain <> ''::text) AND (length(domain) <= 253)))
);

ALTER TABLE public.sip_domains OWNER TO ngnpro_owner;

-- Name: ngnpro_account_sign_in(text, text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_account_sign_in(of_username text, of_domain text) RETURNS TABLE(customer bigint, reseller bigint, ha1 text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT d.customer,
     d.reseller,
     a.ha1
    FROM (public.sip_accounts a
      JOIN public.sip_domains d ON ((d.id = a.domain_id)))
   WHERE ((a.username = ngnpro_account_sign_in.of_username) AND (d.domain = ngnpro_account_sign_in.of_domain));
END;

ALTER FUNCTION public.ngnpro_account_sign_in(of_username text, of_domain text) OWNER TO ngnpro_owner;

-- Name: ngnpro_actor(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_actor() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    said text := current_setting('ngnpro.actor', true);
BEGIN
    IF said <> '' THEN
        RETURN convert_from(decode(said, 'hex'), 'UTF8')::jsonb;
    END IF;
    RETURN jsonb_build_object('who', session_user, 'role', 'database', 'wire', 'sql',
                              'peer', coalesce(host(inet_client_addr()), ''), 'change_set', 'sql-' || pg_current_xact_id());
END $$;

ALTER FUNCTION public.ngnpro_actor() OWNER TO ngnpro_owner;

-- Name: ngnpro_announce(text, text, text, text[]); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_announce(node text, address text, release text, does text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO nodes (id, ip, version, roles) VALUES (node, address, release, does)
    ON CONFLICT (id) DO UPDATE SET ip = excluded.ip, version = excluded.version, roles = excluded.roles, seen = now();
    DELETE FROM nodes WHERE seen < now() - interval '1 day';
END $$;

ALTER FUNCTION public.ngnpro_announce(node text, address text, release text, does text[]) OWNER TO ngnpro_owner;

-- Name: ngnpro_bump_range(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_bump_range() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE enum_ranges SET serial = serial WHERE id IN (SELECT range_id FROM changed);
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_bump_range() OWNER TO ngnpro_owner;

-- Name: ngnpro_bump_serial(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_bump_serial() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.serial := ngnpro_next_serial(NULL);
    ELSE
        NEW.serial := ngnpro_next_serial(OLD.serial);
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION public.ngnpro_bump_serial() OWNER TO ngnpro_owner;

-- Name: ngnpro_bump_zone(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_bump_zone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE dns_zones SET serial = serial WHERE id IN (SELECT zone_id FROM changed);
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_bump_zone() OWNER TO ngnpro_owner;

-- Name: ngnpro_credit_left(text, bigint, boolean); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_credit_left(kind text, holder bigint, as_reseller boolean) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
DECLARE
    allowed text;
    present bigint;
BEGIN
    IF kind NOT IN ('sip_credit', 'sip_alias_credit', 'enum_range_credit', 'enum_number_credit', 'dns_zone_credit',
                    'email_credit') THEN
        RAISE EXCEPTION 'no such credit: %', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT value INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
    IF NOT FOUND OR btrim(allowed) = '' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM customers WHERE id = holder FOR NO KEY UPDATE;
    -- Again, under the lock: whoever held it may have changed it.
    SELECT btrim(value) INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
    IF NOT FOUND OR allowed = '' THEN
        RETURN NULL;
    END IF;
    EXECUTE CASE kind
        WHEN 'sip_credit' THEN
            'SELECT count(*) FROM sip_accounts JOIN sip_domains AS p ON p.id = domain_id'
        WHEN 'sip_alias_credit' THEN
            'SELECT count(*) FROM sip_aliases JOIN sip_domains AS p ON p.id = domain_id'
        WHEN 'enum_range_credit' THEN 'SELECT count(*) FROM enum_ranges AS p'
        WHEN 'enum_number_credit' THEN
            'SELECT count(*) FROM enum_numbers JOIN enum_ranges AS p ON p.id = range_id'
        WHEN 'dns_zone_credit' THEN 'SELECT count(*) FROM dns_zones AS p'
        WHEN 'email_credit' THEN
            'SELECT count(*) FROM dns_fancy_records JOIN dns_zones AS p ON p.id = zone_id AND type = ''MBOXFW'''
        END || CASE WHEN as_reseller THEN ' WHERE p.reseller = $1' ELSE ' WHERE p.customer = $1' END
        INTO present USING holder;
    RETURN (CASE WHEN allowed ~ '^[0-9]{1,18}$' THEN allowed::bigint ELSE 0 END) - present;
END $_$;

ALTER FUNCTION public.ngnpro_credit_left(kind text, holder bigint, as_reseller boolean) OWNER TO ngnpro_owner;

-- Name: dns_zones; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.dns_zones (
    id bigint NOT NULL,
    name text NOT NULL,
    customer bigint,
    reseller bigint,
    ttl bigint DEFAULT 3600 NOT NULL,
    nameservers text[] DEFAULT '{}'::text[] NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    serial bigint DEFAULT 1 NOT NULL,
    refresh bigint DEFAULT 14400 NOT NULL,
    retry bigint DEFAULT 3600 NOT NULL,
    expire bigint DEFAULT 604800 NOT NULL,
    minimum bigint DEFAULT 3600 NOT NULL,
    info text DEFAULT ''::text NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dns_zones_customer_has_a_reseller CHECK (((customer IS NULL) OR (reseller IS NOT NULL))),
    CONSTRAINT dns_zones_expire_check CHECK (((expire >= 0) AND (expire <= 2147483647))),
    CONSTRAINT dns_zones_minimum_check CHECK (((minimum >= 0) AND (minimum <= 2147483647))),
    CONSTRAINT dns_zones_name_check CHECK (((name = lower(name)) AND (name <> ''::text) AND (length(name) <= 253) AND (name !~~ '%.'::text))),
    CONSTRAINT dns_zones_nameservers_check CHECK ((array_position(nameservers, NULL::text) IS NULL)),
    CONSTRAINT dns_zones_refresh_check CHECK (((refresh >= 0) AND (refresh <= 2147483647))),
    CONSTRAINT dns_zones_retry_check CHECK (((retry >= 0) AND (retry <= 2147483647))),
    CONSTRAINT dns_zones_serial_check CHECK (((serial >= 0) AND (serial <= '4294967295'::bigint))),
    CONSTRAINT dns_zones_ttl_check CHECK (((ttl >= 0) AND (ttl <= 2147483647)))
);

ALTER TABLE public.dns_zones OWNER TO ngnpro_owner;

-- Name: ngnpro_dns_zone_of(text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_dns_zone_of(wanted text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT dns_zones.id
    FROM public.dns_zones
   WHERE (dns_zones.name = ANY (ARRAY( SELECT array_to_string((string_to_array(ngnpro_dns_zone_of.wanted, '.'::text))[n.n:], '.'::text) AS array_to_string
            FROM generate_series(1, cardinality(string_to_array(ngnpro_dns_zone_of.wanted, '.'::text))) n(n))))
   ORDER BY (length(dns_zones.name)) DESC
  LIMIT 1;
END;

ALTER FUNCTION public.ngnpro_dns_zone_of(wanted text) OWNER TO ngnpro_owner;

-- Name: enum_ranges; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.enum_ranges (
    id bigint NOT NULL,
    prefix text NOT NULL,
    tld text NOT NULL,
    customer bigint,
    reseller bigint,
    ttl bigint DEFAULT 3600 NOT NULL,
    min_digits integer DEFAULT 11 NOT NULL,
    max_digits integer DEFAULT 11 NOT NULL,
    size integer DEFAULT 0 NOT NULL,
    nameservers text[] DEFAULT '{}'::text[] NOT NULL,
    serial bigint DEFAULT 1 NOT NULL,
    info text DEFAULT ''::text NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT enum_ranges_customer_has_a_reseller CHECK (((customer IS NULL) OR (reseller IS NOT NULL))),
    CONSTRAINT enum_ranges_digits CHECK (((min_digits <= max_digits) AND (length(prefix) <= max_digits))),
    CONSTRAINT enum_ranges_max_digits_check CHECK (((max_digits >= 1) AND (max_digits <= 15))),
    CONSTRAINT enum_ranges_min_digits_check CHECK (((min_digits >= 1) AND (min_digits <= 15))),
    CONSTRAINT enum_ranges_nameservers_check CHECK ((array_position(nameservers, NULL::text) IS NULL)),
    CONSTRAINT enum_ranges_prefix_check CHECK ((prefix ~ '^[0-9]{1,15}$'::text)),
    CONSTRAINT enum_ranges_serial_check CHECK (((serial >= 0) AND (serial <= '4294967295'::bigint))),
    CONSTRAINT enum_ranges_size_check CHECK ((size >= 0)),
    CONSTRAINT enum_ranges_tld_check CHECK (((tld = lower(tld)) AND (tld <> ''::text) AND (length(tld) <= 253) AND (tld !~~ '%.'::text))),
    CONSTRAINT enum_ranges_ttl_check CHECK (((ttl >= 0) AND (ttl <= 2147483647)))
);

ALTER TABLE public.enum_ranges OWNER TO ngnpro_owner;

-- Name: ngnpro_enum_range_of(text, text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_enum_range_of(digits text, root text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT enum_ranges.id
    FROM public.enum_ranges
   WHERE ((enum_ranges.tld = ngnpro_enum_range_of.root) AND (enum_ranges.prefix = ANY (ARRAY( SELECT "left"(ngnpro_enum_range_of.digits, n.n) AS "left"
            FROM generate_series(1, length(ngnpro_enum_range_of.digits)) n(n)))))
   ORDER BY (length(enum_ranges.prefix)) DESC
  LIMIT 1;
END;

ALTER FUNCTION public.ngnpro_enum_range_of(digits text, root text) OWNER TO ngnpro_owner;

-- Name: ngnpro_feed(regclass, text, text); Type: PROCEDURE; Schema: public; Owner: ngnpro_owner

CREATE PROCEDURE public.ngnpro_feed(IN feed_table regclass, IN key_kind text, IN condition text DEFAULT 'true'::text)
    LANGUAGE plpgsql
    AS $$
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

ALTER PROCEDURE public.ngnpro_feed(IN feed_table regclass, IN key_kind text, IN condition text) OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_account(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_feed_account() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_address(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_address() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_feed_address() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_domain(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_domain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, domain, TG_OP FROM changed UNION SELECT TG_TABLE_NAME, domain, TG_OP FROM gone;
    ELSE
        INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, domain, TG_OP FROM changed;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_domain() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_id(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_id() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, id::text, TG_OP FROM changed UNION SELECT TG_TABLE_NAME, id::text, TG_OP FROM gone;
    ELSE
        INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, id::text, TG_OP FROM changed;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_id() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_location(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_location() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM changed) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    WHEN 'DELETE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM changed WHERE expires > now()) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    ELSE
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM (
                      SELECT account_id, position, contact, params, q_per_mille, path, transport, received, received_port,
                             local, node, flow_key, relay FROM changed
                      EXCEPT
                      SELECT account_id, position, contact, params, q_per_mille, path, transport, received, received_port,
                             local, node, flow_key, relay FROM gone
                  ) AS moved) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    END CASE;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_location() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_mapping(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_mapping() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, n.number || '@' || n.tld, TG_OP
            FROM (SELECT number_id FROM changed UNION SELECT number_id FROM gone) AS c
            JOIN enum_numbers AS n ON n.id = c.number_id;
    ELSE
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, n.number || '@' || n.tld, TG_OP
            FROM (SELECT DISTINCT number_id FROM changed) AS c JOIN enum_numbers AS n ON n.id = c.number_id;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_mapping() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_number(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_number() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, number || '@' || tld, TG_OP FROM changed
            UNION SELECT TG_TABLE_NAME, number || '@' || tld, TG_OP FROM gone;
    ELSE
        INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, number || '@' || tld, TG_OP FROM changed;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_number() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_routing_property(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_routing_property() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op)
        SELECT DISTINCT TG_TABLE_NAME, customer::text, TG_OP FROM changed
        WHERE name IN ('voicemail_server', 'voicemail_access_number');
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_routing_property() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_source(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_source() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, source::text, TG_OP FROM changed;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_source() OWNER TO ngnpro_owner;

-- Name: ngnpro_feed_truncate(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_feed_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op) VALUES (TG_TABLE_NAME, '', TG_OP);
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_feed_truncate() OWNER TO ngnpro_owner;

-- Name: ngnpro_find_rating_entity(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_find_rating_entity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    NEW.account_id := (
        SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
        WHERE NEW.entity = 'subscriber://' || a.username || '@' || d.domain
          AND a.username = split_part(substr(NEW.entity, 14), '@', 1)
          AND d.domain = split_part(NEW.entity, '@', 2));
    NEW.domain_id := (SELECT id FROM sip_domains WHERE domain = substr(NEW.entity, 10) AND NEW.entity LIKE 'domain://%');
    RETURN NEW;
END $$;

ALTER FUNCTION public.ngnpro_find_rating_entity() OWNER TO ngnpro_owner;

-- Name: ngnpro_forget_answers(integer); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_forget_answers(most integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    WITH old AS (
        SELECT digest FROM kept_answers WHERE expires <= now() ORDER BY expires LIMIT most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM kept_answers USING old WHERE kept_answers.digest = old.digest RETURNING 1
    )
    SELECT count(*)::integer FROM gone;
$$;

ALTER FUNCTION public.ngnpro_forget_answers(most integer) OWNER TO ngnpro_owner;

-- Name: customer_properties; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.customer_properties (
    customer bigint NOT NULL,
    name text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    category text DEFAULT ''::text NOT NULL,
    permission text DEFAULT 'customer'::text NOT NULL,
    CONSTRAINT customer_properties_name_check CHECK ((name <> ''::text)),
    CONSTRAINT customer_properties_permission_check CHECK ((permission = ANY (ARRAY['admin'::text, 'reseller'::text, 'customer'::text])))
);

ALTER TABLE public.customer_properties OWNER TO ngnpro_owner;

-- Name: ngnpro_has_right(text, bigint, bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT COALESCE(bool_and((EXISTS ( SELECT
            FROM public.customer_properties p
           WHERE ((p.customer = holder.holder) AND (btrim(p.value) = '1'::text) AND ((p.name = ngnpro_has_right.property) OR ((ngnpro_has_right.property = 'prepaid_changes'::text) AND (p.name = 'prepaid_access'::text))))))), false) AS "coalesce"
    FROM unnest(ARRAY[ngnpro_has_right.of_reseller, COALESCE(NULLIF(ngnpro_has_right.of_customer, 0), ngnpro_has_right.of_reseller)]) holder(holder);
END;

ALTER FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_hold_address(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_hold_address() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM sip_addresses WHERE domain_id = OLD.domain_id AND username = OLD.username;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO sip_addresses (domain_id, username) VALUES (NEW.domain_id, NEW.username);
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_hold_address() OWNER TO ngnpro_owner;

-- Name: ngnpro_is_address(text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_is_address(text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
BEGIN
    RETURN host($1::inet) = $1;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN false;
END $_$;

ALTER FUNCTION public.ngnpro_is_address(text) OWNER TO ngnpro_owner;

-- Name: ngnpro_is_administrator(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_is_administrator() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE(current_setting('ngnpro.scope'::text, true), ''::text) = 'admin'::text);

ALTER FUNCTION public.ngnpro_is_administrator() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal(regclass, text, text, text, text, text[], text[], text[], text); Type: PROCEDURE; Schema: public; Owner: ngnpro_owner

CREATE PROCEDURE public.ngnpro_journal(IN of_table regclass, IN key text, IN owner text DEFAULT ''::text, IN customer text DEFAULT NULL::text, IN reseller text DEFAULT NULL::text, IN parents text[] DEFAULT NULL::text[], IN parent_columns text[] DEFAULT NULL::text[], IN secrets text[] DEFAULT '{}'::text[], IN secret_when text DEFAULT 'true'::text)
    LANGUAGE plpgsql
    AS $_$
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
END $_$;

ALTER PROCEDURE public.ngnpro_journal(IN of_table regclass, IN key text, IN owner text, IN customer text, IN reseller text, IN parents text[], IN parent_columns text[], IN secrets text[], IN secret_when text) OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_api_tokens(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_api_tokens() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.digest IS NOT NULL THEN 'digest' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.customer IS DISTINCT FROM NEW.customer THEN
        SELECT r.id::text AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'customers' AND (j.before->>'id')::bigint = OLD.customer))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF OLD.customer IS DISTINCT FROM NEW.customer THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.digest IS DISTINCT FROM NEW.digest THEN 'digest' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{digest}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.digest IS DISTINCT FROM NEW.digest THEN 'digest' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_api_tokens() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_carriers(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_carriers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (NULL::bigint, OLD.reseller) IS DISTINCT FROM (NULL::bigint, NEW.reseller) THEN
        SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (NULL::bigint, OLD.reseller) IS DISTINCT FROM (NULL::bigint, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_carriers() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_customer_properties(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_customer_properties() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.customer::text, TG_OP, (o.id)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (r.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND r.value IS NOT NULL AND r.value <> '' THEN 'value' END], NULL) FROM changed AS r LEFT JOIN customers AS o ON o.id = r.customer;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.customer IS DISTINCT FROM NEW.customer THEN
        SELECT r.customer::text AS key, (o.id)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN customers AS o ON o.id = r.customer;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'customers' AND (j.before->>'id')::bigint = OLD.customer))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.customer::text AS key, (o.id)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN customers AS o ON o.id = r.customer;
    IF OLD.customer IS DISTINCT FROM NEW.customer THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (NEW.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND OLD.value IS DISTINCT FROM NEW.value THEN 'value' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (NEW.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND OLD.value IS DISTINCT FROM NEW.value THEN 'value' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_customer_properties() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_customers(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_customers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (r.id)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.password_hash IS NOT NULL AND r.password_hash <> '' THEN 'password_hash' END, CASE WHEN (true) AND r.password_sealed IS NOT NULL THEN 'password_sealed' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.id, OLD.reseller) IS DISTINCT FROM (NEW.id, NEW.reseller) THEN
        SELECT r.id::text AS key, (r.id)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (r.id)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.id, OLD.reseller) IS DISTINCT FROM (NEW.id, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password_hash IS DISTINCT FROM NEW.password_hash THEN 'password_hash' END, CASE WHEN (true) AND OLD.password_sealed IS DISTINCT FROM NEW.password_sealed THEN 'password_sealed' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{password_hash,password_sealed}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password_hash IS DISTINCT FROM NEW.password_hash THEN 'password_hash' END, CASE WHEN (true) AND OLD.password_sealed IS DISTINCT FROM NEW.password_sealed THEN 'password_sealed' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_customers() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_dns_fancy_records(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_dns_fancy_records() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, o.name, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.zone_id IS DISTINCT FROM NEW.zone_id THEN
        SELECT o.name AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'dns_zones' AND (j.before->>'id')::bigint = OLD.zone_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT o.name AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
    IF OLD.zone_id IS DISTINCT FROM NEW.zone_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_dns_fancy_records() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_dns_records(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_dns_records() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, o.name, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.zone_id IS DISTINCT FROM NEW.zone_id THEN
        SELECT o.name AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'dns_zones' AND (j.before->>'id')::bigint = OLD.zone_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT o.name AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN dns_zones AS o ON o.id = r.zone_id;
    IF OLD.zone_id IS DISTINCT FROM NEW.zone_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_dns_records() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_dns_zones(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_dns_zones() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.name, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        SELECT r.name AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.name AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_dns_zones() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_emergency_mapping(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_emergency_mapping() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.username || '@' || r.domain, TG_OP, (NULL::bigint)::bigint AS customer, (NULL::bigint)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (NULL::bigint, NULL::bigint) IS DISTINCT FROM (NULL::bigint, NULL::bigint) THEN
        SELECT r.username || '@' || r.domain AS key, (NULL::bigint)::bigint AS customer, (NULL::bigint)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.username || '@' || r.domain AS key, (NULL::bigint)::bigint AS customer, (NULL::bigint)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (NULL::bigint, NULL::bigint) IS DISTINCT FROM (NULL::bigint, NULL::bigint) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_emergency_mapping() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_enum_mappings(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_enum_mappings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, n.number || '@' || n.tld, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN enum_numbers AS n ON n.id = r.number_id LEFT JOIN enum_ranges AS o ON o.id = n.range_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.number_id IS DISTINCT FROM NEW.number_id THEN
        SELECT n.number || '@' || n.tld AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN enum_numbers AS n ON n.id = r.number_id LEFT JOIN enum_ranges AS o ON o.id = n.range_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'enum_numbers' AND (j.before->>'id')::bigint = OLD.number_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT n.number || '@' || n.tld AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN enum_numbers AS n ON n.id = r.number_id LEFT JOIN enum_ranges AS o ON o.id = n.range_id;
    IF OLD.number_id IS DISTINCT FROM NEW.number_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_enum_mappings() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_enum_numbers(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_enum_numbers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.number || '@' || r.tld, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN enum_ranges AS o ON o.id = r.range_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.range_id IS DISTINCT FROM NEW.range_id THEN
        SELECT r.number || '@' || r.tld AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN enum_ranges AS o ON o.id = r.range_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'enum_ranges' AND (j.before->>'id')::bigint = OLD.range_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.number || '@' || r.tld AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN enum_ranges AS o ON o.id = r.range_id;
    IF OLD.range_id IS DISTINCT FROM NEW.range_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_enum_numbers() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_enum_ranges(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_enum_ranges() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.prefix || '@' || r.tld, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        SELECT r.prefix || '@' || r.tld AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.prefix || '@' || r.tld AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_enum_ranges() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_gateway_rules(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_gateway_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN gateways AS g ON g.id = r.gateway_id LEFT JOIN carriers AS o ON o.id = g.carrier_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.gateway_id IS DISTINCT FROM NEW.gateway_id THEN
        SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN gateways AS g ON g.id = r.gateway_id LEFT JOIN carriers AS o ON o.id = g.carrier_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'gateways' AND (j.before->>'id')::bigint = OLD.gateway_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN gateways AS g ON g.id = r.gateway_id LEFT JOIN carriers AS o ON o.id = g.carrier_id;
    IF OLD.gateway_id IS DISTINCT FROM NEW.gateway_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_gateway_rules() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_gateways(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_gateways() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.carrier_id IS DISTINCT FROM NEW.carrier_id THEN
        SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'carriers' AND (j.before->>'id')::bigint = OLD.carrier_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
    IF OLD.carrier_id IS DISTINCT FROM NEW.carrier_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_gateways() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_prepaid_balances(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_prepaid_balances() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_prepaid_balances() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_prepaid_cards(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_prepaid_cards() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.number IS NOT NULL AND r.number <> '' THEN 'number' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (NULL::bigint, OLD.reseller) IS DISTINCT FROM (NULL::bigint, NEW.reseller) THEN
        SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (NULL::bigint, OLD.reseller) IS DISTINCT FROM (NULL::bigint, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.number IS DISTINCT FROM NEW.number THEN 'number' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{number}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.number IS DISTINCT FROM NEW.number THEN 'number' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_prepaid_cards() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_prepaid_history(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_prepaid_history() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_prepaid_history() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_rating_entity_profiles(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_rating_entity_profiles() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.entity, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id
              LEFT JOIN sip_domains AS o ON o.id = coalesce(a.domain_id, r.domain_id);
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        SELECT r.entity AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id
              LEFT JOIN sip_domains AS o ON o.id = coalesce(a.domain_id, r.domain_id);
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id) OR (j.table_name = 'sip_domains' AND (j.before->>'id')::bigint = OLD.domain_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.entity AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id
              LEFT JOIN sip_domains AS o ON o.id = coalesce(a.domain_id, r.domain_id);
    IF OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_rating_entity_profiles() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_routes(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_routes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.carrier_id IS DISTINCT FROM NEW.carrier_id THEN
        SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'carriers' AND (j.before->>'id')::bigint = OLD.carrier_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (NULL::bigint)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN carriers AS o ON o.id = r.carrier_id;
    IF OLD.carrier_id IS DISTINCT FROM NEW.carrier_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_routes() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_accept_rules(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_accept_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_accept_rules() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_account_acl(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_account_acl() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_account_acl() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_account_groups(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_account_groups() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_account_groups() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_account_properties(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_account_properties() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (r.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND r.value IS NOT NULL AND r.value <> '' THEN 'value' END], NULL) FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (NEW.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND OLD.value IS DISTINCT FROM NEW.value THEN 'value' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN r.name ~* '(pass|secret|token|key|pin|hash|ha1)' THEN to_jsonb(r) - '{value}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (NEW.name ~* '(pass|secret|token|key|pin|hash|ha1)') AND OLD.value IS DISTINCT FROM NEW.value THEN 'value' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_account_properties() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_accounts(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.password IS NOT NULL AND r.password <> '' THEN 'password' END, CASE WHEN (true) AND r.ha1 IS NOT NULL AND r.ha1 <> '' THEN 'ha1' END, CASE WHEN (true) AND r.ha1b IS NOT NULL AND r.ha1b <> '' THEN 'ha1b' END, CASE WHEN (true) AND r.ha1_sha256 IS NOT NULL AND r.ha1_sha256 <> '' THEN 'ha1_sha256' END], NULL) FROM changed AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        SELECT r.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_domains' AND (j.before->>'id')::bigint = OLD.domain_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
    IF OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password IS DISTINCT FROM NEW.password THEN 'password' END, CASE WHEN (true) AND OLD.ha1 IS DISTINCT FROM NEW.ha1 THEN 'ha1' END, CASE WHEN (true) AND OLD.ha1b IS DISTINCT FROM NEW.ha1b THEN 'ha1b' END, CASE WHEN (true) AND OLD.ha1_sha256 IS DISTINCT FROM NEW.ha1_sha256 THEN 'ha1_sha256' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{password,ha1,ha1b,ha1_sha256}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password IS DISTINCT FROM NEW.password THEN 'password' END, CASE WHEN (true) AND OLD.ha1 IS DISTINCT FROM NEW.ha1 THEN 'ha1' END, CASE WHEN (true) AND OLD.ha1b IS DISTINCT FROM NEW.ha1b THEN 'ha1b' END, CASE WHEN (true) AND OLD.ha1_sha256 IS DISTINCT FROM NEW.ha1_sha256 THEN 'ha1_sha256' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_accounts() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_aliases(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_aliases() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        SELECT r.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_domains' AND (j.before->>'id')::bigint = OLD.domain_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_domains AS o ON o.id = r.domain_id;
    IF OLD.domain_id IS DISTINCT FROM NEW.domain_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_aliases() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_barring_prefixes(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_barring_prefixes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_barring_prefixes() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_call_diversions(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_call_diversions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_call_diversions() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_domains(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_domains() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.domain, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.private_key IS NOT NULL AND r.private_key <> '' THEN 'private_key' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        SELECT r.domain AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.domain AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.private_key IS DISTINCT FROM NEW.private_key THEN 'private_key' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{private_key}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.private_key IS DISTINCT FROM NEW.private_key THEN 'private_key' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_domains() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_phonebook_entries(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_phonebook_entries() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_phonebook_entries() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_presence(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_presence() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_presence() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_presence_policies(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_presence_policies() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_presence_policies() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_reject_members(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_reject_members() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_reject_members() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_sip_temporary_accept_rules(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_sip_temporary_accept_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, to_jsonb(r), '{}'::text[] FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, to_jsonb(r), NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, to_jsonb(r), '{}'::text[] FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT to_jsonb(r) FROM (SELECT OLD.*) AS r), to_jsonb(r), '{}'::text[]
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_sip_temporary_accept_rules() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_truncate(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
BEGIN
    INSERT INTO journal (who, role, peer, wire, change_set, table_name, key, op)
        VALUES (actor->>'who', actor->>'role', coalesce(actor->>'peer', ''), coalesce(actor->>'wire', ''),
                actor->>'change_set', TG_TABLE_NAME, '', TG_OP);
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_truncate() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_trusted_peers(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_trusted_peers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.ip, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.auth_token IS NOT NULL AND r.auth_token <> '' THEN 'auth_token' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        SELECT r.ip AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.ip AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.auth_token IS DISTINCT FROM NEW.auth_token THEN 'auth_token' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{auth_token}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.auth_token IS DISTINCT FROM NEW.auth_token THEN 'auth_token' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_trusted_peers() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_voicemail_accounts(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_voicemail_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.password IS NOT NULL AND r.password <> '' THEN 'password' END], NULL) FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password IS DISTINCT FROM NEW.password THEN 'password' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{password}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.password IS DISTINCT FROM NEW.password THEN 'password' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_voicemail_accounts() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_voicemail_announcements(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_voicemail_announcements() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, a.username || '@' || o.domain, TG_OP, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.message IS NOT NULL THEN 'message' END], NULL) FROM changed AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller, CASE WHEN o IS NOT NULL THEN true END AS owned INTO was FROM (SELECT OLD.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
        IF was.owned IS NULL THEN
            SELECT j.key, j.customer, j.reseller INTO found_parent FROM journal AS j
            WHERE j.xid = pg_current_xact_id() AND j.op = 'DELETE' AND ((j.table_name = 'sip_accounts' AND (j.before->>'id')::bigint = OLD.account_id))
            ORDER BY j.seq DESC LIMIT 1;
            IF FOUND THEN
                SELECT coalesce(was.key, found_parent.key) AS key, found_parent.customer, found_parent.reseller INTO was;
            END IF;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT a.username || '@' || o.domain AS key, (o.customer)::bigint AS customer, (o.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r LEFT JOIN sip_accounts AS a ON a.id = r.account_id LEFT JOIN sip_domains AS o ON o.id = a.domain_id;
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.message IS DISTINCT FROM NEW.message THEN 'message' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{message}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.message IS DISTINCT FROM NEW.message THEN 'message' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_voicemail_announcements() OWNER TO ngnpro_owner;

-- Name: ngnpro_journal_webhooks(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_journal_webhooks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    actor jsonb := ngnpro_actor();
    was   record;
    held  record;
    found_parent record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, r.id::text, TG_OP, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND r.secret IS NOT NULL AND r.secret <> '' THEN 'secret' END], NULL) FROM changed AS r ;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        SELECT r.id::text AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller, true AS owned INTO was FROM (SELECT OLD.*) AS r ;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
        SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, coalesce(was.key, ''), TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
        RETURN NULL;
    END IF;
    SELECT r.id::text AS key, (r.customer)::bigint AS customer, (r.reseller)::bigint AS reseller INTO held FROM (SELECT NEW.*) AS r ;
    IF (OLD.customer, OLD.reseller) IS DISTINCT FROM (NEW.customer, NEW.reseller) THEN
        -- It changes hands: each owner is told its own side.
        IF (was.customer, was.reseller) IS DISTINCT FROM (held.customer, held.reseller) THEN
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, was.key, TG_OP, was.customer, was.reseller, CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END, NULL, '{}' FROM (SELECT OLD.*) AS r;
            INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
            SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, NULL, CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.secret IS DISTINCT FROM NEW.secret THEN 'secret' END], NULL) FROM (SELECT NEW.*) AS r;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO journal (who, role, acting_as, peer, wire, request, operation, change_set, table_name, key, op, customer, reseller, before, after, concealed)
    SELECT actor->>'who', actor->>'role', (actor->>'acting_as')::bigint, coalesce(actor->>'peer', ''),
            coalesce(actor->>'wire', ''), coalesce(actor->>'request', ''), coalesce(actor->>'operation', ''),
            actor->>'change_set', TG_TABLE_NAME, held.key, TG_OP, held.customer, held.reseller, (SELECT CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END FROM (SELECT OLD.*) AS r), CASE WHEN true THEN to_jsonb(r) - '{secret}'::text[] ELSE to_jsonb(r) END, array_remove(ARRAY[CASE WHEN (true) AND OLD.secret IS DISTINCT FROM NEW.secret THEN 'secret' END], NULL)
    FROM (SELECT NEW.*) AS r;
    RETURN NULL;
END $$;

ALTER FUNCTION public.ngnpro_journal_webhooks() OWNER TO ngnpro_owner;

-- Name: customers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.customers (
    id bigint NOT NULL,
    reseller bigint NOT NULL,
    impersonate bigint,
    username text,
    password_hash text,
    password_sealed bytea,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    organization text DEFAULT ''::text NOT NULL,
    vat_number text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    web text DEFAULT ''::text NOT NULL,
    tel text DEFAULT ''::text NOT NULL,
    fax text DEFAULT ''::text NOT NULL,
    mobile text DEFAULT ''::text NOT NULL,
    sip text DEFAULT ''::text NOT NULL,
    enum text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    postcode text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT ''::text NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    bank_account text DEFAULT ''::text NOT NULL,
    billing_address text DEFAULT ''::text NOT NULL,
    billing_email text DEFAULT ''::text NOT NULL,
    balance double precision DEFAULT 0 NOT NULL,
    credit double precision DEFAULT 0 NOT NULL,
    company_code text DEFAULT ''::text NOT NULL,
    reseller_active boolean DEFAULT false NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT customers_id_check CHECK ((id > 0)),
    CONSTRAINT customers_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text)),
    CONSTRAINT customers_username_check CHECK ((username <> ''::text))
);

ALTER TABLE public.customers OWNER TO ngnpro_owner;

-- Name: ngnpro_login(text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_login(login text) RETURNS TABLE(id bigint, reseller bigint, impersonate bigint, username text, password_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT c.id,
     c.reseller,
     c.impersonate,
     c.username,
     c.password_hash
    FROM public.customers c
   WHERE (lower(c.username) = lower(ngnpro_login.login));
END;

ALTER FUNCTION public.ngnpro_login(login text) OWNER TO ngnpro_owner;

-- Name: ngnpro_mapping_fits(text, text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_mapping_fits(service text, target text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE service WHEN 'sip'::text THEN (target ~* '^sips?:.'::text) WHEN 'mailto'::text THEN (target ~* '^mailto:.'::text) WHEN 'web:http'::text THEN (target ~* '^http://.'::text) WHEN 'web:https'::text THEN (target ~* '^https://.'::text) WHEN 'x-skype:callto'::text THEN (target ~* '^callto:.'::text) WHEN 'h323'::text THEN (target ~* '^h323:.'::text) WHEN 'iax'::text THEN (target ~* '^iax:.'::text) WHEN 'iax2'::text THEN (target ~* '^iax2:.'::text) WHEN 'mms'::text THEN (target ~* '^(tel|mailto):.'::text) WHEN 'sms'::text THEN (target ~* '^(tel|mailto):.'::text) WHEN 'ems'::text THEN (target ~* '^(tel|mailto):.'::text) WHEN 'im'::text THEN (target ~* '^im:.'::text) WHEN 'npd:tel'::text THEN (target ~* '^tel:.'::text) WHEN 'void:mailto'::text THEN (target ~* '^mailto:.'::text) WHEN 'void:http'::text THEN (target ~* '^http://.'::text) WHEN 'void:https'::text THEN (target ~* '^https://.'::text) WHEN 'voice'::text THEN (target ~* '^(voice|tel):.'::text) WHEN 'tel'::text THEN (target ~* '^tel:.'::text) WHEN 'fax:tel'::text THEN (target ~* '^tel:.'::text) WHEN 'ifax:mailto'::text THEN (target ~* '^mailto:.'::text) WHEN 'pres'::text THEN (target ~* '^pres:.'::text) WHEN 'ft:ftp'::text THEN (target ~* '^ftp://.'::text) WHEN 'loc:http'::text THEN (target ~* '^http://.'::text) WHEN 'key:http'::text THEN (target ~* '^http://.'::text) WHEN 'key:https'::text THEN (target ~* '^https://.'::text) ELSE false END;

ALTER FUNCTION public.ngnpro_mapping_fits(service text, target text) OWNER TO ngnpro_owner;

-- Name: ngnpro_next_mailbox(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_next_mailbox() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    candidate text;
BEGIN
    LOOP
        candidate := nextval('voicemail_mailbox_seq')::text;
        EXIT WHEN NOT EXISTS (SELECT FROM voicemail_accounts WHERE mailbox = candidate);
    END LOOP;
    RETURN candidate;
END $$;

ALTER FUNCTION public.ngnpro_next_mailbox() OWNER TO ngnpro_owner;

-- Name: ngnpro_next_serial(bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_next_serial(last bigint) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN GREATEST((COALESCE(last, (0)::bigint) + 1), (((to_char(now(), 'YYYYMMDD'::text))::bigint * 100) + 1));

ALTER FUNCTION public.ngnpro_next_serial(last bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_of_type(text, anyelement); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_of_type(value text, model anyelement) RETURNS anyelement
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN value;
END $$;

ALTER FUNCTION public.ngnpro_of_type(value text, model anyelement) OWNER TO ngnpro_owner;

-- Name: ngnpro_prune_change_log(interval, integer); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_prune_change_log(keep interval, most integer DEFAULT 10000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_prune_change_log(keep interval, most integer) OWNER TO ngnpro_owner;

-- Name: ngnpro_prune_journal(interval, bigint, integer); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_prune_journal(keep interval, rows_max bigint, most integer DEFAULT 10000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_prune_journal(keep interval, rows_max bigint, most integer) OWNER TO ngnpro_owner;

-- Name: ngnpro_reaches_account(bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_reaches_account(account bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
        WHERE a.id = account AND (d.reseller = ngnpro_scope_reseller() OR d.customer = ngnpro_scope_customer())
    );
END $$;

ALTER FUNCTION public.ngnpro_reaches_account(account bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_replace_account_lists(bigint, text[], cidr[], text[], text[], text[]); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[], "values" text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION public.ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[], "values" text[]) OWNER TO ngnpro_owner;

-- Name: ngnpro_reseller_active(bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_reseller_active(of_reseller bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT customers.reseller_active
    FROM public.customers
   WHERE ((customers.id = ngnpro_reseller_active.of_reseller) AND (customers.id = customers.reseller));
END;

ALTER FUNCTION public.ngnpro_reseller_active(of_reseller bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_scope_customer(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_scope_customer() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (current_setting('ngnpro.scope'::text, true) ~~ 'customer:%'::text) THEN (split_part(current_setting('ngnpro.scope'::text, true), ':'::text, 2))::bigint ELSE NULL::bigint END;

ALTER FUNCTION public.ngnpro_scope_customer() OWNER TO ngnpro_owner;

-- Name: ngnpro_scope_customer_reseller(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_scope_customer_reseller() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (current_setting('ngnpro.scope'::text, true) ~~ 'customer:%'::text) THEN (split_part(current_setting('ngnpro.scope'::text, true), ':'::text, 3))::bigint ELSE NULL::bigint END;

ALTER FUNCTION public.ngnpro_scope_customer_reseller() OWNER TO ngnpro_owner;

-- Name: ngnpro_scope_reseller(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_scope_reseller() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (current_setting('ngnpro.scope'::text, true) ~~ 'reseller:%'::text) THEN (split_part(current_setting('ngnpro.scope'::text, true), ':'::text, 2))::bigint ELSE NULL::bigint END;

ALTER FUNCTION public.ngnpro_scope_reseller() OWNER TO ngnpro_owner;

-- Name: ngnpro_settled(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_settled() RETURNS xid8
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT min(running.running) AS min
            FROM pg_snapshot_xip(pg_current_snapshot()) running(running)
           WHERE (NOT (EXISTS ( SELECT
                    FROM (pg_locks held
                      JOIN pg_stat_activity other ON ((other.pid = held.pid)))
                   WHERE ((held.locktype = 'transactionid'::text) AND (held.mode = 'ExclusiveLock'::text) AND held.granted AND (held.transactionid = (running.running)::xid) AND (other.datid <> ( SELECT pg_database.oid
                            FROM pg_database
                           WHERE (pg_database.datname = current_database())))))))), pg_snapshot_xmax(pg_current_snapshot())) AS "coalesce";
END;

ALTER FUNCTION public.ngnpro_settled() OWNER TO ngnpro_owner;

-- Name: ngnpro_sign_in(text, bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_sign_in(login text, wanted bigint) RETURNS TABLE(id bigint, reseller bigint, password_hash text, acting bigint, acting_reseller bigint, wanted_reseller bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT c.id,
     c.reseller,
     c.password_hash,
     c.impersonate,
     ( SELECT a.reseller
            FROM public.customers a
           WHERE (a.id = c.impersonate)) AS reseller,
     ( SELECT w.reseller
            FROM public.customers w
           WHERE (w.id = ngnpro_sign_in.wanted)) AS reseller
    FROM (( SELECT) always
      LEFT JOIN public.customers c ON ((lower(c.username) = lower(ngnpro_sign_in.login))));
END;

ALTER FUNCTION public.ngnpro_sign_in(login text, wanted bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_sip_account(text, text, text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_sip_account(scope text, of_username text, of_domain text) RETURNS TABLE(username text, domain text, customer bigint, reseller bigint, password text, ha1 text, first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text, call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text, create_date text, groups text[], networks cidr[], tags text[], names text[], "values" text[])
    LANGUAGE plpgsql ROWS 1
    AS $$
BEGIN
    PERFORM set_config('ngnpro.scope', scope, true);
    RETURN QUERY
        SELECT a.username, d.domain, d.customer, d.reseller, a.password, a.ha1, a.first_name, a.last_name, a.email,
               a.timezone, a.rpid, a.quota, a.quickdial_prefix, a.call_limit, a.prepaid, a.region, a.timeout, a.owner,
               to_char(a.change_date, 'YYYY-MM-DD HH24:MI:SS'), to_char(a.create_date, 'YYYY-MM-DD HH24:MI:SS'),
               ARRAY(SELECT g.name FROM sip_account_groups AS g WHERE g.account_id = a.id),
               ARRAY(SELECT l.network FROM sip_account_acl AS l WHERE l.account_id = a.id ORDER BY l.position, l.network),
               ARRAY(SELECT l.tag FROM sip_account_acl AS l WHERE l.account_id = a.id ORDER BY l.position, l.network),
               ARRAY(SELECT p.name FROM sip_account_properties AS p WHERE p.account_id = a.id ORDER BY p.name),
               ARRAY(SELECT p.value FROM sip_account_properties AS p WHERE p.account_id = a.id ORDER BY p.name)
        FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
        WHERE a.username = of_username AND d.domain = of_domain;
END $$;

ALTER FUNCTION public.ngnpro_sip_account(scope text, of_username text, of_domain text) OWNER TO ngnpro_owner;

-- Name: ngnpro_sip_accounts(text, bigint[]); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_sip_accounts(scope text, ids bigint[]) RETURNS TABLE(place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text, first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text, call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text, create_date text, groups text[], acl text[], properties text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_sip_accounts(scope text, ids bigint[]) OWNER TO ngnpro_owner;

-- Name: ngnpro_sip_accounts(text, text[], text[]); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_sip_accounts(scope text, usernames text[], domains text[]) RETURNS TABLE(place bigint, username text, domain text, customer bigint, reseller bigint, password text, ha1 text, first_name text, last_name text, email text, timezone text, rpid text, quota integer, quickdial_prefix text, call_limit integer, prepaid boolean, region text, timeout integer, owner bigint, change_date text, create_date text, groups text[], acl text[], properties text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 4
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.ngnpro_sip_accounts(scope text, usernames text[], domains text[]) OWNER TO ngnpro_owner;

-- Name: ngnpro_take_credit(text, bigint, bigint, integer); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer DEFAULT 1) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    holder  bigint;
BEGIN
    -- The reseller first, always: two callers then wait for each other in one order.
    FOR holder IN SELECT h FROM unnest(ARRAY[for_reseller, nullif(for_customer, for_reseller)]) WITH ORDINALITY AS u (h, n)
                  WHERE h IS NOT NULL ORDER BY n LOOP
        IF ngnpro_credit_left(kind, holder, holder = for_reseller) < wanted THEN
            RAISE EXCEPTION 'maximum number of % records reached', kind
                USING ERRCODE = 'N9003', CONSTRAINT = kind;
        END IF;
    END LOOP;
END $$;

ALTER FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) OWNER TO ngnpro_owner;

-- Name: api_token_uses; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.api_token_uses (
    token_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.api_token_uses OWNER TO ngnpro_owner;

-- Name: api_tokens; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.api_tokens (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    customer bigint,
    reseller bigint,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    expires timestamp with time zone,
    CONSTRAINT api_tokens_customer_has_a_reseller CHECK (((customer IS NULL) = (reseller IS NULL))),
    CONSTRAINT api_tokens_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT api_tokens_name_check CHECK (((name <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT api_tokens_scopes_check CHECK ((((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 100)) AND (array_position(scopes, NULL::text) IS NULL)))
);

ALTER TABLE public.api_tokens OWNER TO ngnpro_owner;

-- Name: ngnpro_token_sign_in(bytea, bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_token_sign_in(of_digest bytea, wanted bigint) RETURNS TABLE(id bigint, customer bigint, reseller bigint, username text, scopes text[], is_fresh boolean, wanted_reseller bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT t.id,
     t.customer,
     t.reseller,
     ( SELECT c.username
            FROM public.customers c
           WHERE (c.id = t.customer)) AS username,
     t.scopes,
     (EXISTS ( SELECT
            FROM public.api_token_uses u
           WHERE ((u.token_id = t.id) AND (u.at > (now() - '00:01:00'::interval))))) AS "exists",
     ( SELECT w.reseller
            FROM public.customers w
           WHERE (w.id = ngnpro_token_sign_in.wanted)) AS reseller
    FROM public.api_tokens t
   WHERE ((t.digest = ngnpro_token_sign_in.of_digest) AND ((t.expires IS NULL) OR (t.expires > now())));
END;

ALTER FUNCTION public.ngnpro_token_sign_in(of_digest bytea, wanted bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_token_used(bigint); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_token_used(of_token bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    INSERT INTO api_token_uses (token_id, at) SELECT id, now() FROM api_tokens WHERE id = of_token FOR KEY SHARE
    ON CONFLICT (token_id) DO UPDATE SET at = excluded.at WHERE api_token_uses.at < excluded.at - interval '1 minute';
$$;

ALTER FUNCTION public.ngnpro_token_used(of_token bigint) OWNER TO ngnpro_owner;

-- Name: ngnpro_touch(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.change_date := now();
    RETURN NEW;
END $$;

ALTER FUNCTION public.ngnpro_touch() OWNER TO ngnpro_owner;

-- Name: ngnpro_use_voucher(bigint, bigint, text); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_use_voucher(for_account bigint, card bigint, card_number text) RETURNS TABLE(state text, amount numeric)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    voucher prepaid_cards%ROWTYPE;
BEGIN
    SELECT p.* INTO voucher FROM prepaid_cards AS p
    WHERE p.id = card AND p.number = card_number
      AND p.reseller IS NOT DISTINCT FROM (SELECT d.reseller FROM sip_accounts AS a
                                           JOIN sip_domains AS d ON d.id = a.domain_id WHERE a.id = for_account)
      AND EXISTS (SELECT FROM sip_accounts AS a WHERE a.id = for_account)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', 0::numeric;
    ELSIF voucher.blocked THEN
        RETURN QUERY SELECT 'used', 0::numeric;
    ELSE
        UPDATE prepaid_cards SET blocked = true, used_by = for_account, date_active = now() WHERE id = voucher.id;
        RETURN QUERY SELECT 'taken', voucher.value;
    END IF;
END $$;

ALTER FUNCTION public.ngnpro_use_voucher(for_account bigint, card bigint, card_number text) OWNER TO ngnpro_owner;

-- Name: api_tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.api_tokens ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: calls; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.calls (
    id bigint NOT NULL,
    session_id text NOT NULL,
    from_tag text DEFAULT ''::text NOT NULL,
    to_tag text DEFAULT ''::text NOT NULL,
    from_uri text DEFAULT ''::text NOT NULL,
    to_uri text DEFAULT ''::text NOT NULL,
    from_header text DEFAULT ''::text NOT NULL,
    caller_id bigint,
    callee_id bigint,
    start_time timestamp with time zone DEFAULT now() NOT NULL,
    stop_time timestamp with time zone,
    status integer,
    proxy_ip text DEFAULT ''::text NOT NULL,
    node text DEFAULT ''::text NOT NULL,
    application_types text[] DEFAULT '{}'::text[] NOT NULL,
    price numeric(14,4),
    rate text DEFAULT ''::text NOT NULL,
    CONSTRAINT calls_do_not_end_before_they_start CHECK (((stop_time IS NULL) OR (stop_time >= start_time))),
    CONSTRAINT calls_status_check CHECK (((status >= 100) AND (status <= 699)))
);

ALTER TABLE public.calls OWNER TO ngnpro_owner;

-- Name: calls_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.calls ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.calls_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: carriers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.carriers (
    id integer NOT NULL,
    name text NOT NULL,
    reseller bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT carriers_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.carriers OWNER TO ngnpro_owner;

-- Name: carriers_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.carriers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.carriers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: change_log; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.change_log (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    table_name text NOT NULL,
    key text NOT NULL,
    op text NOT NULL,
    node text DEFAULT COALESCE(current_setting('ngnpro.node'::text, true), ''::text) NOT NULL,
    CONSTRAINT change_log_op_check CHECK ((op = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text, 'TRUNCATE'::text])))
);

ALTER TABLE public.change_log OWNER TO ngnpro_owner;

-- Name: change_log_horizon; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.change_log_horizon (
    one boolean DEFAULT true NOT NULL,
    pruned_xid xid8 DEFAULT '0'::xid8 NOT NULL,
    CONSTRAINT change_log_horizon_one_check CHECK (one)
);

ALTER TABLE public.change_log_horizon OWNER TO ngnpro_owner;

-- Name: change_log_seq_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.change_log ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.change_log_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: customers_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.customers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.customers_id_seq
    START WITH 1000
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: dns_fancy_records; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.dns_fancy_records (
    id bigint NOT NULL,
    zone_id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    type text NOT NULL,
    ttl bigint DEFAULT 3600 NOT NULL,
    value text NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    owner bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dns_fancy_records_name_check CHECK ((name = lower(name))),
    CONSTRAINT dns_fancy_records_priority_check CHECK (((priority >= 0) AND (priority <= 65535))),
    CONSTRAINT dns_fancy_records_ttl_check CHECK (((ttl >= 0) AND (ttl <= 2147483647))),
    CONSTRAINT dns_fancy_records_type_check CHECK ((type = ANY (ARRAY['MBOXFW'::text, 'URL'::text]))),
    CONSTRAINT dns_fancy_records_value_check CHECK ((value <> ''::text))
);

ALTER TABLE public.dns_fancy_records OWNER TO ngnpro_owner;

-- Name: dns_fancy_records_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_fancy_records ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dns_fancy_records_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: dns_records; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.dns_records (
    id bigint NOT NULL,
    zone_id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    type text NOT NULL,
    ttl bigint DEFAULT 3600 NOT NULL,
    value text NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    owner bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dns_records_name_check CHECK (((name = lower(name)) AND (name !~~ '%.'::text))),
    CONSTRAINT dns_records_priority_check CHECK (((priority >= 0) AND (priority <= 65535))),
    CONSTRAINT dns_records_ttl_check CHECK (((ttl >= 0) AND (ttl <= 2147483647))),
    CONSTRAINT dns_records_type_check CHECK ((type = ANY (ARRAY['A'::text, 'AAAA'::text, 'CNAME'::text, 'MX'::text, 'NAPTR'::text, 'NS'::text, 'SRV'::text, 'TXT'::text, 'PTR'::text, 'LOC'::text]))),
    CONSTRAINT dns_records_value_check CHECK ((value <> ''::text))
);

ALTER TABLE public.dns_records OWNER TO ngnpro_owner;

-- Name: dns_records_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_records ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dns_records_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: dns_zones_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_zones ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dns_zones_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: emergency_mapping; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.emergency_mapping (
    id bigint NOT NULL,
    username text NOT NULL,
    domain text DEFAULT ''::text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    target text NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT emergency_mapping_domain_check CHECK ((domain = lower(domain))),
    CONSTRAINT emergency_mapping_target_check CHECK ((target ~* '^sips?:.'::text)),
    CONSTRAINT emergency_mapping_username_check CHECK ((username <> ''::text))
);

ALTER TABLE public.emergency_mapping OWNER TO ngnpro_owner;

-- Name: emergency_mapping_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.emergency_mapping ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.emergency_mapping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: enum_mappings; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.enum_mappings (
    id integer NOT NULL,
    number_id bigint NOT NULL,
    "position" integer NOT NULL,
    type text NOT NULL,
    mapto text NOT NULL,
    priority integer DEFAULT 5 NOT NULL,
    ttl bigint DEFAULT 3600 NOT NULL,
    address text GENERATED ALWAYS AS (lower(regexp_replace(mapto, '^[a-zA-Z][a-zA-Z0-9+.-]*:(//)?'::text, ''::text))) STORED NOT NULL,
    CONSTRAINT enum_mappings_at_most_five CHECK ((("position" >= 1) AND ("position" <= 5))),
    CONSTRAINT enum_mappings_priority_check CHECK (((priority >= 0) AND (priority <= 65535))),
    CONSTRAINT enum_mappings_target_of_the_service CHECK (public.ngnpro_mapping_fits(type, mapto)),
    CONSTRAINT enum_mappings_ttl_check CHECK (((ttl >= 0) AND (ttl <= 2147483647)))
);

ALTER TABLE public.enum_mappings OWNER TO ngnpro_owner;

-- Name: enum_mappings_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_mappings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.enum_mappings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: enum_numbers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.enum_numbers (
    id bigint NOT NULL,
    range_id bigint NOT NULL,
    range_prefix text NOT NULL,
    tld text NOT NULL,
    number text NOT NULL,
    info text DEFAULT ''::text NOT NULL,
    owner bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT enum_numbers_in_their_range CHECK (starts_with(number, range_prefix)),
    CONSTRAINT enum_numbers_number_check CHECK ((number ~ '^[0-9]{1,15}$'::text))
);

ALTER TABLE public.enum_numbers OWNER TO ngnpro_owner;

-- Name: enum_numbers_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_numbers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.enum_numbers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: enum_ranges_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_ranges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.enum_ranges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: gateway_rules; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.gateway_rules (
    id integer NOT NULL,
    gateway_id integer NOT NULL,
    prefix text DEFAULT ''::text NOT NULL,
    strip integer DEFAULT 0 NOT NULL,
    prepend text DEFAULT ''::text NOT NULL,
    min_length integer DEFAULT 0 NOT NULL,
    max_length integer DEFAULT 0 NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateway_rules_lengths CHECK (((max_length = 0) OR (min_length <= max_length))),
    CONSTRAINT gateway_rules_max_length_check CHECK ((max_length >= 0)),
    CONSTRAINT gateway_rules_min_length_check CHECK ((min_length >= 0)),
    CONSTRAINT gateway_rules_prefix_check CHECK ((prefix ~ '^\+?[0-9]*$'::text)),
    CONSTRAINT gateway_rules_prepend_check CHECK ((prepend ~ '^[+0-9*#A-Da-d]*$'::text)),
    CONSTRAINT gateway_rules_strip_check CHECK (((strip >= 0) AND (strip <= 32)))
);

ALTER TABLE public.gateway_rules OWNER TO ngnpro_owner;

-- Name: gateway_rules_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.gateway_rules ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateway_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: gateways; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.gateways (
    id integer NOT NULL,
    carrier_id integer NOT NULL,
    name text NOT NULL,
    transport text DEFAULT 'udp'::text NOT NULL,
    ip text NOT NULL,
    port integer DEFAULT 5060 NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gateways_ip_check CHECK (((ip = lower(ip)) AND (ip <> ''::text))),
    CONSTRAINT gateways_name_check CHECK ((name <> ''::text)),
    CONSTRAINT gateways_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT gateways_transport_check CHECK ((transport = ANY (ARRAY['udp'::text, 'tcp'::text, 'tls'::text])))
);

ALTER TABLE public.gateways OWNER TO ngnpro_owner;

-- Name: gateways_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.gateways ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.gateways_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: journal; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.journal (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    who text NOT NULL,
    role text NOT NULL,
    acting_as bigint,
    peer text DEFAULT ''::text NOT NULL,
    wire text DEFAULT ''::text NOT NULL,
    request text DEFAULT ''::text NOT NULL,
    operation text DEFAULT ''::text NOT NULL,
    change_set text NOT NULL,
    table_name text NOT NULL,
    key text NOT NULL,
    op text NOT NULL,
    customer bigint,
    reseller bigint,
    before jsonb,
    after jsonb,
    concealed text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT journal_op_check CHECK ((op = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text, 'TRUNCATE'::text])))
);

ALTER TABLE public.journal OWNER TO ngnpro_owner;

-- Name: journal_horizon; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.journal_horizon (
    one boolean DEFAULT true NOT NULL,
    pruned_xid xid8 DEFAULT '0'::xid8 NOT NULL,
    pruned_seq bigint DEFAULT 0 NOT NULL,
    CONSTRAINT journal_horizon_one_check CHECK (one)
);

ALTER TABLE public.journal_horizon OWNER TO ngnpro_owner;

-- Name: journal_seq_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.journal ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: kept_answers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.kept_answers (
    digest bytea NOT NULL,
    customer bigint,
    reseller bigint,
    request bytea NOT NULL,
    answer bytea,
    expires timestamp with time zone NOT NULL,
    CONSTRAINT kept_answers_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT kept_answers_request_check CHECK ((length(request) = 32))
);

ALTER TABLE public.kept_answers OWNER TO ngnpro_owner;

-- Name: locations; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.locations (
    account_id bigint NOT NULL,
    "position" integer NOT NULL,
    contact text NOT NULL,
    params text DEFAULT ''::text NOT NULL,
    q_per_mille integer,
    path text DEFAULT ''::text NOT NULL,
    call_id text NOT NULL,
    cseq bigint NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    address text NOT NULL,
    port integer NOT NULL,
    transport text NOT NULL,
    received inet NOT NULL,
    received_port integer NOT NULL,
    local text DEFAULT ''::text NOT NULL,
    node text DEFAULT ''::text NOT NULL,
    expires timestamp with time zone NOT NULL,
    flow_key text DEFAULT ''::text NOT NULL,
    relay text DEFAULT ''::text NOT NULL,
    CONSTRAINT locations_contact_check CHECK ((contact <> ''::text)),
    CONSTRAINT locations_cseq_check CHECK (((cseq >= 0) AND (cseq <= '4294967295'::bigint))),
    CONSTRAINT locations_port_check CHECK (((port >= 0) AND (port <= 65535))),
    CONSTRAINT locations_position_check CHECK (("position" >= 0)),
    CONSTRAINT locations_q_per_mille_check CHECK (((q_per_mille >= 0) AND (q_per_mille <= 1000))),
    CONSTRAINT locations_received_port_check CHECK (((received_port >= 0) AND (received_port <= 65535))),
    CONSTRAINT locations_transport_check CHECK ((transport = ANY (ARRAY['udp'::text, 'tcp'::text, 'tls'::text, 'ws'::text, 'wss'::text])))
)
WITH (fillfactor='70');

ALTER TABLE public.locations OWNER TO ngnpro_owner;

-- Name: media_relays; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.media_relays (
    ip text NOT NULL,
    version text DEFAULT ''::text NOT NULL,
    started timestamp with time zone DEFAULT now() NOT NULL,
    bps_relayed bigint DEFAULT 0 NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    CONSTRAINT media_relays_bps_relayed_check CHECK ((bps_relayed >= 0)),
    CONSTRAINT media_relays_ip_check CHECK ((ip <> ''::text)),
    CONSTRAINT media_relays_status_check CHECK ((status = ANY (ARRAY['active'::text, 'halting'::text])))
);

ALTER TABLE public.media_relays OWNER TO ngnpro_owner;

-- Name: media_sessions; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.media_sessions (
    id bigint NOT NULL,
    relay text NOT NULL,
    node text DEFAULT ''::text NOT NULL,
    call_id text NOT NULL,
    from_tag text DEFAULT ''::text NOT NULL,
    to_tag text DEFAULT ''::text NOT NULL,
    from_uri text DEFAULT ''::text NOT NULL,
    to_uri text DEFAULT ''::text NOT NULL,
    caller_ua text DEFAULT ''::text NOT NULL,
    callee_ua text DEFAULT ''::text NOT NULL,
    start_time timestamp with time zone DEFAULT now() NOT NULL,
    stop_time timestamp with time zone,
    CONSTRAINT media_sessions_call_id_check CHECK ((call_id <> ''::text)),
    CONSTRAINT media_sessions_do_not_end_before_they_start CHECK (((stop_time IS NULL) OR (stop_time >= start_time)))
);

ALTER TABLE public.media_sessions OWNER TO ngnpro_owner;

-- Name: media_sessions_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.media_sessions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.media_sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: media_streams; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.media_streams (
    session_id bigint NOT NULL,
    "position" integer NOT NULL,
    media_type text NOT NULL,
    start_time integer DEFAULT 0 NOT NULL,
    end_time integer,
    timeout_wait integer DEFAULT 0 NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    caller_codec text DEFAULT ''::text NOT NULL,
    caller_local text DEFAULT ''::text NOT NULL,
    callee_local text DEFAULT ''::text NOT NULL,
    caller_remote text DEFAULT ''::text NOT NULL,
    callee_remote text DEFAULT ''::text NOT NULL,
    caller_packets bigint DEFAULT 0 NOT NULL,
    callee_packets bigint DEFAULT 0 NOT NULL,
    caller_bytes bigint DEFAULT 0 NOT NULL,
    callee_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT media_streams_callee_bytes_check CHECK ((callee_bytes >= 0)),
    CONSTRAINT media_streams_callee_packets_check CHECK ((callee_packets >= 0)),
    CONSTRAINT media_streams_caller_bytes_check CHECK ((caller_bytes >= 0)),
    CONSTRAINT media_streams_caller_packets_check CHECK ((caller_packets >= 0)),
    CONSTRAINT media_streams_position_check CHECK (("position" >= 0)),
    CONSTRAINT media_streams_start_time_check CHECK ((start_time >= 0)),
    CONSTRAINT media_streams_timeout_wait_check CHECK ((timeout_wait >= 0))
);

ALTER TABLE public.media_streams OWNER TO ngnpro_owner;

-- Name: nodes; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.nodes (
    id text NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    version text DEFAULT ''::text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT nodes_id_check CHECK (((id <> ''::text) AND (length(id) <= 255))),
    CONSTRAINT nodes_roles_check CHECK ((array_position(roles, NULL::text) IS NULL))
);

ALTER TABLE public.nodes OWNER TO ngnpro_owner;

-- Name: prepaid_balances; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.prepaid_balances (
    account_id bigint NOT NULL,
    balance numeric(14,4) DEFAULT 0 NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.prepaid_balances OWNER TO ngnpro_owner;

-- Name: prepaid_cards; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.prepaid_cards (
    id bigint NOT NULL,
    number text NOT NULL,
    reseller bigint,
    batch text DEFAULT ''::text NOT NULL,
    value numeric(14,4) NOT NULL,
    service text DEFAULT 'sip'::text NOT NULL,
    blocked boolean DEFAULT false NOT NULL,
    used_by bigint,
    date_active timestamp with time zone,
    date_batch timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT prepaid_cards_a_used_one_is_blocked CHECK (((used_by IS NULL) OR blocked)),
    CONSTRAINT prepaid_cards_id_check CHECK ((id > 0)),
    CONSTRAINT prepaid_cards_number_check CHECK ((number ~ '^[0-9]{6,32}$'::text)),
    CONSTRAINT prepaid_cards_value_check CHECK ((value > (0)::numeric))
);

ALTER TABLE public.prepaid_cards OWNER TO ngnpro_owner;

-- Name: prepaid_cards_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.prepaid_cards ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.prepaid_cards_id_seq
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: prepaid_history; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.prepaid_history (
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    value numeric(14,4) NOT NULL,
    balance numeric(14,4) NOT NULL,
    session text DEFAULT ''::text NOT NULL,
    destination text DEFAULT ''::text NOT NULL,
    duration integer DEFAULT 0 NOT NULL,
    CONSTRAINT prepaid_history_a_debit_takes CHECK (((action <> 'Debit balance'::text) OR (value <= (0)::numeric))),
    CONSTRAINT prepaid_history_action_check CHECK ((action = ANY (ARRAY['Set balance'::text, 'Debit balance'::text]))),
    CONSTRAINT prepaid_history_duration_check CHECK ((duration >= 0))
);

ALTER TABLE public.prepaid_history OWNER TO ngnpro_owner;

-- Name: prepaid_history_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.prepaid_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.prepaid_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: proxy_secret; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.proxy_secret (
    single boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT proxy_secret_secret_check CHECK ((length(secret) = 32)),
    CONSTRAINT proxy_secret_single_check CHECK (single)
);

ALTER TABLE public.proxy_secret OWNER TO ngnpro_owner;

-- Name: rating_entity_profiles; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.rating_entity_profiles (
    entity text NOT NULL,
    account_id bigint,
    domain_id bigint,
    profile_weekday text DEFAULT ''::text NOT NULL,
    profile_weekday_alt text DEFAULT ''::text NOT NULL,
    profile_weekend text DEFAULT ''::text NOT NULL,
    profile_weekend_alt text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT ''::text NOT NULL,
    increment integer,
    min_duration integer,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rating_entity_profiles_check CHECK ((num_nonnulls(account_id, domain_id) <= 1)),
    CONSTRAINT rating_entity_profiles_entity_check CHECK (((entity = lower(entity)) AND (entity ~ '^(subscriber|domain|gateway)://.'::text))),
    CONSTRAINT rating_entity_profiles_increment_check CHECK ((increment >= 0)),
    CONSTRAINT rating_entity_profiles_min_duration_check CHECK ((min_duration >= 0))
);

ALTER TABLE public.rating_entity_profiles OWNER TO ngnpro_owner;

-- Name: routes; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.routes (
    id integer NOT NULL,
    carrier_id integer NOT NULL,
    prefix text DEFAULT ''::text NOT NULL,
    originator text DEFAULT ''::text NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT routes_prefix_check CHECK ((prefix ~ '^[0-9]*$'::text)),
    CONSTRAINT routes_priority_check CHECK ((priority >= 0))
);

ALTER TABLE public.routes OWNER TO ngnpro_owner;

-- Name: routes_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.routes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.routes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: sip_accept_rules; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_accept_rules (
    account_id bigint NOT NULL,
    "position" integer NOT NULL,
    days integer DEFAULT 127 NOT NULL,
    start time without time zone NOT NULL,
    stop time without time zone NOT NULL,
    groups text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT sip_accept_rules_days_check CHECK (((days >= 0) AND (days <= 127))),
    CONSTRAINT sip_accept_rules_groups_check CHECK ((array_position(groups, NULL::text) IS NULL)),
    CONSTRAINT sip_accept_rules_position_check CHECK (("position" >= 0))
);

ALTER TABLE public.sip_accept_rules OWNER TO ngnpro_owner;

-- Name: sip_account_acl; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_account_acl (
    account_id bigint NOT NULL,
    network cidr NOT NULL,
    tag text DEFAULT ''::text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT sip_account_acl_position_check CHECK (("position" >= 0))
);

ALTER TABLE public.sip_account_acl OWNER TO ngnpro_owner;

-- Name: sip_account_groups; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_account_groups (
    account_id bigint NOT NULL,
    name text NOT NULL,
    CONSTRAINT sip_account_groups_name_check CHECK (((name <> ''::text) AND (name <> 'prepaid'::text)))
);

ALTER TABLE public.sip_account_groups OWNER TO ngnpro_owner;

-- Name: sip_account_groups_all; Type: VIEW; Schema: public; Owner: ngnpro_owner

CREATE VIEW public.sip_account_groups_all WITH (security_invoker='true') AS
 SELECT sip_account_groups.account_id,
    sip_account_groups.name
   FROM public.sip_account_groups
UNION ALL
 SELECT sip_accounts.id AS account_id,
    'prepaid'::text AS name
   FROM public.sip_accounts
  WHERE sip_accounts.prepaid;

ALTER TABLE public.sip_account_groups_all OWNER TO ngnpro_owner;

-- Name: sip_account_properties; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_account_properties (
    account_id bigint NOT NULL,
    name text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    CONSTRAINT sip_account_properties_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.sip_account_properties OWNER TO ngnpro_owner;

-- Name: sip_account_rows; Type: VIEW; Schema: public; Owner: ngnpro_owner

CREATE VIEW public.sip_account_rows WITH (security_invoker='true') AS
 SELECT a.id,
    a.domain_id,
    a.username,
    a.password,
    a.ha1,
    a.first_name,
    a.last_name,
    a.email,
    a.timezone,
    a.rpid,
    a.quota,
    a.quickdial_prefix,
    a.call_limit,
    a.prepaid,
    a.region,
    a.timeout,
    a.owner,
    to_char(a.change_date, 'YYYY-MM-DD HH24:MI:SS'::text) AS change_date,
    to_char(a.create_date, 'YYYY-MM-DD HH24:MI:SS'::text) AS create_date,
    ARRAY( SELECT g.name
           FROM public.sip_account_groups g
          WHERE (g.account_id = a.id)) AS groups,
    ARRAY( SELECT (((l.network)::text || ' '::text) || l.tag)
           FROM public.sip_account_acl l
          WHERE (l.account_id = a.id)
          ORDER BY l."position", l.network) AS acl,
    ARRAY( SELECT ((p.name || chr(10)) || p.value)
           FROM public.sip_account_properties p
          WHERE (p.account_id = a.id)
          ORDER BY p.name) AS properties
   FROM public.sip_accounts a;

ALTER TABLE public.sip_account_rows OWNER TO ngnpro_owner;

-- Name: sip_accounts_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_accounts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sip_accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: sip_addresses; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_addresses (
    domain_id bigint NOT NULL,
    username text NOT NULL
);

ALTER TABLE public.sip_addresses OWNER TO ngnpro_owner;

-- Name: sip_aliases; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_aliases (
    id bigint NOT NULL,
    domain_id bigint NOT NULL,
    username text NOT NULL,
    target_id bigint NOT NULL,
    owner bigint,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sip_aliases_username_check CHECK (((username = lower(username)) AND (username <> ''::text) AND (length(username) <= 255)))
);

ALTER TABLE public.sip_aliases OWNER TO ngnpro_owner;

-- Name: sip_aliases_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_aliases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sip_aliases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: sip_bans; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_bans (
    source cidr NOT NULL,
    reason text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    ends timestamp with time zone,
    node text DEFAULT ''::text NOT NULL,
    CONSTRAINT sip_bans_node_check CHECK ((length(node) <= 255)),
    CONSTRAINT sip_bans_reason_check CHECK ((length(reason) <= 255))
);

ALTER TABLE public.sip_bans OWNER TO ngnpro_owner;

-- Name: sip_barring_prefixes; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_barring_prefixes (
    account_id bigint NOT NULL,
    prefix text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT sip_barring_prefixes_position_check CHECK (("position" >= 0)),
    CONSTRAINT sip_barring_prefixes_prefix_check CHECK ((prefix ~ '^\+?[1-9][0-9]*$'::text))
);

ALTER TABLE public.sip_barring_prefixes OWNER TO ngnpro_owner;

-- Name: sip_call_diversions; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_call_diversions (
    account_id bigint NOT NULL,
    condition text NOT NULL,
    target text NOT NULL,
    CONSTRAINT sip_call_diversions_condition_check CHECK ((condition = ANY (ARRAY['FUNC'::text, 'FNOL'::text, 'FUNV'::text, 'FNOA'::text, 'FBUS'::text, 'RUNC'::text, 'RNOL'::text, 'RUNV'::text, 'RNOA'::text, 'RBUS'::text]))),
    CONSTRAINT sip_call_diversions_target_check CHECK (((target = '<voice-mailbox>'::text) OR (target ~* '^sips?:.'::text)))
);

ALTER TABLE public.sip_call_diversions OWNER TO ngnpro_owner;

-- Name: sip_domains_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_domains ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sip_domains_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: sip_phonebook_entries; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_phonebook_entries (
    account_id bigint NOT NULL,
    uri text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    group_name text DEFAULT ''::text NOT NULL,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    CONSTRAINT sip_phonebook_entries_uri_check CHECK (((uri <> ''::text) AND (length(uri) <= 1024)))
);

ALTER TABLE public.sip_phonebook_entries OWNER TO ngnpro_owner;

-- Name: sip_presence; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_presence (
    account_id bigint NOT NULL,
    activity text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT sip_presence_activity_check CHECK ((activity = ANY (ARRAY['open'::text, 'idle'::text, 'busy'::text, 'available'::text])))
);

ALTER TABLE public.sip_presence OWNER TO ngnpro_owner;

-- Name: sip_presence_policies; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_presence_policies (
    account_id bigint NOT NULL,
    watcher text NOT NULL,
    treatment text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT sip_presence_policies_position_check CHECK (("position" >= 0)),
    CONSTRAINT sip_presence_policies_treatment_check CHECK ((treatment = ANY (ARRAY['allow'::text, 'deny'::text, 'confirm'::text]))),
    CONSTRAINT sip_presence_policies_watcher_check CHECK (((watcher <> ''::text) AND (watcher = lower(watcher))))
);

ALTER TABLE public.sip_presence_policies OWNER TO ngnpro_owner;

-- Name: sip_presence_watchers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_presence_watchers (
    account_id bigint NOT NULL,
    watcher text NOT NULL,
    expires timestamp with time zone,
    CONSTRAINT sip_presence_watchers_watcher_check CHECK (((watcher <> ''::text) AND (watcher = lower(watcher))))
);

ALTER TABLE public.sip_presence_watchers OWNER TO ngnpro_owner;

-- Name: sip_reject_members; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_reject_members (
    account_id bigint NOT NULL,
    member text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT sip_reject_members_member_check CHECK ((member <> ''::text)),
    CONSTRAINT sip_reject_members_position_check CHECK (("position" >= 0))
);

ALTER TABLE public.sip_reject_members OWNER TO ngnpro_owner;

-- Name: sip_temporary_accept_rules; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_temporary_accept_rules (
    account_id bigint NOT NULL,
    groups text[] NOT NULL,
    expires timestamp with time zone NOT NULL,
    CONSTRAINT sip_temporary_accept_rules_groups_check CHECK (((cardinality(groups) > 0) AND (array_position(groups, NULL::text) IS NULL)))
);

ALTER TABLE public.sip_temporary_accept_rules OWNER TO ngnpro_owner;

-- Name: sip_trace_messages; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.sip_trace_messages (
    id bigint NOT NULL,
    node text NOT NULL,
    call_id text NOT NULL,
    from_tag text DEFAULT ''::text NOT NULL,
    to_tag text DEFAULT ''::text NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL,
    from_ip text NOT NULL,
    to_ip text NOT NULL,
    direction text NOT NULL,
    method text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    message text NOT NULL,
    CONSTRAINT sip_trace_messages_call_id_check CHECK ((call_id <> ''::text)),
    CONSTRAINT sip_trace_messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT sip_trace_messages_message_check CHECK ((octet_length(message) <= 65535)),
    CONSTRAINT sip_trace_messages_status_check CHECK ((status ~ '^([1-6][0-9][0-9])?$'::text))
);

ALTER TABLE public.sip_trace_messages OWNER TO ngnpro_owner;

-- Name: sip_trace_messages_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_trace_messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sip_trace_messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: trusted_peers; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.trusted_peers (
    id bigint NOT NULL,
    ip text NOT NULL,
    protocol text DEFAULT 'any'::text NOT NULL,
    tag text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    customer bigint,
    reseller bigint,
    owner bigint,
    call_limit integer DEFAULT 0 NOT NULL,
    msteams boolean DEFAULT false NOT NULL,
    tenant text DEFAULT ''::text NOT NULL,
    carrier_name text DEFAULT ''::text NOT NULL,
    originator text DEFAULT ''::text NOT NULL,
    prefix text DEFAULT ''::text NOT NULL,
    strip integer DEFAULT 0 NOT NULL,
    blocked integer DEFAULT 0 NOT NULL,
    enum_lookup boolean DEFAULT true NOT NULL,
    transit boolean DEFAULT false NOT NULL,
    prepaid boolean DEFAULT false NOT NULL,
    tags text DEFAULT ''::text NOT NULL,
    billing_id text DEFAULT ''::text NOT NULL,
    auth_token text DEFAULT ''::text NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT trusted_peers_call_limit_check CHECK ((call_limit >= 0)),
    CONSTRAINT trusted_peers_customer_has_a_reseller CHECK (((customer IS NULL) OR (reseller IS NOT NULL))),
    CONSTRAINT trusted_peers_ip_check CHECK (((ip = lower(ip)) AND (ip <> ''::text))),
    CONSTRAINT trusted_peers_ip_is_an_address CHECK ((msteams OR public.ngnpro_is_address(ip))),
    CONSTRAINT trusted_peers_prefix_check CHECK ((prefix ~ '^[+0-9]*$'::text)),
    CONSTRAINT trusted_peers_protocol_check CHECK ((protocol = ANY (ARRAY['any'::text, 'udp'::text, 'tcp'::text, 'tls'::text]))),
    CONSTRAINT trusted_peers_strip_check CHECK (((strip >= 0) AND (strip <= 32)))
);

ALTER TABLE public.trusted_peers OWNER TO ngnpro_owner;

-- Name: trusted_peers_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.trusted_peers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.trusted_peers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: voicemail_accounts; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.voicemail_accounts (
    account_id bigint NOT NULL,
    mailbox text DEFAULT public.ngnpro_next_mailbox() NOT NULL,
    password text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    info text DEFAULT ''::text NOT NULL,
    options_delete boolean DEFAULT true NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT voicemail_accounts_mailbox_check CHECK ((mailbox ~ '^[0-9]{1,15}$'::text)),
    CONSTRAINT voicemail_accounts_password_check CHECK ((password ~ '^[0-9]*$'::text))
);

ALTER TABLE public.voicemail_accounts OWNER TO ngnpro_owner;

-- Name: voicemail_announcements; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.voicemail_announcements (
    account_id bigint NOT NULL,
    message bytea NOT NULL,
    CONSTRAINT voicemail_announcements_message_check CHECK (((octet_length(message) >= 1) AND (octet_length(message) <= 10485760)))
);

ALTER TABLE public.voicemail_announcements OWNER TO ngnpro_owner;

-- Name: voicemail_mailbox_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

CREATE SEQUENCE public.voicemail_mailbox_seq
    START WITH 1000000
    INCREMENT BY 1
    MINVALUE 1000000
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.voicemail_mailbox_seq OWNER TO ngnpro_owner;

-- Name: webhook_dead_letters; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.webhook_dead_letters (
    id bigint NOT NULL,
    webhook_id bigint NOT NULL,
    delivery text NOT NULL,
    body text NOT NULL,
    events integer NOT NULL,
    attempts integer NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_dead_letters_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT webhook_dead_letters_events_check CHECK ((events > 0))
);

ALTER TABLE public.webhook_dead_letters OWNER TO ngnpro_owner;

-- Name: webhook_dead_letters_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.webhook_dead_letters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_dead_letters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: webhook_positions; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.webhook_positions (
    webhook_id bigint NOT NULL,
    xid xid8 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    lease text DEFAULT ''::text NOT NULL,
    last_success timestamp with time zone,
    last_error text DEFAULT ''::text NOT NULL,
    CONSTRAINT webhook_positions_attempts_check CHECK ((attempts >= 0))
);

ALTER TABLE public.webhook_positions OWNER TO ngnpro_owner;

-- Name: webhooks; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.webhooks (
    id bigint NOT NULL,
    customer bigint,
    reseller bigint,
    url text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    resources text[] DEFAULT '{}'::text[] NOT NULL,
    operations text[] DEFAULT '{}'::text[] NOT NULL,
    secret text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    create_date timestamp with time zone DEFAULT now() NOT NULL,
    change_date timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhooks_customer_has_a_reseller CHECK (((customer IS NULL) OR (reseller IS NOT NULL))),
    CONSTRAINT webhooks_description_check CHECK ((length(description) <= 255)),
    CONSTRAINT webhooks_operations_check CHECK ((array_position(operations, NULL::text) IS NULL)),
    CONSTRAINT webhooks_resources_check CHECK ((array_position(resources, NULL::text) IS NULL)),
    CONSTRAINT webhooks_secret_check CHECK ((secret <> ''::text)),
    CONSTRAINT webhooks_url_check CHECK (((url ~ '^https?://[^[:space:]]+$'::text) AND (length(url) <= 2048)))
);

ALTER TABLE public.webhooks OWNER TO ngnpro_owner;

-- Name: webhooks_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.webhooks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: api_token_uses api_token_uses_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.api_token_uses
    ADD CONSTRAINT api_token_uses_pkey PRIMARY KEY (token_id);

-- Name: api_tokens api_tokens_digest_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_digest_key UNIQUE (digest);

-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

-- Name: calls calls_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id);

-- Name: carriers carriers_name_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_name_key UNIQUE NULLS NOT DISTINCT (reseller, name);

-- Name: carriers carriers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_pkey PRIMARY KEY (id);

-- Name: change_log_horizon change_log_horizon_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.change_log_horizon
    ADD CONSTRAINT change_log_horizon_pkey PRIMARY KEY (one);

-- Name: change_log change_log_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.change_log
    ADD CONSTRAINT change_log_pkey PRIMARY KEY (seq);

-- Name: customer_properties customer_properties_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customer_properties
    ADD CONSTRAINT customer_properties_pkey PRIMARY KEY (customer, name);

-- Name: customers customers_id_reseller_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_id_reseller_key UNIQUE (id, reseller);

-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);

-- Name: dns_fancy_records dns_fancy_records_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_fancy_records
    ADD CONSTRAINT dns_fancy_records_pkey PRIMARY KEY (id);

-- Name: dns_records dns_records_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_records
    ADD CONSTRAINT dns_records_pkey PRIMARY KEY (id);

-- Name: dns_zones dns_zones_name_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_zones
    ADD CONSTRAINT dns_zones_name_key UNIQUE (name);

-- Name: dns_zones dns_zones_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_zones
    ADD CONSTRAINT dns_zones_pkey PRIMARY KEY (id);

-- Name: emergency_mapping emergency_mapping_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.emergency_mapping
    ADD CONSTRAINT emergency_mapping_pkey PRIMARY KEY (id);

-- Name: emergency_mapping emergency_mapping_username_domain_region_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.emergency_mapping
    ADD CONSTRAINT emergency_mapping_username_domain_region_key UNIQUE (username, domain, region);

-- Name: enum_mappings enum_mappings_number_id_position_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_mappings
    ADD CONSTRAINT enum_mappings_number_id_position_key UNIQUE (number_id, "position") DEFERRABLE INITIALLY DEFERRED;

-- Name: enum_mappings enum_mappings_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_mappings
    ADD CONSTRAINT enum_mappings_pkey PRIMARY KEY (id);

-- Name: enum_numbers enum_numbers_number_tld_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_numbers
    ADD CONSTRAINT enum_numbers_number_tld_key UNIQUE (number, tld);

-- Name: enum_numbers enum_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_numbers
    ADD CONSTRAINT enum_numbers_pkey PRIMARY KEY (id);

-- Name: enum_ranges enum_ranges_id_prefix_tld_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_ranges
    ADD CONSTRAINT enum_ranges_id_prefix_tld_key UNIQUE (id, prefix, tld);

-- Name: enum_ranges enum_ranges_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_ranges
    ADD CONSTRAINT enum_ranges_pkey PRIMARY KEY (id);

-- Name: enum_ranges enum_ranges_prefix_tld_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_ranges
    ADD CONSTRAINT enum_ranges_prefix_tld_key UNIQUE (prefix, tld);

-- Name: gateway_rules gateway_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.gateway_rules
    ADD CONSTRAINT gateway_rules_pkey PRIMARY KEY (id);

-- Name: gateways gateways_name_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_name_key UNIQUE (carrier_id, name);

-- Name: gateways gateways_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_pkey PRIMARY KEY (id);

-- Name: journal_horizon journal_horizon_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.journal_horizon
    ADD CONSTRAINT journal_horizon_pkey PRIMARY KEY (one);

-- Name: journal journal_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (seq);

-- Name: kept_answers kept_answers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.kept_answers
    ADD CONSTRAINT kept_answers_pkey PRIMARY KEY (digest);

-- Name: locations locations_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (account_id, node, "position");

-- Name: media_relays media_relays_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.media_relays
    ADD CONSTRAINT media_relays_pkey PRIMARY KEY (ip);

-- Name: media_sessions media_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.media_sessions
    ADD CONSTRAINT media_sessions_pkey PRIMARY KEY (id);

-- Name: media_streams media_streams_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.media_streams
    ADD CONSTRAINT media_streams_pkey PRIMARY KEY (session_id, "position");

-- Name: nodes nodes_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_pkey PRIMARY KEY (id);

-- Name: prepaid_balances prepaid_balances_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_balances
    ADD CONSTRAINT prepaid_balances_pkey PRIMARY KEY (account_id);

-- Name: prepaid_cards prepaid_cards_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_cards
    ADD CONSTRAINT prepaid_cards_pkey PRIMARY KEY (id);

-- Name: prepaid_cards prepaid_cards_reseller_number_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_cards
    ADD CONSTRAINT prepaid_cards_reseller_number_key UNIQUE NULLS NOT DISTINCT (reseller, number);

-- Name: prepaid_history prepaid_history_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_history
    ADD CONSTRAINT prepaid_history_pkey PRIMARY KEY (id);

-- Name: proxy_secret proxy_secret_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.proxy_secret
    ADD CONSTRAINT proxy_secret_pkey PRIMARY KEY (single);

-- Name: rating_entity_profiles rating_entity_profiles_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.rating_entity_profiles
    ADD CONSTRAINT rating_entity_profiles_pkey PRIMARY KEY (entity);

-- Name: routes routes_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_key UNIQUE (carrier_id, prefix, originator) DEFERRABLE;

-- Name: routes routes_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_pkey PRIMARY KEY (id);

-- Name: sip_accept_rules sip_accept_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accept_rules
    ADD CONSTRAINT sip_accept_rules_pkey PRIMARY KEY (account_id, "position");

-- Name: sip_account_acl sip_account_acl_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_acl
    ADD CONSTRAINT sip_account_acl_pkey PRIMARY KEY (account_id, network);

-- Name: sip_account_groups sip_account_groups_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_groups
    ADD CONSTRAINT sip_account_groups_pkey PRIMARY KEY (account_id, name);

-- Name: sip_account_properties sip_account_properties_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_properties
    ADD CONSTRAINT sip_account_properties_pkey PRIMARY KEY (account_id, name);

-- Name: sip_accounts sip_accounts_domain_id_username_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accounts
    ADD CONSTRAINT sip_accounts_domain_id_username_key UNIQUE (domain_id, username);

-- Name: sip_accounts sip_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accounts
    ADD CONSTRAINT sip_accounts_pkey PRIMARY KEY (id);

-- Name: sip_addresses sip_addresses_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_addresses
    ADD CONSTRAINT sip_addresses_pkey PRIMARY KEY (domain_id, username);

-- Name: sip_aliases sip_aliases_domain_id_username_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_aliases
    ADD CONSTRAINT sip_aliases_domain_id_username_key UNIQUE (domain_id, username);

-- Name: sip_aliases sip_aliases_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_aliases
    ADD CONSTRAINT sip_aliases_pkey PRIMARY KEY (id);

-- Name: sip_bans sip_bans_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_bans
    ADD CONSTRAINT sip_bans_pkey PRIMARY KEY (source);

-- Name: sip_barring_prefixes sip_barring_prefixes_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_barring_prefixes
    ADD CONSTRAINT sip_barring_prefixes_pkey PRIMARY KEY (account_id, prefix);

-- Name: sip_call_diversions sip_call_diversions_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_call_diversions
    ADD CONSTRAINT sip_call_diversions_pkey PRIMARY KEY (account_id, condition);

-- Name: sip_domains sip_domains_domain_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_domain_key UNIQUE (domain);

-- Name: sip_domains sip_domains_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_pkey PRIMARY KEY (id);

-- Name: sip_phonebook_entries sip_phonebook_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_phonebook_entries
    ADD CONSTRAINT sip_phonebook_entries_pkey PRIMARY KEY (account_id, uri);

-- Name: sip_presence sip_presence_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence
    ADD CONSTRAINT sip_presence_pkey PRIMARY KEY (account_id);

-- Name: sip_presence_policies sip_presence_policies_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence_policies
    ADD CONSTRAINT sip_presence_policies_pkey PRIMARY KEY (account_id, watcher);

-- Name: sip_presence_watchers sip_presence_watchers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence_watchers
    ADD CONSTRAINT sip_presence_watchers_pkey PRIMARY KEY (account_id, watcher);

-- Name: sip_reject_members sip_reject_members_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_reject_members
    ADD CONSTRAINT sip_reject_members_pkey PRIMARY KEY (account_id, member);

-- Name: sip_temporary_accept_rules sip_temporary_accept_rules_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_temporary_accept_rules
    ADD CONSTRAINT sip_temporary_accept_rules_pkey PRIMARY KEY (account_id);

-- Name: sip_trace_messages sip_trace_messages_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_trace_messages
    ADD CONSTRAINT sip_trace_messages_pkey PRIMARY KEY (id);

-- Name: trusted_peers trusted_peers_ip_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.trusted_peers
    ADD CONSTRAINT trusted_peers_ip_key UNIQUE (ip);

-- Name: trusted_peers trusted_peers_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.trusted_peers
    ADD CONSTRAINT trusted_peers_pkey PRIMARY KEY (id);

-- Name: voicemail_accounts voicemail_accounts_mailbox_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.voicemail_accounts
    ADD CONSTRAINT voicemail_accounts_mailbox_key UNIQUE (mailbox);

-- Name: voicemail_accounts voicemail_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.voicemail_accounts
    ADD CONSTRAINT voicemail_accounts_pkey PRIMARY KEY (account_id);

-- Name: voicemail_announcements voicemail_announcements_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.voicemail_announcements
    ADD CONSTRAINT voicemail_announcements_pkey PRIMARY KEY (account_id);

-- Name: webhook_dead_letters webhook_dead_letters_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_pkey PRIMARY KEY (id);

-- Name: webhook_positions webhook_positions_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhook_positions
    ADD CONSTRAINT webhook_positions_pkey PRIMARY KEY (webhook_id);

-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

-- Name: api_tokens_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX api_tokens_customer_idx ON public.api_tokens USING btree (customer);

-- Name: api_tokens_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX api_tokens_reseller_customer_idx ON public.api_tokens USING btree (reseller, customer);

-- Name: calls_callee_id_start_time_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX calls_callee_id_start_time_idx ON public.calls USING btree (callee_id, start_time DESC);

-- Name: calls_caller_id_start_time_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX calls_caller_id_start_time_idx ON public.calls USING btree (caller_id, start_time DESC);

-- Name: calls_node_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX calls_node_idx ON public.calls USING btree (node) WHERE (stop_time IS NULL);

-- Name: calls_session_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX calls_session_id_idx ON public.calls USING btree (session_id);

-- Name: change_log_xid_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX change_log_xid_idx ON public.change_log USING btree (xid);

-- Name: customers_impersonate_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX customers_impersonate_idx ON public.customers USING btree (impersonate) WHERE (impersonate IS NOT NULL);

-- Name: customers_reseller_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX customers_reseller_idx ON public.customers USING btree (reseller);

-- Name: customers_username_key; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE UNIQUE INDEX customers_username_key ON public.customers USING btree (lower(username));

-- Name: dns_fancy_records_key; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE UNIQUE INDEX dns_fancy_records_key ON public.dns_fancy_records USING btree (zone_id, name, type, md5(value));

-- Name: dns_fancy_records_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX dns_fancy_records_owner_idx ON public.dns_fancy_records USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: dns_records_key; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE UNIQUE INDEX dns_records_key ON public.dns_records USING btree (zone_id, name, type, md5(value), priority);

-- Name: dns_records_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX dns_records_owner_idx ON public.dns_records USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: dns_zones_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX dns_zones_customer_idx ON public.dns_zones USING btree (customer);

-- Name: dns_zones_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX dns_zones_reseller_customer_idx ON public.dns_zones USING btree (reseller, customer);

-- Name: enum_mappings_address_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_mappings_address_idx ON public.enum_mappings USING btree (address text_pattern_ops);

-- Name: enum_mappings_lower_idx1; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_mappings_lower_idx1 ON public.enum_mappings USING btree (lower(mapto) text_pattern_ops);

-- Name: enum_numbers_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_numbers_owner_idx ON public.enum_numbers USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: enum_numbers_range_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_numbers_range_id_idx ON public.enum_numbers USING btree (range_id);

-- Name: enum_ranges_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_ranges_customer_idx ON public.enum_ranges USING btree (customer);

-- Name: enum_ranges_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX enum_ranges_reseller_customer_idx ON public.enum_ranges USING btree (reseller, customer);

-- Name: gateway_rules_gateway_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX gateway_rules_gateway_id_idx ON public.gateway_rules USING btree (gateway_id);

-- Name: journal_at_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_at_idx ON public.journal USING btree (at);

-- Name: journal_change_set_xid_seq_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_change_set_xid_seq_idx ON public.journal USING btree (change_set, xid, seq);

-- Name: journal_customer_xid_seq_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_customer_xid_seq_idx ON public.journal USING btree (customer, xid, seq) WHERE (customer IS NOT NULL);

-- Name: journal_key_xid_seq_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_key_xid_seq_idx ON public.journal USING btree (key, xid, seq);

-- Name: journal_reseller_xid_seq_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_reseller_xid_seq_idx ON public.journal USING btree (reseller, xid, seq) WHERE (reseller IS NOT NULL);

-- Name: journal_xid_seq_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX journal_xid_seq_idx ON public.journal USING btree (xid, seq);

-- Name: kept_answers_expires_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX kept_answers_expires_idx ON public.kept_answers USING btree (expires);

-- Name: locations_expires_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX locations_expires_idx ON public.locations USING btree (expires);

-- Name: media_sessions_call_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX media_sessions_call_id_idx ON public.media_sessions USING btree (call_id);

-- Name: media_sessions_relay_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX media_sessions_relay_idx ON public.media_sessions USING btree (relay) WHERE (stop_time IS NULL);

-- Name: prepaid_cards_used_by_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX prepaid_cards_used_by_idx ON public.prepaid_cards USING btree (used_by) WHERE (used_by IS NOT NULL);

-- Name: prepaid_history_account_id_date_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX prepaid_history_account_id_date_id_idx ON public.prepaid_history USING btree (account_id, date DESC, id DESC);

-- Name: rating_entity_profiles_account_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX rating_entity_profiles_account_id_idx ON public.rating_entity_profiles USING btree (account_id);

-- Name: rating_entity_profiles_domain_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX rating_entity_profiles_domain_id_idx ON public.rating_entity_profiles USING btree (domain_id);

-- Name: routes_prefix_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX routes_prefix_idx ON public.routes USING btree (prefix text_pattern_ops);

-- Name: sip_account_groups_name_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_account_groups_name_idx ON public.sip_account_groups USING btree (name);

-- Name: sip_accounts_change_date_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_accounts_change_date_idx ON public.sip_accounts USING btree (change_date);

-- Name: sip_accounts_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_accounts_owner_idx ON public.sip_accounts USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: sip_accounts_username_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_accounts_username_idx ON public.sip_accounts USING btree (username text_pattern_ops);

-- Name: sip_aliases_change_date_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_aliases_change_date_idx ON public.sip_aliases USING btree (change_date);

-- Name: sip_aliases_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_aliases_owner_idx ON public.sip_aliases USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: sip_aliases_target_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_aliases_target_id_idx ON public.sip_aliases USING btree (target_id);

-- Name: sip_bans_ends_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_bans_ends_idx ON public.sip_bans USING btree (ends);

-- Name: sip_domains_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_domains_customer_idx ON public.sip_domains USING btree (customer);

-- Name: sip_domains_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_domains_reseller_customer_idx ON public.sip_domains USING btree (reseller, customer);

-- Name: sip_trace_messages_call_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_trace_messages_call_id_idx ON public.sip_trace_messages USING btree (call_id);

-- Name: sip_trace_messages_seen_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_trace_messages_seen_idx ON public.sip_trace_messages USING btree (seen);

-- Name: trusted_peers_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX trusted_peers_customer_idx ON public.trusted_peers USING btree (customer);

-- Name: trusted_peers_owner_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX trusted_peers_owner_idx ON public.trusted_peers USING btree (owner) WHERE (owner IS NOT NULL);

-- Name: trusted_peers_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX trusted_peers_reseller_customer_idx ON public.trusted_peers USING btree (reseller, customer);

-- Name: webhook_dead_letters_webhook_id_id_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX webhook_dead_letters_webhook_id_id_idx ON public.webhook_dead_letters USING btree (webhook_id, id);

-- Name: webhook_positions_next_attempt_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX webhook_positions_next_attempt_idx ON public.webhook_positions USING btree (next_attempt);

-- Name: webhooks_customer_reseller_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX webhooks_customer_reseller_idx ON public.webhooks USING btree (customer, reseller);

-- Name: webhooks_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX webhooks_reseller_customer_idx ON public.webhooks USING btree (reseller, customer);

-- Name: api_tokens AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.api_tokens FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_api_tokens();

-- Name: carriers AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.carriers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_carriers();

-- Name: customer_properties AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.customer_properties FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_customer_properties();

-- Name: customers AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_customers();

-- Name: dns_fancy_records AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.dns_fancy_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_fancy_records();

-- Name: dns_records AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.dns_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_records();

-- Name: dns_zones AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.dns_zones FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_zones();

-- Name: emergency_mapping AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.emergency_mapping FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_emergency_mapping();

-- Name: enum_mappings AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.enum_mappings FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_mappings();

-- Name: enum_numbers AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.enum_numbers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_numbers();

-- Name: enum_ranges AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.enum_ranges FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_ranges();

-- Name: gateway_rules AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.gateway_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_gateway_rules();

-- Name: gateways AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.gateways FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_gateways();

-- Name: prepaid_balances AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.prepaid_balances FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_balances();

-- Name: prepaid_cards AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.prepaid_cards FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_cards();

-- Name: prepaid_history AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.prepaid_history FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_history();

-- Name: rating_entity_profiles AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.rating_entity_profiles FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_rating_entity_profiles();

-- Name: routes AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.routes FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_routes();

-- Name: sip_accept_rules AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_accept_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_accept_rules();

-- Name: sip_account_acl AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_account_acl FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_acl();

-- Name: sip_account_groups AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_account_groups FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_groups();

-- Name: sip_account_properties AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_account_properties FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_properties();

-- Name: sip_accounts AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_accounts();

-- Name: sip_aliases AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_aliases();

-- Name: sip_barring_prefixes AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_barring_prefixes FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_barring_prefixes();

-- Name: sip_call_diversions AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_call_diversions FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_call_diversions();

-- Name: sip_domains AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_domains FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_domains();

-- Name: sip_phonebook_entries AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_phonebook_entries FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_phonebook_entries();

-- Name: sip_presence AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_presence FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_presence();

-- Name: sip_presence_policies AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_presence_policies FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_presence_policies();

-- Name: sip_reject_members AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_reject_members FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_reject_members();

-- Name: sip_temporary_accept_rules AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.sip_temporary_accept_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_temporary_accept_rules();

-- Name: trusted_peers AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.trusted_peers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_trusted_peers();

-- Name: voicemail_accounts AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.voicemail_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_voicemail_accounts();

-- Name: voicemail_announcements AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.voicemail_announcements FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_voicemail_announcements();

-- Name: webhooks AA_journal_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER "AA_journal_delete" AFTER DELETE ON public.webhooks FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_webhooks();

-- Name: dns_fancy_records bump_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_delete AFTER DELETE ON public.dns_fancy_records REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: dns_records bump_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_delete AFTER DELETE ON public.dns_records REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: enum_numbers bump_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_delete AFTER DELETE ON public.enum_numbers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_range();

-- Name: dns_fancy_records bump_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_insert AFTER INSERT ON public.dns_fancy_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: dns_records bump_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_insert AFTER INSERT ON public.dns_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: enum_numbers bump_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_insert AFTER INSERT ON public.enum_numbers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_range();

-- Name: dns_zones bump_serial; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_serial BEFORE INSERT OR UPDATE ON public.dns_zones FOR EACH ROW EXECUTE FUNCTION public.ngnpro_bump_serial();

-- Name: enum_ranges bump_serial; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_serial BEFORE INSERT OR UPDATE ON public.enum_ranges FOR EACH ROW EXECUTE FUNCTION public.ngnpro_bump_serial();

-- Name: dns_fancy_records bump_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_update AFTER UPDATE ON public.dns_fancy_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: dns_records bump_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_update AFTER UPDATE ON public.dns_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_zone();

-- Name: enum_numbers bump_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER bump_update AFTER UPDATE ON public.enum_numbers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_bump_range();

-- Name: carriers feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.carriers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: customer_properties feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.customer_properties REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_routing_property();

-- Name: emergency_mapping feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.emergency_mapping REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: enum_mappings feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.enum_mappings REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_mapping();

-- Name: enum_numbers feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.enum_numbers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_number();

-- Name: enum_ranges feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.enum_ranges REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateway_rules feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.gateway_rules REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateways feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.gateways REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.locations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_location();

-- Name: prepaid_balances feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.prepaid_balances REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: routes feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.routes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: sip_accept_rules feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_accept_rules REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_account_acl REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_account_groups REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_accounts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_aliases REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_bans feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_bans REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_source();

-- Name: sip_barring_prefixes feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_barring_prefixes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_call_diversions feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_call_diversions REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_domains feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_domains REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: sip_phonebook_entries feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_phonebook_entries REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_reject_members feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_reject_members REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_temporary_accept_rules feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_temporary_accept_rules REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: trusted_peers feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.trusted_peers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: voicemail_accounts feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.voicemail_accounts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: carriers feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.carriers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: customer_properties feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.customer_properties REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_routing_property();

-- Name: emergency_mapping feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.emergency_mapping REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: enum_mappings feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.enum_mappings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_mapping();

-- Name: enum_numbers feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.enum_numbers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_number();

-- Name: enum_ranges feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.enum_ranges REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateway_rules feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.gateway_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateways feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.gateways REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.locations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_location();

-- Name: prepaid_balances feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.prepaid_balances REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: routes feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.routes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: sip_accept_rules feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_accept_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_account_acl REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_account_groups REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_aliases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_bans feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_bans REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_source();

-- Name: sip_barring_prefixes feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_barring_prefixes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_call_diversions feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_call_diversions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_domains feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_domains REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: sip_phonebook_entries feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_phonebook_entries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_reject_members feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_reject_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_temporary_accept_rules feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_temporary_accept_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: trusted_peers feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.trusted_peers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: voicemail_accounts feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.voicemail_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: carriers feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.carriers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: customer_properties feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.customer_properties FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: emergency_mapping feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.emergency_mapping FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: enum_mappings feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.enum_mappings FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: enum_numbers feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.enum_numbers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: enum_ranges feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.enum_ranges FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: gateway_rules feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.gateway_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: gateways feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.gateways FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: locations feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.locations FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: prepaid_balances feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.prepaid_balances FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: routes feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.routes FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_accept_rules feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_accept_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_account_acl feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_account_acl FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_account_groups feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_account_groups FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_accounts feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_aliases feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_aliases FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_bans feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_bans FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_barring_prefixes feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_barring_prefixes FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_call_diversions feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_call_diversions FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_domains feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_domains FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_phonebook_entries feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_phonebook_entries FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_reject_members feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_reject_members FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_temporary_accept_rules feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_temporary_accept_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: trusted_peers feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.trusted_peers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: voicemail_accounts feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.voicemail_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: carriers feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.carriers REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: customer_properties feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.customer_properties REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_routing_property();

-- Name: emergency_mapping feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.emergency_mapping REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: enum_mappings feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.enum_mappings REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_mapping();

-- Name: enum_numbers feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.enum_numbers REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_number();

-- Name: enum_ranges feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.enum_ranges REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateway_rules feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.gateway_rules REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: gateways feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.gateways REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.locations REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_location();

-- Name: prepaid_balances feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.prepaid_balances REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: routes feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.routes REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: sip_accept_rules feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_accept_rules REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_account_acl REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_account_groups REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_accounts REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_aliases REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_bans feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_bans REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_source();

-- Name: sip_barring_prefixes feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_barring_prefixes REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_call_diversions feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_call_diversions REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_domains feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_domains REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: sip_phonebook_entries feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_phonebook_entries REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_reject_members feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_reject_members REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_temporary_accept_rules feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_temporary_accept_rules REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: trusted_peers feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.trusted_peers REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: voicemail_accounts feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.voicemail_accounts REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: rating_entity_profiles find_entity; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER find_entity BEFORE INSERT OR UPDATE ON public.rating_entity_profiles FOR EACH ROW EXECUTE FUNCTION public.ngnpro_find_rating_entity();

-- Name: sip_accounts hold_address; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_hold_address();

-- Name: sip_aliases hold_address; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_hold_address();

-- Name: api_tokens journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.api_tokens REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_api_tokens();

-- Name: carriers journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.carriers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_carriers();

-- Name: customer_properties journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.customer_properties REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_customer_properties();

-- Name: customers journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.customers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_customers();

-- Name: dns_fancy_records journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.dns_fancy_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_dns_fancy_records();

-- Name: dns_records journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.dns_records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_dns_records();

-- Name: dns_zones journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.dns_zones REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_dns_zones();

-- Name: emergency_mapping journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.emergency_mapping REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_emergency_mapping();

-- Name: enum_mappings journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.enum_mappings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_enum_mappings();

-- Name: enum_numbers journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.enum_numbers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_enum_numbers();

-- Name: enum_ranges journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.enum_ranges REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_enum_ranges();

-- Name: gateway_rules journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.gateway_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_gateway_rules();

-- Name: gateways journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.gateways REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_gateways();

-- Name: prepaid_balances journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.prepaid_balances REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_prepaid_balances();

-- Name: prepaid_cards journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.prepaid_cards REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_prepaid_cards();

-- Name: prepaid_history journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.prepaid_history REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_prepaid_history();

-- Name: rating_entity_profiles journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.rating_entity_profiles REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_rating_entity_profiles();

-- Name: routes journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.routes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_routes();

-- Name: sip_accept_rules journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_accept_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_accept_rules();

-- Name: sip_account_acl journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_account_acl REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_account_acl();

-- Name: sip_account_groups journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_account_groups REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_account_groups();

-- Name: sip_account_properties journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_account_properties REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_account_properties();

-- Name: sip_accounts journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_accounts();

-- Name: sip_aliases journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_aliases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_aliases();

-- Name: sip_barring_prefixes journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_barring_prefixes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_barring_prefixes();

-- Name: sip_call_diversions journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_call_diversions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_call_diversions();

-- Name: sip_domains journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_domains REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_domains();

-- Name: sip_phonebook_entries journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_phonebook_entries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_phonebook_entries();

-- Name: sip_presence journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_presence REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_presence();

-- Name: sip_presence_policies journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_presence_policies REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_presence_policies();

-- Name: sip_reject_members journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_reject_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_reject_members();

-- Name: sip_temporary_accept_rules journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.sip_temporary_accept_rules REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_sip_temporary_accept_rules();

-- Name: trusted_peers journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.trusted_peers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_trusted_peers();

-- Name: voicemail_accounts journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.voicemail_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_voicemail_accounts();

-- Name: voicemail_announcements journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.voicemail_announcements REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_voicemail_announcements();

-- Name: webhooks journal_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_insert AFTER INSERT ON public.webhooks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_webhooks();

-- Name: api_tokens journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.api_tokens FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: carriers journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.carriers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: customer_properties journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.customer_properties FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: customers journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.customers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: dns_fancy_records journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.dns_fancy_records FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: dns_records journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.dns_records FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: dns_zones journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.dns_zones FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: emergency_mapping journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.emergency_mapping FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: enum_mappings journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.enum_mappings FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: enum_numbers journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.enum_numbers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: enum_ranges journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.enum_ranges FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: gateway_rules journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.gateway_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: gateways journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.gateways FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: prepaid_balances journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.prepaid_balances FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: prepaid_cards journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.prepaid_cards FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: prepaid_history journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.prepaid_history FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: rating_entity_profiles journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.rating_entity_profiles FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: routes journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.routes FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_accept_rules journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_accept_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_account_acl journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_account_acl FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_account_groups journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_account_groups FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_account_properties journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_account_properties FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_accounts journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_aliases journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_aliases FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_barring_prefixes journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_barring_prefixes FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_call_diversions journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_call_diversions FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_domains journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_domains FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_phonebook_entries journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_phonebook_entries FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_presence journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_presence FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_presence_policies journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_presence_policies FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_reject_members journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_reject_members FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: sip_temporary_accept_rules journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.sip_temporary_accept_rules FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: trusted_peers journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.trusted_peers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: voicemail_accounts journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.voicemail_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: voicemail_announcements journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.voicemail_announcements FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: webhooks journal_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_truncate AFTER TRUNCATE ON public.webhooks FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_journal_truncate();

-- Name: api_tokens journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.api_tokens FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_api_tokens();

-- Name: carriers journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.carriers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_carriers();

-- Name: customer_properties journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.customer_properties FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_customer_properties();

-- Name: customers journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_customers();

-- Name: dns_fancy_records journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.dns_fancy_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_fancy_records();

-- Name: dns_records journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.dns_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_records();

-- Name: dns_zones journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.dns_zones FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_dns_zones();

-- Name: emergency_mapping journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.emergency_mapping FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_emergency_mapping();

-- Name: enum_mappings journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.enum_mappings FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_mappings();

-- Name: enum_numbers journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.enum_numbers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_numbers();

-- Name: enum_ranges journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.enum_ranges FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_enum_ranges();

-- Name: gateway_rules journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.gateway_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_gateway_rules();

-- Name: gateways journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.gateways FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_gateways();

-- Name: prepaid_balances journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.prepaid_balances FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_balances();

-- Name: prepaid_cards journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.prepaid_cards FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_cards();

-- Name: prepaid_history journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.prepaid_history FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_prepaid_history();

-- Name: rating_entity_profiles journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.rating_entity_profiles FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_rating_entity_profiles();

-- Name: routes journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.routes FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_routes();

-- Name: sip_accept_rules journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_accept_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_accept_rules();

-- Name: sip_account_acl journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_account_acl FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_acl();

-- Name: sip_account_groups journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_account_groups FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_groups();

-- Name: sip_account_properties journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_account_properties FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_account_properties();

-- Name: sip_accounts journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_accounts();

-- Name: sip_aliases journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_aliases();

-- Name: sip_barring_prefixes journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_barring_prefixes FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_barring_prefixes();

-- Name: sip_call_diversions journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_call_diversions FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_call_diversions();

-- Name: sip_domains journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_domains FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_domains();

-- Name: sip_phonebook_entries journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_phonebook_entries FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_phonebook_entries();

-- Name: sip_presence journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_presence FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_presence();

-- Name: sip_presence_policies journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_presence_policies FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_presence_policies();

-- Name: sip_reject_members journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_reject_members FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_reject_members();

-- Name: sip_temporary_accept_rules journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.sip_temporary_accept_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_sip_temporary_accept_rules();

-- Name: trusted_peers journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.trusted_peers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_trusted_peers();

-- Name: voicemail_accounts journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.voicemail_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_voicemail_accounts();

-- Name: voicemail_announcements journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.voicemail_announcements FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_voicemail_announcements();

-- Name: webhooks journal_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER journal_update AFTER UPDATE ON public.webhooks FOR EACH ROW EXECUTE FUNCTION public.ngnpro_journal_webhooks();

-- Name: carriers touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.carriers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: customers touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: dns_fancy_records touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.dns_fancy_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: dns_records touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.dns_records FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: dns_zones touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.dns_zones FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: emergency_mapping touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.emergency_mapping FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: enum_numbers touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.enum_numbers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: enum_ranges touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.enum_ranges FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: gateway_rules touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.gateway_rules FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: gateways touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.gateways FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: prepaid_balances touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.prepaid_balances FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: rating_entity_profiles touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.rating_entity_profiles FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: routes touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.routes FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_accounts touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_aliases touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_domains touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_domains FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: trusted_peers touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.trusted_peers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: voicemail_accounts touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.voicemail_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: webhooks touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.webhooks FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: api_token_uses api_token_uses_token_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.api_token_uses
    ADD CONSTRAINT api_token_uses_token_id_fkey FOREIGN KEY (token_id) REFERENCES public.api_tokens(id) ON DELETE CASCADE;

-- Name: api_tokens api_tokens_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE ON DELETE CASCADE;

-- Name: calls calls_callee_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_callee_id_fkey FOREIGN KEY (callee_id) REFERENCES public.sip_accounts(id) ON DELETE SET NULL;

-- Name: calls calls_caller_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_caller_id_fkey FOREIGN KEY (caller_id) REFERENCES public.sip_accounts(id) ON DELETE SET NULL;

-- Name: carriers carriers_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.carriers
    ADD CONSTRAINT carriers_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: customer_properties customer_properties_customer_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customer_properties
    ADD CONSTRAINT customer_properties_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

-- Name: customers customers_impersonate_of_the_same_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_impersonate_of_the_same_reseller FOREIGN KEY (impersonate, reseller) REFERENCES public.customers(id, reseller);

-- Name: customers customers_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: dns_fancy_records dns_fancy_records_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_fancy_records
    ADD CONSTRAINT dns_fancy_records_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: dns_fancy_records dns_fancy_records_zone_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_fancy_records
    ADD CONSTRAINT dns_fancy_records_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES public.dns_zones(id) ON DELETE CASCADE;

-- Name: dns_records dns_records_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_records
    ADD CONSTRAINT dns_records_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: dns_records dns_records_zone_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_records
    ADD CONSTRAINT dns_records_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES public.dns_zones(id) ON DELETE CASCADE;

-- Name: dns_zones dns_zones_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_zones
    ADD CONSTRAINT dns_zones_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE;

-- Name: dns_zones dns_zones_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.dns_zones
    ADD CONSTRAINT dns_zones_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: enum_mappings enum_mappings_number_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_mappings
    ADD CONSTRAINT enum_mappings_number_id_fkey FOREIGN KEY (number_id) REFERENCES public.enum_numbers(id) ON DELETE CASCADE;

-- Name: enum_numbers enum_numbers_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_numbers
    ADD CONSTRAINT enum_numbers_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: enum_numbers enum_numbers_range_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_numbers
    ADD CONSTRAINT enum_numbers_range_fkey FOREIGN KEY (range_id, range_prefix, tld) REFERENCES public.enum_ranges(id, prefix, tld) ON UPDATE CASCADE;

-- Name: enum_ranges enum_ranges_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_ranges
    ADD CONSTRAINT enum_ranges_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE;

-- Name: enum_ranges enum_ranges_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.enum_ranges
    ADD CONSTRAINT enum_ranges_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: gateway_rules gateway_rules_gateway_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.gateway_rules
    ADD CONSTRAINT gateway_rules_gateway_id_fkey FOREIGN KEY (gateway_id) REFERENCES public.gateways(id) ON DELETE CASCADE;

-- Name: gateways gateways_carrier_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_carrier_id_fkey FOREIGN KEY (carrier_id) REFERENCES public.carriers(id);

-- Name: locations locations_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: media_streams media_streams_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.media_streams
    ADD CONSTRAINT media_streams_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.media_sessions(id) ON DELETE CASCADE;

-- Name: prepaid_balances prepaid_balances_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_balances
    ADD CONSTRAINT prepaid_balances_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: prepaid_cards prepaid_cards_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_cards
    ADD CONSTRAINT prepaid_cards_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: prepaid_cards prepaid_cards_used_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_cards
    ADD CONSTRAINT prepaid_cards_used_by_fkey FOREIGN KEY (used_by) REFERENCES public.sip_accounts(id) ON DELETE SET NULL;

-- Name: prepaid_history prepaid_history_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.prepaid_history
    ADD CONSTRAINT prepaid_history_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: rating_entity_profiles rating_entity_profiles_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.rating_entity_profiles
    ADD CONSTRAINT rating_entity_profiles_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: rating_entity_profiles rating_entity_profiles_domain_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.rating_entity_profiles
    ADD CONSTRAINT rating_entity_profiles_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.sip_domains(id) ON DELETE CASCADE;

-- Name: routes routes_carrier_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.routes
    ADD CONSTRAINT routes_carrier_id_fkey FOREIGN KEY (carrier_id) REFERENCES public.carriers(id);

-- Name: sip_accept_rules sip_accept_rules_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accept_rules
    ADD CONSTRAINT sip_accept_rules_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_account_acl sip_account_acl_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_acl
    ADD CONSTRAINT sip_account_acl_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_account_groups sip_account_groups_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_groups
    ADD CONSTRAINT sip_account_groups_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_account_properties sip_account_properties_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_account_properties
    ADD CONSTRAINT sip_account_properties_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_accounts sip_accounts_domain_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accounts
    ADD CONSTRAINT sip_accounts_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.sip_domains(id);

-- Name: sip_accounts sip_accounts_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_accounts
    ADD CONSTRAINT sip_accounts_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: sip_addresses sip_addresses_domain_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_addresses
    ADD CONSTRAINT sip_addresses_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.sip_domains(id);

-- Name: sip_aliases sip_aliases_domain_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_aliases
    ADD CONSTRAINT sip_aliases_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.sip_domains(id);

-- Name: sip_aliases sip_aliases_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_aliases
    ADD CONSTRAINT sip_aliases_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: sip_aliases sip_aliases_target_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_aliases
    ADD CONSTRAINT sip_aliases_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_barring_prefixes sip_barring_prefixes_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_barring_prefixes
    ADD CONSTRAINT sip_barring_prefixes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_call_diversions sip_call_diversions_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_call_diversions
    ADD CONSTRAINT sip_call_diversions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_domains sip_domains_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE;

-- Name: sip_domains sip_domains_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: sip_phonebook_entries sip_phonebook_entries_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_phonebook_entries
    ADD CONSTRAINT sip_phonebook_entries_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_presence sip_presence_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence
    ADD CONSTRAINT sip_presence_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_presence_policies sip_presence_policies_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence_policies
    ADD CONSTRAINT sip_presence_policies_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_presence_watchers sip_presence_watchers_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_presence_watchers
    ADD CONSTRAINT sip_presence_watchers_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_reject_members sip_reject_members_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_reject_members
    ADD CONSTRAINT sip_reject_members_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: sip_temporary_accept_rules sip_temporary_accept_rules_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_temporary_accept_rules
    ADD CONSTRAINT sip_temporary_accept_rules_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: trusted_peers trusted_peers_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.trusted_peers
    ADD CONSTRAINT trusted_peers_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE;

-- Name: trusted_peers trusted_peers_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.trusted_peers
    ADD CONSTRAINT trusted_peers_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id) ON DELETE SET NULL;

-- Name: trusted_peers trusted_peers_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.trusted_peers
    ADD CONSTRAINT trusted_peers_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: voicemail_accounts voicemail_accounts_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.voicemail_accounts
    ADD CONSTRAINT voicemail_accounts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

-- Name: voicemail_announcements voicemail_announcements_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.voicemail_announcements
    ADD CONSTRAINT voicemail_announcements_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.voicemail_accounts(account_id) ON DELETE CASCADE;

-- Name: webhook_dead_letters webhook_dead_letters_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhook_dead_letters
    ADD CONSTRAINT webhook_dead_letters_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id) ON DELETE CASCADE;

-- Name: webhook_positions webhook_positions_webhook_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhook_positions
    ADD CONSTRAINT webhook_positions_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id) ON DELETE CASCADE;

-- Name: webhooks webhooks_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE ON DELETE CASCADE;

-- Name: webhooks webhooks_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller) ON DELETE CASCADE;

-- Name: api_token_uses; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.api_token_uses ENABLE ROW LEVEL SECURITY;

-- Name: api_tokens; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.api_tokens ENABLE ROW LEVEL SECURITY;

-- Name: calls; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.calls ENABLE ROW LEVEL SECURITY;

-- Name: carriers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.carriers ENABLE ROW LEVEL SECURITY;

-- Name: customer_properties; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.customer_properties ENABLE ROW LEVEL SECURITY;

-- Name: customers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

-- Name: dns_fancy_records; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_fancy_records ENABLE ROW LEVEL SECURITY;

-- Name: dns_records; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_records ENABLE ROW LEVEL SECURITY;

-- Name: dns_zones; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.dns_zones ENABLE ROW LEVEL SECURITY;

-- Name: emergency_mapping; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.emergency_mapping ENABLE ROW LEVEL SECURITY;

-- Name: enum_mappings; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_mappings ENABLE ROW LEVEL SECURITY;

-- Name: enum_numbers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_numbers ENABLE ROW LEVEL SECURITY;

-- Name: enum_ranges; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.enum_ranges ENABLE ROW LEVEL SECURITY;

-- Name: gateway_rules; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.gateway_rules ENABLE ROW LEVEL SECURITY;

-- Name: gateways; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.gateways ENABLE ROW LEVEL SECURITY;

-- Name: journal; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.journal ENABLE ROW LEVEL SECURITY;

-- Name: kept_answers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.kept_answers ENABLE ROW LEVEL SECURITY;

-- Name: calls live; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY live ON public.calls TO sip_proxy USING (true);

-- Name: locations live; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY live ON public.locations TO sip_proxy USING (true);

-- Name: proxy_secret live; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY live ON public.proxy_secret TO sip_proxy USING (true);

-- Name: locations; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.locations ENABLE ROW LEVEL SECURITY;

-- Name: media_relays; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.media_relays ENABLE ROW LEVEL SECURITY;

-- Name: media_sessions; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.media_sessions ENABLE ROW LEVEL SECURITY;

-- Name: media_streams; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.media_streams ENABLE ROW LEVEL SECURITY;

-- Name: nodes; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.nodes ENABLE ROW LEVEL SECURITY;

-- Name: prepaid_balances; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.prepaid_balances ENABLE ROW LEVEL SECURITY;

-- Name: prepaid_cards; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.prepaid_cards ENABLE ROW LEVEL SECURITY;

-- Name: prepaid_history; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.prepaid_history ENABLE ROW LEVEL SECURITY;

-- Name: sip_bans proxy; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY proxy ON public.sip_bans TO sip_proxy USING (true);

-- Name: proxy_secret; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.proxy_secret ENABLE ROW LEVEL SECURITY;

-- Name: rating_entity_profiles; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.rating_entity_profiles ENABLE ROW LEVEL SECURITY;

-- Name: routes; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.routes ENABLE ROW LEVEL SECURITY;

-- Name: carriers routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.carriers FOR SELECT TO sip_proxy USING (true);

-- Name: customer_properties routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.customer_properties FOR SELECT TO sip_proxy USING ((name = ANY (ARRAY['voicemail_server'::text, 'voicemail_access_number'::text])));

-- Name: emergency_mapping routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.emergency_mapping FOR SELECT TO sip_proxy USING (true);

-- Name: enum_mappings routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.enum_mappings FOR SELECT TO sip_proxy USING (true);

-- Name: enum_numbers routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.enum_numbers FOR SELECT TO sip_proxy USING (true);

-- Name: enum_ranges routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.enum_ranges FOR SELECT TO sip_proxy USING (true);

-- Name: gateway_rules routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.gateway_rules FOR SELECT TO sip_proxy USING (true);

-- Name: gateways routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.gateways FOR SELECT TO sip_proxy USING (true);

-- Name: prepaid_balances routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.prepaid_balances FOR SELECT TO sip_proxy USING (true);

-- Name: routes routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.routes FOR SELECT TO sip_proxy USING (true);

-- Name: sip_accept_rules routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_accept_rules FOR SELECT TO sip_proxy USING (true);

-- Name: sip_account_acl routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_account_acl FOR SELECT TO sip_proxy USING (true);

-- Name: sip_account_groups routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_account_groups FOR SELECT TO sip_proxy USING (true);

-- Name: sip_accounts routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_accounts FOR SELECT TO sip_proxy USING (true);

-- Name: sip_aliases routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_aliases FOR SELECT TO sip_proxy USING (true);

-- Name: sip_barring_prefixes routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_barring_prefixes FOR SELECT TO sip_proxy USING (true);

-- Name: sip_call_diversions routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_call_diversions FOR SELECT TO sip_proxy USING (true);

-- Name: sip_domains routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_domains FOR SELECT TO sip_proxy USING (true);

-- Name: sip_phonebook_entries routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_phonebook_entries FOR SELECT TO sip_proxy USING (true);

-- Name: sip_reject_members routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_reject_members FOR SELECT TO sip_proxy USING (true);

-- Name: sip_temporary_accept_rules routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_temporary_accept_rules FOR SELECT TO sip_proxy USING (true);

-- Name: trusted_peers routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.trusted_peers FOR SELECT TO sip_proxy USING (true);

-- Name: voicemail_accounts routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.voicemail_accounts FOR SELECT TO sip_proxy USING (true);

-- Name: api_token_uses scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.api_token_uses TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.api_tokens
  WHERE (api_tokens.id = api_token_uses.token_id)))));

-- Name: api_tokens scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.api_tokens TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: calls scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.calls TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = calls.caller_id))) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = calls.callee_id)))));

-- Name: carriers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.carriers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller))));

-- Name: customer_properties scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.customer_properties TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.customers
  WHERE (customers.id = customer_properties.customer)))));

-- Name: customers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.customers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR ((id = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer)) AND (reseller = ( SELECT public.ngnpro_scope_customer_reseller() AS ngnpro_scope_customer_reseller)))));

-- Name: dns_fancy_records scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.dns_fancy_records TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.dns_zones
  WHERE (dns_zones.id = dns_fancy_records.zone_id)))));

-- Name: dns_records scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.dns_records TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.dns_zones
  WHERE (dns_zones.id = dns_records.zone_id)))));

-- Name: dns_zones scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.dns_zones TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: emergency_mapping scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.emergency_mapping TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: enum_mappings scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.enum_mappings TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.enum_numbers
  WHERE (enum_numbers.id = enum_mappings.number_id)))));

-- Name: enum_numbers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.enum_numbers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.enum_ranges
  WHERE (enum_ranges.id = enum_numbers.range_id)))));

-- Name: enum_ranges scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.enum_ranges TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: gateway_rules scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.gateway_rules TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.gateways
  WHERE (gateways.id = gateway_rules.gateway_id)))));

-- Name: gateways scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.gateways TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.carriers
  WHERE (carriers.id = gateways.carrier_id)))));

-- Name: journal scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.journal FOR SELECT TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: kept_answers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.kept_answers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: locations scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.locations TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: media_relays scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.media_relays TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: media_sessions scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.media_sessions TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: media_streams scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.media_streams TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: nodes scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.nodes TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: prepaid_balances scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.prepaid_balances TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: prepaid_cards scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.prepaid_cards TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller))));

-- Name: prepaid_history scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.prepaid_history TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = prepaid_history.account_id)))));

-- Name: rating_entity_profiles scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.rating_entity_profiles TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = rating_entity_profiles.account_id))) OR (EXISTS ( SELECT
   FROM public.sip_domains
  WHERE (sip_domains.id = rating_entity_profiles.domain_id)))));

-- Name: routes scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.routes TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.carriers
  WHERE (carriers.id = routes.carrier_id)))));

-- Name: sip_accept_rules scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_accept_rules TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_account_acl scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_acl TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_account_groups scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_groups TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_account_properties scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_properties TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_accounts scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_accounts TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_domains
  WHERE (sip_domains.id = sip_accounts.domain_id)))));

-- Name: sip_aliases scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_aliases TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_domains
  WHERE (sip_domains.id = sip_aliases.domain_id)))));

-- Name: sip_bans scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_bans TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: sip_barring_prefixes scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_barring_prefixes TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_call_diversions scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_call_diversions TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_domains scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_domains TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: sip_phonebook_entries scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_phonebook_entries TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_presence scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_presence TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_presence.account_id)))));

-- Name: sip_presence_policies scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_presence_policies TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_presence_policies.account_id)))));

-- Name: sip_presence_watchers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_presence_watchers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_presence_watchers.account_id)))));

-- Name: sip_reject_members scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_reject_members TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_temporary_accept_rules scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_temporary_accept_rules TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR public.ngnpro_reaches_account(account_id)));

-- Name: sip_trace_messages scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_trace_messages TO ngnpro_server USING (( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator));

-- Name: trusted_peers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.trusted_peers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: voicemail_accounts scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.voicemail_accounts TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = voicemail_accounts.account_id)))));

-- Name: voicemail_announcements scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.voicemail_announcements TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.voicemail_accounts
  WHERE (voicemail_accounts.account_id = voicemail_announcements.account_id)))));

-- Name: webhook_dead_letters scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.webhook_dead_letters TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.webhooks
  WHERE (webhooks.id = webhook_dead_letters.webhook_id)))));

-- Name: webhook_positions scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.webhook_positions TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.webhooks
  WHERE (webhooks.id = webhook_positions.webhook_id)))));

-- Name: webhooks scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.webhooks TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR ((customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer)) AND (reseller = ( SELECT public.ngnpro_scope_customer_reseller() AS ngnpro_scope_customer_reseller)))));

-- Name: sip_accept_rules; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_accept_rules ENABLE ROW LEVEL SECURITY;

-- Name: sip_account_acl; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_account_acl ENABLE ROW LEVEL SECURITY;

-- Name: sip_account_groups; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_account_groups ENABLE ROW LEVEL SECURITY;

-- Name: sip_account_properties; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_account_properties ENABLE ROW LEVEL SECURITY;

-- Name: sip_accounts; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_accounts ENABLE ROW LEVEL SECURITY;

-- Name: sip_addresses; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_addresses ENABLE ROW LEVEL SECURITY;

-- Name: sip_aliases; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_aliases ENABLE ROW LEVEL SECURITY;

-- Name: sip_bans; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_bans ENABLE ROW LEVEL SECURITY;

-- Name: sip_barring_prefixes; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_barring_prefixes ENABLE ROW LEVEL SECURITY;

-- Name: sip_call_diversions; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_call_diversions ENABLE ROW LEVEL SECURITY;

-- Name: sip_domains; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_domains ENABLE ROW LEVEL SECURITY;

-- Name: sip_phonebook_entries; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_phonebook_entries ENABLE ROW LEVEL SECURITY;

-- Name: sip_presence; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_presence ENABLE ROW LEVEL SECURITY;

-- Name: sip_presence_policies; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_presence_policies ENABLE ROW LEVEL SECURITY;

-- Name: sip_presence_watchers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_presence_watchers ENABLE ROW LEVEL SECURITY;

-- Name: sip_reject_members; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_reject_members ENABLE ROW LEVEL SECURITY;

-- Name: sip_temporary_accept_rules; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_temporary_accept_rules ENABLE ROW LEVEL SECURITY;

-- Name: sip_trace_messages; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_trace_messages ENABLE ROW LEVEL SECURITY;

-- Name: trusted_peers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.trusted_peers ENABLE ROW LEVEL SECURITY;

-- Name: voicemail_accounts; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.voicemail_accounts ENABLE ROW LEVEL SECURITY;

-- Name: voicemail_announcements; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.voicemail_announcements ENABLE ROW LEVEL SECURITY;

-- Name: webhook_dead_letters; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.webhook_dead_letters ENABLE ROW LEVEL SECURITY;

-- Name: webhook_positions; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.webhook_positions ENABLE ROW LEVEL SECURITY;

-- Name: webhooks; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ngnpro_server;
GRANT USAGE ON SCHEMA public TO sip_proxy;

-- Name: TABLE sip_accounts; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_accounts TO ngnpro_server;

-- Name: COLUMN sip_accounts.id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(id) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.domain_id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(domain_id) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.username; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(username) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.ha1; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(ha1) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.ha1b; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(ha1b) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.ha1_sha256; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(ha1_sha256) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.timezone; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(timezone) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.rpid; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(rpid) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.quota; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(quota) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.quickdial_prefix; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(quickdial_prefix) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.call_limit; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(call_limit) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.prepaid; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(prepaid) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.region; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(region) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: COLUMN sip_accounts.timeout; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(timeout) ON TABLE public.sip_accounts TO sip_proxy;

-- Name: TABLE sip_domains; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_domains TO ngnpro_server;

-- Name: COLUMN sip_domains.id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(id) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.domain; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(domain) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.customer; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(customer) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.reseller; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(reseller) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.certificate; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(certificate) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.private_key; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(private_key) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.match_ip_address; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(match_ip_address) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.match_sip_domain; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(match_sip_domain) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.verify_cert; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(verify_cert) ON TABLE public.sip_domains TO sip_proxy;

-- Name: COLUMN sip_domains.require_cert; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(require_cert) ON TABLE public.sip_domains TO sip_proxy;

-- Name: FUNCTION ngnpro_account_sign_in(of_username text, of_domain text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_account_sign_in(of_username text, of_domain text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_account_sign_in(of_username text, of_domain text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_actor(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_actor() FROM PUBLIC;

-- Name: FUNCTION ngnpro_announce(node text, address text, release text, does text[]); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_announce(node text, address text, release text, does text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_announce(node text, address text, release text, does text[]) TO ngnpro_server;
GRANT ALL ON FUNCTION public.ngnpro_announce(node text, address text, release text, does text[]) TO sip_proxy;

-- Name: FUNCTION ngnpro_bump_range(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_bump_range() FROM PUBLIC;

-- Name: FUNCTION ngnpro_bump_serial(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_bump_serial() FROM PUBLIC;

-- Name: FUNCTION ngnpro_bump_zone(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_bump_zone() FROM PUBLIC;

-- Name: FUNCTION ngnpro_credit_left(kind text, holder bigint, as_reseller boolean); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_credit_left(kind text, holder bigint, as_reseller boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_credit_left(kind text, holder bigint, as_reseller boolean) TO ngnpro_server;

-- Name: TABLE dns_zones; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dns_zones TO ngnpro_server;

-- Name: FUNCTION ngnpro_dns_zone_of(wanted text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_dns_zone_of(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_dns_zone_of(wanted text) TO ngnpro_server;

-- Name: TABLE enum_ranges; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.enum_ranges TO ngnpro_server;

-- Name: COLUMN enum_ranges.id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(id) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.prefix; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(prefix) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.tld; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(tld) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.customer; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(customer) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.reseller; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(reseller) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.min_digits; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(min_digits) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: COLUMN enum_ranges.max_digits; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(max_digits) ON TABLE public.enum_ranges TO sip_proxy;

-- Name: FUNCTION ngnpro_enum_range_of(digits text, root text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_enum_range_of(digits text, root text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_enum_range_of(digits text, root text) TO ngnpro_server;

-- Name: PROCEDURE ngnpro_feed(IN feed_table regclass, IN key_kind text, IN condition text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON PROCEDURE public.ngnpro_feed(IN feed_table regclass, IN key_kind text, IN condition text) FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_account(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_account() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_address(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_address() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_domain(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_domain() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_id(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_id() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_location(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_location() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_mapping(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_mapping() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_number(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_number() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_routing_property(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_routing_property() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_source(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_source() FROM PUBLIC;

-- Name: FUNCTION ngnpro_feed_truncate(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_truncate() FROM PUBLIC;

-- Name: FUNCTION ngnpro_find_rating_entity(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_find_rating_entity() FROM PUBLIC;

-- Name: FUNCTION ngnpro_forget_answers(most integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_forget_answers(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_forget_answers(most integer) TO ngnpro_server;

-- Name: TABLE customer_properties; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_properties TO ngnpro_server;

-- Name: COLUMN customer_properties.customer; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(customer) ON TABLE public.customer_properties TO sip_proxy;

-- Name: COLUMN customer_properties.name; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(name) ON TABLE public.customer_properties TO sip_proxy;

-- Name: COLUMN customer_properties.value; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(value) ON TABLE public.customer_properties TO sip_proxy;

-- Name: FUNCTION ngnpro_has_right(property text, of_customer bigint, of_reseller bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_hold_address(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_hold_address() FROM PUBLIC;

-- Name: FUNCTION ngnpro_is_address(text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_is_address(text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_is_address(text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_is_administrator(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_is_administrator() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_is_administrator() TO ngnpro_server;

-- Name: PROCEDURE ngnpro_journal(IN of_table regclass, IN key text, IN owner text, IN customer text, IN reseller text, IN parents text[], IN parent_columns text[], IN secrets text[], IN secret_when text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON PROCEDURE public.ngnpro_journal(IN of_table regclass, IN key text, IN owner text, IN customer text, IN reseller text, IN parents text[], IN parent_columns text[], IN secrets text[], IN secret_when text) FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_api_tokens(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_api_tokens() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_carriers(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_carriers() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_customer_properties(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_customer_properties() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_customers(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_customers() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_dns_fancy_records(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_dns_fancy_records() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_dns_records(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_dns_records() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_dns_zones(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_dns_zones() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_emergency_mapping(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_emergency_mapping() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_enum_mappings(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_enum_mappings() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_enum_numbers(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_enum_numbers() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_enum_ranges(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_enum_ranges() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_gateway_rules(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_gateway_rules() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_gateways(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_gateways() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_prepaid_balances(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_prepaid_balances() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_prepaid_cards(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_prepaid_cards() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_prepaid_history(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_prepaid_history() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_rating_entity_profiles(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_rating_entity_profiles() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_routes(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_routes() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_accept_rules(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_accept_rules() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_account_acl(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_account_acl() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_account_groups(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_account_groups() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_account_properties(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_account_properties() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_accounts(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_accounts() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_aliases(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_aliases() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_barring_prefixes(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_barring_prefixes() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_call_diversions(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_call_diversions() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_domains(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_domains() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_phonebook_entries(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_phonebook_entries() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_presence(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_presence() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_presence_policies(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_presence_policies() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_reject_members(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_reject_members() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_sip_temporary_accept_rules(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_sip_temporary_accept_rules() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_truncate(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_truncate() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_trusted_peers(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_trusted_peers() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_voicemail_accounts(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_voicemail_accounts() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_voicemail_announcements(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_voicemail_announcements() FROM PUBLIC;

-- Name: FUNCTION ngnpro_journal_webhooks(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_journal_webhooks() FROM PUBLIC;

-- Name: TABLE customers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customers TO ngnpro_server;

-- Name: FUNCTION ngnpro_login(login text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_login(login text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_login(login text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_mapping_fits(service text, target text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_mapping_fits(service text, target text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_mapping_fits(service text, target text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_next_mailbox(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_next_mailbox() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_next_mailbox() TO ngnpro_server;

-- Name: FUNCTION ngnpro_next_serial(last bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_next_serial(last bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_next_serial(last bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_of_type(value text, model anyelement); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_of_type(value text, model anyelement) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_of_type(value text, model anyelement) TO ngnpro_server;

-- Name: FUNCTION ngnpro_prune_change_log(keep interval, most integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_prune_change_log(keep interval, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_prune_change_log(keep interval, most integer) TO ngnpro_server;

-- Name: FUNCTION ngnpro_prune_journal(keep interval, rows_max bigint, most integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_prune_journal(keep interval, rows_max bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_prune_journal(keep interval, rows_max bigint, most integer) TO ngnpro_server;

-- Name: FUNCTION ngnpro_reaches_account(account bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_reaches_account(account bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_reaches_account(account bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[], "values" text[]); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[], "values" text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_replace_account_lists(account bigint, groups text[], networks cidr[], tags text[], names text[], "values" text[]) TO ngnpro_server;

-- Name: FUNCTION ngnpro_reseller_active(of_reseller bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_reseller_active(of_reseller bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_reseller_active(of_reseller bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_scope_customer(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_scope_customer() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_scope_customer() TO ngnpro_server;

-- Name: FUNCTION ngnpro_scope_customer_reseller(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_scope_customer_reseller() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_scope_customer_reseller() TO ngnpro_server;

-- Name: FUNCTION ngnpro_scope_reseller(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_scope_reseller() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_scope_reseller() TO ngnpro_server;

-- Name: FUNCTION ngnpro_settled(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_settled() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_settled() TO ngnpro_server;

-- Name: FUNCTION ngnpro_sign_in(login text, wanted bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_sign_in(login text, wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_sign_in(login text, wanted bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_sip_account(scope text, of_username text, of_domain text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_sip_account(scope text, of_username text, of_domain text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_sip_account(scope text, of_username text, of_domain text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_sip_accounts(scope text, ids bigint[]); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_sip_accounts(scope text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_sip_accounts(scope text, ids bigint[]) TO ngnpro_server;

-- Name: FUNCTION ngnpro_sip_accounts(scope text, usernames text[], domains text[]); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_sip_accounts(scope text, usernames text[], domains text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_sip_accounts(scope text, usernames text[], domains text[]) TO ngnpro_server;

-- Name: FUNCTION ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) TO ngnpro_server;

-- Name: TABLE api_token_uses; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.api_token_uses TO ngnpro_server;

-- Name: TABLE api_tokens; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE ON TABLE public.api_tokens TO ngnpro_server;

-- Name: FUNCTION ngnpro_token_sign_in(of_digest bytea, wanted bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_token_sign_in(of_digest bytea, wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_token_sign_in(of_digest bytea, wanted bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_token_used(of_token bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_token_used(of_token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_token_used(of_token bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_touch(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_touch() FROM PUBLIC;

-- Name: FUNCTION ngnpro_use_voucher(for_account bigint, card bigint, card_number text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_use_voucher(for_account bigint, card bigint, card_number text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_use_voucher(for_account bigint, card bigint, card_number text) TO ngnpro_server;

-- Name: TABLE calls; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.calls TO ngnpro_server;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calls TO sip_proxy;

-- Name: TABLE carriers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.carriers TO ngnpro_server;
GRANT SELECT ON TABLE public.carriers TO sip_proxy;

-- Name: TABLE change_log; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.change_log TO sip_proxy;

-- Name: TABLE change_log_horizon; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.change_log_horizon TO sip_proxy;

-- Name: SEQUENCE customers_id_seq; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT USAGE ON SEQUENCE public.customers_id_seq TO ngnpro_server;

-- Name: TABLE dns_fancy_records; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dns_fancy_records TO ngnpro_server;

-- Name: TABLE dns_records; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dns_records TO ngnpro_server;

-- Name: TABLE emergency_mapping; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.emergency_mapping TO ngnpro_server;
GRANT SELECT ON TABLE public.emergency_mapping TO sip_proxy;

-- Name: TABLE enum_mappings; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.enum_mappings TO ngnpro_server;
GRANT SELECT ON TABLE public.enum_mappings TO sip_proxy;

-- Name: TABLE enum_numbers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.enum_numbers TO ngnpro_server;

-- Name: COLUMN enum_numbers.id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(id) ON TABLE public.enum_numbers TO sip_proxy;

-- Name: COLUMN enum_numbers.range_id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(range_id) ON TABLE public.enum_numbers TO sip_proxy;

-- Name: COLUMN enum_numbers.tld; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(tld) ON TABLE public.enum_numbers TO sip_proxy;

-- Name: COLUMN enum_numbers.number; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(number) ON TABLE public.enum_numbers TO sip_proxy;

-- Name: TABLE gateway_rules; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateway_rules TO ngnpro_server;
GRANT SELECT ON TABLE public.gateway_rules TO sip_proxy;

-- Name: TABLE gateways; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateways TO ngnpro_server;
GRANT SELECT ON TABLE public.gateways TO sip_proxy;

-- Name: TABLE journal; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.journal TO ngnpro_server;

-- Name: TABLE journal_horizon; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.journal_horizon TO ngnpro_server;

-- Name: TABLE kept_answers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,UPDATE ON TABLE public.kept_answers TO ngnpro_server;

-- Name: TABLE locations; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.locations TO ngnpro_server;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO sip_proxy;

-- Name: TABLE media_relays; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.media_relays TO ngnpro_server;

-- Name: TABLE media_sessions; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.media_sessions TO ngnpro_server;

-- Name: TABLE media_streams; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.media_streams TO ngnpro_server;

-- Name: TABLE nodes; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.nodes TO ngnpro_server;

-- Name: TABLE prepaid_balances; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.prepaid_balances TO ngnpro_server;
GRANT SELECT ON TABLE public.prepaid_balances TO sip_proxy;

-- Name: TABLE prepaid_cards; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.prepaid_cards TO ngnpro_server;

-- Name: TABLE prepaid_history; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT ON TABLE public.prepaid_history TO ngnpro_server;

-- Name: TABLE proxy_secret; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.proxy_secret TO sip_proxy;

-- Name: TABLE rating_entity_profiles; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rating_entity_profiles TO ngnpro_server;

-- Name: TABLE routes; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.routes TO ngnpro_server;
GRANT SELECT ON TABLE public.routes TO sip_proxy;

-- Name: TABLE sip_accept_rules; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_accept_rules TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_accept_rules TO sip_proxy;

-- Name: TABLE sip_account_acl; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_acl TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_acl TO sip_proxy;

-- Name: TABLE sip_account_groups; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_groups TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_groups TO sip_proxy;

-- Name: TABLE sip_account_groups_all; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.sip_account_groups_all TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_groups_all TO sip_proxy;

-- Name: TABLE sip_account_properties; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_properties TO ngnpro_server;

-- Name: TABLE sip_aliases; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_aliases TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_aliases TO sip_proxy;

-- Name: TABLE sip_bans; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.sip_bans TO ngnpro_server;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_bans TO sip_proxy;

-- Name: TABLE sip_barring_prefixes; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_barring_prefixes TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_barring_prefixes TO sip_proxy;

-- Name: TABLE sip_call_diversions; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_call_diversions TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_call_diversions TO sip_proxy;

-- Name: TABLE sip_phonebook_entries; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_phonebook_entries TO ngnpro_server;

-- Name: COLUMN sip_phonebook_entries.account_id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(account_id) ON TABLE public.sip_phonebook_entries TO sip_proxy;

-- Name: COLUMN sip_phonebook_entries.uri; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(uri) ON TABLE public.sip_phonebook_entries TO sip_proxy;

-- Name: COLUMN sip_phonebook_entries.group_name; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(group_name) ON TABLE public.sip_phonebook_entries TO sip_proxy;

-- Name: TABLE sip_presence; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_presence TO ngnpro_server;

-- Name: TABLE sip_presence_policies; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_presence_policies TO ngnpro_server;

-- Name: TABLE sip_presence_watchers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.sip_presence_watchers TO ngnpro_server;

-- Name: TABLE sip_reject_members; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_reject_members TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_reject_members TO sip_proxy;

-- Name: TABLE sip_temporary_accept_rules; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_temporary_accept_rules TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_temporary_accept_rules TO sip_proxy;

-- Name: TABLE sip_trace_messages; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.sip_trace_messages TO ngnpro_server;

-- Name: TABLE trusted_peers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.trusted_peers TO ngnpro_server;
GRANT SELECT ON TABLE public.trusted_peers TO sip_proxy;

-- Name: TABLE voicemail_accounts; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.voicemail_accounts TO ngnpro_server;

-- Name: COLUMN voicemail_accounts.account_id; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(account_id) ON TABLE public.voicemail_accounts TO sip_proxy;

-- Name: COLUMN voicemail_accounts.mailbox; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT(mailbox) ON TABLE public.voicemail_accounts TO sip_proxy;

-- Name: TABLE voicemail_announcements; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.voicemail_announcements TO ngnpro_server;

-- Name: TABLE webhook_dead_letters; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_dead_letters TO ngnpro_server;

-- Name: TABLE webhook_positions; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_positions TO ngnpro_server;

-- Name: TABLE webhooks; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks TO ngnpro_server;

-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: ngnpro_owner

ALTER DEFAULT PRIVILEGES FOR ROLE ngnpro_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;

-- PostgreSQL database dump complete

