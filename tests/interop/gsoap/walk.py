"""Writes a call of every operation for driver.cpp, from what wsdl2h and soapcpp2 generated: walk.py BUILD_FOLDER

gSOAP's stubs cannot be walked at run time. Structures of a request are made, their members left as they are.
"""

import re
import sys
from pathlib import Path

build = Path(sys.argv[1])
header = (build / "ngnpro.h").read_text()
members = {
    name: re.findall(r"^ +(ns\d+__\w+)\* +(\w+)", body, re.MULTILINE)
    for name, body in re.findall(r"^class (_ns\d+__\w+)\n\{(.*?)^\};", header, re.MULTILINE | re.DOTALL)
}
for port in ("Customer", "Sip", "Dns", "Enum", "Voicemail", "Rating", "Network", "Presence"):
    proxy = (build / f"soap{port}BindingProxy.h").read_text()
    for operation, request, response in re.findall(r"virtual int (\w+)\((_ns\d+__\w+) \*\w+, (_ns\d+__\w+) &", proxy):
        print(f"{{ Call<{port}BindingProxy> call(administrator); {request} request; {response} response;")
        for kind, name in members[request]:
            print(f"  request.{name} = soap_new_{kind}(call.soap);")
        print(f'  call.report("{port}.{operation}", call.proxy.{operation}(&request, response)); }}')
