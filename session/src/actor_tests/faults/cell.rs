//! One cell of the fault matrix: the fault, the moment, and what came of it in the words of the table.

use super::fault::RETRY_AFTER;
use super::*;
use crate::testing::TestKey;

/// Longer than a silence lasts.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a view must stay to count.
const QUIET: Duration = Duration::from_millis(300);
/// More than an access token of the test provider lives, in seconds.
const PAST_EXPIRY: i64 = 3600;

/// When it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    SignIn,
    /// A stored session whose access token lives: userinfo is asked about it.
    LaunchFresh,
    /// A stored session whose access token is over: it is renewed.
    LaunchDue,
    /// In a running session. The provider has a new signing key, so that the keys are asked for.
    Renewal,
}

impl Moment {
    pub(super) const ALL: [Self; 4] = [Self::SignIn, Self::LaunchFresh, Self::LaunchDue, Self::Renewal];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) endpoint: Endpoint,
    pub(super) fault: Fault,
    pub(super) moment: Moment,
}

impl Cell {
    /// Plays it. The error tells what was expected and what happened.
    pub(super) async fn check(self, expected: &str) -> Result<(), String> {
        let desk = Desk::at(TestProvider::start_with_doors());
        let told = match self.moment {
            Moment::SignIn => self.sign_in(&desk, expected).await,
            Moment::LaunchFresh | Moment::LaunchDue => self.launch(&desk, expected).await,
            Moment::Renewal => self.renew(&desk, expected).await,
        };
        told.map_err(|what| {
            let Self {
                endpoint,
                fault,
                moment,
            } = self;
            format!("{endpoint:?}, {fault:?}, {moment:?}: {what}")
        })
    }

    async fn sign_in(self, desk: &Desk, expected: &str) -> Result<(), String> {
        let mut run = desk.launch();
        run.until(|view| signed_out(view, Why::Never)).await;
        let before = desk.provider.count(self.endpoint);
        self.fault.befall(&desk.provider, self.endpoint).await;
        let result = attempt(desk, &mut run).await;
        let found = self.settled(desk, &mut run, before, expected).await;
        same(expected, &found)?;
        same(&(found == "fresh" || found == "not asked"), &result.is_ok())?;
        if let Err(error) = result {
            let told = format!("out {} {}", error.code().as_str(), word(&error.stage()));
            same(expected, &told)?;
        }
        self.fault.end(&desk.provider, self.endpoint);
        attempt(desk, &mut run)
            .await
            .map_err(|error| format!("afterwards: {error}"))?;
        survives(desk, run).await
    }

    async fn launch(self, desk: &Desk, expected: &str) -> Result<(), String> {
        desk.signed_in().await.session.close().await;
        if self.moment == Moment::LaunchDue {
            desk.clock.advance(PAST_EXPIRY);
            desk.provider.stop_clock_at(desk.clock.now());
        }
        let before = desk.provider.count(self.endpoint);
        self.fault.befall(&desk.provider, self.endpoint).await;
        let mut run = desk.launch();
        // What the provider is asked at this moment has been answered, or the fault shows in the view.
        let asked = match self.moment {
            Moment::LaunchDue => Endpoint::Token,
            _ => Endpoint::Userinfo,
        };
        let seen = desk.provider.count(asked);
        wait_for(|| desk.provider.count(asked) > seen || said(&run.last()).starts_with("stale")).await;
        let found = self.settled(desk, &mut run, before, expected).await;
        same(expected, &found)?;
        self.tries_again(&run.before_the_next_try())?;
        self.fault.end(&desk.provider, self.endpoint);
        self.recovers(desk, run).await
    }

    async fn renew(self, desk: &Desk, expected: &str) -> Result<(), String> {
        desk.provider.publish(&[TestKey::Rsa1]);
        let mut run = desk.signed_in().await;
        desk.provider.publish(&[TestKey::Rsa2]);
        desk.provider.id_tokens(IdTokenPlan::signed_by(TestKey::Rsa2));
        let before = desk.provider.count(self.endpoint);
        self.fault.befall(&desk.provider, self.endpoint).await;
        let result = run.session.refresh().await;
        let found = self.settled(desk, &mut run, before, expected).await;
        same(expected, &found)?;
        same(&(found == "fresh" || found == "not asked"), &result.is_ok())?;
        if let Err(error) = result {
            let told = format!("stale {} {}", error.code().as_str(), word(&error.stage()));
            same(expected, &told)?;
        }
        self.tries_again(&run.before_the_next_try())?;
        self.fault.end(&desk.provider, self.endpoint);
        self.recovers(desk, run).await
    }

