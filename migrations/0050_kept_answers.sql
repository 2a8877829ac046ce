-- Answers to writes that were done under a key of the caller's, kept for as long as the caller may ask again: in the
-- transaction of the change itself, so that there is the one if and only if there is the other.
--
-- Neither the caller's key nor the request stands here, only digests; the answer is sealed with the caller's key.

CREATE TABLE kept_answers (
    digest    bytea PRIMARY KEY CHECK (length(digest) = 32),
    -- Whose it is; NULL: the administrator's. No references: it may outlive them by a day.
    customer  bigint,
    reseller  bigint,
    request   bytea NOT NULL CHECK (length(request) = 32),
    -- NULL only while the transaction runs.
    answer    bytea,
    expires   timestamptz NOT NULL
);
CREATE INDEX ON kept_answers (expires);
ALTER TABLE kept_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON kept_answers TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR reseller = (SELECT ngnpro_scope_reseller())
    OR customer = (SELECT ngnpro_scope_customer())
);
GRANT SELECT, INSERT, UPDATE ON kept_answers TO ngnpro_server;

-- Forgets at most so many that nobody may ask for any more, whosever they are; answers how many.
CREATE FUNCTION ngnpro_forget_answers(most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH old AS (
        SELECT digest FROM kept_answers WHERE expires <= now() ORDER BY expires LIMIT most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM kept_answers USING old WHERE kept_answers.digest = old.digest RETURNING 1
    )
    SELECT count(*)::integer FROM gone;
$$;
REVOKE ALL ON FUNCTION ngnpro_forget_answers(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_forget_answers(integer) TO ngnpro_server;
