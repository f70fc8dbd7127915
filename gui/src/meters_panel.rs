//! The meter column: how loud, how hot, how wide, and what the platform will do with it.

mod bands;
mod bridge;
mod figures;
mod integration;

use burnish_dsp::integration::IntegrationMode;
use egui::{Align2, Rect, Stroke, pos2, vec2};

use self::figures::Figure;
use crate::format;
use crate::scene::Scene;
use crate::theme;
use crate::widgets::{correlation_bar, goniometer};

const INTEGRATED_HEIGHT: f32 = 74.0;
const CORRELATION_HEIGHT: f32 = 62.0;
const SMALLEST_GONIOMETER: f32 = 88.0;
const FOLDED_ROW: f32 = 17.4;
const ROW: f32 = 17.0;

/// Draws the column.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect, is_folded: bool) {
    scene.panel(rect);
    let inner = rect.shrink2(vec2(12.0, 10.0));
    let top = Rect::from_min_size(inner.min, vec2(inner.width(), INTEGRATED_HEIGHT));
    integrated(scene, top);
    let height = if is_folded { integration::FOLDED_HEIGHT } else { integration::HEIGHT };
    let follow =
        Rect::from_min_size(pos2(inner.left(), top.bottom() + 4.0), vec2(inner.width(), height));
    if is_folded {
        integration::show_folded(scene, follow);
    } else {
        integration::show(scene, follow);
    }
    let line_y = follow.bottom() + 4.0;
    divider(scene, inner, line_y);
    let rest = Rect::from_min_max(pos2(inner.left(), line_y + 4.0), inner.max);
    if is_folded {
        folded(scene, rest);
    } else {
        unfolded(scene, rest);
    }
}

fn divider(scene: &Scene<'_>, inner: Rect, y: f32) {
    scene.painter().hline(inner.x_range(), y, Stroke::new(1.0, theme::LINE));
}

/// Integrated loudness, large.
fn integrated(scene: &mut Scene<'_>, rect: Rect) {
    let lufs = scene.view.meters.output.loudness.integrated_lufs;
    let name = "Integrated loudness";
    // Without a position in the song it runs freely.
    let is_fallback = scene.view.meters.integration.is_fallback;
    let is_song = scene.view.integration == IntegrationMode::Timeline && !is_fallback;
    let text = format::level(lufs);
    let response = scene.reading(rect, name, &format!("{text} LUFS"));
    let label = rect.with_max_y(rect.top() + 22.0);
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(label, Align2::LEFT_CENTER, "Integrated", font, theme::QUIET);
    let number = Rect::from_min_max(
        pos2(rect.left(), rect.top() + 20.0),
        pos2(rect.right(), rect.top() + 54.0),
    );
    let color = if lufs.is_finite() { theme::TEXT } else { theme::FAINT };
    let large = (text.as_str(), theme::strong_font(theme::LARGE_SIZE), color);
    scene.quantity(number, Align2::LEFT_CENTER, large, "LUFS");
    platform(scene, rect.with_min_y(rect.bottom() - 20.0));
    let is_on_play = scene.view.integration == IntegrationMode::ResetOnPlay && !is_fallback;
    response.on_hover_text(if is_on_play {
        "Gated loudness of what leaves the chain since the song was started (ITU-R BS.1770-5)."
    } else if is_song {
        "Gated loudness of what has been measured of the song (ITU-R BS.1770-5)."
    } else {
        "Gated loudness of what leaves the chain since the last reset (ITU-R BS.1770-5)."
    });
    integration::buttons(scene, rect.with_max_y(rect.top() + 22.0));
}

/// What the chosen platform will do to this master.
fn platform(scene: &Scene<'_>, rect: Rect) {
    let view = scene.view;
    let Some(target) = view.targets.get(view.target) else { return };
    let output = &view.meters.output;
    let true_peak = output.max_true_peak_dbtp[0].max(output.max_true_peak_dbtp[1]);
    let gain_db = target.playback_gain_db(output.loudness.integrated_lufs, true_peak);
    let (effect, help) = match gain_db.filter(|gain_db| gain_db.is_finite()) {
        Some(gain_db) => {
            let amount = format::decimal(gain_db.abs(), 1);
            let effect = format!("{} dB", format::signed(gain_db));
            let words = if gain_db < -0.05 {
                format!("turns it down by {amount} dB: louder than the target gains nothing there")
            } else if gain_db > 0.05 {
                format!("turns it up by {amount} dB")
            } else {
                "plays it as it is".to_owned()
            };
            (effect, format!("{} {words}.\n{}", target.name, target.note))
        }
        None if target.playback_lufs.is_none() => {
            let help = format!("{} plays it as it is.\n{}", target.name, target.note);
            ("as it is".to_owned(), help)
        }
        None => (
            format::NO_READING.to_owned(),
            format!("Play the master to see what {} will do with it.", target.name),
        ),
    };
    let font = theme::font(theme::TEXT_SIZE);
    let (number, unit) = format::split_unit(&effect);
    let number = (number, theme::font(theme::TEXT_SIZE), theme::TEXT);
    let effect_place = scene.quantity(rect, Align2::RIGHT_CENTER, number, unit);
    let name = rect.with_max_x(effect_place.left() - theme::GAP);
    let label = format!("{}:", target.name);
    scene.text_in(name, Align2::LEFT_CENTER, &label, font, theme::QUIET);
    scene.reading(rect, "Platform", &format!("{label} {effect}")).on_hover_text(help);
}

