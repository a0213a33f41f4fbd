//! The keys of the world's display, pressed as if by hand: whatever window has the keyboard gets them.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keysym};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::failure::{Doing, Result};
use crate::world::World;

/// The key that confirms.
pub const RETURN: Keysym = 0xff0d;
/// The key that turns back.
pub const ESCAPE: Keysym = 0xff1b;
/// The key that goes on to the next field.
pub const TAB: Keysym = 0xff09;

/// A hand on the keyboard.
#[derive(Debug)]
pub struct Keyboard {
    connection: RustConnection,
    first: u8,
    width: usize,
    keys: Vec<Keysym>,
}

impl Keyboard {
    /// The keyboard of the world's display.
    pub fn of(world: &World) -> Result<Self> {
        let (connection, _) = x11rb::connect(Some(world.display())).doing("connect to the display")?;
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let mapping = connection
            .get_keyboard_mapping(first, last - first + 1)
            .doing("ask for the keys")?;
        let mapping = mapping.reply().doing("ask for the keys")?;
        let width = mapping.keysyms_per_keycode.into();
        let keys = mapping.keysyms;
        Ok(Self {
            connection,
            first,
            width,
            keys,
        })
    }

    /// Types lower-case letters, digits and spaces: what needs no second key.
    pub fn type_text(&self, text: &str) -> Result<()> {
        text.chars()
            .try_for_each(|character| self.press(character.into()))
    }

    /// Presses and releases one key.
    pub fn press(&self, key: Keysym) -> Result<()> {
        let place = self
            .keys
            .chunks(self.width)
            .position(|key_signs| key_signs.first() == Some(&key));
        let place = place
            .and_then(|place| u8::try_from(place).ok())
            .doing(format_args!("the key {key:#x}"))?;
        for event in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            let sent = self
                .connection
                .xtest_fake_input(event, self.first + place, 0, x11rb::NONE, 0, 0, 0);
            sent.doing("press a key")?.check().doing("press a key")?;
        }
        self.connection.sync().doing("press a key")
    }
}
