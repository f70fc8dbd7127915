//! Rows of controls that wrap where the room is narrow.

use egui::{Align2, Rect, pos2};

use crate::scene::{Scene, index_of, parameter};
use crate::theme;
use crate::widgets::{choice, knob, switch};

/// Height of one row of controls.
pub(crate) const ROW_HEIGHT: f32 = 84.0;
const KNOB_WIDTH: f32 = 58.0;
/// Room for a letter of a knob's name.
const LETTER_WIDTH: f32 = 4.8;
/// The most that a knob's place grows.
const WIDEST_GROWTH: f32 = 34.0;
const SWITCH_WIDTH: f32 = 104.0;
/// Air at both sides of a block.
const BLOCK_MARGIN: f32 = theme::GAP;
const LINE_HEIGHT: f32 = 38.0;
const LABEL_HEIGHT: f32 = 14.0;
const CONTROL_HEIGHT: f32 = 24.0;

/// A control in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// A choice as segments of this width each, with texts shorter than the table's if given.
    Choice(&'static str, f32, Option<&'static [&'static str]>),
    /// A switch.
    Switch(&'static str),
}

/// One place in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    /// A knob.
    Knob(&'static str),
    /// A knob that has no effect at the moment, and why.
    Quiet(&'static str, &'static str),
    /// Up to two lines of smaller controls.
    Block(&'static [&'static [Part]]),
    /// Some air between groups.
    Space,
}

impl Item {
    /// A knob, without effect for `reason` unless `has_effect`.
    pub(crate) fn knob_if(has_effect: bool, id: &'static str, reason: &'static str) -> Self {
        if has_effect { Item::Knob(id) } else { Item::Quiet(id, reason) }
    }

    fn width(&self) -> f32 {
        match self {
            Item::Knob(id) | Item::Quiet(id, _) => {
                let letters = parameter(index_of(id)).short_name.chars().count() as f32;
                (LETTER_WIDTH * letters + theme::GAP).max(KNOB_WIDTH)
            }
            Item::Block(lines) => lines.iter().map(|line| line_width(line)).fold(0.0, f32::max),
            // Only where there is room to spare.
            Item::Space => 0.0,
        }
    }

    fn can_grow(&self) -> bool {
        matches!(self, Item::Knob(_) | Item::Quiet(..))
    }

    /// The width when there is room to spare.
    fn grown(&self, growth: f32, space: f32) -> f32 {
        match self {
            Item::Space => space,
            _ if self.can_grow() => self.width() + growth,
            _ => self.width(),
        }
    }
}

fn part_width(part: &Part) -> f32 {
    match *part {
        Part::Choice(id, width, _) => width * names_of(id).len() as f32,
        Part::Switch(_) => SWITCH_WIDTH,
    }
}

fn names_of(id: &str) -> &'static [&'static str] {
    match parameter(index_of(id)).kind {
        burnish_dsp::parameter::Kind::Choice(names) => names,
        _ => &[],
    }
}

fn line_width(line: &[Part]) -> f32 {
    let gaps = theme::GAP * line.len().saturating_sub(1) as f32;
    line.iter().map(part_width).sum::<f32>() + gaps + 2.0 * BLOCK_MARGIN
}

/// How the items fall into rows of at most `width`: as few as possible, and of
/// those the most even, because even rows look calmer than a full one and a rest.
fn rows_of(items: &[Item], width: f32) -> Vec<&[Item]> {
    let full = fill_rows(items, width);
    (1..=16)
        .map(|step| fill_rows(items, width * step as f32 / 16.0))
        .find(|rows| rows.len() == full.len())
        .unwrap_or(full)
}

fn fill_rows(items: &[Item], width: f32) -> Vec<&[Item]> {
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0.0);
    for (i, item) in items.iter().enumerate() {
        if i > start && used + item.width() > width + 0.5 {
            rows.push(&items[start..i]);
            (start, used) = (i, 0.0);
        }
        used += item.width();
    }
    rows.push(&items[start..]);
    rows
}

/// The height that the controls need at a width.
pub(crate) fn height(items: &[Item], width: f32) -> f32 {
    rows_of(items, width).len() as f32 * ROW_HEIGHT
}

/// Draws the controls from the top of `rect`, each row centred.
pub(crate) fn controls(scene: &mut Scene<'_>, rect: Rect, items: &[Item]) {
    for (row, items) in rows_of(items, rect.width()).into_iter().enumerate() {
        let top = rect.top() + row as f32 * ROW_HEIGHT;
        let natural: f32 = items.iter().map(Item::width).sum();
        let spare = (rect.width() - natural).max(0.0);
        let spaces = items.iter().filter(|item| matches!(item, Item::Space)).count() as f32;
        let space = (spare / spaces.max(1.0)).min(2.0 * theme::GAP);
        let growing = items.iter().filter(|item| item.can_grow()).count().max(1) as f32;
        let growth = ((spare - space * spaces) / growing).clamp(0.0, WIDEST_GROWTH);
        let grown: f32 = items.iter().map(|item| item.grown(growth, space)).sum();
        let mut x = rect.left() + 0.5 * (rect.width() - grown).max(0.0);
        for item in items {
            let width = item.grown(growth, space);
            let place = Rect::from_min_max(pos2(x, top), pos2(x + width, top + ROW_HEIGHT - 4.0));
            draw(scene, place, item);
            x += width;
        }
    }
}

fn draw(scene: &mut Scene<'_>, place: Rect, item: &Item) {
    match *item {
        Item::Knob(id) => knob(scene, place, index_of(id), None),
        Item::Quiet(id, reason) => knob(scene, place, index_of(id), Some(reason)),
        Item::Block(lines) => {
            let mut top = place.top() + 1.0;
            for line in lines {
                let mut x = place.left() + BLOCK_MARGIN;
                for part in *line {
                    let width = part_width(part);
                    let area = Rect::from_min_max(pos2(x, top), pos2(x + width, top + LINE_HEIGHT));
                    draw_part(scene, area, part);
                    x += width + theme::GAP;
                }
                top += LINE_HEIGHT;
            }
        }
        Item::Space => {}
    }
}

fn draw_part(scene: &mut Scene<'_>, area: Rect, part: &Part) {
    match *part {
        Part::Choice(id, _, short) => labelled_choice(scene, area, index_of(id), short),
        Part::Switch(id) => {
            let place = Rect::from_min_max(pos2(area.left(), area.top() + 8.0), area.max);
            switch(scene, place, index_of(id));
        }
    }
}

/// A choice with its name above.
pub(crate) fn labelled_choice(
    scene: &mut Scene<'_>,
    area: Rect,
    index: usize,
    short: Option<&[&str]>,
) {
    let label = Rect::from_min_max(area.min, pos2(area.right(), area.top() + LABEL_HEIGHT));
    let font = theme::font(theme::LABEL_SIZE);
    let name = parameter(index).short_name;
    scene.text_in(label, Align2::LEFT_CENTER, name, font, theme::QUIET);
    let top = label.bottom();
    let place =
        Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + CONTROL_HEIGHT));
    choice(scene, place, index, short);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_wrap_into_even_rows() {
        let items = [Item::Knob("limiter.gain"); 10];
        assert_eq!(rows_of(&items, 640.0).len(), 1);
        let rows = rows_of(&items, 460.0);
        assert_eq!(rows.iter().map(|row| row.len()).collect::<Vec<_>>(), [5, 5]);
        assert_eq!(height(&items, 460.0), 2.0 * ROW_HEIGHT);
        assert_eq!(rows_of(&items, 1.0).len(), 10);
    }
}
