-- Price lists of an entity: subscriber://user@domain, domain://name, gateway://ip. An entity belongs to whoever its
-- account or domain belongs to; the database looks that up, so that a writer cannot claim it. One that names neither is
-- the administrator's.

CREATE TABLE rating_entity_profiles (
    entity               text PRIMARY KEY CHECK (entity = lower(entity) AND entity ~ '^(subscriber|domain|gateway)://.'),
    account_id           bigint REFERENCES sip_accounts (id) ON DELETE CASCADE,
    domain_id            bigint REFERENCES sip_domains (id) ON DELETE CASCADE,
    profile_weekday      text NOT NULL DEFAULT '',
    profile_weekday_alt  text NOT NULL DEFAULT '',
    profile_weekend      text NOT NULL DEFAULT '',
    profile_weekend_alt  text NOT NULL DEFAULT '',
    timezone             text NOT NULL DEFAULT '',
    increment            integer CHECK (increment >= 0),
    min_duration         integer CHECK (min_duration >= 0),
    change_date          timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(account_id, domain_id) <= 1)
);
CREATE INDEX ON rating_entity_profiles (account_id);
CREATE INDEX ON rating_entity_profiles (domain_id);

CREATE FUNCTION ngnpro_find_rating_entity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.account_id := (
        SELECT a.id FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
        WHERE NEW.entity = 'subscriber://' || a.username || '@' || d.domain
          AND a.username = split_part(substr(NEW.entity, 14), '@', 1)
          AND d.domain = split_part(NEW.entity, '@', 2));
    NEW.domain_id := (SELECT id FROM sip_domains WHERE domain = substr(NEW.entity, 10) AND NEW.entity LIKE 'domain://%');
    RETURN NEW;
END $$;
CREATE TRIGGER find_entity BEFORE INSERT OR UPDATE ON rating_entity_profiles
    FOR EACH ROW EXECUTE FUNCTION ngnpro_find_rating_entity();
CREATE TRIGGER touch BEFORE UPDATE ON rating_entity_profiles FOR EACH ROW EXECUTE FUNCTION ngnpro_touch();

ALTER TABLE rating_entity_profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON rating_entity_profiles TO ngnpro_server USING (
    (SELECT ngnpro_is_administrator())
    OR EXISTS (SELECT FROM sip_accounts WHERE sip_accounts.id = rating_entity_profiles.account_id)
    OR EXISTS (SELECT FROM sip_domains WHERE sip_domains.id = rating_entity_profiles.domain_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON rating_entity_profiles TO ngnpro_server;
