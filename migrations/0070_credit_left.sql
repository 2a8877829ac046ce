-- How many records more a customer or reseller may have, for whoever makes many at once. The rule that was inside of
-- ngnpro_take_credit, for one holder; the row of the holder stays locked until the transaction ends.
-- NULL: no limit. Negative: more are there than are allowed now.
CREATE FUNCTION ngnpro_credit_left(kind text, holder bigint, as_reseller boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    allowed text;
    present bigint;
BEGIN
    IF kind NOT IN ('sip_credit', 'sip_alias_credit', 'enum_range_credit', 'enum_number_credit', 'dns_zone_credit',
                    'email_credit') THEN
        RAISE EXCEPTION 'no such credit: %', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT value INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
    IF NOT FOUND OR btrim(allowed) = '' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM customers WHERE id = holder FOR NO KEY UPDATE;
    -- Again, under the lock: whoever held it may have changed it.
    SELECT btrim(value) INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
    IF NOT FOUND OR allowed = '' THEN
        RETURN NULL;
    END IF;
    EXECUTE CASE kind
        WHEN 'sip_credit' THEN
            'SELECT count(*) FROM sip_accounts JOIN sip_domains AS p ON p.id = domain_id'
        WHEN 'sip_alias_credit' THEN
            'SELECT count(*) FROM sip_aliases JOIN sip_domains AS p ON p.id = domain_id'
        WHEN 'enum_range_credit' THEN 'SELECT count(*) FROM enum_ranges AS p'
        WHEN 'enum_number_credit' THEN
            'SELECT count(*) FROM enum_numbers JOIN enum_ranges AS p ON p.id = range_id'
        WHEN 'dns_zone_credit' THEN 'SELECT count(*) FROM dns_zones AS p'
        WHEN 'email_credit' THEN
            'SELECT count(*) FROM dns_fancy_records JOIN dns_zones AS p ON p.id = zone_id AND type = ''MBOXFW'''
        END || CASE WHEN as_reseller THEN ' WHERE p.reseller = $1' ELSE ' WHERE p.customer = $1' END
        INTO present USING holder;
    RETURN (CASE WHEN allowed ~ '^[0-9]{1,18}$' THEN allowed::bigint ELSE 0 END) - present;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_credit_left(text, bigint, boolean) TO ngnpro_server;

CREATE OR REPLACE FUNCTION ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint,
                                              wanted integer DEFAULT 1)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    holder  bigint;
BEGIN
    -- The reseller first, always: two callers then wait for each other in one order.
    FOR holder IN SELECT h FROM unnest(ARRAY[for_reseller, nullif(for_customer, for_reseller)]) WITH ORDINALITY AS u (h, n)
                  WHERE h IS NOT NULL ORDER BY n LOOP
        IF ngnpro_credit_left(kind, holder, holder = for_reseller) < wanted THEN
            RAISE EXCEPTION 'maximum number of % records reached', kind
                USING ERRCODE = 'N9003', CONSTRAINT = kind;
        END IF;
    END LOOP;
END $$;
