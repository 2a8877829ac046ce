-- What all proxies on this database share and nobody else knows: from it come the seals of their nonces, dialogs, flow tokens and temporary
-- GRUUs. To change it: UPDATE proxy_secret SET secret = …; every proxy takes the new one within a minute.

CREATE TABLE proxy_secret (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    secret bytea NOT NULL CHECK (length(secret) = 32)
);
ALTER TABLE proxy_secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY live ON proxy_secret TO sip_proxy USING (true);
GRANT SELECT ON proxy_secret TO sip_proxy;

-- The core has no random octets, but random identifiers; three of them have more than enough for one hash.
INSERT INTO proxy_secret (secret)
    VALUES (sha256((gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text)::bytea));
