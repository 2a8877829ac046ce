-- SIP domains. Ownership is stored here once; accounts and aliases take it from their domain.

CREATE TABLE sip_domains (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain            text NOT NULL UNIQUE CHECK (domain = lower(domain) AND domain <> '' AND length(domain) <= 253),
    customer          bigint,
    reseller          bigint,
    certificate       text NOT NULL DEFAULT '',
    private_key       text NOT NULL DEFAULT '',
    match_ip_address  text NOT NULL DEFAULT '',
    match_sip_domain  text NOT NULL DEFAULT '',
    verify_cert       boolean NOT NULL DEFAULT false,
    require_cert      boolean NOT NULL DEFAULT false,
    change_date       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sip_domains_customer_has_a_reseller CHECK (customer IS NULL OR reseller IS NOT NULL),
    -- A customer that moves to another reseller takes its records along.
    CONSTRAINT sip_domains_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE,
    CONSTRAINT sip_domains_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller)
);
CREATE INDEX ON sip_domains (reseller, customer);
CREATE INDEX ON sip_domains (customer);

CREATE TRIGGER touch BEFORE UPDATE ON sip_domains FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

ALTER TABLE sip_domains ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_domains TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
CREATE POLICY routing ON sip_domains FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_domains TO ngnpro_server;
GRANT SELECT (id, domain, customer, reseller) ON sip_domains TO sip_proxy;

-- An address is an account or an alias, never both. Kept by triggers of the two tables; nobody writes here.
CREATE TABLE sip_addresses (
    domain_id  bigint NOT NULL REFERENCES sip_domains (id),
    username   text NOT NULL,
    PRIMARY KEY (domain_id, username)
);
ALTER TABLE sip_addresses ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION ngnpro_hold_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM sip_addresses WHERE domain_id = OLD.domain_id AND username = OLD.username;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO sip_addresses (domain_id, username) VALUES (NEW.domain_id, NEW.username);
    END IF;
    RETURN NULL;
END $$;
