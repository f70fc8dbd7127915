//! The meter bridge: input and output peaks, momentary and short-term loudness
//! on one scale, with the figures beside it.

use burnish_dsp::meters::MeterSnapshot;
use egui::{Align2, Color32, Rect, pos2};

use super::figures::Figure;
use crate::format;
use crate::icons;
use crate::plots::Axis;
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{Bar, meter_bar, scale};

const SCALE_DB: [f64; 9] = [0.0, -6.0, -12.0, -18.0, -24.0, -30.0, -36.0, -48.0, -60.0];
const SCALE_WIDTH: f32 = 24.0;
const PEAK_WIDTH: f32 = 9.0;
const LOUDNESS_WIDTH: f32 = 12.0;
const GROUP_GAP: f32 = 9.0;
const LABEL_HEIGHT: f32 = 16.0;

/// Draws the bridge and the figures over the height of `rect`.
pub(crate) fn show(scene: &Scene<'_>, rect: Rect, figures: &[Figure]) {
    let bars = Rect::from_min_max(
        pos2(rect.left() + SCALE_WIDTH, rect.top() + 5.0),
        pos2(rect.right(), rect.bottom() - LABEL_HEIGHT - 2.0),
    );
    let axis = Axis::linear(0.0, -60.0, bars.top(), bars.bottom());
    scale(scene.painter(), bars.left() - 5.0, &axis, &SCALE_DB);

    let meters = scene.view.meters;
    let mut x = bars.left();
    x = peaks(scene, bars, &axis, x, &meters.input, "In", theme::INPUT);
    x = peaks(scene, bars, &axis, x + GROUP_GAP, &meters.output, "Out", theme::MASTER);
    let right = loudness(scene, bars, &axis, x + GROUP_GAP);

    let column = Rect::from_min_max(pos2(right + 14.0, rect.top()), rect.max);
    let row_height = (column.height() / figures.len() as f32).min(26.0);
    for (i, figure) in figures.iter().enumerate() {
        let top = column.top() + i as f32 * row_height;
        let row =
            Rect::from_min_max(pos2(column.left(), top), pos2(column.right(), top + row_height));
        figure.show(scene, row);
    }
}

/// Two bars of sample peaks; gives their right edge.
fn peaks(
    scene: &Scene<'_>,
    bars: Rect,
    axis: &Axis,
    left: f32,
    meters: &MeterSnapshot,
    name: &str,
    color: Color32,
) -> f32 {
    let right = left + 2.0 * PEAK_WIDTH + 2.0;
    for channel in 0..2 {
        let x = left + channel as f32 * (PEAK_WIDTH + 2.0);
        let place = Rect::from_min_max(pos2(x, bars.top()), pos2(x + PEAK_WIDTH, bars.bottom()));
        let bar = Bar {
            level_db: meters.peak_dbfs[channel],
            max_db: meters.max_peak_dbfs[channel],
            color,
            attention_db: -0.3,
            over_db: -0.001,
        };
        meter_bar(scene.painter(), place, axis, &bar);
    }
    let has_clipped = meters.clipped_samples > 0;
    let (label, label_color) =
        if has_clipped { ("full", theme::OVER) } else { (name, theme::QUIET) };
    write_label(scene, bars, 0.5 * (left + right), label, label_color);
    let [max_left, max_right] = meters.max_peak_dbfs.map(format::level);
    let group = Rect::from_min_max(
        pos2(left - 2.0, bars.top() - 4.0),
        pos2(right + 2.0, bars.bottom() + LABEL_HEIGHT),
    );
    let reading = format!("{max_left} {max_right} dBFS");
    let help = format!(
        "{name}: sample peaks left and right. Highest since the last reset {max_left} and \
         {max_right} dBFS, {} samples at full scale.",
        meters.clipped_samples
    );
    scene.reading(group, &format!("{name} peak"), &reading).on_hover_text(help);
    right
}

/// Momentary and short-term loudness; gives the right edge.
fn loudness(scene: &Scene<'_>, bars: Rect, axis: &Axis, left: f32) -> f32 {
    let view = scene.view;
    let loudness = &view.meters.output.loudness;
    let readings = [
        ("M", loudness.momentary_lufs, loudness.max_momentary_lufs),
        ("S", loudness.short_term_lufs, loudness.max_short_term_lufs),
    ];
    let right = left + 2.0 * LOUDNESS_WIDTH + 3.0;
    for (i, (name, level_db, max_db)) in readings.into_iter().enumerate() {
        let x = left + i as f32 * (LOUDNESS_WIDTH + 3.0);
        let place =
            Rect::from_min_max(pos2(x, bars.top()), pos2(x + LOUDNESS_WIDTH, bars.bottom()));
        let bar = Bar {
            level_db,
            max_db,
            color: theme::faded(theme::MASTER, 0.75),
            attention_db: 0.0,
            over_db: 1.0,
        };
        meter_bar(scene.painter(), place, axis, &bar);
        write_label(scene, bars, place.center().x, name, theme::QUIET);
    }
    let target = view.targets.get(view.target).and_then(|target| target.playback_lufs);
    let mut help = "Momentary (0.4 s) and short-term (3 s) loudness.".to_owned();
    if let Some(target_lufs) = target {
        let tip = pos2(left - 1.0, axis.at(target_lufs));
        icons::pointer_right(scene.painter(), tip, 6.0, theme::TEXT);
        help.push_str(" The mark shows what the target plays at.");
    }
    let group = Rect::from_min_max(bars.min, pos2(right, bars.bottom() + LABEL_HEIGHT));
    scene.explain(group.with_min_x(left), "Loudness bars", &help);
    right
}

fn write_label(scene: &Scene<'_>, bars: Rect, x: f32, text: &str, color: Color32) {
    let at = pos2(x, bars.bottom() + 0.5 * LABEL_HEIGHT + 2.0);
    scene.text(at, Align2::CENTER_CENTER, text, theme::font(theme::LABEL_SIZE), color);
}
