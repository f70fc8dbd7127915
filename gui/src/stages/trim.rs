//! The trim: the level of the mix, its headroom, and the way to a working level.

use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, Stroke, pos2, vec2};

use super::face::{Face, Title};
use super::waveform::{self, Waveform};
use crate::flow::{self, Item, Part};
use crate::format;
use crate::icons;
use crate::plots::Axis;
use crate::scene::{Scene, index_of, parameter};
use crate::theme;
use crate::view::Edit;
use crate::widgets::{ButtonLook, button};

/// Where the peaks of a mix leave room for the chain.
const HEADROOM_DBFS: f64 = -6.0;
const METERS_HEIGHT: f32 = 66.0;

/// The trim.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TrimFace;

impl Face for TrimFace {
    fn stage(&self) -> Stage {
        Stage::Trim
    }

    fn title(&self) -> Title {
        Title { name: "Trim", purpose: "brings the mix to a working level", has_note: false }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        let [left, right] = scene.view.meters.input.max_peak_dbfs;
        let peak = left.max(right) + scene.view.settings.trim.gain_db;
        Some((format::level(peak), "dBFS"))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        peak_bar(scene, area, is_on);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let items = [
            Item::Knob("trim.gain"),
            Item::Space,
            Item::Block(&[
                &[Part::Switch("trim.invert"), Part::Switch("trim.swap")],
                &[Part::Switch("trim.dc_block")],
            ]),
        ];
        let height = flow::ROW_HEIGHT;
        let controls = body.with_min_y((body.bottom() - height).max(body.top()));
        let split = controls.right() - (0.4 * controls.width()).clamp(220.0, 320.0);
        flow::controls(scene, controls.with_max_x(split), &items);
        let place = Rect::from_min_max(
            pos2(split, controls.top() + 8.0),
            pos2(controls.right(), controls.bottom() - 12.0),
        );
        headroom(scene, place);

        let plot = body.with_max_y(controls.top() - theme::GAP);
        let meters = plot.with_max_y(plot.top() + METERS_HEIGHT);
        input_meters(scene, meters);
        let wave = plot.with_min_y(meters.bottom() + theme::GAP);
        waveform::show(
            scene,
            wave,
            &Waveform {
                input: |point| point.on_the_way.trimmed,
                has_output: false,
                reduction: None,
                line: Some((HEADROOM_DBFS, "\u{2212}6 dBFS")),
                empty: "Play the loudest part of the mix.",
            },
        );
        let help =
            "Sample peaks of the mix after the trim, with the gain of that moment; the last 10 s.";
        scene.explain(wave, "Input history", help);
    }
}

/// Input peaks of both channels after the trim, with the mark of -6 dBFS.
fn peak_bar(scene: &Scene<'_>, area: Rect, is_on: bool) {
    let gain_db = if is_on { scene.view.settings.trim.gain_db } else { 0.0 };
    let axis = Axis::linear(-48.0, 0.0, area.left(), area.right());
    let painter = scene.painter();
    for (i, level) in scene.view.meters.input.peak_dbfs.into_iter().enumerate() {
        let top = area.center().y - 6.5 + 7.0 * i as f32;
        let bar = Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + 6.0));
        painter.rect_filled(bar, 1, theme::GROUND);
        if level.is_finite() {
            let color = if level + gain_db > 0.0 { theme::OVER } else { theme::INPUT };
            let color = if is_on { color } else { theme::FAINT };
            painter.rect_filled(bar.with_max_x(axis.at(level + gain_db)), 1, color);
        }
    }
    let mark = Stroke::new(1.0, theme::QUIET);
    painter.vline(axis.at(-6.0), area.center().y - 9.0..=area.center().y + 9.0, mark);
}

/// The gain that brings the highest sample peak of the mix to the mark, as far as the
/// trim goes; `None` before there is a peak.
fn headroom_gain_db(scene: &Scene<'_>) -> Option<f64> {
    let [left, right] = scene.view.meters.input.max_peak_dbfs;
    let gain_db = HEADROOM_DBFS - left.max(right);
    gain_db.is_finite().then(|| parameter(index_of("trim.gain")).kind.snap(gain_db))
}

/// Where that peak would be with a gain, dBFS.
fn peak_after(scene: &Scene<'_>, gain_db: f64) -> f64 {
    let [left, right] = scene.view.meters.input.max_peak_dbfs;
    left.max(right) + gain_db
}

