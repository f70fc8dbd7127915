//! The editor as a function from a [`View`] to [`Edit`]s.
//!
//! It knows egui, the engine's settings and readings, and nothing of a host:
//! the same editor runs in a plug-in, in the standalone program, in a test and
//! in a screenshot. [`Editor`] holds only what concerns its own appearance;
//! everything it draws comes in with the view, everything a person asks for
//! goes out as an edit, and a change of a parameter is always a gesture:
//! begin, set, end.

#![forbid(unsafe_code)]

// From the ground up: a module knows what stands above it here or beside it, never in a circle.

// What the editor is shown and can ask for, and the names of its pages.
mod page;
mod view;

// How things look and read: typeface, colours, signs, axes; numbers as text, text as paths.
mod fonts;
mod format;
mod icons;
mod paths;
mod plots;
mod theme;

// What several parts remember together from frame to frame.
mod gesture;
mod state;

// What every part draws with: the canvas, the controls, rows of controls, and when they rest.
mod flow;
mod rest;
mod scene;
mod widgets;

// What takes the large place: the stages and the pages, each with what it remembers.
mod pages;
mod stages;

// What stands around it.
mod chain_row;
mod check_card;
mod curtain;
mod drop_target;
mod header;
mod listening_bar;
mod message;
mod meters_panel;

// The layout of all of it.
mod editor;

pub use editor::{DEFAULT_SIZE, Editor, SMALLEST_SIZE};
pub use page::Page;
pub use view::*;
