//! WAV with every header that recorders, editors and pipes were seen to write.

use super::super::super::audio::StereoAudio;
use super::made::{big, channels, little, noise};
use super::{assert_refused, read, read_file, read_plainly, read_with_warning};

const FRAMES: usize = 12_345;

fn chunk(id: &[u8], body: &[u8]) -> Vec<u8> {
    let mut chunk = sized(id, body.len() as u32, body);
    chunk.resize(chunk.len() + body.len() % 2, 0);
    chunk
}

/// A chunk that says it is of another size.
fn sized(id: &[u8], size: u32, body: &[u8]) -> Vec<u8> {
    [id, &size.to_le_bytes(), body].concat()
}

fn format(tag: u16, channels: u16, rate_hz: u32, block: u16, bits: u16) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(tag.to_le_bytes());
    body.extend(channels.to_le_bytes());
    body.extend(rate_hz.to_le_bytes());
    body.extend((rate_hz.wrapping_mul(u32::from(block))).to_le_bytes());
    body.extend(block.to_le_bytes());
    body.extend(bits.to_le_bytes());
    chunk(b"fmt ", &body)
}

fn plain_format() -> Vec<u8> {
    format(1, 2, 48_000, 4, 16)
}

fn form(id: &[u8], size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [id, &size.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    form(b"RIFF", chunks.concat().len() as u32 + 4, chunks)
}

#[track_caller]
fn assert_is_noise(audio: &StereoAudio) {
    let [left, right] = channels(&noise(FRAMES));
    assert!(audio.left == left && audio.right == right, "{} frames", audio.frames());
    assert_eq!((audio.sample_rate_hz, audio.channels), (48_000, 2));
}

#[test]
fn samples_are_found_whatever_stands_around_them() {
    let data = || chunk(b"data", &little(&noise(FRAMES)));
    let whole = riff(&[plain_format(), data()]);
    let mut cases = vec![
        whole.clone(),
        // Sizes of the whole that are off.
        form(b"RIFF", whole.len() as u32 - 16, &[plain_format(), data()]),
        form(b"RIFF", 0, &[plain_format(), data()]),
        form(b"RIFF", u32::MAX, &[plain_format(), data()]),
        // Junk and remarks anywhere, tags around it.
        riff(&[chunk(b"JUNK", &[0; 92]), chunk(b"bext", &[1; 603]), plain_format(), data()]),
        riff(&[plain_format(), data(), chunk(b"LIST", b"INFOINAM\x05\0\0\0Title\0")]),
        [&whole[..], b"TAG", &[b'x'; 125]].concat(),
        [&whole[..], &[0xFF; 1600]].concat(),
        [b"ID3\x03\0\0\0\0\x02\0", &[0; 256][..], &whole].concat(),
        // The format behind the samples, and no padding where there should be some.
        riff(&[data(), plain_format()]),
        riff(&[plain_format(), sized(b"LIST", 17, b"INFOINAM\x05\0\0\0Title"), data()]),
        // Longer descriptions, and one without the size of a block.
        riff(&[format(1, 2, 48_000, 0, 16), data()]),
    ];
    for bytes in [18, 40] {
        let mut body = plain_format()[8..].to_vec();
        body.resize(bytes, 0);
        cases.push(riff(&[chunk(b"fmt ", &body), data()]));
    }
    let samples = little(&noise(FRAMES));
    for id in [b"RF64", b"BW64"] {
        let mut sizes = (whole.len() as u64 + 28).to_le_bytes().to_vec();
        sizes.extend((samples.len() as u64).to_le_bytes());
        sizes.extend([0; 12]);
        let data = sized(b"data", u32::MAX, &samples);
        let axml = chunk(b"axml", b"<adm/>");
        cases.push(form(id, u32::MAX, &[chunk(b"ds64", &sizes), plain_format(), data, axml]));
    }
    // Big-endian.
    let swapped = [
        b"RIFX\0\0\0\0WAVEfmt \0\0\0\x10\0\x01\0\x02\0\0\xBB\x80\0\x02\xEE\0\0\x04\0\x10data",
        &(samples.len() as u32).to_be_bytes()[..],
        &big(&noise(FRAMES)),
    ];
    cases.push(swapped.concat());
    for bytes in cases {
        assert_is_noise(&read_plainly(&bytes).audio);
    }
}

#[test]
fn recordings_without_a_length_are_read_to_their_end_and_that_is_said() {
    let samples = little(&noise(FRAMES));
    for size in [0, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFDB, u32::MAX] {
        let data = sized(b"data", size, &samples);
        let bytes = form(b"RIFF", size.wrapping_add(36), &[plain_format(), data]);
        let decoded = read_with_warning(&bytes, &["no length", "to the end"]);
        assert_is_noise(&decoded.audio);
    }
    // One that is empty stays so.
    let remarks = chunk(b"LIST", b"INFOINAM\x05\0\0\0Title\0");
    assert_refused(&riff(&[plain_format(), chunk(b"data", b""), remarks]), &["zero length"]);
    assert_refused(&riff(&[plain_format(), chunk(b"data", b"")]), &["zero length"]);
    assert_refused(&riff(&[plain_format()]), &["found none", "data"]);
    assert_refused(&riff(&[chunk(b"data", &samples)]), &["no \"fmt \""]);
}

#[test]
fn every_sample_that_a_file_has_is_read() {
    let samples = little(&noise(FRAMES));
    // The halves meet within a frame.
    let (first, second) = samples.split_at(12_002);
    let bytes = riff(&[plain_format(), chunk(b"data", first), chunk(b"data", second)]);
    assert_is_noise(&read_with_warning(&bytes, &["2 data chunks"]).audio);
    let more = [&samples[..], &[1, 2, 3]].concat();
    let bytes = riff(&[plain_format(), chunk(b"data", &more)]);
    assert_is_noise(&read_with_warning(&bytes, &["last 3 bytes", "no whole frame"]).audio);
}

#[test]
fn what_is_left_out_is_told() {
    let whole = riff(&[plain_format(), chunk(b"data", &little(&noise(FRAMES)))]);
    let joined = [&whole[..], &whole].concat();
    assert_is_noise(&read_with_warning(&joined, &["another WAV", "not read"]).audio);
    // A header that was not brought up to date when the recorder stopped.
    let samples = little(&noise(FRAMES + 9600));
    let stale = riff(&[plain_format(), sized(b"data", 4 * FRAMES as u32, &samples)]);
    let audio = read_with_warning(&stale, &["38400 bytes", "0.20 s", "does not count"]).audio;
    assert_eq!(audio.frames(), FRAMES);
}

#[test]
fn what_lacks_is_counted_down_to_the_byte() {
    let whole = riff(&[plain_format(), chunk(b"data", &little(&noise(48_000)))]);
    assert_refused(&whole[..whole.len() - 1], &["1 frame less", "truncated", "1 byte is missing"]);
    assert_refused(&whole[..whole.len() / 2], &["1.00 s", "0.50 s", "truncated"]);
    assert_refused(&whole[..44], &["1.00 s", "0.00 s", "192000 bytes are missing"]);
    assert_refused(&whole[..30], &["WAV"]);
    assert_refused(b"RIFF", &["the beginning of a WAV"]);
}

#[test]
fn all_depths_are_read_from_the_top() {
    let one = |tag: u16, block: u16, bits: u16, sample: &[u8]| {
        let data = chunk(b"data", &[sample, sample].concat());
        read_plainly(&riff(&[format(tag, 2, 48_000, block, bits), data])).audio.left[0]
    };
    assert_eq!(one(1, 2, 8, &[0x40]), -0.5);
    assert_eq!(one(1, 6, 20, &[0, 0, 0x40]), 0.5);
    assert_eq!(one(1, 6, 24, &[0, 0, 0xC0]), -0.5);
    assert_eq!(one(1, 8, 24, &[0, 0, 0, 0x20]), 0.25);
    assert_eq!(one(1, 8, 32, &[0, 0, 0, 0x20]), 0.25);
    assert_eq!(one(3, 8, 32, &0.125f32.to_le_bytes()), 0.125);
    assert_eq!(one(3, 16, 64, &(-0.125f64).to_le_bytes()), -0.125);
    assert_eq!(one(6, 2, 8, &[0xD5]), 8.0 / 32_768.0);
    assert_eq!(one(7, 2, 8, &[0x00]), -32_124.0 / 32_768.0);
    // Extensible, whatever its mask says.
    let mut body = format(0xFFFE, 2, 48_000, 6, 24)[8..].to_vec();
    body.extend(b"\x16\0\x14\0\x3F\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
    let bytes = riff(&[chunk(b"fmt ", &body), chunk(b"data", &[0, 0, 0x40, 0, 0, 0xC0])]);
    let audio = read_plainly(&bytes).audio;
    assert_eq!((audio.left[0], audio.right[0]), (0.5, -0.5));
}

#[test]
fn codecs_and_formats_that_cannot_be_read_are_named() {
    let data = || chunk(b"data", &[0; 4096]);
    for (tag, name) in [
        (0x02, "ADPCM (Microsoft) in WAV"),
        (0x11, "ADPCM (IMA) in WAV"),
        (0x31, "GSM 6.10 in WAV"),
        (0x55, "MP3 in WAV"),
        (0x1234, "0x1234"),
    ] {
        assert_refused(&riff(&[format(tag, 2, 48_000, 4, 4), data()]), &[name]);
    }
    assert_refused(&riff(&[format(3, 2, 48_000, 4, 16), data()]), &["16-bit floating point"]);
    assert_refused(&riff(&[format(1, 0, 48_000, 0, 16), data()]), &["channels, found 0"]);
    assert_refused(&riff(&[format(1, 6, 48_000, 12, 16), data()]), &["found 6"]);
    for rate_hz in [0, 7_999, 384_001, 0x7FFF_FFFF] {
        let bytes = riff(&[format(1, 2, rate_hz, 4, 16), data()]);
        assert_refused(&bytes, &[&format!("found {rate_hz} Hz")]);
    }
}

#[test]
fn numbers_that_are_no_audio_are_refused_with_their_place() {
    let with = |value: f32| {
        let mut samples = vec![0.5f32; 96_000];
        samples[48_001] = value;
        samples[48_003] = value;
        let bytes: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
        riff(&[format(3, 2, 48_000, 8, 32), chunk(b"data", &bytes)])
    };
    assert_refused(&with(f32::NAN), &["2 samples", "NaN", "first at 0:00.50"]);
    assert_refused(&with(1001.0), &["2 samples beyond +60 dBFS", "first at 0:00.50"]);
    assert_refused(&with(-1e30), &["2 samples beyond +60 dBFS"]);
    assert_eq!(read(&with(-1000.0)).unwrap().audio.right[24_000], -1000.0);
}

/// A file of 5 GiB that takes no room on the disk.
#[cfg(unix)]
#[test]
fn beyond_4_gib_the_length_is_what_is_there() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let bytes = 5u64 << 30;
    for (id, size, rest) in [
        // Overflown, with remarks behind it; RF64; and cut short.
        (b"RIFF", bytes as u32, 26),
        (b"RF64", u32::MAX, 26),
        (b"RF64", u32::MAX, 0),
    ] {
        let mut sizes = [0; 28];
        sizes[8..16].copy_from_slice(&bytes.to_le_bytes());
        let data = sized(b"data", size, b"");
        let head = form(id, size, &[chunk(b"ds64", &sizes), plain_format(), data]);
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(&head).unwrap();
        file.set_len(head.len() as u64 + bytes).unwrap();
        let reader = super::super::AudioReader::open(&path).unwrap();
        assert_eq!(reader.promised_frames(), Some(bytes / 4));
        assert_eq!(reader.warnings().len(), usize::from(id == b"RIFF"));
        file.set_len(head.len() as u64 + bytes + rest).unwrap();
    }
    let mut sizes = [0; 28];
    sizes[8..16].copy_from_slice(&bytes.to_le_bytes());
    let samples = little(&noise(FRAMES));
    let data = sized(b"data", u32::MAX, &samples);
    let head = form(b"RF64", u32::MAX, &[chunk(b"ds64", &sizes), plain_format(), data]);
    std::fs::write(&path, head).unwrap();
    assert!(read_file(&path).unwrap_err().contains("truncated"));
}

#[test]
fn sizes_beyond_all_numbers_are_truncation() {
    let sizes = |bytes: u64| [&[0; 8], &bytes.to_le_bytes()[..], &[0; 12]].concat();
    for bytes in [u64::MAX - 1, u64::MAX / 2, 1 << 62] {
        let chunks = [
            chunk(b"ds64", &sizes(bytes)),
            plain_format(),
            chunk(b"data", &little(&noise(FRAMES))),
            sized(b"data", u32::MAX, &little(&noise(FRAMES))),
        ];
        assert_refused(&form(b"RF64", u32::MAX, &chunks), &["the file is truncated"]);
    }
}

#[test]
fn many_chunks_of_samples_take_no_longer_than_one() {
    let samples = little(&noise(FRAMES));
    let mut chunks = vec![plain_format()];
    chunks.extend(vec![chunk(b"data", &[]); 30_000]);
    chunks.push(chunk(b"data", &samples));
    let audio = read(&riff(&chunks)).unwrap().audio;
    assert_is_noise(&audio);
}
