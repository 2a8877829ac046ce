//! What one hop costs: parse, read the keys, and render with the edits of a proxy. CPU of the best of many windows.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints, and reads a clock")]

use bytes::{Bytes, BytesMut};
use sip_message::{Message, Rewrite};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let invite = Bytes::from_static(include_bytes!("../tests/data/invite_1381.sip"));
    let mut out = BytesMut::with_capacity(4096);
    let window = 2_000u32;
    let mut best = [f64::MAX; 3];
    for _ in 0..600 {
        let start = Instant::now();
        for _ in 0..window {
            black_box(Message::parse(black_box(invite.clone())).is_ok());
        }
        best[0] = best[0].min(start.elapsed().as_nanos() as f64 / f64::from(window));
        let start = Instant::now();
        for _ in 0..window {
            let Ok(message) = Message::parse(black_box(invite.clone())) else { continue };
            black_box(keys(&message));
        }
        best[1] = best[1].min(start.elapsed().as_nanos() as f64 / f64::from(window));
        let start = Instant::now();
        for _ in 0..window {
            forward(black_box(&invite), &mut out);
            black_box(&out);
        }
        best[2] = best[2].min(start.elapsed().as_nanos() as f64 / f64::from(window));
    }
    println!(
        "{} bytes: parse {:.0} ns, with keys {:.0} ns, forwarded {:.0} ns",
        invite.len(),
        best[0],
        best[1],
        best[2]
    );
}

fn keys(message: &Message) -> usize {
    let parts = [message.branch(), message.from_tag(), message.to_tag(), Some(message.call_id())];
    let cseq = message.cseq().map_or(0, |c| c.number as usize);
    parts.into_iter().flatten().map(<[u8]>::len).sum::<usize>() + cseq
}

fn forward(invite: &Bytes, out: &mut BytesMut) {
    out.clear();
    let Ok(message) = Message::parse(invite.clone()) else { return };
    black_box(keys(&message));
    let hops = message.max_forwards().unwrap_or(70).saturating_sub(1);
    let mut rewrite = Rewrite::new(&message);
    rewrite
        .set_request_uri("sip:bob@192.0.2.201:5070;transport=udp")
        .push_via("SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bK7f3a9c21d04e.0")
        .push_record_route("<sip:198.51.100.5;lr>")
        .set_received([203, 0, 113, 77].into())
        .set_rport(40123)
        .set_max_forwards(hops);
    rewrite.render(out);
}
