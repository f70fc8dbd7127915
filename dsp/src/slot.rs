//! A place in the chain: keeps a stage's latency constant, switches the stage
//! in and out without a click, and spends nothing on a stage that does nothing.

use crate::delay_line::DelayLine;
use crate::processor::{AudioSpec, Processor, StereoBlock};
use crate::smoothing::Ramp;

/// Length of the cross-fade when a stage is switched in or out.
const FADE_MS: f64 = 10.0;

/// How a stage stands towards the signal.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Skipped; only the delay works.
    Idle,
    /// Fed but not heard, until its own delay is full.
    Warming { frames_left: usize },
    /// Heard, wholly or in a cross-fade.
    Active,
}

/// A stage in its place in the chain.
#[derive(Debug)]
pub struct Slot<P: Processor> {
    /// A stage never travels by value: hosts build the chain on small stacks.
    processor: Box<P>,
    settings: Option<P::Settings>,
    state: State,
    wet: Ramp,
    dry_delay: DelayLine,
    dry_left: Vec<f32>,
    dry_right: Vec<f32>,
    dry_frames: usize,
    plain_gain: Ramp,
    /// Where the song is at the next frame.
    song_frame: i64,
    /// The stage counts the song's frames from the right one.
    is_anchored: bool,
}

impl<P: Processor> Slot<P> {
    /// Builds the stage and its place; the only place that allocates.
    pub fn new(spec: AudioSpec) -> Self {
        let processor = Box::new(P::new(spec));
        let mut dry_delay = DelayLine::new(processor.longest_latency_frames());
        dry_delay.set_frames(processor.latency_frames(&P::Settings::default()));
        Self {
            processor,
            settings: None,
            state: State::Idle,
            wet: Ramp::new(0.0, spec.frames_in_ms(FADE_MS)),
            dry_delay,
            dry_left: vec![0.0; spec.max_block_frames],
            dry_right: vec![0.0; spec.max_block_frames],
            dry_frames: 0,
            plain_gain: Ramp::new(1.0, spec.frames_in_ms(FADE_MS)),
            song_frame: 0,
            is_anchored: true,
        }
    }

    /// The stage itself, for its readings.
    pub fn processor_mut(&mut self) -> &mut P {
        &mut self.processor
    }

    /// By how many frames the output lags the input, whether the stage works or not.
    pub fn latency_frames(&self) -> usize {
        self.dry_delay.frames()
    }

    /// The most that any settings make it lag by.
    pub fn longest_latency_frames(&self) -> usize {
        self.processor.longest_latency_frames()
    }

    /// Whether the stage is skipped altogether.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// Takes new settings; the first after `new` or `reset` take effect at once.
    pub fn configure(&mut self, settings: &P::Settings) {
        if self.settings.as_ref() == Some(settings) {
            return;
        }
        let latency_frames = self.processor.latency_frames(settings);
        if latency_frames != self.dry_delay.frames() {
            // What waits in the stage and its delay has lost its place in time.
            self.dry_delay.set_frames(latency_frames);
            self.become_idle();
            self.settings = None;
        }
        let is_fresh = self.settings.is_none();
        self.settings = Some(*settings);
        if P::is_neutral(settings) {
            // The stage keeps its old settings while it fades out.
            self.wet.set(0.0);
            if is_fresh || self.state != State::Active {
                self.become_idle();
            }
            return;
        }
        self.processor.configure(settings);
        self.wet.set(1.0);
        self.plain_gain.set(P::plain_gain(settings));
        if is_fresh {
            self.wet.snap(1.0);
            self.plain_gain.snap(P::plain_gain(settings));
            self.state = State::Active;
        } else if self.state == State::Idle {
            self.wet.snap(0.0);
            self.state = State::Warming { frames_left: self.latency_frames() };
        }
    }

    /// Forgets all audio; the settings stay, and the song is at 0.
    pub fn reset(&mut self) {
        self.dry_delay.reset();
        self.become_idle();
        self.song_frame = 0;
        if let Some(settings) = self.settings.take() {
            self.configure(&settings);
        }
    }

