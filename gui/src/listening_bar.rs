//! The listening bar: what one hears, the reference, delta and monitor. Its
//! upper strip always says in words what reaches the ears, and takes on the
//! attention colour while that is anything but the plain master.

use burnish_dsp::compare::Listen;
use burnish_dsp::monitor::Monitor;
use egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, pos2};

use crate::format;
use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceStatus};
use crate::widgets::{ButtonLook, Segment, button, segments};

const STRIP_HEIGHT: f32 = 17.0;
const LISTEN_SEGMENT: f32 = 76.0;
const MONITOR_SEGMENT: f32 = 56.0;
const DELTA_WIDTH: f32 = 92.0;
const UNITY_WIDTH: f32 = 58.0;

/// Draws the bar.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    scene.panel(rect);
    let strip = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + STRIP_HEIGHT));
    show_strip(scene, strip);
    let top = strip.bottom() + 3.0;
    let row = Rect::from_min_max(
        pos2(rect.left() + 4.0, top),
        pos2(rect.right() - 4.0, rect.bottom() - 4.0),
    );
    let is_narrow = rect.width() < 900.0;
    let scale = if is_narrow { 0.88 } else { 1.0 };
    let listen = row.with_max_x(row.left() + 3.0 * LISTEN_SEGMENT * scale);
    let monitor = row.with_min_x(row.right() - 3.0 * MONITOR_SEGMENT * scale);
    let delta = Rect::from_min_max(
        pos2(monitor.left() - theme::GAP - DELTA_WIDTH * scale, row.top()),
        pos2(monitor.left() - theme::GAP, row.bottom()),
    );
    let unity = Rect::from_min_max(
        pos2(delta.left() - theme::GAP - UNITY_WIDTH * scale, row.top()),
        pos2(delta.left() - theme::GAP, row.bottom()),
    );
    show_listen(scene, listen);
    let reference = Rect::from_min_max(
        pos2(listen.right() + 12.0, row.top()),
        pos2(unity.left() - 12.0, row.bottom()),
    );
    show_reference(scene, reference);
    show_unity(scene, unity);
    show_delta(scene, delta);
    show_monitor(scene, monitor);
}

/// What reaches the ears, and whether that is the plain master.
fn heard(scene: &Scene<'_>) -> (String, bool) {
    let view = scene.view;
    let mut parts = Vec::new();
    if let Some(stage) = view.delta {
        parts.push(format!("only what {} changes", stage.name()));
    } else {
        match view.listen {
            Listen::Mix => parts.push("the untouched mix, as loud as the master".to_owned()),
            Listen::Reference => parts.push("the reference, as loud as the master".to_owned()),
            Listen::Master => {}
        }
    }
    if let Some(band) = view.solo {
        parts.push(format!("only the region of EQ band {}", band + 1));
    }
    if view.is_at_unity_gain {
        parts.push("without the limiter's gain".to_owned());
    }
    match view.monitor {
        Monitor::Off => {}
        Monitor::Mono => parts.push("summed to mono".to_owned()),
        Monitor::Side => parts.push("only the sides".to_owned()),
    }
    if parts.is_empty() {
        ("Hearing the master: what a render contains".to_owned(), true)
    } else {
        (format!("Hearing {}. A render still contains the master.", parts.join(", ")), false)
    }
}

