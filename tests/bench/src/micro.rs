//! One thread, no sockets: what the message layer and the digest check cost by themselves.
//!
//! The machine is seldom quiet, so the figure is CPU time of the thread, and the best of many short windows.

use crate::{allocations, digest, line};
use bytes::{Bytes, BytesMut};
use sip_core::digest::{Credentials, Nonces, StoredDigests, Verdict, check};
use sip_message::header::HeaderName;
use sip_message::uri::Uri;
use sip_message::{Message, Reply, Rewrite};
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

const WINDOWS: u32 = 150;
const ROUNDS: u32 = 2_000;

/// The INVITE of an office phone behind NAT: 15 header lines and an SDP offer, 1381 bytes.
fn invite() -> Bytes {
    let head = "INVITE sip:+31208005161@example.com;user=phone SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.168.178.41:5060;branch=z9hG4bK-524287-1---b4a6f1d9c2e87034;rport\r\n\
        Max-Forwards: 70\r\n\
        Contact: <sip:alice@192.168.178.41:5060;transport=UDP>;+sip.instance=\"<urn:uuid:6f1c2a34-7be2-4d7b-9c52-0a64ce1f7788>\"\r\n\
        To: <sip:+31208005161@example.com;user=phone>\r\n\
        From: \"Alice Example\" <sip:alice@example.com>;tag=9f3ac27b\r\n\
        Call-ID: NzE4YmM0ZjItNGU3MC00YjQ0LWE1OTYtM2Y1ZTBhMGM4OWQx\r\n\
        CSeq: 2 INVITE\r\n\
        Allow: INVITE, ACK, CANCEL, BYE, REFER, INFO, NOTIFY, UPDATE, PRACK, MESSAGE, OPTIONS, SUBSCRIBE\r\n\
        Content-Type: application/sdp\r\n\
        Supported: replaces, norefersub, extended-refer, timer, outbound, path, gruu\r\n\
        User-Agent: Office Phone X410 release 5.6.4 build 2188\r\n\
        Session-Expires: 1800;refresher=uac\r\n\
        Min-SE: 90\r\n\
        P-Preferred-Identity: \"Alice Example\" <sip:alice@example.com>\r\n";
    let mut body = String::from(
        "v=0\r\no=alice 3402853107 3402853107 IN IP4 192.168.178.41\r\ns=call\r\nc=IN IP4 192.168.178.41\r\nt=0 0\r\n\
         m=audio 40376 RTP/AVP 96 9 8 0 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:9 G722/8000\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\na=x:",
    );
    let length_line = |length: usize| format!("Content-Length: {length}\r\n\r\n");
    let fixed = head.len() + length_line(100).len() + body.len() + 2;
    body += &"x".repeat(1381usize.saturating_sub(fixed));
    body += "\r\n";
    Bytes::from(format!("{head}{}{body}", length_line(body.len())))
}

/// What a forwarding proxy does with a request, apart from the decision where to.
fn parse_and_forward(raw: &Bytes, out: &mut BytesMut) {
    let Ok(message) = Message::parse(raw.clone()) else { return };
    black_box((message.branch(), message.call_id(), message.from_tag(), message.to_tag(), message.cseq()));
    let hops = message.max_forwards().unwrap_or(70);
    let mut rewrite = Rewrite::new(&message);
    rewrite
        .set_request_uri(&b"sip:bob@198.51.100.23:49152;transport=udp;ob"[..])
        .set_received(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)))
        .set_rport(41234)
        .push_via(&b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7f3a90c1d2b4e586"[..])
        .push_record_route(&b"<sip:192.0.2.1;lr>"[..])
        .set_max_forwards(hops.saturating_sub(1));
    out.clear();
    rewrite.render(out);
    black_box(&out[..]);
}

fn parse_only(raw: &Bytes) {
    let _ = black_box(Message::parse(raw.clone()));
}

fn answer(message: &Message, out: &mut BytesMut) {
    out.clear();
    Reply::new(message, 404).to_tag(&b"4f1c"[..]).render(out);
    black_box(&out[..]);
}

/// Prints the figures of this part.
pub fn report() {
    let raw = invite();
    let mut out = BytesMut::with_capacity(4096);
    let (parse, parse_allocations) = best(|| parse_only(&raw));
    line(
        "parse of the INVITE",
        &format!("{parse:.0} ns"),
        &format!("{parse_allocations} allocations; {} bytes", raw.len()),
    );
    let (forward, forward_allocations) = best(|| parse_and_forward(&raw, &mut out));
    line(
        "parse, keys and forward of the INVITE",
        &format!("{forward:.0} ns"),
        &format!("target: at most 750 ns and no allocation; {forward_allocations} allocations"),
    );
    if let Ok(message) = Message::parse(raw.clone()) {
        let (reply, allocations) = best(|| answer(&message, &mut out));
        line("a reply to it", &format!("{reply:.0} ns"), &format!("{allocations} allocations"));
        let uri = message.request_uri();
        let (uri, allocations) = best(|| {
            let _ = black_box(Uri::parse(uri));
        });
        line("its Request-URI read", &format!("{uri:.0} ns"), &format!("{allocations} allocations"));
        black_box(message.header(HeaderName::CallId));
    }
    digest_check();
}

/// The check as the registrar makes it: header read, response recomputed from the stored HA1, nonce judged. Each round
/// counts the nonce again, which the judgement refuses, but only after all of the work.
fn digest_check() {
    let start = Instant::now();
    let nonces = Nonces::new(&[7; 32], start, Duration::from_secs(300), 1024);
    let value = digest::Answer {
        username: "alice",
        realm: "example.com",
        password: "secret",
        method: "REGISTER",
        uri: "sip:example.com",
        nonce: &nonces.issue(start),
        count: 1,
    }
    .header();
    let stored = StoredDigests::of_clear_text("alice", "example.com", "secret");
    let check = || {
        let header = sip_message::header::Credentials::parse(value.as_bytes()).ok()?;
        let parameter = |name: &str| {
            let found = header.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))?.1;
            Some(found.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(found))
        };
        let credentials = Credentials::from_params(parameter).ok()?;
        Some(check(&nonces, start, &credentials, Some(&stored), b"REGISTER"))
    };
    if check() != Some(Verdict::Accepted) {
        line("digest check", "FAILED", "the right password was not accepted");
        return;
    }
    let (cost, allocations) = best(|| {
        black_box(check());
    });
    line(
        "digest check from a stored HA1 (MD5), header and nonce included",
        &format!("{cost:.0} ns"),
        &format!("{allocations} allocations"),
    );
}

/// The best window's CPU nanoseconds a round, and the allocations of one round.
fn best(mut round: impl FnMut()) -> (f64, u64) {
    round();
    let before = allocations::count();
    round();
    let each = allocations::count() - before;
    let mut best = f64::MAX;
    for _ in 0..WINDOWS {
        let start = thread_cpu_ns();
        for _ in 0..ROUNDS {
            round();
        }
        best = best.min((thread_cpu_ns() - start) as f64 / f64::from(ROUNDS));
    }
    (best, each)
}

fn thread_cpu_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
