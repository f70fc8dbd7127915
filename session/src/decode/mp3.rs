//! MP3 (ISO/IEC 11172-3 and 13818-3, layer III): frames one behind another, with nothing
//! around them.
//!
//! A file is made of parts: each begins with a frame of the encoder's own remarks (Xing,
//! Info, VBRI), or is the only one. Of each part its own run-up and padding are cut off,
//! so two songs that were joined are both there and nothing else is.

mod frame;
mod remarks;

use std::io::{BufReader, Read};

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;

use self::frame::{HEADER_BYTES, Header};
use self::remarks::Remarks;
use super::codec::{Codec, Failure};
use super::demuxed::MOST_DAMAGED_SHARE;
use super::section::Section;
use super::source::{Format, Source};
use super::tags::id3v2_bytes;
use super::words::{
    Lost, cannot_read, check_lossy_length, counted, format_changed, found, seconds,
};

/// The longest frame, 320 kbit/s at 32 kHz, and the next header.
const MOST_AHEAD_BYTES: usize = 1441 + HEADER_BYTES;
/// What stands before the first frame is looked through so far.
const MOST_BEFORE_BYTES: u64 = 1 << 20;
/// Frames that have to follow each other to be believed where anything may stand.
const LEAST_IN_A_ROW: usize = 3;
/// A gap is filled with no more silence than this.
const MOST_SILENCE_S: u64 = 60;
const READ_BYTES: usize = 1 << 16;

/// The bytes of a file that are still to come.
struct Ahead {
    file: BufReader<Section>,
    bytes: Vec<u8>,
    /// Bytes of the buffer that are done with.
    start: usize,
    is_at_end: bool,
    /// Bytes done with in all.
    consumed: u64,
    length: u64,
}

impl Ahead {
    fn new(section: Section) -> Self {
        let length = section.length();
        let file = BufReader::new(section);
        Self { file, bytes: Vec::new(), start: 0, is_at_end: false, consumed: 0, length }
    }

    /// So many bytes, or as many as there are.
    fn peek(&mut self, count: usize) -> Result<&[u8], String> {
        if self.bytes.len() - self.start < count && !self.is_at_end {
            self.bytes.drain(..self.start);
            self.start = 0;
            while self.bytes.len() < count && !self.is_at_end {
                let read = (&mut self.file)
                    .take(READ_BYTES as u64)
                    .read_to_end(&mut self.bytes)
                    .map_err(|error| cannot_read(&error))?;
                self.is_at_end = read == 0;
            }
        }
        let end = self.bytes.len().min(self.start + count);
        Ok(&self.bytes[self.start..end])
    }

    fn skip(&mut self, count: u64) -> Result<(), String> {
        let mut left = count;
        while left > 0 {
            let there = self.peek(left.min(READ_BYTES as u64) as usize)?.len();
            if there == 0 {
                break;
            }
            self.start += there;
            self.consumed += there as u64;
            left -= there as u64;
        }
        Ok(())
    }
}

/// A part of the file.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    remarks: Remarks,
    /// Where it begins in what is given.
    start: u64,
    /// Frames decoded of it.
    decoded: u64,
}

/// An MP3.
struct Mp3Source {
    ahead: Ahead,
    codec: Codec,
    /// The first frame; all others are like it.
    like: Header,
    part: Part,
    given: u64,
    promised_before: u64,
    /// Whether every part has told its length.
    are_parts_counted: bool,
    packets: u64,
    frame_bytes: u64,
    lost: Lost,
    newest: Vec<f32>,
    warnings: Vec<String>,
}

/// What comes next.
enum Next {
    Frame(Header, Vec<u8>),
    /// So many bytes that are no frame, with frames behind them.
    Gap(u64),
    End,
}