fn show_strip(scene: &mut Scene<'_>, strip: Rect) {
    let (text, is_plain) = heard(scene);
    let inner = strip.shrink2(egui::vec2(theme::GAP, 0.0));
    if is_plain {
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(inner, Align2::LEFT_CENTER, &text, font, theme::QUIET);
        scene.reading(strip, "Hearing", &text);
        return;
    }
    let radius = theme::PANEL_RADIUS;
    let corners = CornerRadius { nw: radius, ne: radius, sw: 0, se: 0 };
    scene.painter().rect_filled(strip, corners, theme::ATTENTION);
    let sign = pos2(strip.left() + 14.0, strip.center().y);
    icons::warning(scene.painter(), sign, theme::GROUND);
    let back = inner.with_min_x(inner.right() - 128.0);
    let words = Rect::from_min_max(
        pos2(strip.left() + 28.0, strip.top()),
        pos2(back.left() - theme::GAP, strip.bottom()),
    );
    let font = theme::strong_font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, &text, font.clone(), theme::GROUND);
    scene.reading(words, "Hearing", &text);
    let response = scene.interact(back, "Back to the master", egui::Sense::click());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Back to the master"));
    scene.text_in(back, Align2::RIGHT_CENTER, "Back to the master", font, theme::GROUND);
    if response.hovered() {
        let y = back.bottom() - 2.5;
        let line = back.right() - 104.0..=back.right();
        scene.painter().hline(line, y, Stroke::new(1.0, theme::GROUND));
    }
    if response.clicked() {
        let view = scene.view;
        if view.listen != Listen::Master {
            scene.edits.push(Edit::Listen(Listen::Master));
        }
        if view.delta.is_some() {
            scene.edits.push(Edit::Delta(None));
        }
        if view.monitor != Monitor::Off {
            scene.edits.push(Edit::Monitor(Monitor::Off));
        }
        if view.solo.is_some() {
            scene.edits.push(Edit::Solo(None));
        }
        if view.is_at_unity_gain {
            scene.edits.push(Edit::UnityGain(false));
        }
    }
}

fn show_listen(scene: &mut Scene<'_>, rect: Rect) {
    let is_ready = matches!(scene.view.reference, ReferenceStatus::Ready { .. });
    let item =
        |text, name, help, color, is_disabled| Segment { text, name, help, color, is_disabled };
    let items = [
        item(
            "Mix",
            "Hear Mix",
            "The untouched mix, delayed and made as loud as the master.",
            theme::INPUT,
            false,
        ),
        item("Master", "Hear Master", "What a render contains.", theme::MASTER, false),
        item(
            "Reference",
            "Hear Reference",
            if is_ready {
                "The reference, made as loud as the master."
            } else {
                "Load a song to compare with first."
            },
            theme::REFERENCE,
            !is_ready,
        ),
    ];
    let choices = [Listen::Mix, Listen::Master, Listen::Reference];
    let chosen = choices.iter().position(|choice| *choice == scene.view.listen);
    if let Some(clicked) = segments(scene, rect, &items, chosen) {
        scene.edits.push(Edit::Listen(choices[clicked]));
    }
}

fn show_reference(scene: &mut Scene<'_>, rect: Rect) {
    let button_width = 76.0;
    let action = rect.with_min_x(rect.right() - button_width);
    let words = rect.with_max_x(action.left() - theme::GAP);
    match scene.view.reference {
        ReferenceStatus::None => {
            let text = if words.width() > 250.0 {
                "No reference yet. Browse for a song you admire."
            } else {
                "No reference yet"
            };
            let font = theme::font(theme::TEXT_SIZE);
            let place = scene.text_in(words, Align2::RIGHT_CENTER, text, font, theme::QUIET);
            scene.reading(place, "Reference", text);
            browse(scene, action, "Browse\u{2026}");
        }
        ReferenceStatus::Loading { name, progress } => {
            show_loading(scene, words.with_max_x(rect.right() - 34.0), name, *progress);
            remove(scene, rect);
        }
        ReferenceStatus::Ready { name, integrated_lufs, plr_db, duration_s, true_peak_dbtp } => {
            let help = format!(
                "{name}\n{} long, {} LUFS, {} dBTP, PLR {} dB",
                format::duration(*duration_s),
                format::level(*integrated_lufs),
                format::level(*true_peak_dbtp),
                format::level(*plr_db)
            );
            let short = format!("{} LUFS", format::level(*integrated_lufs));
            let long = format!("{short}  \u{00b7}  PLR {} dB", format::level(*plr_db));
            let words = words.with_max_x(action.left() - 34.0);
            let facts = if words.width() > 260.0 { long } else { short };
            show_ready(scene, words, name, &facts, &help);
            browse(scene, action.translate(egui::vec2(-32.0, 0.0)), "Browse\u{2026}");
            remove(scene, rect);
        }
        ReferenceStatus::Failed { name, message } => {
            let words = words.with_max_x(action.left() - 34.0);
            let sign = pos2(words.left() + 8.0, words.center().y);
            icons::warning(scene.painter(), sign, theme::ATTENTION);
            let text = format!("{name}: {message}");
            let place = words.with_min_x(words.left() + 22.0);
            let font = theme::font(theme::TEXT_SIZE);
            scene.text_in(place, Align2::LEFT_CENTER, &text, font, theme::ATTENTION);
            scene.reading(place, "Reference failed", &text).on_hover_text(&text);
            browse(scene, action.translate(egui::vec2(-32.0, 0.0)), "Find it\u{2026}");
            remove(scene, rect);
        }
    }
}

