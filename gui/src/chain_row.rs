//! The chain row: the stages in the order of the signal, each with its switch
//! and a live miniature. A click shows a stage large.

use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

use crate::check_card;
use crate::icons;
use crate::page::Page;
use crate::scene::Scene;
use crate::stages::{Face, Stages};
use crate::theme;
use crate::view::Edit;
use crate::widgets::toggle;

const ARROW_WIDTH: f32 = 14.0;
const FOLDED_ARROW_WIDTH: f32 = 9.0;
/// The card of the mix check, which is no stage, and narrower where the row is folded.
const CHECK_WIDTH: f32 = 92.0;
const FOLDED_CHECK_WIDTH: f32 = 68.0;

/// Draws the row.
pub(crate) fn show(scene: &mut Scene<'_>, stages: &mut Stages, rect: Rect, is_folded: bool) {
    let arrow_width = if is_folded { FOLDED_ARROW_WIDTH } else { ARROW_WIDTH };
    let check_width = if is_folded { FOLDED_CHECK_WIDTH } else { CHECK_WIDTH };
    check_card::show(scene, rect.with_max_x(rect.left() + check_width), is_folded);
    let rect = rect.with_min_x(rect.left() + check_width + arrow_width);
    let faces = stages.faces();
    let count = faces.len() as f32;
    let width = (rect.width() - arrow_width * (count - 1.0)) / count;
    for (i, face) in faces.iter_mut().enumerate() {
        let left = rect.left() + i as f32 * (width + arrow_width);
        let card = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        if i > 0 {
            let arrow = pos2(left - 0.5 * arrow_width, rect.center().y);
            icons::chevron(scene.painter(), arrow, theme::FAINT);
        }
        show_card(scene, card, &mut **face, is_folded);
    }
}

fn show_card(scene: &mut Scene<'_>, card: Rect, face: &mut dyn Face, is_folded: bool) {
    let stage = face.stage();
    let is_chosen = scene.state.page == Page::Stage && scene.state.stage == stage;
    let is_on = face.is_on(scene);
    let name = format!("Show {}", stage.name());
    let response = scene.interact(card, &name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &name));
    let (fill, line) = match (is_chosen, response.hovered() || response.has_focus()) {
        (true, _) => (theme::RAISED, theme::QUIET),
        (false, true) => (theme::RAISED, theme::CHOSEN),
        (false, false) => (theme::PANEL, theme::LINE),
    };
    let stroke = Stroke::new(1.0, line);
    scene.painter().rect(card, theme::PANEL_RADIUS, fill, stroke, StrokeKind::Inside);
    if is_chosen {
        let under = [
            pos2(card.left() + 6.0, card.bottom() - 1.5),
            pos2(card.right() - 6.0, card.bottom() - 1.5),
        ];
        scene.painter().line_segment(under, Stroke::new(3.0, theme::TEXT));
    }
    if response.clicked() {
        choose(scene, stage);
    }

    let inner = card.shrink2(vec2(if is_folded { 6.0 } else { theme::GAP }, 4.0));
    let head_height = if is_folded { inner.height() } else { 22.0 };
    let head = Rect::from_min_size(inner.min, vec2(inner.width(), head_height));
    let pill = Rect::from_min_size(head.min, vec2(26.0, head.height()));
    // Wide enough to hit, and clear of the name.
    let switch_name = format!("{} On", stage.name());
    if toggle(scene, pill, &switch_name, face.switch_help(), is_on) {
        face.switch(scene, !is_on);
    }
    let color = if is_on { theme::TEXT } else { theme::FAINT };
    let label = Rect::from_min_max(pos2(pill.right() + 6.0, head.top()), head.max);
    let font = if is_chosen {
        theme::strong_font(theme::TEXT_SIZE)
    } else {
        theme::font(theme::TEXT_SIZE)
    };
    let name = scene.text_in(label, Align2::LEFT_CENTER, stage.name(), font, color);
    let rest = Rect::from_min_max(pos2(name.right() + 6.0, head.top()), head.max);
    if !is_on {
        if rest.width() > 16.0 {
            let font = theme::font(theme::LABEL_SIZE);
            scene.text_in(rest, Align2::RIGHT_CENTER, "off", font, theme::FAINT);
        }
    } else if let Some((number, unit)) =
        face.reading(scene).filter(|(number, _)| has_room_for(scene, rest, number))
    {
        let number = (number.as_str(), theme::font(theme::LABEL_SIZE), theme::TEXT);
        let unit = if rest.width() < 44.0 { "" } else { unit };
        scene.quantity(rest, Align2::RIGHT_CENTER, number, unit);
    }
    if !is_folded {
        let area = Rect::from_min_max(pos2(inner.left(), head.bottom() + 4.0), inner.max)
            .with_max_y(inner.bottom() - 4.0);
        face.miniature(scene, area, is_on);
    }
}

/// Whether a number is not cut there; a card without one is better than a wrong one.
fn has_room_for(scene: &Scene<'_>, rect: Rect, number: &str) -> bool {
    let font = theme::font(theme::LABEL_SIZE);
    let wide = scene.painter().layout_no_wrap(number.to_owned(), font, theme::TEXT).size().x;
    rect.width() > wide.max(30.0)
}

fn choose(scene: &mut Scene<'_>, stage: Stage) {
    scene.state.page = Page::Stage;
    scene.state.stage = stage;
    scene.state.typing = None;
    // The delta follows the eye: one hears what one looks at.
    if scene.view.delta.is_some_and(|heard| heard != stage) {
        scene.edits.push(Edit::Delta(Some(stage)));
    }
}
