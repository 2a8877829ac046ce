-- Presence: what an account's holder publishes, how it treats those who watch, and who watches.

CREATE TABLE sip_presence (
    account_id  bigint PRIMARY KEY REFERENCES sip_accounts (id) ON DELETE CASCADE,
    activity    text NOT NULL CHECK (activity IN ('open', 'idle', 'busy', 'available')),
    note        text NOT NULL DEFAULT ''
);

-- Which watcher is treated how; those who are not named are to be confirmed.
CREATE TABLE sip_presence_policies (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    watcher     text NOT NULL CHECK (watcher <> '' AND watcher = lower(watcher)),
    treatment   text NOT NULL CHECK (treatment IN ('allow', 'deny', 'confirm')),
    position    integer NOT NULL DEFAULT 0 CHECK (position >= 0),
    PRIMARY KEY (account_id, watcher)
);

-- Who has asked to watch; kept by whatever serves subscriptions.
CREATE TABLE sip_presence_watchers (
    account_id  bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    watcher     text NOT NULL CHECK (watcher <> '' AND watcher = lower(watcher)),
    expires     timestamptz,
    PRIMARY KEY (account_id, watcher)
);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sip_presence', 'sip_presence_policies', 'sip_presence_watchers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY scope ON %1$I TO ngnpro_server USING ((SELECT ngnpro_is_administrator())
            OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = %1$I.account_id))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON sip_presence, sip_presence_policies TO ngnpro_server;
GRANT SELECT ON sip_presence_watchers TO ngnpro_server;

-- What the password of an account is checked with, before there is a scope.
CREATE FUNCTION ngnpro_account_sign_in(of_username text, of_domain text)
RETURNS TABLE (customer bigint, reseller bigint, ha1 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT d.customer, d.reseller, a.ha1
    FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
    WHERE a.username = of_username AND d.domain = of_domain;
END;
REVOKE ALL ON FUNCTION ngnpro_account_sign_in(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_account_sign_in(text, text) TO ngnpro_server;
