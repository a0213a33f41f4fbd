//! Plays a behaviour and says in words what came of it.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is not expected is told as it is"
)]

use std::time::Duration;

use super::base::{Run, Scene};
use super::behaviour::{Act, Behaviour};
use super::promises;
use super::words::{parameter, receipt};
use crate::ports::Page;
use crate::secret::SecretUrl;
use crate::testing::TestProvider;
use crate::view::{Freshness, How, View, Why};
use crate::{Claim, Error, Result};

/// Longer than anything takes that is not broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// The reaction to a behaviour, in words.
pub(super) async fn play(behaviour: &Behaviour) -> String {
    let mut scene = Scene::new(behaviour.path).await;
    let playing = acted(&mut scene, behaviour);
    let Ok(mut done) = tokio::time::timeout(PATIENCE, playing).await else {
        return "nothing, for a minute".to_owned();
    };
    if let Some(told) = behaviour.told {
        done = format!("{done}; {}", told(&scene));
    }
    match promises::broken(&scene) {
        Some(promise) => format!("{done}; BUT {promise}"),
        None => done,
    }
}

async fn acted(scene: &mut Scene, behaviour: &Behaviour) -> String {
    let bend = behaviour.bend;
    match behaviour.act {
        Act::SignIn => {
            bend(scene);
            first(scene, 1, TestProvider::authorize).await
        }
        Act::Callback(callback) => {
            bend(scene);
            first(scene, 1, callback).await
        }
        Act::OnDevice(decision) => {
            bend(scene);
            let run = scene.launch();
            let begun = run.session.begin_sign_in(Some(How::Device)).await.unwrap();
            run.until(|view| !matches!(view, View::SigningIn { device: None, .. }))
                .await;
            scene.provider.decide_on_devices(decision);
            let result = begun.ended().await;
            run.ended(scene, result)
        }
        Act::Again => {
            let mut run = scene.signed_in().await;
            bend(scene);
            run.signs_in(scene, TestProvider::authorize).await
        }
        Act::Tries(times) => {
            bend(scene);
            first(scene, times, TestProvider::authorize).await
        }
        Act::Renew => {
            let run = scene.signed_in().await;
            bend(scene);
            let result = run.session.refresh().await;
            run.note(scene).await;
            run.renewed(scene, result)
        }
        Act::Launch => {
            scene.signed_in().await.session.close().await;
            bend(scene);
            let run = scene.launch();
            let told = run.session.claims().await.unwrap();
            tokio::select! {
                biased;
                () = run.told_anew(&told) => {
                    run.note(scene).await;
                    return "the session is confirmed".to_owned();
                }
                () = run.until(|view| {
                    matches!(
                        view,
                        View::SignedOut { .. }
                            | View::SignedIn {
                                freshness: Freshness::Stale { .. },
                                ..
                            }
                    )
                }) => {}
            }
            run.note(scene).await;
            run.now()
        }
        Act::SignOut => {
            bend(scene);
            let mut run = scene.signed_in().await;
            run.signs_out(scene).await.0
        }
        Act::Return(back) => {
            bend(scene);
            let mut run = scene.signed_in().await;
            let (done, page) = run.signs_out(scene).await;
            let Some(page) = page else { return done };
            let url = back(&page.redirect_uri.unwrap(), &parameter(&page.url, "state"));
            let came_back = match run.session.callback(&url).await {
                Ok(()) => "its return is taken".to_owned(),
                Err(error) => scene.told("its return is refused", error),
            };
            format!("{came_back}; {}", receipt(&run.session.view()))
        }
    }
}

/// So many attempts of somebody who has never signed in. One that fails leaves nothing in the store.
async fn first(scene: &mut Scene, times: usize, answer: fn(&TestProvider, &SecretUrl) -> String) -> String {
    let mut run = scene.launch();
    let mut done = String::new();
    for _ in 0..times {
        done = run.signs_in(scene, answer).await;
    }
    run.session.close().await;
    match scene.store.names().as_slice() {
        [] if done.starts_with("refused") => done,
        names if done.starts_with("refused") => format!("{done}; the store holds {names:?}"),
        _ => done,
    }
}

impl Scene {
    /// A run in which the person has signed in while all was well.
    async fn signed_in(&mut self) -> Run {
        let mut run = self.launch();
        let done = run.signs_in(self, TestProvider::authorize).await;
        assert_eq!(done, "signed in");
        run
    }

