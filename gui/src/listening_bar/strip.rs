//! The strip that says in words what reaches the ears, with the way back.

use std::fmt::Write as _;

use burnish_dsp::compare::{LevelMatch, Listen};
use burnish_dsp::equalizer::BandShape;
use burnish_dsp::monitor::Monitor;
use burnish_session::blind::BlindEdit;
use egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, WidgetInfo, pos2};

use crate::format;
use crate::icons;
use crate::rest::{is_blind, without_gain};
use crate::scene::Scene;
use crate::theme;
use crate::view::{
    BlindPageEdit, ChosenReference, Edit, ReferenceEdit, SNAPSHOT_LETTERS, SNAPSHOTS, SnapshotEdit,
};

/// What is too little to be said, dB.
const LEAST_DB: f64 = 0.05;
const BACK_WIDTH: f32 = 148.0;
/// As many letters of a song's name are said.
const LONGEST_NAME: usize = 28;

/// What is said, and where a click at its end leads.
struct Said {
    text: String,
    back: Option<&'static str>,
}

/// Draws the strip.
pub(super) fn show(scene: &mut Scene<'_>, strip: Rect) {
    let said = if scene.view.is_bypassed {
        bypassed()
    } else if scene.view.blind.test.is_some() {
        blind(scene)
    } else {
        heard(scene)
    };
    let inner = strip.shrink2(egui::vec2(theme::GAP, 0.0));
    let Some(back) = said.back else {
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(inner, Align2::LEFT_CENTER, &said.text, font, theme::QUIET);
        scene.reading(strip, "Hearing", &said.text);
        return;
    };
    let radius = theme::PANEL_RADIUS;
    let corners = CornerRadius { nw: radius, ne: radius, sw: 0, se: 0 };
    scene.painter().rect_filled(strip, corners, theme::ATTENTION);
    let sign = pos2(strip.left() + 14.0, strip.center().y);
    icons::warning(scene.painter(), sign, theme::GROUND);
    let place = inner.with_min_x(inner.right() - BACK_WIDTH);
    let words = Rect::from_min_max(
        pos2(strip.left() + 28.0, strip.top()),
        pos2(place.left() - theme::GAP, strip.bottom()),
    );
    let font = theme::strong_font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, &said.text, font, theme::GROUND);
    scene.reading(words, "Hearing", &said.text).on_hover_text(&said.text);
    if show_back(scene, place, back) {
        go_back(scene);
    }
}

