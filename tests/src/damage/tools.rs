//! One thing that is done to a piece, each.

use std::f64::consts::TAU;

use burnish_dsp::compressor::CompressorSettings;
use burnish_dsp::equalizer::{BandSettings, BandShape, EqualizerSettings, Slope};
use burnish_dsp::limiter::LimiterSettings;
use burnish_dsp::settings::ChainSettings;
use burnish_session::audio::StereoAudio;
use burnish_session::render::render;
use burnish_session::resample::resample;

/// Reproducible noise, uniform in -1 to 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

fn gain(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

/// Every frame changed, with its place.
fn mapped(audio: &StereoAudio, mut change: impl FnMut(usize, [f32; 2]) -> [f32; 2]) -> StereoAudio {
    let mut out = audio.clone();
    for place in 0..audio.left.len() {
        let [left, right] = change(place, [audio.left[place], audio.right[place]]);
        out.left[place] = left;
        out.right[place] = right;
    }
    out
}

fn peak(audio: &StereoAudio) -> f32 {
    audio.left.iter().chain(&audio.right).fold(0.0, |peak, sample| peak.max(sample.abs()))
}

fn rms(audio: &StereoAudio) -> f32 {
    let power: f64 =
        audio.left.iter().chain(&audio.right).map(|sample| f64::from(sample * sample)).sum();
    (power / (2 * audio.left.len()) as f64).sqrt() as f32
}

pub(super) fn gained(audio: &StereoAudio, db: f64) -> StereoAudio {
    let gain = gain(db);
    mapped(audio, |_, frame| frame.map(|sample| sample * gain))
}

/// Peaks at a level, dBFS.
pub(super) fn normalised(audio: &StereoAudio, dbfs: f64) -> StereoAudio {
    let gain = gain(dbfs) / peak(audio);
    mapped(audio, |_, frame| frame.map(|sample| sample * gain))
}

/// Driven so far into the end of the scale.
pub(super) fn clipped(audio: &StereoAudio, db: f64) -> StereoAudio {
    mapped(&normalised(audio, db), |_, frame| frame.map(|sample| sample.clamp(-1.0, 1.0)))
}

/// Driven so far over the ceiling of a limiter.
pub(super) fn limited(audio: &StereoAudio, db: f64) -> StereoAudio {
    let settings = ChainSettings {
        limiter: LimiterSettings { is_on: true, gain_db: 0.0, ..LimiterSettings::default() },
        ..ChainSettings::default()
    };
    render(&normalised(audio, db - 1.0), &settings, |_| {}).audio
}

pub(super) fn glued(audio: &StereoAudio) -> StereoAudio {
    let glue = CompressorSettings {
        is_on: true,
        threshold_db: 20.0 * f64::from(rms(audio)).log10() + 4.0,
        ..CompressorSettings::default()
    };
    render(audio, &ChainSettings { glue, ..ChainSettings::default() }, |_| {}).audio
}

fn with_band(audio: &StereoAudio, band: BandSettings) -> StereoAudio {
    let mut equalizer = EqualizerSettings::default();
    equalizer.bands[2] = BandSettings { is_on: true, ..band };
    render(audio, &ChainSettings { equalizer, ..ChainSettings::default() }, |_| {}).audio
}

pub(super) fn bell(audio: &StereoAudio, hz: f64, db: f64, q: f64) -> StereoAudio {
    let band = BandSettings { frequency_hz: hz, gain_db: db, q, ..BandSettings::neutral(2) };
    with_band(audio, BandSettings { shape: BandShape::Bell, ..band })
}

pub(super) fn shelf(audio: &StereoAudio, hz: f64, db: f64, is_low: bool) -> StereoAudio {
    let shape = if is_low { BandShape::LowShelf } else { BandShape::HighShelf };
    let band = BandSettings { frequency_hz: hz, gain_db: db, q: 0.7, ..BandSettings::neutral(2) };
    with_band(audio, BandSettings { shape, ..band })
}

/// Dull and driven, as it is meant.
pub(super) fn lo_fi(audio: &StereoAudio) -> StereoAudio {
    let low_pass = BandSettings {
        shape: BandShape::LowPass,
        frequency_hz: 7000.0,
        slope: Slope::Db12,
        q: 0.7,
        ..BandSettings::neutral(2)
    };
    let dull = with_band(audio, low_pass);
    let drive = 0.5 / rms(&dull) * 0.25;
    let driven = mapped(&dull, |_, frame| frame.map(|sample| (sample * drive).tanh()));
    normalised(&driven, -3.0)
}

pub(super) fn panned(audio: &StereoAudio, left: f32, right: f32) -> StereoAudio {
    mapped(audio, |_, [l, r]| [l * left, r * right])
}

pub(super) fn delayed(audio: &StereoAudio, seconds: f64) -> StereoAudio {
    let frames = (seconds * f64::from(audio.sample_rate_hz)).round() as usize;
    let mut out = audio.clone();
    out.right.splice(0..0, std::iter::repeat_n(0.0, frames));
    out.right.truncate(audio.right.len());
    out
}

pub(super) fn mono_in_stereo(audio: &StereoAudio) -> StereoAudio {
    mapped(audio, |_, [left, _]| [left; 2])
}

/// A file of one channel.
pub(super) fn mono(audio: &StereoAudio) -> StereoAudio {
    StereoAudio { channels: 1, ..mapped(audio, |_, [l, r]| [0.5 * (l + r); 2]) }
}

pub(super) fn widened(audio: &StereoAudio, side_db: f64) -> StereoAudio {
    let gain = gain(side_db);
    mapped(audio, |_, [l, r]| {
        let (middle, side) = (0.5 * (l + r), 0.5 * gain * (l - r));
        [middle + side, middle - side]
    })
}

/// Gaps in both channels, at every seventh second.
pub(super) fn gaps(audio: &StereoAudio, seconds: f64) -> StereoAudio {
    let rate = f64::from(audio.sample_rate_hz);
    mapped(audio, |place, frame| {
        let at_s = (place as f64 / rate - 4.2).rem_euclid(7.0);
        if at_s < seconds { [0.0; 2] } else { frame }
    })
}

/// Samples that jump by so much, at every fifth second.
pub(super) fn clicks(audio: &StereoAudio, size: f32) -> StereoAudio {
    let every = audio.sample_rate_hz as usize * 5;
    mapped(
        audio,
        |place, [left, right]| {
            if place % every == every / 2 { [left + size, right] } else { [left, right] }
        },
    )
}

pub(super) fn cut(audio: &StereoAudio, from_s: f64, to_s: f64) -> StereoAudio {
    let place =
        |seconds: f64| ((seconds * f64::from(audio.sample_rate_hz)) as usize).min(audio.left.len());
    let range = place(from_s)..place(to_s);
    StereoAudio {
        left: audio.left[range.clone()].to_vec(),
        right: audio.right[range].to_vec(),
        ..audio.clone()
    }
}

pub(super) fn padded(audio: &StereoAudio, before_s: f64, after_s: f64) -> StereoAudio {
    let frames = |seconds: f64| (seconds * f64::from(audio.sample_rate_hz)) as usize;
    let pad = |samples: &[f32]| {
        let mut out = vec![0.0; frames(before_s)];
        out.extend_from_slice(samples);
        out.resize(out.len() + frames(after_s), 0.0);
        out
    };
    StereoAudio { left: pad(&audio.left), right: pad(&audio.right), ..audio.clone() }
}

pub(super) fn faded(audio: &StereoAudio) -> StereoAudio {
    let frames = audio.left.len() as f32;
    mapped(audio, |place, frame| {
        let at = place as f32 / frames;
        let gain = (at / 0.15).min((1.0 - at) / 0.3).min(1.0);
        frame.map(|sample| sample * gain)
    })
}

pub(super) fn at_rate(audio: &StereoAudio, rate_hz: u32) -> StereoAudio {
    resample(audio, rate_hz).expect("both rates are usual")
}

pub(super) fn dithered(audio: &StereoAudio, bits: i32) -> StereoAudio {
    let steps = 2f32.powi(bits - 1);
    let mut noise = Noise(7);
    mapped(audio, |_, frame| {
        frame.map(|sample| {
            let dither = 0.5 * (noise.next() + noise.next());
            ((sample * steps + dither).round() / steps).clamp(-1.0, 1.0 - 1.0 / steps)
        })
    })
}

/// White noise, so far below the music.
pub(super) fn noisy(audio: &StereoAudio, db: f64) -> StereoAudio {
    let size = rms(audio) * gain(db) * 3f32.sqrt();
    let mut noise = Noise(11);
    mapped(audio, |_, frame| frame.map(|sample| sample + size * noise.next()))
}

/// Harmonics of the mains, so far below the music.
pub(super) fn humming(audio: &StereoAudio, hz: f64, db: f64) -> StereoAudio {
    let size = f64::from(rms(audio) * gain(db)) * 2f64.sqrt();
    let rate = f64::from(audio.sample_rate_hz);
    mapped(audio, |place, frame| {
        let turn = TAU * hz * place as f64 / rate;
        let hum: f64 = [0.6, 0.4, 0.5, 0.2, 0.3, 0.1]
            .iter()
            .zip(1..)
            .map(|(size, harmonic)| size * (turn * f64::from(harmonic)).sin())
            .sum();
        frame.map(|sample| sample + (size * hum) as f32)
    })
}

pub(super) fn offset(audio: &StereoAudio, by: f32) -> StereoAudio {
    mapped(audio, |_, frame| frame.map(|sample| sample + by))
}

/// Noise around 15 Hz, so far below the music.
pub(super) fn rumbling(audio: &StereoAudio, db: f64) -> StereoAudio {
    let pole = (-TAU * 15.0 / f64::from(audio.sample_rate_hz)).exp();
    let mut noise = Noise(13);
    let mut low = [0.0f64; 2];
    let raw: Vec<f64> = (0..audio.left.len())
        .map(|_| {
            let mut input = f64::from(noise.next());
            for stage in &mut low {
                *stage += (1.0 - pole) * (input - *stage);
                input = *stage;
            }
            input
        })
        .collect();
    let own = (raw.iter().map(|x| x * x).sum::<f64>() / raw.len() as f64).sqrt();
    let size = f64::from(rms(audio) * gain(db)) / own;
    mapped(audio, |place, frame| frame.map(|sample| sample + (size * raw[place]) as f32))
}
