//! The quick run of `cargo xtask faults`, part by part: the core's processes with a real keyring and the demo provider.

use std::process::Stdio;
use std::time::Duration;

use latchkey_e2e::failure::{Doing, Result, ensure};
use tokio::process::Command;

/// A part that takes longer has hung.
const LIMIT: Duration = Duration::from_secs(180);

/// Plays one part to its end. What it found is in the failure.
async fn play(part: &str) -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faults"));
    command
        .args(["--quick", part])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output()).await;
    let output = output.doing("wait for the proof")?.doing("start the proof")?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure(output.status.success(), format_args!("{part}:\n{said}"))
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_kill_at_any_moment_of_a_renewal_loses_no_session() -> Result<()> {
    play("kill").await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn many_callers_and_processes_cost_one_request_and_no_session() -> Result<()> {
    play("crowd").await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn virtual_days_leave_nothing_behind() -> Result<()> {
    play("soak").await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_launch_without_a_route_is_signed_in_and_asks_nothing() -> Result<()> {
    play("no-route").await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_clock_two_hours_off_signs_nobody_out() -> Result<()> {
    play("clock").await
}
