//! Colours, sizes and the style of what egui draws by itself.
//!
//! A colour means one thing everywhere: slate is the input, copper the master,
//! teal the reference, rose gain reduction. Whatever a colour says, a word, a
//! shape or a line style says too.

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle};

use crate::fonts::SEMIBOLD;

pub(crate) const INPUT: Color32 = Color32::from_rgb(0x7f, 0x9c, 0xb8);
pub(crate) const MASTER: Color32 = Color32::from_rgb(0xd9, 0x9a, 0x5b);
pub(crate) const REFERENCE: Color32 = Color32::from_rgb(0x4f, 0xb3, 0xa5);
pub(crate) const REDUCTION: Color32 = Color32::from_rgb(0xe0, 0x60, 0x7e);
pub(crate) const GOOD: Color32 = Color32::from_rgb(0x7f, 0xbf, 0x7f);
pub(crate) const ATTENTION: Color32 = Color32::from_rgb(0xe6, 0xb4, 0x50);
pub(crate) const OVER: Color32 = Color32::from_rgb(0xff, 0x5c, 0x5c);

pub(crate) const GROUND: Color32 = Color32::from_rgb(0x14, 0x15, 0x18);
pub(crate) const PANEL: Color32 = Color32::from_rgb(0x1c, 0x1e, 0x22);
pub(crate) const LINE: Color32 = Color32::from_rgb(0x2b, 0x2e, 0x34);
pub(crate) const TEXT: Color32 = Color32::from_rgb(0xe6, 0xe7, 0xea);
pub(crate) const QUIET: Color32 = Color32::from_rgb(0x9a, 0xa0, 0xa8);
/// Quieter still: scales, and what is switched off.
pub(crate) const FAINT: Color32 = Color32::from_rgb(0x6c, 0x72, 0x7b);
/// The inside of plots, meters and fields, a little below the panel.
pub(crate) const WELL: Color32 = Color32::from_rgb(0x16, 0x17, 0x1b);
/// Lines of a plot's grid.
pub(crate) const GRID: Color32 = Color32::from_rgb(0x24, 0x26, 0x2b);
/// What can be pressed.
pub(crate) const RAISED: Color32 = Color32::from_rgb(0x27, 0x2a, 0x30);
/// The same under the pointer.
pub(crate) const HOVERED: Color32 = Color32::from_rgb(0x32, 0x36, 0x3d);
/// What is chosen.
pub(crate) const CHOSEN: Color32 = Color32::from_rgb(0x41, 0x46, 0x4f);
/// The empty part of a knob's arc.
pub(crate) const TRACK: Color32 = Color32::from_rgb(0x38, 0x3c, 0x44);

/// The grid that everything sits on.
pub(crate) const GAP: f32 = 8.0;
pub(crate) const PANEL_RADIUS: u8 = 6;
pub(crate) const CONTROL_RADIUS: u8 = 4;

pub(crate) const LABEL_SIZE: f32 = 11.0;
pub(crate) const TEXT_SIZE: f32 = 13.0;
pub(crate) const VALUE_SIZE: f32 = 16.0;
pub(crate) const LARGE_SIZE: f32 = 28.0;

/// The regular weight.
pub(crate) fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The heavier weight, for titles and the numbers that matter most.
pub(crate) fn strong_font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// A colour with some of the ground showing through.
pub(crate) fn faded(color: Color32, opacity: f32) -> Color32 {
    color.gamma_multiply(opacity)
}

/// The style of menus, tooltips and text fields.
pub(crate) fn install(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    // Keys belong to the host; the scale has its own menu.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, font(LABEL_SIZE)),
            (TextStyle::Body, font(TEXT_SIZE)),
            (TextStyle::Button, font(TEXT_SIZE)),
            (TextStyle::Monospace, font(TEXT_SIZE)),
            (TextStyle::Heading, strong_font(VALUE_SIZE)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(GAP, 4.0);
        style.spacing.button_padding = egui::vec2(GAP, 4.0);
        style.spacing.menu_margin = Margin::same(8);
        style.spacing.window_margin = Margin::same(8);
        style.spacing.tooltip_width = 320.0;
        style.animation_time = 0.08;
        style.interaction.tooltip_delay = 0.6;
        style.interaction.selectable_labels = false;

        let visuals = &mut style.visuals;
        let radius = CornerRadius::same(CONTROL_RADIUS);
        visuals.dark_mode = true;
        visuals.panel_fill = GROUND;
        visuals.window_fill = PANEL;
        visuals.window_stroke = Stroke::new(1.0, CHOSEN);
        visuals.window_corner_radius = CornerRadius::same(PANEL_RADIUS);
        visuals.menu_corner_radius = CornerRadius::same(PANEL_RADIUS);
        visuals.window_shadow = egui::Shadow::NONE;
        visuals.popup_shadow = egui::Shadow::NONE;
        visuals.extreme_bg_color = WELL;
        visuals.weak_text_color = Some(QUIET);
        visuals.selection.bg_fill = faded(INPUT, 0.45);
        visuals.selection.stroke = Stroke::new(1.0, TEXT);
        visuals.warn_fg_color = ATTENTION;
        visuals.error_fg_color = OVER;
        for (widget, fill, line, text) in [
            (&mut visuals.widgets.noninteractive, PANEL, LINE, TEXT),
            (&mut visuals.widgets.inactive, RAISED, LINE, TEXT),
            (&mut visuals.widgets.hovered, HOVERED, CHOSEN, TEXT),
            (&mut visuals.widgets.active, CHOSEN, QUIET, TEXT),
            (&mut visuals.widgets.open, CHOSEN, CHOSEN, TEXT),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = Stroke::new(1.0, line);
            widget.fg_stroke = Stroke::new(1.0, text);
            widget.corner_radius = radius;
            widget.expansion = 0.0;
        }
    });
}
