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

SET default_tablespace = '';

SET default_table_access_method = heap;

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

-- Name: ngnpro_is_administrator(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_is_administrator() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE(current_setting('ngnpro.scope'::text, true), ''::text) = 'admin'::text);

ALTER FUNCTION public.ngnpro_is_administrator() OWNER TO ngnpro_owner;

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

-- Name: ngnpro_scope_reseller(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_scope_reseller() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (current_setting('ngnpro.scope'::text, true) ~~ 'reseller:%'::text) THEN (split_part(current_setting('ngnpro.scope'::text, true), ':'::text, 2))::bigint ELSE NULL::bigint END;

ALTER FUNCTION public.ngnpro_scope_reseller() OWNER TO ngnpro_owner;

-- Name: ngnpro_take_credit(text, bigint, bigint, integer); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer DEFAULT 1) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
DECLARE
    holder  bigint;
    allowed text;
    present bigint;
BEGIN
    IF kind NOT IN ('sip_credit', 'sip_alias_credit', 'enum_range_credit', 'enum_number_credit', 'dns_zone_credit',
                    'email_credit') THEN
        RAISE EXCEPTION 'no such credit: %', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- The reseller first, always: two callers then wait for each other in one order.
    FOR holder IN SELECT h FROM unnest(ARRAY[for_reseller, nullif(for_customer, for_reseller)]) WITH ORDINALITY AS u (h, n)
                  WHERE h IS NOT NULL ORDER BY n LOOP
        SELECT value INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
        CONTINUE WHEN NOT FOUND OR btrim(allowed) = '';
        PERFORM FROM customers WHERE id = holder FOR NO KEY UPDATE;
        -- Again, under the lock: whoever held it may have changed it.
        SELECT btrim(value) INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
        CONTINUE WHEN NOT FOUND OR allowed = '';
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
            END || CASE WHEN holder = for_reseller THEN ' WHERE p.reseller = $1' ELSE ' WHERE p.customer = $1' END
            INTO present USING holder;
        IF present + wanted > (CASE WHEN allowed ~ '^[0-9]{1,18}$' THEN allowed::bigint ELSE 0 END) THEN
            RAISE EXCEPTION 'maximum number of % records reached', kind
                USING ERRCODE = 'N9003', CONSTRAINT = kind;
        END IF;
    END LOOP;
END $_$;

ALTER FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) OWNER TO ngnpro_owner;

-- Name: ngnpro_touch(); Type: FUNCTION; Schema: public; Owner: ngnpro_owner

CREATE FUNCTION public.ngnpro_touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.change_date := now();
    RETURN NEW;
END $$;

ALTER FUNCTION public.ngnpro_touch() OWNER TO ngnpro_owner;

-- Name: change_log; Type: TABLE; Schema: public; Owner: ngnpro_owner

CREATE TABLE public.change_log (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    table_name text NOT NULL,
    key text NOT NULL,
    op text NOT NULL,
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

-- Name: sip_domains_id_seq; Type: SEQUENCE; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_domains ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sip_domains_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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

-- Name: locations locations_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (account_id, "position");

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

-- Name: sip_domains sip_domains_domain_key; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_domain_key UNIQUE (domain);

-- Name: sip_domains sip_domains_pkey; Type: CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_pkey PRIMARY KEY (id);

-- Name: change_log_xid_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX change_log_xid_idx ON public.change_log USING btree (xid);

-- Name: customers_impersonate_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX customers_impersonate_idx ON public.customers USING btree (impersonate) WHERE (impersonate IS NOT NULL);

-- Name: customers_reseller_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX customers_reseller_idx ON public.customers USING btree (reseller);

-- Name: customers_username_key; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE UNIQUE INDEX customers_username_key ON public.customers USING btree (lower(username));

-- Name: locations_expires_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX locations_expires_idx ON public.locations USING btree (expires);

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

-- Name: sip_domains_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_domains_customer_idx ON public.sip_domains USING btree (customer);

-- Name: sip_domains_reseller_customer_idx; Type: INDEX; Schema: public; Owner: ngnpro_owner

CREATE INDEX sip_domains_reseller_customer_idx ON public.sip_domains USING btree (reseller, customer);

-- Name: customers feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.customers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.locations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'sip_proxy'::name)) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_account_acl REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_account_groups REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_accounts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_aliases REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_domains feed_delete; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_delete AFTER DELETE ON public.sip_domains REFERENCING OLD TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: customers feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.customers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.locations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'sip_proxy'::name)) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_account_acl REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_account_groups REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_aliases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_domains feed_insert; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_insert AFTER INSERT ON public.sip_domains REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: customers feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.customers FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: locations feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.locations FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_account_acl feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_account_acl FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_account_groups feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_account_groups FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_accounts feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_aliases feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_aliases FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: sip_domains feed_truncate; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_truncate AFTER TRUNCATE ON public.sip_domains FOR EACH STATEMENT EXECUTE FUNCTION public.ngnpro_feed_truncate();

