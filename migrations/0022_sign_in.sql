-- All that a call's credentials ask of the customers table, in one round trip and before there is a scope: the row of the
-- login name, the row that it acts as, and the customer that the caller wants to act as. Always one row; what does not
-- exist is NULL.
CREATE FUNCTION ngnpro_sign_in(login text, wanted bigint)
RETURNS TABLE (id bigint, reseller bigint, password_hash text,
               acting bigint, acting_reseller bigint, wanted_reseller bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT c.id, c.reseller, c.password_hash, c.impersonate,
           (SELECT a.reseller FROM customers AS a WHERE a.id = c.impersonate),
           (SELECT w.reseller FROM customers AS w WHERE w.id = wanted)
    FROM (SELECT) AS always
    LEFT JOIN customers AS c ON lower(c.username) = lower(login);
END;
REVOKE ALL ON FUNCTION ngnpro_sign_in(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_sign_in(text, bigint) TO ngnpro_server;
