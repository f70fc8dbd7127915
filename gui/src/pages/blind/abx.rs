//! ABX while it runs: hear A, B and X freely, say what X is. No score is shown:
//! who knows it decides by it when to stop.

use burnish_session::blind::{Answer, BlindEdit, BlindTest, MOST_TRIALS};
use egui::{Align2, Rect, Stroke, pos2, vec2};

use super::parts::{self, ask};
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{ButtonLook, button};

/// Trials that are added at once.
const MORE_TRIALS: usize = 8;

/// Draws the page.
pub(super) fn show(
    scene: &mut Scene<'_>,
    title: Rect,
    body: Rect,
    test: &BlindTest,
    trials: usize,
) {
    let trial = test.trial().unwrap_or(1);
    let rest = parts::title(scene, title, "Blind test: ABX");
    let question = match trial - 1 {
        0 => "Stop? Nothing will be kept of it.".to_owned(),
        done => format!("Stop after {done} of {trials}? The result will say so."),
    };
    let rest = parts::stop(scene, rest, &question);
    show_trial(scene, rest, trial, trials);
    let height = (0.28 * body.height()).clamp(48.0, 96.0);
    let labels = body.with_max_y(body.top() + height);
    parts::labels(scene, labels, test, &words_about(test));
    let below = body.with_min_y(labels.bottom() + theme::GAP);
    if parts::measuring(scene, below) {
        return;
    }
    let answers = below.with_max_y(below.top() + (0.8 * height).max(36.0));
    show_answers(scene, answers, test);
    let foot = body.with_min_y(answers.bottom() + theme::GAP);
    show_foot(scene, foot, (trial, trials), test);
}

fn words_about(test: &BlindTest) -> Vec<String> {
    let what = ["the one", "the other", "A or B?"];
    let words = |(label, what): (usize, &&str)| {
        if test.was_heard(label) { (*what).to_owned() } else { format!("{what}, not heard yet") }
    };
    what.iter().enumerate().map(words).collect()
}

fn show_trial(scene: &Scene<'_>, rest: Rect, trial: usize, trials: usize) {
    let text = format!("Trial {trial} of {trials}");
    if rest.width() > 90.0 {
        let font = theme::strong_font(theme::TEXT_SIZE);
        scene.text_in(rest, Align2::RIGHT_CENTER, &text, font, theme::TEXT);
        scene.reading(rest, "Trial", &text);
    }
}

fn show_answers(scene: &mut Scene<'_>, rect: Rect, test: &BlindTest) {
    let missing = test.missing();
    let help = match &missing {
        Some(missing) => format!("First {missing}."),
        None => "Your answer; the next trial begins. If you cannot tell, guess.".to_owned(),
    };
    let answers = [("X is A", Answer::A), ("X is B", Answer::B)];
    let cells: Vec<Rect> = parts::columns(rect, answers.len()).collect();
    for ((text, answer), cell) in answers.into_iter().zip(cells) {
        if parts::button_if(scene, missing.is_none(), cell, text, &help) {
            ask(scene, BlindEdit::Answer(answer));
        }
    }
}

/// How far it is, what is still to be heard, and more trials.
fn show_foot(scene: &mut Scene<'_>, rect: Rect, (trial, trials): (usize, usize), test: &BlindTest) {
    let marks = rect.with_max_y(rect.top() + 10.0);
    let width = marks.width() / trials as f32;
    for i in 0..trials {
        let left = marks.left() + i as f32 * width;
        let cell = Rect::from_min_size(pos2(left, marks.top()), vec2(width, 6.0));
        let cell = cell.shrink2(vec2((0.15 * width).min(2.0), 0.0));
        let is_done = i + 1 < trial;
        let fill = if is_done { theme::QUIET } else { theme::WELL };
        let line = Stroke::new(1.0, if i + 1 == trial { theme::TEXT } else { theme::LINE });
        scene.painter().rect(cell, 2, fill, line, egui::StrokeKind::Inside);
    }
    let row = Rect::from_min_max(pos2(rect.left(), marks.bottom() + 4.0), rect.max);
    let more = Rect::from_min_size(pos2(row.right() - 92.0, row.top()), vec2(92.0, 24.0));
    if trials + MORE_TRIALS <= MOST_TRIALS {
        let text = format!("{MORE_TRIALS} more trials");
        let help = "Adds trials before the score is known; the result will say so.";
        if button(scene, more, &text, "Add trials", help, ButtonLook::Plain).clicked() {
            ask(scene, BlindEdit::Extend(MORE_TRIALS));
        }
    }
    let words = row.with_max_x(more.left() - 12.0).with_max_y(row.bottom().max(row.top() + 1.0));
    let text = match test.missing() {
        Some(missing) => format!("First {missing}, as often as you like and in any order."),
        None => {
            "Say what X is. If you cannot tell, guess: that counts too. The score comes at the end."
                .to_owned()
        }
    };
    scene.paragraph(words, &text, theme::font(theme::TEXT_SIZE), theme::QUIET);
    scene.reading(words, "What to do", &text);
}
