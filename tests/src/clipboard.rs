//! What is in the display's clipboard: asked for as any other program would.

use std::time::Duration;

use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, WindowClass};

use crate::deadline::within;
use crate::failure::{Doing, Failure, Result};
use crate::world::World;

/// The text in the clipboard. Empty when nobody owns it.
///
/// # Errors
/// Its owner does not answer.
pub async fn text(world: &World) -> Result<String> {
    let (connection, number) = x11rb::connect(Some(world.display())).doing("connect to the display")?;
    let root = connection.setup().roots.get(number).doing("the screen")?.root;
    let asker = connection.generate_id().doing("make a window")?;
    let (class, look) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
    connection
        .create_window(0, asker, root, 0, 0, 1, 1, 0, class, 0, &look)
        .doing("make a window")?;
    let atom = |name: &str| -> Result<u32> {
        let asked = connection
            .intern_atom(false, name.as_bytes())
            .doing("intern an atom")?;
        Ok(asked.reply().doing("intern an atom")?.atom)
    };
    let (clipboard, utf_8, here) = (atom("CLIPBOARD")?, atom("UTF8_STRING")?, atom("LATCHKEY_TEST")?);
    connection
        .convert_selection(asker, clipboard, utf_8, here, CURRENT_TIME)
        .doing("ask for the clipboard")?;
    connection.flush().doing("ask for the clipboard")?;
    let limit = Duration::from_secs(10);
    let property = within(
        limit,
        "the clipboard's owner to answer",
        async || match connection.poll_for_event().doing("read an answer")? {
            Some(Event::SelectionNotify(answer)) => Ok(Some(answer.property)),
            Some(_) | None => Err(Failure::new("no answer yet")),
        },
    )
    .await?;
    if property == x11rb::NONE {
        return Ok(String::new());
    }
    let content = connection
        .get_property(true, asker, property, AtomEnum::ANY, 0, 1 << 20)
        .doing("read the clipboard")?;
    let content = content.reply().doing("read the clipboard")?.value;
    Ok(String::from_utf8_lossy(&content).into_owned())
}
