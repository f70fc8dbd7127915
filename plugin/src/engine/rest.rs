//! When nothing is played and nothing changes, nothing is worked out.
//!
//! A plug-in on every song's master bus is most of the day in a host that stands
//! still. After so much silence that every meter has fallen all the way, only a
//! block now and then goes through the chain, so that what waits for the audio
//! thread still reaches it.

use burnish_dsp::chain::SnapshotSettings;
use burnish_dsp::compare::Source;

use crate::desk::Listening;

/// Silence for so long has let every meter fall: the slowest holds for 1 s and
/// falls by 20 dB in 1.5 s, from full scale to -200 dB in 16 s.
const AFTER_S: f64 = 20.0;
/// So often a block is worked on all the same.
const BREATH_S: f64 = 1.0;

/// All that could be heard to change while the input is silent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) snapshots: SnapshotSettings,
    pub(super) listening: Listening,
    pub(super) reference: Option<Source>,
    pub(super) is_bypassed: bool,
}

/// Tells whether the chain may rest.
#[derive(Debug)]
pub(super) struct Rest {
    asked: Option<Asked>,
    silent_frames: usize,
    after_frames: usize,
    frames_to_breath: usize,
    breath_frames: usize,
}

impl Rest {
    pub(super) fn new(sample_rate_hz: f64, latency_frames: usize) -> Self {
        Self {
            asked: None,
            silent_frames: 0,
            after_frames: (AFTER_S * sample_rate_hz) as usize + latency_frames,
            frames_to_breath: 0,
            breath_frames: (BREATH_S * sample_rate_hz) as usize,
        }
    }

    /// Whether a block of `frames` frames may be left alone; `is_still` says that
    /// it is silent and the song stands.
    pub(super) fn takes(&mut self, is_still: bool, asked: &Asked, frames: usize) -> bool {
        if !is_still || self.asked.as_ref() != Some(asked) {
            self.asked = Some(*asked);
            self.wake();
            return false;
        }
        if self.silent_frames < self.after_frames {
            return false;
        }
        if self.frames_to_breath == 0 {
            self.frames_to_breath = self.breath_frames;
            return false;
        }
        self.frames_to_breath = self.frames_to_breath.saturating_sub(frames);
        true
    }

    /// Takes in what a block that was worked on has become.
    pub(super) fn heard(&mut self, is_silent: bool, frames: usize) {
        if is_silent {
            self.silent_frames = self.silent_frames.saturating_add(frames);
        } else {
            self.wake();
        }
    }

    /// Begins to count anew.
    pub(super) fn wake(&mut self) {
        self.silent_frames = 0;
        self.frames_to_breath = 0;
    }
}

/// Whether there is digital silence and nothing else.
pub(super) fn is_silent(channels: &[&mut [f32]]) -> bool {
    channels.iter().all(|channel| channel.iter().all(|sample| *sample == 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: f64 = 1000.0;
    const FRAMES: usize = 50;

    fn asked() -> Asked {
        Asked {
            snapshots: SnapshotSettings::default(),
            listening: Listening::default(),
            reference: None,
            is_bypassed: false,
        }
    }

    /// How many of so many silent blocks are left alone.
    fn rested(rest: &mut Rest, asked: &Asked, blocks: usize) -> usize {
        (0..blocks)
            .filter(|_| {
                let takes = rest.takes(true, asked, FRAMES);
                if !takes {
                    rest.heard(true, FRAMES);
                }
                takes
            })
            .count()
    }

    #[test]
    fn silence_rests_and_breathes() {
        let mut rest = Rest::new(RATE_HZ, 0);
        assert_eq!(rested(&mut rest, &asked(), 401), 0, "the meters still fall");
        let at_rest = rested(&mut rest, &asked(), 2100);
        assert_eq!(at_rest, 2000, "one in 21 is worked on");
    }

    #[test]
    fn whatever_moves_wakes() {
        let changes: [fn(&mut Asked); 4] = [
            |asked| asked.snapshots.all[0].trim.gain_db = 1.0,
            |asked| asked.listening.is_at_unity_gain = true,
            |asked| asked.reference = Some(Source::Live),
            |asked| asked.is_bypassed = true,
        ];
        for change in changes {
            let mut rest = Rest::new(RATE_HZ, 0);
            rested(&mut rest, &asked(), 410);
            assert!(rest.takes(true, &asked(), FRAMES));
            let mut other = asked();
            change(&mut other);
            assert!(!rest.takes(true, &other, FRAMES));
            assert_eq!(rested(&mut rest, &other, 400), 0);
        }
        let mut rest = Rest::new(RATE_HZ, 0);
        rested(&mut rest, &asked(), 410);
        assert!(!rest.takes(false, &asked(), FRAMES), "there is sound, or the song plays");
        assert_eq!(rested(&mut rest, &asked(), 400), 0);
        rest.heard(false, FRAMES);
        assert_eq!(rested(&mut rest, &asked(), 400), 0, "something was still heard");
    }
}
