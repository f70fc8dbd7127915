//! The chosen song large: its waveform, where it plays, and its loop regions.

use burnish_session::references::{MOST_REGIONS, Region};
use egui::{Align2, Mesh, Rect, Stroke, pos2};

use super::regions::{self, RegionDrag, Song};
use super::times::describe;
use crate::format;
use crate::icons;
use crate::plots::{self, Axis};
use crate::scene::Scene;
use crate::theme;
use crate::view::{ChosenReference, Edit, ReferenceEdit, ReferenceStatus, ReferenceView};
use crate::widgets::{ButtonLook, Segment, button, disabled_button, segments};

const HEADING_HEIGHT: f32 = 22.0;
const AXIS_HEIGHT: f32 = 14.0;
const WHOLE_WIDTH: f32 = 82.0;
const NUMBER_WIDTH: f32 = 24.0;
const LOOP_WIDTH: f32 = 56.0;
const REMOVE_WIDTH: f32 = 26.0;
/// The length of a region that is made without dragging, seconds.
const NEW_REGION_S: f64 = 8.0;

/// Draws the chosen song, or what there is to say instead.
pub(super) fn show(scene: &mut Scene<'_>, drag: &mut Option<RegionDrag>, rect: Rect) {
    let view = scene.view.references;
    let well = Rect::from_min_max(
        pos2(rect.left(), rect.top() + HEADING_HEIGHT + 4.0),
        pos2(rect.right(), rect.bottom() - AXIS_HEIGHT),
    );
    let ChosenReference::Song(place) = view.chosen else {
        let text = match view.chosen {
            ChosenReference::Live if view.live.is_connected => {
                "What comes in at the side-chain is live: there is no waveform to loop."
            }
            ChosenReference::Live => "Nothing has come in at the side-chain input yet.",
            _ => "Choose a song above to see it and to mark passages to loop.",
        };
        plots::well(scene.painter(), rect);
        say(scene, rect, text);
        return;
    };
    let Some(song) = view.list.get(place) else { return };
    let duration_s = song.facts.map_or(0.0, |facts| facts.duration_s);
    let duration_s = if duration_s.is_finite() && duration_s > 0.0 { duration_s } else { 0.0 };
    let heading = rect.with_max_y(rect.top() + HEADING_HEIGHT);
    show_heading(scene, heading, place, song, duration_s);
    plots::well(scene.painter(), well);
    let plot = well.shrink(1.0);
    let axis = Axis::linear(0.0, duration_s.max(1e-3), plot.left(), plot.right());
    if duration_s > 0.0 {
        show_axis(scene, plot, &axis, duration_s);
    }
    show_magnitudes(scene, plot, song, &axis);
    match &song.status {
        ReferenceStatus::Failed(message) => say(scene, plot, message),
        ReferenceStatus::Ready => {}
        _ => say(scene, plot, "Its waveform appears once it has been read."),
    }
    if duration_s > 0.0 {
        let song = Song { place, reference: song, plot, axis: &axis, duration_s };
        regions::show(scene, drag, &song);
        show_playhead(scene, plot, &axis, duration_s);
    }
}

fn say(scene: &Scene<'_>, rect: Rect, text: &str) {
    let font = theme::font(theme::TEXT_SIZE);
    let inner = rect.shrink2(egui::vec2(theme::GAP, 0.0));
    let place = scene.text_in(inner, Align2::CENTER_CENTER, text, font, theme::QUIET);
    scene.reading(place, "Waveform", text);
}

fn show_heading(
    scene: &mut Scene<'_>,
    rect: Rect,
    place: usize,
    song: &ReferenceView,
    duration_s: f64,
) {
    let count = song.regions.len();
    let mut right = rect.right();
    let mut take = |width: f32| {
        let place = Rect::from_min_max(pos2(right - width, rect.top()), pos2(right, rect.bottom()));
        right -= width + 4.0;
        place
    };
    let remove = take(REMOVE_WIDTH);
    let add = take(LOOP_WIDTH);
    let numbers = (count > 0).then(|| take(NUMBER_WIDTH * count as f32));
    let whole = take(WHOLE_WIDTH);
    let words = rect.with_max_x(right - 4.0);

    show_words(scene, words, song, duration_s);
    show_choice(scene, whole, numbers, place, song);
    show_add(scene, add, place, song, duration_s);
    if let Some(region) = song.region.filter(|region| *region < count) {
        let help = "Takes the region that is played away.";
        let look = ButtonLook::Bare;
        if button(scene, remove, "\u{00d7}", "Remove region", help, look).clicked() {
            scene.edits.push(Edit::Reference(ReferenceEdit::RemoveRegion(place, region)));
        }
    } else {
        let reason = "Choose a region first.";
        disabled_button(scene, remove, "\u{00d7}", "Remove region", reason);
    }
}

/// The song's name and where it plays.
fn show_words(scene: &Scene<'_>, rect: Rect, song: &ReferenceView, duration_s: f64) {
    let place = match scene.view.references.position_s {
        Some(position_s) => {
            format!("{} / {}", format::duration(position_s), format::duration(duration_s))
        }
        None if duration_s > 0.0 => format::duration(duration_s),
        None => format::NO_READING.to_owned(),
    };
    let font = theme::font(theme::TEXT_SIZE);
    let galley = scene.painter().layout_no_wrap(place.clone(), font, theme::QUIET);
    let name = rect.with_max_x((rect.right() - galley.size().x - 12.0).max(rect.left()));
    let font = theme::strong_font(theme::TEXT_SIZE);
    let end = scene.text_in(name, Align2::LEFT_CENTER, &song.name, font, theme::REFERENCE).right();
    let at = pos2(end + 12.0, rect.center().y - 0.5 * galley.size().y);
    scene.painter().with_clip_rect(rect).galley(at, galley, theme::QUIET);
    scene.reading(rect, "Reference position", &place);
}

