//! Before a test: which kind, of what, and three masters to compare if there
//! is only one.

use burnish_session::blind::{
    ABX_CANDIDATES, BlindMode, BlindSetup, BlindSource, Candidate, MOST_CANDIDATES, USUAL_TRIALS,
};
use egui::{Align2, PopupCloseBehavior, Rect, UiBuilder, pos2, vec2};

use super::parts;
use crate::scene::Scene;
use crate::theme;
use crate::view::{BlindPageEdit, Edit, SNAPSHOT_LETTERS, SNAPSHOTS};
use crate::widgets::{ButtonLook, Segment, button, menu_button, segments, show_menu, toggle};

const ROW_HEIGHT: f32 = 22.0;
const TRIALS: [usize; 10] = [5, 8, 10, 12, 16, 20, 25, 32, 50, 100];

/// The test that is being set up.
#[derive(Debug)]
pub(super) struct Setup {
    /// Whether ABX is chosen.
    is_abx: bool,
    /// Trials of ABX.
    trials: usize,
    /// What was chosen; `None` before anything was, and then it is the first masters.
    chosen: Option<Vec<BlindSource>>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { is_abx: false, trials: USUAL_TRIALS, chosen: None }
    }
}

impl Setup {
    /// The test as it is set up now.
    fn to_test(&self, candidates: &[Candidate]) -> BlindSetup {
        let mode = if self.is_abx {
            BlindMode::Abx { trials: self.trials }
        } else {
            BlindMode::Preference
        };
        let chosen = self.chosen(candidates);
        let is_chosen = |candidate: &&Candidate| chosen.contains(&candidate.source);
        BlindSetup { mode, candidates: candidates.iter().filter(is_chosen).cloned().collect() }
    }

    fn chosen(&self, candidates: &[Candidate]) -> Vec<BlindSource> {
        if let Some(chosen) = &self.chosen {
            return chosen.clone();
        }
        let masters = candidates.iter().map(|candidate| candidate.source);
        let masters = masters.filter(|source| matches!(source, BlindSource::Snapshot(_)));
        masters.take(if self.is_abx { ABX_CANDIDATES } else { SNAPSHOTS }).collect()
    }

    fn flip(&mut self, candidates: &[Candidate], source: BlindSource) {
        let mut chosen = self.chosen(candidates);
        if chosen.contains(&source) {
            chosen.retain(|other| *other != source);
        } else {
            chosen.push(source);
        }
        self.chosen = Some(chosen);
    }
}

/// Draws the page.
pub(super) fn show(scene: &mut Scene<'_>, setup: &mut Setup, title: Rect, body: Rect) {
    scene.state.is_stop_asked = false;
    let rest = parts::title(scene, title, "Blind test");
    let font = theme::font(theme::LABEL_SIZE);
    let purpose = "ears without eyes: shuffled, equally loud, named only at the end";
    let words = rest.translate(vec2(0.0, 1.5));
    scene.text_in(words, Align2::LEFT_CENTER, purpose, font, theme::QUIET);
    let split = body.left() + 0.56 * body.width();
    show_choice(scene, setup, body.with_max_x(split - 12.0));
    let right = body.with_min_x(split + 12.0);
    let below = make_three(scene, setup, right);
    show_results(scene, below);
}

fn show_choice(scene: &mut Scene<'_>, setup: &mut Setup, rect: Rect) {
    let mode = rect.with_max_y(rect.top() + 26.0);
    show_mode(scene, setup, mode);
    let words = Rect::from_min_max(
        pos2(rect.left(), mode.bottom() + 2.0),
        pos2(rect.right(), mode.bottom() + 20.0),
    );
    let text = purpose(setup, &setup.to_test(scene.view.blind.candidates).candidates);
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, &text, font, theme::QUIET);
    scene.reading(words, "What is asked", &text);
    let start = rect.with_min_y(rect.bottom() - 28.0);
    let list = Rect::from_min_max(
        pos2(rect.left(), words.bottom() + 4.0),
        pos2(rect.right(), start.top() - theme::GAP),
    );
    show_candidates(scene, setup, list);
    show_start(scene, setup, start);
}

/// What is asked, of these candidates.
fn purpose(setup: &Setup, chosen: &[Candidate]) -> String {
    if !setup.is_abx {
        return "Which do you like? Rank two or more and say why.".to_owned();
    }
    let name = |candidate: &Candidate| match candidate.source {
        BlindSource::Mix => "the mix",
        BlindSource::Snapshot(snapshot) => SNAPSHOT_LETTERS[snapshot.min(SNAPSHOTS - 1)],
        BlindSource::Reference => "the reference",
    };
    match chosen {
        [first, second] => {
            format!(
                "X is {} or {}, anew in every trial. Choose any two.",
                name(first),
                name(second)
            )
        }
        _ => "Can you tell two apart? X is one of them, anew in every trial.".to_owned(),
    }
}

fn show_mode(scene: &mut Scene<'_>, setup: &mut Setup, rect: Rect) {
    let item =
        |text, name, help| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false };
    let items = [
        item("Preference", "Test: Preference", "Rank and describe what you hear."),
        item("ABX", "Test: ABX", "Find out whether you hear a difference at all."),
    ];
    let place = rect.with_max_x(rect.left() + 184.0);
    let chosen = usize::from(setup.is_abx);
    if let Some(clicked) = segments(scene, place, &items, Some(chosen)) {
        setup.is_abx = clicked == 1;
    }
    if !setup.is_abx {
        return;
    }
    let left = place.right() + theme::GAP;
    let place = Rect::from_min_max(pos2(left, rect.top()), pos2(left + 96.0, rect.bottom()));
    let text = format!("{} trials", setup.trials);
    let help = "How often X is asked for; choose before you begin. 16 is usual: more finds \
                smaller differences, and tires the ears.";
    let response = menu_button(scene, place, &text, "Trials", help);
    show_menu(&response, 96.0, PopupCloseBehavior::CloseOnClick, |ui| {
        for trials in TRIALS {
            let item = egui::Button::selectable(trials == setup.trials, format!("{trials} trials"));
            if ui.add(item).clicked() {
                setup.trials = trials;
            }
        }
    });
}

