//! MP3 (ISO/IEC 11172-3 and 13818-3, layer III): frames one behind another, with nothing
//! around them.
//!
//! A file is made of parts: each begins with a frame of the encoder's own remarks (Xing,
//! Info, VBRI), or is the only one. Of each part its own run-up and padding are cut off,
//! so two songs that were joined are both there and nothing else is.

mod frame;
mod remarks;
mod reservoir;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;

use self::frame::{Header, other_layer};
use self::remarks::Remarks;
use self::reservoir::Reservoir;
use super::codec::Codec;
use super::frames::{Frames, Head, Next, NoFrame};
use super::played::Played;
use super::section::Section;
use super::source::{Format, Source};
use super::words::{at, check_lossy_length, counted, found, seconds};

/// Silence that headers may ask for in all where something lacks, seconds.
const MOST_MISSING_S: u64 = 60;

/// A part of the file.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    remarks: Remarks,
    /// Where it begins in what is given.
    start: u64,
    /// Frames decoded of it.
    decoded: u64,
    /// What is still to come, looked up at the first place where something lacks.
    rest: Option<Rest>,
    /// Whether what its header counts more than there is was filled in.
    is_filled: bool,
}

/// What is still to come of a part.
#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    packets: u64,
    /// Places at which something lacks.
    places: u64,
}

/// An MP3.
struct Mp3Source {
    frames: Frames<Header>,
    reservoir: Reservoir,
    played: Played,
    /// The first frame; all others are like it.
    like: Header,
    part: Part,
    given: u64,
    promised_before: u64,
    /// Whether every part has told its length.
    are_parts_counted: bool,
    /// Packets that headers are still believed to lack.
    most_missing: u64,
    warnings: Vec<String>,
}

/// Opens an MP3.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let frames = Frames::<Header>::new(section).map_err(|none| match none {
        NoFrame::Error(text) => text,
        NoFrame::Nothing(bytes) => {
            found(other_layer(&bytes).unwrap_or("something else (no kind of audio that is known)"))
        }
    })?;
    let like = frames.like();
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_MP3).with_sample_rate(like.sample_rate_hz);
    let codec = Codec::new(&parameters)?;
    Ok(Box::new(Mp3Source {
        frames,
        reservoir: Reservoir::default(),
        played: Played::new(codec, like.format(), like.frames as u64, like.bytes as u64),
        like,
        part: Part::default(),
        given: 0,
        promised_before: 0,
        are_parts_counted: true,
        most_missing: MOST_MISSING_S * u64::from(like.sample_rate_hz) / like.frames as u64,
        warnings: Vec::new(),
    }))
}

/// How long the frame is that begins here; for the tests.
#[cfg(test)]
pub(super) fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    Header::read(bytes).map(|header| header.bytes)
}

impl Mp3Source {
    /// Packets that lack in this part where its header counts them, and whether this is the
    /// last place at which some do; so many are in hand, neither decoded nor still to come.
    fn missing(&mut self, in_hand: u64) -> Result<Option<(u64, bool)>, String> {
        let promised = self.part.remarks.packets(&self.like).filter(|_| !self.part.is_filled);
        let Some(promised) = promised else { return Ok(None) };
        let rest = match self.part.rest {
            Some(rest) => rest,
            None => survey(self.frames.survey()?)?,
        };
        self.part.rest = Some(rest);
        let decoded = (self.part.decoded + self.played.frames()) / self.like.frames as u64;
        let there = decoded + in_hand + rest.packets;
        let missing = promised.saturating_sub(there).min(self.most_missing);
        // A header that is wrong is believed once.
        if rest.places == 0 && missing > 0 {
            self.part.is_filled = true;
            self.most_missing -= missing;
        }
        Ok(Some((missing, rest.places == 0)))
    }

    /// A place at which something lacks is no longer to come.
    fn pass_place(&mut self) {
        if let Some(rest) = &mut self.part.rest {
            rest.places = rest.places.saturating_sub(1);
        }
    }

    /// Silence where frames were lost, as many as the header says, or as what stands there
    /// would have been.
    fn fill(&mut self, bytes: u64, is_cut: bool) -> Result<(), String> {
        self.reservoir = Reservoir::default();
        self.pass_place();
        let likely = self.played.packets_of(bytes);
        let packets = match self.missing(0)? {
            Some((0, true)) => {
                let (bytes, place) = (counted(bytes, "byte", "bytes"), self.place());
                self.warnings.push(format!("{bytes} at {place} are no MP3: left out"));
                return Ok(());
            }
            Some((missing, true)) => missing,
            Some((missing, false)) => {
                self.played.lost.is_rough_between |= is_cut;
                likely.min(missing)
            }
            None => {
                self.played.lost.may_be_more |= is_cut;
                likely
            }
        };
        self.played.fill(packets, self.given);
        Ok(())
    }

    fn place(&self) -> String {
        at(self.given, self.like.sample_rate_hz)
    }

    /// A packet that does not go on from the one before: whole frames lack between them.
    fn bridge(&mut self) -> Result<(), String> {
        self.pass_place();
        let packets = match self.missing(1)? {
            Some((missing, true)) => missing,
            Some((_, false)) => {
                self.played.lost.is_rough_between = true;
                0
            }
            None => 0,
        };
        self.played.fill(packets, self.given);
        Ok(())
    }

    fn play(&mut self, header: &Header, packet: &[u8]) -> Result<(), String> {
        if let Some(rest) = &mut self.part.rest {
            rest.packets = rest.packets.saturating_sub(1);
        }
        if !self.reservoir.goes_on_in(header, packet) {
            self.bridge()?;
        }
        let is_intact = self.played.decode(packet, self.given)?;
        // It may be the halves of two, with others between them once.
        if !is_intact && let Some((missing @ 1.., true)) = self.missing(0)? {
            self.played.fill(missing, self.given);
        }
        Ok(())
    }

    /// Hands the newest piece on without what of its part is run-up and padding.
    fn hand_over(&mut self, interleaved: &mut Vec<f32>) {
        let channels = self.like.channels;
        let frames = self.played.frames();
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
            interleaved.extend_from_slice(&self.played.newest[place(from)..place(to)]);
            self.given += to - from;
        }
        self.played.newest.clear();
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
            self.played.reset();
        }
        self.reservoir = Reservoir::default();
        self.part = Part { remarks, start: self.given, ..Part::default() };
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        self.finish_part()?;
        self.warnings.extend(self.played.finish()?);
        Ok(())
    }
}

/// Counts what is still to come of a part.
fn survey(mut frames: Frames<Header>) -> Result<Rest, String> {
    let (mut rest, mut reservoir) = (Rest::default(), Reservoir::default());
    loop {
        match frames.next()? {
            Next::Frame(header, packet) => {
                if Remarks::read(&header, &packet).is_some() {
                    return Ok(rest);
                }
                rest.places += u64::from(!reservoir.goes_on_in(&header, &packet));
                rest.packets += 1;
            }
            Next::Gap { .. } => {
                rest.places += 1;
                reservoir = Reservoir::default();
            }
            Next::End(_) => return Ok(rest),
        }
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
        let share = self.frames.share_done();
        (share > 0.0).then(|| (self.given as f64 / share) as u64)
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        match self.frames.next()? {
            Next::Frame(header, packet) => {
                if let Some(remarks) = Remarks::read(&header, &packet) {
                    self.begin_part(remarks)?;
                    return Ok(true);
                }
                self.play(&header, &packet)?;
            }
            Next::Gap { bytes, is_cut } => self.fill(bytes, is_cut)?,
            Next::End(remark) => {
                self.warnings.extend(remark);
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
