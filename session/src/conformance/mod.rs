//! The adversarial provider: one well-behaved base ([`base`]), and a table of everything a provider may do instead ([`table`]).
//! Each behaviour is played through the public [`Session`](crate::Session) ([`act`]) against a real server on loopback, and what came
//! of it is compared with what is due. `docs/conformance.md` is made from the same run ([`page`]).
//!
//! Silences and refused connections are the fault matrix's business (`actor_tests/faults`).

mod act;
mod base;
mod behaviour;
mod log;
mod page;
mod promises;
mod table;
mod words;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use behaviour::Behaviour;
use table::Chapter;

/// So many behaviours at a time.
const AT_A_TIME: usize = 16;

/// What came of each behaviour, in the order of the table. They are played once, whichever test asks first.
fn done() -> &'static [Vec<String>] {
    static DONE: OnceLock<Vec<Vec<String>>> = OnceLock::new();
    DONE.get_or_init(|| {
        log::begin();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(play_all())
    })
}

async fn play_all() -> Vec<Vec<String>> {
    let turns = Arc::new(tokio::sync::Semaphore::new(AT_A_TIME));
    let mut running = Vec::new();
    for chapter in table::chapters() {
        let playing = chapter.behaviours.into_iter().map(|behaviour| {
            let turns = Arc::clone(&turns);
            tokio::spawn(async move {
                let _turn = turns.acquire_owned().await.unwrap();
                act::play(&behaviour).await
            })
        });
        running.push(playing.collect::<Vec<_>>());
    }
    let mut done = Vec::new();
    for chapter in running {
        let mut column = Vec::new();
        for playing in chapter {
            column.push(playing.await.unwrap_or_else(|_| "a panic".to_owned()));
        }
        done.push(column);
    }
    done
}

/// Every behaviour with what came of it.
fn each(chapters: &[Chapter]) -> impl Iterator<Item = (&Behaviour, &'static String)> {
    let done = done().iter().flatten();
    chapters.iter().flat_map(|chapter| &chapter.behaviours).zip(done)
}

#[test]
fn every_behaviour_of_a_provider_gets_the_reaction_that_is_due() {
    let chapters = table::chapters();
    let wrong: Vec<String> = each(&chapters)
        .filter(|(behaviour, done)| behaviour.due != **done)
        .map(|(behaviour, done)| {
            format!(
                "{} ({}): due \"{}\", done \"{done}\"",
                behaviour.name, behaviour.does, behaviour.due
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} behaviours:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_page_is_what_the_run_gives() {
    let committed = std::fs::read_to_string(page_path()).unwrap_or_default();
    // Git may have changed the line ends on Windows.
    let same = committed.replace("\r\n", "\n") == page::of(&table::chapters(), done());
    assert!(
        same,
        "docs/conformance.md differs; `cargo xtask conformance` writes it anew"
    );
}

#[test]
#[ignore = "cargo xtask conformance"]
fn the_page_is_written() {
    std::fs::write(page_path(), page::of(&table::chapters(), done())).unwrap();
}

fn page_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/conformance.md"))
}

#[test]
fn the_table_holds_every_module_of_the_plans_and_no_name_twice() {
    let chapters = table::chapters();
    let behaviours = || chapters.iter().flat_map(|chapter| &chapter.behaviours);
    let names: HashSet<_> = behaviours().map(|behaviour| behaviour.name).collect();
    assert_eq!(names.len(), behaviours().count(), "a name comes twice");
    assert!(names.len() >= 130, "{}", names.len());
    for module in table::MODULES {
        assert!(names.contains(module), "{module} is missing");
    }
}
