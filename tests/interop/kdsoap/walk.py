"""Writes a call of every operation for driver.cpp, from what kdwsdl2cpp generated: walk.py BUILD_FOLDER

KDSoap's stubs cannot be walked at run time. Structures of a request are made, their members left as they are.
"""

import re
import sys
from pathlib import Path

for port in ("Customer", "Sip", "Dns", "Enum", "Voicemail", "Rating", "Network", "Presence"):
    header = (Path(sys.argv[1]) / f"{port.lower()}.h").read_text()
    requests = dict(re.findall(r"^ *class (TNS__\w+)$\n *\{(.*?)^ *\};", header, re.MULTILINE | re.DOTALL))
    for name, job in re.findall(r"^ *class ((\w+)Job) : public KDSoapJob$", header, re.MULTILINE):
        request = f"TNS__{job}"
        print(f"{{ {port}Stubs::{request} request;")
        for member, kind in re.findall(r"^ *void set(\w+)\( const (TNS__\w+)&", requests[request], re.MULTILINE):
            print(f"  request.set{member}({port}Stubs::{kind}());")
        operation = job[0].lower() + job[1:]
        call = f"Call<{port}Stubs::NGNPro, {port}Stubs::TNS__Auth>" if port != "Presence" else "Call<PresenceStubs::NGNPro, NoAuth>"
        print(f'  report("{port}.{operation}", {call}("{port}", administrator).ended<{port}Stubs::{name}>(request)); }}')
