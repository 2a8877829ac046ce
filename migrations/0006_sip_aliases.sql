-- Further addresses of accounts. The alias belongs to its own domain's customer, whatever its target's.

CREATE TABLE sip_aliases (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain_id    bigint NOT NULL REFERENCES sip_domains (id),
    username     text NOT NULL CHECK (username = lower(username) AND username <> '' AND length(username) <= 255),
    target_id    bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    owner        bigint REFERENCES customers (id) ON DELETE SET NULL,
    change_date  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (domain_id, username)
);
CREATE INDEX ON sip_aliases (target_id);
CREATE INDEX ON sip_aliases (owner) WHERE owner IS NOT NULL;
CREATE INDEX ON sip_aliases (change_date);

CREATE TRIGGER touch BEFORE UPDATE ON sip_aliases FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON sip_aliases
    FOR EACH ROW EXECUTE FUNCTION ngnpro_hold_address();

ALTER TABLE sip_aliases ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_aliases TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_domains WHERE sip_domains.id = sip_aliases.domain_id)
);
CREATE POLICY routing ON sip_aliases FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_aliases TO ngnpro_server;
GRANT SELECT ON sip_aliases TO sip_proxy;
