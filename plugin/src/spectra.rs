//! The spectra that the editor draws, on one set of frequencies.

use std::collections::VecDeque;
use std::sync::Arc;

use burnish_dsp::readings::{FrameChunk, MeterFeed};
use burnish_dsp::spectrum::{
    CurveDrawer, CurveLook, SharedSongSpectrum, SongSpectrum, SpectrumAnalyzer, log_frequencies,
};
use burnish_gui::{Spectra, SpectrumLook};

const POINTS: usize = 240;
/// Output frames kept for the goniometer.
const SCOPE_FRAMES: usize = 2048;

/// Turns what the audio thread sends into spectra and a goniometer.
///
/// The live curves are made here of frames that may have gone missing while
/// the editor was slow. What stands for the whole song, its average and its
/// peaks, is the audio thread's own account and misses nothing.
#[derive(Debug)]
pub(crate) struct SpectrumReader {
    sample_rate_hz: f64,
    input: SpectrumAnalyzer,
    output: SpectrumAnalyzer,
    song_source: Option<Arc<SharedSongSpectrum>>,
    pub(crate) song: SongSpectrum,
    /// The highest that the live curve has shown: it moves in smaller steps
    /// than the windows of the song, and the peaks never lie below it.
    highest_live: Vec<f32>,
    drawer: CurveDrawer,
    pub(crate) spectra: Spectra,
    pub(crate) scope: VecDeque<[f32; 2]>,
}

impl SpectrumReader {
    pub(crate) fn new(sample_rate_hz: f64) -> Self {
        let frequencies_hz = log_frequencies(POINTS, 20.0, 20_000.0);
        Self {
            sample_rate_hz,
            input: SpectrumAnalyzer::new(sample_rate_hz),
            output: SpectrumAnalyzer::new(sample_rate_hz),
            song_source: None,
            song: SongSpectrum::default(),
            highest_live: Vec::new(),
            drawer: CurveDrawer::default(),
            spectra: Spectra { frequencies_hz, ..Spectra::default() },
            scope: VecDeque::with_capacity(SCOPE_FRAMES),
        }
    }

    /// Takes in what has come since the last call.
    /// What has come of the mix is heard by somebody else, too.
    pub(crate) fn update(
        &mut self,
        feed: &MeterFeed,
        song: Option<Arc<SharedSongSpectrum>>,
        hear: &mut dyn FnMut(&FrameChunk),
    ) {
        while let Some(chunk) = feed.next_input() {
            self.input.push(&chunk);
            hear(&chunk);
        }
        while let Some(chunk) = feed.next_output() {
            self.output.push(&chunk);
            self.scope.extend(chunk);
        }
        let surplus = self.scope.len().saturating_sub(SCOPE_FRAMES);
        self.scope.drain(..surplus);
        self.follow_song(song);
    }

    fn follow_song(&mut self, source: Option<Arc<SharedSongSpectrum>>) {
        let is_same = match (&source, &self.song_source) {
            (Some(new), Some(old)) => Arc::ptr_eq(new, old),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.song = SongSpectrum::default();
            self.song_source = source;
            self.highest_live.clear();
        }
        let resets = self.song.resets;
        if let Some(source) = &self.song_source {
            source.read(&mut self.song);
        }
        if self.song.resets != resets {
            self.highest_live.clear();
        }
        let live = self.output.live_powers();
        self.highest_live.resize(live.len(), 0.0);
        for (highest, live) in self.highest_live.iter_mut().zip(live) {
            *highest = highest.max(*live);
        }
    }

