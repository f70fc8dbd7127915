//! M4A: what its edit list calls the music is what is read.

use super::made::{Bits, channels, mp4_box, noise};
use super::{assert_refused, fixture, read, read_plainly, read_with_warning};

const PACKET: usize = 4096;

/// A packet of ALAC that holds 16-bit stereo as it is.
fn alac(samples: &[i16]) -> Vec<u8> {
    let mut bits = Bits::default();
    // A pair of channels, its length follows, and it is not compressed.
    bits.put(1, 3);
    bits.put(0, 4 + 12);
    bits.put(0b1001, 4);
    bits.put(samples.len() as u64 / 2, 32);
    for sample in samples {
        bits.put(u64::from(*sample as u16), 16);
    }
    bits.put(7, 3);
    bits.bytes()
}

/// Numbers in a box.
pub(super) fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The entry that describes ALAC at such a rate.
fn alac_entry(rate_hz: u32) -> Vec<u8> {
    let mut cookie = words(&[0, PACKET as u32]);
    cookie.extend([0, 16, 40, 10, 14, 2, 0, 255]);
    cookie.extend(words(&[0, 0, rate_hz]));
    let mut entry = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0\0\0\0".to_vec();
    entry.extend(words(&[rate_hz << 16]));
    entry.extend(mp4_box(b"alac", &cookie));
    mp4_box(b"alac", &entry)
}

/// How a file is made.
#[derive(Clone, Copy)]
struct Plan<'a> {
    rate_hz: u32,
    timescale: u32,
    /// The body of its edit list, if it has one.
    list: &'a [u8],
    is_index_last: bool,
}

/// A file of noise at such a rate, its index before or behind the audio.
fn m4a(
    samples: &[i16],
    rate_hz: u32,
    timescale: u32,
    edits: &[(u32, i32)],
    is_index_last: bool,
) -> Vec<u8> {
    let mut list = words(&[0, edits.len() as u32]);
    for (length, start) in edits {
        list.extend(words(&[*length, *start as u32, 0x1_0000]));
    }
    let list = if edits.is_empty() { &[] } else { &list[..] };
    planned(samples, Plan { rate_hz, timescale, list, is_index_last })
}

fn planned(samples: &[i16], plan: Plan) -> Vec<u8> {
    let Plan { rate_hz, timescale, list, is_index_last } = plan;
    let packets: Vec<Vec<u8>> = samples.chunks(2 * PACKET).map(alac).collect();
    let frames = samples.len() as u32 / 2;
    let head = mp4_box(b"ftyp", b"M4A \0\0\0\0");
    let media = mp4_box(b"mdat", &packets.concat());
    let index = |start: u32| {
        let sizes: Vec<u32> = packets.iter().map(|packet| packet.len() as u32).collect();
        let count = sizes.len() as u32;
        let last = frames - (count - 1) * PACKET as u32;
        let stbl = [
            mp4_box(b"stsd", &[words(&[0, 1]), alac_entry(rate_hz)].concat()),
            mp4_box(b"stts", &words(&[0, 2, count - 1, PACKET as u32, 1, last])),
            mp4_box(b"stsc", &words(&[0, 1, 1, count, 1])),
            mp4_box(b"stsz", &words(&[&[0, 0, count], &sizes[..]].concat())),
            mp4_box(b"stco", &words(&[0, 1, start])),
        ];
        let dref = mp4_box(b"dref", &[words(&[0, 1]), mp4_box(b"url ", &words(&[1]))].concat());
        let minf =
            [mp4_box(b"smhd", &[0; 8]), mp4_box(b"dinf", &dref), mp4_box(b"stbl", &stbl.concat())];
        let mdia = [
            mp4_box(b"mdhd", &words(&[0, 0, 0, rate_hz, frames, 0])),
            mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            mp4_box(b"minf", &minf.concat()),
        ];
        let mut trak = mp4_box(b"tkhd", &[&words(&[7, 0, 0, 1, 0, frames])[..], &[0; 60]].concat());
        if !list.is_empty() {
            trak.extend(mp4_box(b"edts", &mp4_box(b"elst", list)));
        }
        trak.extend(mp4_box(b"mdia", &mdia.concat()));
        let mvhd = [&words(&[0, 0, 0, timescale, 1])[..], &[0; 80]].concat();
        mp4_box(b"moov", &[mp4_box(b"mvhd", &mvhd), mp4_box(b"trak", &trak)].concat())
    };
    if is_index_last {
        [head.clone(), media, index(head.len() as u32 + 8)].concat()
    } else {
        let start = head.len() + index(0).len() + 8;
        [head, index(start as u32), media].concat()
    }
}

const FRAMES: usize = 50_000;

#[track_caller]
fn assert_is(bytes: &[u8], expected: &[i16]) {
    let audio = read_plainly(bytes).audio;
    let [left, right] = channels(expected);
    assert!(audio.left == left && audio.right == right, "{} frames", audio.frames());
}

