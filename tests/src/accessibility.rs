//! The window as a screen reader gets it: the tree of accessible objects, read over AT-SPI.

use std::time::Duration;

use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::OwnedObjectPath;

use crate::failure::{Doing, Result};
use crate::world::World;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(10);
/// More objects than any state of the window has.
const MOST: usize = 3_000;
/// More children than any object of it has.
const MANY: i32 = 200;
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

/// A reference to an accessible object: the bus name of its process, and its path there.
type Reference = (String, OwnedObjectPath);

/// The kinds of things that matter here, of AT-SPI's (`AtspiRole`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Can be pressed.
    Button,
    /// Can be typed into.
    Entry,
    /// Leads somewhere.
    Link,
    /// What the screen is about.
    Heading,
    /// Any other.
    Other(u32),
}

impl Role {
    fn of(number: u32) -> Self {
        match number {
            43 => Self::Button,
            79 => Self::Entry,
            83 => Self::Heading,
            88 => Self::Link,
            other => Self::Other(other),
        }
    }

    /// Whether the person can do something with it.
    pub fn acts(self) -> bool {
        matches!(self, Self::Button | Self::Entry | Self::Link)
    }
}

/// One object of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What kind of thing it is.
    pub role: Role,
    /// What a screen reader says.
    pub name: String,
    /// How deep it is.
    pub depth: usize,
}

/// Tells the desktop of this world that somebody uses a screen reader. Programs look at it when they start.
pub async fn enable(world: &World) -> Result<()> {
    let address = world.bus_address();
    blocking(move || {
        let bus = connect(&address)?;
        let status = proxy(&bus, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status")?;
        for property in ["IsEnabled", "ScreenReaderEnabled"] {
            status
                .set_property(property, true)
                .doing(format_args!("set {property}"))?;
        }
        Ok(())
    })
    .await
}

/// Everything that can be read of all windows of this world, from the top.
pub async fn tree(world: &World) -> Result<Vec<Node>> {
    let address = world.bus_address();
    blocking(move || {
        let bus = connect(&address)?;
        let of_a11y: String = proxy(&bus, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus")?
            .call("GetAddress", &())
            .doing("ask for the accessibility bus")?;
        let bus = connect(&of_a11y)?;
        let root = OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root").doing("name the root")?;
        let mut nodes = Vec::new();
        let mut open: Vec<(Reference, usize)> = vec![(("org.a11y.atspi.Registry".to_owned(), root), 0)];
        while let Some((reference, depth)) = open.pop() {
            // An object may be gone again by the time it is asked.
            let Ok((node, children)) = read(&bus, &reference, depth) else {
                continue;
            };
            nodes.push(node);
            if nodes.len() >= MOST {
                break;
            }
            open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        }
        Ok(nodes)
    })
    .await
}

fn read(bus: &Connection, (name, path): &Reference, depth: usize) -> Result<(Node, Vec<Reference>)> {
    let object = proxy(bus, name, path.as_str(), ACCESSIBLE)?;
    let node = Node {
        // The registry at the top may have neither.
        role: Role::of(object.call("GetRole", &()).unwrap_or_default()),
        name: object.get_property("Name").unwrap_or_default(),
        depth,
    };
    let mut children: Vec<Reference> = object.call("GetChildren", &()).doing("read the children")?;
    if children.is_empty() {
        // Where a web view holds the tree of another process, it has to be asked for its child by number.
        let count: i32 = object.get_property("ChildCount").unwrap_or_default();
        children = (0..count.min(MANY))
            .filter_map(|index| object.call("GetChildAtIndex", &(index,)).ok())
            .collect();
    }
    Ok((node, children))
}

fn connect(address: &str) -> Result<Connection> {
    Builder::address(address)
        .and_then(|builder| builder.method_timeout(ANSWER).build())
        .doing(format_args!("connect to {address}"))
}

fn proxy<'a>(bus: &Connection, name: &'a str, path: &'a str, interface: &'a str) -> Result<Proxy<'a>> {
    Proxy::new(bus, name, path, interface).doing(format_args!("reach {name}"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .doing("wait for the bus")?
}
