-- How many records a customer and its reseller may have. Called in the creating transaction, before the insert: the
-- rows of both are locked until its end, so two servers cannot both take the last one.
-- A property that is absent or empty is no limit; one that is not a number allows nothing. Records of nobody have none.
-- Refused with SQLSTATE N9003 and the name of the credit as the constraint.

CREATE FUNCTION ngnpro_take_credit(kind text, for_customer bigint, for_reseller bigint, wanted integer DEFAULT 1)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    holder  bigint;
    allowed text;
    present bigint;
BEGIN
    IF kind NOT IN ('sip_credit', 'sip_alias_credit', 'enum_range_credit', 'enum_number_credit', 'dns_zone_credit',
                    'email_credit') THEN
        RAISE EXCEPTION 'no such credit: %', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- The reseller first, always: two callers then wait for each other in one order.
    FOR holder IN SELECT h FROM unnest(ARRAY[for_reseller, nullif(for_customer, for_reseller)]) WITH ORDINALITY AS u (h, n)
                  WHERE h IS NOT NULL ORDER BY n LOOP
        SELECT value INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
        CONTINUE WHEN NOT FOUND OR btrim(allowed) = '';
        PERFORM FROM customers WHERE id = holder FOR NO KEY UPDATE;
        -- Again, under the lock: whoever held it may have changed it.
        SELECT btrim(value) INTO allowed FROM customer_properties WHERE customer = holder AND name = kind;
        CONTINUE WHEN NOT FOUND OR allowed = '';
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
            END || CASE WHEN holder = for_reseller THEN ' WHERE p.reseller = $1' ELSE ' WHERE p.customer = $1' END
            INTO present USING holder;
        IF present + wanted > (CASE WHEN allowed ~ '^[0-9]{1,18}$' THEN allowed::bigint ELSE 0 END) THEN
            RAISE EXCEPTION 'maximum number of % records reached', kind
                USING ERRCODE = 'N9003', CONSTRAINT = kind;
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_take_credit(text, bigint, bigint, integer) TO ngnpro_server;
