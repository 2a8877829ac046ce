-- A contact that is one flow of a device (RFC 5626) is known by the device and the flow's number, not by its URI: flow_key holds both,
-- and is empty for others. relay is the Route by which other proxies reach a contact through the one that holds its connection.

ALTER TABLE locations
    ADD COLUMN flow_key text NOT NULL DEFAULT '',
    ADD COLUMN relay    text NOT NULL DEFAULT '';

CREATE OR REPLACE FUNCTION ngnpro_feed_location() RETURNS trigger
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
                             local, node, flow_key, relay FROM changed
                      EXCEPT
                      SELECT account_id, position, contact, params, q_per_mille, path, transport, received, received_port,
                             local, node, flow_key, relay FROM gone
                  ) AS moved) AS c
            JOIN sip_accounts AS a ON a.id = c.account_id JOIN sip_domains AS d ON d.id = a.domain_id;
    END CASE;
    RETURN NULL;
END $$;
