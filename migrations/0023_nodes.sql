-- The programs that serve this platform, as each says of itself every half minute. Who has been silent for some minutes is not
-- there any more.

CREATE TABLE nodes (
    id       text PRIMARY KEY CHECK (id <> '' AND length(id) <= 255),
    ip       text NOT NULL DEFAULT '',
    version  text NOT NULL DEFAULT '',
    roles    text[] NOT NULL DEFAULT '{}' CHECK (array_position(roles, NULL) IS NULL),
    seen     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE nodes ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON nodes TO ngnpro_server USING ((SELECT ngnpro_is_administrator()));
GRANT SELECT ON nodes TO ngnpro_server;

-- Says that a program is there, and forgets those that were not heard of for a day.
CREATE FUNCTION ngnpro_announce(node text, address text, release text, does text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO nodes (id, ip, version, roles) VALUES (node, address, release, does)
    ON CONFLICT (id) DO UPDATE SET ip = excluded.ip, version = excluded.version, roles = excluded.roles, seen = now();
    DELETE FROM nodes WHERE seen < now() - interval '1 day';
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_announce(text, text, text, text[]) TO ngnpro_server, sip_proxy;
