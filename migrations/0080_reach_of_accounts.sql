-- Whether an account is in the reach of the transaction's scope, for what hangs on accounts. As a function with its own plan:
-- a subquery in each policy would make the plan of a statement that reads an account and its lists four times as large,
-- and to set up a plan costs more than to read one account. Long lists over many accounts (calls, history, ratings,
-- mailboxes) keep the subquery, which is evaluated for all rows at once.
CREATE FUNCTION ngnpro_reaches_account(account bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM sip_accounts AS a JOIN sip_domains AS d ON d.id = a.domain_id
        WHERE a.id = account AND (d.reseller = ngnpro_scope_reseller() OR d.customer = ngnpro_scope_customer())
    );
END $$;
REVOKE ALL ON FUNCTION ngnpro_reaches_account(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ngnpro_reaches_account(bigint) TO ngnpro_server;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sip_account_groups', 'sip_account_acl', 'sip_account_properties', 'sip_call_diversions',
                             'sip_accept_rules', 'sip_temporary_accept_rules', 'sip_reject_members',
                             'sip_barring_prefixes', 'sip_phonebook_entries', 'prepaid_balances', 'locations'] LOOP
        EXECUTE format('ALTER POLICY scope ON %I
            USING ((SELECT ngnpro_is_administrator()) OR ngnpro_reaches_account(account_id))', t);
    END LOOP;
END $$;
