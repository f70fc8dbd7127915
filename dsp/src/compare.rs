//! Listening to the mix, the master or a reference: aligned, equally loud, without clicks.
//!
//! The master is what a render contains, so it is never touched: mix and
//! reference are brought to *its* loudness. They are turned down as far as
//! needed and raised as far as their peaks allow; [`Compare::shortfall_db`]
//! says what is missing. While the master alone is heard, the block passes
//! untouched to the bit.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::Ramp;
use crate::units::db_to_gain;

/// What is being heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// The untouched mix, as loud as the master.
    Mix,
    /// The master: what a render contains.
    #[default]
    Master,
    /// The loaded reference, as loud as the master.
    Reference,
}

impl Listen {
    /// All choices in the order they are shown.
    pub const ALL: [Self; 3] = [Listen::Mix, Listen::Master, Listen::Reference];
}

/// A decoded song at the stream's sample rate, with what is needed to match its level.
#[derive(Debug)]
pub struct ReferenceAudio {
    /// Left channel.
    pub left: Vec<f32>,
    /// Right channel, equally long.
    pub right: Vec<f32>,
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
}

/// Carries references to the audio thread and used ones back to be freed, without locks.
#[derive(Debug)]
pub struct HandOver {
    incoming: ArrayQueue<Option<Arc<ReferenceAudio>>>,
    outgoing: ArrayQueue<Arc<ReferenceAudio>>,
}

impl HandOver {
    /// An empty hand-over, to be shared between a worker and the audio thread.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { incoming: ArrayQueue::new(4), outgoing: ArrayQueue::new(16) })
    }

    /// Worker: offers a reference, or takes the present one away. An older
    /// offer that was never taken is freed here.
    pub fn offer(&self, reference: Option<Arc<ReferenceAudio>>) {
        self.incoming.force_push(reference);
    }

    /// Worker: frees what the audio thread has given back.
    pub fn collect(&self) {
        while self.outgoing.pop().is_some() {}
    }
}

/// The levels that comparing goes by.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Loudness of the master, LUFS; negative infinity when there is none yet.
    pub master_lufs: f64,
    /// Loudness of the mix over the same time, LUFS.
    pub mix_lufs: f64,
    /// True peak of the mix, dBTP.
    pub mix_peak_dbtp: f64,
}

const FADE_MS: f64 = 10.0;
/// Gains follow measured loudness this slowly, so that following is not heard.
const GAIN_RAMP_MS: f64 = 200.0;
/// Both ends of a reference fade over this, so that its loop does not click.
const LOOP_FADE_MS: f64 = 5.0;
const HIGHEST_GAIN_DB: f64 = 24.0;

/// Puts what is to be heard in the place of the master.
#[derive(Debug)]
pub struct Compare {
    hand_over: Arc<HandOver>,
    reference: Option<Arc<ReferenceAudio>>,
    /// Kept until there is room to send it back.
    retired: Option<Arc<ReferenceAudio>>,
    position: usize,
    loop_fade_frames: usize,
    listen: Listen,
    outgoing: Listen,
    /// 0 to 1: from what was heard to what is to be heard.
    fade: Ramp,
    mix_gain: Ramp,
    reference_gain: Ramp,
    shortfall_db: f64,
}

impl Compare {
    /// Builds it, listening to the master.
    pub fn new(spec: AudioSpec, hand_over: Arc<HandOver>) -> Self {
        let gain_frames = spec.frames_in_ms(GAIN_RAMP_MS);
        Self {
            hand_over,
            reference: None,
            retired: None,
            position: 0,
            loop_fade_frames: spec.frames_in_ms(LOOP_FADE_MS).max(1),
            listen: Listen::Master,
            outgoing: Listen::Master,
            fade: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            mix_gain: Ramp::new(1.0, gain_frames),
            reference_gain: Ramp::new(1.0, gain_frames),
            shortfall_db: 0.0,
        }
    }

    /// Lands on the master at once.
    pub fn reset(&mut self) {
        self.listen = Listen::Master;
        self.outgoing = Listen::Master;
        self.fade.snap(1.0);
    }

    /// How much quieter than the master the heard source has to stay, because
    /// its peaks leave no room, dB.
    pub fn shortfall_db(&self) -> f64 {
        self.shortfall_db
    }

