//! AAC in ADTS: every frame, and damage in its place.

use super::{assert_refused, fixture, read, read_plainly, read_with_warning};

const PACKET: usize = 1024;

fn length(frame: &[u8]) -> usize {
    usize::from(frame[3] & 3) << 11 | usize::from(frame[4]) << 3 | usize::from(frame[5] >> 5)
}

fn frames() -> Vec<Vec<u8>> {
    let mut bytes = fixture("chorus.aac");
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let rest = bytes.split_off(length(&bytes));
        frames.push(std::mem::replace(&mut bytes, rest));
    }
    frames
}

/// That silence stands in this packet's place, and what lies before it is as it was.
#[track_caller]
fn assert_silent(audio: &[f32], original: &[f32], packet: usize) {
    let (from, to) = (packet * PACKET, (packet + 1) * PACKET);
    assert!(audio[..from] == original[..from]);
    assert!(audio[from..to].iter().all(|sample| *sample == 0.0));
    assert!(original[from..to].iter().any(|sample| *sample != 0.0));
    // In step: what the encoder left to chance is another noise, but little of it.
    let difference = |late: usize| -> f32 {
        let pairs = audio.iter().skip(late).zip(original).skip(to + PACKET);
        pairs.map(|(a, b)| (a - b).powi(2)).sum()
    };
    assert!(3.0 * difference(0) < difference(1), "{} {}", difference(0), difference(1));
}

#[test]
fn a_damaged_head_is_silence_of_its_packet_and_is_told() {
    let (frames, original) = (frames(), read_plainly(&fixture("chorus.aac")).audio);
    let damages: [fn(&mut Vec<u8>); 4] = [
        |frame| frame[0] = 0,
        |frame| frame[1] = 0x55,
        // Another rate, and a length that leads nowhere.
        |frame| frame[2] ^= 4,
        |frame| frame[..7].fill(0),
    ];
    for damage in damages {
        let mut frames = frames.clone();
        damage(&mut frames[20]);
        let decoded = read(&frames.concat()).unwrap();
        let [warning] = &decoded.warnings[..] else { panic!("{:?}", decoded.warnings) };
        assert!(warning.contains("damaged in a place at 0:00.4") && warning.contains("silent"));
        // Where nothing is left of its head, the frame before it cannot be told from a cut one.
        let is_plain = frames[20][2] != 0;
        assert_eq!(warning.contains("may be early"), !is_plain, "{warning}");
        if is_plain {
            assert_eq!(decoded.audio.frames(), original.frames());
            assert_silent(&decoded.audio.left, &original.left, 20);
        }
    }
}

#[test]
fn what_was_cut_out_is_told_with_its_place() {
    let mut frames = frames();
    let half = frames[20].len() / 2;
    frames[20].truncate(half);
    frames[22].drain(..30);
    frames.remove(21);
    let words = &["damaged in a place at 0:00.42", "what follows may be early"];
    read_with_warning(&frames.concat(), words);
}

#[test]
fn what_is_no_single_packet_of_lc_is_named() {
    let bytes = fixture("chorus.aac");
    let with = |place: usize, change: fn(u8) -> u8| {
        let mut frames = frames();
        for frame in &mut frames {
            frame[place] = change(frame[place]);
        }
        frames.concat()
    };
    assert_refused(&with(2, |byte| byte & 0x3F), &["another profile than LC (1)"]);
    assert_refused(&with(6, |byte| byte | 1), &["several packets to a frame"]);
    assert_refused(&with(3, |byte| byte & 0x3F), &["described within its audio"]);
    let cut = read_with_warning(&bytes[..bytes.len() - 50], &["cut short"]).audio;
    assert_eq!(cut.frames(), (frames().len() - 1) * PACKET);
}
