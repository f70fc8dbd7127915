//! Check sums made right again, so that what is made up gets behind them.

/// Gives every page of an Ogg that fits into the file its sum (RFC 3533, 6).
pub(super) fn mend_ogg(bytes: &mut [u8]) {
    const HEADER_BYTES: usize = 27;
    let mut place = 0;
    while place + HEADER_BYTES <= bytes.len() {
        let body = place + HEADER_BYTES + usize::from(bytes[place + 26]);
        if !bytes[place..].starts_with(b"OggS") || body > bytes.len() {
            place += 1;
            continue;
        }
        let lengths = bytes[place + HEADER_BYTES..body].iter().map(|length| usize::from(*length));
        let end = body + lengths.sum::<usize>();
        if end > bytes.len() {
            place += 1;
            continue;
        }
        bytes[place + 22..place + 26].fill(0);
        let sum = crc(&bytes[place..end], 32, 0x04C1_1DB7);
        bytes[place + 22..place + 26].copy_from_slice(&sum.to_le_bytes());
        place = end;
    }
}

/// Gives every frame of a FLAC its two sums, and the stream none (RFC 9639, 8.2 and 9).
pub(super) fn mend_flac(bytes: &mut [u8]) {
    let mut place = 4;
    while let Some([kind, size @ ..]) = bytes.get(place..place + 4) {
        let (kind, size) =
            (*kind, size.iter().fold(0, |size, byte| size << 8 | usize::from(*byte)));
        if kind << 1 == 0
            && let Some(md5) = bytes.get_mut(place + 22..place + 38)
        {
            md5.fill(0);
        }
        place = place.saturating_add(4 + size);
        if kind & 0x80 != 0 {
            break;
        }
    }
    let headers: Vec<(usize, usize)> = (place..bytes.len())
        .filter_map(|place| Some((place, flac_header_bytes(bytes.get(place..)?)?)))
        .collect();
    for (n, (start, length)) in headers.iter().enumerate() {
        let end = headers.get(n + 1).map_or(bytes.len(), |(start, _)| *start);
        if start + length + 3 > end {
            continue;
        }
        bytes[start + length] = crc(&bytes[*start..start + length], 8, 0x07) as u8;
        let sum = crc(&bytes[*start..end - 2], 16, 0x8005) as u16;
        bytes[end - 2..end].copy_from_slice(&sum.to_be_bytes());
    }
}

/// How long the header of a frame is that begins here, without its sum.
fn flac_header_bytes(bytes: &[u8]) -> Option<usize> {
    let [0xFF, 0xF8 | 0xF9, sizes, shape, number, ..] = *bytes else { return None };
    let is_meant = sizes >> 4 != 0 && sizes & 15 != 15 && shape >> 4 < 11 && shape & 1 == 0;
    let number = match number.leading_ones() {
        0 => 1,
        count @ 2..=7 => count as usize,
        _ => return None,
    };
    let of_block = match sizes >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let of_rate = match sizes & 15 {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    let length = 4 + number + of_block + of_rate;
    (is_meant && length < bytes.len()).then_some(length)
}

/// A cyclic redundancy check, the highest bit first, begun at 0.
fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
    let top = 1_u32 << (width - 1);
    let mask = u32::MAX >> (32 - width);
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
            (if crc & top == 0 { crc << 1 } else { crc << 1 ^ polynomial }) & mask
        })
    })
}
