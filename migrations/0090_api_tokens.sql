-- Tokens that programs sign in with in place of a password: each belongs to one customer, or to the administrator, may do what
-- its scopes say, and can be revoked. The token itself is not here, only its digest.

CREATE TABLE api_tokens (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- Whom it acts as; NULL: the administrator.
    customer  bigint,
    reseller  bigint,
    name      text NOT NULL CHECK (name <> '' AND length(name) <= 100),
    scopes    text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 100 AND array_position(scopes, NULL) IS NULL),
    created   timestamptz NOT NULL DEFAULT now(),
    expires   timestamptz,
    CONSTRAINT api_tokens_customer_has_a_reseller CHECK ((customer IS NULL) = (reseller IS NULL)),
    CONSTRAINT api_tokens_customer_of_the_reseller
        FOREIGN KEY (customer, reseller) REFERENCES customers (id, reseller) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX ON api_tokens (reseller, customer);
CREATE INDEX ON api_tokens (customer);
ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON api_tokens TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
GRANT SELECT, INSERT, DELETE ON api_tokens TO ngnpro_server;
CALL ngnpro_journal('api_tokens', key => 'r.id::text', parents => ARRAY['customers'], parent_columns => ARRAY['customer'],
    secrets => ARRAY['digest']);

-- When a token was last used, to the minute: no part of what is provisioned.
CREATE TABLE api_token_uses (
    token_id  bigint PRIMARY KEY REFERENCES api_tokens (id) ON DELETE CASCADE,
    at        timestamptz NOT NULL
);
ALTER TABLE api_token_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON api_token_uses TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator()) OR EXISTS (SELECT FROM api_tokens WHERE api_tokens.id = api_token_uses.token_id)
);
GRANT SELECT ON api_token_uses TO ngnpro_server;

-- All that a call with a token asks, in one round trip and before there is a scope: as ngnpro_sign_in. No row for a token that
-- is not there, or not any more.
CREATE FUNCTION ngnpro_token_sign_in(of_digest bytea, wanted bigint)
RETURNS TABLE (id bigint, customer bigint, reseller bigint, username text, scopes text[], is_fresh boolean,
               wanted_reseller bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id, t.customer, t.reseller, (SELECT c.username FROM customers AS c WHERE c.id = t.customer), t.scopes,
           EXISTS (SELECT FROM api_token_uses AS u WHERE u.token_id = t.id AND u.at > now() - interval '1 minute'),
           (SELECT w.reseller FROM customers AS w WHERE w.id = wanted)
    FROM api_tokens AS t
    WHERE t.digest = of_digest AND (t.expires IS NULL OR t.expires > now());
END;
REVOKE ALL ON FUNCTION ngnpro_token_sign_in(bytea, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_token_sign_in(bytea, bigint) TO ngnpro_server;

-- Says that a token was used now. A token that was revoked meanwhile is none.
CREATE FUNCTION ngnpro_token_used(of_token bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO api_token_uses (token_id, at) SELECT id, now() FROM api_tokens WHERE id = of_token FOR KEY SHARE
    ON CONFLICT (token_id) DO UPDATE SET at = excluded.at WHERE api_token_uses.at < excluded.at - interval '1 minute';
$$;
REVOKE ALL ON FUNCTION ngnpro_token_used(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_token_used(bigint) TO ngnpro_server;
