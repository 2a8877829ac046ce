//! What the phones do: of their own accord, on their timers, and on what they hear.

use std::time::Duration;

use bytes::Bytes;
use rand::RngExt;

use super::network::{Chore, Event};
use super::phone::{Rung, T1, T1_64, name_of};
use super::world::World;
use crate::support::text::Text;

const T2: Duration = Duration::from_secs(4);

impl World {
    /// Some phone does something.
    pub(crate) fn act(&mut self) {
        let phone = self.network.rng.random_range(0..self.phones.len());
        let callee = self.network.rng.random_range(0..10);
        let uri = match callee {
            8 => "sip:desk@example.com".to_owned(),
            9 => "sip:nobody@example.com".to_owned(),
            _ => format!("sip:u{callee}@example.com"),
        };
        match self.network.rng.random_range(0..22) {
            20 if self.network.chance(0.2) => self.crash(),
            20 => {}
            21 => {
                let time = self.millis(1_000..40_000);
                self.phones[phone].dead_until = Some(self.now + time);
            }
            0..4 => self.register(phone),
            4..7 => self.begin(phone, "MESSAGE", &uri),
            7 => self.reconnect(phone),
            8..10 => self.begin(phone, "OPTIONS", "sip:example.com"),
            _ => self.call(phone, &uri),
        }
    }

    pub(crate) fn register(&mut self, phone: usize) {
        let mut request = self.phones[phone].request("REGISTER", "sip:example.com");
        let expires = if self.network.chance(0.1) { 0 } else { self.network.rng.random_range(60..600) };
        request.add("Expires", expires.to_string());
        self.ask(phone, request, 0);
    }

    fn begin(&mut self, phone: usize, method: &str, uri: &str) {
        let request = self.phones[phone].request(method, uri);
        self.ask(phone, request, 0);
    }

    fn call(&mut self, phone: usize, uri: &str) {
        let request = self.phones[phone].request("INVITE", uri);
        self.ask(phone, request, 0);
    }

    fn ask(&mut self, phone: usize, request: Text, tries: u32) {
        let invite = request.method() == "INVITE";
        self.send(phone, &request);
        let name = self.phones[phone].ask(self.now, request, tries);
        if !self.phones[phone].flow.transport.is_reliable() {
            self.later(phone, T1, Chore::RepeatRequest(name.clone(), T1));
        }
        if invite && self.network.chance(0.25) {
            let patience = self.millis(50..9_000);
            self.later(phone, patience, Chore::Cancel(name));
        }
    }

    fn send(&mut self, phone: usize, message: &Text) {
        if self.phones[phone].is_dead(self.now) {
            return;
        }
        let flow = self.phones[phone].flow;
        let bytes = Bytes::from(message.write());
        self.tally.messages += 1;
        self.network.carry(self.now, flow.transport, || Event::ToProxy(flow, bytes.clone()));
    }

    fn later(&mut self, phone: usize, after: Duration, chore: Chore) {
        self.network.at(self.now + after, Event::Phone(phone, chore));
    }

    fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.network.rng.random_range(range))
    }

    pub(crate) fn chore(&mut self, phone: usize, chore: Chore) {
        match chore {
            Chore::RepeatRequest(name, interval) => self.repeat_request(phone, name, interval),
            Chore::RepeatAnswer(name, interval) => self.repeat_answer(phone, name, interval),
            Chore::Decide(name) => {
                let status = [200, 200, 200, 486, 480, 603, 500, 302, 503][self.network.rng.random_range(0..9)];
                self.answer(phone, &name, status);
            }
            Chore::Cancel(name) => self.cancel(phone, &name),
            Chore::HangUp(name) => {
                if let Some(ok) = self.phones[phone].calls.remove(&name) {
                    let bye = self.phones[phone].in_dialog("BYE", &ok);
                    self.ask(phone, bye, 0);
                }
            }
        }
    }

    fn repeat_request(&mut self, phone: usize, name: String, interval: Duration) {
        let now = self.now;
        let Some(asked) = self.phones[phone].asked.get_mut(&name) else { return };
        let invite = asked.request.method() == "INVITE";
        if asked.done || invite && asked.provisional {
            return;
        }
        if now - asked.since >= T1_64 {
            asked.done = true;
            return;
        }
        let request = asked.request.clone();
        self.send(phone, &request);
        let next = if invite { interval * 2 } else { (interval * 2).min(T2) };
        self.later(phone, next, Chore::RepeatRequest(name, next));
    }

    fn repeat_answer(&mut self, phone: usize, name: String, interval: Duration) {
        let now = self.now;
        let Some(rung) = self.phones[phone].rung.get(&name) else { return };
        if rung.acknowledged || now - rung.since >= T1_64 {
            return;
        }
        if let Some(answer) = rung.answer.clone() {
            self.send(phone, &answer);
            let next = (interval * 2).min(T2);
            self.later(phone, next, Chore::RepeatAnswer(name, next));
        }
    }

    fn answer(&mut self, phone: usize, name: &str, status: u16) {
        let mut reply = match self.phones[phone].rung.get(name) {
            Some(rung) if rung.answer.is_none() => self.phones[phone].response(&rung.invite, status),
            _ => return,
        };
        if status == 302 {
            let other = self.network.rng.random_range(0..9);
            reply.set("Contact", format!("<sip:u{other}@example.com>"));
            self.tally.redirected += 1;
        }
        self.send(phone, &reply);
        if let Some(rung) = self.phones[phone].rung.get_mut(name) {
            rung.answer = Some(reply);
            rung.since = self.now;
        }
        self.later(phone, T1, Chore::RepeatAnswer(name.to_owned(), T1));
    }

    fn cancel(&mut self, phone: usize, name: &str) {
        let Some(asked) = self.phones[phone].asked.get(name) else { return };
        // RFC 3261 §9.1: only an INVITE that was answered provisionally and not finally is cancelled.
        if asked.done || !asked.provisional {
            return;
        }
        let invite = asked.request.clone();
        let cancel = self.phones[phone].hop_by_hop("CANCEL", &invite, invite.header("To").unwrap_or_default());
        self.tally.cancelled += 1;
        self.ask(phone, cancel, 0);
    }

    /// A message arrives at a phone.
    pub(crate) fn hear(&mut self, phone: usize, message: &Text) {
        if self.phones[phone].is_dead(self.now) {
            return;
        }
        match message.status() {
            Some(status) => self.hear_response(phone, message, status),
            None => self.hear_request(phone, message),
        }
    }

    fn hear_request(&mut self, phone: usize, request: &Text) {
        let name = name_of(request);
        match request.method() {
            "INVITE" => self.ring(phone, request, name),
            "ACK" => {
                let same_call = |rung: &&mut Rung| {
                    rung.invite.call_id() == request.call_id() && rung.invite.cseq() == request.cseq()
                };
                match self.phones[phone].rung.get_mut(&name) {
                    Some(rung) => rung.acknowledged = true,
                    None => self.phones[phone].rung.values_mut().filter(same_call).for_each(|r| r.acknowledged = true),
                }
            }
            "CANCEL" => {
                let ok = self.phones[phone].response(request, 200);
                self.send(phone, &ok);
                self.answer(phone, name.trim_end_matches('!'), 487);
            }
            _ if self.network.chance(0.05) => {}
            _ => {
                let ok = self.phones[phone].response(request, 200);
                self.send(phone, &ok);
            }
        }
    }

    fn ring(&mut self, phone: usize, invite: &Text, name: String) {
        if let Some(rung) = self.phones[phone].rung.get(&name) {
            if let Some(answer) = rung.answer.clone().filter(|_| !rung.acknowledged) {
                self.send(phone, &answer);
            }
            return;
        }
        let rung = Rung { since: self.now, invite: invite.clone(), answer: None, acknowledged: false };
        self.phones[phone].rung.insert(name.clone(), rung);
        if self.network.chance(0.1) {
            return;
        }
        if self.network.chance(0.8) {
            let ringing = self.phones[phone].response(invite, 180);
            self.send(phone, &ringing);
        }
        if self.network.chance(0.9) {
            let pause = self.millis(1..8_000);
            self.later(phone, pause, Chore::Decide(name));
        }
    }

    fn hear_response(&mut self, phone: usize, response: &Text, status: u16) {
        let name = name_of(response);
        let Some(asked) = self.phones[phone].asked.get_mut(&name) else { return };
        if status < 200 {
            asked.provisional = true;
            return;
        }
        let first = !asked.done;
        asked.done = true;
        let (request, tries) = (asked.request.clone(), asked.tries);
        if request.method() == "INVITE" {
            self.acknowledge(phone, &request, response, status, first);
        }
        if first && matches!(status, 401 | 407) && tries < 3 && !self.quiet {
            let next = self.phones[phone].with_credentials(&request, response);
            self.ask(phone, next, tries + 1);
        }
    }

    fn acknowledge(&mut self, phone: usize, invite: &Text, response: &Text, status: u16, first: bool) {
        if status >= 300 {
            let ack = self.phones[phone].hop_by_hop("ACK", invite, response.header("To").unwrap_or_default());
            self.send(phone, &ack);
            self.tally.calls_refused += u64::from(first && !matches!(status, 401 | 407));
            return;
        }
        let ack = self.phones[phone].in_dialog("ACK", response);
        self.send(phone, &ack);
        if first {
            self.tally.calls_answered += 1;
            let name = name_of(invite);
            self.phones[phone].calls.insert(name.clone(), response.clone());
            let pause = self.millis(100..20_000);
            self.later(phone, pause, Chore::HangUp(name));
        }
    }
}
