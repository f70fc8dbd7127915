//! The mix check while the editor is open: what comes of the mix is handed to a thread, which
//! listens and says now and then what it has found.
//!
//! Nothing of it touches the audio thread, and while nothing is heard the thread sleeps.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use burnish_dsp::readings::FrameChunk;
use burnish_session::measure::Measuring;
use burnish_session::mix_check::{MixCheck, Report};

use crate::lock::lock;
use crate::pin;

/// What is heard is handed on in pieces of at least so many frames.
const PIECE_FRAMES: usize = 2048;
/// A report is made after so much more of the mix, seconds; the first comes as soon.
const EVERY_S: f64 = 2.0;
/// Silent chunks that are handed on: more is a host that stands still.
const SILENT_CHUNKS: usize = 32;

/// What was heard, and what was found in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) report: Option<Arc<Report>>,
    pub(super) seconds: f64,
}

/// A piece of the mix.
type Piece = [Vec<f32>; 2];

/// Hands the mix to the thread that listens.
#[derive(Debug)]
pub(super) struct Checking {
    format: (u32, u16),
    thread: Option<Sender<Piece>>,
    heard: Arc<Mutex<Heard>>,
    piece: [Vec<f32>; 2],
    silent_chunks: usize,
}

impl Checking {
    /// Nothing heard yet of a mix of that sample rate, Hz, and so many channels.
    pub(super) fn new(sample_rate_hz: u32, channels: u16) -> Self {
        Self {
            format: (sample_rate_hz, channels),
            thread: None,
            heard: Arc::default(),
            piece: [Vec::new(), Vec::new()],
            silent_chunks: SILENT_CHUNKS,
        }
    }

    /// Begins anew if the stream is another.
    pub(super) fn follow(&mut self, sample_rate_hz: u32, channels: u16) {
        if self.format != (sample_rate_hz, channels) {
            *self = Self::new(sample_rate_hz, channels);
        }
    }

    /// Forgets what was heard.
    pub(super) fn again(&mut self) {
        *self = Self::new(self.format.0, self.format.1);
    }

    /// What was heard up to now.
    pub(super) fn heard(&self) -> Heard {
        lock(&self.heard).clone()
    }

    /// Hears some frames of the mix.
    pub(super) fn hear(&mut self, chunk: &FrameChunk) {
        let is_silent = chunk.iter().all(|frame| *frame == [0.0; 2]);
        self.silent_chunks = if is_silent { self.silent_chunks.saturating_add(1) } else { 0 };
        if self.silent_chunks > SILENT_CHUNKS {
            return;
        }
        let [left, right] = &mut self.piece;
        left.extend(chunk.iter().map(|frame| frame[0]));
        right.extend(chunk.iter().map(|frame| frame[1]));
        if left.len() >= PIECE_FRAMES {
            let piece = std::mem::take(&mut self.piece);
            if self.thread.is_none() {
                self.thread = listener(self.format, Arc::clone(&self.heard));
            }
            if let Some(thread) = &self.thread {
                // It listens as long as this is there; else there is no report.
                let _ = thread.send(piece);
            }
        }
    }
}

/// Starts a thread that listens; none where there is none to be had.
fn listener(format: (u32, u16), heard: Arc<Mutex<Heard>>) -> Option<Sender<Piece>> {
    // It may outlive the instance by a moment.
    pin::keep_loaded();
    let (sender, receiver) = channel();
    let listen = move || listen(format, &receiver, &heard);
    thread::Builder::new().name("burnish-check".to_owned()).spawn(listen).ok()?;
    Some(sender)
}

/// Listens until nobody sends any more.
fn listen((rate_hz, channels): (u32, u16), pieces: &Receiver<Piece>, heard: &Mutex<Heard>) {
    let (mut check, mut measuring) =
        (MixCheck::new(rate_hz, channels), Measuring::new(rate_hz, channels));
    let (mut frames, mut told_s) = (0, 0.0);
    while let Ok([left, right]) = pieces.recv() {
        check.take(&left, &right);
        measuring.take(&left, &right);
        frames += left.len();
        let seconds = frames as f64 / f64::from(rate_hz);
        let is_due = seconds - told_s >= EVERY_S;
        let report = is_due.then(|| {
            let mut report = check.report(&measuring.so_far(), None, false);
            // Seconds that were heard are no places in the song.
            report.findings.iter_mut().for_each(|finding| finding.spans.clear());
            Arc::new(report)
        });
        let mut heard = lock(heard);
        heard.seconds = seconds;
        if let Some(report) = report {
            told_s = seconds;
            heard.report = Some(report);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use burnish_dsp::readings::CHUNK_FRAMES;
    use burnish_session::mix_check::{Kind, Verdict};

    use super::*;

    /// Plays so many seconds of a tone that is cut off at half of full scale.
    fn play(checking: &mut Checking, seconds: f64, size: f32) {
        let chunks = (seconds * 48_000.0) as usize / CHUNK_FRAMES;
        for chunk in 0..chunks {
            let frames: FrameChunk = std::array::from_fn(|frame| {
                let at = (chunk * CHUNK_FRAMES + frame) as f32 / 48_000.0;
                let swell = 0.5 + 0.5 * (at * 3.1).sin();
                let tone = (std::f32::consts::TAU * 220.0 * at).sin() * swell * size;
                [tone.clamp(-0.5, 0.5), (0.9 * tone).clamp(-0.5, 0.5)]
            });
            checking.hear(&frames);
        }
    }

    fn wait(checking: &Checking, is_there: impl Fn(&Heard) -> bool) -> Heard {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let heard = checking.heard();
            if is_there(&heard) || Instant::now() > until {
                return heard;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_is_heard_is_reported_and_what_is_forgotten_is_not() {
        let mut checking = Checking::new(48_000, 2);
        assert!(checking.heard().report.is_none());
        play(&mut checking, 8.0, 0.9);
        let heard = wait(&checking, |heard| heard.seconds > 7.9);
        assert!((heard.seconds - 8.0).abs() < 0.05, "{}", heard.seconds);
        let report = heard.report.expect("8 s are enough for one");
        assert!(matches!(report.verdict, Verdict::Mix { .. }), "{report:?}");
        assert!(report.findings.iter().any(|finding| finding.kind == Kind::Clipping));
        // Silence is a host that stands still.
        for _ in 0..10_000 {
            checking.hear(&[[0.0; 2]; CHUNK_FRAMES]);
        }
        thread::sleep(Duration::from_millis(50));
        assert!(checking.heard().seconds < 8.1);
        checking.follow(48_000, 2);
        assert!(checking.heard().report.is_some());
        checking.again();
        assert!(checking.heard().report.is_none() && checking.heard().seconds == 0.0);
        play(&mut checking, 3.0, 0.2);
        let report = wait(&checking, |heard| heard.report.is_some()).report.unwrap();
        assert!(report.findings.iter().all(|finding| finding.kind != Kind::Clipping));
        checking.follow(96_000, 2);
        assert!(checking.heard().report.is_none());
    }

    #[test]
    fn gaps_and_ends_are_not_looked_for_in_what_may_have_some() {
        let mut checking = Checking::new(48_000, 2);
        for _ in 0..4 {
            play(&mut checking, 1.0, 0.2);
            checking.hear(&[[0.0; 2]; CHUNK_FRAMES]);
        }
        let report = wait(&checking, |heard| heard.report.is_some()).report.unwrap();
        assert!(report.findings.iter().all(|one| one.kind.is_of_the_sound()), "{report:?}");
        assert!(report.findings.iter().all(|one| one.spans.is_empty()), "{report:?}");
    }
}
