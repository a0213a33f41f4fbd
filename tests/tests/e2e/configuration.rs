//! Before the first sign-in: no configuration, or one with a mistake.

use latchkey_e2e::failure::{Result, ensure};
use latchkey_e2e::stage::{Setting, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn without_one_the_app_says_what_to_write_where() -> Result<()> {
    story("unconfigured", Setting::default(), async |stage| {
        let folder = stage.world.app_config();
        std::fs::remove_dir_all(&folder).unwrap();
        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "unconfigured")]).await?;
        app.page().press("Write the configuration file instead").await?;
        let text = app.page().text().await?;
        ensure(
            text.contains(&stage.world.identity().config_file()),
            format_args!("it must name the file: {text}"),
        )?;
        ensure(
            app.page()
                .buttons()
                .await?
                .iter()
                .any(|name| name == "Open folder"),
            "a button must open the folder",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_mistake_is_named_with_file_line_and_key() -> Result<()> {
    let setting = Setting {
        config: vec!["redirects = \"loopback\""],
        ..Setting::default()
    };
    story("misconfigured", setting, async |stage| {
        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "blocked"), ("problem", "configuration-invalid")])
            .await?;
        let text = app.page().contents().await?;
        let file = stage.world.identity().config_file();
        for part in [file.as_str(), "redirects", "5"] {
            ensure(text.contains(part), format_args!("{part:?} is not in the page"))?;
        }
        Ok(())
    })
    .await
}
