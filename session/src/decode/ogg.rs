//! Ogg (RFC 3533) with Vorbis, Opus (RFC 7845) or FLAC in it.
//!
//! The position that a page carries is that of the end of its last packet. So it tells
//! how much of the first and last packet counts, and how much is missing where pages are:
//! that much silence stands there instead.

mod link;
mod opus;
mod page;

use std::io::BufReader;
use std::iter::repeat_n;

use self::link::Link;
use self::page::{Event, PacketReader};
use super::codec::Failure;
use super::demuxed::MOST_DAMAGED_SHARE;
use super::section::Section;
use super::source::{Format, Source};
use super::words::{Lost, at, counted, format_changed};

#[cfg(test)]
pub(super) use self::page::checksum;

/// Frames held back until a page tells where they stand, and silence where some are missing.
const MOST_HELD_S: u64 = 60;
/// The same, at rates beyond all that music has in Ogg.
const MOST_HELD_FRAMES: u64 = MOST_HELD_S * 96_000;

/// An Ogg file: one link, or several one behind another.
struct OggSource {
    packets: PacketReader<BufReader<Section>>,
    link: Link,
    length: u64,
    /// Frames that came before this link.
    given: u64,
    /// Decoded frames that wait for a page to tell where they stand.
    held: Vec<f32>,
    /// Frames that are decoded or known of, from the link's own beginning.
    position: u64,
    has_position: bool,
    /// Where in what is held something is missing.
    gap: Option<usize>,
    /// Frames at the end of what is held that do not count if nothing follows.
    excess: u64,
    is_ended: bool,
    packet_count: u64,
    lost: Lost,
    warnings: Vec<String>,
    is_done: bool,
}

/// Opens an Ogg.
pub(super) fn open(section: Section) -> Result<Box<dyn Source>, String> {
    let length = section.length();
    let mut packets = PacketReader::new(BufReader::new(section));
    let link = Link::read(&mut packets)?;
    Ok(Box::new(OggSource {
        packets,
        link,
        length,
        given: 0,
        held: Vec::new(),
        position: 0,
        has_position: false,
        gap: None,
        excess: 0,
        is_ended: false,
        packet_count: 0,
        lost: Lost::default(),
        warnings: Vec::new(),
        is_done: false,
    }))
}

impl OggSource {
    fn channels(&self) -> usize {
        self.link.format().channels.max(1)
    }

    fn most_held_frames(&self) -> u64 {
        (MOST_HELD_S * u64::from(self.link.format().sample_rate_hz)).min(MOST_HELD_FRAMES)
    }

    fn held_frames(&self) -> u64 {
        (self.held.len() / self.channels()) as u64
    }

    /// A packet of audio.
    fn packet(&mut self, packet: &[u8], end: Option<u64>, is_last: bool) -> Result<(), String> {
        self.packet_count += 1;
        // What was too much at the end of a page was not the end.
        self.excess = 0;
        match self.link.decode(packet, &mut self.held) {
            Ok(frames) => self.position = self.position.saturating_add(frames as u64),
            Err(Failure::Damage(text)) => {
                if self.link.is_lossless() {
                    return Err(self.damage(&text));
                }
                self.lose();
            }
            Err(Failure::Fatal(text)) => return Err(self.damage(&text)),
        }
        if let Some(end) = end {
            self.anchor(end, is_last);
            // Pages may claim any position: a few of them would make hours of silence.
            let found = (self.given + self.held_frames()).saturating_sub(self.lost.frames);
            if self.lost.frames > found + self.most_held_frames() {
                return Err(self.damage("more of it is missing than is there"));
            }
        }
        self.is_ended |= is_last;
        Ok(())
    }

    fn damage(&self, text: &str) -> String {
        let place = at(self.given + self.held_frames(), self.link.format().sample_rate_hz);
        format!("expected intact audio, found damage at {place} ({text})")
    }

    /// Something is missing here.
    fn lose(&mut self) {
        self.link.reset();
        if self.gap.is_none() {
            self.gap = Some(self.held.len());
        }
    }