fn browse(scene: &mut Scene<'_>, rect: Rect, text: &str) {
    let name = if text.starts_with("Find") { "Find reference" } else { "Browse reference" };
    let help = "Chooses a song to compare with; WAV, FLAC, MP3, AAC, Ogg Vorbis or AIFF.";
    if button(scene, rect, text, name, help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::BrowseReference);
    }
}

fn remove(scene: &mut Scene<'_>, rect: Rect) {
    let place = rect.with_min_x(rect.right() - 26.0);
    let help = "Forgets the reference.";
    if button(scene, place, "\u{00d7}", "Remove reference", help, ButtonLook::Bare).clicked() {
        scene.edits.push(Edit::RemoveReference);
    }
}

fn show_loading(scene: &Scene<'_>, rect: Rect, name: &str, progress: f32) {
    let progress = if progress.is_finite() { progress.clamp(0.0, 1.0) } else { 0.0 };
    let text = format!("Reading {name}  {} %", (100.0 * progress).round());
    let words = rect.with_max_y(rect.bottom() - 5.0);
    let font = theme::font(theme::TEXT_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, &text, font, theme::QUIET);
    let bar = rect.with_min_y(rect.bottom() - 3.0);
    scene.painter().rect_filled(bar, 1, theme::GROUND);
    let filled = bar.with_max_x(bar.left() + progress * bar.width());
    scene.painter().rect_filled(filled, 1, theme::REFERENCE);
    scene.reading(rect, "Reference loading", &text);
}

fn show_ready(scene: &Scene<'_>, rect: Rect, name: &str, facts: &str, help: &str) {
    let dot = pos2(rect.left() + 6.0, rect.center().y);
    scene.painter().circle_filled(dot, 3.5, theme::REFERENCE);
    let place = rect.with_min_x(rect.left() + 16.0);
    let font = theme::font(theme::TEXT_SIZE);
    let galley = scene.painter().layout_no_wrap(facts.to_owned(), font.clone(), theme::QUIET);
    let facts_width = galley.size().x;
    let room = place.with_max_x((place.right() - facts_width - 12.0).max(place.left()));
    let end = scene.text_in(room, Align2::LEFT_CENTER, name, font, theme::TEXT).right();
    let at = pos2(end + 12.0, place.center().y - 0.5 * galley.size().y);
    scene.painter().with_clip_rect(rect).galley(at, galley, theme::QUIET);
    scene.reading(rect, "Reference", &format!("{name} {facts}")).on_hover_text(help);
}

fn show_delta(scene: &mut Scene<'_>, rect: Rect) {
    let stage = scene.state.stage;
    let is_on = scene.view.delta.is_some();
    let shown = scene.view.delta.unwrap_or(stage);
    let text = format!("\u{0394} {}", shown.name());
    let look = if is_on { ButtonLook::Filled(theme::ATTENTION) } else { ButtonLook::Plain };
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
    let help =
        "Unity gain: takes the limiter's gain back, so that limiting is heard and not loudness.";
    if button(scene, rect, "Unity", "Unity gain", help, look).clicked() {
        scene.edits.push(Edit::UnityGain(!is_on));
    }
}

fn show_monitor(scene: &mut Scene<'_>, rect: Rect) {
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
            help: help[i],
            color: if i == 0 { theme::CHOSEN } else { theme::ATTENTION },
            is_disabled: false,
        })
        .collect();
    let chosen = scene.view.monitor.index() as usize;
    if let Some(clicked) = segments(scene, rect, &items, Some(chosen)) {
        scene.edits.push(Edit::Monitor(Monitor::ALL[clicked]));
    }
}