    /// Everything is tried again by itself: soon what may be over soon, though not before the provider wants it; slowly what
    /// may not.
    fn tries_again(self, view: &View) -> Result<(), String> {
        let View::SignedIn {
            freshness:
                Freshness::Stale {
                    since,
                    problem,
                    retry_at,
                },
            ..
        } = view
        else {
            return Ok(());
        };
        let wait = retry_at.ok_or("it is never tried again")?.duration_since(*since);
        let slowly = self.fault == Fault::Busy || !problem.retryable;
        same(&slowly, &(wait.as_secs() >= RETRY_AFTER))
    }

    /// Without the fault the session is renewed, nobody was signed out meanwhile, and the next launch finds it.
    async fn recovers(self, desk: &Desk, run: Run) -> Result<(), String> {
        run.session
            .refresh()
            .await
            .map_err(|error| format!("afterwards: {error} ({})", error.code().as_str()))?;
        same("fresh", &said(&run.last()))?;
        let kinds = run.kinds();
        let lost = kinds
            .iter()
            .skip_while(|kind| *kind != "signed-in")
            .find(|kind| *kind != "signed-in");
        same(&None, &lost)?;
        survives(desk, run).await
    }

    /// The view once it is what is expected, or stays what it is.
    async fn settled(self, desk: &Desk, run: &mut Run, before: usize, expected: &str) -> String {
        let wanted = if expected == "not asked" {
            "fresh"
        } else {
            expected
        };
        let current = &mut run.current;
        let wait = current.wait_for(|view| said(view) == wanted);
        let _ = tokio::time::timeout(PATIENCE, wait).await;
        tokio::time::sleep(QUIET).await;
        let found = said(&run.last());
        // Requests to a closed port cannot be counted: there the table is believed.
        let asked = match self.fault {
            Fault::Refused => expected != "not asked",
            _ => desk.provider.count(self.endpoint) > before,
        };
        match (found.as_str(), asked) {
            ("fresh", false) => "not asked".to_owned(),
            _ => found,
        }
    }
}

impl Run {
    /// The last view that did not only say that a renewal is under way.
    fn last(&self) -> View {
        let views = self.views.lock().unwrap();
        let settled = views.iter().rev().find(|view| said(view) != "refreshing");
        settled.unwrap_or(&View::Restoring).clone()
    }

    /// The last view that says when the next try is; on a slow machine that try may be under way already. Else the last one.
    fn before_the_next_try(&self) -> View {
        let last = self.last();
        let views = self.views.lock().unwrap();
        let planned = views
            .iter()
            .rev()
            .find(|view| said(view) == said(&last) && is_planned(view));
        planned.unwrap_or(&last).clone()
    }
}

fn is_planned(view: &View) -> bool {
    matches!(
        view,
        View::SignedIn {
            freshness: Freshness::Stale {
                retry_at: Some(_),
                ..
            },
            ..
        }
    )
}

/// The view in the words of the table.
fn said(view: &View) -> String {
    match view {
        View::SignedOut {
            why: Why::Never,
            last_attempt: Some(problem),
            ..
        } => format!("out {} {}", problem.code.as_str(), word(&problem.stage)),
        View::SignedIn {
            freshness,
            kept: Kept::Stored,
            ..
        } => match freshness {
            Freshness::Fresh => "fresh".to_owned(),
            Freshness::Refreshing => "refreshing".to_owned(),
            Freshness::Stale { problem, .. } => {
                format!("stale {} {}", problem.code.as_str(), word(&problem.stage))
            }
        },
        _ => format!("{view:?}"),
    }
}

fn word(stage: &Stage) -> String {
    serde_json::to_value(stage).unwrap().as_str().unwrap().to_owned()
}

/// One attempt to sign in, to its end.
async fn attempt(desk: &Desk, run: &mut Run) -> crate::Result<()> {
    let begun = run.session.begin_sign_in(None).await?;
    let mut ended = std::pin::pin!(begun.ended());
    tokio::select! {
        result = &mut ended => return result,
        page = run.pages.recv() => {
            let callback = desk.provider.authorize(&page.unwrap().url);
            run.session.callback(&callback).await?;
        }
    }
    ended.await
}

/// No refresh token was sent after it had been spent, and the next launch finds the session.
async fn survives(desk: &Desk, run: Run) -> Result<(), String> {
    run.session.close().await;
    let mut next = desk.launch();
    next.until(|view| !matches!(view, View::Restoring)).await;
    let view = next.last();
    if !matches!(view, View::SignedIn { .. }) {
        return Err(format!("the next launch: {}", said(&view)));
    }
    match desk.provider.reused().len() {
        0 => Ok(()),
        times => Err(format!("spent refresh tokens came {times} times again")),
    }
}

async fn wait_for(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = tokio::time::timeout(PATIENCE, waiting).await;
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("expected {expected:?}, found {found:?}"))
    }
}
