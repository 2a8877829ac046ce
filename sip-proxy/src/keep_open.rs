//! Keeps the ways open to phones over UDP that are behind routers: something is sent to each now and then, evenly over the time, from the
//! socket that it registered at. Whether it is behind a router is `sip_core`'s rule.
//!
//! RFC 3581 §1, RFC 4787 §4.3 (a router forgets who is silent), RFC 5626 §4.4 (what phones do themselves).

use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

use sip_core::locations::Binding;
use sip_core::{Flow, KEEP_ALIVE, ListenerId, Shared};
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{KeepAliveSettings, UdpKeepAlive};
use crate::counters::Counters;
use crate::locations::clocks;

/// How often some are looked at.
const TICK: Duration = Duration::from_millis(100);
/// Addresses that are looked at in one go at most: more take longer than they should.
const AT_ONCE_MAX: usize = 4096;

/// Who sends what from where.
pub(crate) struct KeepOpen {
    what: UdpKeepAlive,
    ticks: usize,
    sockets: Vec<(ListenerId, String, UdpSocket)>,
    shared: Arc<Shared>,
    counters: Arc<Counters>,
    /// Where in the table the next look begins.
    place: u64,
    sent: u64,
}

impl KeepOpen {
    /// Sends from these sockets, each with what stands in its Via.
    pub(crate) fn new(
        settings: &KeepAliveSettings,
        sockets: Vec<(ListenerId, String, UdpSocket)>,
        shared: Arc<Shared>,
        counters: Arc<Counters>,
    ) -> KeepOpen {
        let ticks = (settings.udp_s as usize).saturating_mul(1000) / TICK.as_millis() as usize;
        KeepOpen { what: settings.udp, ticks: ticks.max(1), sockets, shared, counters, place: 0, sent: 0 }
    }

    /// Works for as long as the runtime lives.
    pub(crate) async fn run(mut self) {
        if self.what == UdpKeepAlive::Off {
            return;
        }
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tick_of_round = 0;
        loop {
            tick.tick().await;
            tick_of_round = (tick_of_round + 1) % self.ticks;
            // A round that is over early waits for the time of the next.
            if tick_of_round == 0 || self.place != 0 {
                self.look();
            }
        }
    }

    /// Looks at as many addresses as are due, so that all had their turn when the time is over.
    fn look(&mut self) {
        let share = self.shared.locations.len().div_ceil(self.ticks).clamp(1, AT_ONCE_MAX);
        let (page, next) = self.shared.locations.page(self.place, share, clocks().now);
        self.place = next.unwrap_or(0);
        for (_, bindings) in &page {
            for binding in bindings.iter() {
                if let Some(flow) = self.shared.to_be_kept_open(binding) {
                    self.send(flow, binding);
                }
            }
        }
    }

    fn send(&mut self, flow: Flow, binding: &Binding) {
        let Some((_, sent_by, socket)) = self.sockets.iter().find(|(listener, ..)| *listener == flow.listener) else {
            return;
        };
        self.sent += 1;
        let sent = match self.what {
            UdpKeepAlive::Off => return,
            UdpKeepAlive::Crlf => socket.send_to(b"\r\n\r\n", flow.remote),
            UdpKeepAlive::Options => socket.send_to(&options(binding.contact(), sent_by, self.sent), flow.remote),
        };
        // One that could not be sent is followed by another soon.
        if sent.is_ok() {
            self.counters.keep_alives_sent.one();
        }
    }
}

/// A question of which only the answer counts, whatever it says.
fn options(contact: &[u8], sent_by: &str, number: u64) -> Vec<u8> {
    let host = sent_by.rsplit_once(':').map_or(sent_by, |(host, _)| host);
    let to = contact.split(|byte| *byte == b'?').next().unwrap_or(contact);
    let mut text = [b"OPTIONS ", to, b" SIP/2.0\r\n"].concat();
    text.extend_from_slice(
        format!(
            "Via: SIP/2.0/UDP {sent_by};rport;branch={KEEP_ALIVE}{number}\r\nMax-Forwards: 70\r\n\
             From: <sip:keep-alive@{host}>;tag={number}\r\nTo: <"
        )
        .as_bytes(),
    );
    text.extend_from_slice(to);
    text.extend_from_slice(
        format!(">\r\nCall-ID: keep-alive-{number}@{host}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").as_bytes(),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_can_be_read() {
        let text = options(b"sip:alice@10.0.0.7:5060;ob?x=y", "[2001:db8::1]:5060", 7);
        let message = sip_message::Message::parse(text.into()).expect("a message");
        assert_eq!(message.request_uri(), b"sip:alice@10.0.0.7:5060;ob");
        assert!(message.branch().is_some_and(|branch| branch.starts_with(KEEP_ALIVE.as_bytes())));
        assert!(message.top_via().is_ok_and(|via| via.wants_rport()));
    }
}
