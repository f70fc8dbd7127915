//! The bit reservoir (ISO/IEC 11172-3, 2.4.3.4.2): a frame's audio may begin in frames before
//! it, so a frame that asks for more than they left does not follow them.

use super::super::bits::Bits;
use super::frame::Header;

/// What frames left for those behind them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reservoir {
    /// Bytes; `None` where nothing is known of what was before.
    left: Option<u64>,
}

impl Reservoir {
    /// Takes a frame in; whether it goes on from the one before it.
    pub(super) fn goes_on_in(&mut self, header: &Header, packet: &[u8]) -> bool {
        let Ok((begin, used_bits)) = side(header, packet) else { return true };
        let goes_on = self.left.is_none_or(|left| begin <= left);
        let behind = header.remarks_start + header.side_start() - super::frame::HEADER_BYTES;
        let own = packet.len().saturating_sub(behind) as u64;
        self.left = Some((begin + own).saturating_sub(used_bits.div_ceil(8)));
        goes_on
    }
}

/// How many bytes before it a frame's audio begins, and how many bits that is.
fn side(header: &Header, packet: &[u8]) -> Result<(u64, u64), &'static str> {
    let mut bits = Bits::new(packet.get(header.side_start()..).unwrap_or_default());
    let is_stereo = header.channels == 2;
    // Private bits and what granules share; parts; the rest of what is said of each part.
    let (width, shared, parts, rest) = match (header.is_first(), is_stereo) {
        (true, true) => (9, 3 + 8, 4, 47),
        (true, false) => (9, 5 + 4, 2, 47),
        (false, true) => (8, 2, 2, 51),
        (false, false) => (8, 1, 1, 51),
    };
    let begin = bits.take(width)?;
    bits.skip(shared)?;
    let mut used = 0;
    for _ in 0..parts {
        used += u64::from(bits.take(12)?);
        bits.skip(rest)?;
    }
    Ok((u64::from(begin), used))
}
