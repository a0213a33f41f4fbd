//! What the page may do, read from what is built into the program: a test here fails when anything is added.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

/// Everything the page may ask for. Whoever adds a command adds it here, and to the review of what it gives away.
const COMMANDS: [&str; 32] = [
    "app_info",
    "cancel_sign_in",
    "claims",
    "copy_about",
    "copy_claim",
    "copy_claims",
    "copy_code",
    "copy_details",
    "copy_doctor",
    "copy_link",
    "copy_timeline",
    "discard_draft",
    "doctor",
    "keep_draft",
    "metadata",
    "open_again",
    "open_config_folder",
    "open_logs_folder",
    "painted",
    "paste_address",
    "probe_provider",
    "repair_links",
    "retry",
    "save_metadata",
    "sign_in",
    "sign_out",
    "subscribe",
    "switch_way",
    "take_another_account",
    "timeline",
    "try_provider",
    "use_this_run",
];

/// The capabilities and the permissions as the build script resolved them.
const CAPABILITIES: &str = include_str!(concat!(env!("OUT_DIR"), "/capabilities.json"));
const PERMISSIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"));
const CONFIGURATION: &str = include_str!("../../tauri.conf.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn permission(command: &str) -> String {
    format!("allow-{}", command.replace('_', "-"))
}

#[test]
fn the_page_may_call_these_commands_and_nothing_else() {
    let capabilities = parsed(CAPABILITIES);
    let all: Vec<_> = capabilities.as_object().unwrap().keys().collect();
    assert_eq!(all, ["main"], "one capability");
    let main = &capabilities["main"];
    let members: BTreeSet<_> = main.as_object().unwrap().keys().map(String::as_str).collect();
    let known = BTreeSet::from(["identifier", "description", "local", "windows", "permissions"]);
    assert_eq!(members, known, "no remote address, no other web view");
    assert_eq!(main["local"], json!(true));
    assert_eq!(main["windows"], json!(["main"]));
    let granted: BTreeSet<_> = main["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|permission| permission.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(granted, COMMANDS.map(permission).into());
}

#[test]
fn each_permission_is_its_command_and_has_no_scope() {
    let permissions = parsed(PERMISSIONS);
    let ours = &permissions["__app-acl__"];
    assert_eq!(ours["default_permission"], Value::Null);
    for command in COMMANDS {
        let it = &ours["permissions"][permission(command)];
        assert_eq!(
            it["commands"],
            json!({ "allow": [command], "deny": [] }),
            "{command}"
        );
        let scope = &it["scope"];
        assert!(scope.is_null() || *scope == json!({}), "{command}: {scope}");
    }
}

#[test]
fn no_other_capability_comes_in_by_the_configuration() {
    let security = &parsed(CONFIGURATION)["app"]["security"];
    assert_eq!(security["capabilities"], json!(["main"]));
    assert_eq!(security["freezePrototype"], json!(true));
    let members: BTreeSet<_> = security.as_object().unwrap().keys().map(String::as_str).collect();
    let known = BTreeSet::from(["csp", "freezePrototype", "capabilities"]);
    assert_eq!(members, known, "no exception to any of it");
    assert_eq!(parsed(CONFIGURATION)["app"]["withGlobalTauri"], json!(false));
}

/// Content Security Policy, level 3.
#[test]
fn the_page_runs_its_own_files_and_reaches_nobody() {
    let configuration = parsed(CONFIGURATION);
    let policy: BTreeSet<_> = configuration["app"]["security"]["csp"]
        .as_str()
        .unwrap()
        .split("; ")
        .collect();
    let due = BTreeSet::from([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' avatar: http://avatar.localhost",
        "connect-src ipc: http://ipc.localhost",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]);
    assert_eq!(policy, due);
}

/// A release has developer tools only when this feature is on; `window.rs` asks for them in debug builds alone.
#[test]
fn a_release_is_built_without_developer_tools() {
    let manifest = include_str!("../../Cargo.toml");
    let line = manifest
        .lines()
        .find(|line| line.starts_with("tauri = "))
        .unwrap();
    assert!(line.contains("features = []"), "{line}");
    let window = include_str!("window.rs");
    assert!(window.contains(".devtools(cfg!(debug_assertions))"));
}

/// What Tauri merges into the configuration on one system alone.
#[test]
fn a_system_adds_its_packages_to_the_configuration_and_nothing_else() {
    for system in [
        include_str!("../../tauri.windows.conf.json"),
        include_str!("../../tauri.macos.conf.json"),
    ] {
        let system = parsed(system);
        let members: Vec<_> = system.as_object().unwrap().keys().collect();
        assert_eq!(members, ["$schema", "bundle"]);
    }
}

/// The feature is for `cargo xtask cross`: nobody gets it without asking, and a release with it is a compile error.
#[test]
fn a_release_has_its_window() {
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("\nwindowless = [] "));
    assert!(!manifest.lines().any(|line| line.starts_with("default = ")));
    let refused = "#[cfg(all(feature = \"windowless\", not(debug_assertions)))]\ncompile_error!(";
    assert!(include_str!("lib.rs").contains(refused));
}

/// With WebKitGTK 2.50 and 2.52 one would end the program where there is no graphics card; `renderer` says why.
#[test]
fn the_page_begins_no_view_transition() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
            let found = ["viewtransition", "view-transition"].map(|words| text.contains(words));
            assert_eq!(found, [false; 2], "{}", path.display());
            read += 1;
        }
    }
    assert!(read > 50, "{read} files");
}
