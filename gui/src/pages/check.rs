//! The mix check: a verdict, and what it rests on.

use burnish_session::mix_check::{Finding, Kind, Remedy, Report, Sureness, Verdict};
use egui::{Align2, Color32, Rect, Role, ScrollArea, Sense, UiBuilder, WidgetInfo, pos2, vec2};

use super::body::{Body, Title};
use crate::format;
use crate::icons;
use crate::page::Page;
use crate::scene::{Scene, index_of, parameter};
use crate::theme;
use crate::view::{CheckView, Edit};
use crate::widgets::{ButtonLook, button};

const TITLE_HEIGHT: f32 = 26.0;
const VERDICT_HEIGHT: f32 = 34.0;
const ROW_HEIGHT: f32 = 24.0;
/// Room for the scroll bar.
const GUTTER: f32 = 10.0;

/// The page, and what it remembers.
#[derive(Debug, Default)]
pub(super) struct CheckPage {
    /// The finding whose words are shown, by its place in the list.
    chosen: usize,
}

impl Body for CheckPage {
    fn page(&self) -> Page {
        Page::Check
    }

    fn title(&self) -> Title {
        Title {
            text: "Check",
            short: "Check",
            name: "Check page",
            help: "Listens to the mix and says whether it is fit to be mastered.",
        }
    }

    fn show(&mut self, scene: &mut Scene<'_>, rect: Rect) {
        scene.panel(rect);
        let inner = rect.shrink2(vec2(12.0, 8.0));
        let title = inner.with_max_y(inner.top() + TITLE_HEIGHT);
        show_title(scene, title);
        let body = inner.with_min_y(title.bottom() + 6.0);
        let Some(report) = scene.view.check.report else {
            show_waiting(scene, body);
            return;
        };
        let verdict = body.with_max_y(body.top() + VERDICT_HEIGHT);
        show_verdict(scene, verdict, report);
        let below = body.with_min_y(verdict.bottom() + theme::GAP);
        self.show_findings(scene, below, &report.findings);
    }
}

fn show_title(scene: &mut Scene<'_>, rect: Rect) {
    let font = theme::strong_font(theme::VALUE_SIZE);
    let name = scene.text_in(rect, Align2::LEFT_CENTER, "Mix check", font, theme::TEXT);
    let again = rect.with_min_x(rect.right() - 100.0);
    let help = "Forgets what was heard, and listens anew.";
    if button(scene, again, "Listen again", "Listen again", help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::CheckAgain);
    }
    let heard = format!("heard {}", format::duration(scene.view.check.heard_s));
    let place = Rect::from_min_max(
        pos2(again.left() - 96.0, rect.top()),
        pos2(again.left() - theme::GAP, rect.bottom()),
    );
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(place, Align2::RIGHT_CENTER, &heard, font.clone(), theme::QUIET);
    scene.reading(place, "Heard of the mix", &heard).on_hover_text(
        "How much of the mix was heard while this window was open; silence does not count.",
    );
    let purpose = Rect::from_min_max(
        pos2(name.right() + theme::GAP, rect.top() + 1.5),
        pos2(place.left() - theme::GAP, rect.bottom() + 1.5),
    );
    let text = "is it fit to be mastered?";
    scene.text_in(purpose, Align2::LEFT_CENTER, text, font, theme::QUIET);
}

fn show_waiting(scene: &Scene<'_>, rect: Rect) {
    let text = "Play the mix: Burnish listens for 30 s, best to the loudest part and to a quiet \
                one. What comes in counts: the chain changes nothing here. Beginning, end, gaps, \
                clicks and unused bits are of the file; \u{201c}burnish check mix.wav\u{201d} \
                looks at those, too.";
    let font = theme::font(theme::TEXT_SIZE);
    scene.paragraph(rect.with_max_y(rect.top() + 72.0), text, font.clone(), theme::QUIET);
    let names: Vec<String> = Kind::ALL
        .iter()
        .filter(|kind| kind.is_of_the_sound())
        .map(|kind| kind.words().name.to_lowercase())
        .collect();
    let looked_for = format!("It listens for: {}.", names.join(", "));
    scene.paragraph(rect.with_min_y(rect.top() + 76.0), &looked_for, font, theme::FAINT);
    scene.reading(rect, "Check waits", "Nothing was heard yet.");
}