#[test]
fn the_edit_list_says_what_is_music() {
    let samples = noise(FRAMES);
    let part = |from: usize, to: usize| samples[2 * from..2 * to].to_vec();
    for is_index_last in [false, true] {
        let file = |timescale: u32, edits: &[(u32, i32)]| {
            m4a(&samples, 48_000, timescale, edits, is_index_last)
        };
        assert_is(&file(1000, &[]), &samples);
        assert_is(&file(48_000, &[(30_000, 2112)]), &part(2112, 32_112));
        // To the last frame, though the clock of the list is coarser.
        assert_is(&file(1000, &[(997, 2112)]), &part(2112, FRAMES));
        assert_is(&file(600, &[(598, 2112)]), &part(2112, FRAMES));
        // Without a length, to the end.
        assert_is(&file(1000, &[(0, 1024)]), &part(1024, FRAMES));
        // Silence first, and two passages.
        let silence = vec![0; 2 * 4800];
        assert_is(&file(1000, &[(100, -1), (0, 0)]), &[&silence, &samples[..]].concat());
        let passages = [part(4800, 9600), part(24_000, 28_800)].concat();
        assert_is(&file(1000, &[(100, 4800), (100, 24_000)]), &passages);
    }
    let back = m4a(&samples, 48_000, 1000, &[(100, 4800), (100, 0)], false);
    assert_eq!(read_with_warning(&back, &["goes back in time"]).audio.frames(), FRAMES);
    assert_is(&m4a(&samples, 44_100, 44_100, &[(40_000, 2112)], true), &part(2112, 42_112));
}

#[test]
fn what_itunes_remarks_counts_where_there_is_no_list() {
    let samples = noise(FRAMES);
    let plain = m4a(&samples, 48_000, 1000, &[], true);
    let text = b"\0\0\0\x01\0\0\0\0 00000000 00000840 0000037C 0000000000009C40 00000000";
    let remark = [
        mp4_box(b"mean", b"\0\0\0\0com.apple.iTunes"),
        mp4_box(b"name", b"\0\0\0\0iTunSMPB"),
        mp4_box(b"data", text),
    ];
    let list = mp4_box(b"ilst", &mp4_box(b"----", &remark.concat()));
    let handler = mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    let meta = mp4_box(b"meta", &[&[0; 4], &handler[..], &list].concat());
    let remarks = mp4_box(b"udta", &meta);
    // Behind all else in the index, which is the last box.
    let place = plain.windows(4).position(|four| four == b"moov").unwrap() - 4;
    let mut bytes = plain[..place].to_vec();
    bytes.extend(mp4_box(b"moov", &[&plain[place + 8..], &remarks].concat()));
    assert_is(&bytes, &samples[2 * 0x840..2 * (0x840 + 0x9C40)]);
}

#[test]
fn what_is_truncated_is_called_so() {
    let samples = noise(FRAMES);
    let last = m4a(&samples, 48_000, 1000, &[], true);
    let cut = &last[..last.len() / 2];
    assert_refused(cut, &["truncated", "missing at its end"]);
    let first = m4a(&samples, 48_000, 1000, &[], false);
    assert_refused(&first[..first.len() / 2], &["truncated", "bytes missing"]);
    assert_refused(&first[..first.len() - 1], &["truncated", "1 byte missing"]);
    let mdat = last.windows(4).position(|four| four == b"moov").unwrap() - 4;
    assert_refused(&last[..mdat], &["never finished"]);
    assert_refused(&fixture("chorus.m4a")[..9000], &["truncated"]);
}

#[test]
fn codecs_that_cannot_be_read_are_named() {
    let plain = fixture("chorus.m4a");
    let with = |from: &[u8], to: &[u8]| {
        let place = plain.windows(from.len()).position(|bytes| bytes == from).unwrap();
        [&plain[..place], to, &plain[place + from.len()..]].concat()
    };
    for (kind, name) in [(b"ac-3", "AC-3"), (b"Opus", "Opus"), (b"ec-3", "E-AC-3")] {
        assert_refused(&with(b"mp4a", kind), &[name, "in MP4"]);
    }
    // The description of AAC: object, rate and channels in the first 13 bits.
    let place = plain.windows(4).position(|four| four == b"esds").unwrap();
    let config =
        place + plain[place..].windows(4).position(|x| x == [5, 0x80, 0x80, 0x80]).unwrap() + 5;
    let described = |first: u8, second: u8| {
        let mut bytes = plain.clone();
        bytes[config] = first;
        bytes[config + 1] = second;
        bytes
    };
    let [first, second] = [plain[config], plain[config + 1]];
    assert_refused(&described(first, second & 0x87 | 6 << 3), &["5.1 AAC"]);
    assert_refused(&described(5 << 3 | first & 7, second), &["HE-AAC"]);
    assert_refused(&described(1 << 3 | first & 7, second), &["another profile than LC"]);
    assert!(read_plainly(&plain).audio.frames() > 0);
    let mut bare = fixture("chorus.aac");
    bare[2] |= 1;
    bare[3] = bare[3] & 0x3F | 0x80;
    assert_refused(&bare, &["5.1 AAC"]);
}