    /// Draws all curves anew; the reference is brought to the master's loudness by `gain_db`.
    pub(crate) fn draw(&mut self, look: SpectrumLook, reference: &SongSpectrum, gain_db: f64) {
        let rate_hz = self.sample_rate_hz;
        let curve_look = CurveLook {
            smoothing_octaves: look.smoothing.octaves(),
            tilt_db_per_octave: look.tilt_db_per_octave,
        };
        let Spectra { frequencies_hz, input_db, master_db, peak_db, reference_db } =
            &mut self.spectra;
        let has_live = self.input.is_ready() && self.output.is_ready();
        let has_song = self.song.windows > 0;
        let show = |curve: &mut Vec<f32>, is_shown: bool| {
            curve.resize(if is_shown { POINTS } else { 0 }, 0.0);
            is_shown
        };
        if show(input_db, has_live && !look.is_average) {
            self.input.curve(frequencies_hz, curve_look, input_db);
        }
        if look.is_average {
            if show(master_db, has_song) {
                let average = self.song.average.iter().copied();
                self.drawer.draw(average, rate_hz, curve_look, frequencies_hz, master_db);
            }
        } else if show(master_db, has_live) {
            self.output.curve(frequencies_hz, curve_look, master_db);
        }
        if show(peak_db, look.is_peak_held && has_song) {
            let highest = self.song.highest.iter().zip(&self.highest_live);
            let highest = highest.map(|(song, live)| song.max(*live));
            self.drawer.draw(highest, rate_hz, curve_look, frequencies_hz, peak_db);
        }
        if show(reference_db, reference.windows > 0) {
            let average = reference.average.iter().copied();
            let reference_hz = reference.sample_rate_hz;
            self.drawer.draw(average, reference_hz, curve_look, frequencies_hz, reference_db);
            for level_db in reference_db.iter_mut() {
                *level_db += gain_db as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use burnish_dsp::readings::CHUNK_FRAMES;
    use burnish_dsp::spectrum::SongAnalyzer;
    use burnish_gui::Smoothing;

    use super::*;

    const RATE_HZ: f64 = 48_000.0;

    fn tone(hz: f64, frames: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / RATE_HZ;
        (0..frames).map(|n| (0.1 * (step * n as f64).sin()) as f32).collect()
    }

    fn level_at(spectra: &Spectra, curve: &[f32], hz: f32) -> f32 {
        let distance = |at: f32| (at / hz).log2().abs();
        let nearest = (0..POINTS).min_by(|a, b| {
            let [a, b] = [a, b].map(|i| distance(spectra.frequencies_hz[*i]));
            a.total_cmp(&b)
        });
        curve[nearest.unwrap()]
    }

    #[test]
    fn the_average_of_the_song_misses_nothing_however_slow_the_reader() {
        // Far more than the queue holds, before the reader looks for the first time.
        let feed = MeterFeed::new();
        let mut song = SongAnalyzer::new(RATE_HZ);
        let (early, late) = (tone(200.0, 48_000 * 10), tone(5000.0, 48_000 * 10));
        for signal in [&early, &late] {
            song.process(signal, signal);
            for chunk in signal.chunks_exact(CHUNK_FRAMES) {
                feed.publish_input(std::array::from_fn(|n| [chunk[n]; 2]));
                feed.publish_output(std::array::from_fn(|n| [chunk[n]; 2]));
            }
        }
        let mut reader = SpectrumReader::new(RATE_HZ);
        reader.update(&feed, Some(Arc::clone(song.shared())), &mut |_| {});
        let look = SpectrumLook { is_average: true, is_peak_held: true, ..Default::default() };
        reader.draw(look, &SongSpectrum::default(), 0.0);
        let spectra = &reader.spectra;
        assert!(spectra.input_db.is_empty() && spectra.reference_db.is_empty());
        for hz in [200.0, 5000.0] {
            // Each for half the time; at its full level in the peaks.
            let average_db = level_at(spectra, &spectra.master_db, hz);
            assert!((average_db + 23.0).abs() < 0.4, "{average_db} at {hz}");
            let peak_db = level_at(spectra, &spectra.peak_db, hz);
            assert!((peak_db + 20.0).abs() < 0.4, "{peak_db} at {hz}");
        }
        song.reset();
        reader.update(&feed, Some(Arc::clone(song.shared())), &mut |_| {});
        reader.draw(look, &SongSpectrum::default(), 0.0);
        assert!(reader.spectra.master_db.is_empty(), "a reset begins anew");
    }

    #[test]
    fn smoothing_tilt_and_level_matching_reach_the_reference_too() {
        let mut song = SongAnalyzer::new(RATE_HZ);
        let signal = tone(4000.0, 48_000);
        song.process(&signal, &signal);
        song.finish();
        let mut reference = SongSpectrum::default();
        song.shared().read(&mut reference);
        let mut reader = SpectrumReader::new(RATE_HZ);
        let mut read = |look: SpectrumLook, hz: f32| {
            reader.draw(look, &reference, 3.0);
            level_at(&reader.spectra, &reader.spectra.reference_db, hz)
        };
        let plain = SpectrumLook::default();
        assert!((read(plain, 4000.0) + 17.0).abs() < 0.4);
        let tilted = SpectrumLook { tilt_db_per_octave: 4.5, ..plain };
        assert!((read(tilted, 4000.0) + 17.0 - 9.0).abs() < 0.4);
        let [wide, narrow] = [Smoothing::Octave, Smoothing::TwentyFourth]
            .map(|smoothing| SpectrumLook { smoothing, ..plain });
        assert!(read(wide, 5200.0) > read(narrow, 5200.0) + 20.0);
    }
}
