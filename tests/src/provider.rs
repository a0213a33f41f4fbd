//! The demo identity provider as a process of the world, and a client of its control API.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::browser::port_of;
use crate::child::Child;
use crate::deadline::eventually;
use crate::failure::{Doing, Result, ensure};
use crate::paths;
use crate::world::World;

/// A running provider. It keeps its state in a file of the world, so that it can be stopped and started again.
#[derive(Debug)]
pub struct Provider {
    process: Option<Child>,
    options: Vec<String>,
    in_memory: bool,
    http: Client,
    /// The issuer, without a slash at the end.
    pub issuer: String,
    control: String,
    /// The demo app's client id.
    pub client_id: String,
}

impl Provider {
    /// Starts a provider on free ports. `options` as on its command line.
    pub async fn start(world: &World, options: &[&str]) -> Result<Self> {
        Self::started(world, options, false).await
    }

    /// As [`start`](Self::start), but it forgets everything when it is stopped; quicker where much is issued.
    pub async fn start_in_memory(world: &World, options: &[&str]) -> Result<Self> {
        Self::started(world, options, true).await
    }

    async fn started(world: &World, options: &[&str], in_memory: bool) -> Result<Self> {
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        let mut provider = Self {
            process: None,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            in_memory,
            http: http.doing("build an HTTP client")?,
            issuer: String::new(),
            control: String::new(),
            client_id: String::new(),
        };
        provider.run(world, 0, 0).await?;
        Ok(provider)
    }

    /// Stops it: its ports refuse connections from now on.
    pub async fn stop(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.end(Duration::from_secs(10)).await,
            None => Ok(()),
        }
    }

    /// Starts it again on the same ports, with what it knew.
    pub async fn start_again(&mut self, world: &World) -> Result<()> {
        self.run(world, port_of(&self.issuer)?, port_of(&self.control)?)
            .await
    }

    async fn run(&mut self, world: &World, port: u16, control_port: u16) -> Result<()> {
        let mut command = world.command("node");
        command.arg(paths::provider());
        command.args([
            "--port",
            &port.to_string(),
            "--control-port",
            &control_port.to_string(),
        ]);
        if !self.in_memory {
            command
                .arg("--state")
                .arg(world.root().join("provider-state.json"));
        }
        command.args(&self.options);
        let mut process = world.start("provider", command)?;
        let ready = |line: &str| {
            serde_json::from_str(line)
                .ok()
                .filter(|ready: &Value| ready["event"] == "ready")
        };
        let ready = process
            .line("its ready line", Duration::from_secs(20), ready)
            .await?;
        let text = |name: &str| {
            ready[name]
                .as_str()
                .map(str::to_owned)
                .doing(format_args!("`{name}` when ready"))
        };
        (self.issuer, self.control, self.client_id) = (text("issuer")?, text("control")?, text("client_id")?);
        self.process = Some(process);
        Ok(())
    }

    /// A value of its discovery document, such as an endpoint's address.
    pub async fn published(&self, name: &str) -> Result<String> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        let answer = self
            .http
            .get(url)
            .send()
            .await
            .doing("read the discovery document")?;
        let text = answer.text().await.doing("read the discovery document")?;
        let document: Value = serde_json::from_str(&text).doing("parse the discovery document")?;
        document[name]
            .as_str()
            .map(str::to_owned)
            .doing(format_args!("`{name}` in the discovery document"))
    }

    /// What clients sent, oldest first.
    pub async fn requests(&self) -> Result<Vec<Value>> {
        Ok(self
            .call(Method::GET, "/requests", None)
            .await?
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    /// The requests one endpoint got: "token", "userinfo", "revocation", "end-session" …
    pub async fn requests_to(&self, endpoint: &str) -> Result<Vec<Value>> {
        let mut requests = self.requests().await?;
        requests.retain(|request| request["endpoint"] == endpoint);
        Ok(requests)
    }

    /// Waits for at least one request to `endpoint`.
    pub async fn asked(&self, endpoint: &str) -> Result<Vec<Value>> {
        eventually(&format!("a request to the {endpoint} endpoint"), async || {
            let requests = self.requests_to(endpoint).await?;
            Ok((!requests.is_empty()).then_some(requests))
        })
        .await
    }

    /// Forgets the requests recorded so far.
    pub async fn clear_requests(&self) -> Result<()> {
        self.call(Method::DELETE, "/requests", None).await.map(drop)
    }

    /// Every secret it ever handed out, as (kind, value).
    pub async fn issued(&self) -> Result<Vec<(String, String)>> {
        let issued = self.call(Method::GET, "/issued", None).await?;
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        Ok(issued
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| (text(item, "kind"), text(item, "value")))
            .collect())
    }

    /// Ends every grant of a person.
    pub async fn revoke(&self, sub: &str) -> Result<()> {
        self.call(Method::POST, "/revoke", Some(json!({ "sub": sub })))
            .await
            .map(drop)
    }

    /// The life of access tokens issued from now on, in seconds.
    pub async fn access_token_ttl(&self, seconds: u32) -> Result<()> {
        self.call(Method::POST, "/ttl", Some(json!({ "access_token": seconds })))
            .await
            .map(drop)
    }

    /// The lives of tokens issued from now on, in seconds: `access_token`, `id_token`, `refresh_token`.
    pub async fn lives(&self, seconds: Value) -> Result<()> {
        self.call(Method::POST, "/ttl", Some(seconds)).await.map(drop)
    }

    /// What is announced and done from now on: `{"device": "off"}`, see the provider's README.
    pub async fn offer(&self, offers: Value) -> Result<()> {
        self.call(Method::POST, "/offers", Some(offers)).await.map(drop)
    }

    /// Makes an endpoint misbehave.
    pub async fn fault(&self, fault: Value) -> Result<()> {
        self.call(Method::POST, "/faults", Some(fault)).await.map(drop)
    }

    /// Ends all faults.
    pub async fn clear_faults(&self) -> Result<()> {
        self.call(Method::DELETE, "/faults", None).await.map(drop)
    }

    /// Replaces the signing key; the old one leaves the published set.
    pub async fn replace_keys(&self) -> Result<()> {
        self.call(Method::POST, "/rotate-keys", Some(json!({ "drop_old": true })))
            .await
            .map(drop)
    }

    /// A text that every code and token issued from now on holds.
    pub async fn marker(&self, text: &str) -> Result<()> {
        self.call(Method::POST, "/marker", Some(json!({ "text": text })))
            .await
            .map(drop)
    }

    /// How a person's picture is answered: normal, missing, svg, html, huge, slow.
    pub async fn picture(&self, sub: &str, mode: &str) -> Result<()> {
        self.call(
            Method::POST,
            "/picture",
            Some(json!({ "sub": sub, "mode": mode })),
        )
        .await
        .map(drop)
    }

    /// What people may edit about themselves: `fields` and `version` of each.
    pub async fn metadata(&self) -> Result<Value> {
        self.call(Method::GET, "/metadata", None).await
    }

    /// Changes it as if from elsewhere: `{"sub": "ada", "set": {…}}`.
    pub async fn change_metadata(&self, change: Value) -> Result<()> {
        self.call(Method::POST, "/metadata", Some(change)).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let what = format!("{method} {path} of the provider's control API");
        let mut request = self.http.request(method, format!("{}{path}", self.control));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.doing(&what)?;
        let status = answer.status();
        let text = answer.text().await.doing(&what)?;
        ensure(status.is_success(), format_args!("{what}: {status}: {text}"))?;
        if text.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_str(&text).doing(&what)
        }
    }
}
