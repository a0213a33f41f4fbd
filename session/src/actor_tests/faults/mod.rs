//! The fault matrix: everything that can go wrong at every place of the provider, at every moment of a session's life. What
//! is expected of each cell is in [`table`]; what holds in all of them is in [`Cell::check`].
//!
//! The faults come from a server on loopback and are answered by the real client with its real limits, so the whole matrix
//! runs at once and takes a little longer than one silence.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is not expected is printed as it is"
)]

mod cell;
mod fault;
mod table;

use super::*;

use cell::{Cell, Moment};
use fault::Fault;

/// So many cells at a time; those that wait for a silence do not count.
const AT_A_TIME: usize = 16;

const PLACES: [(&str, Endpoint); 5] = [
    ("discovery", Endpoint::Discovery),
    ("keys", Endpoint::Jwks),
    ("token", Endpoint::Token),
    ("userinfo", Endpoint::Userinfo),
    ("revocation", Endpoint::Revocation),
];

/// The cells of the table, with what is expected of each.
fn cells() -> Vec<(Cell, String)> {
    let mut cells = Vec::new();
    for line in table::TABLE.trim().lines().skip(1) {
        let mut columns = line.split('|').map(str::trim);
        let mut words = columns.next().unwrap().split_whitespace();
        let (place, fault) = (words.next().unwrap(), words.next().unwrap());
        let endpoint = PLACES.iter().find(|(name, _)| *name == place).unwrap().1;
        let fault = Fault::named(fault);
        let expected: Vec<_> = columns.collect();
        assert_eq!(expected.len(), Moment::ALL.len(), "{line}");
        for (moment, expected) in Moment::ALL.into_iter().zip(expected) {
            let cell = Cell {
                endpoint,
                fault,
                moment,
            };
            cells.push((cell, expected.to_owned()));
        }
    }
    cells
}

#[test]
fn the_matrix_has_a_cell_for_every_fault_at_every_place_and_moment() {
    let cells = cells();
    for (_, endpoint) in PLACES {
        for fault in Fault::ALL {
            for moment in Moment::ALL {
                let wanted = Cell {
                    endpoint,
                    fault,
                    moment,
                };
                let times = cells.iter().filter(|(cell, _)| *cell == wanted).count();
                assert_eq!(times, 1, "{wanted:?}");
            }
        }
    }
    assert_eq!(cells.len(), PLACES.len() * Fault::ALL.len() * Moment::ALL.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_loses_a_session_and_every_one_is_told_as_what_it_is() {
    let turns = Arc::new(tokio::sync::Semaphore::new(AT_A_TIME));
    let mut running = tokio::task::JoinSet::new();
    for (cell, expected) in cells() {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            let _turn = match cell.fault {
                Fault::Silence => None,
                _ => Some(turns.acquire_owned().await.unwrap()),
            };
            cell.check(&expected).await
        });
    }
    let mut wrong = Vec::new();
    while let Some(result) = running.join_next().await {
        wrong.extend(result.unwrap().err());
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_fails_never_keeps_somebody_signed_in() {
    let mut running = tokio::task::JoinSet::new();
    for fault in Fault::ALL {
        running.spawn(async move {
            let desk = Desk::at(TestProvider::start_with_doors());
            let run = desk.signed_in().await;
            fault.befall(&desk.provider, Endpoint::Revocation).await;
            let receipt = run.session.sign_out().await.unwrap();
            assert_eq!(receipt.device, Step::Done, "{fault:?}");
            // A 200 says it all, whatever its body (RFC 7009, section 2.2).
            let told = matches!(fault, Fault::Empty | Fault::Huge | Fault::WrongJson);
            assert!(told || receipt.tokens != Step::Done, "{fault:?}: {receipt:?}");
            assert!(signed_out(&run.session.view(), Why::ByUser), "{fault:?}");
            run.session.close().await;
            desk.launch().until(|view| signed_out(view, Why::ByUser)).await;
        });
    }
    while let Some(result) = running.join_next().await {
        result.unwrap();
    }
}
