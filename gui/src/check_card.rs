//! The card of the mix check, left of the chain.

use burnish_session::mix_check::Verdict;
use egui::{Align2, Color32, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};

use crate::format;
use crate::icons;
use crate::page::Page;
use crate::scene::Scene;
use crate::theme;
use crate::view::CheckView;

/// The verdict in a word or two, and its colour.
fn word(view: &CheckView<'_>) -> (String, Color32) {
    match view.report.map(|report| &report.verdict) {
        Some(Verdict::Master) => ("fit".to_owned(), theme::GOOD),
        Some(Verdict::Trim { gain_db }) => {
            (format!("trim {}", format::signed(*gain_db)), theme::ATTENTION)
        }
        Some(Verdict::Mix { .. }) => ("to the mix".to_owned(), theme::OVER),
        Some(Verdict::Nothing) | None => (format::NO_READING.to_owned(), theme::FAINT),
    }
}

/// Draws it; a click opens the page, another goes back to the stage.
pub(crate) fn show(scene: &mut Scene<'_>, card: Rect, is_folded: bool) {
    let is_chosen = scene.state.page == Page::Check;
    let name = "Show Check";
    let response = scene.interact(card, name, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
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
        scene.state.typing = None;
        scene.state.page = if is_chosen { Page::Stage } else { Page::Check };
    }
    let view = scene.view.check;
    let (text, color) = word(&view);
    let inner = card.shrink2(vec2(if is_folded { 6.0 } else { theme::GAP }, 4.0));
    let font = if is_chosen {
        theme::strong_font(theme::TEXT_SIZE)
    } else {
        theme::font(theme::TEXT_SIZE)
    };
    let head = if is_folded { inner } else { inner.with_max_y(inner.top() + 22.0) };
    scene.text_in(head, Align2::LEFT_CENTER, "Check", font, theme::TEXT);
    let help = "Listens to the mix and says whether it is fit to be mastered.";
    if is_folded {
        let dot = pos2(inner.right() - 3.0, inner.center().y);
        mark(scene, dot, &view, color);
    } else {
        let row = inner.with_min_y(head.bottom() + 2.0);
        let label = theme::font(theme::LABEL_SIZE);
        let verdict = row.with_max_y(row.top() + 16.0);
        scene.text_in(verdict, Align2::LEFT_CENTER, &text, label.clone(), color);
        let heard = row.with_min_y(verdict.bottom()).with_max_y(verdict.bottom() + 16.0);
        let heard_text = format!("heard {}", format::duration(view.heard_s));
        scene.text_in(heard, Align2::LEFT_CENTER, &heard_text, label, theme::QUIET);
    }
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text));
    response.on_hover_text(help);
}

/// The verdict as a shape: a ring, a triangle, or nothing.
fn mark(scene: &Scene<'_>, at: egui::Pos2, view: &CheckView<'_>, color: Color32) {
    match view.report.map(|report| &report.verdict) {
        Some(Verdict::Master) => {
            scene.painter().circle_stroke(at, 3.5, Stroke::new(1.5, color));
        }
        Some(Verdict::Trim { .. } | Verdict::Mix { .. }) => {
            icons::warning(scene.painter(), at, color);
        }
        Some(Verdict::Nothing) | None => {}
    }
}
