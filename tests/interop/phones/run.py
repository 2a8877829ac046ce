"""Real phones against a running platform: run.py RUN_JSON phones|browsers [PATTERN]

Each phone has an account, registers over its transport, and is driven as a person would; what is judged is what the phones themselves
say. Prints a line a scenario; ends with 1 when one failed.
"""

import re
import sys
import time
import traceback

from baresip import Baresip
from browser import Browser, Chromium
from lab import Failed, Lab
from linphone import Linphone
from sipp import Sipp, done

TRANSPORTS = ("udp", "tcp", "tls")


def call(caller, callee, ends):
    caller.call(callee.address)
    callee.sees_call()
    caller.sees_ringing()
    callee.answer()
    caller.sees_answer()
    callee.sees_answer()
    if ends:
        end(ends, caller if ends is callee else callee)


def end(who, other):
    who.hang_up()
    other.sees_end()
    who.sees_end()


def cancelled(caller, callee):
    caller.call(callee.address)
    callee.sees_call()
    caller.sees_ringing()
    caller.cancel()
    callee.sees_end()
    caller.sees_end()


def busy(caller, callee):
    caller.call(callee.address)
    callee.sees_call()
    caller.sees_ringing()
    callee.refuse()
    callee.sees_end()
    caller.sees_end(callee.REFUSAL)


def held(caller, callee, holder):
    """A call in which one holds and resumes; where the other is a phone that tells of it, it is asked."""
    call(caller, callee, None)
    other = caller if holder is callee else callee
    holder.hold()
    if hasattr(other, "is_held"):
        other.is_held()
    holder.resume()
    if hasattr(other, "is_resumed"):
        other.is_resumed()
    end(caller, callee)


def transferred(caller, callee, third, by):
    """One of both sends the other on to a third."""
    call(caller, callee, None)
    other = caller if by is callee else callee
    by.transfer(third.address)
    third.sees_call()
    third.answer()
    third.sees_answer()
    third.hang_up()
    other.sees_end()


def message(sender, receiver, text):
    sender.send(receiver.address, text)
    receiver.sees_message(text)


def between_phones(lab):
    """Scenarios of baresip, linphone and sipp: each over every transport that it has, to the next transport."""
    for place, transport in enumerate(TRANSPORTS):
        further = TRANSPORTS[(place + 1) % len(TRANSPORTS)]

        def a_day(transport=transport, further=further):
            linphone = lab.start(Linphone, further)
            baresip = lab.start(Baresip, transport, contact=linphone.address)
            call(baresip, linphone, ends=linphone)
            call(linphone, baresip, ends=linphone)
            cancelled(baresip, linphone)
            cancelled(linphone, baresip)
            busy(baresip, linphone)
            busy(linphone, baresip)
            held(baresip, linphone, holder=linphone)
            held(linphone, baresip, holder=baresip)
            message(baresip, linphone, f"hello-from-baresip-{transport}")
            message(linphone, baresip, f"hello-from-linphone-{further}")
            third = lab.start(Baresip, further)
            transferred(linphone, baresip, third, by=linphone)
            end_of_all(linphone)

        yield f"a day of baresip over {transport} and linphone over {further}", a_day

        def baresip_transfers(transport=transport, further=further):
            baresip, other = lab.start(Baresip, transport), lab.start(Baresip, further)
            third = lab.start(Linphone, transport)
            transferred(baresip, other, third, by=baresip)

        yield f"baresip over {transport} sends one over {further} on to linphone", baresip_transfers

        if transport == "tls":
            # Debian's sipp is built without TLS.
            continue

        def with_sipp(transport=transport, further=further):
            first, second = lab.start(Sipp, transport), lab.start(Sipp, further if further != "tls" else "udp")
            answering = second.answers()
            done(first.calls(second), f"{first} calls {second}")
            done(answering, f"{second} answers")
            baresip, answering = lab.start(Baresip, further), first.answers()
            baresip.call(first.address)
            baresip.sees_answer()
            baresip.hang_up()
            done(answering, f"{first} answers {baresip}")

        yield f"sipp over {transport} calls and is called", with_sipp


def end_of_all(*phones):
    for phone in phones:
        phone.hang_up()


def with_browsers(lab):
    """Scenarios of browsers: WebSocket and secure WebSocket, with one another and with other phones."""
    chromium = Chromium(lab.folder / "browser")
    lab.chromium = chromium
    for transport, further in (("ws", "wss"), ("wss", "ws")):

        def a_day(transport=transport, further=further):
            one = lab.start(Browser, transport, chromium=chromium)
            other = lab.start(Browser, further, chromium=chromium)
            call(one, other, None)
            one.hears()
            other.hears()
            end(other, one)
            cancelled(one, other)
            busy(one, other)
            held(one, other, holder=one)
            held(one, other, holder=other)
            message(one, other, "hello from one browser")
            third = lab.start(Browser, further, chromium=chromium)
            call(one, other, None)
            one.transfer(third.address)
            third.sees_call()
            third.answer()
            third.sees_answer()
            one.sees_transfer_done()
            third.hang_up()

        yield f"a day of browsers over {transport} and {further}", a_day

    for transport, further in (("ws", "udp"), ("wss", "tls"), ("ws", "tcp")):

        def with_baresip(transport=transport, further=further):
            browser = lab.start(Browser, transport, chromium=chromium)
            baresip = lab.start(Baresip, further, secured=True, contact=browser.address)
            call(browser, baresip, None)
            browser.hears()
            end(baresip, browser)
            call(baresip, browser, None)
            end(browser, baresip)
            cancelled(browser, baresip)
            cancelled(baresip, browser)
            busy(browser, baresip)
            busy(baresip, browser)
            held(browser, baresip, holder=browser)
            held(baresip, browser, holder=baresip)
            message(browser, baresip, f"hello-from-the-browser-{transport}")
            message(baresip, browser, f"hello-from-baresip-{further}")
            third = lab.start(Baresip, further, secured=True)
            call(browser, baresip, None)
            browser.transfer(third.address)
            third.sees_call()
            third.answer()
            third.sees_answer()
            browser.sees_transfer_done()

        yield f"a day of a browser over {transport} and baresip over {further}", with_baresip

    def with_linphone():
        browser, linphone = lab.start(Browser, "wss", chromium=chromium), lab.start(Linphone, "tcp")
        message(browser, linphone, "hello-from-the-browser")
        message(linphone, browser, "hello-from-linphone")

    yield "a browser and linphone write to one another", with_linphone

    def cut_off():
        caller, browser = lab.start(Browser, "ws", chromium=chromium), lab.start(Browser, "wss", chromium=chromium)
        browser.stop()
        browser.start()
        call(caller, browser, ends=caller)

    yield "a browser whose page was closed is reached where it registered again", cut_off


def main(record, part, pattern=""):
    lab, failed = Lab(record), []
    lab.chromium = None
    lab.provision()
    try:
        for name, scenario in {"phones": between_phones, "browsers": with_browsers}[part](lab):
            if not re.search(pattern, name):
                continue
            began = time.monotonic()
            try:
                scenario()
                print(f"ok   {name} ({time.monotonic() - began:.0f} s)", flush=True)
            except (Failed, OSError, ValueError) as error:
                failed.append(name)
                place = traceback.extract_tb(error.__traceback__)[1:3]
                print("FAIL", name, ":", *(f"{frame.name} line {frame.lineno}" for frame in place), ":", error, flush=True)
            finally:
                lab.end_scenario()
    finally:
        if lab.chromium:
            lab.chromium.close()
        lab.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
