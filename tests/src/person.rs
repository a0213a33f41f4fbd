//! A person at the demo provider without a browser: keeps cookies, follows redirects, fills in the two forms.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use url::Url;

use crate::failure::{Doing, Failure, Result};

/// A sign-in takes no more steps than this.
const STEPS: usize = 20;

/// Somebody with a cookie jar.
#[derive(Debug)]
pub struct Person {
    http: Client,
    /// By name and path.
    cookies: BTreeMap<(String, String), String>,
}

impl Person {
    /// Somebody who has never been at the provider.
    pub fn new() -> Result<Self> {
        let http = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(20))
            .build();
        Ok(Self {
            http: http.doing("build an HTTP client")?,
            cookies: BTreeMap::new(),
        })
    }

    /// Signs in where an authorization request leads, and consents; the callback for the app.
    pub async fn sign_in(&mut self, request: &str, login: &str) -> Result<String> {
        let mut at = Url::parse(request).doing("read the authorization request")?;
        let mut form: Option<Vec<(&str, &str)>> = None;
        for _ in 0..STEPS {
            let answer = self.send(&at, form.take()).await?;
            if let Some(target) = answer.headers().get(LOCATION) {
                let target = target.to_str().doing("read a redirect")?;
                at = at.join(target).doing("follow a redirect")?;
                if !at.scheme().starts_with("http") {
                    return Ok(at.into());
                }
                continue;
            }
            let page = answer.text().await.doing("read a page")?;
            let fields = if page.contains("id=\"sign-in\"") {
                vec![("login", login), ("password", "demo")]
            } else if page.contains("id=\"allow\"") {
                Vec::new()
            } else {
                return Err(Failure::new(format_args!(
                    "{} is no page to go on from",
                    at.path()
                )));
            };
            let action = page
                .split("action=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            at = at
                .join(action.doing("the form's action")?)
                .doing("follow a form")?;
            form = Some(fields);
        }
        Err(Failure::new("the sign-in does not come to an end"))
    }

    async fn send(&mut self, at: &Url, form: Option<Vec<(&str, &str)>>) -> Result<Response> {
        let request = match form {
            None => self.http.get(at.clone()),
            Some(fields) => {
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(fields)
                    .finish();
                self.http
                    .post(at.clone())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body)
            }
        };
        let fits =
            |path: &str| path == "/" || at.path() == path || at.path().starts_with(&format!("{path}/"));
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .filter(|((_, path), _)| fits(path))
            .map(|((name, _), value)| format!("{name}={value}"))
            .collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().await;
        let answer = answer.doing(format_args!("ask the provider for {}", at.path()))?;
        for line in answer.headers().get_all(SET_COOKIE) {
            self.keep(line.to_str().doing("read a cookie")?);
        }
        Ok(answer)
    }

    fn keep(&mut self, line: &str) {
        let mut parts = line.split("; ");
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let attributes: Vec<_> = parts.collect();
        let path = attributes
            .iter()
            .find_map(|attribute| attribute.strip_prefix("path="));
        let key = (name.to_owned(), path.unwrap_or("/").to_owned());
        if attributes
            .iter()
            .any(|attribute| attribute.starts_with("expires=Thu, 01 Jan 1970"))
        {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}
