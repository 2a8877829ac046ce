"""baresip, driven over its control connection: netstrings of JSON."""

import json
import select
import socket
import subprocess

from lab import PATIENCE_S, Phone, end, free_port, until

CONFIGURATION = """\
poll_method epoll
sip_listen {local}:{sip}
call_max_calls 4
audio_player aubridge,{user}
audio_source aubridge,{user}
audio_alert aubridge,{user}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-{rtp_last}
rtcp_mux yes
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module opus.so
module aubridge.so
module uuid.so
module stun.so
module ice.so
module srtp.so
module dtls_srtp.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class Baresip(Phone):
    """`secured` makes it talk to browsers: ICE, and keys by DTLS."""

    REFUSAL = "486"

    def __init__(self, lab, user, transport, secured=False, contact=None):
        super().__init__(lab, user, transport)
        self.secured, self.contact = secured, contact
        self.process = self.control = None
        self.unread = b""

    def start(self):
        host, port = self.lab.server(self.transport)
        control, rtp = free_port(), free_port(20)
        settings = dict(local=self.lab.local, sip=free_port(), control=control, rtp=rtp, rtp_last=rtp + 19, user=self.name)
        (self.folder / "config").write_text(CONFIGURATION.format(**settings))
        media = ";mediaenc=dtls_srtp;medianat=ice" if self.secured else ""
        (self.folder / "accounts").write_text(
            f'<{self.address}>;auth_user={self.name};auth_pass="{self.password}";answermode=manual;regint=600;mwi=no{media};'
            f'outbound="sip:{host}:{port};transport={self.transport}"\n'
        )
        # A message goes to the first contact of the book.
        book = f'"contact" <{self.contact}>\n' if self.contact else ""
        (self.folder / "contacts").write_text(book)
        self.process = subprocess.Popen(
            ["baresip", "-4", "-f", self.folder],
            stdin=subprocess.PIPE,
            stdout=(self.folder / "said").open("w"),
            stderr=subprocess.STDOUT,
        )
        self.control = until(PATIENCE_S, lambda: f"{self} takes commands: {self.said()[-400:]}", lambda: connected(control))
        until(PATIENCE_S, lambda: f"{self} is registered: {self.said()[-400:]}", lambda: "200 OK () [" in self.said())

    def said(self):
        return (self.folder / "said").read_text(errors="replace")

    def command(self, name, parameter=""):
        text = json.dumps({"command": name, "params": parameter, "token": "t"}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def listen(self):
        while select.select([self.control], [], [], 0)[0]:
            more = self.control.recv(65536)
            if not more:
                break
            self.unread += more
        events = []
        while b":" in self.unread:
            length, _, rest = self.unread.partition(b":")
            if len(rest) <= int(length):
                break
            message, self.unread = json.loads(rest[: int(length)]), rest[int(length) + 1 :]
            if message.get("event"):
                events.append(f"{message.get('type')} {message.get('param', '')}")
        return events

    def call(self, address):
        self.command("dial", address)

    def sees_call(self):
        self.sees("CALL_INCOMING")

    def sees_ringing(self):
        self.sees("CALL_RINGING", "CALL_PROGRESS")

    def answer(self):
        self.command("accept")

    def sees_answer(self):
        self.sees("CALL_ESTABLISHED")

    def hang_up(self):
        self.command("hangup")

    cancel = refuse = hang_up

    def sees_end(self, why=""):
        event = self.sees("CALL_CLOSED")
        until(0, lambda: f"{self} is told {why}: {event}", lambda: why in event)

    def hold(self):
        self.command("hold")

    def resume(self):
        self.command("resume")

    def transfer(self, address):
        self.command("transfer", address)

    def send(self, _address, text):
        self.command("message", text)

    def sees_message(self, text):
        until(PATIENCE_S, lambda: f"{self} shows {text}: {self.said()[-400:]}", lambda: text in self.said())

    def stop(self):
        if self.control:
            self.command("quit")
            self.control.close()
        if self.process:
            end(self.process)


def connected(port):
    try:
        return socket.create_connection(("127.0.0.1", port), 1)
    except OSError:
        return None
