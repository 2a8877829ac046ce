//! What the flow files and the simulation share.

pub(crate) mod credentials;
pub(crate) mod directory;
pub(crate) mod text;
