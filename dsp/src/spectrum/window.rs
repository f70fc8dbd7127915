//! The windows that both analysers look through.

/// Length of a window in seconds, before it is rounded to a power of two.
const WINDOW_S: f64 = 8192.0 / 48_000.0;
/// Samples are held within this (+120 dBFS), so that no power overflows.
pub(super) const HIGHEST: f32 = 1e6;

/// Length of a window at a sample rate, frames.
pub(super) fn window_frames(sample_rate_hz: f64) -> usize {
    1 << (WINDOW_S * sample_rate_hz).log2().round().clamp(9.0, 17.0) as u32
}

/// A Hann window, scaled so that a sine's peak bin has the sine's amplitude.
pub(super) fn window(frames: usize) -> Vec<f32> {
    let scale = 4.0 / frames as f64;
    let at = |n: usize| {
        let turn = std::f64::consts::TAU * n as f64 / frames as f64;
        (scale * (0.5 - 0.5 * turn.cos())) as f32
    };
    (0..frames).map(at).collect()
}
