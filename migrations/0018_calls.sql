-- Calls: those under way (no stop_time) and those that were. The proxy writes, the server shows. A call is in reach of
-- whoever its caller's or its callee's account belongs to; when both accounts are gone it is the administrator's.

CREATE TABLE calls (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id         text NOT NULL,
    from_tag           text NOT NULL DEFAULT '',
    to_tag             text NOT NULL DEFAULT '',
    from_uri           text NOT NULL DEFAULT '',
    to_uri             text NOT NULL DEFAULT '',
    from_header        text NOT NULL DEFAULT '',
    caller_id          bigint REFERENCES sip_accounts (id) ON DELETE SET NULL,
    callee_id          bigint REFERENCES sip_accounts (id) ON DELETE SET NULL,
    start_time         timestamptz NOT NULL DEFAULT now(),
    stop_time          timestamptz,
    status             integer CHECK (status BETWEEN 100 AND 699),
    proxy_ip           text NOT NULL DEFAULT '',
    node               text NOT NULL DEFAULT '',
    application_types  text[] NOT NULL DEFAULT '{}',
    price              numeric(14, 4),
    rate               text NOT NULL DEFAULT '',
    CONSTRAINT calls_do_not_end_before_they_start CHECK (stop_time IS NULL OR stop_time >= start_time)
);
CREATE INDEX ON calls (caller_id, start_time DESC);
CREATE INDEX ON calls (callee_id, start_time DESC);
CREATE INDEX ON calls (session_id);
CREATE INDEX ON calls (node) WHERE stop_time IS NULL;

ALTER TABLE calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON calls TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = calls.caller_id)
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = calls.callee_id)
);
CREATE POLICY live ON calls TO sip_proxy USING (true);
GRANT SELECT ON calls TO ngnpro_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON calls TO sip_proxy;
