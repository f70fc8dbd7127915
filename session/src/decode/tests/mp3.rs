//! MP3: every frame of every part, and nothing else.

use super::super::mp3::frame_bytes;
use super::{assert_refused, fixture, read, read_plainly, read_with_warning};

/// The frames of the fixture, its remarks first, without the tag before them.
fn frames() -> Vec<Vec<u8>> {
    let bytes = fixture("chorus.mp3");
    let mut place = bytes.windows(2).position(|two| two == [0xFF, 0xFB]).unwrap();
    let mut frames = Vec::new();
    while let Some(length) =
        frame_bytes(&bytes[place..]).filter(|length| place + length <= bytes.len())
    {
        frames.push(bytes[place..place + length].to_vec());
        place += length;
    }
    frames
}

#[test]
fn joined_songs_are_both_there() {
    let alone = read_plainly(&fixture("chorus.mp3")).audio;
    assert_eq!(alone.frames(), alone.sample_rate_hz as usize);
    let tag = [b"TAG", &[b'x'; 125][..]].concat();
    for between in [&b""[..], &tag] {
        let joined = [&fixture("chorus.mp3")[..], between, &fixture("chorus.mp3")].concat();
        let joined = read_plainly(&joined).audio;
        assert!(joined.left == [&alone.left[..], &alone.left].concat());
        assert!(joined.right == [&alone.right[..], &alone.right].concat());
    }
    // The second one without remarks: it is all there, and the first one's header is wrong.
    let joined = [frames().concat(), frames()[1..].concat()].concat();
    let joined = read_with_warning(&joined, &["goes on for", "beyond the end"]).audio;
    assert_eq!(joined.frames(), alone.frames() + (frames().len() - 1) * 1152);
    assert!(joined.left[..alone.frames()] == alone.left);
}

#[test]
fn songs_of_two_formats_are_refused() {
    // Silence in mono at the same rate, side information and all.
    let mut mono = frames()[1][..4].to_vec();
    mono[3] |= 0xC0;
    mono.resize(frame_bytes(&mono).unwrap(), 0);
    let joined = [frames().concat(), mono.repeat(20)].concat();
    assert_refused(&joined, &["one format throughout", "1 channel at", "after 2 channels"]);
}

#[test]
fn without_remarks_nothing_is_cut_off() {
    let audio = read_plainly(&frames()[1..].concat()).audio;
    assert_eq!(audio.frames(), (frames().len() - 1) * 1152);
    // The run-up of encoder and decoder, 576 and 529 frames, is there.
    let trimmed = read_plainly(&fixture("chorus.mp3")).audio;
    assert!(audio.left[1105..1105 + trimmed.frames()] == trimmed.left);
}

#[test]
fn damage_is_silence_of_the_same_length_and_is_told() {
    let original = read_plainly(&frames()[1..].concat()).audio;
    let mut damaged = frames();
    // A header that is none any more; it takes its frame with it.
    damaged[20][..2].fill(0);
    let bytes = damaged[1..].concat();
    let audio = read_with_warning(&bytes, &["damaged in", "in a place at 0:00.45", "silent"]).audio;
    assert_eq!(audio.frames(), original.frames());
    let tail = 26 * 1152;
    let nearly = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-3;
    assert!(audio.left[tail..].iter().zip(&original.left[tail..]).all(nearly));
    assert!(audio.left[..18 * 1152] == original.left[..18 * 1152]);
}

/// Whether a passage is the same but for what a decoder does not remember.
fn is_nearly(audio: &[f32], original: &[f32]) -> bool {
    audio.len() == original.len() && audio.iter().zip(original).all(|(a, b)| (a - b).abs() < 1e-3)
}

/// Leaves out what lies between the middle of one frame and another.
fn cut(mut frames: Vec<Vec<u8>>, from: usize, to: usize) -> Vec<Vec<u8>> {
    let third = frames[to].len() / 3;
    let rest = frames[to].split_off(third);
    let half = frames[from].len() / 2;
    frames[from].truncate(half);
    frames.splice(from + 1..=to, [rest]);
    frames
}

