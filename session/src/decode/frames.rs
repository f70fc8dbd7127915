//! Streams that are frames one behind another with nothing around them: MP3, and AAC in ADTS.
//!
//! In step a frame's head is enough to know it; out of step anything may look like one, so
//! several have to follow each other. A frame behind which nothing follows was cut, or what
//! follows it was damaged: which of them shows where the next ones stand.

mod ahead;

use self::ahead::Ahead;
use super::section::Section;
use super::source::Format;
use super::tags::id3v2_bytes;
use super::words::{counted, format_changed};

/// What stands before the first frame is looked through so far.
const MOST_BEFORE_BYTES: u64 = 1 << 20;
/// Frames that have to follow each other to be believed where anything may stand.
const LEAST_IN_A_ROW: usize = 3;

/// What a frame begins with.
pub(super) trait Head: Copy {
    /// Its bytes.
    const BYTES: usize;
    /// The longest frame, and the head of the next.
    const MOST_AHEAD_BYTES: usize;
    /// Whether frames are mostly of one length.
    const ARE_STEADY: bool;
    /// What such a stream is called.
    const NAME: &'static str;

    /// Reads one; `None` where none stands.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Reads one of which only the length is believed, and the rest is like another.
    fn read_unmarked(bytes: &[u8], like: &Self) -> Option<Self>;
    /// Bytes of the whole frame.
    fn frame_bytes(&self) -> usize;
    /// Whether both can be of one stream.
    fn is_like(&self, other: &Self) -> bool;
    /// The format of its audio.
    fn format(&self) -> Format;
}

/// What comes next.
pub(super) enum Next<H> {
    /// A frame.
    Frame(H, Vec<u8>),
    /// So many bytes that are no frame, with frames behind them.
    Gap {
        /// How many.
        bytes: u64,
        /// Whether there may have been more of them once.
        is_cut: bool,
    },
    /// The end, and what there is to say about it.
    End(Option<String>),
}

/// The frames of a file.
pub(super) struct Frames<H> {
    ahead: Ahead,
    /// The first frame; all others are like it.
    like: H,
}

/// Why there is no first frame.
pub(super) enum NoFrame {
    /// An error of the drive.
    Error(String),
    /// None was found; the first bytes of the file.
    Nothing(Vec<u8>),
}

impl<H: Head> Frames<H> {
    /// Finds the first frame, behind whatever stands before it.
    pub(super) fn new(section: Section) -> Result<Self, NoFrame> {
        let mut ahead = Ahead::new(section);
        let beginning = ahead.peek(H::BYTES).map_err(NoFrame::Error)?.to_vec();
        while ahead.consumed < MOST_BEFORE_BYTES.min(ahead.length) {
            let bytes = ahead.peek(LEAST_IN_A_ROW * H::MOST_AHEAD_BYTES).map_err(NoFrame::Error)?;
            if bytes.len() < H::BYTES {
                break;
            }
            if let Some(like) = in_a_row(bytes, LEAST_IN_A_ROW, None) {
                return Ok(Self { ahead, like });
            }
            let next = bytes[1..].iter().position(|byte| *byte == 0xFF);
            let skipped = next.map_or(bytes.len(), |place| place + 1);
            ahead.skip(skipped as u64).map_err(NoFrame::Error)?;
        }
        Err(NoFrame::Nothing(beginning))
    }

    /// The first frame's head.
    pub(super) fn like(&self) -> H {
        self.like
    }

    /// The share of the file that is done with.
    pub(super) fn share_done(&self) -> f64 {
        self.ahead.consumed as f64 / self.ahead.length.max(1) as f64
    }

    /// The same frames once more, from here on.
    pub(super) fn survey(&self) -> Result<Self, String> {
        Ok(Self { ahead: self.ahead.fork()?, like: self.like })
    }

