-- What a customer says of its voicemail decides calls: where mailboxes are, and what is dialled to hear them. The proxy reads these
-- properties and no others.

CREATE POLICY routing ON customer_properties FOR SELECT TO sip_proxy
    USING (name IN ('voicemail_server', 'voicemail_access_number'));
GRANT SELECT (customer, name, value) ON customer_properties TO sip_proxy;

CREATE FUNCTION ngnpro_feed_routing_property() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO change_log (table_name, key, op)
        SELECT DISTINCT TG_TABLE_NAME, customer::text, TG_OP FROM changed
        WHERE name IN ('voicemail_server', 'voicemail_access_number');
    RETURN NULL;
END $$;
CALL ngnpro_feed('customer_properties', 'routing_property');
