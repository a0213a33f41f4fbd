//! The stories: what a person does with the app, from end to end, everything real. One world each, so they can run side
//! by side; `cargo xtask test e2e` builds what they need and runs them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accessibility;
mod appimage;
mod canary;
mod closed_meanwhile;
mod configuration;
mod doctor;
mod faults;
mod first_sign_in;
mod hostile_page;
mod keyboard;
mod keyring_locked;
mod lane;
mod lane_accounts;
mod lane_device;
mod lane_first_run;
mod launch_order;
mod loopback;
mod metadata;
mod picture;
mod provider_down;
mod rebranded;
mod rehearsal;
mod renderer;
mod revoked;
mod second_launch;
mod sign_out;
mod straight_in;
mod turned_back;
mod what_happened;
