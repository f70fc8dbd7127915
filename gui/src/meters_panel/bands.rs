//! The bands of the master as a table, and what a converter would stumble over.

use burnish_dsp::meters::{BAND_CROSSOVERS_HZ, BandReading, BandsSnapshot};
use burnish_dsp::units::gain_to_db;
use egui::{Align2, Color32, Rect, pos2, vec2};

use crate::format;
use crate::icons;
use crate::scene::Scene;
use crate::theme;

const ROW: f32 = 18.0;
/// Rows: the head, three bands, a gap of half a row, DC offset and samples at full scale.
pub(super) const HEIGHT: f32 = 6.5 * ROW;
/// Mono sums that lose more than this want a look.
const MONO_LOSS_DB: f64 = -3.5;
/// An offset above this takes headroom and clicks at edits.
const DC_DBFS: f64 = -60.0;
const NAMES: [&str; 3] = ["Low", "Mid", "High"];

/// Draws the table from the top of `rect`, as many rows as it holds.
pub(super) fn show(scene: &Scene<'_>, rect: Rect) {
    let output = &scene.view.meters.output;
    let bands = output.bands.unwrap_or_default();
    let rows = (rect.height() / ROW) as usize;
    let row = |top: f32| Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
    if rows >= 4 {
        head(scene, row(rect.top()));
        for band in 0..NAMES.len() {
            let place = row(rect.top() + (band + 1) as f32 * ROW);
            band_row(scene, place, band, &bands);
        }
    }
    if rows >= 6 {
        let top = rect.top() + 4.5 * ROW;
        let (dc, clipped) = (dc_offset(scene), clipped(scene));
        line(scene, row(top), &dc);
        line(scene, row(top + ROW), &clipped);
    }
}

/// The right edges of the three columns of numbers; a correlation may carry a sign and a mark.
fn columns(row: Rect) -> [f32; 3] {
    let width = (row.width() - 28.0).min(180.0);
    [0.28, 0.66, 1.0].map(|share| row.right() - (1.0 - share) * width)
}

fn head(scene: &Scene<'_>, row: Rect) {
    for (right, text) in columns(row).into_iter().zip(["Crest", "Corr.", "Mono"]) {
        let at = pos2(right, row.center().y);
        scene.text(at, Align2::RIGHT_CENTER, text, theme::font(theme::LABEL_SIZE), theme::FAINT);
    }
}

fn band_row(scene: &Scene<'_>, row: Rect, band: usize, bands: &BandsSnapshot) {
    let name = NAMES[band];
    let font = theme::font(theme::LABEL_SIZE);
    scene.text(row.left_center(), Align2::LEFT_CENTER, name, font, theme::QUIET);
    let reading = &bands.recent[band];
    let [crest, correlation, mono] = written(reading);
    let has_reading = reading.crest_db.is_finite();
    let cells = [
        (&crest, false),
        (&correlation, reading.correlation.is_some_and(|value| value < -0.01)),
        (&mono, reading.mono_loss_db < MONO_LOSS_DB),
    ];
    for (right, (text, is_attention)) in columns(row).into_iter().zip(cells) {
        let color = match (has_reading, is_attention) {
            (false, _) => theme::FAINT,
            (true, true) => theme::ATTENTION,
            (true, false) => theme::TEXT,
        };
        number(scene, pos2(right, row.center().y), text, color, has_reading && is_attention);
    }
    let [lower_hz, upper_hz] = BAND_CROSSOVERS_HZ.map(format::axis_frequency);
    let range = match band {
        0 => format!("below {lower_hz} Hz"),
        1 => format!("{lower_hz} Hz to {upper_hz}Hz"),
        _ => format!("above {upper_hz}Hz"),
    };
    let [all_crest, all_correlation, all_mono] = written(&bands.overall[band]);
    let value = format!("crest {crest} dB, correlation {correlation}, mono sum {mono} dB");
    scene.reading(row, &format!("{name} band"), &value).on_hover_text(format!(
        "{name}, {range}. Last 3 s: peak to RMS {crest} dB, correlation {correlation}, a mono sum \
         loses {mono} dB.\nSince the last reset: {all_crest} dB, {all_correlation}, {all_mono} dB.",
    ));
}

