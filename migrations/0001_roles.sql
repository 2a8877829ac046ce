-- The three roles, made where they are missing: a cluster may hold several of our databases, and roles are shared.
--   ngnpro_owner   owns everything below and runs the migrations
--   ngnpro_server  the provisioning server: reads and writes, through row-level security
--   sip_proxy      the proxy: reads what it routes by, writes what happens live
-- Rights are granted table by table, beside the table. Passwords and logins are the operator's.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ngnpro_owner', 'ngnpro_server', 'sip_proxy'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster was faster
            END;
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ngnpro_server, sip_proxy;

-- Functions are nobody's until granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Both programs check that the schema is one they know.
GRANT SELECT ON _sqlx_migrations TO ngnpro_server, sip_proxy;
