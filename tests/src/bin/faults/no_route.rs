//! A launch without any network: a namespace of its own, in which not even loopback is up. The keyring is reached all the
//! same, because its bus is a socket in a file.

use std::process::Stdio;

use latchkey_e2e::failure::{Doing, Result, ensure};

use crate::Bench;
use crate::table::Row;

/// More than an access token lives, in seconds.
const PAST_EXPIRY: i64 = 2 * 3600;

pub(crate) async fn play(bench: &Bench) -> Result<Vec<Row>> {
    let cut_off = words(bench).await?;
    let (provider, account) = bench.account("no-route", &[]).await?;
    let mut client = account.launch(&bench.world, &[], 0).await?;
    client.sign_in().await?;
    client.quit().await?;
    provider.clear_requests().await?;

    let mut client = account.launch(&bench.world, cut_off, PAST_EXPIRY).await?;
    let stale = client
        .until("a stale session", |view| {
            view["freshness"]["kind"] != "refreshing"
        })
        .await?;
    // Whoever asks for a token spends nothing either.
    let asked = client.ask("token 60").await?;
    client.quit().await?;
    let requests = provider.requests().await?.len();

    // The provider ends the grant. That is its own decision: no answer was lost before.
    provider.revoke("ada").await?;
    let mut client = account.launch(&bench.world, &[], PAST_EXPIRY).await?;
    let ended = client
        .until("the end of the session", |view| view["kind"] == "signed-out")
        .await?;
    client.quit().await?;
    let problem = format!(
        "{} {}",
        word(&stale["kind"]),
        word(&stale["freshness"]["problem"]["code"])
    );
    Ok(vec![
        Row::fact(
            "a launch without a route",
            problem.clone(),
            "signed-in offline",
            problem == "signed-in offline",
        ),
        Row::fact(
            "a caller who asks for a token there",
            word(&asked["failed"]),
            "{\"offline\":1}",
            asked["failed"]["offline"] == 1,
        ),
        Row::count("requests the provider saw", requests, 0),
        Row::fact(
            "why, once the provider has ended the grant",
            word(&ended["why"]),
            "ended-by-provider",
            ended["why"] == "ended-by-provider",
        ),
        Row::fact(
            "an answer lost before, as told",
            word(&ended["lost_answer"]),
            "null",
            ended["lost_answer"].is_null(),
        ),
    ])
}

/// The words before a command that cut it off. Who is not root needs a user namespace for it, with the same user in it,
/// because the bus looks at who calls.
async fn words(bench: &Bench) -> Result<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [&["unshare", "--net"], &["unshare", "--net", "--map-current-user"]];
    for way in WAYS {
        let Some((program, arguments)) = way.split_first() else {
            continue;
        };
        let mut command = bench.world.command(program);
        command.args(arguments).arg("true").stderr(Stdio::null());
        if command.status().await.doing("start unshare")?.success() {
            return Ok(way);
        }
    }
    ensure(false, "this system allows no network namespace")?;
    Ok(&[])
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
