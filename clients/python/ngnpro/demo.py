"""A small tenant to play with: a reseller, its customer, a SIP domain and two accounts that may call each other.

Run by ``make run``; also an example of how to use ``Proxy``. What it makes is kept in a file, so that a second run
prints the same tenant instead of failing on names that are taken.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

from . import Proxy
from .faults import CustomerExists

DOMAIN = "demo.example"
PHONES = ("alice", "bob")


def main(arguments=None):
    options = _options(arguments)
    kept = Path(options.keep)
    if kept.exists():
        tenant = json.loads(kept.read_text())
    else:
        administrator = dict(username=options.username, password=Path(options.password_file).read_text().removesuffix("\n"))
        tenant = provision(options.wsdl, administrator)
        _keep(kept, tenant)
    for line in describe(tenant):
        print(line)
    return 0


def provision(wsdl, administrator):
    """Makes the tenant, each step with the credentials of who would do it in life."""
    reseller = dict(username="demo-reseller", password=secrets.token_urlsafe(12))
    # Only the administrator makes resellers: no reseller id given makes this customer one.
    row = Proxy(wsdl, "Customer", auth=administrator).addAccount(
        {
            **reseller,
            "organization": "Demo Telecom",
            "email": "reseller@demo.example",
            "resellerActive": True,
            "properties": [{"name": "sip_credit", "value": "100", "category": "credit", "permission": "admin"}],
        }
    )
    # From here on the reseller works for itself, within its own records.
    customer = Proxy(wsdl, "Customer", auth=reseller).addAccount(
        {"username": "demo-customer", "password": secrets.token_urlsafe(12), "firstName": "Demo", "email": "customer@demo.example"}
    )
    sip = Proxy(wsdl, "Sip", auth=reseller)
    sip.addDomain({"domain": DOMAIN, "customer": customer["id"], "reseller": row["id"]})
    accounts = []
    for name in PHONES:
        password = secrets.token_urlsafe(9)
        sip.addAccount({"id": {"username": name, "domain": DOMAIN}, "password": password, "firstName": name.title(), "timezone": "UTC"})
        accounts.append({"username": name, "domain": DOMAIN, "password": password})
    return {"wsdl": wsdl, "reseller": {**reseller, "id": row["id"]}, "customer": customer["id"], "accounts": accounts}


def describe(tenant):
    """What a person wants to know about it, line by line."""
    yield f"reseller {tenant['reseller']['username']} (password {tenant['reseller']['password']})"
    for account in tenant["accounts"]:
        yield f"phone sip:{account['username']}@{account['domain']} (password {account['password']})"


def _keep(path, tenant):
    # Passwords: nobody else reads the file, from its first byte on.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(tenant, file, indent=2)


def _options(arguments):
    parser = argparse.ArgumentParser(prog="ngnpro-demo", description=__doc__.splitlines()[0])
    parser.add_argument("--wsdl", required=True, help="address of the WSDL")
    parser.add_argument("--username", required=True, help="the administrator's name")
    parser.add_argument("--password-file", required=True, help="file that holds the administrator's password")
    parser.add_argument("--keep", required=True, help="file that keeps what was made")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CustomerExists:
        sys.exit("demo: the database already holds a demo tenant whose passwords are not known here; set DEMO=0")
