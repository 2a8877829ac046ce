-- Peers known by address, and the emergency numbers of a region.

-- Whether a text is an address in the form that PostgreSQL itself writes.
CREATE FUNCTION ngnpro_is_address(text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN host($1::inet) = $1;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_is_address(text) TO ngnpro_server;

CREATE TABLE trusted_peers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ip            text NOT NULL UNIQUE CHECK (ip = lower(ip) AND ip <> ''),
    protocol      text NOT NULL DEFAULT 'any' CHECK (protocol IN ('any', 'udp', 'tcp', 'tls')),
    tag           text NOT NULL DEFAULT '',
    description   text NOT NULL DEFAULT '',
    customer      bigint,
    reseller      bigint,
    owner         bigint REFERENCES customers (id) ON DELETE SET NULL,
    call_limit    integer NOT NULL DEFAULT 0 CHECK (call_limit >= 0),
    msteams       boolean NOT NULL DEFAULT false,
    tenant        text NOT NULL DEFAULT '',
    carrier_name  text NOT NULL DEFAULT '',
    originator    text NOT NULL DEFAULT '',
    prefix        text NOT NULL DEFAULT '' CHECK (prefix ~ '^[+0-9]*$'),
    strip         integer NOT NULL DEFAULT 0 CHECK (strip BETWEEN 0 AND 32),
    blocked       integer NOT NULL DEFAULT 0,
    enum_lookup   boolean NOT NULL DEFAULT true,
    transit       boolean NOT NULL DEFAULT false,
    prepaid       boolean NOT NULL DEFAULT false,
    tags          text NOT NULL DEFAULT '',
    billing_id    text NOT NULL DEFAULT '',
    auth_token    text NOT NULL DEFAULT '',
    change_date   timestamptz NOT NULL DEFAULT now(),
    -- Only a Teams tenant is known by a host name.
    CONSTRAINT trusted_peers_ip_is_an_address CHECK (msteams OR ngnpro_is_address(ip)),
    CONSTRAINT trusted_peers_customer_has_a_reseller CHECK (customer IS NULL OR reseller IS NOT NULL),
    CONSTRAINT trusted_peers_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE,
    CONSTRAINT trusted_peers_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller)
);
CREATE INDEX ON trusted_peers (reseller, customer);
CREATE INDEX ON trusted_peers (customer);
CREATE INDEX ON trusted_peers (owner) WHERE owner IS NOT NULL;

CREATE TRIGGER touch BEFORE UPDATE ON trusted_peers FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
ALTER TABLE trusted_peers ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON trusted_peers TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
CREATE POLICY routing ON trusted_peers FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON trusted_peers TO ngnpro_server;
GRANT SELECT ON trusted_peers TO sip_proxy;
CALL ngnpro_feed('trusted_peers', 'id');

-- Filled by the operator with plain SQL: where a number such as 112 leads for the accounts of a region. An empty domain
-- or region means all.
CREATE TABLE emergency_mapping (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username     text NOT NULL CHECK (username <> ''),
    domain       text NOT NULL DEFAULT '' CHECK (domain = lower(domain)),
    region       text NOT NULL DEFAULT '',
    target       text NOT NULL CHECK (target ~* '^sips?:.'),
    change_date  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (username, domain, region)
);
CREATE TRIGGER touch BEFORE UPDATE ON emergency_mapping FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
ALTER TABLE emergency_mapping ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON emergency_mapping TO ngnpro_server USING ((SELECT ngnpro_is_administrator()));
CREATE POLICY routing ON emergency_mapping FOR SELECT TO sip_proxy USING (true);
GRANT SELECT ON emergency_mapping TO ngnpro_server;
GRANT SELECT ON emergency_mapping TO sip_proxy;
CALL ngnpro_feed('emergency_mapping', 'id');
