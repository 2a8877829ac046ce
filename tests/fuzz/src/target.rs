//! The table of targets.

mod core_life;
mod core_shard;
mod sip_framer;
mod sip_message;
mod soap_envelope;

/// Takes one input, and panics where an invariant does not hold.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: &[(&str, Target)] = &[
    ("core_life", core_life::run),
    ("core_shard", core_shard::run),
    ("sip_framer", sip_framer::run),
    ("sip_message", sip_message::run),
    ("soap_envelope", soap_envelope::run),
];