fn unfolded(scene: &mut Scene<'_>, rect: Rect) {
    let figures = figures::all(scene);
    let least = figures.len() as f32 * ROW + ROW;
    let room = rect.height() - CORRELATION_HEIGHT - 16.0;
    // Goniometer and bands take what is left, the bridge grows with tall windows.
    let widest = rect.width() + theme::GAP + bands::HEIGHT;
    let goniometer_size = (room - least - theme::GAP).min(widest).min(0.55 * room);
    let has_goniometer = goniometer_size >= SMALLEST_GONIOMETER;
    let below = if has_goniometer { goniometer_size + theme::GAP } else { 0.0 };
    let bridge = rect.with_max_y(rect.top() + (room - below).max(least));
    bridge::show(scene, bridge, &figures);
    divider(scene, rect, bridge.bottom() + 8.0);
    let top = bridge.bottom() + 16.0;
    let block = Rect::from_min_size(
        pos2(rect.left(), top),
        vec2(rect.width(), CORRELATION_HEIGHT - theme::GAP),
    );
    correlation(scene, block);
    if has_goniometer {
        let area = Rect::from_min_max(pos2(rect.left(), block.bottom() + theme::GAP), rect.max);
        let (area, table) = share(area);
        bands::show(scene, table);
        goniometer(scene, area, scene.view.scope);
        let help = "Middle upward, sides across: a narrow upright cloud is mono, a wide one is \
                    wide, a flat one is out of phase.";
        scene.explain(area, "Goniometer", help);
    }
}

/// The goniometer's place and that of the bands: below it in a tall window, else beside it.
fn share(area: Rect) -> (Rect, Rect) {
    let above = area.height() - bands::HEIGHT - theme::GAP;
    if above >= 1.5 * SMALLEST_GONIOMETER {
        let split = area.top() + above;
        (area.with_max_y(split), area.with_min_y(split + theme::GAP))
    } else {
        let split = area.left() + area.height().min(0.42 * area.width());
        (area.with_max_x(split), area.with_min_x(split + 12.0))
    }
}

fn correlation(scene: &Scene<'_>, rect: Rect) {
    let output = &scene.view.meters.output;
    let head = rect.with_max_y(rect.top() + 16.0);
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(head, Align2::LEFT_CENTER, "Correlation", font.clone(), theme::QUIET);
    let mono_loss = format::mono_loss(output.mono_loss_db, output.correlation);
    let loss = format!("mono sum {mono_loss} dB");
    let color = if output.mono_loss_db < -3.5 { theme::ATTENTION } else { theme::QUIET };
    scene.text_in(head, Align2::RIGHT_CENTER, &loss, font, color);
    let bar = rect.with_min_y(head.bottom() + 4.0);
    correlation_bar(scene, bar, output.correlation, true);
    let number = format::correlation(output.correlation);
    scene.reading(rect, "Correlation", &number).on_hover_text(format!(
        "Correlation {number}: +1 is mono, 0 is wide, below 0 something vanishes in mono.\n\
         A mono sum of the last 3 s loses {mono_loss} dB."
    ));
}

fn folded(scene: &mut Scene<'_>, rect: Rect) {
    let mut figures = figures::all(scene);
    figures.extend(figures::stereo(scene));
    let rows = (rect.height() / FOLDED_ROW).floor().max(0.0) as usize;
    // Where there is no room for all, what draws attention stays.
    while figures.len() > rows {
        let quiet = figures.iter().rposition(|figure| !figure.draws_attention());
        figures.remove(quiet.unwrap_or(figures.len() - 1));
    }
    for (i, figure) in figures.iter().enumerate() {
        let top = rect.top() + i as f32 * FOLDED_ROW;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), FOLDED_ROW));
        Figure::show(figure, scene, row);
    }
}
