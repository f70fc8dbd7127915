//! The spectra behind the equaliser's curve, what each line means, and how they are shown.

use egui::{Align2, Color32, PopupCloseBehavior, Pos2, Rect, Ui, pos2, vec2};

use super::axes::{Axes, SPECTRUM_DB};
use crate::plots;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, Smoothing, SpectrumLook};
use crate::widgets::{Segment, menu_button, segments, show_menu};

const TILTS_DB: [f32; 5] = [0.0, 1.5, 3.0, 4.5, 6.0];
/// Below this width the button says less.
const NARROW: f32 = 620.0;
const MENU_WIDTH: f32 = 260.0;

fn points(axes: &Axes, frequencies_hz: &[f32], levels_db: &[f32]) -> Vec<Pos2> {
    frequencies_hz
        .iter()
        .zip(levels_db)
        .filter(|(frequency_hz, level_db)| {
            let [low, high] = plots::FREQUENCIES_HZ;
            !level_db.is_nan() && (low..=high).contains(&f64::from(**frequency_hz))
        })
        .map(|(&frequency_hz, &level_db)| {
            let level_db = f64::from(level_db).max(SPECTRUM_DB[1] - 6.0);
            pos2(axes.frequency.at(f64::from(frequency_hz)), axes.level.at_unclamped(level_db))
        })
        .collect()
}

/// Draws the spectra.
pub(super) fn show(scene: &Scene<'_>, axes: &Axes) {
    let spectra = scene.view.spectra;
    let painter = scene.painter().with_clip_rect(axes.plot.intersect(scene.ui.clip_rect()));
    let points = |levels_db: &[f32]| points(axes, &spectra.frequencies_hz, levels_db);
    let input = points(&spectra.input_db);
    let master = points(&spectra.master_db);
    let reference = points(&spectra.reference_db);
    let floor = axes.plot.bottom();
    plots::area(&painter, &master, floor, theme::faded(theme::MASTER, 0.13));
    plots::dotted(&painter, &reference, theme::REFERENCE);
    plots::dashed(&painter, &input, 1.0, theme::INPUT);
    plots::line(&painter, points(&spectra.peak_db), 0.75, peak_color());
    let is_empty = input.is_empty() && master.is_empty();
    plots::line(&painter, master, 1.25, theme::MASTER);
    if is_empty {
        let font = theme::font(theme::TEXT_SIZE);
        let place = axes.plot.with_min_y(axes.plot.bottom() - 40.0);
        let text = if scene.view.spectrum_look.is_average {
            "Play the song: its average spectrum appears here."
        } else {
            "Play the mix: its spectrum appears here."
        };
        scene.text_in(place, Align2::CENTER_CENTER, text, font, theme::QUIET);
    }
}

fn peak_color() -> Color32 {
    theme::faded(theme::MASTER, 0.6)
}

/// What each kind of line means, from the left as far as there is room.
pub(super) fn legend(scene: &Scene<'_>, axes: &Axes) {
    let spectra = scene.view.spectra;
    let painter = scene.painter();
    let mut x = axes.plot.left() + 8.0;
    let y = axes.plot.top() + 14.0;
    let end = menu_place(axes).left();
    let master = if scene.view.spectrum_look.is_average { "Master, average" } else { "Master" };
    let entries: [(&str, Color32, &[f32]); 4] = [
        ("Input", theme::INPUT, &spectra.input_db),
        (master, theme::MASTER, &spectra.master_db),
        ("Reference", theme::REFERENCE, &spectra.reference_db),
        ("Peak", peak_color(), &spectra.peak_db),
    ];
    for (i, (name, color, levels_db)) in entries.into_iter().enumerate() {
        if levels_db.is_empty() {
            continue;
        }
        let font = theme::font(theme::LABEL_SIZE);
        let text = painter.layout_no_wrap(name.to_owned(), font, theme::QUIET);
        if x + 23.0 + text.size().x > end {
            break;
        }
        let sample = [pos2(x, y), pos2(x + 18.0, y)];
        match i {
            0 => plots::dashed(painter, &sample, 1.0, color),
            1 => plots::line(painter, sample.to_vec(), 1.5, color),
            2 => plots::dotted(painter, &sample, color),
            _ => plots::line(painter, sample.to_vec(), 0.75, color),
        }
        let right = x + 23.0 + text.size().x;
        painter.galley(pos2(x + 23.0, y - 0.5 * text.size().y), text, theme::QUIET);
        x = right + 14.0;
    }
}

