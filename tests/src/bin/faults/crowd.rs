//! Many callers and many processes of one session.

use std::collections::BTreeSet;
use std::time::Duration;

use latchkey_e2e::client::{self, Account, Client};
use latchkey_e2e::failure::{Result, ensure};
use latchkey_e2e::provider::Provider;
use serde_json::{Value, json};

use crate::Bench;
use crate::table::Row;

/// So far the clocks jump, in seconds: an access token of 3,600 seconds then has 100 left.
const JUMP: i64 = 3500;
/// The provider takes so long for an answer, in milliseconds, as one does that is not on this computer.
const AWAY: u32 = 100;
/// What callers ask for, in seconds: more than is left, less than a new token has.
const NEED: u32 = 200;

pub(crate) async fn play(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = one_token(bench).await?;
    rows.extend(many_renewals(bench).await?);
    Ok(rows)
}

/// 1,000 callers in one process, then 8 processes with 125 each, and one token that is over for all of them.
async fn one_token(bench: &Bench) -> Result<Vec<Row>> {
    let (provider, account) = bench.account("crowd", &[]).await?;
    let mut clients = vec![account.launch(&bench.world, &[], 0).await?];
    let mut ahead = 0;
    first(&mut clients)?.sign_in().await?;
    provider
        .fault(json!({ "endpoint": "token", "mode": "delay", "delay_ms": AWAY, "times": 0 }))
        .await?;

    let mut single = Vec::new();
    for _ in 0..9 {
        single.push(burst(&provider, &mut clients, &mut ahead, 1).await?.took);
    }
    single.sort_unstable();
    let single = single.get(single.len() / 2).copied().unwrap_or_default();
    let one = burst(&provider, &mut clients, &mut ahead, 1000).await?;

    crowd(bench, &account, &mut clients, 8, ahead).await?;
    let eight = burst(&provider, &mut clients, &mut ahead, 125).await?;
    let signed_in = clients.iter().filter(|client| client.is_signed_in()).count();
    Ok(vec![
        Row::figure(
            format!("one renewal for one caller, {AWAY} ms of it the provider's; median of 9"),
            millis(single),
            "",
        ),
        Row::count("token requests for 1,000 callers in 1 process", one.requests, 1),
        Row::count("callers served, of 1,000 in 1 process", one.served, 1000),
        Row::figure(
            "their time, in single renewals",
            ratio(one.took, single),
            "goal 1.1",
        ),
        Row::count(
            "token requests for 8 processes with 125 callers each",
            eight.requests,
            1,
        ),
        Row::count("callers served, of 8 x 125", eight.served, 1000),
        Row::figure(
            "their time, in single renewals",
            ratio(eight.took, single),
            "goal 1.5",
        ),
        Row::count("processes signed in afterwards, of 8", signed_in, 8),
    ])
}

/// 16 processes that renew without end.
async fn many_renewals(bench: &Bench) -> Result<Vec<Row>> {
    let (provider, account) = bench.account("renewals", &[]).await?;
    let mut clients = vec![account.launch(&bench.world, &[], 0).await?];
    first(&mut clients)?.sign_in().await?;
    crowd(bench, &account, &mut clients, 16, 0).await?;
    provider.clear_requests().await?;
    let each = bench.times(5, 500);
    let (answers, took) = client::all(&mut clients, &format!("renew {each}")).await?;
    let requests = provider.requests_to("token").await?;
    let spent: BTreeSet<_> = requests
        .iter()
        .map(|request| request["params"]["refresh_token"].to_string())
        .collect();
    let refused = requests.iter().filter(|request| request["status"] != 200).count();
    let signed_out = clients.iter().filter(|client| !client.is_signed_in()).count();
    for answer in answers.iter().filter(|answer| answer["event"] != "ok") {
        println!("           renewals of one process: {answer}");
    }
    let wanted = each as usize * clients.len();
    Ok(vec![
        Row::count("renewals done by 16 processes", done(&answers), wanted),
        Row::figure(
            "token requests for them",
            requests.len().to_string(),
            format!("at most {wanted}"),
        ),
        Row::figure(
            "renewals a second",
            format!("{:.1}", wanted as f64 / took.as_secs_f64()),
            "",
        ),
        Row::count(
            "refresh tokens sent more than once",
            requests.len() - spent.len(),
            0,
        ),
        Row::count("requests the provider refused", refused, 0),
        Row::count("processes signed out", signed_out, 0),
    ])
}

struct Burst {
    served: usize,
    requests: usize,
    took: Duration,
}

/// The token comes to its end in all processes at once; then so many callers in each want one.
async fn burst(provider: &Provider, clients: &mut [Client], ahead: &mut i64, callers: u32) -> Result<Burst> {
    *ahead += JUMP;
    client::all(clients, &format!("advance {JUMP}")).await?;
    provider.clear_requests().await?;
    let (answers, took) = client::all(clients, &format!("token {NEED} {callers}")).await?;
    for answer in answers.iter().filter(|answer| answer["event"] != "ok") {
        println!("           callers of one process: {answer}");
    }
    Ok(Burst {
        served: done(&answers),
        requests: provider.requests_to("token").await?.len(),
        took,
    })
}

/// More processes with the stored session, until there are so many.
async fn crowd(
    bench: &Bench,
    account: &Account,
    clients: &mut Vec<Client>,
    many: usize,
    ahead: i64,
) -> Result<()> {
    while clients.len() < many {
        let mut client = account.launch(&bench.world, &[], ahead).await?;
        ensure(
            client.is_signed_in(),
            format_args!("a further process: {}", client.view()),
        )?;
        client
            .until("a fresh session", |view| view["freshness"]["kind"] == "fresh")
            .await?;
        clients.push(client);
    }
    Ok(())
}

fn first(clients: &mut [Client]) -> Result<&mut Client> {
    use latchkey_e2e::failure::Doing as _;
    clients.first_mut().doing("the first process")
}

fn done(answers: &[Value]) -> usize {
    let done = answers
        .iter()
        .filter_map(|answer| answer["done"].as_u64())
        .sum::<u64>();
    usize::try_from(done).unwrap_or(usize::MAX)
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(time: Duration, single: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / single.as_secs_f64())
}
