//! What the flow files and the simulation share.

pub mod directory;
pub mod text;