fn show_candidates(scene: &mut Scene<'_>, setup: &mut Setup, rect: Rect) {
    let candidates = scene.view.blind.candidates;
    if candidates.is_empty() {
        let text = "Nothing to compare yet: let Burnish make three, copy the master into another \
                    snapshot and change it, or load a reference.";
        scene.paragraph(rect, text, theme::font(theme::TEXT_SIZE), theme::QUIET);
        return;
    }
    let chosen = setup.chosen(candidates);
    let shown = candidates.len().min(MOST_CANDIDATES);
    let is_high = shown as f32 * ROW_HEIGHT <= rect.height();
    let columns = if is_high { 1 } else { 2 };
    let rows = shown.div_ceil(columns);
    let cells: Vec<Rect> = parts::columns(rect, columns).collect();
    for (i, candidate) in candidates.iter().take(shown).enumerate() {
        let top = rect.top() + (i % rows) as f32 * ROW_HEIGHT;
        let column = cells[i / rows];
        let row = Rect::from_min_max(
            pos2(column.left(), top),
            pos2(column.right(), top + ROW_HEIGHT - 2.0),
        );
        let is_on = chosen.contains(&candidate.source);
        let is_double = candidates[..i].iter().any(|other| other.name == candidate.name);
        let number = if is_double { format!(" ({})", i + 1) } else { String::new() };
        let name = format!("Test {}{number}", candidate.name);
        let help = format!("Whether {} takes part.", candidate.name);
        if toggle(scene, row, &name, &help, is_on) {
            setup.flip(candidates, candidate.source);
        }
        let color = match candidate.source {
            _ if !is_on => theme::QUIET,
            BlindSource::Mix => theme::INPUT,
            BlindSource::Snapshot(_) => theme::TEXT,
            BlindSource::Reference => theme::REFERENCE,
        };
        let words = row.with_min_x(row.left() + 32.0);
        let font = theme::font(theme::TEXT_SIZE);
        scene.text_in(words, Align2::LEFT_CENTER, &candidate.name, font, color);
    }
}

fn show_start(scene: &mut Scene<'_>, setup: &Setup, rect: Rect) {
    let test = setup.to_test(scene.view.blind.candidates);
    let problem = test.problem();
    let place = rect.with_max_x(rect.left() + 110.0);
    let help = problem.as_deref().unwrap_or(
        "Shuffles them and begins; until the end nothing in the editor tells which is which.",
    );
    if parts::button_if(scene, problem.is_none(), place, "Start", help) {
        scene.edits.push(Edit::Blind(BlindPageEdit::Start(test)));
    }
    if let Some(problem) = problem {
        let words = rect.with_min_x(place.right() + 12.0);
        scene.paragraph(words, &problem, theme::font(theme::LABEL_SIZE), theme::QUIET);
        scene.reading(words, "Before it can start", &problem);
    }
}

/// Gives what is left below.
fn make_three(scene: &mut Scene<'_>, setup: &mut Setup, rect: Rect) -> Rect {
    let place = rect.with_max_y(rect.top() + 26.0);
    let name = "Make me three";
    let help = "Three masters from the current one, to compare blind.";
    if button(scene, place, name, name, help, ButtonLook::Plain).clicked() {
        setup.chosen = None;
        scene.edits.push(Edit::Blind(BlindPageEdit::MakeThree));
    }
    let words = Rect::from_min_max(
        pos2(rect.left(), place.bottom() + 4.0),
        pos2(rect.right(), (place.bottom() + 62.0).min(rect.bottom())),
    );
    let text = "Fills the other three snapshots with a conservative, a louder and a heavier-EQ \
                master made from the current one. One undo takes it back.";
    scene.paragraph(words, text, theme::font(theme::LABEL_SIZE), theme::QUIET);
    rect.with_min_y(words.bottom() + 4.0)
}

/// Earlier results, newest first.
fn show_results(scene: &mut Scene<'_>, rect: Rect) {
    let head = rect.with_max_y(rect.top() + 18.0);
    let font = theme::strong_font(theme::LABEL_SIZE);
    scene.text_in(head, Align2::LEFT_CENTER, "Earlier results", font, theme::QUIET);
    let list = rect.with_min_y(head.bottom() + 2.0);
    let results = scene.view.blind.results;
    if results.is_empty() {
        let text = "None yet. Every finished test is kept with the song.";
        scene.paragraph(list, text, theme::font(theme::LABEL_SIZE), theme::FAINT);
        return;
    }
    let mut ui = scene.ui.new_child(UiBuilder::new().id_salt("blind results").max_rect(list));
    ui.set_clip_rect(list);
    let area = egui::ScrollArea::vertical().auto_shrink(false);
    area.show_rows(&mut ui, 16.0, results.len(), |ui, rows| {
        for row in rows {
            let result = &results[results.len() - 1 - row];
            let text = egui::RichText::new(result).font(theme::font(theme::LABEL_SIZE));
            ui.add(egui::Label::new(text).truncate()).on_hover_text(result);
        }
    });
}
