//! A session in a process of its own: the program `client`, driven by lines. It can be killed at any moment.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::ChildStdin;
use tokio::sync::{mpsc, watch};

use crate::failure::{Doing, Failure, Result, ensure};
use crate::person::Person;
use crate::provider::Provider;
use crate::world::World;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(120);

/// What all processes of one session have in common.
#[derive(Debug, Clone)]
pub struct Account {
    /// The keyring's service, and the name of the folder.
    name: String,
    program: PathBuf,
    folder: PathBuf,
    config: PathBuf,
}

impl Account {
    /// Sessions called `name` at this provider. `program` is the client.
    pub fn new(world: &World, provider: &Provider, name: &str, program: &Path) -> Result<Self> {
        let folder = world.root().join("accounts").join(name);
        fs::create_dir_all(&folder).doing("make the account's folder")?;
        let config = folder.join("latchkey.toml");
        let text = format!(
            "[provider]\nname = \"Acme\"\nissuer = \"{}\"\nclient_id = \"{}\"\n",
            provider.issuer, provider.client_id
        );
        fs::write(&config, text).doing("write the account's configuration")?;
        Ok(Self {
            name: name.to_owned(),
            program: program.to_owned(),
            folder,
            config,
        })
    }

    /// Starts a process with what is stored. `before` are words to put before the command (`unshare --net` …), `ahead` is
    /// by how many seconds its clock is ahead.
    pub async fn launch(&self, world: &World, before: &[&str], ahead: i64) -> Result<Client> {
        let mut command = match before.split_first() {
            None => world.command(&self.program),
            Some((first, rest)) => {
                let mut command = world.command(first);
                command.args(rest).arg(&self.program);
                command
            }
        };
        command
            .arg("--config")
            .arg(&self.config)
            .arg("--data-dir")
            .arg(&self.folder);
        let app = world.identity();
        command.args(["--service", &format!("{}.proof.{}", app.identifier, self.name)]);
        command.args(["--scheme", &app.scheme]);
        command.args(["--ahead", &ahead.to_string()]);
        let log = File::options().create(true).append(true).open(self.log());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.doing("write the client's log")?);
        let mut process = command.spawn().doing("start the client")?;
        let input = process.stdin.take().doing("the client's input")?;
        let output = process.stdout.take().doing("the client's output")?;
        let (answer, answers) = mpsc::unbounded_channel();
        let (show, view) = watch::channel(Value::Null);
        let mut lines = BufReader::new(output).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let Ok(event) = serde_json::from_str::<Value>(&line) else {
                    continue;
                };
                if event["event"] == "state" {
                    show.send_replace(event["state"].clone());
                } else if answer.send(event).is_err() {
                    return;
                }
            }
        });
        let mut client = Client {
            process,
            input,
            answers,
            view,
        };
        client
            .until("an answer of the credential store", |view| {
                !view.is_null() && view["kind"] != "restoring"
            })
            .await?;
        Ok(client)
    }

    /// What its processes have logged.
    pub fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log.txt")
    }
}

/// A running client. Killed when dropped.
#[derive(Debug)]
pub struct Client {
    process: tokio::process::Child,
    input: ChildStdin,
    answers: mpsc::UnboundedReceiver<Value>,
    view: watch::Receiver<Value>,
}

impl Client {
    /// What it shows.
    pub fn view(&self) -> Value {
        self.view.borrow().clone()
    }

    /// Whether it shows somebody.
    pub fn is_signed_in(&self) -> bool {
        self.view()["kind"] == "signed-in"
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits for a view.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        match tokio::time::timeout(LIMIT, self.view.wait_for(|view| wanted(view))).await {
            Ok(Ok(view)) => return Ok(view.clone()),
            Ok(Err(_)) => return Err(Failure::new(format_args!("the client ended before {what}"))),
            Err(_) => {}
        }
        let view = self.view();
        Err(Failure::new(format_args!("waited in vain for {what}: {view}")))
    }

    /// Sends a line.
    pub async fn send(&mut self, line: &str) -> Result<()> {
        let sent = self.input.write_all(format!("{line}\n").as_bytes()).await;
        sent.doing(format_args!("send `{line}` to the client"))
    }

    /// The next event that is not a view.
    pub async fn next(&mut self) -> Result<Value> {
        let next = tokio::time::timeout(LIMIT, self.answers.recv()).await;
        next.doing("wait for the client")?
            .doing("an answer of the client")
    }

    /// Sends a command and waits for its answer.
    pub async fn ask(&mut self, line: &str) -> Result<Value> {
        self.send(line).await?;
        let command = line.split(' ').next().unwrap_or(line);
        loop {
            let event = self.next().await?;
            if event["command"] == command {
                return Ok(event);
            }
        }
    }

    /// As [`ask`](Self::ask); another answer than `ok` is a failure.
    pub async fn order(&mut self, line: &str) -> Result<Value> {
        let answer = self.ask(line).await?;
        ensure(
            answer["event"] == "ok",
            format_args!("`{line}` was answered {answer}"),
        )?;
        Ok(answer)
    }

    /// The person signs in, until the view shows it stored.
    pub async fn sign_in(&mut self) -> Result<()> {
        self.send("sign-in").await?;
        let page = loop {
            let event = self.next().await?;
            if event["event"] == "browser" && event["purpose"] == "sign-in" {
                break event;
            }
            ensure(event["event"] != "error", format_args!("sign-in: {event}"))?;
        };
        let request = page["url"].as_str().doing("the authorization request")?;
        let callback = Person::new()?.sign_in(request, "ada").await?;
        self.order(&format!("callback {callback}")).await?;
        self.until("the person being signed in and stored", |view| {
            view["kind"] == "signed-in" && view["kept"]["kind"] == "stored"
        })
        .await
        .map(drop)
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await.doing("kill the client")
    }

    /// Lets it end by itself.
    pub async fn quit(mut self) -> Result<()> {
        self.send("quit").await?;
        let ended = tokio::time::timeout(LIMIT, self.process.wait()).await;
        ended
            .doing("wait for the client to end")?
            .doing("wait for the client")?;
        Ok(())
    }
}

/// Sends the same command to all of them at once; the answers, and how long it took until the last was there.
pub async fn all(clients: &mut [Client], line: &str) -> Result<(Vec<Value>, Duration)> {
    let begun = Instant::now();
    let mut answers = Vec::new();
    for client in clients.iter_mut() {
        client.send(line).await?;
    }
    let command = line.split(' ').next().unwrap_or(line);
    for client in clients.iter_mut() {
        loop {
            let event = client.next().await?;
            if event["command"] == command {
                answers.push(event);
                break;
            }
        }
    }
    Ok((answers, begun.elapsed()))
}
