-- Where the devices of an account are: its registered contacts. The proxy writes, the server shows.
-- A set of contacts is replaced as a whole: position is the place in the set, so that a refresh updates rows in place.

CREATE TABLE locations (
    account_id    bigint NOT NULL REFERENCES sip_accounts (id) ON DELETE CASCADE,
    position      integer NOT NULL CHECK (position >= 0),
    contact       text NOT NULL CHECK (contact <> ''),           -- the Contact's URI
    params        text NOT NULL DEFAULT '',                      -- its other parameters, with the leading semicolon
    q_per_mille   integer CHECK (q_per_mille BETWEEN 0 AND 1000),
    path          text NOT NULL DEFAULT '',                      -- RFC 3327 §5.3, as a Route header's value
    call_id       text NOT NULL,
    cseq          bigint NOT NULL CHECK (cseq BETWEEN 0 AND 4294967295),
    user_agent    text NOT NULL DEFAULT '',
    address       text NOT NULL,                                 -- host and port of the contact's URI
    port          integer NOT NULL CHECK (port BETWEEN 0 AND 65535),
    transport     text NOT NULL CHECK (transport IN ('udp', 'tcp', 'tls', 'ws', 'wss')),
    received      inet NOT NULL,                                 -- where the REGISTER came from
    received_port integer NOT NULL CHECK (received_port BETWEEN 0 AND 65535),
    local         text NOT NULL DEFAULT '',                      -- which of our sockets it came to
    node          text NOT NULL DEFAULT '',                      -- which proxy holds the flow
    expires       timestamptz NOT NULL,
    PRIMARY KEY (account_id, position)
) WITH (fillfactor = 70);
CREATE INDEX ON locations (expires);

ALTER TABLE locations ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON locations TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = locations.account_id)
);
CREATE POLICY live ON locations TO sip_proxy USING (true);
GRANT SELECT ON locations TO ngnpro_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON locations TO sip_proxy;