    /// A page tells where its last packet ends.
    fn anchor(&mut self, end: u64, is_last: bool) {
        let channels = self.channels();
        if !self.has_position && self.gap.is_none() {
            // The first packets may begin before the music, and a stream that was cut out
            // of a longer one begins anywhere.
            let before = self.position.saturating_sub(end);
            if before > 0 && !is_last {
                let samples = (before as usize * channels).min(self.held.len());
                self.held.drain(..samples);
            } else {
                self.excess = before;
            }
        } else if let Some(place) = self.gap.take() {
            let missing = end.saturating_sub(self.position);
            let frames = missing.min(self.most_held_frames());
            self.lost.count(self.given + (place / channels) as u64, frames);
            self.held.splice(place..place, repeat_n(0.0, frames as usize * channels));
            self.excess = self.position.saturating_sub(end);
        } else {
            self.excess = self.position.saturating_sub(end);
        }
        self.excess = self.excess.min(self.held_frames());
        self.position = end;
        self.has_position = true;
    }

    /// Hands on what stands where it stands.
    fn release(&mut self, interleaved: &mut Vec<f32>) {
        let channels = self.channels();
        let skipped = self.link.run_up_left().min(self.held_frames());
        self.link.leave_out(skipped);
        self.given += self.held_frames() - skipped;
        interleaved.extend_from_slice(&self.held[skipped as usize * channels..]);
        self.held.clear();
    }

    /// Nothing of this link follows.
    fn end_link(&mut self, interleaved: &mut Vec<f32>) -> Result<(), String> {
        if let Some(place) = self.gap.take() {
            self.lost.count(self.given + (place / self.channels()) as u64, 0);
        }
        let kept = self.held_frames().saturating_sub(self.excess) as usize * self.channels();
        self.held.truncate(kept);
        self.release(interleaved);
        self.warnings.extend(self.link.warning());
        if !self.is_ended {
            self.warnings.push(
                "its last page is not marked as such: if it was cut short, its end is missing"
                    .to_owned(),
            );
        }
        self.link.check_end()
    }

    fn next_link(&mut self, interleaved: &mut Vec<f32>) -> Result<(), String> {
        self.end_link(interleaved)?;
        let before = self.link.format();
        self.link = Link::read(&mut self.packets)?;
        let format = self.link.format();
        if format != before {
            return Err(format_changed(before, format));
        }
        self.position = 0;
        self.has_position = false;
        self.excess = 0;
        self.is_ended = false;
        Ok(())
    }

    fn finish(&mut self, interleaved: &mut Vec<f32>) -> Result<(), String> {
        self.end_link(interleaved)?;
        self.is_done = true;
        if self.lost.places * MOST_DAMAGED_SHARE > self.packet_count {
            return Err(format!(
                "expected intact audio, found damage in {} of {}",
                self.lost.places,
                counted(self.packet_count, "packet", "packets")
            ));
        }
        let rate_hz = self.link.format().sample_rate_hz;
        self.warnings.extend(self.lost.warning("damaged or missing", rate_hz));
        Ok(())
    }
}

impl Source for OggSource {
    fn format(&self) -> Format {
        self.link.format()
    }

    fn promised_frames(&self) -> Option<u64> {
        None
    }

    fn estimated_frames(&self) -> Option<u64> {
        let share = self.packets.consumed() as f64 / self.length.max(1) as f64;
        (share > 0.0).then(|| (self.given as f64 / share) as u64)
    }

    fn read(&mut self, interleaved: &mut Vec<f32>) -> Result<bool, String> {
        if self.is_done {
            return Ok(false);
        }
        match self.packets.next()? {
            Event::Packet { bytes, end, is_last } => {
                // All that was held has its place, and something follows it.
                let is_placed = self.has_position && self.gap.is_none() && self.excess == 0;
                if is_placed || self.held_frames() > self.most_held_frames() {
                    self.gap = None;
                    self.release(interleaved);
                }
                self.packet(&bytes, end, is_last)?;
            }
            Event::Gap if self.link.is_lossless() => return Err(self.damage("a part is missing")),
            Event::Gap => self.lose(),
            Event::Start => self.next_link(interleaved)?,
            Event::End => self.finish(interleaved)?,
        }
        Ok(true)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}
