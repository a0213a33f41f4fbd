//! What the person may edit about themselves: four commands, and the end of drafts when somebody signs out.
//!
//! The editor is built when the page first asks, from the configuration as it is then. A page gives names and plain values and
//! gets names and plain values: the address and the token stay on this side.

use std::sync::{Arc, Mutex, PoisonError};

use latchkey_metadata::{Change, Changes, Content, Drafts, Editor, Person, Saved, Trouble, TroubleCode};
use latchkey_session::Session;
use latchkey_session::config::{Config, FieldKind, ProfileConfig};
use latchkey_session::ports::SystemClock;
use latchkey_session::view::{View, Why};
use serde::Serialize;
use tauri::State;

use crate::places::Places;
use crate::shell::Shell;

/// How many fields a person can insist on at once.
const OVER_LIMIT: usize = 100;

/// The answer to `metadata`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct Metadata {
    /// The fields the configuration knows, in its order.
    known: Vec<KnownField>,
    /// What there is.
    content: Content,
}

/// A field the configuration knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct KnownField {
    /// Its name in the data.
    name: String,
    /// What it holds.
    #[cfg_attr(feature = "ts", ts(type = "\"text\" | \"country\" | \"yes-no\" | \"number\""))]
    kind: &'static str,
    /// What people call it; absent: the page has a word for it, or shows the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    label: Option<String>,
    /// The longest text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    max_length: Option<u32>,
}

