//! Which buses a host may choose.

use std::sync::atomic::{AtomicU32, Ordering};

use vst3::Steinberg::Vst::SpeakerArr::{kMono, kStereo};
use vst3::Steinberg::Vst::SpeakerArrangement;

/// A layout, in channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Of the mix and the master.
    pub(super) main: u32,
    /// Of the side-chain, if there is one.
    pub(super) side_chain: Option<u32>,
}

impl Layout {
    /// The layout that a host asks for, if it can be had.
    pub(super) fn asked(
        inputs: &[SpeakerArrangement],
        outputs: &[SpeakerArrangement],
    ) -> Option<Self> {
        let channels = |arrangement: &SpeakerArrangement| {
            let count = arrangement.count_ones();
            (1..=2).contains(&count).then_some(count)
        };
        let ([input, side_chain @ ..], [output]) = (inputs, outputs) else {
            return None;
        };
        let main = channels(input).filter(|main| Some(*main) == channels(output))?;
        match side_chain {
            [] => Some(Self { main, side_chain: None }),
            [side_chain] => Some(Self { main, side_chain: Some(channels(side_chain)?) }),
            _ => None,
        }
    }
}

/// The arrangement of one or two channels.
pub(super) fn arrangement(channels: u32) -> SpeakerArrangement {
    if channels == 1 { kMono } else { kStereo }
}

/// How many channels a host gives the side-chain: the framework's layouts know
/// only as many as the mix has, the guard mixes down.
#[derive(Debug)]
pub(super) struct SideChainChannels(AtomicU32);

impl Default for SideChainChannels {
    fn default() -> Self {
        Self(AtomicU32::new(2))
    }
}

impl SideChainChannels {
    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn set(&self, channels: u32) {
        self.0.store(channels, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_and_stereo_with_and_without_a_side_chain() {
        let layout = |main, side_chain| Some(Layout { main, side_chain });
        assert_eq!(Layout::asked(&[kStereo], &[kStereo]), layout(2, None));
        assert_eq!(Layout::asked(&[kMono], &[kMono]), layout(1, None));
        for (main, arranged) in [(1, kMono), (2, kStereo)] {
            assert_eq!(Layout::asked(&[arranged, kMono], &[arranged]), layout(main, Some(1)));
            assert_eq!(Layout::asked(&[arranged, kStereo], &[arranged]), layout(main, Some(2)));
        }
    }

    #[test]
    fn nothing_else() {
        assert_eq!(Layout::asked(&[], &[]), None);
        assert_eq!(Layout::asked(&[kMono], &[kStereo]), None);
        assert_eq!(Layout::asked(&[kStereo], &[]), None);
        assert_eq!(Layout::asked(&[kStereo, kStereo, kStereo], &[kStereo]), None);
        assert_eq!(Layout::asked(&[0b11_1111], &[0b11_1111]), None);
        assert_eq!(Layout::asked(&[kStereo, 0], &[kStereo]), None);
    }
}
