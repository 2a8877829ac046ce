//! A hop allocates nothing: neither parsing a message of up to 32 header lines, nor reading its keys, nor rendering it
//! with a proxy's edits into a buffer that is used again.

use bytes::Bytes;
use sip_message::{Message, Reply, Rewrite};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

struct Counting;

#[expect(unsafe_code, reason = "counting allocations takes an allocator, which only passes on to the system's")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u32 {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

const INVITE: &[u8] = include_bytes!("data/invite_1381.sip");

#[test]
fn a_forwarded_invite_allocates_nothing() {
    assert!(allocations(|| drop(std::hint::black_box(vec![1u8]))) > 0, "allocations are counted");
    let raw = Bytes::from_static(INVITE);
    let mut out = Vec::with_capacity(4096);
    let count = allocations(|| {
        let message = Message::parse(raw.clone()).unwrap();
        assert!(message.branch().is_some() && message.from_tag().is_some() && message.to_tag().is_none());
        assert!(message.cseq().is_some() && !message.call_id().is_empty());
        let hops = message.max_forwards().unwrap_or(70) - 1;
        let mut rewrite = Rewrite::new(&message);
        rewrite
            .set_request_uri("sip:bob@192.0.2.201:5070")
            .push_via("SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bK7f3a")
            .push_record_route("<sip:198.51.100.5;lr>")
            .set_received([203, 0, 113, 77].into())
            .set_rport(40123)
            .set_max_forwards(hops);
        rewrite.render(&mut out);
    });
    assert_eq!(count, 0);
    assert!(out.len() > INVITE.len());
}

#[test]
fn a_reply_allocates_nothing() {
    let message = Message::parse(Bytes::from_static(INVITE)).unwrap();
    let mut out = Vec::with_capacity(4096);
    let reply = || Reply::new(&message, 100).received([203, 0, 113, 77].into()).rport(40123).header("Server", "x");
    assert_eq!(allocations(|| reply().render(&mut out)), 0);
    assert!(out.starts_with(b"SIP/2.0 100 Trying\r\n"));
}
