//! The program: the allocator, the command line, then the window. Everything else is in the library.
#![cfg_attr(
    any(not(debug_assertions), feature = "windowless"),
    windows_subsystem = "windows"
)]

use std::process::ExitCode;

/// Clears what it frees: a token does not outlive its owner in this process's heap. (C libraries have heaps of their own.)
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    latchkey_shell::run(std::env::args_os().skip(1))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;

    /// Read from outside, as a debugger would: the allocator of this program, whatever the library's tests run on.
    #[test]
    fn what_is_freed_is_cleared() {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut seen = vec![0; 16 * 1024];
        let mut in_the_clear = |place: usize| {
            memory
                .read_exact_at(&mut seen, place.try_into().unwrap())
                .unwrap();
            seen.windows(8).filter(|piece| piece == b"in clear").count()
        };
        let text = "in clear".repeat(2 * 1024);
        let place = text.as_ptr().addr();
        assert_eq!(in_the_clear(place), 2 * 1024);
        drop(text);
        assert_eq!(in_the_clear(place), 0);
    }

    #[test]
    fn what_grows_leaves_no_copy_behind() {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut seen = vec![0; 16 * 1024];
        let mut text = "as it is".repeat(2 * 1024);
        let place = text.as_ptr().addr();
        // Somebody behind it, so that it has to move.
        let behind = vec![1_u8; 16 * 1024];
        text.reserve_exact(64 * 1024);
        assert_ne!(text.as_ptr().addr(), place);
        memory
            .read_exact_at(&mut seen, place.try_into().unwrap())
            .unwrap();
        assert!(!seen.windows(8).any(|piece| piece == b"as it is"));
        drop(behind);
    }
}
