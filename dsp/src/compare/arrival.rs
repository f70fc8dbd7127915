//! What is missing of a song comes and goes without a click.

use crate::smoothing::Ramp;

/// Fades what arrives in, and what was heard last out where nothing follows it.
/// What was always there passes to the bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    is_there: bool,
    gain: Ramp,
    /// Where what was heard last goes to silence.
    tail: Ramp,
    tail_from: [f32; 2],
    last: [f32; 2],
}

impl Arrival {
    /// At a place that is there, or still missing.
    pub(super) fn new(is_there: bool, fade_frames: usize) -> Self {
        Self {
            is_there,
            gain: Ramp::new(f64::from(u8::from(is_there)), fade_frames),
            tail: Ramp::new(0.0, fade_frames),
            tail_from: [0.0; 2],
            last: [0.0; 2],
        }
    }

    /// Begins at another place, without a tail of where it was.
    pub(super) fn begin(&mut self, is_there: bool) {
        self.is_there = is_there;
        self.gain.snap(f64::from(u8::from(is_there)));
        self.tail.snap(0.0);
        self.last = [0.0; 2];
    }

    /// The next frame as it is heard.
    pub(super) fn shape(&mut self, found: Option<[f32; 2]>) -> [f32; 2] {
        match found {
            Some(frame) if self.is_there && self.gain.is_settled() && self.tail.is_settled() => {
                self.last = frame;
                return frame;
            }
            Some(_) => {
                self.is_there = true;
                self.gain.set(1.0);
            }
            None if self.is_there => {
                self.is_there = false;
                self.gain.snap(0.0);
                self.tail_from = self.last;
                self.tail.snap(1.0);
                self.tail.set(0.0);
            }
            None => {}
        }
        let (gain, tail) = (self.gain.advance() as f32, self.tail.advance() as f32);
        let frame = found.unwrap_or_default();
        self.last = [0, 1].map(|c| gain * frame[c] + tail * self.tail_from[c]);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_at_any_time_never_jumps_and_is_whole_once_it_is_there() {
        const FADE: usize = 480;
        let wave = |n: usize| [0.5 * (n as f32 * 0.01).sin(), 0.5 * (n as f32 * 0.013).cos()];
        let mut arrival = Arrival::new(false, FADE);
        let mut last = [0.0; 2];
        let (mut there, mut n) = (false, 0);
        for run in [100, 700, 30, 40, 2000, 5, 900, 479, 1, 480, 3000, 600] {
            for k in 0..run {
                let frame = wave(n);
                let heard = arrival.shape(there.then_some(frame));
                for c in 0..2 {
                    assert!((heard[c] - last[c]).abs() < 0.01, "{n}: {heard:?} after {last:?}");
                }
                if there && k > 2 * FADE {
                    assert_eq!(heard, frame);
                }
                if !there && k > FADE {
                    assert_eq!(heard, [0.0; 2]);
                }
                (last, n) = (heard, n + 1);
            }
            there = !there;
        }
    }

    #[test]
    fn what_was_always_there_passes_to_the_bit() {
        let mut arrival = Arrival::new(true, 480);
        for n in 0..2000 {
            let frame = [n as f32 * 0.37, -0.1];
            assert_eq!(arrival.shape(Some(frame)), frame);
        }
    }
}