fn show_verdict(scene: &mut Scene<'_>, rect: Rect, report: &Report) {
    let check = scene.view.check;
    let color = match report.verdict {
        Verdict::Master => theme::GOOD,
        Verdict::Trim { .. } => theme::ATTENTION,
        Verdict::Mix { .. } => theme::OVER,
        Verdict::Nothing => theme::QUIET,
    };
    scene.painter().rect_filled(rect, theme::CONTROL_RADIUS, theme::WELL);
    scene.painter().rect_filled(rect.with_max_x(rect.left() + 4.0), 0, color);
    let mut place = rect.shrink2(vec2(12.0, 4.0));
    if let Verdict::Trim { gain_db } = report.verdict {
        let gain_db = parameter(index_of("trim.gain")).kind.snap(gain_db);
        let button_place = place.with_min_x(place.right() - 116.0);
        trim(scene, button_place, gain_db);
        place.max.x = button_place.left() - theme::GAP;
    }
    let so_far = if check.is_enough() { "" } else { "So far: " };
    let text = format!("{so_far}{}", format::minus(&report.verdict.told()));
    let font = theme::font(theme::TEXT_SIZE);
    let drawn = scene.text_in(place, Align2::LEFT_CENTER, &text, font, theme::TEXT);
    let full = format!(
        "{text} {}",
        if check.is_enough() {
            "It is of what was heard while this window was open."
        } else {
            "A verdict takes 30 s of the mix."
        }
    );
    scene.reading(drawn, "Verdict", &text).on_hover_text(full);
}

/// The one-click trim, unless it is there already.
fn trim(scene: &mut Scene<'_>, rect: Rect, gain_db: f64) {
    let trim = &scene.view.settings.trim;
    let is_done = trim.is_on && (trim.gain_db - gain_db).abs() < 0.05;
    if is_done {
        let font = theme::font(theme::TEXT_SIZE);
        scene.text_in(rect, Align2::CENTER_CENTER, "is trimmed", font, theme::GOOD);
        scene.reading(rect, "Trim is set", "The trim has this gain.");
        return;
    }
    let text = format!("Trim {} dB", format::signed(gain_db));
    let help = "Sets the trim so that the true peaks of what was heard come to -6 dBTP.";
    let look = ButtonLook::Filled(theme::CHOSEN);
    if button(scene, rect, &text, "Trim as the check says", help, look).clicked() {
        scene.set_together(&[(index_of("trim.on"), 1.0), (index_of("trim.gain"), gain_db)]);
    }
}

/// A finding's colour: by where it is put right, and quiet where it is not sure.
fn color_of(finding: &Finding) -> Color32 {
    match (finding.sureness, finding.kind.words().remedy) {
        (Sureness::Uncertain, _) | (_, Remedy::Known) => theme::QUIET,
        (_, Remedy::Mix) => theme::OVER,
        (_, Remedy::Trim | Remedy::Master) => theme::ATTENTION,
    }
}

impl CheckPage {
    fn show_findings(&mut self, scene: &mut Scene<'_>, rect: Rect, findings: &[Finding]) {
        if findings.is_empty() {
            let text = "Nothing was found. Not looked at here: beginning, end, gaps, clicks and \
                        unused bits, which \u{201c}burnish check mix.wav\u{201d} sees in the file.";
            scene.paragraph(rect, text, theme::font(theme::TEXT_SIZE), theme::QUIET);
            return;
        }
        self.chosen = self.chosen.min(findings.len() - 1);
        let split = rect.left() + 0.42 * rect.width();
        self.show_list(scene, rect.with_max_x(split - theme::GAP), findings);
        show_words(scene, rect.with_min_x(split + theme::GAP), &findings[self.chosen]);
    }