-- Name: customers feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.customers REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_id();

-- Name: locations feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.locations REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'sip_proxy'::name)) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_acl feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_account_acl REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_account_groups feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_account_groups REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_account();

-- Name: sip_accounts feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_accounts REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_aliases feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_aliases REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_address();

-- Name: sip_domains feed_update; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER feed_update AFTER UPDATE ON public.sip_domains REFERENCING OLD TABLE AS gone NEW TABLE AS changed FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION public.ngnpro_feed_domain();

-- Name: sip_accounts hold_address; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_hold_address();

-- Name: sip_aliases hold_address; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_hold_address();

-- Name: customers touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_accounts touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_accounts FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_aliases touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_aliases FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: sip_domains touch; Type: TRIGGER; Schema: public; Owner: ngnpro_owner

CREATE TRIGGER touch BEFORE UPDATE ON public.sip_domains FOR EACH ROW EXECUTE FUNCTION public.ngnpro_touch();

-- Name: customer_properties customer_properties_customer_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customer_properties
    ADD CONSTRAINT customer_properties_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

-- Name: customers customers_impersonate_of_the_same_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_impersonate_of_the_same_reseller FOREIGN KEY (impersonate, reseller) REFERENCES public.customers(id, reseller);

-- Name: customers customers_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: locations locations_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.sip_accounts(id) ON DELETE CASCADE;

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

-- Name: sip_domains sip_domains_customer_of_the_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_customer_of_the_reseller FOREIGN KEY (customer, reseller) REFERENCES public.customers(id, reseller) ON UPDATE CASCADE;

-- Name: sip_domains sip_domains_reseller_is_a_reseller; Type: FK CONSTRAINT; Schema: public; Owner: ngnpro_owner

ALTER TABLE ONLY public.sip_domains
    ADD CONSTRAINT sip_domains_reseller_is_a_reseller FOREIGN KEY (reseller, reseller) REFERENCES public.customers(id, reseller);

-- Name: customer_properties; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.customer_properties ENABLE ROW LEVEL SECURITY;

-- Name: customers; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

-- Name: locations live; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY live ON public.locations TO sip_proxy USING (true);

-- Name: locations; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.locations ENABLE ROW LEVEL SECURITY;

-- Name: sip_account_acl routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_account_acl FOR SELECT TO sip_proxy USING (true);

-- Name: sip_account_groups routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_account_groups FOR SELECT TO sip_proxy USING (true);

-- Name: sip_accounts routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_accounts FOR SELECT TO sip_proxy USING (true);

-- Name: sip_aliases routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_aliases FOR SELECT TO sip_proxy USING (true);

-- Name: sip_domains routing; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY routing ON public.sip_domains FOR SELECT TO sip_proxy USING (true);

-- Name: customer_properties scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.customer_properties TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.customers
  WHERE (customers.id = customer_properties.customer)))));

-- Name: customers scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.customers TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (id = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

-- Name: locations scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.locations TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = locations.account_id)))));

-- Name: sip_account_acl scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_acl TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_account_acl.account_id)))));

-- Name: sip_account_groups scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_groups TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_account_groups.account_id)))));

-- Name: sip_account_properties scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_account_properties TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_accounts
  WHERE (sip_accounts.id = sip_account_properties.account_id)))));

-- Name: sip_accounts scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_accounts TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_domains
  WHERE (sip_domains.id = sip_accounts.domain_id)))));

