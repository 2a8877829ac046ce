-- Voicemail boxes. They go with their account.

CREATE SEQUENCE voicemail_mailbox_seq START WITH 1000000 MINVALUE 1000000;

CREATE TABLE voicemail_accounts (
    account_id      bigint PRIMARY KEY REFERENCES sip_accounts (id) ON DELETE CASCADE,
    mailbox         text NOT NULL UNIQUE CHECK (mailbox ~ '^[0-9]{1,15}$'),
    password        text NOT NULL DEFAULT '' CHECK (password ~ '^[0-9]*$'),
    name            text NOT NULL DEFAULT '',
    email           text NOT NULL DEFAULT '',
    info            text NOT NULL DEFAULT '',
    options_delete  boolean NOT NULL DEFAULT true,
    change_date     timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER touch BEFORE UPDATE ON voicemail_accounts FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

-- The next generated mailbox: one that nobody chose by hand. It looks past row-level security: boxes are numbered on
-- the whole platform.
CREATE FUNCTION ngnpro_next_mailbox() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    candidate text;
BEGIN
    LOOP
        candidate := nextval('voicemail_mailbox_seq')::text;
        EXIT WHEN NOT EXISTS (SELECT FROM voicemail_accounts WHERE mailbox = candidate);
    END LOOP;
    RETURN candidate;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_next_mailbox() TO ngnpro_server;
ALTER TABLE voicemail_accounts ALTER mailbox SET DEFAULT ngnpro_next_mailbox();

ALTER TABLE voicemail_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON voicemail_accounts TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = voicemail_accounts.account_id)
);
CREATE POLICY routing ON voicemail_accounts FOR SELECT TO sip_proxy USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON voicemail_accounts TO ngnpro_server;
GRANT SELECT (account_id, mailbox) ON voicemail_accounts TO sip_proxy;
CALL ngnpro_feed('voicemail_accounts', 'account');

-- The greeting: an audio file. Apart, so that reading a box does not read it.
CREATE TABLE voicemail_announcements (
    account_id  bigint PRIMARY KEY REFERENCES voicemail_accounts (account_id) ON DELETE CASCADE,
    message     bytea NOT NULL CHECK (octet_length(message) BETWEEN 1 AND 10485760)
);
ALTER TABLE voicemail_announcements ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON voicemail_announcements TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM voicemail_accounts WHERE voicemail_accounts.account_id = voicemail_announcements.account_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON voicemail_announcements TO ngnpro_server;
