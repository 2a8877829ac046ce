-- A zone within a zone of somebody else's would take names away from it: what answers for a name is the longest zone around it.

-- The longest zone that a name is in, whoever's it is. A zone's own name is in that zone.
CREATE FUNCTION ngnpro_dns_zone_of(wanted text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT id FROM dns_zones
    WHERE name = ANY (ARRAY(
        SELECT array_to_string((string_to_array(wanted, '.'))[n:], '.')
        FROM generate_series(1, cardinality(string_to_array(wanted, '.'))) AS n
    ))
    ORDER BY length(name) DESC LIMIT 1;
END;
GRANT EXECUTE ON FUNCTION ngnpro_dns_zone_of(text) TO ngnpro_server;
