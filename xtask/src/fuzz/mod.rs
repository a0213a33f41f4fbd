//! `cargo xtask fuzz`: the parsers that face strangers, fed by libFuzzer. The targets are in `fuzz/`, a workspace of its own.

mod score;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::{self, Interrupt, Urgency};
use crate::print;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;
use score::Score;

/// How often the running targets are looked at.
const TICK: Duration = Duration::from_millis(200);
/// How long one may take to end when it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// Builds the targets, runs each for so many minutes and tells what came of it.
pub(crate) fn run(
    workspace: &Workspace,
    interrupt: &Interrupt,
    minutes: u64,
    targets: &[String],
) -> Result<()> {
    setup::core(interrupt)?;
    setup::tool::CARGO_FUZZ.provide(workspace, interrupt)?;
    let platform = nightly(interrupt)?;
    build(workspace, interrupt)?;
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut waiting: VecDeque<&String> = targets.iter().collect();
    let mut running: Vec<Fuzzing> = Vec::new();
    let mut scores = Vec::new();
    while !(waiting.is_empty() && running.is_empty()) {
        while running.len() < at_once
            && let Some(target) = waiting.pop_front()
        {
            running.push(Fuzzing::start(
                &workspace.fuzz_program(&platform, target),
                workspace,
                target,
                minutes,
            )?);
        }
        interrupt.wait(TICK);
        if interrupt.times() > 0 {
            running.iter_mut().for_each(|fuzzing| fuzzing.end(interrupt));
            return Err(Failure::Interrupted);
        }
        let mut still = Vec::new();
        for mut fuzzing in running {
            match fuzzing.child.try_wait().doing("wait for a target")? {
                Some(_) => scores.push(fuzzing.score()?),
                None => still.push(fuzzing),
            }
        }
        running = still;
    }
    scores.sort_by(|a, b| a.target.cmp(&b.target));
    score::table(&scores);
    if scores.iter().all(Score::is_clean) {
        Ok(())
    } else {
        Err(Failure::Reported)
    }
}

/// libFuzzer's instrumentation is there in nightly compilers only. Gives the compiler's own platform, which names the folder of what
/// is built.
fn nightly(interrupt: &Interrupt) -> Result<String> {
    let advice = "Install one with `rustup toolchain install nightly --profile minimal`, then try again.";
    let found = Task::new("rustup")
        .args(["run", "nightly", "rustc", "-vV"])
        .read(interrupt);
    let platform = found
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| {
            let host = output.stdout.lines().find_map(|line| line.strip_prefix("host: "));
            host.map(str::to_owned)
        });
    platform.ok_or_else(|| Failure::new("fuzzing needs a nightly compiler, and there is none").advise(advice))
}

/// Without a sanitizer: the core forbids unsafe code, and what is looked for are broken promises and panics.
fn build(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    Task::new("rustup")
        .args(["run", "nightly"])
        .args([setup::tool::CARGO_FUZZ.path(workspace)])
        .args(["build", "--sanitizer", "none", "--fuzz-dir"])
        .args([workspace.fuzz()])
        .dir(workspace.root())
        .run(interrupt)
}

/// A target that runs.
struct Fuzzing {
    target: String,
    child: Child,
    log: std::path::PathBuf,
    begun: Instant,
}

impl Fuzzing {
    fn start(program: &Path, workspace: &Workspace, target: &str, minutes: u64) -> Result<Self> {
        let fuzz = workspace.fuzz();
        let (corpus, artifacts) = (
            fuzz.join("corpus").join(target),
            fuzz.join("artifacts").join(target),
        );
        let logs = workspace.root().join("target/fuzz");
        for folder in [&corpus, &artifacts, &logs] {
            fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))?;
        }
        let log = logs.join(format!("{target}.log"));
        let output = File::create(&log).doing(format_args!("write {}", log.display()))?;
        let mut command = Command::new(program);
        command
            .arg(&corpus)
            .arg(fuzz.join("seeds").join(target))
            .arg(format!("-dict={}", fuzz.join("dictionary.txt").display()))
            .arg(format!("-artifact_prefix={}", with_end(&artifacts)))
            .arg(format!("-max_total_time={}", minutes * 60))
            // An input that takes this many seconds is a fault, too.
            .args(["-timeout=10", "-max_len=4096", "-print_final_stats=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        print::step(format_args!("{target}, {minutes} min"));
        Ok(Self {
            target: target.to_owned(),
            child: command.spawn().doing(format_args!("start {target}"))?,
            log,
            begun: Instant::now(),
        })
    }

    fn end(&mut self, interrupt: &Interrupt) {
        interrupt::end(&mut self.child, Urgency::Interrupt, true, PATIENCE, interrupt);
    }

    fn score(mut self) -> Result<Score> {
        let status = self.child.wait().doing("wait for a target")?;
        let log = fs::read(&self.log).doing(format_args!("read {}", self.log.display()))?;
        let score = Score::read(&self.target, &String::from_utf8_lossy(&log), status.success());
        if score.is_clean() {
            print::done(&self.target, self.begun.elapsed());
        } else {
            print::bad(&self.target, self.begun.elapsed());
            print::note(format_args!("{} says more", self.log.display()));
        }
        Ok(score)
    }
}

/// libFuzzer puts the name right behind the prefix.
fn with_end(folder: &Path) -> String {
    format!("{}/", folder.display())
}
