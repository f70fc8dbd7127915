//! Dynamics and width of mix, master and reference side by side.

use burnish_session::balance::Dynamics;
use egui::{Align2, Color32, Rect, Stroke, pos2, vec2};

use crate::format;
use crate::scene::Scene;
use crate::theme;

/// Rows: the head and ten readings.
const ROWS: usize = 11;
const ROW: f32 = 16.0;
pub(super) const HEIGHT: f32 = ROWS as f32 * ROW;

/// A row: its name, its unit, what it means, and how it is read.
type Row = (&'static str, &'static str, &'static str, fn(&Dynamics) -> Option<f64>);

const CREST: &str = "Crest factor: peak to mean power. Low says squeezed, high says lively. \
                     Of mix and master since this page was opened, or the last reset after that.";
const WIDTH: &str = "Width: the sides less the middle. Minus infinity is mono, 0 is unrelated \
                     channels, above 0 the sides prevail. Of mix and master since this page was \
                     opened, or the last reset after that.";

const READINGS: [Row; ROWS - 1] = [
    (
        "Integrated",
        "LUFS",
        "Gated loudness: of the reference all of it, of mix and master what has been measured.",
        |song| song.integrated_lufs,
    ),
    ("LRA", "LU", "Loudness range: how far loud and quiet passages lie apart.", |song| {
        song.loudness_range_lu
    }),
    ("True peak", "dBTP", "Highest true peak.", |song| song.true_peak_dbtp),
    ("PLR", "dB", "Peak to loudness ratio: true peak less integrated loudness.", |song| {
        song.plr_db
    }),
    ("Crest low", "dB", CREST, |song| song.bands[0].crest_db),
    ("Crest mid", "dB", CREST, |song| song.bands[1].crest_db),
    ("Crest high", "dB", CREST, |song| song.bands[2].crest_db),
    ("Width low", "dB", WIDTH, |song| song.bands[0].width_db),
    ("Width mid", "dB", WIDTH, |song| song.bands[1].width_db),
    ("Width high", "dB", WIDTH, |song| song.bands[2].width_db),
];

/// Draws the table from the top of `rect`, its rows closer where there is less room.
pub(super) fn show(scene: &Scene<'_>, rect: Rect) {
    let height = (rect.height() / ROWS as f32).min(ROW);
    if height < 8.0 {
        return;
    }
    let row = |n: usize| {
        let top = rect.top() + n as f32 * height;
        Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height))
    };
    let balance = scene.view.balance.balance;
    let sides = balance.map_or([None; 3], |it| [it.mix, it.master, it.reference]);
    let songs = sides.map(|side| side.map(|side| side.dynamics).unwrap_or_default());
    head(scene, row(0));
    for (n, reading) in READINGS.iter().enumerate() {
        // Loudness, dynamics, width.
        if matches!(n, 4 | 7) {
            let stroke = Stroke::new(1.0, theme::GRID);
            scene.painter().hline(rect.x_range(), row(n + 1).top(), stroke);
        }
        line(scene, row(n + 1), reading, &songs);
    }
}

/// The right edges of the columns of numbers.
fn columns(row: Rect) -> [f32; 3] {
    let width = (row.width() - 64.0) / 3.0;
    [1.0, 2.0, 3.0].map(|n: f32| row.left() + 64.0 + n * width)
}

fn cells(row: Rect) -> [Rect; 3] {
    let rights = columns(row);
    let width = rights[1] - rights[0];
    rights
        .map(|right| Rect::from_min_max(pos2(right - width, row.top()), pos2(right, row.bottom())))
}

fn head(scene: &Scene<'_>, row: Rect) {
    let reference = if row.width() < 230.0 { "Ref." } else { "Reference" };
    let names: [(&str, Color32); 3] =
        [("Mix", theme::INPUT), ("Master", theme::MASTER), (reference, theme::REFERENCE)];
    for (cell, (name, color)) in cells(row).into_iter().zip(names) {
        scene.text_in(cell, Align2::RIGHT_CENTER, name, theme::font(theme::LABEL_SIZE), color);
    }
}

fn line(scene: &Scene<'_>, row: Rect, reading: &Row, songs: &[Dynamics; 3]) {
    let (name, unit, help, read) = reading;
    let font = theme::font(theme::LABEL_SIZE);
    let label = row.with_max_x(row.left() + 64.0);
    scene.text_in(label, Align2::LEFT_CENTER, name, font.clone(), theme::QUIET);
    let values = songs.map(|song| written(read(&song)));
    for (cell, value) in cells(row).into_iter().zip(&values) {
        let color = if value == format::NO_READING { theme::FAINT } else { theme::TEXT };
        scene.text_in(cell, Align2::RIGHT_CENTER, value, font.clone(), color);
    }
    let [mix, master, reference] = values;
    let value = format!("mix {mix}, master {master}, reference {reference} {unit}");
    let help = format!("{help}\nMix {mix}, master {master}, reference {reference} {unit}.");
    scene.reading(row, &format!("Compared {name}"), &value).on_hover_text(help);
}

fn written(value: Option<f64>) -> String {
    value.map_or_else(|| format::NO_READING.to_owned(), format::ratio)
}
