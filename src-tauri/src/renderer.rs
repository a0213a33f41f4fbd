//! How the page is drawn: chosen at each start by what the machine has. Only Linux leaves something to choose.
//!
//! WebKitGTK draws the page with OpenGL. On a machine without a graphics card that is OpenGL worked out by the processor, which
//! takes a bare window a third longer to its first frame and 40 MiB more. `WEBKIT_DISABLE_DMABUF_RENDERER=1` has it paint
//! without OpenGL. So this program sets the variable for itself where there is no card, and leaves everything to WebKit where there is one.
//! Whoever has set it, or another variable about drawing, has decided: `WEBKIT_DISABLE_DMABUF_RENDERER=0` is "as on a machine with
//! a card". Accessibility has no part in this: the tree that assistive technology reads is made from the page, not from pixels.
//!
//! What is known of the variable, from WebKit's sources (`UIProcess/gtk/AcceleratedBackingStore.cpp` and its forerunners), its issues,
//! and trials with 2.50.6:
//!
//! - It is read once, in this process, before the first page. Every value but `0` counts, the empty one too.
//! - Before 2.44 it chose another way of drawing with OpenGL; there it is not set.
//! - From 2.44 on nothing is composited; from 2.46 on Skia does the painting, on the processor.
//! - With 2.50 (tried) and 2.52 (reported) a page that begins a view transition (`startViewTransition`) ends the whole program.
//!   Transforms, animations, filters, canvases, WebGL and dialogs do not (tried). Ours has no view transition, and `page_tests` keeps it
//!   so. In later sources what is not composited goes through shared memory as well, and what ended the program is not there any more.
//! - WebDriver takes no picture of such a page: our tests take theirs from the display.
//! - `hardware-acceleration-policy` of the web view's settings is the same without a variable, but only before the first page, and the
//!   library that makes our web view begins the page by itself. Set afterwards nothing was painted at all; set in
//!   time, it gained half as much.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub(crate) use linux::{choose, finding, log, take_back};

/// There is nothing to choose.
#[cfg(not(target_os = "linux"))]
pub(crate) fn choose() {}

/// There is nothing to tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn log() {}

/// There is nothing to tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn finding() -> Option<latchkey_session::doctor::Finding> {
    None
}
