//! Rendering a whole file through the chain, exactly as the plug-in would.

use burnish_dsp::chain::Chain;
use burnish_dsp::dither::OverFullScale;
use burnish_dsp::processor::{AudioSpec, StereoBlock};
use burnish_dsp::settings::ChainSettings;

use crate::audio::{StereoAudio, Take};
use crate::error::FileError;
use crate::song::Song;

/// Frames that go through the chain at a time.
pub(crate) const BLOCK_FRAMES: usize = 512;

/// What the chain made of a file.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The master: as long as the mix and aligned with it, and mono where that is mono.
    pub audio: StereoAudio,
    /// What there is to say of it.
    pub facts: RenderFacts,
}

/// What there is to say of a render beside its audio.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RenderFacts {
    /// What the dither had to cut off, in all channels of the master.
    pub over_full_scale: OverFullScale,
    /// The latency that was taken out, frames.
    pub latency_frames: usize,
}

/// Renders a song and gives the master piece by piece: as long as the mix and aligned with it.
/// `progress` is told the share done, 0 to 1.
///
/// What becomes of a mono mix is the left channel, as in a host's mono track: nothing in
/// the chain tells the channels apart but bands of the equaliser that are meant to, and
/// dither, of which there are two that know nothing of each other.
///
/// # Errors
/// What `take` says, and what keeps the mix from being read.
pub fn render_song(
    mix: &dyn Song,
    settings: &ChainSettings,
    progress: &mut dyn FnMut(f32),
    take: &mut Take<'_>,
) -> Result<RenderFacts, FileError> {
    let mut rendering = Rendering::new(mix.sample_rate_hz(), mix.channels(), settings);
    let total = (mix.frames() as f32).max(1.0);
    let mut done = 0;
    mix.play(&mut |left, right| {
        let pieces = left.chunks(BLOCK_FRAMES).zip(right.chunks(BLOCK_FRAMES));
        for (left, right) in pieces {
            rendering.process(left, right, take)?;
            done += left.len();
            progress((done as f32 / total).min(1.0));
        }
        Ok(())
    })?;
    let facts = rendering.finish(take)?;
    progress(1.0);
    Ok(facts)
}

/// Renders audio in memory; see [`render_song`].
pub fn render(
    mix: &StereoAudio,
    settings: &ChainSettings,
    mut progress: impl FnMut(f32),
) -> Rendered {
    let (sample_rate_hz, channels) = (mix.sample_rate_hz, mix.channels);
    let mut audio = StereoAudio { sample_rate_hz, channels, left: Vec::new(), right: Vec::new() };
    audio.left.reserve(mix.left.len());
    audio.right.reserve(mix.left.len());
    let facts = render_song(mix, settings, &mut progress, &mut |left, right| {
        audio.left.extend_from_slice(left);
        audio.right.extend_from_slice(right);
        Ok(())
    });
    // Neither audio in memory nor what takes it here ever fails.
    Rendered { audio, facts: facts.unwrap_or_default() }
}

/// A song on its way through the chain.
struct Rendering {
    chain: Chain,
    is_mono: bool,
    latency_frames: usize,
    /// Frames of what comes out that lie before the song.
    early_frames: usize,
    block: [Vec<f32>; 2],
}

impl Rendering {
    fn new(sample_rate_hz: u32, channels: u16, settings: &ChainSettings) -> Self {
        let spec =
            AudioSpec { sample_rate_hz: f64::from(sample_rate_hz), max_block_frames: BLOCK_FRAMES };
        let mut chain = Chain::new(spec);
        let is_mono = channels == 1;
        chain.set_mono(is_mono);
        chain.configure(settings);
        let latency_frames = chain.latency_frames();
        let block = [Vec::new(), Vec::new()];
        Self { chain, is_mono, latency_frames, early_frames: latency_frames, block }
    }

    /// Takes at most a block of the mix, and gives what is ready of the master.
    fn process(
        &mut self,
        left: &[f32],
        right: &[f32],
        take: &mut Take<'_>,
    ) -> Result<(), FileError> {
        for (block, samples) in self.block.iter_mut().zip([left, right]) {
            block.clear();
            block.extend_from_slice(samples);
        }
        let [left, right] = &mut self.block;
        self.chain.process(&mut StereoBlock::new(left, right));
        let early = self.early_frames.min(left.len());
        self.early_frames -= early;
        if early == left.len() {
            return Ok(());
        }
        let left = &left[early..];
        take(left, if self.is_mono { left } else { &right[early..] })
    }

    /// Gives what the latency has kept back.
    fn finish(mut self, take: &mut Take<'_>) -> Result<RenderFacts, FileError> {
        let silence = [0.0; BLOCK_FRAMES];
        let mut left = self.latency_frames;
        while left > 0 {
            let frames = left.min(BLOCK_FRAMES);
            self.process(&silence[..frames], &silence[..frames], take)?;
            left -= frames;
        }
        let [mut over_full_scale, over_right] = self.chain.over_full_scale();
        if !self.is_mono {
            over_full_scale = over_full_scale.and(over_right);
        }
        Ok(RenderFacts { over_full_scale, latency_frames: self.latency_frames })
    }
}
