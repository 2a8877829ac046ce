-- Whom the proxies do not listen to: networks from which passwords were guessed, or that an operator banned. Each proxy writes what it
-- finds and learns from the feed what the others found.

CREATE TABLE sip_bans (
    source  cidr PRIMARY KEY,
    reason  text NOT NULL CHECK (length(reason) <= 255),
    since   timestamptz NOT NULL DEFAULT now(),
    ends    timestamptz,                            -- none: until it is lifted
    node    text NOT NULL DEFAULT '' CHECK (length(node) <= 255)
);
CREATE INDEX ON sip_bans (ends);
ALTER TABLE sip_bans ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_bans TO ngnpro_server USING ((SELECT ngnpro_is_administrator()));
CREATE POLICY proxy ON sip_bans TO sip_proxy USING (true);
GRANT SELECT ON sip_bans TO ngnpro_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_bans TO sip_proxy;

CREATE FUNCTION ngnpro_feed_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op) SELECT TG_TABLE_NAME, source::text, TG_OP FROM changed;
    RETURN NULL;
END $$;

CALL ngnpro_feed('sip_bans', 'source');
