"""Lets the demo tenant's two phones ring each other with sipp: `make ring`, beside a running `make run` or `make up`."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parent / "scenarios"


def main():
    state = Path(os.environ.get("STATE_DIR") or "var")
    try:
        proxy = json.loads((state / "run.json").read_text())["addresses"]["sip"]
        alice, bob = json.loads((state / "demo.json").read_text())["accounts"]
    except FileNotFoundError as missing:
        return f"{missing.filename} is not there: start the platform with its demo tenant first (make run or make up)"
    for phone in (alice, bob):
        phone["port"] = free_port()
        sipp(proxy, "register", phone, wait=True)
        print(f"{phone['username']} is registered")
    answering = sipp(proxy, "answer", bob)
    sipp(proxy, "call", alice, callee=bob["username"], wait=True)
    finish(answering, "answer")
    print(f"{alice['username']} called, {bob['username']} rang and answered, both hung up")
    return 0


def sipp(proxy, scenario, phone, callee="", wait=False):
    uri = f"{callee}@{phone['domain']}" if callee else phone["domain"]
    command = ["sipp", proxy, "-sf", SCENARIOS / f"{scenario}.xml", "-m", "1", "-i", "127.0.0.1", "-p", str(phone["port"])]
    command += ["-nostdin", "-timeout", "20s", "-timeout_error", "-au", phone["username"], "-ap", phone["password"]]
    keys = {"user": phone["username"], "domain": phone["domain"], "callee": callee, "expires": "600"}
    keys.update(contact_port=str(phone["port"]), contact_transport="")
    command += ["-auth_uri", uri] + [word for key, value in keys.items() for word in ("-key", key, value)]
    # sipp draws a screen; what went wrong is in its exit status.
    process = subprocess.Popen(command, cwd=tempfile.gettempdir(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if wait:
        finish(process, scenario)
    return process


def finish(process, scenario):
    if process.wait() != 0:
        sys.exit(f"{scenario}.xml did not go as written (sipp's status {process.returncode})")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
