//! Whether a mix is fit to be mastered: what is wrong with it, how sure that is, and where it is
//! put right.

mod channels;
mod edges;
mod finding;
mod flat_tops;
mod hum;
mod level;
mod levels;
mod low_end;
mod source;
mod squeezed;
#[cfg(test)]
mod tests;
mod tone;
mod verdict;
mod windows;
mod words;

use serde::Serialize;

use self::channels::Channels;
use self::edges::Edges;
pub use self::finding::{Channel, Finding, Kind, Span, Sureness};
use self::flat_tops::FlatTops;
use self::hum::Hum;
use self::low_end::LowEnd;
use self::source::Source;
use self::squeezed::Squeezed;
use self::tone::Tone;
pub use self::verdict::{PEAKS_DBTP, Verdict};
use self::windows::Windows;
pub use self::words::{Remedy, Words};
use crate::measure::Measures;

/// Windows of the balance, the channels and the source, seconds.
const WINDOW_S: f64 = 8192.0 / 48_000.0;
/// Windows that tell tones apart.
const LONG_WINDOW_S: f64 = 32_768.0 / 48_000.0;

/// Listens to a mix; how it is cut into pieces changes nothing.
#[derive(Debug)]
pub struct MixCheck {
    is_mono: bool,
    windows: Windows,
    long: Windows,
    tops: FlatTops,
    squeezed: Squeezed,
    channels: Channels,
    edges: Edges,
    hum: Hum,
    low_end: LowEnd,
    source: Source,
    tone: Tone,
    power: f64,
    frames: u64,
}

impl MixCheck {
    /// Nothing heard yet of audio of a sample rate, Hz, and so many channels.
    pub fn new(sample_rate_hz: u32, channels: u16) -> Self {
        let rate_hz = f64::from(sample_rate_hz);
        let windows = Windows::new(rate_hz, WINDOW_S);
        Self {
            is_mono: channels == 1,
            tops: FlatTops::new(rate_hz),
            squeezed: Squeezed::new(rate_hz),
            channels: Channels::new(rate_hz, windows.bins(), windows.bin_hz()),
            edges: Edges::new(rate_hz),
            hum: Hum::new(rate_hz),
            low_end: LowEnd::default(),
            source: Source::new(windows.bins(), windows.bin_hz()),
            tone: Tone::new(),
            long: Windows::new(rate_hz, LONG_WINDOW_S),
            windows,
            power: 0.0,
            frames: 0,
        }
    }

    /// Takes the next piece in; the channels of mono audio are equal.
    pub fn take(&mut self, left: &[f32], right: &[f32]) {
        let Self { windows, long, channels, low_end, source, tone, .. } = self;
        windows.take(left, right, &mut |window| {
            channels.take(window);
            source.take(window);
            tone.take(window);
        });
        long.take(left, right, &mut |window| {
            tone.take_long(window);
            low_end.take(window);
        });
        self.hum.take(left, right);
        self.tops.take(left, right);
        self.squeezed.take(left, right);
        self.channels.take_samples(left, right);
        self.edges.take(left, right);
        for (left, right) in left.iter().zip(right) {
            self.power += f64::from(0.5 * (left * left + right * right));
        }
        self.frames += left.len() as u64;
    }

    fn heard_db(&self) -> f64 {
        10.0 * (self.power / self.frames.max(1) as f64).max(1e-20).log10()
    }

    /// What there is to be seen.
    pub fn evidence(&self, measures: &Measures) -> String {
        let heard_db = self.heard_db();
        [
            self.tops.evidence(),
            self.squeezed.evidence(measures),
            self.channels.evidence(),
            self.edges.evidence(),
            self.low_end.evidence(heard_db),
            self.hum.evidence(heard_db),
            self.source.evidence(heard_db),
            self.tone.evidence(),
        ]
        .join("\n    ")
    }

    /// What is to be said of what was heard up to now. `measures` are those of the same audio,
    /// `bits` those of the file's integer samples and those that their values need (16, 24, or 32); `is_whole` says that
    /// it was heard from its beginning to its end without a gap: only then are these, and gaps and
    /// clicks, looked at.
    pub fn report(&self, measures: &Measures, bits: Option<[u16; 2]>, is_whole: bool) -> Report {
        if !measures.true_peak_dbtp.is_finite() {
            return Report { verdict: Verdict::Nothing, findings: Vec::new() };
        }
        let heard_db = self.heard_db();
        let mut findings = self.tops.findings();
        // Tops that are cut off stand at one level of themselves.
        let is_clipped = findings.iter().any(|finding| finding.sureness == Sureness::Certain);
        let limiting = self.squeezed.findings(measures);
        findings.extend(
            limiting
                .into_iter()
                .filter(|finding| !is_clipped || finding.sureness == Sureness::Certain),
        );
        findings.extend(level::findings(measures));
        if !self.is_mono {
            findings.extend(self.channels.findings());
        }
        if is_whole {
            findings.extend(self.edges.findings());
        }
        findings.extend(self.low_end.findings(heard_db, measures));
        findings.extend(self.hum.finding(heard_db));
        findings.extend(self.source.findings(heard_db, bits));
        findings.extend(self.tone.findings());
        findings.sort_by_key(|finding| finding.kind);
        let verdict = Verdict::of(&findings, measures.true_peak_dbtp);
        Report { verdict, findings }
    }
}

/// What is to be said of a mix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What to do with it.
    pub verdict: Verdict,
    /// What was found, in the order of [`Kind`].
    #[serde(serialize_with = "words::in_words")]
    pub findings: Vec<Finding>,
}
