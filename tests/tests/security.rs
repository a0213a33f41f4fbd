//! SECURITY.md names a test for each promise: these exist.

use std::fs;

use latchkey_e2e::paths;

/// What is named as `path` or `path::test`.
fn named(text: &str) -> Vec<(String, Option<String>)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/') && !name.contains([' ', ':', '…']) || name.contains(".rs::"))
        .map(|name| match name.split_once("::") {
            Some((path, test)) => (path.to_owned(), Some(test.to_owned())),
            None => (name.to_owned(), None),
        })
        .collect()
}

/// Whether it is a test, and one of this name where there is a name.
fn holds(path: &str, test: Option<&str>) -> bool {
    let Ok(text) = fs::read_to_string(paths::root().join(path)) else {
        return false;
    };
    match test {
        Some(test) => text.contains(&format!("fn {test}(")),
        None => text.contains("#[test]") || text.contains("#[tokio::test") || text.contains("proptest!"),
    }
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = fs::read_to_string(paths::root().join("SECURITY.md")).unwrap();
    let (_, promises) = text.split_once("## What is promised, and what holds it").unwrap();
    let (promises, _) = promises.split_once("\n## ").unwrap();
    let rows: Vec<_> = promises
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    assert!(rows.len() >= 20, "{}", rows.len());
    for row in rows {
        let held_by = row.rsplit(" | ").next().unwrap();
        let tests = named(held_by);
        assert!(!tests.is_empty(), "no test is named: {row}");
        for (path, test) in tests {
            assert!(holds(&path, test.as_deref()), "there is no {path} {test:?}");
        }
    }
}

#[test]
fn what_is_missing_is_noticed() {
    assert!(!holds("tests/tests/nothing.rs", None));
    assert!(!holds("tests/tests/security.rs", Some("no_such_test")));
    assert!(!holds("SECURITY.md", None));
    let names = named("held by `a/b.rs`, `a/c.rs::d` and `state`, `SCHEME:/callback?…`");
    let due = [
        ("a/b.rs".to_owned(), None),
        ("a/c.rs".to_owned(), Some("d".to_owned())),
    ];
    assert_eq!(names, due);
}
