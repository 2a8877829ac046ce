"""Phones in headless Chromium, a page each; the browser is driven over its debugging pipe (JSON texts that end with a zero)."""

import functools
import http.server
import json
import os
import subprocess
import threading
from pathlib import Path

from lab import PATIENCE_S, Failed, Phone, until

HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".js": "text/javascript"}


class Pages(http.server.BaseHTTPRequestHandler):
    """The phone's page, and SIP.js as its package has it."""

    def do_GET(self):
        path = self.path.split("?")[0].lstrip("/")
        folder = HERE / "node_modules" if path.startswith("sip.js/") else HERE
        file = (folder / path).resolve()
        if file.suffix not in TYPES or folder.resolve() not in file.parents or not file.is_file():
            return self.send_error(404)
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", TYPES[file.suffix])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Chromium:
    def __init__(self, folder):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        to_browser, ours_out = os.pipe()
        ours_in, from_browser = os.pipe()
        command = [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--remote-debugging-pipe", f"--user-data-dir={folder}", "--ignore-certificate-errors", "--mute-audio",
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            "--disable-features=WebRtcHideLocalIpsWithMdns", "--disable-background-networking", "about:blank",
        ]  # fmt: skip
        # The browser reads its descriptor 3 and writes its descriptor 4.
        wired = ["sh", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', *command]
        self.process = subprocess.Popen(
            wired, pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        os.close(to_browser)
        os.close(from_browser)
        self.out, self.input, self.number = os.fdopen(ours_out, "wb", 0), os.fdopen(ours_in, "rb"), 0
        self.unread = b""

    def ask(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        self.out.write(json.dumps(request).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failed(f"the browser refuses {method}: {answer['error']}")
                return answer["result"]

    def read(self):
        while b"\0" not in self.unread:
            more = self.input.read1(1 << 16)
            if not more:
                raise Failed("the browser has ended")
            self.unread += more
        message, _, self.unread = self.unread.partition(b"\0")
        return json.loads(message)

    def page(self):
        url = f"http://127.0.0.1:{self.server.server_port}/browser.html"
        target = self.ask("Target.createTarget", url=url)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return target, session

    def evaluate(self, session, expression):
        result = self.ask(
            "Runtime.evaluate", session, expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in result:
            raise Failed(f"{expression}: {result['exceptionDetails'].get('exception', result['exceptionDetails'])}")
        return result["result"].get("value")

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()


class Browser(Phone):
    REFUSAL = "486"

    def __init__(self, lab, user, transport, chromium):
        super().__init__(lab, user, transport)
        self.chromium, self.target = chromium, None

    def start(self):
        self.target, self.session = self.chromium.page()
        ready = functools.partial(self.chromium.evaluate, self.session, "Boolean(window.phone)")
        until(PATIENCE_S, lambda: f"{self} has its page", ready)
        host, port = self.lab.server(self.transport)
        self.tell("register", f"{self.transport}://{host}:{port}/", self.address, self.name, self.password)
        self.sees("registration Registered")

    def tell(self, what, *arguments):
        return self.chromium.evaluate(self.session, f"phone.{what}({', '.join(map(json.dumps, arguments))})")

    def listen(self):
        return self.tell("take")

    def call(self, address):
        self.tell("call", address)

    def sees_call(self):
        self.sees("call from")

    def sees_ringing(self):
        self.sees("invite 180", "invite 183")

    def answer(self):
        self.tell("answer")

    def sees_answer(self):
        self.sees("session Established")

    def hears(self):
        until(PATIENCE_S, lambda: f"{self} receives media", lambda: self.tell("packets") > 5)

    def hang_up(self):
        self.tell("hangUp")

    def cancel(self):
        self.tell("cancel")

    def refuse(self):
        self.tell("refuse")

    def sees_end(self, why=""):
        self.sees("session Terminated")
        if why:
            self.saw(f"invite {why}")

    def hold(self):
        self.tell("hold")
        self.sees("hold 200")

    def resume(self):
        self.tell("resume")
        self.sees("resume 200")

    def is_held(self):
        self.sees("changed sendonly", "changed inactive")

    def is_resumed(self):
        self.sees("changed sendrecv")

    def transfer(self, address):
        self.tell("transfer", address)

    def sees_transfer_done(self):
        self.sees("refer 202")
        self.sees("notify SIP/2.0 200")

    def send(self, address, text):
        self.tell("send", address, text)
        self.sees("send 200", "send 202")

    def sees_message(self, text):
        self.sees(f"message {text}")

    def stop(self):
        if self.target:
            self.chromium.ask("Target.closeTarget", targetId=self.target)
