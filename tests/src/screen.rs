//! The world's X display: windows with their titles, the focus, asking a window to close, pictures of the whole screen.
//!
//! There is no window manager, so the children of the root window are the applications' windows, lowest first.

use std::fs;
use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, ImageFormat,
    InputFocus, MapState, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::failure::{Doing, Result};
use crate::film::Picture;
use crate::world::World;

/// A connection to the display. What it creates disappears with it.
#[derive(Debug)]
pub struct Screen {
    connection: RustConnection,
    root: Window,
}

/// A window of an application that is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The X window.
    pub id: Window,
    /// The process, from `_NET_WM_PID`.
    pub pid: u32,
    /// Its title.
    pub title: String,
}

impl Screen {
    /// Connects to the world's display.
    pub fn of(world: &World) -> Result<Self> {
        let (connection, number) = x11rb::connect(Some(world.display())).doing("connect to the display")?;
        let root = connection.setup().roots.get(number).doing("the screen")?.root;
        Ok(Self { connection, root })
    }

    /// The windows shown, the lowest first.
    pub fn windows(&self) -> Result<Vec<Shown>> {
        let tree = self
            .connection
            .query_tree(self.root)
            .doing("ask for the windows")?;
        let mut shown = Vec::new();
        for id in tree.reply().doing("ask for the windows")?.children {
            // A window may disappear between the questions: then it is not shown.
            if let Ok(Some(window)) = self.describe(id) {
                shown.push(window);
            }
        }
        Ok(shown)
    }

    /// The window of a process, when it is shown. The largest, should there be tooltips and the like.
    pub fn window_of(&self, pid: u32) -> Result<Option<Shown>> {
        Ok(self
            .windows()?
            .into_iter()
            .find(|window| window.pid == pid && !window.title.is_empty()))
    }

    /// A window of a process that runs a program of this name.
    pub fn window_running(&self, program: &str) -> Result<Option<Shown>> {
        let runs = |pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == program)
        };
        Ok(self.windows()?.into_iter().find(|window| runs(window.pid)))
    }

    /// The names a window goes by towards docks and task bars (`WM_CLASS`): its instance and its class.
    pub fn classes_of(&self, window: Window) -> Result<Vec<String>> {
        let names = self.property(window, self.atom("WM_CLASS")?)?;
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect())
    }

    /// Gives a window the keyboard.
    pub fn focus(&self, window: Window) -> Result<()> {
        self.connection
            .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
            .doing("give the keyboard")?;
        self.connection.sync().doing("give the keyboard")
    }

    /// The process whose window has the keyboard.
    pub fn focused(&self) -> Result<Option<u32>> {
        let focus = self.connection.get_input_focus().doing("ask for the focus")?;
        let mut window = focus.reply().doing("ask for the focus")?.focus;
        // The focus may be on an inner window; 0 and 1 are "none" and "pointer".
        while window > 1 && window != self.root {
            if let Some(pid) = self.pid_of(window)? {
                return Ok(Some(pid));
            }
            let tree = self.connection.query_tree(window).doing("ask for the parent")?;
            window = tree.reply().doing("ask for the parent")?.parent;
        }
        Ok(None)
    }

    /// Closes a window as its close button does: the application decides what follows.
    pub fn ask_to_close(&self, window: Window) -> Result<()> {
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        let sent = self
            .connection
            .send_event(false, window, EventMask::NO_EVENT, message)
            .doing("close a window")?;
        sent.check().doing("close a window")
    }

    /// Puts a window of the test itself over everything and gives it the keyboard: another application in front.
    pub fn cover(&self) -> Result<Window> {
        let id = self.connection.generate_id().doing("make a window")?;
        let look = CreateWindowAux::new()
            .background_pixel(0x0033_6699)
            .override_redirect(1);
        let (class, visual) = (WindowClass::INPUT_OUTPUT, x11rb::COPY_FROM_PARENT);
        self.connection
            .create_window(0, id, self.root, 0, 0, 1280, 900, 0, class, visual, &look)
            .doing("make a window")?;
        self.connection.map_window(id).doing("show a window")?;
        self.connection.sync().doing("show a window")?;
        self.focus(id)?;
        Ok(id)
    }

    /// Puts a window over everything. The keyboard stays where it is.
    ///
    /// # Errors
    /// It has gone.
    pub fn raise(&self, window: Window) -> Result<()> {
        let over = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.connection
            .configure_window(window, &over)
            .doing("raise a window")?;
        self.connection.sync().doing("raise a window")
    }

    /// Whether `upper` is drawn over `lower`.
    pub fn is_over(&self, upper: Window, lower: Window) -> Result<bool> {
        let tree = self
            .connection
            .query_tree(self.root)
            .doing("ask for the windows")?;
        let children = tree.reply().doing("ask for the windows")?.children;
        let place = |id| children.iter().position(|child| *child == id);
        Ok(place(upper) > place(lower))
    }

    /// Writes a picture of the whole screen.
    ///
    /// # Errors
    /// The display cannot be asked, or the file not be written.
    pub fn picture(&self, file: &Path) -> Result<()> {
        fs::write(file, self.picture_of(self.root)?.png()?).doing("write a picture")
    }

    /// What a window shows. It must be on the screen, with nothing over it.
    ///
    /// # Errors
    /// It is not, or has gone.
    pub fn picture_of(&self, window: Window) -> Result<Picture> {
        let size = self
            .connection
            .get_geometry(window)
            .doing("ask for a window's size")?;
        let size = size.reply().doing("ask for a window's size")?;
        let (format, all) = (ImageFormat::Z_PIXMAP, u32::MAX);
        let image = self
            .connection
            .get_image(format, window, 0, 0, size.width, size.height, all);
        let image = image
            .doing("photograph a window")?
            .reply()
            .doing("photograph a window")?;
        // Depth 24: four bytes a pixel, blue first.
        let pixels = image.data.chunks_exact(4);
        Ok(Picture::of(
            size.width.into(),
            pixels.map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect(),
        ))
    }

    fn describe(&self, id: Window) -> Result<Option<Shown>> {
        let attributes = self
            .connection
            .get_window_attributes(id)
            .doing("look at a window")?;
        if attributes.reply().doing("look at a window")?.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        let Some(pid) = self.pid_of(id)? else {
            return Ok(None);
        };
        let title = self.property(id, self.atom("_NET_WM_NAME")?)?;
        Ok(Some(Shown {
            id,
            pid,
            title: String::from_utf8_lossy(&title).into_owned(),
        }))
    }

    fn pid_of(&self, id: Window) -> Result<Option<u32>> {
        let value = self.property(id, self.atom("_NET_WM_PID")?)?;
        Ok(value.try_into().ok().map(u32::from_ne_bytes))
    }

    fn property(&self, id: Window, name: u32) -> Result<Vec<u8>> {
        let property = self
            .connection
            .get_property(false, id, name, AtomEnum::ANY, 0, 1024);
        Ok(property
            .doing("read a property")?
            .reply()
            .doing("read a property")?
            .value)
    }

    fn atom(&self, name: &str) -> Result<u32> {
        let atom = self
            .connection
            .intern_atom(false, name.as_bytes())
            .doing("intern an atom")?;
        Ok(atom.reply().doing("intern an atom")?.atom)
    }
}
