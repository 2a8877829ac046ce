"""sipp, with the scenarios of tests/together: it registers, answers and calls."""

import subprocess
from pathlib import Path

from lab import DOMAIN, PATIENCE_S, Failed, Phone, free_port, is_free, until

SCENARIOS = Path(__file__).parents[2] / "together/scenarios"


class Sipp(Phone):
    def __init__(self, lab, user, transport):
        super().__init__(lab, user, transport)
        self.port, self.running = free_port(), []

    def start(self):
        done(self.run("register", DOMAIN), "register")

    def run(self, scenario, uri, port=None, **keys):
        host, to = self.lab.server(self.transport)
        parameter = ";transport=tcp" if self.transport == "tcp" else ""
        keys |= dict(user=self.name, domain=DOMAIN, expires="600", contact_port=str(self.port), contact_transport=parameter)
        command = ["sipp", f"{host}:{to}", "-sf", SCENARIOS / f"{scenario}.xml", "-i", "127.0.0.1", "-p", str(port or self.port)]
        command += ["-t", "t1" if self.transport == "tcp" else "u1", "-m", "1", "-nostdin", "-timeout", "60s", "-timeout_error"]
        command += ["-au", self.name, "-ap", self.password, "-auth_uri", uri]
        for key, value in keys.items():
            command += ["-key", key, value]
        said = (self.folder / scenario).open("w")
        sipp = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=self.folder)
        self.running.append(sipp)
        return sipp

    def answers(self):
        """Waits for a call; returns when it can be called."""
        answering = self.run("answer", DOMAIN)
        until(PATIENCE_S, lambda: f"{self} listens", lambda: not is_free(self.port))
        return answering

    def calls(self, callee):
        """Calls, hears it ring and be answered, and hangs up."""
        return self.run("call", f"{callee.name}@{DOMAIN}", free_port(), callee=callee.name)

    def stop(self):
        for sipp in self.running:
            sipp.kill()
            sipp.wait()


def done(sipp, what):
    try:
        status = sipp.wait(2 * PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise Failed(f"sipp is not done: {what}") from None
    if status:
        raise Failed(f"sipp failed: {what} ({status})")