/// The one-click trim, with what it would do.
fn headroom(scene: &mut Scene<'_>, rect: Rect) {
    let [left, right] = scene.view.meters.input.max_peak_dbfs;
    let peak = left.max(right);
    let place = rect.with_max_y(rect.top() + 36.0);
    let text = "Peaks to \u{2212}6 dBFS";
    let help = "Sets the gain so that the highest sample since the last reset reaches -6 dBFS.";
    let gain_db = headroom_gain_db(scene);
    if let Some(gain_db) = gain_db {
        let look = ButtonLook::Filled(theme::CHOSEN);
        if button(scene, place, text, "Peaks to -6 dBFS", help, look).clicked() {
            scene.edits.push(Edit::TrimToHeadroom(gain_db));
        }
    } else {
        let stroke = Stroke::new(1.0, theme::LINE);
        scene.painter().rect_stroke(place, 4, stroke, egui::StrokeKind::Inside);
        let font = theme::font(theme::TEXT_SIZE);
        scene.text_in(place, Align2::CENTER_CENTER, text, font, theme::FAINT);
        scene.explain(place, "Peaks to -6 dBFS unavailable", "Play the mix first.");
    }
    let note = match gain_db {
        Some(gain_db) => {
            let (peak, gain) = (format::level(peak), format::signed(gain_db));
            let would_be = if (HEADROOM_DBFS - peak_after(scene, gain_db)).abs() < 0.1 {
                format!("needs {gain} dB")
            } else {
                format!("at most {gain} dB")
            };
            format!("Sample peak {peak} dBFS: {would_be}")
        }
        None => "Play the loudest part of the mix first".to_owned(),
    };
    let words = rect.with_min_y(place.bottom() + 4.0);
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::CENTER_TOP, &note, font, theme::QUIET);
}

/// Both channels of the input after the trim, lying, with the mark to aim for.
fn input_meters(scene: &Scene<'_>, rect: Rect) {
    let view = scene.view;
    let trim = &view.settings.trim;
    let gain_db = if trim.is_on { trim.gain_db } else { 0.0 };
    let bars = Rect::from_min_max(
        pos2(rect.left() + 20.0, rect.top() + 2.0),
        pos2(rect.right() - 84.0, rect.bottom() - 20.0),
    );
    let axis = Axis::linear(-60.0, 6.0, bars.left(), bars.right());
    let painter = scene.painter();
    let font = theme::font(theme::LABEL_SIZE);
    let height = 0.5 * (bars.height() - 4.0);
    for (i, name) in ["L", "R"].into_iter().enumerate() {
        let top = bars.top() + i as f32 * (height + 4.0);
        let bar = Rect::from_min_size(pos2(bars.left(), top), vec2(bars.width(), height));
        painter.rect_filled(bar, 2, theme::GROUND);
        let level_db = view.meters.input.peak_dbfs[i] + gain_db;
        let max_db = view.meters.input.max_peak_dbfs[i] + gain_db;
        let color_of = |db: f64| {
            if db > 0.0 {
                theme::OVER
            } else if db > HEADROOM_DBFS + 3.0 {
                theme::ATTENTION
            } else {
                theme::INPUT
            }
        };
        if level_db.is_finite() {
            painter.rect_filled(bar.with_max_x(axis.at(level_db)), 2, color_of(level_db));
        }
        if max_db.is_finite() {
            let line = Stroke::new(2.0, color_of(max_db));
            painter.vline(axis.at(max_db), bar.y_range(), line);
        }
        let at = pos2(rect.left(), bar.center().y);
        painter.text(at, Align2::LEFT_CENTER, name, font.clone(), theme::QUIET);
        let text = format::level(max_db);
        let number = (text.as_str(), theme::font(theme::TEXT_SIZE), theme::TEXT);
        let place = bar.with_min_x(bars.right() + 8.0).with_max_x(rect.right());
        scene.quantity(place, Align2::RIGHT_CENTER, number, "dBFS");
        if max_db > 0.0 {
            let tip = pos2(bars.right() + 14.0, bar.center().y);
            icons::pointer_right(painter, tip, 6.0, theme::OVER);
        }
        scene
            .reading(bar, &format!("Input peak {name}"), &text)
            .on_hover_text("Sample peak of the mix with the trim as it is set now; line and number: of the highest since the last reset.");
    }
    for db in [-48.0, -36.0, -24.0, -18.0, -12.0, -6.0, 0.0] {
        let x = axis.at(db);
        let is_aim = db == HEADROOM_DBFS;
        let color = if is_aim { theme::TEXT } else { theme::FAINT };
        if is_aim {
            let range = bars.top() - 2.0..=bars.bottom() + 4.0;
            painter.vline(x, range, Stroke::new(1.0, theme::TEXT));
        }
        let at = pos2(x, bars.bottom() + 11.0);
        painter.text(at, Align2::CENTER_CENTER, format::decimal(db, 0), font.clone(), color);
    }
}
