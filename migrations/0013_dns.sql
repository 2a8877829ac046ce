-- DNS zones with their records. Ownership stands on the zone.

CREATE TABLE dns_zones (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE
        CHECK (name = lower(name) AND name <> '' AND length(name) <= 253 AND name NOT LIKE '%.'),
    customer     bigint,
    reseller     bigint,
    -- RFC 2181 §8: a TTL has 31 bits.
    ttl          bigint NOT NULL DEFAULT 3600 CHECK (ttl BETWEEN 0 AND 2147483647),
    nameservers  text[] NOT NULL DEFAULT '{}' CHECK (array_position(nameservers, NULL) IS NULL),
    email        text NOT NULL DEFAULT '',
    -- RFC 1982: serial numbers have 32 bits.
    serial       bigint NOT NULL DEFAULT 1 CHECK (serial BETWEEN 0 AND 4294967295),
    refresh      bigint NOT NULL DEFAULT 14400 CHECK (refresh BETWEEN 0 AND 2147483647),
    retry        bigint NOT NULL DEFAULT 3600 CHECK (retry BETWEEN 0 AND 2147483647),
    expire       bigint NOT NULL DEFAULT 604800 CHECK (expire BETWEEN 0 AND 2147483647),
    minimum      bigint NOT NULL DEFAULT 3600 CHECK (minimum BETWEEN 0 AND 2147483647),
    info         text NOT NULL DEFAULT '',
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dns_zones_customer_has_a_reseller CHECK (customer IS NULL OR reseller IS NOT NULL),
    CONSTRAINT dns_zones_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE,
    CONSTRAINT dns_zones_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller)
);
CREATE INDEX ON dns_zones (reseller, customer);
CREATE INDEX ON dns_zones (customer);

CREATE TABLE dns_records (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    zone_id      bigint NOT NULL REFERENCES dns_zones (id) ON DELETE CASCADE,
    name         text NOT NULL DEFAULT '' CHECK (name = lower(name) AND name NOT LIKE '%.'),
    type         text NOT NULL CHECK (type IN ('A', 'AAAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'SRV', 'TXT', 'PTR', 'LOC')),
    ttl          bigint NOT NULL DEFAULT 3600 CHECK (ttl BETWEEN 0 AND 2147483647),
    value        text NOT NULL CHECK (value <> ''),
    priority     integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 65535),
    owner        bigint REFERENCES customers (id) ON DELETE SET NULL,
    change_date  timestamptz NOT NULL DEFAULT now()
);
-- Equal records are one. A value may be longer than an index entry.
CREATE UNIQUE INDEX dns_records_key ON dns_records (zone_id, name, type, md5(value), priority);
CREATE INDEX ON dns_records (owner) WHERE owner IS NOT NULL;

CREATE TABLE dns_fancy_records (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    zone_id      bigint NOT NULL REFERENCES dns_zones (id) ON DELETE CASCADE,
    name         text NOT NULL DEFAULT '' CHECK (name = lower(name)),
    type         text NOT NULL CHECK (type IN ('MBOXFW', 'URL')),
    ttl          bigint NOT NULL DEFAULT 3600 CHECK (ttl BETWEEN 0 AND 2147483647),
    value        text NOT NULL CHECK (value <> ''),
    priority     integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 65535),
    owner        bigint REFERENCES customers (id) ON DELETE SET NULL,
    change_date  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dns_fancy_records_key ON dns_fancy_records (zone_id, name, type, md5(value));
CREATE INDEX ON dns_fancy_records (owner) WHERE owner IS NOT NULL;

CREATE TRIGGER touch BEFORE UPDATE ON dns_zones FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON dns_records FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON dns_fancy_records FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

ALTER TABLE dns_zones ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON dns_zones TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
ALTER TABLE dns_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON dns_records TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM dns_zones WHERE dns_zones.id = dns_records.zone_id)
);
ALTER TABLE dns_fancy_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON dns_fancy_records TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM dns_zones WHERE dns_zones.id = dns_fancy_records.zone_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON dns_zones, dns_records, dns_fancy_records TO ngnpro_server;
