//! Stands between the host and the framework's wrapper, for CLAP and VST3.
//!
//! A host may leave out a bus, send an event after the end of its block, call
//! in the wrong order or from two threads at once. The framework answers some
//! of that with undefined behaviour or an abort, which takes the host and the
//! song in it along. So nothing of the host reaches the framework unseen: what
//! is missing, null, short, late or out of order is made harmless here
//! (silence, a clamped value, a refusal by the format's own error code).
//!
//! - Audio goes through buffers of our own ([`audio`]): whatever the host gives
//!   or does not give, the framework sees two channels in place, and a
//!   side-chain.
//! - A block is cut at every parameter change, and where it is longer than what
//!   was announced. So the framework sees blocks with all their events at the
//!   first frame, and a transport that is right for that frame.
//! - Calls that must not meet go through a [`gate`].
//!
//! What was found in which framework version is in `docs/hosts.md`. All `unsafe`
//! code of the plug-in is in this folder, but for the line with which it promises
//! the framework that its parameters stay where they are, and what keeps the
//! library loaded on macOS and Windows.

mod audio;
mod clap;
mod gate;
mod gui_thread;
mod stored;
mod vst3;

pub use self::clap::clap_entry;
pub use self::vst3::GetPluginFactory;

use std::ops::RangeInclusive;

/// The longest block that the framework and the engine are told of, in frames.
/// A host's longer blocks are cut; so no announced size costs memory.
const MOST_BLOCK_FRAMES: usize = 4096;
/// The sample rates that hosts and validators ask for, Hz; the engine is made for
/// 8 to 384 kHz and gives numbers at all of these.
const SAMPLE_RATES_HZ: RangeInclusive<f64> = 1_000.0..=768_000.0;
/// Sizes that an editor can have, in pixels.
const EDITOR_PIXELS: RangeInclusive<u32> = 1..=16_384;
/// Scales of the screen that an editor can be told.
const EDITOR_SCALES: RangeInclusive<f64> = 0.25..=8.0;

/// What a host announced before it started the audio.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Announced {
    sample_rate_hz: f64,
    /// The longest block that goes on to the framework, in frames.
    block_frames: usize,
}

impl Announced {
    /// `None` where no audio can be made of it: a rate that is no number or that
    /// the engine is not made for, a block without frames.
    fn checked(sample_rate_hz: f64, longest_block_frames: i64) -> Option<Self> {
        let is_possible = SAMPLE_RATES_HZ.contains(&sample_rate_hz) && longest_block_frames >= 1;
        is_possible.then(|| Self {
            sample_rate_hz,
            block_frames: usize::try_from(longest_block_frames)
                .map_or(MOST_BLOCK_FRAMES, |frames| frames.min(MOST_BLOCK_FRAMES)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_audio_can_be_made_of_is_refused() {
        for rate in [f64::NAN, f64::INFINITY, -48_000.0, 0.0, 1.0, 999.0, 768_001.0, 1e9] {
            assert_eq!(Announced::checked(rate, 512), None, "{rate} Hz");
        }
        for frames in [0, -1, i64::MIN] {
            assert_eq!(Announced::checked(48_000.0, frames), None, "{frames} frames");
        }
    }

    #[test]
    fn long_blocks_are_cut() {
        let block_frames = |frames| Announced::checked(48_000.0, frames).map(|a| a.block_frames);
        assert_eq!(block_frames(1), Some(1));
        assert_eq!(block_frames(4096), Some(4096));
        assert_eq!(block_frames(65_536), Some(MOST_BLOCK_FRAMES));
        assert_eq!(block_frames(i64::MAX), Some(MOST_BLOCK_FRAMES));
    }
}
