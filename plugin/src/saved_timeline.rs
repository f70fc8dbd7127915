//! The measured loudness of a song as text in the host's state.
//!
//! `1 FIRST COUNT CHECK DATA`: the version, the first slot, how many slots
//! follow, FNV-1a of the bytes in hexadecimal, and the bytes in base64 (RFC
//! 4648, without padding). The bytes are the slots one after the other, each
//! four 16-bit codes, low byte first; 5 minutes of song make 32 kB. Nothing at
//! all is written of a song that was never measured.

use burnish_dsp::loudness::timeline::{LANES, SLOTS, TimelineContents};

/// The longest text of another version that is kept: three hours make 1.2 MB here.
pub(crate) const MOST_UNREAD_BYTES: usize = 1 << 23;

const VERSION: &str = "1";
const SLOT_BYTES: usize = LANES * size_of::<u16>();
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of what was measured.
pub fn write(contents: &TimelineContents) -> String {
    if contents.slots.is_empty() {
        return String::new();
    }
    let bytes: Vec<u8> =
        contents.slots.iter().flatten().copied().flat_map(u16::to_le_bytes).collect();
    let (first, count, check) = (contents.first_slot, contents.slots.len(), check_of(&bytes));
    format!("{VERSION} {first} {count} {check:08x} {}", to_base64(&bytes))
}

/// Reads what [`write()`] has written.
///
/// # Errors
/// Says what was expected and what was found.
pub fn read(text: &str) -> Result<TimelineContents, String> {
    if text.is_empty() {
        return Ok(TimelineContents::default());
    }
    let parts: Vec<&str> = text.splitn(6, ' ').collect();
    if parts[0] != VERSION {
        return Err(format!("expected version {VERSION}, found \"{}\"", start_of(parts[0])));
    }
    let [_, first, count, check, data] = parts[..] else {
        return Err(format!("expected 5 parts, found {}", parts.len()));
    };
    let number = |what: &str, text: &str| match text.parse::<usize>() {
        Ok(number) if number <= SLOTS => Ok(number),
        _ => Err(format!("expected {what} of at most {SLOTS}, found \"{}\"", start_of(text))),
    };
    let (first_slot, count) = (number("a first slot", first)?, number("a count of slots", count)?);
    let bytes =
        from_base64(data).ok_or_else(|| "expected base64, found something else".to_owned())?;
    if bytes.len() != count * SLOT_BYTES || first_slot + count > SLOTS {
        return Err(format!("expected {count} slots, found {} bytes", bytes.len()));
    }
    if check != format!("{:08x}", check_of(&bytes)) {
        return Err(format!("expected data that makes {}, found damage", start_of(check)));
    }
    let slots = bytes
        .as_chunks::<SLOT_BYTES>()
        .0
        .iter()
        .map(|slot| {
            std::array::from_fn(|lane| u16::from_le_bytes([slot[2 * lane], slot[2 * lane + 1]]))
        })
        .collect();
    Ok(TimelineContents { first_slot, slots })
}

/// As much of a text as fits into a message.
fn start_of(text: &str) -> String {
    text.chars().take(12).collect()
}

/// 32-bit FNV-1a.
fn check_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | usize::from(*group.get(i).unwrap_or(&0)));
        for digit in 0..=group.len() {
            text.push(char::from(DIGITS[bits >> (18 - 6 * digit) & 63]));
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut values = [None; 256];
    for (value, digit) in (0..).zip(DIGITS) {
        values[usize::from(*digit)] = Some(value);
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            bits = bits << 6 | values[usize::from(*digit)]?;
        }
        // A digit alone holds no byte.
        let count = group.len().checked_sub(1).filter(|count| *count > 0)?;
        bits <<= 6 * (4 - group.len());
        let [_, whole @ ..] = bits.to_be_bytes();
        let (held, beyond) = whole.split_at(count);
        if beyond.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend(held);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(count: u16) -> TimelineContents {
        let slots = (0..count).map(|n| [n, n.wrapping_mul(7919), u16::MAX - n, 0]).collect();
        TimelineContents { first_slot: 321, slots }
    }

    #[test]
    fn every_length_comes_back() {
        for count in 1..50 {
            assert_eq!(read(&write(&contents(count))), Ok(contents(count)));
        }
        assert_eq!(read(&write(&TimelineContents::default())), Ok(TimelineContents::default()));
        // Five minutes; three hours.
        assert!(write(&contents(3000)).len() < 33_000);
        let longest = TimelineContents { first_slot: 0, slots: vec![[7; LANES]; SLOTS] };
        assert_eq!(read(&write(&longest)), Ok(longest));
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in
            [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")]
        {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text), Some(bytes.as_bytes().to_vec()));
        }
    }

    #[test]
    fn damage_and_what_comes_later_are_told_apart_from_data() {
        let good = write(&contents(20));
        for cut in 1..good.len() {
            assert!(read(&good[..cut]).is_err(), "{}", &good[..cut]);
        }
        for place in 0..good.len() {
            let mut damaged = good.clone().into_bytes();
            damaged[place] = if damaged[place] == b'A' { b'B' } else { b'A' };
            assert!(read(&String::from_utf8(damaged).unwrap()).is_err(), "at {place}");
        }
        let later = good.replacen('1', "2", 1);
        assert!(read(&later).unwrap_err().contains("expected version 1, found \"2\""));
        for odd in ["1", "1 2 3 4 5 6", "1 -1 1 0 AAAA", "1 0 99999999999999999999 0 A", "\u{fc} "]
        {
            assert!(read(odd).is_err(), "{odd}");
        }
        assert!(read(&good.replacen("321", "107999", 1)).is_err());
    }
}
