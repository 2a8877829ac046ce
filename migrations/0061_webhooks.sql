-- Webhooks: where a tenant wants to be told of its changes. The queue of a hook is the journal itself: a hook has a position
-- in it, which moves on when the receiver has said that it took what was sent. So a delivery survives a restart, and nothing
-- that is committed is lost while the journal keeps it.

CREATE TABLE webhooks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer     bigint,
    reseller     bigint,
    url          text NOT NULL CHECK (url ~ '^https?://[^[:space:]]+$' AND length(url) <= 2048),
    description  text NOT NULL DEFAULT '' CHECK (length(description) <= 255),
    -- What it is told of: of these tables and operations; none named: of all.
    resources    text[] NOT NULL DEFAULT '{}' CHECK (array_position(resources, NULL) IS NULL),
    operations   text[] NOT NULL DEFAULT '{}' CHECK (array_position(operations, NULL) IS NULL),
    -- Signs what is sent; shown once, when it is made.
    secret       text NOT NULL CHECK (secret <> ''),
    active       boolean NOT NULL DEFAULT true,
    create_date  timestamptz NOT NULL DEFAULT now(),
    change_date  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhooks_customer_has_a_reseller CHECK (customer IS NULL OR reseller IS NOT NULL),
    -- A hook goes with its owner.
    CONSTRAINT webhooks_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT webhooks_reseller_is_a_reseller
        FOREIGN KEY (reseller, reseller) REFERENCES customers (id, reseller) ON DELETE CASCADE
);
CREATE INDEX ON webhooks (reseller, customer);
CREATE INDEX ON webhooks (customer, reseller);
CREATE TRIGGER touch BEFORE UPDATE ON webhooks FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON webhooks TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR (customer = (SELECT ngnpro_scope_customer()) AND reseller = (SELECT ngnpro_scope_customer_reseller()))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO ngnpro_server;
CALL ngnpro_journal('webhooks', key => 'r.id::text', secrets => ARRAY['secret']);

-- How far a hook is, and what became of the last try. One server at a time delivers for a hook: it holds a lease.
CREATE TABLE webhook_positions (
    webhook_id    bigint PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
    xid           xid8 NOT NULL,
    seq           bigint NOT NULL DEFAULT 0,
    attempts      integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),   -- of what is next to be delivered
    next_attempt  timestamptz NOT NULL DEFAULT now(),
    leased_until  timestamptz NOT NULL DEFAULT '-infinity',
    lease         text NOT NULL DEFAULT '',
    last_success  timestamptz,
    last_error    text NOT NULL DEFAULT ''
);
CREATE INDEX ON webhook_positions (next_attempt);

-- What was given up: as it was sent, to be sent again by hand. What follows it was delivered meanwhile.
CREATE TABLE webhook_dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id  bigint NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    delivery    text NOT NULL,
    body        text NOT NULL,
    events      integer NOT NULL CHECK (events > 0),
    attempts    integer NOT NULL CHECK (attempts >= 0),
    error       text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON webhook_dead_letters (webhook_id, id);

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['webhook_positions', 'webhook_dead_letters'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY scope ON %1$I TO ngnpro_server USING ((SELECT ngnpro_is_administrator())
            OR EXISTS (SELECT FROM webhooks WHERE webhooks.id = %1$I.webhook_id))', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO ngnpro_server', t);
    END LOOP;
END $$;
