//! The configuration: whether it can be used, and which file each key is from.

use super::{Check, Finding};
use crate::config::{Config, Locations};
use crate::error::Problem;

/// Reads the files (blocking) and says where every key in effect is from. The configuration goes on to the other checks; `None`
/// when there is nothing to sign in at.
pub fn configuration(locations: &Locations) -> (Finding, Option<Config>) {
    let config = match Config::load(locations) {
        Ok(config) => config,
        Err(error) => return (refused(&error.into()), None),
    };
    let Some(provider) = &config.provider else {
        let finding = Finding::failure(
            Check::Configuration,
            "No configuration file names a provider to sign in at.",
            where_to_write(locations),
        );
        return (with_origins(finding, locations), None);
    };
    let finding = Finding::ok(
        Check::Configuration,
        format!(
            "The configuration is in order: sign-ins are at {}.",
            provider.issuer
        ),
    )
    .fact("client_id", &provider.client_id);
    (with_origins(finding, locations), Some(config))
}

/// What to do where there is no provider, with the file to do it in.
fn where_to_write(locations: &Locations) -> String {
    let file = locations.env.as_deref().or(locations.user.as_deref());
    let file = file.map_or_else(
        || "the configuration".to_owned(),
        |file| file.display().to_string(),
    );
    format!("Write [provider] with issuer and client_id into {file}.")
}

fn refused(problem: &Problem) -> Finding {
    let place = problem.detail.as_deref().unwrap_or("it cannot be read");
    // A place may end with a question: "did you mean …?".
    let end = if place.ends_with(['?', '.']) { "" } else { "." };
    Finding::failure(
        Check::Configuration,
        format!("The configuration cannot be used: {place}{end}"),
        "Mend the place that is named.",
    )
    .because(problem)
}

/// The origin of each key, without its value: some are nobody else's business.
fn with_origins(finding: Finding, locations: &Locations) -> Finding {
    let origins = Config::origins(locations).unwrap_or_default();
    origins
        .into_iter()
        .fold(finding, |finding, (key, origin)| finding.fact(&key, origin))
}