    /// Replaces the master in `block` by what is to be heard.
    ///
    /// `dry` is the mix, aligned with the master; `song_frame` is the host's
    /// position while it plays, which the reference then follows.
    pub fn process(
        &mut self,
        listen: Listen,
        block: &mut StereoBlock<'_>,
        dry: &StereoBlock<'_>,
        levels: &Levels,
        song_frame: Option<i64>,
    ) {
        self.exchange_reference();
        let has_reference = self.reference.is_some() && self.hand_over.incoming.is_empty();
        let listen =
            if listen == Listen::Reference && !has_reference { Listen::Master } else { listen };
        let was_silent = self.listen == Listen::Master && self.fade.is_settled();
        self.match_levels(listen, levels, was_silent);
        if listen != self.listen && self.fade.is_settled() {
            self.outgoing = self.listen;
            self.listen = listen;
            self.fade.snap(0.0);
            self.fade.set(1.0);
        }
        if let (Some(reference), Some(frame)) = (&self.reference, song_frame) {
            let length = reference.left.len().max(1) as i64;
            self.position = frame.rem_euclid(length) as usize;
        }
        if self.listen == Listen::Master && self.fade.is_settled() {
            self.skip(block.frames());
            return;
        }
        for i in 0..block.frames() {
            let master = [block.left[i], block.right[i]];
            let mix_gain = self.mix_gain.advance() as f32;
            let mix = [mix_gain * dry.left[i], mix_gain * dry.right[i]];
            let reference = self.next_reference_frame();
            let source = |listen: Listen| match listen {
                Listen::Master => master,
                Listen::Mix => mix,
                Listen::Reference => reference,
            };
            let heard = if self.fade.is_settled() {
                source(self.listen)
            } else {
                let position = self.fade.advance();
                let (old, new) = (source(self.outgoing), source(self.listen));
                let (old_gain, new_gain) = self.fade_gains(position);
                [old_gain * old[0] + new_gain * new[0], old_gain * old[1] + new_gain * new[1]]
            };
            block.left[i] = heard[0];
            block.right[i] = heard[1];
        }
    }

    /// Mix and master are the same song in step: a straight cross-fade keeps
    /// their level. A reference is another song: there equal power does.
    fn fade_gains(&self, position: f64) -> (f32, f32) {
        let is_other_song = self.listen == Listen::Reference || self.outgoing == Listen::Reference;
        if is_other_song {
            let (sine, cosine) = (position * std::f64::consts::FRAC_PI_2).sin_cos();
            (cosine as f32, sine as f32)
        } else {
            (1.0 - position as f32, position as f32)
        }
    }

    /// Takes a new reference in and sends the old one back to be freed, once
    /// the old one is no longer heard.
    fn exchange_reference(&mut self) {
        if let Some(retired) = self.retired.take() {
            self.retired = self.hand_over.outgoing.push(retired).err();
        }
        let is_heard = self.listen == Listen::Reference
            || (self.outgoing == Listen::Reference && !self.fade.is_settled());
        if self.retired.is_some() || is_heard {
            return;
        }
        if let Some(next) = self.hand_over.incoming.pop() {
            self.retired = std::mem::replace(&mut self.reference, next);
            self.position = 0;
        }
    }

    fn match_levels(&mut self, listen: Listen, levels: &Levels, is_unheard: bool) {
        let matched = |lufs: f64, peak_dbtp: f64| {
            let wanted_db = levels.master_lufs - lufs;
            if !wanted_db.is_finite() {
                return (0.0, 0.0);
            }
            let allowed_db = wanted_db.min((-peak_dbtp).max(0.0)).clamp(-90.0, HIGHEST_GAIN_DB);
            (allowed_db, wanted_db - allowed_db)
        };
        let mix = matched(levels.mix_lufs, levels.mix_peak_dbtp);
        let reference = self
            .reference
            .as_ref()
            .map_or((0.0, 0.0), |r| matched(r.integrated_lufs, r.true_peak_dbtp));
        for (ramp, gain_db) in
            [(&mut self.mix_gain, mix.0), (&mut self.reference_gain, reference.0)]
        {
            if is_unheard { ramp.snap(db_to_gain(gain_db)) } else { ramp.set(db_to_gain(gain_db)) }
        }
        self.shortfall_db = match listen {
            Listen::Master => 0.0,
            Listen::Mix => mix.1,
            Listen::Reference => reference.1,
        };
    }

    fn next_reference_frame(&mut self) -> [f32; 2] {
        let gain = self.reference_gain.advance();
        let Some(reference) = &self.reference else { return [0.0; 2] };
        let length = reference.left.len();
        if length == 0 {
            return [0.0; 2];
        }
        let position = self.position.min(length - 1);
        self.position = (position + 1) % length;
        let edge = (position + 1).min(length - position) as f64 / self.loop_fade_frames as f64;
        let gain = (gain * edge.min(1.0)) as f32;
        [gain * reference.left[position], gain * reference.right[position]]
    }

