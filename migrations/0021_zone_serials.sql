-- Serial numbers of zones and ranges: YYYYMMDDnn, the way that RFC 1912 §2.2 recommends, kept by the database so that no change
-- of what a name server publishes is missed, edits by plain SQL included.

-- The next one: today's first, or one more than the last where that is not behind it.
CREATE FUNCTION ngnpro_next_serial(last bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN greatest(coalesce(last, 0) + 1, to_char(now(), 'YYYYMMDD')::bigint * 100 + 1);
GRANT EXECUTE ON FUNCTION ngnpro_next_serial(bigint) TO ngnpro_server;

CREATE FUNCTION ngnpro_bump_serial() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.serial := ngnpro_next_serial(NULL);
    ELSE
        NEW.serial := ngnpro_next_serial(OLD.serial);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bump_serial BEFORE INSERT OR UPDATE ON dns_zones FOR EACH ROW EXECUTE FUNCTION ngnpro_bump_serial();
CREATE TRIGGER bump_serial BEFORE INSERT OR UPDATE ON enum_ranges FOR EACH ROW EXECUTE FUNCTION ngnpro_bump_serial();

-- What is in a zone or a range changes it. They run for the writer, which reaches what its record is in.
CREATE FUNCTION ngnpro_bump_zone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dns_zones SET serial = serial WHERE id IN (SELECT zone_id FROM changed);
    RETURN NULL;
END $$;
CREATE FUNCTION ngnpro_bump_range() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE enum_ranges SET serial = serial WHERE id IN (SELECT range_id FROM changed);
    RETURN NULL;
END $$;

DO $$
DECLARE
    held text;
    what text;
BEGIN
    FOREACH held IN ARRAY ARRAY['dns_records', 'dns_fancy_records', 'enum_numbers'] LOOP
        what := CASE held WHEN 'enum_numbers' THEN 'ngnpro_bump_range' ELSE 'ngnpro_bump_zone' END;
        EXECUTE format('CREATE TRIGGER bump_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', held, what);
        EXECUTE format('CREATE TRIGGER bump_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', held, what);
        EXECUTE format('CREATE TRIGGER bump_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION %I()', held, what);
    END LOOP;
END $$;
