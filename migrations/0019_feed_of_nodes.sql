-- Which proxy wrote an entry, so that it can pass over its own: set as ngnpro.node on the connections of that proxy.
-- Empty: not a proxy's work, everybody's business.

ALTER TABLE change_log ADD COLUMN node text NOT NULL DEFAULT coalesce(current_setting('ngnpro.node', true), '');

-- Only proxies follow the feed. Servers ask the table at each sign-in, so that nothing they hold can be out of date.
REVOKE SELECT ON change_log, change_log_horizon FROM ngnpro_server;
DROP TRIGGER feed_insert ON customers;
DROP TRIGGER feed_update ON customers;
DROP TRIGGER feed_delete ON customers;
DROP TRIGGER feed_truncate ON customers;

-- Where a device is, for the proxies that did not take its registration: contacts that came, went or moved. What would
-- drown the rest is not told: a refresh that only moves the end, which a reader finds when it looks again at the end that
-- it knows, and the removal of what has ended.
CREATE FUNCTION ngnpro_feed_location() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM changed) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    WHEN 'DELETE' THEN
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM changed WHERE expires > now()) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    ELSE
        INSERT INTO change_log (table_name, key, op)
            SELECT TG_TABLE_NAME, a.username || '@' || d.domain, TG_OP
            FROM (SELECT DISTINCT account_id FROM (
                      SELECT account_id, position, contact, params, q_per_mille, path, transport, received, received_port,
                             local, node FROM changed
                      EXCEPT
                      SELECT account_id, position, contact, params, q_per_mille, path, transport, received, received_port,
                             local, node FROM gone
                  ) AS moved) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    END CASE;
    RETURN NULL;
END $$;

DROP TRIGGER feed_insert ON locations;
DROP TRIGGER feed_update ON locations;
DROP TRIGGER feed_delete ON locations;
DROP TRIGGER feed_truncate ON locations;
CALL ngnpro_feed('locations', 'location');
