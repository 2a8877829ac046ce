-- Uses a voucher up for an account: a customer may use its reseller's vouchers without being able to read them. The caller
-- has found the account within its own reach. At once means once: the row of the voucher is locked.

CREATE FUNCTION ngnpro_use_voucher(for_account bigint, card bigint, card_number text)
RETURNS TABLE (state text, amount numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    voucher prepaid_cards%ROWTYPE;
BEGIN
    SELECT p.* INTO voucher FROM prepaid_cards AS p
    WHERE p.id = card AND p.number = card_number
      AND p.reseller IS NOT DISTINCT FROM (SELECT d.reseller FROM sip_accounts AS a
                                           JOIN sip_domains AS d ON d.id = a.domain_id WHERE a.id = for_account)
      AND EXISTS (SELECT FROM sip_accounts AS a WHERE a.id = for_account)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', 0::numeric;
    ELSIF voucher.blocked THEN
        RETURN QUERY SELECT 'used', 0::numeric;
    ELSE
        UPDATE prepaid_cards SET blocked = true, used_by = for_account, date_active = now() WHERE id = voucher.id;
        RETURN QUERY SELECT 'taken', voucher.value;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION ngnpro_use_voucher(bigint, bigint, text) TO ngnpro_server;
