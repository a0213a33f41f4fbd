//! The packages: what is in them, and a life with the installed app. `cargo xtask test package` runs these, one after the other, on a
//! machine on which they may install and remove the app.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contents;
mod life;
mod links;
