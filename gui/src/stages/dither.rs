//! The dither: for which word length, with which noise, and how far that noise lies below the music.

use burnish_dsp::dither::{BitDepth, NoiseShape};
use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::Stage;
use egui::{Align2, Rect, Stroke, pos2};

use super::face::{Face, Title};
use super::frame;
use crate::flow::{Item, Part};
use crate::format;
use crate::plots::{self, Axis};
use crate::scene::{Scene, index_of, parameter};
use crate::theme;

/// Total error of triangular dither: half a step rms, dB per bit and at 0 bit.
const DB_PER_BIT: f64 = 6.0206;

/// The dither.
#[derive(Clone, Copy, Debug)]
pub(super) struct DitherFace {
    /// The depth to come back to when it is switched on again.
    depth: f64,
}

impl Default for DitherFace {
    fn default() -> Self {
        Self { depth: BitDepth::Bits24.index() }
    }
}

impl Face for DitherFace {
    fn stage(&self) -> Stage {
        Stage::Dither
    }

    fn title(&self) -> Title {
        Title { name: "Dither", purpose: "for the word length you deliver", has_note: false }
    }

    fn is_on(&self, scene: &Scene<'_>) -> bool {
        scene.view.settings.dither.depth != BitDepth::Off
    }

    /// It has a depth instead of a switch, and comes back at the depth it had.
    fn switch(&mut self, scene: &mut Scene<'_>, is_on: bool) {
        let index = index_of("dither.depth");
        if is_on {
            scene.set_once(index, self.depth);
        } else {
            self.depth = scene.value(index);
            scene.set_once(index, BitDepth::Off.index());
        }
    }

    fn switch_help(&self) -> &'static str {
        "Switches the dither in or out."
    }

    /// Its own choices are what switches it on.
    fn is_faint_when_off(&self) -> bool {
        false
    }

    fn reading(&self, _: &Scene<'_>) -> Option<(String, &'static str)> {
        None
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        let text = match parameter(index_of("dither.depth")).kind {
            Kind::Choice(names) => names[scene.view.settings.dither.depth.index() as usize],
            _ => "",
        };
        let text = if is_on { text } else { "32-bit float" };
        let color = if is_on { theme::TEXT } else { theme::FAINT };
        let font = theme::font(theme::TEXT_SIZE);
        scene.text_in(area, Align2::CENTER_CENTER, text, font, color);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let items = [
            Item::Block(&[
                &[Part::Choice("dither.depth", 66.0, None)],
                &[Part::Switch("dither.auto_blank")],
            ]),
            Item::Space,
            Item::Block(&[&[Part::Choice("dither.shape", 88.0, None)]]),
        ];
        let plot = frame::with_controls(scene, body, &items);
        let words = plot.with_min_y((plot.bottom() - 56.0).max(plot.top()));
        let ladder = plot.with_max_y(words.top() - theme::GAP);
        show_ladder(scene, ladder);
        let place = words.shrink2(egui::vec2(4.0, 2.0));
        let font = theme::font(theme::TEXT_SIZE);
        scene.paragraph(place, &advice(scene), font, theme::TEXT);
    }
}

/// A word of advice on what is chosen.
fn advice(scene: &Scene<'_>) -> String {
    let settings = &scene.view.settings.dither;
    let depth = match settings.depth {
        BitDepth::Off => {
            "Off: the output stays 32-bit float, right for a file that will be worked on again. \
             Choose the word length of the file you deliver as the very last step."
        }
        BitDepth::Bits16 => {
            "16 bit: for CD and for shops that ask for it. Render to a 16-bit file, and switch \
             off the host's own dither: noise twice is noise twice."
        }
        BitDepth::Bits20 => {
            "20 bit: for converters and archives that store 20 bits. For streaming, 24 bit is \
             what shops ask for."
        }
        BitDepth::Bits24 => {
            "24 bit: what streaming distributors ask for. The noise lies far below anything \
             audible; flat is all it needs. Switch off the host's own dither."
        }
    };
    let is_shaped = settings.shape != NoiseShape::Flat && settings.depth != BitDepth::Off;
    let rate_hz = scene.view.sample_rate_hz;
    if is_shaped && rate_hz > 50_000.0 {
        format!("{depth} The shaped curves are made for 44.1 and 48 kHz; use flat at this rate.")
    } else if is_shaped && settings.depth == BitDepth::Bits24 {
        format!("{depth} Shaping gains nothing here.")
    } else {
        depth.to_owned()
    }
}