#[test]
fn an_edit_list_of_any_numbers_is_read_or_refused() {
    let samples = noise(FRAMES);
    let listed = |timescale: u32, edits: &[(u64, i64)]| {
        let mut list = words(&[1 << 24, edits.len() as u32]);
        for (length, start) in edits {
            list.extend(length.to_be_bytes());
            list.extend(start.to_be_bytes());
            list.extend(words(&[0x1_0000]));
        }
        planned(&samples, Plan { rate_hz: 48_000, timescale, list: &list, is_index_last: false })
    };
    assert_is(&listed(48_000, &[(30_000, 2112)]), &samples[2 * 2112..2 * 32_112]);
    // To the end, and beyond it.
    assert_is(&listed(48_000, &[(u64::MAX, 2112)]), &samples[2 * 2112..]);
    for edits in [&[(0, i64::MAX)][..], &[(u64::MAX, i64::MAX)], &[(7, i64::MAX), (7, i64::MAX)]] {
        for timescale in [0, 1, 48_000, u32::MAX] {
            let read = read(&listed(timescale, edits));
            assert!(!read.is_err_and(|text| text.contains("could not deal with")));
        }
    }
    // Twelve bytes would make hours.
    let silence = [(1 << 40, -1), (0, 0)];
    assert_refused(&listed(48_000, &silence), &["s of silence", "edit list"]);
    assert_refused(&listed(48_000, &[(5_000_000, -1); 3]), &["312 s of silence"]);
}

#[test]
fn chunks_that_lie_in_no_order_are_refused() {
    // The demuxer takes none from before the one that came last.
    let samples = noise(2 * PACKET);
    let (ordered, again) = (chunked(&samples, [0, 1]), chunked(&samples, [1, 0]));
    assert_is(&ordered, &samples);
    assert_refused(&again, &["does not lie in its order"]);
}

/// A file of two packets in two chunks, which come in this order.
fn chunked(samples: &[i16], order: [u32; 2]) -> Vec<u8> {
    let plain = m4a(samples, 48_000, 1000, &[], true);
    let box_at = |kind: &[u8]| plain.windows(4).position(|four| four == kind).unwrap();
    let (stsc, stsz, stco) = (box_at(b"stsc"), box_at(b"stsz"), box_at(b"stco"));
    let number = |place: usize| u32::from_be_bytes(plain[place..place + 4].try_into().unwrap());
    let (start, length) = (number(stco + 12), number(stsz + 16));
    let mut bytes = plain.clone();
    // One packet to a chunk.
    bytes[stsc + 16..stsc + 20].copy_from_slice(&1_u32.to_be_bytes());
    let starts = order.map(|place| start + place * length);
    let table = mp4_box(b"stco", &words(&[0, 2, starts[0], starts[1]]));
    bytes.splice(stco - 4..stco + 16, table);
    for container in [b"moov", b"trak", b"mdia", b"minf", b"stbl"] {
        let place = box_at(container) - 4;
        let longer = number(place) + 4;
        bytes[place..place + 4].copy_from_slice(&longer.to_be_bytes());
    }
    bytes
}

#[test]
fn a_description_that_ends_in_its_name_is_none() {
    let plain = m4a(&noise(FRAMES), 48_000, 1000, &[], true);
    // The last four bytes of the one entry.
    let end = plain.windows(4).position(|four| four == b"stts").unwrap() - 4;
    let mut bytes = plain.clone();
    bytes[end - 4..end].copy_from_slice(b"esds");
    assert!(!read(&bytes).is_err_and(|text| text.contains("could not deal with")));
}

/// The same file, its track counting in units of two frames.
fn at_half_the_clock(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = |kind: &[u8]| bytes.windows(4).position(|four| four == kind).unwrap();
    let (mdhd, elst, stts) = (place(b"mdhd"), place(b"elst"), place(b"stts"));
    let number = |place: usize| u32::from_be_bytes(bytes[place..place + 4].try_into().unwrap());
    let mut halved = vec![mdhd + 16, mdhd + 20];
    halved.extend((0..number(elst + 8) as usize).map(|n| elst + 16 + 12 * n));
    halved.extend((0..number(stts + 8) as usize).map(|n| stts + 16 + 8 * n));
    let numbers: Vec<i32> = halved.iter().map(|place| number(*place) as i32).collect();
    for (place, number) in halved.iter().zip(numbers) {
        let half = if number < 0 { number } else { number / 2 };
        bytes[*place..place + 4].copy_from_slice(&half.to_be_bytes());
    }
    bytes
}

#[test]
fn a_track_may_count_in_other_units_than_frames() {
    let plain = fixture("chorus.m4a");
    assert!(read_plainly(&at_half_the_clock(&plain)).audio == read_plainly(&plain).audio);
    let samples = noise(FRAMES);
    for edits in [&[(0, 2112)][..], &[(500, 2112)], &[(100, -1), (0, 0)]] {
        let plain = m4a(&samples, 48_000, 1000, edits, true);
        let audio = read_plainly(&plain).audio;
        assert!(read_plainly(&at_half_the_clock(&plain)).audio == audio, "{edits:?}");
    }
}