    /// The next frame, or what stands there instead.
    pub(super) fn next(&mut self) -> Result<Next<H>, String> {
        let like = self.like;
        let (mut skipped, mut is_cut) = (0, false);
        loop {
            let bytes = self.ahead.peek(LEAST_IN_A_ROW * H::MOST_AHEAD_BYTES)?;
            if bytes.len() < H::BYTES {
                let behind = skipped + bytes.len() as u64;
                // Padding is nothing to speak of.
                let is_much = behind > H::MOST_AHEAD_BYTES as u64;
                return Ok(Next::End(is_much.then(|| {
                    let (bytes, name) = (counted(behind, "byte", "bytes"), H::NAME);
                    format!("the last {bytes} of the file are no {name}: left out")
                })));
            }
            // Songs were joined with all that stood around them.
            if let Some(tag) = tag_bytes(bytes) {
                self.ahead.skip(tag)?;
                continue;
            }
            let head = H::read(bytes).filter(|head| head.is_like(&like));
            let is_whole = head.is_some_and(|head| bytes.len() >= head.frame_bytes());
            if head.is_some() && !is_whole && skipped == 0 && bytes.len() < H::MOST_AHEAD_BYTES {
                let text = "it is cut short in mid-frame: its end is missing";
                return Ok(Next::End(Some(text.to_owned())));
            }
            if let Some(head) = head.filter(|_| is_whole)
                && (skipped == 0 || in_a_row(bytes, 2, Some(&like)).is_some())
            {
                if skipped > 0 {
                    return Ok(Next::Gap { bytes: skipped, is_cut });
                }
                if !is_cut_in(bytes, &head, &like) {
                    let packet = bytes[..head.frame_bytes()].to_vec();
                    self.ahead.skip(packet.len() as u64)?;
                    return Ok(Next::Frame(head, packet));
                }
                // What it lacks nobody knows, so none of it is heard.
                is_cut = true;
                skipped = H::BYTES as u64;
                self.ahead.skip(skipped)?;
                continue;
            }
            if let Some(other) = in_a_row::<H>(bytes, LEAST_IN_A_ROW, None)
                && !other.is_like(&like)
            {
                return Err(format_changed(like.format(), other.format()));
            }
            let next = bytes[1..].iter().position(|byte| matches!(byte, 0xFF | b'I' | b'T' | b'A'));
            let step = next.map_or(bytes.len(), |place| place + 1) as u64;
            skipped += step;
            self.ahead.skip(step)?;
        }
    }
}

/// Whether the frame that these bytes begin with is not the whole that it was: neither a
/// frame, nor a tag, nor the end stands behind it, nor one whose mark is damaged, nor as
/// much as some frames like it.
fn is_cut_in<H: Head>(bytes: &[u8], head: &H, like: &H) -> bool {
    let Some(behind) = bytes.get(head.frame_bytes()..).filter(|behind| behind.len() >= H::BYTES)
    else {
        return false;
    };
    let is_frame = |bytes: &[u8]| H::read(bytes).is_some_and(|head| head.is_like(like));
    if is_frame(behind) || tag_bytes(behind).is_some() {
        return false;
    }
    if let Some(unmarked) = H::read_unmarked(behind, like) {
        let next = behind.get(unmarked.frame_bytes()..);
        if next.is_some_and(|next| next.len() < H::BYTES || is_frame(next)) {
            return false;
        }
    }
    if !H::ARE_STEADY {
        return true;
    }
    let next = (1..behind.len()).find(|place| {
        behind[*place] == 0xFF && in_a_row(&behind[*place..], 2, Some(like)).is_some()
    });
    next.is_some_and(|distance| {
        let frames = distance.div_ceil(head.frame_bytes());
        // Some are a byte longer than others.
        distance.abs_diff(frames * head.frame_bytes()) > frames
    })
}

/// The first of so many frames that follow one another from the first byte on, all alike,
/// or as many as there are before the end.
fn in_a_row<H: Head>(bytes: &[u8], count: usize, like: Option<&H>) -> Option<H> {
    let first = H::read(bytes)?;
    let like = like.copied().unwrap_or(first);
    let mut place = 0;
    for _ in 0..count {
        let Some(rest) = bytes.get(place..).filter(|rest| rest.len() >= H::BYTES) else {
            // The end of the file comes first; one frame alone may be anything.
            let is_whole = place > first.frame_bytes() || bytes.len() == first.frame_bytes();
            return is_whole.then_some(first);
        };
        let head = H::read(rest).filter(|head| head.is_like(&like))?;
        place += head.frame_bytes();
    }
    Some(first)
}

/// How long the tag is that begins here.
fn tag_bytes(bytes: &[u8]) -> Option<u64> {
    if bytes.starts_with(b"TAG") {
        return Some(128);
    }
    if bytes.starts_with(b"APETAGEX") {
        let size = bytes.get(12..16)?.try_into().ok()?;
        return Some(32 + u64::from(u32::from_le_bytes(size)));
    }
    id3v2_bytes(bytes)
}
