//! A real wrong clock, once: the process is told by `faketime` that it is two hours later, or earlier.

use latchkey_e2e::failure::{Result, ensure};

use crate::Bench;
use crate::table::Row;

/// The words before a command whose clock is wrong. Only the clock on the wall is: what waits for a time limit would wait wrongly
/// if the other clock were moved under it.
fn wrong(shift: &str) -> [&str; 6] {
    [
        "env",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "faketime",
        "-m",
        "-f",
        shift,
    ]
}

pub(crate) async fn play(bench: &Bench) -> Result<Vec<Row>> {
    let there = bench.world.command("faketime").arg("--version").output().await;
    ensure(
        there.is_ok(),
        "`faketime` is not installed (cargo xtask setup installs it)",
    )?;
    // An ID token of usual length, so that a clock two hours ahead matters.
    let (provider, account) = bench.account("clock", &[]).await?;
    provider.lives(serde_json::json!({ "id_token": 3600 })).await?;
    let mut client = account.launch(&bench.world, &[], 0).await?;
    client.sign_in().await?;
    client.quit().await?;
    let mut rows = Vec::new();
    // Two hours late every ID token is over. Two hours early none is valid yet, but the tokens from before may still serve.
    for (shift, codes) in [
        ("+2h", &["id-token-expired"][..]),
        ("-2h", &["id-token-issued-at", ""][..]),
    ] {
        let mut client = account.launch(&bench.world, &wrong(shift), 0).await?;
        client.ask("token 60").await?;
        let view = client
            .until("an end of the renewal", |view| {
                view["freshness"]["kind"] != "refreshing"
            })
            .await?;
        client.quit().await?;
        let freshness = &view["freshness"];
        let code = freshness["problem"]["code"].as_str().unwrap_or_default();
        let kind = view["kind"].as_str().unwrap_or_default();
        let found = format!("{kind} {code}");
        rows.push(Row::fact(
            format!("a launch with the clock at {shift}"),
            found.trim(),
            "signed-in",
            view["kind"] == "signed-in" && codes.contains(&code),
        ));
    }
    let mut client = account.launch(&bench.world, &[], 0).await?;
    let renewed = client.ask("renew").await?;
    rows.push(Row::fact(
        "the next launch with a right clock",
        renewed["event"].as_str().unwrap_or_default(),
        "ok",
        renewed["event"] == "ok" && client.is_signed_in(),
    ));
    client.quit().await?;
    Ok(rows)
}
