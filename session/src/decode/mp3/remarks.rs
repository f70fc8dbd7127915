//! What encoders remark in a first frame that holds no audio: Xing's and LAME's tag, and
//! Fraunhofer's VBRI.

use super::frame::{HEADER_BYTES, Header};

/// What the decoder itself delays: one granule less 48, and one.
const DECODER_DELAY: u64 = 529;
/// Where VBRI stands, whatever the format.
const VBRI_START: usize = HEADER_BYTES + 32;

/// What is known of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// Audio frames that its packets give; `None` where they are not counted.
    decoded_frames: Option<u64>,
    /// Frames of run-up.
    pub(super) delay: u64,
    /// Frames at its end that are none of the music.
    padding: u64,
}

impl Remarks {
    /// Reads them; `None` where the frame holds audio.
    pub(super) fn read(header: &Header, packet: &[u8]) -> Option<Self> {
        xing(header, packet).or_else(|| vbri(header, packet))
    }

    /// Packets that hold audio, each as long as this one.
    pub(super) fn packets(&self, like: &Header) -> Option<u64> {
        Some(self.decoded_frames? / like.frames as u64)
    }

    /// Frames of music.
    pub(super) fn frames(&self) -> Option<u64> {
        Some(self.decoded_frames?.saturating_sub(self.delay + self.padding))
    }

    /// From where to where the padding reaches in what is decoded.
    pub(super) fn padding(&self) -> Option<(u64, u64)> {
        let end = self.decoded_frames?;
        Some((end.saturating_sub(self.padding), end))
    }
}

fn is_silent(header: &Header, packet: &[u8], end: usize) -> bool {
    let start = HEADER_BYTES + if header.has_checksum { 2 } else { 0 };
    packet.get(start..end).is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}

fn xing(header: &Header, packet: &[u8]) -> Option<Remarks> {
    let start = header.remarks_start;
    let tag = packet.get(start..)?;
    if !(tag.starts_with(b"Xing") || tag.starts_with(b"Info")) || !is_silent(header, packet, start)
    {
        return None;
    }
    let flags = u32_at(tag, 4)?;
    let mut place = 8;
    let mut take = |flag: u32, bytes: usize| {
        let is_there = flags & flag != 0;
        let found = is_there.then_some(place);
        place += if is_there { bytes } else { 0 };
        found
    };
    let packets = take(1, 4).and_then(|place| u32_at(tag, place));
    take(2, 4);
    take(4, 100);
    take(8, 4);
    let decoded_frames = packets.map(|packets| u64::from(packets) * header.frames as u64);
    let (delay, padding) = lame(header, packet, start + place).unwrap_or_default();
    Some(Remarks { decoded_frames, delay, padding })
}

/// Run-up and padding, as LAME and those who do as it does write them down.
fn lame(header: &Header, packet: &[u8], start: usize) -> Option<(u64, u64)> {
    let tag = packet.get(start..)?;
    let encoder = tag.get(..4)?;
    if ![b"LAME", b"Lavf", b"Lavc"].iter().any(|known| known[..] == *encoder) {
        return None;
    }
    // Twelve bits each.
    let [a, b, c] = tag.get(21..24)?.try_into().ok()?;
    let (delay, padding) =
        (u64::from(a) << 4 | u64::from(b >> 4), u64::from(b & 15) << 8 | u64::from(c));
    if encoder == b"LAME" || header.has_checksum {
        let sum = tag.get(34..36).map(|two| u16::from_be_bytes([two[0], two[1]]));
        let is_right = |sum: u16| sum == 0 || sum == crc16(&packet[..start + 34]);
        if !sum.is_none_or(is_right) {
            return None;
        }
    }
    Some((delay + DECODER_DELAY, padding.saturating_sub(DECODER_DELAY)))
}

fn vbri(header: &Header, packet: &[u8]) -> Option<Remarks> {
    let tag = packet.get(VBRI_START..)?;
    if !tag.starts_with(b"VBRI") || !is_silent(header, packet, VBRI_START) {
        return None;
    }
    let packets = u64::from(u32_at(tag, 14)?);
    Some(Remarks { decoded_frames: Some(packets * header.frames as u64), delay: 0, padding: 0 })
}

/// CRC-16 (ARC): polynomial 0x8005, bits reversed.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 }
            },
        )
    })
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc16(b"123456789"), 0xBB3D);
    }
}
