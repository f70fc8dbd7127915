use std::io::Cursor;

use super::*;

const BEXT: Chunk = Chunk { id: *b"bext", bytes: Vec::new() };

fn written(bits: Bits, channels: u16, frames: usize, announced: Option<u64>, most: u64) -> Vec<u8> {
    let spec = WavSpec { sample_rate_hz: 48_000, channels, bits };
    let front = [Chunk { bytes: b"ABCDEF".to_vec(), ..BEXT }];
    let behind = [Chunk { id: *b"cue ", bytes: b"123".to_vec() }];
    let file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(file, spec, announced, &front, &behind, most).unwrap();
    let samples: Vec<i32> = (0..frames as i32 * i32::from(channels)).map(|n| n - 7).collect();
    // In pieces, as it is rendered.
    for samples in samples.chunks(usize::from(channels) * 10) {
        if bits == Bits::F32 {
            let floats: Vec<f32> = samples.iter().map(|sample| *sample as f32).collect();
            writer.write_floats(&floats).unwrap();
        } else {
            writer.write_integers(samples).unwrap();
        }
    }
    writer.rewrite(*b"bext", 1, b"x").unwrap();
    writer.finish().unwrap().into_inner()
}

/// The chunks of a RIFF or RF64 file as they follow each other, read after EBU Tech 3306.
fn chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let u32_at = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap());
    let is_rf64 = &file[..4] == b"RF64";
    assert!(is_rf64 || &file[..4] == b"RIFF");
    assert_eq!(&file[8..12], b"WAVE");
    let riff_bytes = if is_rf64 {
        assert_eq!(u32_at(4), u32::MAX);
        assert_eq!(&file[12..16], b"ds64");
        u64_at(20)
    } else {
        u64::from(u32_at(4))
    };
    assert_eq!(riff_bytes as usize + 8, file.len());
    let mut found = Vec::new();
    let mut at = 12;
    while at < file.len() {
        let id: [u8; 4] = file[at..at + 4].try_into().unwrap();
        let size = if id == *b"data" && is_rf64 {
            assert_eq!(u32_at(at + 4), u32::MAX);
            u64_at(28) as usize
        } else {
            u32_at(at + 4) as usize
        };
        found.push((id, file[at + 8..at + 8 + size].to_owned()));
        at += 8 + size + size % 2;
    }
    assert_eq!(at, file.len());
    found
}

#[test]
fn another_reader_finds_the_same_samples() {
    for (bits, channels, frames) in
        [(Bits::B16, 1, 101), (Bits::B16, 2, 100), (Bits::B24, 1, 101), (Bits::B24, 2, 33)]
    {
        let file = written(bits, channels, frames, Some(frames as u64), MOST_RIFF_BYTES);
        let mut reader = hound::WavReader::new(Cursor::new(&file)).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.bits_per_sample), (channels, bits.count()));
        assert_eq!(spec.sample_rate, 48_000);
        let samples: Vec<i32> = reader.samples().map(Result::unwrap).collect();
        let expected: Vec<i32> = (0..frames as i32 * i32::from(channels)).map(|n| n - 7).collect();
        assert_eq!(samples, expected);
    }
    let file = written(Bits::F32, 2, 50, None, MOST_RIFF_BYTES);
    let mut reader = hound::WavReader::new(Cursor::new(&file)).unwrap();
    assert_eq!(reader.spec().sample_format, hound::SampleFormat::Float);
    let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(samples[..8], [-7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0]);
    let fact = chunks(&file).into_iter().find(|(id, _)| id == b"fact").unwrap();
    assert_eq!(fact.1, 50u32.to_le_bytes());
}

#[test]
fn chunks_stand_around_the_audio_on_even_places() {
    let file = written(Bits::B24, 1, 5, Some(5), MOST_RIFF_BYTES);
    let found = chunks(&file);
    let ids: Vec<&[u8]> = found.iter().map(|(id, _)| &id[..]).collect();
    assert_eq!(ids, [&b"bext"[..], b"fmt ", b"data", b"cue "]);
    assert_eq!(found[0].1, b"AxCDEF");
    assert_eq!(found[2].1.len(), 15);
    assert_eq!(found[3].1, b"123");
}

#[test]
fn what_outgrows_a_riff_file_is_rf64() {
    for (bits, announced) in
        [(Bits::B24, None), (Bits::B24, Some(1_001)), (Bits::B16, None), (Bits::F32, Some(1_001))]
    {
        let file = written(bits, 1, 1_001, announced, 2_000);
        assert_eq!(&file[..4], b"RF64", "{bits:?}");
        let found = chunks(&file);
        let ids: Vec<&[u8]> = found.iter().map(|(id, _)| &id[..]).collect();
        assert!(ids.starts_with(&[b"ds64", b"bext", b"fmt "]), "{ids:?}");
        let frames = u64::from_le_bytes(found[0].1[16..24].try_into().unwrap());
        assert_eq!(frames, 1_001);
        let (_, data) = found.iter().find(|(id, _)| id == b"data").unwrap();
        // The same bytes as in a file that did not outgrow its header.
        let small = written(bits, 1, 1_001, Some(1_001), MOST_RIFF_BYTES);
        let small = chunks(&small).into_iter().find(|(id, _)| id == b"data").unwrap();
        assert_eq!(*data, small.1);
    }
    // Room was made, and not needed.
    let file = written(Bits::B16, 2, 10, None, MOST_RIFF_BYTES);
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(chunks(&file)[0].0, *b"JUNK");
}

#[test]
fn more_than_was_announced_is_an_error_and_no_broken_file() {
    let spec = WavSpec { sample_rate_hz: 48_000, channels: 1, bits: Bits::B16 };
    let file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(file, spec, Some(10), &[], &[], 2_000).unwrap();
    writer.write_integers(&[0; 1_000]).unwrap();
    assert!(writer.finish().is_err());
}
