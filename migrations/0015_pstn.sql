-- Ways to the telephone network: carriers, their gateways, how numbers are rewritten towards a gateway, and which
-- prefixes go to which carrier. Ownership stands on the carrier.

CREATE TABLE carriers (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    reseller     bigint,
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT carriers_name_key UNIQUE NULLS NOT DISTINCT (reseller, name),
    CONSTRAINT carriers_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller)
);

CREATE TABLE gateways (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    carrier_id   integer NOT NULL REFERENCES carriers (id),
    name         text NOT NULL CHECK (name <> ''),
    transport    text NOT NULL DEFAULT 'udp' CHECK (transport IN ('udp', 'tcp', 'tls')),
    ip           text NOT NULL CHECK (ip = lower(ip) AND ip <> ''),
    port         integer NOT NULL DEFAULT 5060 CHECK (port BETWEEN 1 AND 65535),
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateways_name_key UNIQUE (carrier_id, name)
);

CREATE TABLE gateway_rules (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id   integer NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    prefix       text NOT NULL DEFAULT '' CHECK (prefix ~ '^\+?[0-9]*$'),
    strip        integer NOT NULL DEFAULT 0 CHECK (strip BETWEEN 0 AND 32),
    prepend      text NOT NULL DEFAULT '' CHECK (prepend ~ '^[+0-9*#A-Da-d]*$'),
    min_length   integer NOT NULL DEFAULT 0 CHECK (min_length >= 0),
    max_length   integer NOT NULL DEFAULT 0 CHECK (max_length >= 0),
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gateway_rules_lengths CHECK (max_length = 0 OR min_length <= max_length)
);
CREATE INDEX ON gateway_rules (gateway_id);

CREATE TABLE routes (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    carrier_id   integer NOT NULL REFERENCES carriers (id),
    prefix       text NOT NULL DEFAULT '' CHECK (prefix ~ '^[0-9]*$'),
    originator   text NOT NULL DEFAULT '',
    priority     integer NOT NULL DEFAULT 0 CHECK (priority >= 0),
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT routes_key UNIQUE (carrier_id, prefix, originator)
);
CREATE INDEX ON routes (prefix text_pattern_ops);

CREATE TRIGGER touch BEFORE UPDATE ON carriers FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON gateways FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON gateway_rules FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON routes FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

-- A customer reaches none of these.
ALTER TABLE carriers ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON carriers TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR reseller = (SELECT ngnpro_scope_reseller())
);
CREATE POLICY routing ON carriers FOR SELECT TO sip_proxy USING (true);
ALTER TABLE gateways ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON gateways TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM carriers WHERE carriers.id = gateways.carrier_id)
);
CREATE POLICY routing ON gateways FOR SELECT TO sip_proxy USING (true);
ALTER TABLE gateway_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON gateway_rules TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM gateways WHERE gateways.id = gateway_rules.gateway_id)
);
CREATE POLICY routing ON gateway_rules FOR SELECT TO sip_proxy USING (true);
ALTER TABLE routes ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON routes TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM carriers WHERE carriers.id = routes.carrier_id)
);
CREATE POLICY routing ON routes FOR SELECT TO sip_proxy USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON carriers, gateways, gateway_rules, routes TO ngnpro_server;
GRANT SELECT ON carriers, gateways, gateway_rules, routes TO sip_proxy;
CALL ngnpro_feed('carriers', 'id');
CALL ngnpro_feed('gateways', 'id');
CALL ngnpro_feed('gateway_rules', 'id');
CALL ngnpro_feed('routes', 'id');
