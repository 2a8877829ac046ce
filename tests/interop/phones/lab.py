"""What all phones have in common: a platform with accounts, free ports, and waiting for what a phone says."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DOMAIN = "phones.example"
# Enough that no scenario finds what another one left.
ACCOUNTS = 60
# How long a phone may take for anything, on a machine with other things to do.
PATIENCE_S = 60


class Failed(Exception):
    """A phone did not do, or did not see, what it should."""


class Lab:
    """The running platform, its accounts, and the phones that were started."""

    # Where phones are.
    local = "127.0.0.1"

    def __init__(self, record):
        run = json.loads(Path(record).read_text())
        self.run, self.addresses = run, run["addresses"]
        self.folder = Path(tempfile.mkdtemp(prefix="phones-"))
        self.phones, self.used = [], 0

    def provision(self):
        from ngnpro import Proxy, faults

        administrator = self.run["administrator"]
        password = Path(administrator["password_file"]).read_text().removesuffix("\n")
        sip = Proxy(self.run["urls"]["wsdl"], "Sip", auth={"username": administrator["username"], "password": password})
        try:
            sip.addDomain({"domain": DOMAIN})
            for number in range(ACCOUNTS):
                user = f"phone{number}"
                sip.addAccount({"id": {"username": user, "domain": DOMAIN}, "password": self.password(user)})
        except faults.SipDomainExists:
            pass

    @staticmethod
    def password(user):
        return f"the {user}'s"

    def user(self):
        """An account that no phone of this scenario has."""
        self.used += 1
        return f"phone{self.used % ACCOUNTS}"

    def server(self, transport):
        """Host and port of the proxy over this transport."""
        key = {"udp": "sip", "tcp": "sip", "tls": "sips", "ws": "ws", "wss": "wss"}[transport]
        host, _, port = self.addresses[key].rpartition(":")
        return host, int(port)

    def start(self, kind, transport, **settings):
        phone = kind(self, self.user(), transport, **settings)
        self.phones.append(phone)
        phone.start()
        return phone

    def end_scenario(self):
        for phone in self.phones:
            phone.stop()
        self.phones = []

    def close(self):
        self.end_scenario()
        shutil.rmtree(self.folder, ignore_errors=True)


class Phone:
    """A phone with an account. Its events are short texts, in the order in which it tells them."""

    def __init__(self, lab, user, transport):
        self.lab, self.name, self.transport = lab, user, transport
        self.address, self.password = f"sip:{user}@{DOMAIN}", lab.password(user)
        self.heard, self.seen = [], []
        self.folder = lab.folder / f"{type(self).__name__}-{user}-{time.monotonic_ns()}"
        self.folder.mkdir()

    def __str__(self):
        return f"{type(self).__name__} {self.name} over {self.transport}"

    def listen(self):
        """Events that came since; each phone knows how."""
        raise NotImplementedError

    def sees(self, *wanted, seconds=PATIENCE_S):
        """Waits for an event that has one of these in it, and forgets those before it."""

        def look():
            self.heard += (new := self.listen())
            self.seen += new
            for place, event in enumerate(self.heard):
                if any(word in event for word in wanted):
                    del self.heard[: place + 1]
                    return event
            return None

        return until(seconds, lambda: f"{self} sees {' or '.join(wanted)}; it saw {self.seen[-12:]}", look)

    def saw(self, wanted, seconds=PATIENCE_S):
        """Waits for an event that may have come already, not long ago."""

        def look():
            self.heard += (new := self.listen())
            self.seen += new
            return any(wanted in event for event in self.seen[-6:])

        until(seconds, lambda: f"{self} saw {wanted}; it saw {self.seen[-12:]}", look)


def until(seconds, what, ask):
    end = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        if time.monotonic() > end:
            raise Failed(f"after {seconds} s still not: {what()}")
        time.sleep(0.05)


def end(process):
    """Waits until a phone that was asked to end has ended, and ends it otherwise."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port(count=1):
    """The first of so many ports that nobody holds, over UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1] & ~1
        if first + count < 65535 and all(is_free(first + place) for place in range(count)):
            return first


def is_free(port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
