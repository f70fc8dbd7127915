//! The editor as a function from a [`View`] to [`Edit`]s.
//!
//! It knows egui, the engine's settings and readings, and nothing of a host:
//! the same editor runs in a plug-in, in the standalone program, in a test and
//! in a screenshot. [`Editor`] holds only what concerns its own appearance;
//! everything it draws comes in with the view, everything a person asks for
//! goes out as an edit, and a change of a parameter is always a gesture:
//! begin, set, end.

#![forbid(unsafe_code)]

mod chain_row;
mod curtain;
mod drop_target;
mod editor;
mod flow;
mod fonts;
mod format;
mod gesture;
mod header;
mod icons;
mod listening_bar;
mod message;
mod meters_panel;
mod page;
mod pages;
mod paths;
mod plots;
mod scene;
mod session_reduction;
mod stages;
mod state;
mod theme;
mod view;
mod widgets;

pub use editor::{DEFAULT_SIZE, Editor, SMALLEST_SIZE};
pub use page::Page;
pub use view::*;
