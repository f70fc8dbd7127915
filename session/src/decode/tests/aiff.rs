//! AIFF and AIFF-C.

use super::made::{big, channels, little, noise};
use super::{assert_refused, read_plainly, read_with_warning};

const FRAMES: usize = 10_000;

fn chunk(id: &[u8], size: u32, body: &[u8]) -> Vec<u8> {
    let mut chunk = [id, &size.to_be_bytes(), body].concat();
    chunk.resize(chunk.len() + body.len() % 2, 0);
    chunk
}

/// 48 kHz stereo of 16 bits, compressed or not.
fn common(frames: u32, compression: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 2];
    body.extend(frames.to_be_bytes());
    body.extend(b"\0\x10\x40\x0E\xBB\x80\0\0\0\0\0\0");
    body.extend(compression);
    chunk(b"COMM", body.len() as u32, &body)
}

fn sound(size: u32, samples: &[u8]) -> Vec<u8> {
    chunk(b"SSND", size, &[&[0; 8], samples].concat())
}

fn form(kind: &[u8], size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"FORM", &size.to_be_bytes()[..], kind, &chunks.concat()].concat()
}

#[test]
fn samples_are_found_whatever_the_sizes_say() {
    let samples = big(&noise(FRAMES));
    let size = samples.len() as u32 + 8;
    let frames = FRAMES as u32;
    let [left, right] = channels(&noise(FRAMES));
    let swapped = sound(size, &little(&noise(FRAMES)));
    for bytes in [
        form(b"AIFF", 46 + size, &[common(frames, b""), sound(size, &samples)]),
        form(b"AIFF", 0, &[common(frames, b""), sound(size, &samples)]),
        form(b"AIFF", u32::MAX, &[sound(size, &samples), common(frames, b"")]),
        form(b"AIFF", 9, &[common(frames, b""), sound(0, &samples)]),
        form(b"AIFF", 9, &[common(frames, b""), sound(u32::MAX, &samples)]),
        form(b"AIFF", 9, &[common(0, b""), sound(size, &samples)]),
        form(b"AIFC", 9, &[common(frames, b"sowt\0\0"), swapped]),
        form(b"AIFC", 9, &[common(frames, b"NONE\0\0"), sound(size, &samples)]),
    ] {
        let audio = read_plainly(&bytes).audio;
        assert!(audio.left == left && audio.right == right);
        assert_eq!(audio.sample_rate_hz, 48_000);
    }
    for size in [0, 0x7F00_0000, 0x7FFF_F000, u32::MAX] {
        let bytes = form(b"AIFF", size, &[common(size, b""), sound(size, &samples)]);
        let audio = read_with_warning(&bytes, &["no length"]).audio;
        assert!(audio.left == left && audio.right == right, "{size:x}");
    }
}

#[test]
fn what_is_truncated_is_called_so_and_what_is_coded_is_named() {
    let samples = big(&noise(FRAMES));
    let size = samples.len() as u32 + 8;
    let whole = form(b"AIFF", 46 + size, &[common(FRAMES as u32, b""), sound(size, &samples)]);
    assert_refused(&whole[..whole.len() - 1], &["truncated", "1 byte is missing"]);
    assert_refused(&whole[..whole.len() / 2], &["0.21 s", "0.10 s", "truncated"]);
    assert_refused(&whole[..40], &["truncated"]);
    assert_refused(&whole[..20], &["AIFF", "truncated"]);
    let coded = |name: &[u8]| form(b"AIFC", 46, &[common(9, name), sound(size, &samples)]);
    assert_refused(&coded(b"ima4"), &["ADPCM (IMA) in AIFF-C"]);
    assert_refused(&coded(b"QDM2"), &["QDM2"]);
    assert_refused(b"FORM\0\0\0\0ILBMBMHD", &["IFF of another kind"]);
}
