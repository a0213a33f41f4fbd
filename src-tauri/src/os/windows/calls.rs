//! Calls to Windows that no safe library makes for us. The only unsafe code of the shell, on any platform: each call takes numbers
//! and handles of this process alone, no memory of ours, so none of them can break what the compiler relies on.
#![allow(unsafe_code, reason = "calls of the operating system, each with its reason")]

use std::os::windows::io::AsRawHandle as _;

use windows_sys::Win32::Storage::FileSystem::{FILE_TYPE_UNKNOWN, GetFileType};
use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};
use windows_sys::Win32::System::Diagnostics::Debug::{
    GetErrorMode, SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
};
use windows_sys::Win32::System::ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WerSetFlags};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};

/// What `abort` ends with in the C library.
const ABORTED: u32 = 3;

/// Whether standard output is a file, a pipe or a console. Its handle may be none, or the number of one that is not ours.
pub(super) fn output_leads_somewhere() -> bool {
    let handle = std::io::stdout().as_raw_handle();
    // SAFETY: any value may be asked about; one that is no handle is of unknown type.
    !handle.is_null() && unsafe { GetFileType(handle) } != FILE_TYPE_UNKNOWN
}

/// Takes the console of the process that started us, if it has one. Windows points the standard handles at it.
pub(super) fn attach_to_the_console() {
    // SAFETY: a number goes in, and whether it worked comes out. Without a console to take everything stays as it is.
    unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}

/// A crash opens no dialog and starts no report (`SEM_NOGPFAULTERRORBOX`; processes we start inherit it). Where Windows reports it
/// all the same, the heap is left out.
pub(super) fn no_reports() {
    // SAFETY: flags of this process go in and come out.
    unsafe {
        SetErrorMode(GetErrorMode() | SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
        WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP);
    }
}

/// Ends this process without an exception, so that nobody reports a crash: `abort` would ask for a report on Windows.
pub(crate) fn end() -> ! {
    // SAFETY: the handle means this process; the call does not return.
    unsafe { TerminateProcess(GetCurrentProcess(), ABORTED) };
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use windows_sys::Win32::System::Diagnostics::Debug::{GetErrorMode, SEM_NOGPFAULTERRORBOX};

    use super::{end, no_reports};

    #[test]
    fn an_internal_fault_ends_at_once_and_reports_are_off() {
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "os::windows::calls::tests::ends"])
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    }

    #[test]
    #[ignore = "ends its process; run by the test above"]
    fn ends() {
        no_reports();
        // SAFETY: nothing goes in, a number comes out.
        let mode = unsafe { GetErrorMode() };
        // Anything but this end is a failure of the test above.
        if mode & SEM_NOGPFAULTERRORBOX != 0 {
            end();
        }
    }
}
