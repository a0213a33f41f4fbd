//! The shell's build script: which commands exist, where the permissions are, and a page to embed when the real one has not
//! been built. It does not build the user interface: that is `npm run build` in `ui/`.

use std::path::Path;
use std::{fs, io};

use tauri_build::{AppManifest, Attributes};

/// Every command of `src/commands.rs`, `src/lane.rs` and `src/metadata.rs`. Each gets a permission of its own; what the window holds is in `capabilities/`.
const COMMANDS: &[&str] = &[
    "subscribe",
    "painted",
    "sign_in",
    "switch_way",
    "paste_address",
    "take_another_account",
    "repair_links",
    "probe_provider",
    "try_provider",
    "cancel_sign_in",
    "open_again",
    "copy_link",
    "copy_code",
    "retry",
    "use_this_run",
    "sign_out",
    "copy_details",
    "timeline",
    "copy_timeline",
    "claims",
    "copy_claim",
    "copy_claims",
    "copy_about",
    "doctor",
    "copy_doctor",
    "open_config_folder",
    "open_logs_folder",
    "app_info",
    "metadata",
    "save_metadata",
    "keep_draft",
    "discard_draft",
];

/// Shown by an app that was built without its user interface.
const PLACEHOLDER: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="light dark" />
    <title>This app</title>
  </head>
  <body>
    <p>The user interface is not part of this build. Run <code>npm ci</code> and <code>npm run build</code> in <code>ui/</code>, then build again.</p>
  </body>
</html>
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    write_placeholder(Path::new("ui/dist"))?;
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=icons");

    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).map_err(|error| format!("{error:#}").into())
}

/// A page to embed where `dist` holds none. A built user interface is never touched.
fn write_placeholder(dist: &Path) -> io::Result<()> {
    let page = dist.join("index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(page, PLACEHOLDER)
}
