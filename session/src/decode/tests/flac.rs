//! FLAC: what was decoded is what was encoded, or it is refused.

use super::made::{FLAC_BLOCK, FlacPlan, channels, flac, flac_frames, noise, stream_info};
use super::{assert_refused, read, read_plainly, read_with_warning};

const FRAMES: usize = 30_000;

#[track_caller]
fn assert_is_noise(bytes: &[u8]) {
    let audio = read_plainly(bytes).audio;
    let [left, right] = channels(&noise(FRAMES));
    assert!(audio.left == left && audio.right == right, "{} frames", audio.frames());
}

fn plan() -> FlacPlan {
    FlacPlan::default()
}

#[test]
fn wrong_audio_is_never_accepted() {
    let whole = flac(&noise(FRAMES), 48_000, plan());
    assert_is_noise(&whole);
    // A sum that is missing is no fault.
    assert_is_noise(&flac(&noise(FRAMES), 48_000, FlacPlan { has_sum: false, ..plan() }));
    // One that is wrong is: the audio is not that which was encoded.
    let mut wrong = whole.clone();
    wrong[8 + 18] ^= 1;
    assert_refused(&wrong, &["MD5"]);
    // Deeper than the decoder can.
    let deep = flac(&noise(FRAMES), 48_000, FlacPlan { bits: 32, ..plan() });
    assert_refused(&deep, &["32-bit FLAC"]);
    // A frame that is lost or damaged, with and without a length and a sum to know it by.
    for (has_length, has_sum) in [(true, true), (false, true), (true, false), (false, false)] {
        let samples = noise(FRAMES);
        let head = flac(&[], 48_000, plan());
        let mut frames = flac_frames(&samples, false);
        let mut bytes = head[..8].to_vec();
        bytes.extend(stream_info(&samples, 48_000, FlacPlan { has_length, has_sum, ..plan() }));
        let lost = [&bytes[..], &[&frames[..3], &frames[4..]].concat().concat()].concat();
        assert!(read(&lost).is_err(), "{has_length} {has_sum}");
        frames[3][100] ^= 0x10;
        assert!(read(&[&bytes[..], &frames.concat()].concat()).is_err(), "{has_length} {has_sum}");
    }
}

#[test]
fn lengths_of_blocks_that_are_off_keep_nothing_from_being_read() {
    let block = FLAC_BLOCK as u16;
    for is_variable in [false, true] {
        for (shortest_block, longest_block) in
            [(block, block), (0, block), (16, block), (0, 0), (1328, block)]
        {
            let plan = FlacPlan { shortest_block, longest_block, is_variable, ..plan() };
            assert_is_noise(&flac(&noise(FRAMES), 44_100, plan));
        }
    }
}

#[test]
fn nothing_around_the_audio_is_in_its_way() {
    let whole = flac(&noise(FRAMES), 48_000, plan());
    // 3 MB of cover art in an ID3 tag, and a tag of the first version behind it.
    let mut art = b"ID3\x03\0\0\x01\x40\0\0".to_vec();
    art.resize(10 + (1 << 21) + (0x40 << 14), 0xFF);
    assert_is_noise(&[&art, &whole[..]].concat());
    assert_is_noise(&[&whole[..], b"TAG", &[b'x'; 125]].concat());
    // A picture that is none, a table of seek points of half a point, remarks that are none.
    let info = &whole[8..42];
    let mut bytes = [b"fLaC\0\0\0\x22", info].concat();
    for kind in [6, 3, 4, 5, 126] {
        bytes.extend([kind, 0, 0, 9]);
        bytes.extend([0xFF; 9]);
    }
    bytes.extend(b"\x81\0\0\x02zz");
    bytes.extend(&whole[42..]);
    assert_is_noise(&bytes);
}

#[test]
fn without_a_length_it_is_read_to_its_end_and_cut_short_it_is_truncated() {
    let open = flac(&noise(FRAMES), 48_000, FlacPlan { has_length: false, ..plan() });
    assert_eq!(read_with_warning(&open, &["no length"]).audio.frames(), FRAMES);
    let whole = flac(&noise(FRAMES), 48_000, plan());
    assert_refused(&whole[..whole.len() / 2], &["0.62 s", "truncated"]);
    assert_refused(&whole[..whole.len() - 1], &["truncated"]);
    assert_refused(&whole[..42], &["truncated"]);
    assert_refused(&[&whole[..], &whole].concat(), &["another file was joined to it"]);
    // Of a cut recording without a length the sum still tells.
    assert!(read(&open[..open.len() / 2]).is_err());
}
