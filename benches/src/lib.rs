//! What the measuring programs share: taking turns, a token, a provider on loopback, a store of files, a session on it, tables.

pub mod memory;
pub mod person;
pub mod process;
pub mod provider;
pub mod rounds;
pub mod session;
pub mod store;
pub mod table;
pub mod token;