/// The whole song or one of its regions.
fn show_choice(
    scene: &mut Scene<'_>,
    whole: Rect,
    numbers: Option<Rect>,
    place: usize,
    song: &ReferenceView,
) {
    let item = |text, name, help| Segment {
        text,
        name,
        help,
        color: theme::REFERENCE,
        is_disabled: false,
    };
    let current = song.region.filter(|region| *region < song.regions.len());
    let mut choice = None;
    let all = [item("Whole song", "Play whole song", "Plays the song from end to end.")];
    if segments(scene, whole, &all, current.is_none().then_some(0)).is_some() {
        choice = Some(None);
    }
    if let Some(rect) = numbers {
        let texts: Vec<_> = (1..=song.regions.len()).map(|number| number.to_string()).collect();
        let names: Vec<_> = texts.iter().map(|text| format!("Play region {text}")).collect();
        let helps: Vec<_> = song.regions.iter().map(describe).collect();
        let items: Vec<_> =
            (0..texts.len()).map(|i| item(&texts[i], &names[i], &helps[i])).collect();
        if let Some(clicked) = segments(scene, rect, &items, current) {
            choice = Some(Some(clicked));
        }
    }
    if let Some(choice) = choice.filter(|choice| *choice != current) {
        scene.edits.push(Edit::Reference(ReferenceEdit::ChooseRegion(place, choice)));
    }
}

/// A region without dragging: from where the song plays.
fn show_add(
    scene: &mut Scene<'_>,
    rect: Rect,
    place: usize,
    song: &ReferenceView,
    duration_s: f64,
) {
    let (text, name) = ("+ Loop", "Add region");
    let start_s = scene.view.references.position_s.unwrap_or(0.0);
    if song.regions.len() >= MOST_REGIONS {
        let full = format::full(MOST_REGIONS, "regions");
        disabled_button(scene, rect, text, name, &full);
    } else if let Some(region) = Region::between(start_s, start_s + NEW_REGION_S, duration_s) {
        let help =
            format!("Loops {NEW_REGION_S} s from where the song plays. Or drag on the waveform.");
        if button(scene, rect, text, name, &help, ButtonLook::Plain).clicked() {
            scene.edits.push(Edit::Reference(ReferenceEdit::AddRegion(place, region)));
        }
    } else {
        disabled_button(scene, rect, text, name, "The song has not been read.");
    }
}

/// Minutes and seconds below the waveform, as dense as there is room.
fn show_axis(scene: &Scene<'_>, plot: Rect, axis: &Axis, duration_s: f64) {
    let steps_s = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
    let most = f64::from(plot.width() / 56.0).max(1.0);
    let fits = |step_s: &f64| duration_s / step_s <= most;
    let step_s = steps_s.into_iter().find(fits).unwrap_or((duration_s / most).max(3600.0));
    let marks = (duration_s / step_s).floor().clamp(0.0, most) as usize;
    let y = plot.bottom() + 0.5 * AXIS_HEIGHT + 2.0;
    let font = theme::font(theme::LABEL_SIZE);
    for mark in 0..=marks {
        let at_s = mark as f64 * step_s;
        let x = axis.at(at_s);
        let text = format::duration(at_s);
        let galley = scene.painter().layout_no_wrap(text, font.clone(), theme::FAINT);
        let half = 0.5 * galley.size().x;
        let left = (x - half).clamp(plot.left(), (plot.right() - 2.0 * half).max(plot.left()));
        scene.painter().vline(x, plot.y_range(), Stroke::new(1.0, theme::GRID));
        scene.painter().galley(pos2(left, y - 0.5 * galley.size().y), galley, theme::FAINT);
    }
}

/// The magnitudes up and down from the middle; outside the region that is played they are fainter.
fn show_magnitudes(scene: &Scene<'_>, plot: Rect, song: &ReferenceView, axis: &Axis) {
    let magnitudes = &song.waveform;
    if magnitudes.is_empty() {
        return;
    }
    let played = song.region.and_then(|region| song.regions.get(region));
    let played = played.map(|region| axis.at(region.start_s)..=axis.at(region.end_s));
    let middle = plot.center().y;
    let half = 0.5 * plot.height() - 3.0;
    let columns = plot.width().floor().max(1.0) as usize;
    let mut mesh = Mesh::default();
    for column in 0..columns {
        let first = column * magnitudes.len() / columns;
        let last = ((column + 1) * magnitudes.len()).div_ceil(columns).max(first + 1);
        let shares = magnitudes[first..last.min(magnitudes.len())].iter();
        let finite = shares.map(|share| if share.is_finite() { share.abs().min(1.0) } else { 0.0 });
        let height = (half * finite.fold(0.0, f32::max)).max(0.5);
        let x = plot.left() + column as f32;
        let is_played = played.as_ref().is_none_or(|played| played.contains(&(x + 0.5)));
        let opacity = if is_played { 0.9 } else { 0.35 };
        let bar = Rect::from_min_max(pos2(x, middle - height), pos2(x + 1.0, middle + height));
        mesh.add_colored_rect(bar, theme::faded(theme::REFERENCE, opacity));
    }
    scene.painter().add(mesh);
}

fn show_playhead(scene: &Scene<'_>, plot: Rect, axis: &Axis, duration_s: f64) {
    let Some(position_s) = scene.view.references.position_s else { return };
    if !(0.0..=duration_s).contains(&position_s) {
        return;
    }
    let x = axis.at(position_s);
    scene.painter().vline(x, plot.y_range(), Stroke::new(1.5, theme::TEXT));
    icons::pointer_down(scene.painter(), pos2(x, plot.top() + 6.0), 6.0, theme::TEXT);
}
