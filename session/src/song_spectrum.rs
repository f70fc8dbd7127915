//! The spectrum of a whole song.

use burnish_dsp::spectrum::{SongAnalyzer, SongSpectrum};

use crate::audio::StereoAudio;

/// The spectrum of a whole file.
pub fn song_spectrum(audio: &StereoAudio) -> SongSpectrum {
    let mut analyzer = SongAnalyzer::new(f64::from(audio.sample_rate_hz));
    analyzer.process(&audio.left, &audio.right);
    spectrum_of(analyzer)
}

/// What an analyser has measured, at the end of the song.
pub(crate) fn spectrum_of(mut analyzer: SongAnalyzer) -> SongSpectrum {
    analyzer.finish();
    let mut spectrum = SongSpectrum::default();
    analyzer.shared().read(&mut spectrum);
    spectrum
}
