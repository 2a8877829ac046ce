-- The three roles, made where they are missing: a cluster may hold several of our databases, and roles are shared.
--   ngnpro_owner   owns everything below and runs the migrations
--   ngnpro_server  the provisioning server: reads and writes, through row-level security
--   sip_proxy      the proxy: reads what it routes by, writes what happens live
-- Rights are granted table by table, beside the table. Passwords and logins are the operator's.

DO $$
DECLARE
    name text;
BEGIN
    IF current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION 'PostgreSQL 15 or newer is needed, this is %', current_setting('server_version');
    END IF;
    FOREACH name IN ARRAY ARRAY['ngnpro_owner', 'ngnpro_server', 'sip_proxy'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster was faster
            END;
        END IF;
    END LOOP;
    -- Who else has a login in this cluster has no business in this database.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO ngnpro_server, sip_proxy', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ngnpro_server, sip_proxy;

-- Functions are nobody's until granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Both programs check that the schema is one they know.
GRANT SELECT ON _sqlx_migrations TO ngnpro_server, sip_proxy;
