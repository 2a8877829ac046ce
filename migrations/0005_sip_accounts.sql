-- SIP accounts and the lists that are replaced with them: groups, networks, properties.

CREATE TABLE sip_accounts (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain_id         bigint NOT NULL REFERENCES sip_domains (id),
    username          text NOT NULL CHECK (username = lower(username) AND username <> '' AND length(username) <= 255),
    -- Clear text only where the configuration asks for it. SHA-256 is missing when the client sent MD5 digests.
    password          text CHECK (password <> ''),
    ha1               text NOT NULL CHECK (ha1 ~ '^[0-9a-f]{32}$'),
    ha1b              text NOT NULL CHECK (ha1b ~ '^[0-9a-f]{32}$'),
    ha1_sha256        text CHECK (ha1_sha256 ~ '^[0-9a-f]{64}$'),
    first_name        text NOT NULL DEFAULT '',
    last_name         text NOT NULL DEFAULT '',
    email             text NOT NULL DEFAULT '',
    timezone          text NOT NULL DEFAULT '',
    rpid              text NOT NULL DEFAULT '',
    quota             integer NOT NULL DEFAULT 0 CHECK (quota >= 0),
    quickdial_prefix  text NOT NULL DEFAULT '',
    call_limit        integer NOT NULL DEFAULT 0 CHECK (call_limit >= 0),
    prepaid           boolean NOT NULL DEFAULT false,
    region            text NOT NULL DEFAULT '',
    timeout           integer NOT NULL DEFAULT 35 CHECK (timeout BETWEEN 1 AND 900),
    owner             bigint REFERENCES customers (id) ON DELETE SET NULL,
    change_date       timestamptz NOT NULL DEFAULT now(),
    create_date       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (domain_id, username)
);
CREATE INDEX ON sip_accounts (owner) WHERE owner IS NOT NULL;
CREATE INDEX ON sip_accounts (username text_pattern_ops);
CREATE INDEX ON sip_accounts (change_date);

CREATE TRIGGER touch BEFORE UPDATE ON sip_accounts FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();
CREATE TRIGGER hold_address AFTER INSERT OR DELETE OR UPDATE OF domain_id, username ON sip_accounts
    FOR EACH ROW EXECUTE FUNCTION ngnpro_hold_address();

ALTER TABLE sip_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_accounts TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_domains WHERE sip_domains.id = sip_accounts.domain_id)
);
CREATE POLICY routing ON sip_accounts FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_accounts TO ngnpro_server;
-- Neither the clear text password nor what names a person.
GRANT SELECT (id, domain_id, username, ha1, ha1b, ha1_sha256, timezone, rpid, quota, quickdial_prefix, call_limit,
              prepaid, region, timeout) ON sip_accounts TO sip_proxy;

-- Rights. Being prepaid is the account's attribute and stands there alone; sip_account_groups_all shows it as a group.
CREATE TABLE sip_account_groups (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    name        text NOT NULL CHECK (name <> '' AND name <> 'prepaid'),
    PRIMARY KEY (account_id, name)
);
CREATE INDEX ON sip_account_groups (name);

ALTER TABLE sip_account_groups ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_account_groups TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = sip_account_groups.account_id)
);
CREATE POLICY routing ON sip_account_groups FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_account_groups TO ngnpro_server;
GRANT SELECT ON sip_account_groups TO sip_proxy;

CREATE VIEW sip_account_groups_all WITH (security_invoker = true) AS
    SELECT account_id, name FROM sip_account_groups
    UNION ALL
    SELECT id, 'prepaid' FROM sip_accounts WHERE prepaid;
GRANT SELECT ON sip_account_groups_all TO ngnpro_server, sip_proxy;

-- Networks the account may be used from; none = everywhere. position keeps the order the client sent.
CREATE TABLE sip_account_acl (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    network     cidr NOT NULL,
    tag         text NOT NULL DEFAULT '',
    position    integer NOT NULL DEFAULT 0 CHECK (position >= 0),
    PRIMARY KEY (account_id, network)
);

ALTER TABLE sip_account_acl ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_account_acl TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = sip_account_acl.account_id)
);
CREATE POLICY routing ON sip_account_acl FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_account_acl TO ngnpro_server;
GRANT SELECT ON sip_account_acl TO sip_proxy;

-- Free pairs without effect on routing: the proxy does not read them.
CREATE TABLE sip_account_properties (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    name        text NOT NULL CHECK (name <> ''),
    value       text NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, name)
);

ALTER TABLE sip_account_properties ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON sip_account_properties TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = sip_account_properties.account_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_account_properties TO ngnpro_server;
