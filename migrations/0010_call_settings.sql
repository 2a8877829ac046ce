-- What an account's holder decides about calls: diversions, accept rules, rejected callers, barred prefixes, phonebook.

CREATE TABLE sip_call_diversions (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    condition   text NOT NULL
        CHECK (condition IN ('FUNC', 'FNOL', 'FUNV', 'FNOA', 'FBUS', 'RUNC', 'RNOL', 'RUNV', 'RNOA', 'RBUS')),
    target      text NOT NULL CHECK (target = '<voice-mailbox>' OR target ~* '^sips?:.'),
    PRIMARY KEY (account_id, condition)
);

-- Who is accepted in a time window of the account's time zone. days is a bit set, Monday 1 to Sunday 64.
CREATE TABLE sip_accept_rules (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    position    integer NOT NULL CHECK (position >= 0),
    days        integer NOT NULL DEFAULT 127 CHECK (days BETWEEN 0 AND 127),
    start       time NOT NULL,
    stop        time NOT NULL,
    groups      text[] NOT NULL DEFAULT '{}' CHECK (array_position(groups, NULL) IS NULL),
    PRIMARY KEY (account_id, position)
);

-- The rule that lapses; one an account.
CREATE TABLE sip_temporary_accept_rules (
    account_id  bigint PRIMARY KEY REFERENCES sip_accounts (id) ON DELETE CASCADE,
    groups      text[] NOT NULL CHECK (cardinality(groups) > 0 AND array_position(groups, NULL) IS NULL),
    expires     timestamptz NOT NULL
);

CREATE TABLE sip_reject_members (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    member      text NOT NULL CHECK (member <> ''),
    position    integer NOT NULL DEFAULT 0 CHECK (position >= 0),
    PRIMARY KEY (account_id, member)
);

CREATE TABLE sip_barring_prefixes (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    prefix      text NOT NULL CHECK (prefix ~ '^\+?[1-9][0-9]*$'),
    position    integer NOT NULL DEFAULT 0 CHECK (position >= 0),
    PRIMARY KEY (account_id, prefix)
);

CREATE TABLE sip_phonebook_entries (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    uri         text NOT NULL CHECK (uri <> '' AND length(uri) <= 1024),
    name        text NOT NULL DEFAULT '',
    group_name  text NOT NULL DEFAULT '',
    first_name  text NOT NULL DEFAULT '',
    last_name   text NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, uri)
);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sip_call_diversions', 'sip_accept_rules', 'sip_temporary_accept_rules',
                             'sip_reject_members', 'sip_barring_prefixes', 'sip_phonebook_entries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY scope ON %1$I TO ngnpro_server USING ((SELECT ngnpro_is_administrator())
            OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = %1$I.account_id))', t);
        EXECUTE format('CREATE POLICY routing ON %I FOR SELECT TO sip_proxy USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO ngnpro_server', t);
        EXECUTE format('CALL ngnpro_feed(%L, ''account'')', t);
    END LOOP;
END $$;

GRANT SELECT ON sip_call_diversions, sip_accept_rules, sip_temporary_accept_rules, sip_reject_members,
    sip_barring_prefixes TO sip_proxy;
-- Which group a caller is in; not how the holder names it.
GRANT SELECT (account_id, uri, group_name) ON sip_phonebook_entries TO sip_proxy;
