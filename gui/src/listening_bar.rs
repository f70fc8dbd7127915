//! The listening bar: what one hears, the reference, pages for comparing, delta
//! and monitor. Its upper strip always says in words what reaches the ears, and
//! takes on the attention colour while that is anything but the plain master.

mod page_buttons;
mod reference;
mod strip;

use burnish_dsp::compare::Listen;
use burnish_dsp::monitor::Monitor;
use egui::{Rect, Stroke, StrokeKind, pos2};

use crate::pages::Pages;
use crate::rest::{delta, resting, without_gain};
use crate::scene::Scene;
use crate::theme;
use crate::view::Edit;
use crate::widgets::{ButtonLook, Segment, button, disabled_button, segments};

const STRIP_HEIGHT: f32 = 17.0;
/// Below this width words are shorter.
const FOLD_WIDTH: f32 = 1000.0;

/// Widths of the parts.
#[derive(Clone, Copy, Debug)]
struct Widths {
    listen: f32,
    unity: f32,
    delta: f32,
    monitor: f32,
}

const WIDE: Widths = Widths { listen: 76.0, unity: 56.0, delta: 88.0, monitor: 54.0 };
const FOLDED: Widths = Widths { listen: 58.0, unity: 44.0, delta: 66.0, monitor: 46.0 };

/// Draws the bar.
pub(crate) fn show(scene: &mut Scene<'_>, pages: &Pages, rect: Rect) {
    scene.panel(rect);
    let strip = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + STRIP_HEIGHT));
    strip::show(scene, strip);
    let row = Rect::from_min_max(
        pos2(rect.left() + 4.0, strip.bottom() + 3.0),
        pos2(rect.right() - 4.0, rect.bottom() - 4.0),
    );
    let is_folded = rect.width() < FOLD_WIDTH;
    let widths = if is_folded { FOLDED } else { WIDE };
    let gap = if is_folded { 6.0 } else { theme::GAP };
    let listen = row.with_max_x(row.left() + 3.0 * widths.listen);
    let mut right = row.right();
    let mut take = |width: f32| {
        let place = Rect::from_min_max(pos2(right - width, row.top()), pos2(right, row.bottom()));
        right -= width + gap;
        place
    };
    let monitor = take(3.0 * widths.monitor);
    let delta = take(widths.delta);
    let unity = take(widths.unity);
    let buttons = take(page_buttons::width(pages, is_folded));
    let reference =
        Rect::from_min_max(pos2(listen.right() + gap, row.top()), pos2(right, row.bottom()));
    show_listen(scene, listen, is_folded);
    reference::show(scene, reference);
    page_buttons::show(scene, pages, buttons, is_folded);
    show_unity(scene, unity);
    show_delta(scene, delta);
    show_monitor(scene, monitor);
}

fn show_listen(scene: &mut Scene<'_>, rect: Rect, is_folded: bool) {
    let rest = resting(scene);
    let is_ready = scene.view.references.can_be_heard();
    let because = |help| rest.unwrap_or(help);
    let item =
        |text, name, help, color, is_disabled| Segment { text, name, help, color, is_disabled };
    let is_resting = rest.is_some();
    let items = [
        item(
            "Mix",
            "Hear Mix",
            because("The untouched mix, delayed and made as loud as the master."),
            theme::INPUT,
            is_resting,
        ),
        item(
            "Master",
            "Hear Master",
            because("What a render contains."),
            theme::MASTER,
            is_resting,
        ),
        item(
            if is_folded { "Ref." } else { "Reference" },
            "Hear Reference",
            because(
                scene
                    .view
                    .references
                    .why_not_heard()
                    .unwrap_or("The reference, made as loud as the master."),
            ),
            theme::REFERENCE,
            is_resting || !is_ready,
        ),
    ];
    let choices = [Listen::Mix, Listen::Master, Listen::Reference];
    // A test, its reveal and a delta choose what is heard: none of these is. Nor is a
    // reference that is not there.
    let is_delta = delta(scene).is_some();
    let is_free = scene.view.blind.test.is_none() && !is_delta && !scene.view.is_bypassed;
    let is_heard = |listen| is_free && (listen != Listen::Reference || is_ready);
    let chosen =
        choices.iter().position(|choice| *choice == scene.view.listen && is_heard(*choice));
    if let Some(clicked) = segments(scene, rect, &items, chosen) {
        if is_delta {
            scene.edits.push(Edit::Delta(None));
        }
        scene.edits.push(Edit::Listen(choices[clicked]));
    }
}

fn show_delta(scene: &mut Scene<'_>, rect: Rect) {
    let stage = scene.state.stage;
    let is_on = delta(scene).is_some() && !scene.view.is_bypassed;
    let shown = scene.view.delta.unwrap_or(stage);
    let text = format!("\u{0394} {}", shown.name());
    let look = if is_on { ButtonLook::Filled(theme::ATTENTION) } else { ButtonLook::Plain };
    if let Some(why) = resting(scene) {
        disabled_button(scene, rect, &text, "Delta", why);
        return;
    }
    let help = "Delta: hear only what this stage changes.";
    let response = button(scene, rect, &text, "Delta", help, look);
    if is_on {
        let stroke = Stroke::new(1.0, theme::TEXT);
        let place = rect.shrink(2.0);
        scene.painter().rect_stroke(place, 3, stroke, StrokeKind::Inside);
    }
    if response.clicked() {
        scene.edits.push(Edit::Delta(if is_on { None } else { Some(stage) }));
    }
}

fn show_unity(scene: &mut Scene<'_>, rect: Rect) {
    let is_on = scene.view.is_at_unity_gain;
    let look = if is_on { ButtonLook::Filled(theme::ATTENTION) } else { ButtonLook::Plain };
    if let Some(why) = resting(scene).or(without_gain(scene)) {
        disabled_button(scene, rect, "Unity", "Unity gain", why);
        return;
    }
    let help =
        "Unity gain: takes the limiter's gain back, so that limiting is heard and not loudness.";
    if button(scene, rect, "Unity", "Unity gain", help, look).clicked() {
        scene.edits.push(Edit::UnityGain(!is_on));
    }
}

fn show_monitor(scene: &mut Scene<'_>, rect: Rect) {
    let rest = resting(scene);
    let help = [
        "As it is.",
        "Both channels summed: what a phone or a club plays.",
        "Only what differs between the channels.",
    ];
    let names = ["Monitor Stereo", "Monitor Mono", "Monitor Side"];
    let items: Vec<_> = Monitor::NAMES
        .iter()
        .enumerate()
        .map(|(i, text)| Segment {
            text,
            name: names[i],
            help: rest.unwrap_or(help[i]),
            color: if i == 0 { theme::CHOSEN } else { theme::ATTENTION },
            is_disabled: rest.is_some(),
        })
        .collect();
    let chosen = scene.view.monitor.index() as usize;
    let chosen = (!scene.view.is_bypassed).then_some(chosen);
    if let Some(clicked) = segments(scene, rect, &items, chosen) {
        scene.edits.push(Edit::Monitor(Monitor::ALL[clicked]));
    }
}
