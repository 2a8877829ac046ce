-- Several routes are changed at once, all or none: two that swap their prefixes are equal for a moment in between.
ALTER TABLE routes DROP CONSTRAINT routes_key;
ALTER TABLE routes ADD CONSTRAINT routes_key UNIQUE (carrier_id, prefix, originator) DEFERRABLE INITIALLY IMMEDIATE;
