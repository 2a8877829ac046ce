-- Each proxy keeps the contacts that it holds: two that serve phones of one account do not overwrite each other's.

ALTER TABLE locations DROP CONSTRAINT locations_pkey;
ALTER TABLE locations ADD CONSTRAINT locations_pkey PRIMARY KEY (account_id, node, position);
