//! What an open window costs: memory, processor time and wake-ups of the whole tree of processes, beside others; and what a start
//! asks of the files and of the session bus.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use latchkey_e2e::child::Child;
use latchkey_e2e::failure::{Doing, Result};
use latchkey_e2e::world::World;

use crate::contestant::{self, Contestant, FLOOR, HELLO_SHARED, LATCHKEY};
use crate::places::Places;
use crate::{statistics, tree};

/// How long a window is left alone before it is weighed.
const SETTLE: Duration = Duration::from_secs(20);
/// How long wake-ups are counted.
const COUNTED: Duration = Duration::from_secs(60);
/// The most that our app may weigh, in windows of the floor.
const MEMORY: f64 = 1.0;
/// The most wake-ups a minute of our own program beyond those of a bare Tauri app's, which are GTK's, WebKit's and Tauri's.
const WAKE_UPS: u64 = 2;

/// Weighs everybody, and prints what was found. Whether the goals are kept.
pub(crate) async fn weigh(contestants: &[Contestant], places: &Places) -> Result<bool> {
    println!(
        "\nAn open window, left alone for {} s, then watched for {} s\n",
        SETTLE.as_secs(),
        COUNTED.as_secs()
    );
    println!(
        "| | processes | memory, MiB | ratio | processor time, s | wake-ups a minute | of the program itself |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut memories = BTreeMap::new();
    let mut wakes = BTreeMap::new();
    for contestant in contestants {
        let weight = weighed(contestant, places).await?;
        memories.insert(contestant.name, weight.memory);
        let floor = memories.get(FLOOR).copied().unwrap_or(weight.memory);
        println!(
            "| {} | {} | {:.0} | {:.3} | {:.2} | {} | {} |",
            contestant.name,
            weight.processes,
            weight.memory,
            weight.memory / floor,
            weight.seconds,
            weight.wake_ups,
            weight.own_wake_ups
        );
        wakes.insert(contestant.name, weight.own_wake_ups);
    }
    let ratio = memories
        .get(LATCHKEY)
        .zip(memories.get(FLOOR))
        .map_or(f64::NAN, |(own, floor)| own / floor);
    let verdict = |kept: bool| if kept { "kept" } else { "MISSED" };
    println!(
        "\ngoal: memory at most {MEMORY} of {FLOOR}: {ratio:.3}: {}",
        verdict(ratio <= MEMORY)
    );
    let own = wakes
        .get(LATCHKEY)
        .zip(wakes.get(HELLO_SHARED))
        .map_or(u64::MAX, |(own, hello)| own.saturating_sub(*hello));
    println!(
        "goal: at most {WAKE_UPS} wake-ups a minute of the program itself beyond those of {HELLO_SHARED}: {own}: {}",
        verdict(own <= WAKE_UPS)
    );
    for contestant in contestants
        .iter()
        .filter(|it| [FLOOR, LATCHKEY].contains(&it.name))
    {
        started(contestant, places).await?;
    }
    Ok(ratio <= MEMORY && own <= WAKE_UPS)
}

struct Weight {
    processes: usize,
    memory: f64,
    seconds: f64,
    wake_ups: u64,
    own_wake_ups: u64,
}

#[expect(clippy::cast_precision_loss, reason = "told with few digits")]
async fn weighed(contestant: &Contestant, places: &Places) -> Result<Weight> {
    let watch = places.watch(contestant.place);
    let child = contestant.start(places.world(contestant.place))?;
    tokio::time::sleep(SETTLE).await;
    let all = tree::of(child.id().doing(contestant.name)?);
    let (before, ticks) = (tree::waits(&all), tree::ticks(&all));
    tokio::time::sleep(COUNTED).await;
    let done = tree::between(&all, &before, ticks);
    let own = tree::between(&all[..1], &before, 0);
    let memories: Vec<f64> = (0..5).map(|_| tree::memory(&all) as f64 / 1024.0).collect();
    contestant::finish(child, watch).await?;
    Ok(Weight {
        processes: all.len(),
        memory: statistics::median(&memories),
        seconds: done.ticks as f64 / 100.0,
        wake_ups: done.waits,
        own_wake_ups: own.waits,
    })
}

/// Launches it once under strace and once beside a listener on the bus, and counts.
async fn started(contestant: &Contestant, places: &Places) -> Result<()> {
    let (world, watch) = (places.world(contestant.place), places.watch(contestant.place));
    let trace = world.root().join("opened-files");
    let files = ["-f", "-qq", "-e", "trace=openat,open", "-e", "signal=none", "-o"];
    let child = contestant.start_under(
        world,
        "strace",
        &[&files[..], &[&trace.to_string_lossy()]].concat(),
    )?;
    quiet().await;
    // It would not pass on a wish to end.
    child.kill();
    watch.cleared(Duration::from_secs(10)).await?;
    let text = std::fs::read_to_string(&trace).doing("read what strace wrote")?;
    println!("\n{}: files opened at a start, by kind\n", contestant.name);
    table(&count(text.lines().filter_map(opened).map(kind)));
    let listener = listen(world).await?;
    let child = contestant.start(world)?;
    quiet().await;
    let calls = listener.written();
    contestant::finish(child, watch).await?;
    listener.kill();
    println!("\n{}: calls over the session bus at a start\n", contestant.name);
    table(&count(calls.lines().filter_map(called)));
    Ok(())
}

async fn quiet() {
    tokio::time::sleep(Duration::from_secs(8)).await;
}

/// Notes every call on the session bus.
async fn listen(world: &World) -> Result<Child> {
    let mut command = world.command("dbus-monitor");
    command.args(["--session", "type='method_call'"]);
    let listener = world.start("dbus-monitor", command)?;
    let begun = Instant::now();
    while listener.written().is_empty() && begun.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(listener)
}

fn count(found: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::<String, usize>::new();
    for found in found {
        *counts.entry(found).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn table(counts: &[(String, usize)]) {
    println!("| | times |\n|---|---|");
    for (what, times) in counts {
        println!("| {what} | {times} |");
    }
    println!(
        "| all | {} |",
        counts.iter().map(|(_, times)| times).sum::<usize>()
    );
}

/// The path of a line of strace that tells of a file that was opened.
fn opened(line: &str) -> Option<&str> {
    let (call, result) = line.rsplit_once(" = ")?;
    let worked = result.trim().parse::<i32>().is_ok_and(|number| number >= 0);
    let path = call.split('"').nth(1)?;
    (worked && call.contains("open")).then_some(path)
}

/// What a file is, in a few words.
fn kind(path: &str) -> String {
    let is = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    let kind = if path.starts_with("/proc") || path.starts_with("/sys") || path.starts_with("/dev") {
        "the kernel's own (/proc, /sys, /dev)"
    } else if is(&["latchkey.toml", "/etc/latchkey"]) {
        "our configuration"
    } else if is(&["dev.latchkey"]) {
        "our data: log, window state, the web view's storage"
    } else if is(&[".so"]) {
        "libraries"
    } else if is(&["font"]) {
        "fonts and their caches"
    } else if is(&[
        "/icons/",
        "/themes/",
        "icon-theme",
        "/gtk-3.0",
        "gtk-4.0",
        "pixbuf",
    ]) {
        "icons, themes, GTK's settings"
    } else if is(&["locale", "/icu", "gconv", "zoneinfo", "localtime"]) {
        "languages and time zones"
    } else if is(&["mime", "applications", ".desktop"]) {
        "desktop entries: who opens a link"
    } else if is(&["glib-2.0/schemas", "dconf"]) {
        "settings of the desktop"
    } else if is(&["/ssl/", "/pki/", "p11-kit", "gnutls", "openssl"]) {
        "certificates and cryptography"
    } else if is(&["/etc/"]) {
        "the system's settings (/etc)"
    } else {
        "others"
    };
    kind.to_owned()
}

/// Whom a line of dbus-monitor calls, and what for.
fn called(line: &str) -> Option<String> {
    let rest = line.strip_prefix("method call ")?;
    let field = |name: &str| {
        let (_, value) = rest.split_once(&format!("{name}="))?;
        Some(value.split([' ', ';']).next().unwrap_or_default().to_owned())
    };
    let (whom, member) = (field("destination")?, field("member")?);
    let interface = field("interface").unwrap_or_default();
    let whom = if whom.starts_with(':') { interface } else { whom };
    Some(format!("{whom} {member}"))
}

#[cfg(test)]
mod tests {
    use super::{called, kind, opened};

    #[test]
    fn a_line_of_strace_is_a_file_when_it_was_there() {
        let line = r#"12 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3"#;
        assert_eq!(opened(line), Some("/etc/ld.so.cache"));
        assert_eq!(
            opened(r#"12 openat(AT_FDCWD, "/none", O_RDONLY) = -1 ENOENT (No such file or directory)"#),
            None
        );
        assert_eq!(kind("/usr/lib/libgtk-3.so.0"), "libraries");
        let ours = "/home/ada/.config/dev.latchkey.desktop/latchkey.toml";
        assert_eq!(kind(ours), "our configuration");
    }

    #[test]
    fn a_line_of_the_bus_is_a_call() {
        let line = "method call time=1.2 sender=:1.5 -> destination=org.freedesktop.secrets serial=3 \
                    path=/org; interface=org.freedesktop.Secret.Item; member=GetSecret";
        assert_eq!(called(line).as_deref(), Some("org.freedesktop.secrets GetSecret"));
        assert_eq!(called("signal time=1.2 sender=:1.5"), None);
    }
}
