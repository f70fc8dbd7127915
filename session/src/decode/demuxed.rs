//! Files of which symphonia also takes the container apart: FLAC and MP4.

use symphonia::core::codecs::audio::well_known::CODEC_ID_ALAC;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, TrackType};

use super::codec::{Codec, Failure};
use super::source::{Format, Source};
use super::words::{
    Lost, at, cannot_read, check_lossy_length, counted, found, truncated, wrong_sum,
};

/// Compressed audio of which more than one packet in so many is damaged is refused.
pub(super) const MOST_DAMAGED_SHARE: u64 = 10;

/// More frames than there are: to the end.
pub(super) const ALL: u64 = u64::MAX >> 2;

/// A passage of what is decoded that is the file's audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// So many frames of silence.
    Silence(u64),
    /// From this frame on, so many frames.
    Frames(u64, u64),
}

/// A container that symphonia takes apart.
pub(super) struct Demuxed {
    format: Box<dyn FormatReader>,
    codec: Codec,
    track_id: u32,
    is_lossless: bool,
    /// Bits of a sample, of what is lossless.
    bits: Option<u32>,
    /// Counted by the header.
    promised_frames: Option<u64>,
    /// What of the decoded audio counts, in its order; all of it where there is none.
    edits: Vec<Edit>,
    /// Units of a second in which the container counts, where these need not be frames.
    timescale: Option<u32>,
    /// Whether the edits count in them still.
    are_edits_in_units: bool,
    /// Decoded frames up to now.
    decoded: u64,
    /// Frames given up to now.
    given: u64,
    packets: u64,
    /// Frames of a packet, as far as was seen.
    packet_frames: u64,
    lost: Lost,
    is_cut_short: bool,
    newest: Vec<f32>,
    warnings: Vec<String>,
}

