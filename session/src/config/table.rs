//! Typed reading of TOML tables, with the place of every value: errors name file, line and key.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near::nearest;
use crate::error::{Code, Error, Result, Stage};

/// The last part of a long path is the one that says something.
const ORIGIN_LIMIT: usize = 120;
/// A mistyped key is shown, but not at any length.
const KEY_LIMIT: usize = 60;

/// One configuration text and what to call it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) origin: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// An error at a place in the text. `key` is empty when it is about the text as a whole.
    pub(super) fn error(&self, span: Option<Range<usize>>, key: &str, message: &str) -> Error {
        self.place(span, key).error(message)
    }

    fn place(&self, span: Option<Range<usize>>, key: &str) -> Place {
        let mut place = shortened(self.origin);
        if let Some(span) = span {
            place.push_str(&format!(", line {}", self.line(span.start)));
        }
        if !key.is_empty() {
            place.push_str(&format!(", {key}"));
        }
        Place(place)
    }

    fn line(&self, offset: usize) -> usize {
        self.text
            .bytes()
            .take(offset)
            .filter(|&byte| byte == b'\n')
            .count()
            + 1
    }
}

/// `configuration-invalid` with this detail.
pub(super) fn invalid(detail: &str) -> Error {
    Error::new(Stage::Configuration, Code::ConfigurationInvalid).with_detail(detail)
}

/// The end of a path that is too long to be shown whole.
pub(super) fn shortened(origin: &str) -> String {
    let count = origin.chars().count();
    if count <= ORIGIN_LIMIT {
        return origin.to_owned();
    }
    std::iter::once('…')
        .chain(origin.chars().skip(count - ORIGIN_LIMIT))
        .collect()
}

/// Where a value stands, for errors that are found when the text is gone.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

impl Place {
    /// An error about what stands there.
    pub(super) fn error(&self, message: &str) -> Error {
        invalid(&format!("{}: {message}", self.0))
    }
}

/// A table of the text, with the path that leads to it.
#[derive(Clone, Debug)]
pub(super) struct Table<'a> {
    source: Source<'a>,
    path: String,
    /// Where the table's name stands; for what is missing in it.
    name: Option<Range<usize>>,
    content: &'a DeTable<'a>,
}

/// A value of a table, with its key and place.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    source: Source<'a>,
    path: String,
    spanned: &'a Spanned<DeValue<'a>>,
}

impl<'a> Table<'a> {
    /// The text's outermost table.
    pub(super) fn root(source: Source<'a>, content: &'a DeTable<'a>) -> Self {
        Self {
            source,
            path: String::new(),
            name: None,
            content,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// Refuses keys that are not among these.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        for key in self.content.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                return Err(self.unknown(key, known));
            }
        }
        Ok(())
    }

    fn unknown(&self, key: &Spanned<toml::de::DeString<'_>>, known: &[&str]) -> Error {
        let name: String = key.get_ref().chars().take(KEY_LIMIT).collect();
        let advice = match nearest(&name, known) {
            Some(near) => format!("unknown key; did you mean \"{near}\"?"),
            None if known.is_empty() => "unknown key; nothing belongs here".to_owned(),
            None => format!("unknown key; known here: {}", known.join(", ")),
        };
        self.source.error(Some(key.span()), &self.path_of(&name), &advice)
    }

    /// The table under this key. Another kind of value there is an error.
    pub(super) fn table(&self, key: &str) -> Result<Option<Table<'a>>> {
        let Some((name, value)) = self.content.get_key_value(key) else {
            return Ok(None);
        };
        let path = self.path_of(key);
        let DeValue::Table(content) = value.get_ref() else {
            let message = format!("must be a table, [{key}], not {}", kind(value.get_ref()));
            return Err(self.source.error(Some(name.span()), &path, &message));
        };
        Ok(Some(Self {
            source: self.source,
            path,
            name: Some(name.span()),
            content,
        }))
    }

    /// The value under this key.
    pub(super) fn value(&self, key: &str) -> Option<Value<'a>> {
        let spanned = self.content.get(key)?;
        Some(Value {
            source: self.source,
            path: self.path_of(key),
            spanned,
        })
    }

    /// The text under this key, without spaces around it; `None` when absent or empty.
    pub(super) fn text(&self, key: &str) -> Result<Option<(Value<'a>, &'a str)>> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let text = value.text()?;
        Ok((!text.is_empty()).then_some((value, text)))
    }

    /// The text under a key that must be there and not empty.
    pub(super) fn required(&self, key: &str, example: &str) -> Result<(Value<'a>, &'a str)> {
        match self.text(key)? {
            Some(found) => Ok(found),
            None => {
                let place = self
                    .content
                    .get(key)
                    .map(Spanned::span)
                    .or_else(|| self.name.clone());
                Err(self.source.error(
                    place,
                    &self.path_of(key),
                    &format!("is missing; write {key} = {example}"),
                ))
            }
        }
    }

    /// The keys and values, in order of the keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.content.iter().map(|(key, spanned)| {
            let key = key.get_ref().as_ref();
            (
                key,
                Value {
                    source: self.source,
                    path: self.path_of(key),
                    spanned,
                },
            )
        })
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

impl<'a> Value<'a> {
    /// An error about this value.
    pub(super) fn error(&self, message: &str) -> Error {
        self.source.error(Some(self.spanned.span()), &self.path, message)
    }

    pub(super) fn content(&self) -> &'a DeValue<'a> {
        self.spanned.get_ref()
    }

    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        self.source.place(Some(self.spanned.span()), &self.path)
    }

    /// Where it begins in the text, in bytes.
    pub(super) fn start(&self) -> usize {
        self.spanned.span().start
    }

    /// The table it is; `None` when it is another kind of value.
    pub(super) fn table(&self) -> Option<Table<'a>> {
        let DeValue::Table(content) = self.content() else {
            return None;
        };
        Some(Table {
            source: self.source,
            path: self.path.clone(),
            name: Some(self.spanned.span()),
            content,
        })
    }

    /// A text, without spaces around it.
    pub(super) fn text(&self) -> Result<&'a str> {
        let DeValue::String(text) = self.content() else {
            return Err(self.error(&format!("must be a text in quotes, not {}", kind(self.content()))));
        };
        Ok(text.trim())
    }

    /// A list of texts, none of them empty, each with its place.
    pub(super) fn texts(&self) -> Result<Vec<(Value<'a>, &'a str)>> {
        let DeValue::Array(items) = self.content() else {
            return Err(self.error(&format!(
                "must be a list of texts, [\"…\", \"…\"], not {}",
                kind(self.content())
            )));
        };
        items
            .iter()
            .map(|spanned| {
                let item = Value {
                    source: self.source,
                    path: self.path.clone(),
                    spanned,
                };
                match item.text()? {
                    "" => Err(item.error("must not hold an empty text")),
                    text => Ok((item, text)),
                }
            })
            .collect()
    }
}

/// What people call the kind of a value.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