    /// Works on a block of at most `max_block_frames` frames in place; the song
    /// goes on from the last.
    pub fn process(&mut self, block: &mut StereoBlock<'_>) {
        self.process_at(block, self.song_frame);
    }

    /// The same for a block whose first frame is `song_frame` of the song. A
    /// stage that rested, or that meets a jump, finds its place there.
    pub fn process_at(&mut self, block: &mut StereoBlock<'_>, song_frame: i64) {
        silence_non_finite(block);
        let frames = block.frames();
        self.is_anchored &= self.song_frame == song_frame;
        self.song_frame = song_frame.wrapping_add(frames as i64);
        self.dry_frames = frames;
        if self.state == State::Idle {
            self.dry_delay.process(block);
            return;
        }
        self.dry_left[..frames].copy_from_slice(block.left);
        self.dry_right[..frames].copy_from_slice(block.right);
        self.dry_delay.process(&mut StereoBlock::new(
            &mut self.dry_left[..frames],
            &mut self.dry_right[..frames],
        ));
        if !std::mem::replace(&mut self.is_anchored, true) {
            self.processor.anchor(song_frame);
        }
        self.processor.process(block);
        let mut start = 0;
        if let State::Warming { frames_left } = self.state {
            start = frames_left.min(frames);
            block.left[..start].copy_from_slice(&self.dry_left[..start]);
            block.right[..start].copy_from_slice(&self.dry_right[..start]);
            self.state = if start == frames_left {
                self.wet.snap(0.0);
                self.wet.set(1.0);
                State::Active
            } else {
                State::Warming { frames_left: frames_left - start }
            };
        }
        if self.state == State::Active {
            self.cross_fade(block, start);
        }
    }

    /// What the stage changed in the block processed last: output less aligned
    /// input, which is given the stage's plain gain.
    pub fn write_delta(&mut self, output: &StereoBlock<'_>, left: &mut [f32], right: &mut [f32]) {
        if self.state == State::Idle {
            left.fill(0.0);
            right.fill(0.0);
            return;
        }
        for frame in 0..left.len() {
            let gain = self.plain_gain.advance();
            let change = |wet: f32, dry: f32| (f64::from(wet) - gain * f64::from(dry)) as f32;
            left[frame] = change(output.left[frame], self.dry_left[frame]);
            right[frame] = change(output.right[frame], self.dry_right[frame]);
        }
    }

    /// Mixes stage and delayed input from frame `start` on while a fade is under way.
    fn cross_fade(&mut self, block: &mut StereoBlock<'_>, start: usize) {
        let frames = block.frames();
        let mut frame = start;
        while frame < frames && !self.wet.is_settled() {
            let wet = self.wet.advance() as f32;
            let (dry_left, dry_right) = (self.dry_left[frame], self.dry_right[frame]);
            block.left[frame] = dry_left + wet * (block.left[frame] - dry_left);
            block.right[frame] = dry_right + wet * (block.right[frame] - dry_right);
            frame += 1;
        }
        if self.wet.is_settled() && self.wet.value() == 0.0 {
            block.left[frame..].copy_from_slice(&self.dry_left[frame..frames]);
            block.right[frame..].copy_from_slice(&self.dry_right[frame..frames]);
            self.become_idle();
        }
    }

    fn become_idle(&mut self) {
        self.state = State::Idle;
        self.wet.snap(0.0);
        self.processor.reset();
        self.is_anchored = false;
    }
}

/// Beyond this (+120 dBFS) a sample is no sound, and squaring it would soon overflow.
const HIGHEST_MAGNITUDE: f32 = 1e6;

/// Replaces NaN, infinity and absurd magnitudes by silence, so that no
/// recursive filter is ever poisoned.
pub(crate) fn silence_non_finite(block: &mut StereoBlock<'_>) {
    for channel in block.channels() {
        for sample in channel {
            *sample = if sample.abs() <= HIGHEST_MAGNITUDE { *sample } else { 0.0 };
        }
    }
}