fn menu_place(axes: &Axes) -> Rect {
    let width = if axes.plot.width() < NARROW { 88.0 } else { 136.0 };
    let right = axes.plot.right() - 124.0;
    Rect::from_min_size(pos2(right - width, axes.plot.top() + 4.0), vec2(width, 20.0))
}

/// The button that opens the choices.
pub(super) fn menu(scene: &mut Scene<'_>, axes: &Axes) {
    let place = menu_place(axes);
    let look = scene.view.spectrum_look;
    let mut text = if look.is_average { "Average" } else { "Live" }.to_owned();
    if axes.plot.width() >= NARROW {
        text.push_str("  \u{00b7}  ");
        text.push_str(look.smoothing.name());
        text.push_str(" oct");
    }
    let help = "How the spectra are shown: live or as the song's average, smoothing, tilt, peaks.";
    let response = menu_button(scene, place, &text, "Spectrum", help);
    let (view, edits, state) = (scene.view, &mut *scene.edits, &mut *scene.state);
    show_menu(&response, MENU_WIDTH, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        let mut scene = Scene { ui, view, edits, state };
        choices(&mut scene, look);
    });
}

fn choices(scene: &mut Scene<'_>, look: SpectrumLook) {
    let shown = row(
        scene,
        "Show",
        &[("Live", "Spectrum: Live"), ("Average", "Spectrum: Average")],
        "What sounds now, or the mean over the song since the last reset: every sample counts.",
        Some(usize::from(look.is_average)),
    );
    if let Some(clicked) = shown {
        ask(scene, SpectrumLook { is_average: clicked == 1, ..look });
    }
    let names = Smoothing::ALL.map(|smoothing| format!("Smoothing {} octave", smoothing.name()));
    let items: Vec<_> =
        Smoothing::ALL.iter().zip(&names).map(|(s, name)| (s.name(), name.as_str())).collect();
    let chosen = Smoothing::ALL.iter().position(|smoothing| *smoothing == look.smoothing);
    let help = "Width of the smoothing. A tone reads its level whatever it is.";
    if let Some(clicked) = row(scene, "Smoothing, octaves", &items, help, chosen) {
        ask(scene, SpectrumLook { smoothing: Smoothing::ALL[clicked], ..look });
    }
    let texts = TILTS_DB.map(|tilt| format!("{tilt}"));
    let names = TILTS_DB.map(|tilt| format!("Tilt {tilt} dB per octave"));
    let items: Vec<_> =
        texts.iter().zip(&names).map(|(text, name)| (text.as_str(), name.as_str())).collect();
    let chosen = TILTS_DB.iter().position(|tilt| *tilt == look.tilt_db_per_octave);
    let help = "Turns all spectra around 1 kHz; with 4.5 most music looks level.";
    if let Some(clicked) = row(scene, "Tilt, dB per octave", &items, help, chosen) {
        ask(scene, SpectrumLook { tilt_db_per_octave: TILTS_DB[clicked], ..look });
    }
    let held = row(
        scene,
        "Peak hold",
        &[("Off", "Peak hold: Off"), ("On", "Peak hold: On")],
        "The highest level of the master since the last reset of the meters, as a thin line.",
        Some(usize::from(look.is_peak_held)),
    );
    if let Some(clicked) = held {
        ask(scene, SpectrumLook { is_peak_held: clicked == 1, ..look });
    }
}

fn ask(scene: &mut Scene<'_>, look: SpectrumLook) {
    if look != scene.view.spectrum_look {
        scene.edits.push(Edit::SpectrumLook(look));
    }
}

/// A label over segments, in the flow of the menu.
fn row(
    scene: &mut Scene<'_>,
    label: &str,
    items: &[(&str, &str)],
    help: &str,
    chosen: Option<usize>,
) -> Option<usize> {
    let font = theme::font(theme::LABEL_SIZE);
    let head = allocate(scene.ui, 16.0);
    scene.text_in(head, Align2::LEFT_CENTER, label, font, theme::QUIET);
    let place = allocate(scene.ui, 24.0);
    let items: Vec<_> = items
        .iter()
        .map(|(text, name)| Segment { text, name, help, color: theme::CHOSEN, is_disabled: false })
        .collect();
    segments(scene, place, &items, chosen)
}

fn allocate(ui: &mut Ui, height: f32) -> Rect {
    ui.allocate_space(vec2(MENU_WIDTH, height)).1
}
