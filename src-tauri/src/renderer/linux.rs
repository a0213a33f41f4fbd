//! The choice, from three facts; and the one variable that is set for it.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use gio::glib;
use latchkey_session::doctor::{Check, Finding};
use rustix::fs::{Access, access};

/// What makes WebKitGTK paint without OpenGL.
const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Whoever has set one of these has decided how the page is drawn: WebKit's own variables, then Mesa's.
const DECIDING: [&str; 10] = [
    VARIABLE,
    "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
    "WEBKIT_DMABUF_RENDERER_DISABLE_GBM",
    "WEBKIT_DMABUF_RENDERER_BUFFER_FORMAT",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_FORCE_COMPOSITING_MODE",
    "WEBKIT_SKIA_ENABLE_CPU_RENDERING",
    "LIBGL_ALWAYS_SOFTWARE",
    "GALLIUM_DRIVER",
    "MESA_LOADER_DRIVER_OVERRIDE",
];

/// Where the kernel shows what can draw.
const CARDS: &str = "/dev/dri";

/// The first version, major and minor, in which the variable means what is wanted of it.
const SINCE: (u32, u32) = (2, 44);

/// Why the page is drawn as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// Somebody has set this variable.
    Decided(&'static str),
    /// There is a graphics card that this program may use.
    Card,
    /// There is none, but this WebKit would make something else of the variable.
    Old,
    /// There is none.
    NoCard,
}

impl Reason {
    /// From what was set, whether there is a card, and WebKit's version.
    fn of(decided: Option<&'static str>, card: bool, version: Option<(u32, u32)>) -> Self {
        match (decided, card) {
            (Some(variable), _) => Self::Decided(variable),
            (None, true) => Self::Card,
            (None, false) if version.is_none_or(|version| version < SINCE) => Self::Old,
            (None, false) => Self::NoCard,
        }
    }

    /// Whether the variable is ours to set.
    fn is_plain(self) -> bool {
        self == Self::NoCard
    }

    fn renderer(self) -> &'static str {
        match self {
            Self::NoCard => "plain",
            Self::Decided(_) => "environment",
            Self::Card | Self::Old => "webkit",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Decided(variable) => variable,
            Self::Card => "graphics-card",
            Self::Old => "old-web-view",
            Self::NoCard => "no-graphics-card",
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Decided(variable) => format!("The window is drawn as the environment says: {variable} is set."),
            Self::Card => "The window is drawn as WebKit chooses: there is a graphics card.".to_owned(),
            Self::Old => {
                "The window is drawn as WebKit chooses: there is no graphics card, but WebKit is older than 2.44."
                    .to_owned()
            }
            Self::NoCard => {
                "The window is drawn without OpenGL: there is no graphics card that this program may use."
                    .to_owned()
            }
        }
    }
}

/// What this run of the window has chosen. Not there in a run without a window.
static CHOSEN: OnceLock<Reason> = OnceLock::new();

/// Chooses, and sets the variable where that is the choice. To be called once and first of all: the environment belongs to every
/// thread that reads it. There is one beside ours already, which WebKit's allocator starts while its library is loaded, to give memory
/// back to the system; it reads no environment.
pub(crate) fn choose() {
    debug_assert!(
        threads().is_none_or(|threads| threads <= 2),
        "another thread may read the environment"
    );
    let reason = *CHOSEN.get_or_init(look);
    if reason.is_plain() {
        // Fails for a name that is none.
        let _ = glib::setenv(VARIABLE, "1", true);
    }
}

/// Writes the choice into the log.
pub(crate) fn log() {
    if let Some(reason) = CHOSEN.get() {
        tracing::info!(renderer = reason.renderer(), reason = reason.name(), "drawing");
    }
}

/// For the health check: what the window has chosen, or would choose.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere there is nothing to tell")]
pub(crate) fn finding() -> Option<Finding> {
    let reason = CHOSEN.get().copied().unwrap_or_else(look);
    Some(
        Finding::ok(Check::Drawing, reason.sentence())
            .fact("renderer", reason.renderer())
            .fact("reason", reason.name()),
    )
}

/// Another program gets the environment that we were given. A browser made of WebKitGTK would take our variable for its own.
pub(crate) fn take_back(command: &mut Command) {
    if CHOSEN.get().is_some_and(|reason| reason.is_plain()) {
        command.env_remove(VARIABLE);
    }
}

