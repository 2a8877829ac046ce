-- Who a transaction works for. The server says it once, when it begins:
--   set_config('ngnpro.scope', 'admin' | 'reseller:<id>' | 'customer:<id>:<reseller>', true)
-- and row-level security reads it. Not set means nobody, and nobody sees nothing.
-- Policies call these in scalar subqueries, so that each is evaluated once a statement and not once a row.

CREATE FUNCTION ngnpro_is_administrator() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('ngnpro.scope', true), '') = 'admin';

-- The reseller whose rows are all in reach; NULL for a customer.
CREATE FUNCTION ngnpro_scope_reseller() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN current_setting('ngnpro.scope', true) LIKE 'reseller:%'
            THEN split_part(current_setting('ngnpro.scope', true), ':', 2)::bigint END;

-- The customer whose rows are in reach; NULL for a reseller.
CREATE FUNCTION ngnpro_scope_customer() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN current_setting('ngnpro.scope', true) LIKE 'customer:%'
            THEN split_part(current_setting('ngnpro.scope', true), ':', 2)::bigint END;

-- That customer's reseller: its own row must not leave it.
CREATE FUNCTION ngnpro_scope_customer_reseller() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN current_setting('ngnpro.scope', true) LIKE 'customer:%'
            THEN split_part(current_setting('ngnpro.scope', true), ':', 3)::bigint END;

GRANT EXECUTE ON FUNCTION ngnpro_is_administrator(), ngnpro_scope_reseller(), ngnpro_scope_customer(),
    ngnpro_scope_customer_reseller()
    TO ngnpro_server;

-- change_date is the server's: set on every change, whatever the writer says.
CREATE FUNCTION ngnpro_touch() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.change_date := now();
    RETURN NEW;
END $$;
