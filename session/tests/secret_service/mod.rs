//! Secret Services to test against.

pub(crate) mod bad;
pub(crate) mod gnome;