/// The editor, once somebody has asked for it, and who was last seen to be signed in.
#[derive(Debug, Default)]
pub(crate) struct Metadatas {
    configured: Mutex<Option<Arc<Configured>>>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Configured {
    issuer: String,
    profile: ProfileConfig,
    editor: Editor<Session>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Left,
    SignedIn { issuer: String, sub: String },
}

/// The data of whoever is signed in, read now, and the draft. Nothing when no editor is configured.
#[tauri::command]
pub(crate) async fn metadata(
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Result<Option<Metadata>, Trouble> {
    let Some(configured) = configured(&shell, &session).await else {
        return Ok(None);
    };
    // The page asks as soon as somebody is signed in; like the session itself, the first frame comes before the network.
    session.until_shown().await;
    let content = configured.editor.load(&configured.person(&session)?).await;
    Ok(Some(Metadata {
        known: known(&configured.profile),
        content,
    }))
}

/// Saves these changes. `over`: fields for which the person has seen a conflict and wants their own value.
#[tauri::command]
pub(crate) async fn save_metadata(
    changes: Vec<Change>,
    over: Vec<String>,
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Result<Saved, Trouble> {
    if over.len() > OVER_LIMIT {
        return Err(Trouble::new(TroubleCode::TooLarge));
    }
    let changes = Changes::new(changes)?;
    let (configured, person) = at_work(&shell, &session).await?;
    let outcome = configured.editor.save(&person, &changes, &over).await;
    configured.leave_nothing_of(&person, &session).await;
    outcome
}

/// Keeps exactly these changes until they are saved or discarded, over a restart, too. None: there is no draft any more.
#[tauri::command]
pub(crate) async fn keep_draft(
    changes: Vec<Change>,
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Result<(), Trouble> {
    let changes = Changes::new(changes)?;
    let (configured, person) = at_work(&shell, &session).await?;
    let outcome = configured.editor.keep(&person, &changes).await;
    configured.leave_nothing_of(&person, &session).await;
    outcome
}

/// Forgets the draft.
#[tauri::command]
pub(crate) async fn discard_draft(
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Result<(), Trouble> {
    let (configured, person) = at_work(&shell, &session).await?;
    configured.editor.discard(&person).await
}

/// The editor and whose data it is. Without an editor the page has nothing that could ask.
async fn at_work(shell: &Shell, session: &Session) -> Result<(Arc<Configured>, Person), Trouble> {
    let configured = configured(shell, session)
        .await
        .ok_or_else(|| Trouble::new(TroubleCode::NotFound))?;
    let person = configured.person(session)?;
    Ok((configured, person))
}

/// The editor as configured now. It stays the same, with what it has read, as long as the configuration does.
async fn configured(shell: &Shell, session: &Session) -> Option<Arc<Configured>> {
    let layers = shell.places.layers.clone();
    let config = tauri::async_runtime::spawn_blocking(move || Config::load(&layers)).await;
    // A configuration that cannot be read blocks the session, and the view says so.
    let config = config.ok()?.ok()?;
    let (issuer, profile) = (config.provider?.issuer, config.profile);
    let editor = profile.editor.clone()?;
    let mut known = shell
        .metadata
        .configured
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known
        .as_ref()
        .filter(|it| it.issuer == issuer && it.profile == profile)
    {
        return Some(Arc::clone(same));
    }
    let editor = Editor::new(
        &editor,
        session.clone(),
        Arc::new(SystemClock),
        shell.places.data.clone(),
    );
    let fresh = Arc::new(Configured {
        issuer,
        profile,
        editor,
    });
    *known = Some(Arc::clone(&fresh));
    Some(fresh)
}

impl Configured {
    /// Who is signed in. A session of another issuer than the configured one is not for this editor: its token stays here.
    fn person(&self, session: &Session) -> Result<Person, Trouble> {
        match signed_in(&session.view()) {
            Some(person) if person.issuer == self.issuer => Ok(person),
            Some(_) | None => Err(Trouble::new(TroubleCode::NotSignedIn)),
        }
    }

    /// Who signed out while something was being written has no draft here any more.
    async fn leave_nothing_of(&self, person: &Person, session: &Session) {
        let left = matches!(
            session.view(),
            View::SignedOut {
                why: Why::ByUser | Why::Elsewhere,
                ..
            }
        );
        if left && self.editor.discard(person).await.is_err() {
            tracing::warn!("a draft could not be removed");
        }
    }
}

fn signed_in(view: &View) -> Option<Person> {
    let View::SignedIn { profile, .. } = view else {
        return None;
    };
    Some(Person {
        issuer: profile.issuer.clone(),
        sub: profile.sub.clone(),
    })
}

fn known(profile: &ProfileConfig) -> Vec<KnownField> {
    let field = |field: &latchkey_session::config::Field| KnownField {
        name: field.name.clone(),
        kind: FieldKind::as_str(field.kind),
        label: field.label.clone(),
        max_length: field.max_length,
    };
    profile.fields.iter().map(field).collect()
}

impl Metadatas {
    /// Follows the views: whoever signs out leaves no draft, and neither does whoever somebody else takes the place of. A session
    /// that ended in another way leaves its drafts to the next sign-in of the same person.
    pub(crate) fn follow(&self, view: &View, places: &Places) {
        let now = match view {
            View::SignedOut {
                why: Why::ByUser | Why::Elsewhere,
                ..
            } => Seen::Left,
            View::SignedIn { profile, .. } => Seen::SignedIn {
                issuer: profile.issuer.clone(),
                sub: profile.sub.clone(),
            },
            View::SignedOut { .. }
            | View::Unconfigured { .. }
            | View::Restoring
            | View::SigningIn { .. }
            | View::Blocked { .. } => return,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref() == Some(&now) {
            return;
        }
        *seen = Some(now.clone());
        // With the editor goes what it has read of somebody who is not there any more.
        *self.configured.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let places = places.clone();
        tauri::async_runtime::spawn_blocking(move || forget(&now, &places));
    }
}

/// Blocks.
fn forget(now: &Seen, places: &Places) {
    let outcome = match now {
        Seen::SignedIn { issuer, sub } => Drafts::forget(&places.data, issuer, Some(sub)),
        Seen::Left => {
            let issuer = Config::load(&places.layers)
                .ok()
                .and_then(|config| config.provider)
                .map(|provider| provider.issuer);
            issuer.map_or(Ok(()), |issuer| Drafts::forget(&places.data, &issuer, None))
        }
    };
    if let Err(error) = outcome {
        tracing::warn!(kind = %error.kind(), "a draft could not be removed");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use latchkey_session::config::Locations;

    use super::*;

    const CONFIG: &str = "[provider]\nissuer = \"https://id.example\"\nclient_id = \"d\"\n[profile.fields]\nage = { kind = \"number\", label = \"Age\" }\n";

    #[test]
    fn known_fields_are_as_configured() {
        let fields = known(&Config::parse(CONFIG, "test").unwrap().profile);
        let json = serde_json::to_string(&fields).unwrap();
        assert_eq!(json, r#"[{"name":"age","kind":"number","label":"Age"}]"#);
    }

    fn places(data: &Path) -> Places {
        Places {
            layers: Locations {
                compiled_in: Some(CONFIG.to_owned()),
                ..Locations::default()
            },
            config_file: data.join("latchkey.toml"),
            data: data.to_owned(),
            cache: data.to_owned(),
            logs: data.to_owned(),
        }
    }

    #[test]
    fn whoever_signs_out_leaves_nothing_that_was_read() {
        let data = tempfile::tempdir().unwrap();
        let config = Config::parse(CONFIG, "test").unwrap();
        let session = tauri::async_runtime::block_on(async {
            Session::builder(|| Config::parse(CONFIG, "test")).start()
        });
        let url = "https://api.example/me".parse().unwrap();
        let editor = Editor::new(
            &latchkey_session::config::Editor::Http { url },
            session.unwrap(),
            Arc::new(SystemClock),
            data.path().to_owned(),
        );
        let known = Metadatas::default();
        let configured = Configured {
            issuer: "https://id.example".to_owned(),
            profile: config.profile,
            editor,
        };
        *known.configured.lock().unwrap() = Some(Arc::new(configured));
        let view = |json: &str| serde_json::from_str::<View>(json).unwrap();
        known.follow(&view(r#"{"kind":"restoring"}"#), &places(data.path()));
        assert!(known.configured.lock().unwrap().is_some());
        let left = view(r#"{"kind":"signed-out","why":"by-user"}"#);
        known.follow(&left, &places(data.path()));
        assert!(known.configured.lock().unwrap().is_none());
    }

    #[test]
    fn whoever_signs_out_leaves_no_draft() {
        let data = tempfile::tempdir().unwrap();
        let places = places(data.path());
        // SHA-256 of the issuer begins like this.
        let file = data.path().join("draft-20a69b77c1810978-1-2.json");
        std::fs::write(&file, "{}").unwrap();
        let other = data.path().join("draft-0000000000000000-1-2.json");
        std::fs::write(&other, "{}").unwrap();
        forget(&Seen::Left, &places);
        assert!(!file.exists());
        assert!(other.exists(), "another issuer's");
    }
}
