//! With a screen reader: what the desktop's accessibility tree holds of the window.

use latchkey_e2e::accessibility::{self, Node, Role};
use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Failure, Result, ensure};
use latchkey_e2e::stage::{Setting, Stage, story};

/// Waits until the tree holds all of these (role, name).
async fn reads(stage: &Stage, wanted: &[(Role, &str)]) -> Result<Vec<Node>> {
    eventually(&format!("a tree with {wanted:?}"), async || {
        let nodes = accessibility::tree(&stage.world).await?;
        let holds = |(role, name): &(Role, &str)| {
            let fits = |node: &Node| node.role == *role && node.name == *name;
            nodes.iter().any(fits)
        };
        if wanted.iter().all(holds) {
            return Ok(Some(nodes));
        }
        let named = nodes.iter().filter(|node| !node.name.is_empty());
        let told: Vec<_> = named
            .map(|node| format!("{:?} {:?}", node.role, node.name))
            .collect();
        Err(Failure::new(told.join(", ")))
    })
    .await
}

/// What can be pressed or typed into has a name.
fn ensure_named(nodes: &[Node]) -> Result<()> {
    for node in nodes {
        ensure(
            !node.role.acts() || !node.name.trim().is_empty(),
            format_args!("a {:?} has no name", node.role),
        )?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_screen_reader_is_told_who_is_signed_in_and_what_can_be_done() -> Result<()> {
    story("screen-reader", Setting::default(), async |stage| {
        accessibility::enable(&stage.world).await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let product = stage.world.identity().product.clone();
        let nodes = reads(
            stage,
            &[(Role::Heading, &product), (Role::Button, "Sign in with Acme")],
        )
        .await?;
        ensure_named(&nodes)?;
        stage.sign_in("ada").await?;
        let nodes = reads(stage, &[(Role::Heading, "Ada Park"), (Role::Button, "Sign out")]).await?;
        ensure_named(&nodes)?;
        ensure(
            !nodes.iter().any(|node| node.name == "Sign in with Acme"),
            "what is no longer on the screen must not be read",
        )
    })
    .await
}
