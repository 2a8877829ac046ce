-- ENUM ranges (prefixes of numbers), numbers, and where they lead. Ownership stands on the range.

CREATE TABLE enum_ranges (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix       text NOT NULL CHECK (prefix ~ '^[0-9]{1,15}$'),
    tld          text NOT NULL CHECK (tld = lower(tld) AND tld <> '' AND length(tld) <= 253 AND tld NOT LIKE '%.'),
    customer     bigint,
    reseller     bigint,
    ttl          bigint NOT NULL DEFAULT 3600 CHECK (ttl BETWEEN 0 AND 2147483647),
    min_digits   integer NOT NULL DEFAULT 11 CHECK (min_digits BETWEEN 1 AND 15),
    max_digits   integer NOT NULL DEFAULT 11 CHECK (max_digits BETWEEN 1 AND 15),
    size         integer NOT NULL DEFAULT 0 CHECK (size >= 0),
    nameservers  text[] NOT NULL DEFAULT '{}' CHECK (array_position(nameservers, NULL) IS NULL),
    serial       bigint NOT NULL DEFAULT 1 CHECK (serial BETWEEN 0 AND 4294967295),
    info         text NOT NULL DEFAULT '',
    change_date  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (prefix, tld),
    UNIQUE (id, prefix, tld),
    CONSTRAINT enum_ranges_digits CHECK (min_digits <= max_digits AND length(prefix) <= max_digits),
    CONSTRAINT enum_ranges_customer_has_a_reseller CHECK (customer IS NULL OR reseller IS NOT NULL),
    CONSTRAINT enum_ranges_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE,
    CONSTRAINT enum_ranges_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller)
);
CREATE INDEX ON enum_ranges (reseller, customer);
CREATE INDEX ON enum_ranges (customer);

-- The range's prefix and root stand here too, held equal by the key, so that a number is unique under its root and
-- cannot lie outside its range.
CREATE TABLE enum_numbers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    range_id      bigint NOT NULL,
    range_prefix  text NOT NULL,
    tld           text NOT NULL,
    number        text NOT NULL CHECK (number ~ '^[0-9]{1,15}$'),
    info          text NOT NULL DEFAULT '',
    owner         bigint REFERENCES customers (id) ON DELETE SET NULL,
    change_date   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (number, tld),
    CONSTRAINT enum_numbers_in_their_range CHECK (starts_with(number, range_prefix)),
    CONSTRAINT enum_numbers_range_fkey
        FOREIGN KEY (range_id, range_prefix, tld) REFERENCES enum_ranges (id, prefix, tld) ON UPDATE CASCADE
);
CREATE INDEX ON enum_numbers (range_id);
CREATE INDEX ON enum_numbers (owner) WHERE owner IS NOT NULL;

-- Which URIs a service may lead to.
CREATE FUNCTION ngnpro_mapping_fits(service text, target text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE service
    WHEN 'sip' THEN target ~* '^sips?:.'
    WHEN 'mailto' THEN target ~* '^mailto:.'
    WHEN 'web:http' THEN target ~* '^http://.'
    WHEN 'web:https' THEN target ~* '^https://.'
    WHEN 'x-skype:callto' THEN target ~* '^callto:.'
    WHEN 'h323' THEN target ~* '^h323:.'
    WHEN 'iax' THEN target ~* '^iax:.'
    WHEN 'iax2' THEN target ~* '^iax2:.'
    WHEN 'mms' THEN target ~* '^(tel|mailto):.'
    WHEN 'sms' THEN target ~* '^(tel|mailto):.'
    WHEN 'ems' THEN target ~* '^(tel|mailto):.'
    WHEN 'im' THEN target ~* '^im:.'
    WHEN 'npd:tel' THEN target ~* '^tel:.'
    WHEN 'void:mailto' THEN target ~* '^mailto:.'
    WHEN 'void:http' THEN target ~* '^http://.'
    WHEN 'void:https' THEN target ~* '^https://.'
    WHEN 'voice' THEN target ~* '^(voice|tel):.'
    WHEN 'tel' THEN target ~* '^tel:.'
    WHEN 'fax:tel' THEN target ~* '^tel:.'
    WHEN 'ifax:mailto' THEN target ~* '^mailto:.'
    WHEN 'pres' THEN target ~* '^pres:.'
    WHEN 'ft:ftp' THEN target ~* '^ftp://.'
    WHEN 'loc:http' THEN target ~* '^http://.'
    WHEN 'key:http' THEN target ~* '^http://.'
    WHEN 'key:https' THEN target ~* '^https://.'
    ELSE false
END;
GRANT EXECUTE ON FUNCTION ngnpro_mapping_fits(text, text) TO ngnpro_server;

-- At most five: the fifth position is the last.
CREATE TABLE enum_mappings (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number_id  bigint NOT NULL REFERENCES enum_numbers (id) ON DELETE CASCADE,
    position   integer NOT NULL CONSTRAINT enum_mappings_at_most_five CHECK (position BETWEEN 1 AND 5),
    type       text NOT NULL,
    mapto      text NOT NULL,
    priority   integer NOT NULL DEFAULT 5 CHECK (priority BETWEEN 0 AND 65535),
    ttl        bigint NOT NULL DEFAULT 3600 CHECK (ttl BETWEEN 0 AND 2147483647),
    -- At the end of the transaction: a list is put into another order row by row.
    UNIQUE (number_id, position) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT enum_mappings_target_of_the_service CHECK (ngnpro_mapping_fits(type, mapto))
);
CREATE INDEX ON enum_mappings (lower(mapto));

CREATE TRIGGER touch BEFORE UPDATE ON enum_ranges FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER touch BEFORE UPDATE ON enum_numbers FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

ALTER TABLE enum_ranges ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON enum_ranges TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
CREATE POLICY routing ON enum_ranges FOR SELECT TO sip_proxy USING (true);
ALTER TABLE enum_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON enum_numbers TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM enum_ranges WHERE enum_ranges.id = enum_numbers.range_id)
);
CREATE POLICY routing ON enum_numbers FOR SELECT TO sip_proxy USING (true);
ALTER TABLE enum_mappings ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON enum_mappings TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM enum_numbers WHERE enum_numbers.id = enum_mappings.number_id)
);
CREATE POLICY routing ON enum_mappings FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON enum_ranges, enum_numbers, enum_mappings TO ngnpro_server;
GRANT SELECT (id, prefix, tld, customer, reseller, min_digits, max_digits) ON enum_ranges TO sip_proxy;
GRANT SELECT (id, range_id, tld, number) ON enum_numbers TO sip_proxy;
GRANT SELECT ON enum_mappings TO sip_proxy;

-- Numbers are known by number@tld; a mapping speaks for its number.
CREATE FUNCTION ngnpro_feed_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
CREATE FUNCTION ngnpro_feed_mapping() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
CALL ngnpro_feed('enum_ranges', 'id');
CALL ngnpro_feed('enum_numbers', 'number');
CALL ngnpro_feed('enum_mappings', 'mapping');
