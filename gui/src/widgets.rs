//! Controls and displays that every part of the editor shares.

mod button;
mod correlation;
mod disabled_button;
mod goniometer;
mod knob;
mod meter_bar;
mod segmented;
mod shape_icon;
mod switch;
mod text_field;
mod value_field;

pub(crate) use button::{ButtonLook, button, menu_button, show_menu};
pub(crate) use correlation::correlation_bar;
pub(crate) use disabled_button::disabled_button;
pub(crate) use goniometer::goniometer;
pub(crate) use knob::{key_steps, knob};
pub(crate) use meter_bar::{Bar, meter_bar, scale};
pub(crate) use segmented::{Segment, choice, segments};
pub(crate) use shape_icon::shape_icon;
pub(crate) use switch::{switch, toggle};
pub(crate) use text_field::{select_all, show_error};
pub(crate) use value_field::value_field;
