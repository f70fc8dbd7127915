//! The whole chain switched out: what went in leaves, as late as the master would.

use crate::processor::{AudioSpec, Frames, StereoBlock};
use crate::smoothing::Ramp;

/// Length of the cross-fade either way.
const FADE_MS: f64 = 10.0;

/// Puts the untouched mix in the place of the master.
#[derive(Debug)]
pub struct Bypass {
    /// 0 is the master, 1 the mix.
    mix: Ramp,
}

impl Bypass {
    /// Builds it, switched off.
    pub fn new(spec: AudioSpec) -> Self {
        Self { mix: Ramp::new(0.0, spec.frames_in_ms(FADE_MS)) }
    }

    /// Switches the bypass on or off, with a cross-fade.
    pub fn switch(&mut self, is_on: bool) {
        self.mix.set(if is_on { 1.0 } else { 0.0 });
    }

    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.mix.target() == 1.0
    }

    /// Ends a cross-fade at once: what came before has ended.
    pub fn reset(&mut self) {
        self.mix.snap(self.mix.target());
    }

    /// Works on the master in place; `dry` is the mix, aligned with it and equally
    /// long. Switched on, the mix leaves to the bit; switched off, the master does.
    pub fn process(&mut self, block: &mut StereoBlock<'_>, dry: Frames<'_>) {
        let [left, right] = dry;
        if self.mix.is_settled() {
            if self.mix.value() == 1.0 {
                block.left.copy_from_slice(left);
                block.right.copy_from_slice(right);
            }
            return;
        }
        let outputs = block.left.iter_mut().zip(&mut *block.right);
        for ((l, r), (dry_l, dry_r)) in outputs.zip(left.iter().zip(right)) {
            // The same song in step: a straight cross-fade keeps its level.
            let mix = self.mix.advance() as f32;
            if mix == 1.0 {
                (*l, *r) = (*dry_l, *dry_r);
            } else {
                *l += mix * (dry_l - *l);
                *r += mix * (dry_r - *r);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 64 };

    /// The left channel while the bypass is switched on at one frame and off at another.
    fn switched(on_at: usize, off_at: usize, block_frames: usize) -> Vec<f32> {
        let mut bypass = Bypass::new(SPEC);
        let (dry, mut out) = (vec![0.25; 3000], vec![1.0; 3000]);
        let mut twin = out.clone();
        for start in (0..3000).step_by(block_frames) {
            let end = (start + block_frames).min(3000);
            bypass.switch((on_at..off_at).contains(&start));
            let mut block = StereoBlock::new(&mut out[start..end], &mut twin[start..end]);
            bypass.process(&mut block, [&dry[start..end], &dry[start..end]]);
        }
        assert_eq!(out, twin);
        out
    }

    #[test]
    fn it_fades_to_the_mix_and_back_and_is_exact_at_both_ends() {
        let out = switched(600, 1800, 60);
        assert!(out[..600].iter().all(|sample| *sample == 1.0));
        assert!(out[600 + 480..1800].iter().all(|sample| *sample == 0.25));
        assert!(out[1800 + 480..].iter().all(|sample| *sample == 1.0));
        let steepest = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.0017, "{steepest}");
        assert_eq!(out, switched(600, 1800, 20));
    }

    #[test]
    fn a_reset_ends_the_fade() {
        let mut bypass = Bypass::new(SPEC);
        bypass.switch(true);
        bypass.reset();
        let (mut left, mut right) = ([1.0; 4], [1.0; 4]);
        bypass.process(&mut StereoBlock::new(&mut left, &mut right), [&[0.5; 4], &[0.25; 4]]);
        assert_eq!((left, right), ([0.5; 4], [0.25; 4]));
    }
}
