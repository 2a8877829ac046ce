-- What the platform recorded of dialogs: SIP messages, media sessions with their streams, and the media relays. The server
-- shows it to the administrator, nobody else reaches any of it. Who records is given its rights when it is built.

CREATE TABLE sip_trace_messages (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node       text NOT NULL,                       -- address of the proxy that saw it
    call_id    text NOT NULL CHECK (call_id <> ''),
    from_tag   text NOT NULL DEFAULT '',
    to_tag     text NOT NULL DEFAULT '',
    seen       timestamptz NOT NULL DEFAULT now(),
    from_ip    text NOT NULL,                       -- transport:address:port
    to_ip      text NOT NULL,
    direction  text NOT NULL CHECK (direction IN ('in', 'out')),
    method     text NOT NULL,
    status     text NOT NULL DEFAULT '' CHECK (status ~ '^([1-6][0-9][0-9])?$'),
    message    text NOT NULL CHECK (octet_length(message) <= 65535)
);
CREATE INDEX ON sip_trace_messages (call_id);
CREATE INDEX ON sip_trace_messages (seen);

CREATE TABLE media_relays (
    ip           text PRIMARY KEY CHECK (ip <> ''),
    version      text NOT NULL DEFAULT '',
    started      timestamptz NOT NULL DEFAULT now(),
    bps_relayed  bigint NOT NULL DEFAULT 0 CHECK (bps_relayed >= 0),
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'halting'))
);

CREATE TABLE media_sessions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relay       text NOT NULL,                      -- address of the media relay
    node        text NOT NULL DEFAULT '',           -- address of the proxy that handles the call
    call_id     text NOT NULL CHECK (call_id <> ''),
    from_tag    text NOT NULL DEFAULT '',
    to_tag      text NOT NULL DEFAULT '',
    from_uri    text NOT NULL DEFAULT '',
    to_uri      text NOT NULL DEFAULT '',
    caller_ua   text NOT NULL DEFAULT '',
    callee_ua   text NOT NULL DEFAULT '',
    start_time  timestamptz NOT NULL DEFAULT now(),
    stop_time   timestamptz,                        -- none while it runs
    CONSTRAINT media_sessions_do_not_end_before_they_start CHECK (stop_time IS NULL OR stop_time >= start_time)
);
CREATE INDEX ON media_sessions (call_id);
CREATE INDEX ON media_sessions (relay) WHERE stop_time IS NULL;

CREATE TABLE media_streams (
    session_id      bigint NOT NULL REFERENCES media_sessions (id) ON DELETE CASCADE,
    position        integer NOT NULL CHECK (position >= 0),
    media_type      text NOT NULL,
    start_time      integer NOT NULL DEFAULT 0 CHECK (start_time >= 0),  -- seconds from the start of the session
    end_time        integer,
    timeout_wait    integer NOT NULL DEFAULT 0 CHECK (timeout_wait >= 0),
    status          text NOT NULL DEFAULT '',
    caller_codec    text NOT NULL DEFAULT '',
    caller_local    text NOT NULL DEFAULT '',
    callee_local    text NOT NULL DEFAULT '',
    caller_remote   text NOT NULL DEFAULT '',
    callee_remote   text NOT NULL DEFAULT '',
    caller_packets  bigint NOT NULL DEFAULT 0 CHECK (caller_packets >= 0),
    callee_packets  bigint NOT NULL DEFAULT 0 CHECK (callee_packets >= 0),
    caller_bytes    bigint NOT NULL DEFAULT 0 CHECK (caller_bytes >= 0),
    callee_bytes    bigint NOT NULL DEFAULT 0 CHECK (callee_bytes >= 0),
    PRIMARY KEY (session_id, position)
);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sip_trace_messages', 'media_relays', 'media_sessions', 'media_streams'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY scope ON %I TO ngnpro_server USING ((SELECT ngnpro_is_administrator()))', t);
        EXECUTE format('GRANT SELECT ON %I TO ngnpro_server', t);
    END LOOP;
END $$;