/// Full scale at the left, the noise of each word length to the right, and the
/// music's loudness among them.
fn show_ladder(scene: &Scene<'_>, rect: Rect) {
    if rect.height() < 60.0 {
        return;
    }
    let painter = scene.painter();
    plots::well(painter, rect);
    let plot = Rect::from_min_max(
        pos2(rect.left() + 64.0, rect.top() + 28.0),
        pos2(rect.right() - 104.0, rect.bottom() - 22.0),
    );
    let font = theme::font(theme::LABEL_SIZE);
    let axis = Axis::linear(0.0, -150.0, plot.left(), plot.right());
    for i in 0..=10 {
        let db = -15.0 * f64::from(i);
        let x = axis.at(db);
        painter.vline(x, plot.y_range(), Stroke::new(1.0, theme::GRID));
        if i % 2 == 0 {
            let at = pos2(x, plot.bottom() + 11.0);
            let text = format::decimal(db, 0);
            painter.text(at, Align2::CENTER_CENTER, text, font.clone(), theme::FAINT);
        }
    }
    let head = Rect::from_min_max(pos2(rect.left() + 12.0, rect.top() + 4.0), rect.max)
        .with_max_y(rect.top() + 24.0);
    let title = "Level of flat dither below full scale, dB";
    scene.text_in(
        head.with_max_x(plot.right()),
        Align2::RIGHT_CENTER,
        title,
        font.clone(),
        theme::QUIET,
    );

    let depths =
        [(BitDepth::Bits16, "16 bit"), (BitDepth::Bits20, "20 bit"), (BitDepth::Bits24, "24 bit")];
    let row_height = plot.height() / depths.len() as f32;
    let loudness = scene.view.meters.output.loudness.integrated_lufs;
    for (i, (depth, name)) in depths.into_iter().enumerate() {
        let is_chosen = scene.view.settings.dither.depth == depth;
        let top = plot.top() + i as f32 * row_height;
        let height = (row_height - 8.0).clamp(4.0, 22.0);
        let middle = top + 0.5 * row_height;
        let noise_db = -DB_PER_BIT * f64::from(depth.bits().unwrap_or(24));
        let bar = Rect::from_min_max(
            pos2(plot.left(), middle - 0.5 * height),
            pos2(axis.at(noise_db), middle + 0.5 * height),
        );
        let fill = if is_chosen { theme::faded(theme::MASTER, 0.55) } else { theme::RAISED };
        painter.rect_filled(bar, 2, fill);
        painter.vline(bar.right(), bar.y_range(), Stroke::new(2.0, theme::QUIET));
        let color = if is_chosen { theme::TEXT } else { theme::QUIET };
        let name_font = if is_chosen {
            theme::strong_font(theme::TEXT_SIZE)
        } else {
            theme::font(theme::TEXT_SIZE)
        };
        let at = pos2(rect.left() + 12.0, middle);
        painter.text(at, Align2::LEFT_CENTER, name, name_font, color);
        let place = Rect::from_min_max(
            pos2(plot.right() + 4.0, middle - 9.0),
            pos2(rect.right() - 12.0, middle + 9.0),
        );
        let text = format::decimal(noise_db, 1);
        let number = (text.as_str(), theme::font(theme::TEXT_SIZE), color);
        scene.quantity(place, Align2::RIGHT_CENTER, number, "dBFS");
    }
    if loudness.is_finite() {
        let x = axis.at(loudness);
        painter.vline(x, plot.y_range(), Stroke::new(1.5, theme::MASTER));
        let at = pos2(x + 5.0, plot.top() - 1.0);
        let text = format!("this master {} LUFS", format::level(loudness));
        painter.text(at, Align2::LEFT_BOTTOM, text, font, theme::MASTER);
    }
    scene.explain(rect, "Dither levels", "How far each word length's noise lies below full scale.");
}