/// Opens an MP3.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let mut ahead = Ahead::new(section);
    let like = first_frame(&mut ahead)?;
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_MP3).with_sample_rate(like.sample_rate_hz);
    Ok(Box::new(Mp3Source {
        codec: Codec::new(&parameters)?,
        ahead,
        like,
        part: Part::default(),
        given: 0,
        promised_before: 0,
        are_parts_counted: true,
        packets: 0,
        frame_bytes: 0,
        lost: Lost::default(),
        newest: Vec::new(),
        warnings: Vec::new(),
    }))
}

/// Finds the first frame, behind whatever stands before it.
fn first_frame(ahead: &mut Ahead) -> Result<Header, String> {
    let nothing = || found("something else (no kind of audio that is known)");
    let mut other_layer = None;
    while ahead.consumed < MOST_BEFORE_BYTES.min(ahead.length) {
        let is_first = ahead.consumed == 0;
        let bytes = ahead.peek(LEAST_IN_A_ROW * MOST_AHEAD_BYTES)?;
        if bytes.len() < HEADER_BYTES {
            break;
        }
        if let Some(header) = frame::in_a_row(bytes, LEAST_IN_A_ROW, None) {
            return Ok(header);
        }
        if is_first {
            other_layer = frame::other_layer(bytes);
        }
        let next = bytes[1..].iter().position(|byte| *byte == 0xFF);
        let skipped = next.map_or(bytes.len(), |place| place + 1);
        ahead.skip(skipped as u64)?;
    }
    Err(match other_layer {
        Some(name) => found(name),
        None => nothing(),
    })
}

/// How long the frame is that begins here; for the tests.
#[cfg(test)]
pub(super) fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    Header::read(bytes).map(|header| header.bytes)
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