    fn skip(&mut self, frames: usize) {
        if let Some(reference) = &self.reference {
            self.position = (self.position + frames) % reference.left.len().max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: AudioSpec = AudioSpec { sample_rate_hz: 48_000.0, max_block_frames: 480 };
    const LEVELS: Levels = Levels { master_lufs: -14.0, mix_lufs: -20.0, mix_peak_dbtp: -8.0 };

    fn reference(amplitude: f32, integrated_lufs: f64) -> Arc<ReferenceAudio> {
        let left: Vec<f32> = (0..30_000).map(|n| amplitude * (n as f32 * 0.02).sin()).collect();
        Arc::new(ReferenceAudio {
            right: left.clone(),
            left,
            integrated_lufs,
            true_peak_dbtp: -1.0,
        })
    }

    /// Runs a steady master and mix through a script of choices, one a block of 10 ms.
    fn listen_through(compare: &mut Compare, script: &[Listen]) -> Vec<f32> {
        let mut heard = Vec::new();
        for (n, listen) in script.iter().enumerate() {
            let wave = |amplitude: f32| -> Vec<f32> {
                (0..480).map(|i| amplitude * ((n * 480 + i) as f32 * 0.02).sin()).collect()
            };
            let (mut left, mut right) = (wave(0.4), wave(0.4));
            let (mut dry_left, mut dry_right) = (wave(0.2), wave(0.2));
            compare.process(
                *listen,
                &mut StereoBlock::new(&mut left, &mut right),
                &StereoBlock::new(&mut dry_left, &mut dry_right),
                &LEVELS,
                None,
            );
            heard.extend(left);
        }
        heard
    }

    #[test]
    fn the_master_passes_to_the_bit() {
        let mut compare = Compare::new(SPEC, HandOver::new());
        let heard = listen_through(&mut compare, &[Listen::Master; 4]);
        for (n, sample) in heard.iter().enumerate() {
            assert_eq!(*sample, 0.4 * (n as f32 * 0.02).sin());
        }
    }

    #[test]
    fn the_mix_is_raised_to_the_master_and_switching_does_not_click() {
        let mut compare = Compare::new(SPEC, HandOver::new());
        let mut script = vec![Listen::Master; 3];
        script.extend([Listen::Mix; 4]);
        script.extend([Listen::Master; 3]);
        let heard = listen_through(&mut compare, &script);
        // 6 dB louder: twice the amplitude, the master's.
        let highest = heard[5 * 480..6 * 480].iter().fold(0.0f32, |h, x| h.max(x.abs()));
        assert!((highest - 0.4).abs() < 0.003, "{highest}");
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.4 * 0.021, "{steepest}");
        assert_eq!(compare.shortfall_db(), 0.0);
    }

    #[test]
    fn a_mix_without_headroom_is_not_pushed_into_clipping() {
        let mut compare = Compare::new(SPEC, HandOver::new());
        let levels = Levels { mix_peak_dbtp: -2.0, ..LEVELS };
        let (mut l, mut r) = ([0.1; 64], [0.1; 64]);
        let (mut dl, mut dr) = ([0.1; 64], [0.1; 64]);
        compare.process(
            Listen::Mix,
            &mut StereoBlock::new(&mut l, &mut r),
            &StereoBlock::new(&mut dl, &mut dr),
            &levels,
            None,
        );
        assert!((compare.shortfall_db() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn references_come_and_go_without_a_step_and_are_given_back() {
        let hand_over = HandOver::new();
        let mut compare = Compare::new(SPEC, Arc::clone(&hand_over));
        // Without a reference its button leaves the master on.
        let heard = listen_through(&mut compare, &[Listen::Reference; 2]);
        assert_eq!(heard[500], 0.4 * (500f32 * 0.02).sin());
        let song = reference(0.8, -8.0);
        hand_over.offer(Some(Arc::clone(&song)));
        let heard = listen_through(&mut compare, &[Listen::Reference; 4]);
        // -8 to -14 LUFS: half the amplitude.
        let highest = heard[2 * 480..].iter().fold(0.0f32, |h, x| h.max(x.abs()));
        assert!((highest - 0.4).abs() < 0.01, "{highest}");
        hand_over.offer(None);
        let heard = listen_through(&mut compare, &[Listen::Reference; 5]);
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.02, "{steepest}");
        hand_over.collect();
        assert_eq!(Arc::strong_count(&song), 1);
        compare.reset();
        let heard = listen_through(&mut compare, &[Listen::Master]);
        assert_eq!(heard[100], 0.4 * (100f32 * 0.02).sin());
    }
}
