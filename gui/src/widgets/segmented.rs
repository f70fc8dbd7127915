//! A choice among a few, all of them in sight.

use burnish_dsp::parameter::Kind;
use egui::{Align2, Color32, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2};

use crate::scene::{Scene, parameter};
use crate::theme;

/// One of the things to choose from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    /// What is written on it.
    pub(crate) text: &'a str,
    /// Its name for assistive technology.
    pub(crate) name: &'a str,
    /// What it does.
    pub(crate) help: &'a str,
    /// What it is filled with while it is chosen.
    pub(crate) color: Color32,
    /// Why it cannot be chosen at the moment.
    pub(crate) is_disabled: bool,
}

/// Segments of equal width; gives the one that was clicked.
pub(crate) fn segments(
    scene: &mut Scene<'_>,
    rect: Rect,
    items: &[Segment<'_>],
    chosen: Option<usize>,
) -> Option<usize> {
    let stroke = Stroke::new(1.0, theme::LINE);
    scene.painter().rect(rect, theme::CONTROL_RADIUS, theme::WELL, stroke, StrokeKind::Inside);
    let width = rect.width() / items.len() as f32;
    let mut clicked = None;
    for (i, item) in items.iter().enumerate() {
        let left = rect.left() + i as f32 * width;
        let cell = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
        let is_chosen = chosen == Some(i);
        let sense = if item.is_disabled { Sense::hover() } else { Sense::click() };
        let response = scene.interact(cell, item.name, sense);
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, !item.is_disabled, is_chosen, item.name)
        });
        let inner = cell.shrink(2.0);
        if is_chosen {
            scene.painter().rect_filled(inner, 3, item.color);
        } else if response.hovered() && !item.is_disabled {
            scene.painter().rect_filled(inner, 3, theme::RAISED);
        }
        if response.has_focus() {
            let stroke = Stroke::new(1.0, theme::TEXT);
            scene.painter().rect_stroke(inner, 3, stroke, StrokeKind::Inside);
        }
        let color = match (item.is_disabled, is_chosen) {
            (true, _) => theme::FAINT,
            (false, true) => ink_on(item.color),
            (false, false) => theme::QUIET,
        };
        let font = if is_chosen {
            theme::strong_font(text_size(width))
        } else {
            theme::font(text_size(width))
        };
        scene.text_in(
            inner.shrink2(egui::vec2(2.0, 0.0)),
            Align2::CENTER_CENTER,
            item.text,
            font,
            color,
        );
        if response.clicked() {
            clicked = Some(i);
        }
        response.on_hover_text(item.help);
    }
    clicked
}

/// A choice parameter as segments; `short` gives shorter texts than the table's where room is scarce.
pub(crate) fn choice(scene: &mut Scene<'_>, rect: Rect, index: usize, short: Option<&[&str]>) {
    let parameter = parameter(index);
    let Kind::Choice(names) = parameter.kind else { return };
    let full: Vec<_> = names.iter().map(|name| format!("{}: {name}", parameter.name)).collect();
    let items: Vec<_> = full
        .iter()
        .enumerate()
        .map(|(i, name)| Segment {
            text: short.map_or(names[i], |short| short[i]),
            name,
            help: parameter.help,
            color: theme::CHOSEN,
            is_disabled: false,
        })
        .collect();
    let chosen = parameter.kind.snap(scene.value(index)) as usize;
    if let Some(clicked) = segments(scene, rect, &items, Some(chosen)) {
        scene.set_once(index, clicked as f64);
    }
}

/// Dark text on a bright fill, light text on a dark one.
pub(super) fn ink_on(fill: Color32) -> Color32 {
    if fill.intensity() > 0.4 { theme::GROUND } else { theme::TEXT }
}

fn text_size(width: f32) -> f32 {
    if width < 52.0 { theme::LABEL_SIZE } else { theme::TEXT_SIZE }
}