    /// An error in words, noted.
    fn told(&mut self, what: &str, error: Error) -> String {
        let stage = serde_json::to_value(error.stage()).unwrap();
        let told = format!(
            "{what} at {}: `{}`",
            stage.as_str().unwrap(),
            error.code().as_str()
        );
        self.errors.push(error);
        told
    }
}

impl Run {
    async fn until(&self, wanted: impl Fn(&View) -> bool) {
        let mut current = self.current.clone();
        current.wait_for(|view| wanted(view)).await.unwrap();
    }

    /// One attempt to its end, with this answer of the provider's page.
    async fn signs_in(
        &mut self,
        scene: &mut Scene,
        answer: fn(&TestProvider, &SecretUrl) -> String,
    ) -> String {
        let begun = match self.session.begin_sign_in(None).await {
            Ok(begun) => begun,
            Err(error) => return scene.told("not begun", error),
        };
        let mut ended = std::pin::pin!(begun.ended());
        let page = tokio::select! {
            biased;
            Some(page) = self.opened.recv() => page,
            result = &mut ended => return self.ended(scene, result),
        };
        scene.pages.push(page.clone());
        let refused = self
            .session
            .callback(&answer(&scene.provider, &page.url))
            .await
            .err();
        if matches!(self.session.view(), View::SigningIn { .. })
            && let Some(error) = refused
        {
            let told = scene.told("not taken", error);
            self.session
                .callback(&scene.provider.authorize(&page.url))
                .await
                .unwrap();
            return match ended.await {
                Ok(()) => format!("{told}; the attempt lives on"),
                Err(error) => scene.told(&format!("{told}; then refused"), error),
            };
        }
        let result = ended.await;
        self.note(scene).await;
        self.ended(scene, result)
    }

    /// Notes what is told about the person.
    async fn note(&self, scene: &mut Scene) {
        scene
            .claims
            .extend(self.session.claims().await.unwrap_or_default());
    }

    /// Waits until other claims are told.
    async fn told_anew(&self, told: &[Claim]) {
        while self.session.claims().await.is_ok_and(|claims| claims == told) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if self.session.claims().await.is_err() {
            std::future::pending().await // nobody is told of any more
        }
    }

    /// An attempt has ended. The error that is told and the view say the same.
    fn ended(&self, scene: &mut Scene, result: Result<()>) -> String {
        match (result, self.session.view()) {
            (Ok(()), View::SignedIn { .. }) => "signed in".to_owned(),
            (
                Err(error),
                View::SignedOut {
                    why: Why::Never,
                    last_attempt: Some(problem),
                    ..
                },
            ) if *error.problem() == problem => scene.told("refused", error),
            (Err(error), View::SignedIn { .. }) => {
                scene.told("refused", error) + "; the earlier session stays"
            }
            (result, view) => format!("{result:?} and {view:?}"),
        }
    }

    fn renewed(&self, scene: &mut Scene, result: Result<()>) -> String {
        match (result, self.session.view()) {
            (
                Ok(()),
                View::SignedIn {
                    freshness: Freshness::Fresh,
                    ..
                },
            ) => "renewed".to_owned(),
            (
                Err(error),
                View::SignedIn {
                    freshness: Freshness::Stale { problem, .. },
                    ..
                },
            ) if *error.problem() == problem => scene.told("refused", error) + "; the session stays",
            (
                Err(error),
                View::SignedOut {
                    why: Why::EndedByProvider,
                    ..
                },
            ) => scene.told("the session ends", error),
            (result, view) => format!("{result:?} and {view:?}"),
        }
    }

    /// A session that is in doubt, in words.
    fn now(&self) -> String {
        match self.session.view() {
            View::SignedIn {
                freshness: Freshness::Stale { problem, .. },
                ..
            } => {
                let stage = serde_json::to_value(problem.stage).unwrap();
                let (stage, code) = (stage.as_str().unwrap(), problem.code.as_str());
                format!("in doubt at {stage}: `{code}`; the session stays")
            }
            View::SignedOut {
                why: Why::EndedByProvider,
                ..
            } => "the session ends: the provider refused to renew it".to_owned(),
            view => format!("{view:?}"),
        }
    }

    async fn signs_out(&mut self, scene: &mut Scene) -> (String, Option<Page>) {
        self.session.sign_out().await.unwrap();
        let page = self.opened.try_recv().ok();
        scene.pages.extend(page.clone());
        (receipt(&self.session.view()), page)
    }
}