#[test]
fn what_was_cut_out_is_silence_where_a_header_counts_it() {
    let original = read_plainly(&fixture("chorus.mp3")).audio;
    let words = &["damaged in a place at 0:00.43", "0.10 s lost, silent instead"];
    let bytes = cut(frames(), 20, 23).concat();
    let audio = read_with_warning(&bytes, words).audio;
    assert_eq!(audio.frames(), original.frames());
    assert!(audio.left[..18 * 1152 - 1105] == original.left[..18 * 1152 - 1105]);
    assert!(is_nearly(&audio.left[26 * 1152..], &original.left[26 * 1152..]));
    // Whole frames: nothing is out of step, but what follows asks for bits of those that lack.
    let mut whole = frames();
    whole.drain(20..24);
    let audio = read_with_warning(&whole.concat(), words).audio;
    assert_eq!(audio.frames(), original.frames());
    assert!(is_nearly(&audio.left[26 * 1152..], &original.left[26 * 1152..]));
    // In two places nobody knows how much lacks in each; behind both all is in its place.
    let twice = cut(cut(frames(), 17, 19), 10, 12);
    let words = &["damaged in 2 places", "0.14 s lost", "between the first and the last"];
    let audio = read_with_warning(&twice.concat(), words).audio;
    assert_eq!(audio.frames(), original.frames());
    assert!(is_nearly(&audio.left[26 * 1152..], &original.left[26 * 1152..]));
}

#[test]
fn what_was_cut_out_is_told_where_nothing_counts_it() {
    let bytes = cut(frames(), 20, 23)[1..].concat();
    let decoded = read_with_warning(&bytes, &["at 0:00.4", "what follows may be early"]);
    assert!(decoded.audio.frames() < (frames().len() - 2) * 1152);
    let mut whole = frames();
    whole.drain(20..24);
    let words = &["at 0:00.45", "how much is lost is not known", "what follows may be early"];
    read_with_warning(&whole[1..].concat(), words);
}

#[test]
fn what_was_put_between_frames_is_left_out_where_a_header_counts_them() {
    let original = read_plainly(&fixture("chorus.mp3")).audio;
    let mut frames = frames();
    frames.insert(20, vec![0x55; frames[20].len()]);
    let decoded = read_with_warning(&frames.concat(), &["bytes at 0:00.4", "are no MP3: left out"]);
    assert!(decoded.audio == original);
}

#[test]
fn a_file_cut_short_says_so() {
    let whole = frames()[1..].concat();
    let cut = read_with_warning(&whole[..whole.len() - 100], &["cut short"]).audio;
    assert_eq!(cut.frames(), (frames().len() - 2) * 1152);
    // With remarks it is known how much lacks: a little is told, more is refused.
    let whole = fixture("chorus.mp3");
    let words = read(&whole[..whole.len() - 700]).unwrap().warnings.join("; ");
    assert!(words.contains("cut short") && words.contains("before the end"), "{words}");
    assert_refused(&whole[..whole.len() / 3], &["truncated"]);
}

#[test]
fn junk_before_and_behind_is_none_of_it() {
    let alone = read_plainly(&fixture("chorus.mp3")).audio;
    let junk: Vec<u8> = (0..5000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let decoded = read_with_warning(
        &[&junk[..], &frames().concat(), &junk].concat(),
        &["5000 bytes", "are no MP3"],
    );
    assert!(decoded.audio == alone);
    let padded = [&frames().concat()[..], &[0; 700]].concat();
    assert!(read_plainly(&padded).audio == alone);
}

#[test]
fn what_stands_before_the_first_frame_is_as_long_as_frames_would_be() {
    let original = read_plainly(&fixture("chorus.mp3")).audio;
    let frames = frames();
    let junk = vec![0x55; 10 * frames[1].len()];
    // Remarks thrice are enough to be known as an MP3, and hold no audio.
    let bytes = [&frames[0].repeat(3)[..], &junk, &frames[1..].concat()].concat();
    let audio = read(&bytes).unwrap().audio;
    // Frames are of several lengths; not one for each byte.
    assert!(audio.frames() < original.frames() + 40 * 1152, "{} frames", audio.frames());
}
