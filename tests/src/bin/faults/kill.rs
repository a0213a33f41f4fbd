//! SIGKILL at every moment of a renewal. The next process must come up signed in wherever the provider allows it; where it
//! does not, the person must read why.

use std::time::Duration;

use latchkey_e2e::client::Client;
use latchkey_e2e::deadline::{eventually, within};
use latchkey_e2e::failure::{Result, ensure};
use latchkey_e2e::provider::Provider;
use serde_json::{Value, json};

use crate::Bench;
use crate::table::Row;

/// Where a process is killed: the failpoints, and one that only the network has: the provider has rotated the refresh token,
/// and its answer is still on the way.
const PLACES: [&str; 7] = [
    "decided",
    "journaled",
    "asking",
    "on-the-way",
    "answered",
    "saved",
    "published",
];

/// What the provider does with a refresh token that comes a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grace {
    /// It is good once more.
    One,
    /// The whole grant is over.
    None,
}

/// Where the credential store says that a renewal has begun and not how it ended. The next launch renews at once there, while
/// the provider's grace lasts.
const BEGUN: [&str; 4] = ["journaled", "asking", "on-the-way", "answered"];
/// "At once", with room for a slow machine.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What came of one kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Signed in, and renewed.
    SignedIn,
    /// Signed out although the provider would have allowed it.
    Lost,
    /// Signed out because the provider had to, with the reason and the lost answer.
    Explained,
    /// The same, but the reason or the lost answer is missing.
    Unexplained,
}

pub(crate) async fn play(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = series(bench, "with a grace of one", Grace::One).await?;
    rows.extend(series(bench, "without a grace", Grace::None).await?);
    Ok(rows)
}

/// A full run kills 1,008 times: 72 times at each of 7 places, against each of 2 providers.
async fn series(bench: &Bench, name: &str, grace: Grace) -> Result<Vec<Row>> {
    let (account, options): (_, &[&str]) = match grace {
        Grace::One => ("kill-grace", &["--rotation-grace", "1"]),
        Grace::None => ("kill-strict", &[]),
    };
    let (provider, account) = bench.account(account, options).await?;
    let mut client = account.launch(&bench.world, &[], 0).await?;
    client.sign_in().await?;
    let rounds = bench.times(2, 72);
    let (mut outcomes, mut begun, mut resumed) = (Vec::new(), 0, 0);
    for _ in 0..rounds {
        for place in PLACES {
            let recoverable = kill(&provider, client, place, grace).await?;
            client = account.launch(&bench.world, &[], 0).await?;
            if BEGUN.contains(&place) {
                begun += 1;
                resumed += usize::from(renews_by_itself(&provider).await);
            }
            let outcome = judge(&mut client, recoverable).await?;
            if outcome != Outcome::SignedIn {
                println!(
                    "           killed {place}, {name}: {outcome:?}: {}",
                    client.view()
                );
                client.sign_in().await?;
            }
            outcomes.push((place, outcome));
        }
    }
    client.quit().await?;
    let count = |wanted| outcomes.iter().filter(|(_, outcome)| *outcome == wanted).count();
    Ok(vec![
        Row::figure(format!("kills, provider {name}"), outcomes.len().to_string(), ""),
        Row::count(
            format!("sessions lost where a provider {name} allows recovery"),
            count(Outcome::Lost),
            0,
        ),
        Row::count("launches that resumed a begun renewal at once", resumed, begun),
        Row::count(
            "sessions ended by the provider without the whole reason",
            count(Outcome::Unexplained),
            0,
        ),
        Row::figure(
            "sessions ended by the provider, explained",
            count(Outcome::Explained).to_string(),
            places(&outcomes),
        ),
    ])
}

/// Where the explained ends were, for the record.
fn places(outcomes: &[(&str, Outcome)]) -> String {
    let mut places: Vec<_> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Explained)
        .map(|(place, _)| *place)
        .collect();
    places.sort_unstable();
    places.dedup();
    places.join(",")
}

/// Kills the client at this place of a renewal. Whether the provider lets the session live.
async fn kill(provider: &Provider, mut client: Client, place: &str, grace: Grace) -> Result<bool> {
    provider.clear_requests().await?;
    if place == "on-the-way" {
        let before = newest(provider).await?;
        provider
            .fault(json!({ "endpoint": "token", "mode": "hang", "handled": true, "times": 1 }))
            .await?;
        client.send("renew").await?;
        eventually("the provider to rotate", async || {
            Ok((newest(provider).await? != before).then_some(()))
        })
        .await?;
    } else {
        client.order(&format!("stop-at {place}")).await?;
        client.send("renew").await?;
        let event = client.next().await?;
        ensure(
            event["name"] == place,
            format_args!("stopped at {event}, not {place}"),
        )?;
    }
    client.kill().await?;
    let rotated = place == "on-the-way"
        || renewals(provider)
            .await?
            .iter()
            .any(|request| request["status"] == 200);
    let saved = matches!(place, "saved" | "published");
    provider.clear_requests().await?;
    Ok(!rotated || saved || grace == Grace::One)
}

/// Whether a client that has just been launched asks for a renewal unasked.
async fn renews_by_itself(provider: &Provider) -> bool {
    let asked = async || Ok((!renewals(provider).await?.is_empty()).then_some(()));
    within(AT_ONCE, "a renewal", asked).await.is_ok()
}

/// Renews in the client that came after the killed one, and looks what is left.
async fn judge(client: &mut Client, recoverable: bool) -> Result<Outcome> {
    let renewed = client.ask("renew").await?;
    let view = client.view();
    Ok(if view["kind"] == "signed-in" && renewed["event"] == "ok" {
        Outcome::SignedIn
    } else if recoverable {
        Outcome::Lost
    } else if view["why"] == "ended-by-provider" && view["lost_answer"].is_string() {
        Outcome::Explained
    } else {
        Outcome::Unexplained
    })
}

/// The renewals the provider was asked for.
async fn renewals(provider: &Provider) -> Result<Vec<Value>> {
    let mut requests = provider.requests_to("token").await?;
    requests.retain(|request| request["params"]["grant_type"] == "refresh_token");
    Ok(requests)
}

/// The newest refresh token the provider handed out. (Two ID tokens of one second may be the same.)
async fn newest(provider: &Provider) -> Result<Option<String>> {
    let mut issued = provider.issued().await?;
    issued.retain(|(kind, _)| kind == "refresh_token");
    Ok(issued.pop().map(|(_, value)| value))
}
