"""linphone, by its daemon: a line a command over a socket, events asked for one at a time."""

import os
import re
import select
import socket
import subprocess

from lab import DOMAIN, PATIENCE_S, Phone, end, free_port, until

CONFIGURATION = """\
[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
verify_server_certs=0
verify_server_cn=0
use_ipv6=0
inc_timeout=60
default_proxy=0
[proxy_0]
reg_proxy=<sip:{host}:{port};transport={transport}>
reg_route=<sip:{host}:{port};transport={transport};lr>
reg_identity={address}
reg_expires=600
reg_sendregister=1
publish=0
[auth_info_0]
username={user}
passwd={password}
realm={realm}
[rtp]
audio_rtp_port={rtp}
[sound]
playback_dev_id=
[net]
mtu=1300
dns_srv_enabled=0
"""


class Linphone(Phone):
    # How it says that it is not to be disturbed.
    REFUSAL = "603"

    def __init__(self, lab, user, transport):
        super().__init__(lab, user, transport)
        self.process = self.control = self.current = None

    def start(self):
        host, port = self.lab.server(self.transport)
        # 0: none, -2: any port that its system finds.
        ports = dict(udp=0, tcp=0, tls=0)
        ports[self.transport] = free_port() if self.transport == "udp" else -2
        settings = dict(ports, host=host, port=port, transport=self.transport, address=self.address, user=self.name)
        settings |= dict(password=self.password, realm=DOMAIN, rtp=free_port(4))
        (self.folder / "settings").write_text(CONFIGURATION.format(**settings))
        for needed in (".local/share/linphone", "linphone"):
            (self.folder / needed).mkdir(parents=True)
        pipe, home = self.folder.name, str(self.folder)
        self.process = subprocess.Popen(
            ["linphone-daemon", "--pipe", pipe, "--config", "settings", "--log", "log", "--disable-stats-events"],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "said").open("w"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home),
        )
        self.control = until(PATIENCE_S, lambda: f"{self} takes commands", lambda: connected(f"/tmp/{pipe}"))
        self.command("media-encryption none")
        until(PATIENCE_S, lambda: f"{self} is registered: {self.command('register-status ALL')}", self.is_registered)

    def is_registered(self):
        return "LinphoneRegistrationOk" in self.command("register-status ALL")

    def command(self, line):
        self.control.sendall(line.encode() + b"\n")
        answer = b""
        while not answer or select.select([self.control], [], [], 0.03)[0]:
            more = self.control.recv(65536)
            if not more:
                break
            answer += more
        return answer.decode(errors="replace")

    def listen(self):
        events = []
        while "Event-type" in (answer := self.command("pop-event")):
            if number := re.search(r"(?m)^Id: (\d+)$", answer):
                self.current = number[1]
            events.append(" ".join(answer.split()))
        return events

    def call(self, address):
        self.command(f"call {address}")

    def sees_call(self):
        self.sees("CallIncomingReceived")

    def sees_ringing(self):
        self.sees("CallOutgoingRinging", "CallOutgoingEarlyMedia")

    def answer(self):
        self.command("answer")

    def sees_answer(self):
        self.sees("CallStreamsRunning")

    def hang_up(self):
        self.command("terminate")

    cancel = refuse = hang_up

    def sees_end(self, why=""):
        self.sees("CallEnd", "CallError", "CallReleased")

    def hold(self):
        self.command(f"call-pause {self.current}")
        self.sees("CallPaused")

    def resume(self):
        self.command(f"call-resume {self.current}")
        self.sees("CallStreamsRunning")

    def is_held(self):
        self.sees("CallPausedByRemote")

    def is_resumed(self):
        self.sees("CallStreamsRunning")

    def transfer(self, address):
        self.command(f"call-transfer {self.current} {address}")

    def send(self, address, text):
        self.command(f"message {address} {text}")

    def sees_message(self, text):
        self.sees(text)

    def stop(self):
        if self.control:
            self.control.sendall(b"unregister ALL\nquit\n")
            self.control.close()
        if self.process:
            end(self.process)


def connected(path):
    control = socket.socket(socket.AF_UNIX)
    try:
        control.connect(path)
        return control
    except OSError:
        control.close()
        return None
