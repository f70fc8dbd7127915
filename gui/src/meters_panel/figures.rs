//! Readings as lines: a name, a number aligned on its decimal point, a unit.

use egui::{Align2, Color32, Rect, pos2};

use super::bands::{self, Line};
use crate::format;
use crate::icons;
use crate::scene::Scene;
use crate::theme;

/// One reading.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    name: &'static str,
    short: &'static str,
    number: String,
    unit: &'static str,
    help: String,
    state: State,
    /// Whether the help says already what the state means.
    is_explained: bool,
}

/// How a reading stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Normal,
    Unsettled,
    NoReading,
    Attention,
    Over,
}

impl Figure {
    fn new(
        name: &'static str,
        short: &'static str,
        value: f64,
        unit: &'static str,
        help: &'static str,
    ) -> Self {
        let state = if value.is_finite() { State::Normal } else { State::NoReading };
        Self {
            name,
            short,
            number: format::level(value),
            unit,
            help: help.to_owned(),
            state,
            is_explained: false,
        }
    }

    fn with_state(mut self, state: State) -> Self {
        if self.state == State::Normal {
            self.state = state;
        }
        self
    }

    fn from_line(line: Line) -> Self {
        let mut figure = Self::new(line.name, line.name, 0.0, line.unit, "");
        (figure.number, figure.help) = (line.number, line.help);
        figure.is_explained = true;
        if line.is_attention { figure.with_state(State::Attention) } else { figure }
    }

    /// Whether the reading says that something is wrong.
    pub(crate) fn draws_attention(&self) -> bool {
        matches!(self.state, State::Attention | State::Over)
    }

    /// Draws the reading over the width of `row`.
    pub(crate) fn show(&self, scene: &Scene<'_>, row: Rect) {
        let color = self.color();
        let unit_width = 31.0;
        let number_width = 42.0;
        let split = row.right() - unit_width - number_width;
        let label = row.with_max_x(split);
        let font = theme::font(theme::LABEL_SIZE);
        scene.text_in(label, Align2::LEFT_CENTER, self.short, font.clone(), theme::QUIET);
        let number = Rect::from_min_max(
            pos2(split, row.top()),
            pos2(row.right() - unit_width, row.bottom()),
        );
        let place = scene.text_in(
            number,
            Align2::RIGHT_CENTER,
            &self.number,
            theme::font(theme::TEXT_SIZE),
            color,
        );
        let unit = row.with_min_x(number.right() + 4.0);
        scene.text_in(unit, Align2::LEFT_CENTER, self.unit, font, theme::FAINT);
        match self.state {
            State::Attention | State::Over => {
                let tip = pos2(place.left() - 3.0, row.center().y);
                icons::pointer_right(scene.painter(), tip, 6.0, color);
            }
            State::Unsettled => {
                let at = pos2(place.left() - 2.0, row.center().y);
                let font = theme::font(theme::TEXT_SIZE);
                scene.text(at, Align2::RIGHT_CENTER, "~", font, theme::QUIET);
            }
            State::Normal | State::NoReading => {}
        }
        let value = format!("{} {}", self.number, self.unit);
        scene.reading(row, self.name, value.trim_end()).on_hover_text(self.explanation());
    }

    fn color(&self) -> Color32 {
        match self.state {
            State::Normal => theme::TEXT,
            State::Unsettled => theme::QUIET,
            State::NoReading => theme::FAINT,
            State::Attention => theme::ATTENTION,
            State::Over => theme::OVER,
        }
    }

    fn explanation(&self) -> String {
        let warning = match self.state {
            _ if self.is_explained => "",
            State::Over => "\nOver full scale: converters and encoders will clip.",
            State::Attention => "\nAbove what the chosen target asks for.",
            State::Unsettled => "\nNot settled before 60 s have been measured.",
            State::Normal | State::NoReading => "",
        };
        format!("{}: {}{warning}", self.name, self.help)
    }
}

