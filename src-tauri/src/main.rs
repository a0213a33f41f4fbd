//! The program `latchkey`: the allocator, the command line, then the window. Everything else is in the library.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// Clears what it frees: a token does not outlive its owner in this process's heap. (C libraries have heaps of their own.)
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    latchkey_shell::run(std::env::args_os().skip(1))
}