impl Mp3Source {
    /// The next frame, or what stands there instead.
    fn next(&mut self) -> Result<Next, String> {
        let mut skipped = 0;
        loop {
            let like = self.like;
            let bytes = self.ahead.peek(LEAST_IN_A_ROW * MOST_AHEAD_BYTES)?;
            if bytes.len() < HEADER_BYTES {
                let behind = skipped + bytes.len() as u64;
                self.say_what_was_behind(behind);
                return Ok(Next::End);
            }
            // Songs were joined with all that stood around them.
            if let Some(tag) = tag_bytes(bytes) {
                self.ahead.skip(tag)?;
                continue;
            }
            let header = Header::read(bytes).filter(|header| header.is_like(&like));
            // In step one header is enough; out of step anything may look like one.
            let is_frame = |header: &Header| {
                bytes.len() >= header.bytes
                    && (skipped == 0 || frame::in_a_row(bytes, 2, Some(&like)).is_some())
            };
            if let Some(header) = header.filter(is_frame) {
                if skipped > 0 {
                    return Ok(Next::Gap(skipped));
                }
                let packet = bytes[..header.bytes].to_vec();
                self.ahead.skip(header.bytes as u64)?;
                return Ok(Next::Frame(header, packet));
            }
            if header.is_some() && skipped == 0 && bytes.len() < MOST_AHEAD_BYTES {
                self.warnings.push("it is cut short in mid-frame: its end is missing".to_owned());
                return Ok(Next::End);
            }
            if let Some(other) = frame::in_a_row(bytes, LEAST_IN_A_ROW, None)
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

    /// What stands behind the last frame; padding is nothing to speak of.
    fn say_what_was_behind(&mut self, bytes: u64) {
        if bytes > MOST_AHEAD_BYTES as u64 {
            let bytes = counted(bytes, "byte", "bytes");
            self.warnings.push(format!("the last {bytes} of the file are no MP3: left out"));
        }
    }

    /// Silence where frames were lost, as long as what stands there would have been.
    fn fill(&mut self, bytes: u64) {
        // Before any frame was decoded, the first one is what is known of them.
        let mean = self.frame_bytes.checked_div(self.packets).unwrap_or(self.like.bytes as u64);
        let mean = mean.max(1);
        let most = MOST_SILENCE_S * u64::from(self.like.sample_rate_hz);
        let frames = ((bytes + mean / 2) / mean * self.like.frames as u64).min(most);
        self.codec.reset();
        self.lost.count(self.given, frames);
        self.newest.resize(frames as usize * self.like.channels, 0.0);
    }

    fn decode(&mut self, packet: &[u8]) -> Result<(), String> {
        self.packets += 1;
        self.frame_bytes += packet.len() as u64;
        match self.codec.decode(packet, &mut self.newest) {
            Ok(_) => Ok(()),
            Err(Failure::Damage(_)) => {
                self.lost.count(self.given, self.like.frames as u64);
                self.newest.resize(self.like.frames * self.like.channels, 0.0);
                Ok(())
            }
            Err(Failure::Fatal(text)) => Err(format!("expected an MP3, found damage ({text})")),
        }
    }

    /// Hands the newest piece on without what of its part is run-up and padding.
    fn hand_over(&mut self, interleaved: &mut Vec<f32>) {
        let channels = self.like.channels;
        let frames = (self.newest.len() / channels) as u64;
        let (start, end) = (self.part.decoded, self.part.decoded + frames);
        self.part.decoded = end;
        let from = self.part.remarks.delay.clamp(start, end);
        let mut kept = vec![(from, end)];
        if let Some((first, last)) = self.part.remarks.padding() {
            // Whatever lies behind the padding is audio again.
            let (first, last) = (first.clamp(from, end), last.clamp(from, end));
            kept = vec![(from, first), (last, end)];
        }
        for (from, to) in kept {
            let place = |frame: u64| (frame - start) as usize * channels;
            interleaved.extend_from_slice(&self.newest[place(from)..place(to)]);
            self.given += to - from;
        }
        self.newest.clear();
    }

    /// Ends a part and says what lacks of it, or is more.
    fn finish_part(&mut self) -> Result<(), String> {
        let rate_hz = self.like.sample_rate_hz;
        let Some(promised) = self.part.remarks.frames() else {
            self.are_parts_counted = false;
            return Ok(());
        };
        let given = self.given - self.part.start;
        // Some encoders count the frame of their remarks.
        if given + self.like.frames as u64 >= promised {
            let more = given.saturating_sub(promised);
            if more > self.like.frames as u64 {
                let more_s = seconds(more, rate_hz);
                self.warnings.push(format!(
                    "it goes on for {more_s:.2} s beyond the end that its header promises: all of it was read"
                ));
            }
        } else {
            self.warnings.extend(check_lossy_length(promised, given, rate_hz)?);
        }
        self.promised_before += promised;
        Ok(())
    }

    fn begin_part(&mut self, remarks: Remarks) -> Result<(), String> {
        if self.part.decoded > 0 {
            self.finish_part()?;
            self.codec.reset();
        }
        self.part = Part { remarks, start: self.given, ..Part::default() };
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        self.finish_part()?;
        if self.lost.places * MOST_DAMAGED_SHARE > self.packets {
            return Err(format!(
                "expected intact audio, found damage in {} of {}",
                self.lost.places,
                counted(self.packets, "packet", "packets")
            ));
        }
        self.warnings.extend(self.lost.warning("damaged", self.like.sample_rate_hz));
        Ok(())
    }
}

impl Source for Mp3Source {
    fn format(&self) -> Format {
        self.like.format()
    }

    fn promised_frames(&self) -> Option<u64> {
        let promised = self.part.remarks.frames()?;
        self.are_parts_counted.then_some(self.promised_before + promised)
    }

    fn estimated_frames(&self) -> Option<u64> {
        let share = self.ahead.consumed as f64 / self.ahead.length.max(1) as f64;
        (share > 0.0).then(|| (self.given as f64 / share) as u64)
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        match self.next()? {
            Next::Frame(header, packet) => {
                if let Some(remarks) = Remarks::read(&header, &packet) {
                    self.begin_part(remarks)?;
                    return Ok(true);
                }
                self.decode(&packet)?;
            }
            Next::Gap(bytes) => self.fill(bytes),
            Next::End => {
                self.finish()?;
                return Ok(false);
            }
        }
        self.hand_over(interleaved);
        Ok(true)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}
