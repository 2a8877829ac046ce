-- Which range a number, or a longer prefix, lies in: the longest one of its root that begins it, whoever's that is. What
-- is somebody else's is not for the caller to add to, so this looks past row-level security and tells the key alone.
CREATE FUNCTION ngnpro_enum_range_of(digits text, root text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT id FROM enum_ranges
    WHERE tld = root AND prefix = ANY (ARRAY(SELECT left(digits, n) FROM generate_series(1, length(digits)) AS n))
    ORDER BY length(prefix) DESC LIMIT 1;
END;
GRANT EXECUTE ON FUNCTION ngnpro_enum_range_of(text, text) TO ngnpro_server;

-- Targets are searched with and without their scheme: sip:alice@example.com, alice@example.com.
ALTER TABLE enum_mappings ADD COLUMN address text NOT NULL
    GENERATED ALWAYS AS (lower(regexp_replace(mapto, '^[a-zA-Z][a-zA-Z0-9+.-]*:(//)?', ''))) STORED;
CREATE INDEX ON enum_mappings (address text_pattern_ops);
CREATE INDEX ON enum_mappings (lower(mapto) text_pattern_ops);
DROP INDEX enum_mappings_lower_idx;
