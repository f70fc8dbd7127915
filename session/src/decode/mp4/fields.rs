//! Boxes that lie in memory, and the numbers in them: the highest byte first.

/// The boxes that stand one behind another, each with its kind and what it holds.
pub(super) fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32_at(bytes, 0)? as usize;
        let kind = bytes.get(4..8)?.first_chunk()?;
        let body = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((kind, body))
    })
}

/// The number at a place.
pub(super) fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

/// The long number at a place.
pub(super) fn u64_at(bytes: &[u8], place: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(place..place + 8)?.try_into().ok()?))
}

/// Units per second in `mvhd` and `mdhd`.
pub(super) fn clock(body: &[u8]) -> Option<u32> {
    u32_at(body, if *body.first()? == 1 { 20 } else { 12 })
}