-- Name: sip_aliases scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_aliases TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (EXISTS ( SELECT
   FROM public.sip_domains
  WHERE (sip_domains.id = sip_aliases.domain_id)))));

-- Name: sip_domains scope; Type: POLICY; Schema: public; Owner: ngnpro_owner

CREATE POLICY scope ON public.sip_domains TO ngnpro_server USING ((( SELECT public.ngnpro_is_administrator() AS ngnpro_is_administrator) OR (reseller = ( SELECT public.ngnpro_scope_reseller() AS ngnpro_scope_reseller)) OR (customer = ( SELECT public.ngnpro_scope_customer() AS ngnpro_scope_customer))));

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

-- Name: sip_domains; Type: ROW SECURITY; Schema: public; Owner: ngnpro_owner

ALTER TABLE public.sip_domains ENABLE ROW LEVEL SECURITY;

-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ngnpro_server;
GRANT USAGE ON SCHEMA public TO sip_proxy;

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

-- Name: FUNCTION ngnpro_feed_truncate(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_feed_truncate() FROM PUBLIC;

-- Name: TABLE customer_properties; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_properties TO ngnpro_server;

-- Name: FUNCTION ngnpro_has_right(property text, of_customer bigint, of_reseller bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_has_right(property text, of_customer bigint, of_reseller bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_hold_address(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_hold_address() FROM PUBLIC;

-- Name: FUNCTION ngnpro_is_administrator(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_is_administrator() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_is_administrator() TO ngnpro_server;
GRANT ALL ON FUNCTION public.ngnpro_is_administrator() TO sip_proxy;

-- Name: TABLE customers; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customers TO ngnpro_server;

-- Name: FUNCTION ngnpro_login(login text); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_login(login text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_login(login text) TO ngnpro_server;

-- Name: FUNCTION ngnpro_prune_change_log(keep interval, most integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_prune_change_log(keep interval, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_prune_change_log(keep interval, most integer) TO ngnpro_server;

-- Name: FUNCTION ngnpro_reseller_active(of_reseller bigint); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_reseller_active(of_reseller bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_reseller_active(of_reseller bigint) TO ngnpro_server;

-- Name: FUNCTION ngnpro_scope_customer(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_scope_customer() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_scope_customer() TO ngnpro_server;
GRANT ALL ON FUNCTION public.ngnpro_scope_customer() TO sip_proxy;

-- Name: FUNCTION ngnpro_scope_reseller(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_scope_reseller() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_scope_reseller() TO ngnpro_server;
GRANT ALL ON FUNCTION public.ngnpro_scope_reseller() TO sip_proxy;

-- Name: FUNCTION ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer) TO ngnpro_server;

-- Name: FUNCTION ngnpro_touch(); Type: ACL; Schema: public; Owner: ngnpro_owner

REVOKE ALL ON FUNCTION public.ngnpro_touch() FROM PUBLIC;

-- Name: TABLE change_log; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.change_log TO ngnpro_server;
GRANT SELECT ON TABLE public.change_log TO sip_proxy;

-- Name: TABLE change_log_horizon; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.change_log_horizon TO ngnpro_server;
GRANT SELECT ON TABLE public.change_log_horizon TO sip_proxy;

-- Name: SEQUENCE customers_id_seq; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT USAGE ON SEQUENCE public.customers_id_seq TO ngnpro_server;

-- Name: TABLE locations; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.locations TO ngnpro_server;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO sip_proxy;

-- Name: TABLE sip_account_acl; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_acl TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_acl TO sip_proxy;

-- Name: TABLE sip_account_groups; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_groups TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_groups TO sip_proxy;

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

-- Name: TABLE sip_account_groups_all; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT ON TABLE public.sip_account_groups_all TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_account_groups_all TO sip_proxy;

-- Name: TABLE sip_account_properties; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_account_properties TO ngnpro_server;

-- Name: TABLE sip_aliases; Type: ACL; Schema: public; Owner: ngnpro_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sip_aliases TO ngnpro_server;
GRANT SELECT ON TABLE public.sip_aliases TO sip_proxy;

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

-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: ngnpro_owner

ALTER DEFAULT PRIVILEGES FOR ROLE ngnpro_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;

-- PostgreSQL database dump complete