fn look() -> Reason {
    Reason::of(decided(), has_card(Path::new(CARDS)), version())
}

#[allow(
    clippy::disallowed_methods,
    reason = "what is set here is asked by its own name, in this one place"
)]
fn decided() -> Option<&'static str> {
    DECIDING
        .into_iter()
        .find(|variable| std::env::var_os(variable).is_some())
}

/// Whether there is a node to draw with that we may use. It is not opened: that would wake a card that sleeps.
fn has_card(folder: &Path) -> bool {
    let Ok(nodes) = folder.read_dir() else {
        return false;
    };
    nodes
        .flatten()
        .filter(|node| node.file_name().as_encoded_bytes().starts_with(b"renderD"))
        .any(|node| access(node.path(), Access::READ_OK | Access::WRITE_OK).is_ok())
}

fn version() -> Option<(u32, u32)> {
    parsed(&tauri::webview_version().ok()?)
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn threads() -> Option<usize> {
    Some(Path::new("/proc/self/task").read_dir().ok()?.count())
}

#[cfg(test)]
mod tests {
    use std::fs::{File, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const NEW: Option<(u32, u32)> = Some((2, 50));

    #[test]
    fn without_a_card_the_page_is_painted_plainly_unless_somebody_has_decided() {
        for (decided, card, version, reason) in [
            (None, false, NEW, Reason::NoCard),
            (None, false, Some(SINCE), Reason::NoCard),
            (None, false, Some((3, 0)), Reason::NoCard),
            (None, false, Some((2, 43)), Reason::Old),
            (None, false, None, Reason::Old),
            (None, true, NEW, Reason::Card),
            (None, true, Some((2, 42)), Reason::Card),
            (Some(VARIABLE), false, NEW, Reason::Decided(VARIABLE)),
            (Some(VARIABLE), true, NEW, Reason::Decided(VARIABLE)),
            (
                Some("GALLIUM_DRIVER"),
                false,
                None,
                Reason::Decided("GALLIUM_DRIVER"),
            ),
        ] {
            let found = Reason::of(decided, card, version);
            assert_eq!(found, reason);
            assert_eq!(found.is_plain(), reason == Reason::NoCard);
        }
    }

    #[test]
    fn a_card_is_a_node_to_draw_with_that_we_may_use() {
        let folder = tempfile::tempdir().unwrap();
        let node = |name: &str| folder.path().join(name);
        assert!(!has_card(&node("nowhere")));
        assert!(!has_card(folder.path()));
        // A display without anything to draw with, as a virtual machine has it.
        File::create(node("card0")).unwrap();
        assert!(!has_card(folder.path()));
        File::create(node("renderD128")).unwrap();
        assert!(has_card(folder.path()));
        std::fs::set_permissions(node("renderD128"), Permissions::from_mode(0o400)).unwrap();
        // Whoever may everything may this, too.
        assert_eq!(has_card(folder.path()), rustix::process::geteuid().is_root());
    }

    #[test]
    fn versions_are_numbers_with_points_between() {
        assert_eq!(parsed("2.50.6"), NEW);
        assert_eq!(parsed("2.9"), Some((2, 9)));
        for none in ["", "2", "two.fifty", "2."] {
            assert_eq!(parsed(none), None, "{none}");
        }
    }

    #[test]
    fn every_reason_is_told_without_a_worry() {
        let reasons = [
            Reason::Decided(VARIABLE),
            Reason::Card,
            Reason::Old,
            Reason::NoCard,
        ];
        let told = reasons.map(Reason::sentence);
        for (index, sentence) in told.iter().enumerate() {
            assert!(
                sentence.ends_with('.') && !told[..index].contains(sentence),
                "{sentence}"
            );
        }
    }

    #[test]
    fn another_program_is_given_what_we_were_given() {
        let taken = |plain| {
            let mut command = Command::new("true");
            command.env("KEPT", "1");
            if plain {
                let _ = CHOSEN.set(Reason::NoCard);
            }
            take_back(&mut command);
            let gone: Vec<_> = command
                .get_envs()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| name.to_owned())
                .collect();
            gone
        };
        assert!(taken(false).is_empty());
        assert_eq!(taken(true), [VARIABLE]);
    }
}
