//! The spectra that the editor draws, on one set of frequencies.

use burnish_dsp::meters::MeterFeed;
use burnish_dsp::spectrum::{SpectrumAnalyzer, log_frequencies};
use burnish_gui::Spectra;

/// Width of the smoothing: a sixth of an octave.
pub(crate) const SMOOTHING_OCTAVES: f32 = 1.0 / 6.0;
const POINTS: usize = 240;
/// Output frames kept for the goniometer.
const SCOPE_FRAMES: usize = 2048;

/// The frequencies of all drawn spectra, Hz.
pub(crate) fn frequencies_hz() -> Vec<f32> {
    log_frequencies(POINTS, 20.0, 20_000.0)
}

/// Turns the frames that the audio thread sends into spectra and a goniometer.
#[derive(Debug)]
pub(crate) struct SpectrumReader {
    input: SpectrumAnalyzer,
    output: SpectrumAnalyzer,
    pub(crate) spectra: Spectra,
    pub(crate) scope: std::collections::VecDeque<[f32; 2]>,
}

impl SpectrumReader {
    pub(crate) fn new(sample_rate_hz: f64) -> Self {
        Self {
            input: SpectrumAnalyzer::new(sample_rate_hz),
            output: SpectrumAnalyzer::new(sample_rate_hz),
            spectra: Spectra { frequencies_hz: frequencies_hz(), ..Spectra::default() },
            scope: std::collections::VecDeque::with_capacity(SCOPE_FRAMES),
        }
    }

    /// Takes what has come since the last call and draws the curves anew.
    pub(crate) fn update(&mut self, feed: &MeterFeed) {
        let mut has_news = false;
        while let Some(chunk) = feed.next_input() {
            self.input.push(&chunk);
            has_news = true;
        }
        while let Some(chunk) = feed.next_output() {
            self.output.push(&chunk);
            self.scope.extend(chunk);
            has_news = true;
        }
        let surplus = self.scope.len().saturating_sub(SCOPE_FRAMES);
        self.scope.drain(..surplus);
        if has_news && self.input.is_ready() && self.output.is_ready() {
            let Spectra { frequencies_hz, input_db, master_db, .. } = &mut self.spectra;
            input_db.resize(POINTS, 0.0);
            master_db.resize(POINTS, 0.0);
            self.input.curve(frequencies_hz, SMOOTHING_OCTAVES, input_db);
            self.output.curve(frequencies_hz, SMOOTHING_OCTAVES, master_db);
        }
    }

    /// Shows a reference's spectrum, brought to the master's loudness.
    pub(crate) fn show_reference(&mut self, spectrum_db: &[f32], gain_db: f64) {
        self.spectra.reference_db.clear();
        self.spectra.reference_db.extend(spectrum_db.iter().map(|db| db + gain_db as f32));
    }
}