/// Loudness and peaks of the output.
pub(crate) fn all(scene: &Scene<'_>) -> Vec<Figure> {
    let output = &scene.view.meters.output;
    let loudness = &output.loudness;
    let ceiling_dbtp =
        scene.view.targets.get(scene.view.target).map_or(0.0, |target| target.ceiling_dbtp);
    let peak_state = |value: f64| {
        // What is shown with one decimal must not warn for less than it shows.
        if value > 0.05 {
            State::Over
        } else if value > ceiling_dbtp + 0.05 {
            State::Attention
        } else {
            State::Normal
        }
    };
    let [left, right] = output.max_true_peak_dbtp;
    let is_settled = loudness.measured_s >= 60.0;
    let range_state = if is_settled { State::Normal } else { State::Unsettled };
    // Silence has a level, if a low one; but no range and no ratio.
    let ratio = |value: f64| if value.is_finite() { value } else { f64::NAN };
    vec![
        Figure::new(
            "Momentary",
            "Momentary",
            loudness.momentary_lufs,
            "LUFS",
            "loudness of the last 0.4 s.",
        ),
        Figure::new(
            "Short-term",
            "Short-term",
            loudness.short_term_lufs,
            "LUFS",
            "loudness of the last 3 s.",
        ),
        Figure::new(
            "Maximum momentary",
            "Max M",
            loudness.max_momentary_lufs,
            "LUFS",
            "the loudest 0.4 s that were measured.",
        ),
        Figure::new(
            "Maximum short-term",
            "Max S",
            loudness.max_short_term_lufs,
            "LUFS",
            "the loudest 3 s that were measured.",
        ),
        Figure::new(
            "Loudness range",
            "LRA",
            if loudness.measured_s < 3.0 { f64::NAN } else { ratio(loudness.loudness_range_lu) },
            "LU",
            "how far quiet and loud passages lie apart.",
        )
        .with_state(range_state),
        Figure::new(
            "Peak to loudness ratio",
            "PLR",
            ratio(output.plr_db),
            "dB",
            "true peak less integrated loudness; below 8 dB little punch is left.",
        ),
        Figure::new(
            "Peak to short-term ratio",
            "PSR",
            // Before there are 3 s of sound it reads exactly 0.
            if output.psr_db == 0.0 { f64::NAN } else { ratio(output.psr_db) },
            "dB",
            "the same for the last 3 s.",
        ),
        Figure::new(
            "True peak maximum left",
            "TP max L",
            left,
            "dBTP",
            "the highest peak between the samples that was measured.",
        )
        .with_state(peak_state(left)),
        Figure::new(
            "True peak maximum right",
            "TP max R",
            right,
            "dBTP",
            "the highest peak between the samples that was measured.",
        )
        .with_state(peak_state(right)),
    ]
}

/// What the folded column shows instead of bars and plots.
pub(crate) fn stereo(scene: &Scene<'_>) -> Vec<Figure> {
    let meters = scene.view.meters;
    let input = meters.input.max_peak_dbfs[0].max(meters.input.max_peak_dbfs[1]);
    let mut correlation = Figure::new(
        "Correlation",
        "Correlation",
        0.0,
        "",
        "+1 is mono, 0 is wide, below 0 something vanishes in mono.",
    );
    correlation.number = format::correlation(meters.output.correlation);
    let mut mono_sum =
        Figure::new("Mono sum", "Mono sum", 0.0, "dB", "what a mono sum of the last 3 s loses.");
    mono_sum.number = format::mono_loss(meters.output.mono_loss_db, meters.output.correlation);
    let mut last = [bands::clipped(scene), bands::dc_offset(scene)];
    // Where only one has room it is the one that matters.
    last.sort_by_key(|line| !line.is_attention);
    let [first, second] = last.map(Figure::from_line);
    vec![
        Figure::new(
            "Input peak maximum",
            "In peak",
            input,
            "dBFS",
            "the highest sample of the mix since the last reset.",
        ),
        correlation,
        mono_sum,
        first,
        second,
    ]
}
