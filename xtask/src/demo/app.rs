//! The app as a process on this desktop: started with the demo's configuration, ended when dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::provider::last_lines;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::{self, Interrupt, Urgency};
use crate::print;
use crate::product::Product;
use crate::workspace::Workspace;

/// How long the app may take to finish what it is saving.
const PATIENCE: Duration = Duration::from_secs(10);

/// The running app.
#[derive(Debug)]
pub(crate) struct App {
    child: Child,
    log: PathBuf,
    interrupt: Interrupt,
}

impl App {
    /// Starts it with this configuration file.
    pub(crate) fn start(
        workspace: &Workspace,
        product: &Product,
        config: &Path,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let log = workspace.demo_output().join("app.log");
        let output = File::create(&log).doing(format_args!("write {}", log.display()))?;
        let errors = output.try_clone().doing("share the app's log")?;
        let program = workspace.debug_program(&product.program);
        let mut command = Command::new(&program);
        command
            .env(product.variable("CONFIG"), config)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command
            .spawn()
            .doing(format_args!("start {}", program.display()))?;
        Ok(Self {
            child,
            log,
            interrupt: interrupt.clone(),
        })
    }

    /// How it ended, when it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().doing("look at the app")
    }

    /// Whether it ended as it should.
    pub(crate) fn verdict(&self, status: ExitStatus) -> Result<()> {
        if status.success() {
            print::note("The app was closed. (Had it been open already, that window has come to the front.)");
            return Ok(());
        }
        Err(Failure::new(format_args!("the app ended badly: {status}")).advise(last_lines(&self.log)))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // The process alone: the browser it may have started belongs to the person.
        interrupt::end(
            &mut self.child,
            Urgency::Terminate,
            false,
            PATIENCE,
            &self.interrupt,
        );
    }
}
