-- The proxy shows phones the certificate of the SIP domain that they ask for: it reads the certificates and their keys.
GRANT SELECT (certificate, private_key, match_ip_address, match_sip_domain, verify_cert, require_cert)
    ON sip_domains TO sip_proxy;