/// Crest factor, correlation and mono-sum loss; all are dashes while the band is silent.
fn written(reading: &BandReading) -> [String; 3] {
    if reading.crest_db.is_finite() {
        [
            format::decimal(reading.crest_db, 1),
            format::correlation(reading.correlation.unwrap_or_default()),
            format::mono_loss(reading.mono_loss_db, reading.correlation.unwrap_or_default()),
        ]
    } else {
        [0, 1, 2].map(|_| format::NO_READING.to_owned())
    }
}

/// A number that ends at a point, with a mark before it where it wants a look.
fn number(scene: &Scene<'_>, at: egui::Pos2, text: &str, color: Color32, has_mark: bool) {
    let font = theme::font(theme::LABEL_SIZE + 1.0);
    let place = scene.painter().text(at, Align2::RIGHT_CENTER, text, font, color);
    if has_mark {
        icons::pointer_right(scene.painter(), pos2(place.left() - 2.0, at.y), 5.0, color);
    }
}

/// A reading on a line of its own.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) number: String,
    pub(super) unit: &'static str,
    pub(super) help: String,
    pub(super) is_attention: bool,
    has_reading: bool,
}

/// The larger DC offset of both channels that is there all the time.
pub(super) fn dc_offset(scene: &Scene<'_>) -> Line {
    let steady = scene.view.meters.output.steady_dc();
    let highest = steady.into_iter().flatten().map(f64::abs).reduce(f64::max);
    let level_dbfs = highest.map_or(f64::NEG_INFINITY, gain_to_db);
    let percent = |offset: Option<f64>| offset.map_or_else(|| "none".to_owned(), format::percent);
    let [left, right] = steady.map(percent);
    Line {
        name: "DC offset",
        number: format::level(level_dbfs),
        unit: "dBFS",
        help: format!(
            "An offset that is there in every second since the last reset, as a DC block would \
             remove it: left {left}, right {right}. What limited music leans to one side for a \
             while is none. Above {} dBFS switch on the trim's DC block, or look for the plug-in \
             that adds it.",
            format::decimal(DC_DBFS, 0)
        ),
        is_attention: level_dbfs > DC_DBFS,
        has_reading: highest.is_some(),
    }
}

/// Samples of the master at full scale.
pub(super) fn clipped(scene: &Scene<'_>) -> Line {
    let output = &scene.view.meters.output;
    let count = output.clipped_samples;
    Line {
        name: "Full scale",
        number: match count {
            _ if output.loudness.measured_s <= 0.0 => format::NO_READING.to_owned(),
            100_000.. => ">99k".to_owned(),
            _ => count.to_string(),
        },
        unit: "smp",
        help: "Samples of the master at full scale since the last reset. A mix that was clipped \
               and turned down afterwards has none."
            .to_owned(),
        is_attention: count > 0,
        has_reading: output.loudness.measured_s > 0.0,
    }
}

fn line(scene: &Scene<'_>, row: Rect, line: &Line) {
    let font = theme::font(theme::LABEL_SIZE);
    scene.text(row.left_center(), Align2::LEFT_CENTER, line.name, font.clone(), theme::QUIET);
    let unit = scene.painter().text(
        row.right_center(),
        Align2::RIGHT_CENTER,
        line.unit,
        font,
        theme::FAINT,
    );
    let color = match (line.has_reading, line.is_attention) {
        (false, _) => theme::FAINT,
        (true, true) => theme::ATTENTION,
        (true, false) => theme::TEXT,
    };
    let at = pos2(unit.left() - 4.0, row.center().y);
    number(scene, at, &line.number, color, line.is_attention);
    let value = format!("{} {}", line.number, line.unit);
    scene.reading(row, line.name, &value).on_hover_text(&line.help);
}
