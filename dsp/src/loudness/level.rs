//! How loud something is, as far as comparing at equal loudness goes.

/// Spans that began further apart are not of the same time; a latency and a step are.
pub(crate) const MOST_APART_S: f64 = 0.5;

/// Loudness of what came since a span began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Gated integrated loudness, LUFS; negative infinity before there is any.
    pub integrated_lufs: f64,
    /// How much above the absolute gate has been counted, seconds.
    pub counted_s: f64,
    /// How long ago it began, seconds.
    pub elapsed_s: f64,
}

/// How loud something is. Negative infinity where there is no reading yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Since the sound last changed.
    pub span: Span,
    /// Integrated loudness of all that was measured, LUFS.
    pub song_lufs: f64,
    /// Short-term loudness (3 s), LUFS.
    pub short_term_lufs: f64,
    /// Momentary loudness (400 ms), LUFS.
    pub momentary_lufs: f64,
    /// Highest true peak, dBTP.
    pub true_peak_dbtp: f64,
}

impl Level {
    /// Nothing was ever heard.
    pub const SILENT: Self = Self {
        span: Span { integrated_lufs: f64::NEG_INFINITY, counted_s: 0.0, elapsed_s: 0.0 },
        song_lufs: f64::NEG_INFINITY,
        short_term_lufs: f64::NEG_INFINITY,
        momentary_lufs: f64::NEG_INFINITY,
        true_peak_dbtp: f64::NEG_INFINITY,
    };
}