    fn show_list(&mut self, scene: &mut Scene<'_>, rect: Rect, findings: &[Finding]) {
        let mut ui = scene.ui.new_child(UiBuilder::new().max_rect(rect).id_salt("findings"));
        ui.set_clip_rect(rect.intersect(scene.ui.clip_rect()));
        ui.spacing_mut().scroll = egui::style::ScrollStyle {
            bar_width: 6.0,
            bar_inner_margin: 2.0,
            bar_outer_margin: 0.0,
            ..egui::style::ScrollStyle::solid()
        };
        ScrollArea::vertical().id_salt("findings list").auto_shrink(false).show(&mut ui, |ui| {
            ui.set_height(findings.len() as f32 * ROW_HEIGHT);
            let top = ui.max_rect().top();
            let mut scene =
                Scene { ui, view: scene.view, edits: &mut *scene.edits, state: &mut *scene.state };
            for (place, finding) in findings.iter().enumerate() {
                let top = top + place as f32 * ROW_HEIGHT;
                let row = Rect::from_min_max(
                    pos2(rect.left(), top),
                    pos2(rect.right() - GUTTER, top + ROW_HEIGHT - 2.0),
                );
                self.show_row(&mut scene, row, place, finding);
            }
        });
    }

    fn show_row(&mut self, scene: &mut Scene<'_>, row: Rect, place: usize, finding: &Finding) {
        let words = finding.kind.words();
        let name = format!("Finding {}", words.name);
        let is_chosen = self.chosen == place;
        // A row out of sight answers at the edge, so that the keys reach it.
        let clip = scene.ui.clip_rect();
        let seen = Rect::from_min_max(
            row.min.clamp(clip.min, clip.max - vec2(1.0, 1.0)),
            row.max.clamp(clip.min + vec2(1.0, 1.0), clip.max),
        );
        let response = scene.interact(seen, &name, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &name));
        if response.gained_focus() {
            scene.ui.scroll_to_rect(row, None);
        }
        let told = finding.told();
        scene.ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_value(format!("{}: {told}", finding.sureness.name()));
        });
        if response.clicked() {
            self.chosen = place;
        }
        let fill = match (is_chosen, response.hovered() || response.has_focus()) {
            (true, _) => theme::RAISED,
            (false, true) => theme::HOVERED,
            (false, false) => theme::PANEL,
        };
        scene.painter().rect_filled(row, theme::CONTROL_RADIUS, fill);
        let color = color_of(finding);
        let dot = pos2(row.left() + 12.0, row.center().y);
        if finding.sureness == Sureness::Uncertain || words.remedy == Remedy::Known {
            scene.painter().circle_stroke(dot, 3.5, egui::Stroke::new(1.5, color));
        } else {
            icons::warning(scene.painter(), dot, color);
        }
        let text = Rect::from_min_max(pos2(row.left() + 24.0, row.top()), row.max);
        let sure = text.with_min_x(text.right() - 66.0);
        let label = theme::font(theme::LABEL_SIZE);
        let sureness = finding.sureness.name();
        let end = sure.with_max_x(sure.right() - 6.0);
        scene.text_in(end, Align2::RIGHT_CENTER, sureness, label, theme::QUIET);
        let font = theme::font(theme::TEXT_SIZE);
        let name_place = text.with_max_x(sure.left());
        scene.text_in(name_place, Align2::LEFT_CENTER, words.name, font, theme::TEXT);
        response.on_hover_text(format::minus(&told));
    }
}

/// All that is said of a finding.
fn show_words(scene: &Scene<'_>, rect: Rect, finding: &Finding) {
    let words = finding.kind.words();
    let font = theme::font(theme::TEXT_SIZE);
    let mut top = rect.top();
    let mut lines = vec![(format::minus(&finding.told()), theme::TEXT)];
    lines.push((words.why.to_owned(), theme::QUIET));
    lines.push((format!("In the mix: {}", words.in_the_mix), theme::TEXT));
    lines.push((format!("Mastering: {}", words.mastering), theme::TEXT));
    lines.push((format!("Limit: {}.", words.source), theme::FAINT));
    let mut all = String::new();
    for (text, color) in lines {
        let galley = scene.painter().layout(text.clone(), font.clone(), color, rect.width());
        let height = galley.size().y;
        scene.painter().with_clip_rect(rect).galley(pos2(rect.left(), top), galley, color);
        top += height + 4.0;
        all += &text;
        all.push(' ');
    }
    let response = scene.reading(rect, "About the finding", all.trim());
    if top > rect.bottom() {
        response.on_hover_text(all.trim());
    }
}

/// The view is small enough to be handed on.
const _: () = assert!(size_of::<CheckView<'_>>() <= 24);
