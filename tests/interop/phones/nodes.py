"""Two proxies and one database: nodes.py RUN_JSON FOLDER_OF_PROGRAMS

Each proxy has a network of its own (a network namespace), and so have the phones; a bridge joins them. The database is that of a running
platform, reached over its socket. Calls go across the proxies; one of them is killed while calls are up, and comes back. Needs root.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from baresip import Baresip
from lab import PATIENCE_S, Failed, Lab, until

PHONES, ONE, TWO = "10.111.0.10", "10.111.0.1", "10.111.0.2"


class Networks:
    """Three namespaces with a bridge between them, gone with the test."""

    def __init__(self):
        own = os.getpid()
        self.phones, self.one, self.two = (f"ngnpro-{own}-{name}" for name in ("phones", "one", "two"))
        try:
            self.make(own)
        except subprocess.CalledProcessError as error:
            self.remove()
            raise Failed(
                f"no network namespace can be made here ({error.stderr.strip() or error}): run this as root, with iproute2 installed,"
                " on a kernel that lets root make namespaces, veth pairs and bridges"
            ) from None

    def make(self, own):
        for name in (self.phones, self.one, self.two):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", self.phones, "link", "add", "bridge", "type", "bridge")
        ip("-n", self.phones, "address", "add", f"{PHONES}/24", "dev", "bridge")
        ip("-n", self.phones, "link", "set", "bridge", "up")
        for name, address in ((self.one, ONE), (self.two, TWO)):
            cable = f"n{own}{name[-3:]}"[-15:]
            ip("-n", self.phones, "link", "add", cable, "type", "veth", "peer", "name", "cable", "netns", name)
            ip("-n", self.phones, "link", "set", cable, "master", "bridge", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            ip("-n", name, "link", "set", "cable", "up")

    def remove(self):
        for name in (self.phones, self.one, self.two):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Node:
    """A proxy in a namespace, with the settings of the platform's own but for its addresses and its state."""

    def __init__(self, folder, programs, network, address, settings):
        self.network, self.address, self.program = network, address, programs / "sip-proxy"
        self.folder = folder / network
        (self.folder / "state").mkdir(parents=True)
        database = settings[settings.index("[database]") :].split("\n\n")[0]
        (self.folder / "proxy.toml").write_text(
            f'[sip]\nlisten = ["{address}:5060"]\nnode = "{address}"\nstate_dir = "{self.folder}/state"\n\n'
            f'{database}\n\n[http]\nlisten = "{address}:9201"\n'
        )
        self.process = None

    def start(self):
        command = ["ip", "netns", "exec", self.network, self.program, "--config", self.folder / "proxy.toml"]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        ready = lambda: self.get("/ready").get("ready")  # noqa: E731
        until(PATIENCE_S, lambda: f"the proxy at {self.address} is ready: {self.log()[-800:]}", ready)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.address}:9201{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def knows(self, count):
        registered = lambda: self.get("/registrations").get("addresses") == count  # noqa: E731
        until(PATIENCE_S, lambda: f"{self.address} knows {count}: {self.get('/registrations')}", registered)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()


class NodesLab(Lab):
    local = PHONES

    def at(self, node, transport):
        """A phone that knows this proxy alone."""
        self.node = node
        return self.start(Baresip, transport)

    def server(self, _transport):
        return self.node.address, 5060


def up(caller, callee):
    caller.call(callee.address)
    callee.sees_call()
    caller.sees_ringing()
    callee.answer()
    caller.sees_answer()
    callee.sees_answer()


def over(who, other):
    who.hang_up()
    other.sees_end()


def scenario(lab, one, two):
    alice, bob = lab.at(two, "udp"), lab.at(one, "tcp")
    carol, dave = lab.at(one, "udp"), lab.at(two, "udp")
    one.knows(4)
    two.knows(4)
    up(alice, bob)
    over(bob, alice)
    up(bob, alice)
    over(bob, alice)
    print("calls go across the nodes, to a phone on a connection and to one on none", flush=True)

    up(dave, carol)
    up(bob, alice)
    one.kill()
    two.knows(4)
    over(dave, carol)
    up(dave, carol)
    over(carol, dave)
    print("while a node is dead its registrations stay, and calls through the other go on and begin", flush=True)

    one.start()
    one.knows(4)
    over(alice, bob)
    up(carol, alice)
    over(alice, carol)
    print("a node that is back has its registrations, and ends the calls that were up when it was killed", flush=True)


def inside(record, programs, one_network, two_network):
    lab = NodesLab(record)
    settings = (Path(record).parent / "sip-proxy.toml").read_text()
    one = Node(lab.folder, Path(programs), one_network, ONE, settings)
    two = Node(lab.folder, Path(programs), two_network, TWO, settings)
    try:
        one.start()
        two.start()
        scenario(lab, one, two)
    except Failed as error:
        sys.exit(f"FAIL {error}\n--- {ONE}\n{one.log()[-3000:] if one.process else ''}")
    finally:
        lab.end_scenario()
        one.stop()
        two.stop()
        lab.close()


def main(record, programs):
    Lab(record).provision()
    try:
        networks = Networks()
    except Failed as error:
        sys.exit(f"FAIL {error}")
    again = [sys.executable, __file__, "inside", record, programs, networks.one, networks.two]
    try:
        status = subprocess.run(["ip", "netns", "exec", networks.phones, *again]).returncode
    finally:
        networks.remove()
    sys.exit(status)


if __name__ == "__main__":
    if sys.argv[1] == "inside":
        inside(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
