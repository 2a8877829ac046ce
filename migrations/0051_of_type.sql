-- A text as a value of another value's type: where a list goes on is told to its reader as text, whatever it is sorted by.
CREATE FUNCTION ngnpro_of_type(value text, model anyelement) RETURNS anyelement
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN value;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_of_type(text, anyelement) TO ngnpro_server;