impl Demuxed {
    /// Reads the first audio track of a container; `promised_frames` is what its header
    /// counts, if anything.
    pub(super) fn new(
        format: Box<dyn FormatReader>,
        promised_frames: Option<u64>,
    ) -> Result<Self, String> {
        let track =
            format.default_track(TrackType::Audio).ok_or_else(|| found("no audio in it"))?;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| found("an unknown encoding"))?;
        let codec = Codec::new(parameters)?;
        let name = symphonia::default::get_codecs()
            .get_audio_decoder(parameters.codec)
            .map_or("", |decoder| decoder.codec.info.short_name);
        let is_lossless =
            name.starts_with("pcm") || name == "flac" || parameters.codec == CODEC_ID_ALAC;
        Ok(Self {
            is_lossless,
            bits: parameters.bits_per_sample.filter(|_| is_lossless),
            codec,
            track_id: track.id,
            promised_frames: promised_frames.or(track.num_frames),
            format,
            edits: Vec::new(),
            timescale: None,
            are_edits_in_units: false,
            decoded: 0,
            given: 0,
            packets: 0,
            packet_frames: 0,
            lost: Lost::default(),
            is_cut_short: false,
            newest: Vec::new(),
            warnings: Vec::new(),
        })
    }

    /// The container counts in so many units a second.
    pub(super) fn counted_in(self, timescale: u32) -> Self {
        Self { timescale: Some(timescale).filter(|units| *units > 0), ..self }
    }

    /// Only these passages are the file's audio, in units of the container.
    pub(super) fn edited_in_units(mut self, edits: Vec<Edit>) -> Self {
        self.are_edits_in_units = true;
        self.edited(edits)
    }

    /// Only these passages are the file's audio, in frames.
    pub(super) fn edited(mut self, edits: Vec<Edit>) -> Self {
        self.set_edits(edits);
        self
    }

    fn set_edits(&mut self, edits: Vec<Edit>) {
        if !edits.is_empty() {
            let frames = edits.iter().map(|edit| match edit {
                Edit::Silence(frames) | Edit::Frames(_, frames) => *frames,
            });
            let sum = frames.fold(0, u64::saturating_add);
            self.promised_frames = (sum < ALL / 2).then_some(sum);
        }
        self.edits = edits;
    }

    /// The same with something to say about it.
    pub(super) fn warned(mut self, warnings: Vec<String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// Units of the container in frames, as soon as anything was decoded.
    fn frames_of(&self, units: u64) -> u64 {
        let (rate_hz, timescale) = (self.sample_rate_hz(), self.timescale.unwrap_or(0));
        if rate_hz == 0 || timescale == 0 || timescale == rate_hz || units >= ALL / 2 {
            return units;
        }
        let doubled = 2 * u128::from(units) * u128::from(rate_hz) / u128::from(timescale);
        u64::try_from(doubled.div_ceil(2)).map_or(ALL, |frames| frames.min(ALL))
    }

    /// What the container says in units is meant in frames.
    fn count_edits_in_frames(&mut self) {
        let edits = std::mem::take(&mut self.edits);
        let edits = edits.into_iter().map(|edit| match edit {
            Edit::Silence(units) => Edit::Silence(self.frames_of(units)),
            Edit::Frames(from, units) => {
                let from_frame = self.frames_of(from);
                let to = self.frames_of(from.saturating_add(units));
                Edit::Frames(from_frame, to.saturating_sub(from_frame))
            }
        });
        let edits = edits.collect();
        self.are_edits_in_units = false;
        self.set_edits(edits);
    }

    fn sample_rate_hz(&self) -> u32 {
        self.codec.format().sample_rate_hz
    }

    fn damage(&self, what: &str) -> String {
        let place = at(self.decoded, self.sample_rate_hz());
        format!("expected intact audio, found damage at {place} ({what})")
    }

    /// Decodes a packet into the newest piece.
    fn decode(&mut self, packet: &[u8]) -> Result<(), String> {
        self.packets += 1;
        let frames = match self.codec.decode(packet, &mut self.newest) {
            Ok(frames) => {
                self.packet_frames = frames as u64;
                frames as u64
            }
            // Lossy decoders recover from a bad packet; in lossless audio it is damage.
            Err(Failure::Damage(_)) if !self.is_lossless => {
                let frames = self.packet_frames;
                self.lost.count(self.decoded, frames);
                let samples = frames as usize * self.codec.format().channels;
                self.newest.resize(self.newest.len() + samples, 0.0);
                frames
            }
            Err(Failure::Damage(text) | Failure::Fatal(text)) => return Err(self.damage(&text)),
        };
        self.decoded += frames;
        if self.are_edits_in_units && self.sample_rate_hz() > 0 {
            self.count_edits_in_frames();
        }
        Ok(())
    }

    /// Hands the newest piece on, as far as it counts.
    fn hand_over(&mut self, interleaved: &mut Vec<f32>) {
        let channels = self.codec.format().channels.max(1);
        let before = interleaved.len();
        if self.edits.is_empty() {
            interleaved.append(&mut self.newest);
        }
        let end = self.decoded;
        let start = end - (self.newest.len() / channels) as u64;
        while let Some(edit) = self.edits.first_mut() {
            match edit {
                Edit::Silence(frames) => {
                    // Piece by piece: it may be long.
                    let now = (*frames).min(4096);
                    interleaved.resize(interleaved.len() + now as usize * channels, 0.0);
                    *frames -= now;
                    if *frames > 0 {
                        self.given += ((interleaved.len() - before) / channels) as u64;
                        return;
                    }
                }
                Edit::Frames(from, frames) => {
                    let to = from.saturating_add(*frames);
                    let (first, last) = ((*from).max(start), to.min(end));
                    if first < last {
                        let place = |frame: u64| (frame - start) as usize * channels;
                        interleaved.extend_from_slice(&self.newest[place(first)..place(last)]);
                        *from = last;
                        *frames = to - last;
                    }
                    if to > end {
                        break;
                    }
                }
            }
            self.edits.remove(0);
            if self.edits.is_empty() {
                // The rest is padding.
                self.edits.push(Edit::Frames(u64::MAX, 0));
                break;
            }
        }
        self.newest.clear();
        self.given += ((interleaved.len() - before) / channels) as u64;
    }

    fn has_silence_to_give(&self) -> bool {
        matches!(self.edits.first(), Some(Edit::Silence(_)))
    }

    /// What the whole has to keep.
    fn finish(&mut self) -> Result<(), String> {
        let rate_hz = self.sample_rate_hz();
        if self.decoded == 0 && self.promised_frames.is_some_and(|promised| promised > 0) {
            return Err(
                "expected audio, found none of what its header promises: the file is truncated or damaged"
                    .to_owned(),
            );
        }
        if let Some(promised) = self.promised_frames {
            if self.is_lossless && self.given < promised {
                return Err(truncated(promised, self.given, rate_hz));
            }
            self.warnings.extend(check_lossy_length(promised, self.given, rate_hz)?);
        } else if self.is_cut_short {
            self.warnings.push("it is cut short in mid-packet: its end is missing".to_owned());
        }
        if self.codec.is_verified() == Some(false) {
            return Err(wrong_sum());
        }
        if self.lost.places * MOST_DAMAGED_SHARE > self.packets {
            return Err(format!(
                "expected intact audio, found damage in {} of {}",
                self.lost.places,
                counted(self.packets, "packet", "packets")
            ));
        }
        self.warnings.extend(self.lost.warning("damaged", rate_hz));
        Ok(())
    }
}

impl Source for Demuxed {
    fn format(&self) -> Format {
        self.codec.format()
    }

    fn promised_frames(&self) -> Option<u64> {
        self.promised_frames
    }

    fn integer_bits(&self) -> Option<u32> {
        self.bits
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        if !(self.has_silence_to_give() && self.codec.format().channels > 0) {
            let packet = match self.format.next_packet() {
                Ok(packet) => packet,
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    // What lacks is counted in the end.
                    self.is_cut_short = true;
                    None
                }
                Err(Error::IoError(error)) => return Err(cannot_read(&error)),
                Err(Error::ResetRequired) => {
                    return Err(
                        "expected one format throughout, found another one in it".to_owned()
                    );
                }
                Err(error) => return Err(self.damage(&error.to_string())),
            };
            let Some(packet) = packet else {
                self.finish()?;
                return Ok(false);
            };
            if packet.track_id != self.track_id {
                return Ok(true);
            }
            let place = u64::try_from(packet.pts.get()).map(|units| self.frames_of(units));
            // A clock that is coarser than frames cannot tell them all apart.
            let is_in_place =
                place.is_ok_and(|place| place.abs_diff(self.decoded) < self.frames_of(1).max(1));
            if self.is_lossless && !is_in_place {
                let is_before = place.is_ok_and(|place| place < self.decoded);
                return Err(self.damage(if is_before {
                    "it begins anew: another file was joined to it"
                } else {
                    "a part is missing"
                }));
            }
            self.decode(&packet.data)?;
        }
        self.hand_over(interleaved);
        Ok(true)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}