/// The words at the end of the strip; says whether they were clicked.
fn show_back(scene: &Scene<'_>, place: Rect, text: &str) -> bool {
    let response = scene.interact(place, text, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let font = theme::strong_font(theme::LABEL_SIZE);
    let written = scene.text_in(place, Align2::RIGHT_CENTER, text, font, theme::GROUND);
    if response.hovered() || response.has_focus() {
        let stroke = Stroke::new(1.0, theme::GROUND);
        scene.painter().hline(written.x_range(), place.bottom() - 2.5, stroke);
    }
    response.clicked()
}

/// Whatever is chosen below, it is not heard, and unlike that this is rendered.
fn bypassed() -> Said {
    let text = "Bypassed: the untouched mix is what you hear and what a render contains.";
    Said { text: text.to_owned(), back: Some("End the bypass") }
}

/// Of a blind test nothing but the label.
fn blind(scene: &Scene<'_>) -> Said {
    let blind = &scene.view.blind;
    let labels = blind.test.map_or(&[][..], |test| test.labels());
    let label = blind.heard.and_then(|label| labels.get(label));
    let hearing = match label {
        Some(label) => format!("hearing {label}"),
        None => "nothing chosen yet".to_owned(),
    };
    let text = match revealed(scene) {
        Some(name) => format!(
            "After the blind test: hearing {name}, as loud as the others. A render contains the master."
        ),
        None if is_blind(scene) => {
            format!("Blind test: {hearing}. A render still contains the master.")
        }
        None => "After the blind test: hearing the master, which a render contains.".to_owned(),
    };
    Said { text, back: Some("End the test") }
}

/// What is heard of a test that has been revealed.
fn revealed(scene: &Scene<'_>) -> Option<String> {
    let blind = &scene.view.blind;
    let candidates = blind.test?.revealed()?;
    candidates.get(blind.heard?).map(|candidate| candidate.name.clone())
}

/// What reaches the ears, and the way back unless that is the plain master.
fn heard(scene: &Scene<'_>) -> Said {
    let view = scene.view;
    let is_turned_down = view.references.turned_down_db > LEAST_DB;
    let mut parts = Vec::new();
    if let Some(stage) = view.delta {
        parts.push(format!("only what {} changes", stage.name()));
    } else {
        parts.extend(source(scene));
    }
    let is_tilt = |band: usize| view.settings.equalizer.bands[band].shape == BandShape::Tilt;
    if let Some(band) = view.solo.filter(|band| !is_tilt(*band)) {
        parts.push(format!("only the region of EQ band {}", band + 1));
    }
    if view.is_at_unity_gain && without_gain(scene).is_none() {
        parts.push("without the limiter's gain".to_owned());
    }
    match view.monitor {
        Monitor::Off => {}
        Monitor::Mono => parts.push("summed to mono".to_owned()),
        Monitor::Side => parts.push("only the sides".to_owned()),
    }
    if parts.is_empty() {
        return Said { text: "Hearing the master: what a render contains".to_owned(), back: None };
    }
    let text = format!("Hearing {}. A render still contains the master.", parts.join(", "));
    let back = if is_turned_down { "Back to the plain master" } else { "Back to the master" };
    Said { text, back: Some(back) }
}

/// Mix, master or reference, as loud as it is; nothing of the plain master.
fn source(scene: &Scene<'_>) -> Option<String> {
    let references = &scene.view.references;
    let turned_down_db = references.turned_down_db;
    let mut text = match scene.view.listen {
        Listen::Master if scene.view.snapshots.are_side_by_side => {
            return Some(side_by_side(scene));
        }
        Listen::Master if turned_down_db > LEAST_DB => {
            let db = format::decimal(turned_down_db, 1);
            return Some(format!(
                "the master, {db} dB lower so that mix and reference can be as loud"
            ));
        }
        Listen::Master => return None,
        Listen::Reference if !references.can_be_heard() => {
            return Some("the master, because the reference cannot be played".to_owned());
        }
        Listen::Mix => "the untouched mix".to_owned(),
        Listen::Reference => reference(scene),
    };
    if references.shortfall_db > LEAST_DB {
        let db = format::decimal(references.shortfall_db, 1);
        let _ = write!(text, ", still {db} dB quieter: no headroom left");
    } else {
        let _ = write!(text, ", {} the master", as_loud_as(scene));
    }
    if references.level_match == LevelMatch::ShortTerm {
        text.push_str(", matched by short-term loudness");
    }
    let trim_db = references.chosen_song().map_or(0.0, |song| song.trim_db);
    if scene.view.listen == Listen::Reference && trim_db.abs() > LEAST_DB {
        let _ = write!(text, ", trimmed by {} dB", format::signed(trim_db));
    }
    Some(text)
}

/// Snapshots that run side by side are heard as loud as the quietest of them.
fn side_by_side(scene: &Scene<'_>) -> String {
    let snapshots = &scene.view.snapshots;
    let letter = SNAPSHOT_LETTERS[snapshots.current.min(SNAPSHOTS - 1)];
    let own_db = snapshots.turned_down_db.get(snapshots.current).copied().unwrap_or_default();
    let down_db = own_db + scene.view.references.turned_down_db;
    if down_db > LEAST_DB {
        let db = format::decimal(down_db, 1);
        format!("snapshot {letter}, {db} dB lower, {} the others", as_loud_as(scene))
    } else {
        format!("snapshot {letter}, {} the others", as_loud_as(scene))
    }
}

/// Until all that runs has been measured it is matched by the present moment alone.
fn as_loud_as(scene: &Scene<'_>) -> &'static str {
    if scene.view.is_level { "as loud as" } else { "still being made as loud as" }
}

fn reference(scene: &Scene<'_>) -> String {
    let references = &scene.view.references;
    match (references.chosen, references.chosen_song()) {
        (ChosenReference::Live, _) => "the live reference at the side-chain".to_owned(),
        (_, Some(song)) => format!("the reference \u{201c}{}\u{201d}", shortened(&song.name)),
        _ => "the reference".to_owned(),
    }
}

/// A long name must not push out what is said after it.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LONGEST_NAME - 1).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// Back to the plain master, or only out of the bypass.
fn go_back(scene: &mut Scene<'_>) {
    let view = scene.view;
    if view.is_bypassed {
        scene.edits.push(Edit::Bypass(false));
        return;
    }
    if view.blind.is_running() {
        // No single click loses a test: its page asks first.
        scene.state.is_stop_asked = true;
        return;
    }
    if view.blind.test.is_some() {
        scene.edits.push(Edit::Blind(BlindPageEdit::Test(BlindEdit::Close)));
        return;
    }
    if view.listen != Listen::Master {
        scene.edits.push(Edit::Listen(Listen::Master));
    }
    if view.references.turned_down_db > LEAST_DB {
        scene.edits.push(Edit::Reference(ReferenceEdit::StopComparing));
    }
    if view.snapshots.are_side_by_side {
        scene.edits.push(Edit::Snapshot(SnapshotEdit::SideBySide(false)));
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
