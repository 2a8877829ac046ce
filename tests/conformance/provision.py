"""What outside conformance tests expect to find: example.com with the accounts 1000 to 1019, password pw<account>, and a trusted peer."""

import json
import sys
from pathlib import Path

from ngnpro import Proxy, faults


def main(record, peer):
    run = json.loads(Path(record).read_text())
    administrator = dict(
        username=run["administrator"]["username"],
        password=Path(run["administrator"]["password_file"]).read_text().removesuffix("\n"),
    )
    sip = Proxy(run["urls"]["wsdl"], "Sip", auth=administrator)
    ignoring(faults.SipDomainExists, sip.addDomain, {"domain": "example.com"})
    ignoring(faults.TrustedPeerExists, sip.addTrustedPeer, {"ip": peer, "description": "conformance"})
    for number in range(1000, 1020):
        account = {"id": {"username": str(number), "domain": "example.com"}, "password": f"pw{number}"}
        ignoring(faults.SipAccountExists, sip.addAccount, account)


def ignoring(fault, call, argument):
    try:
        call(argument)
    except fault:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
