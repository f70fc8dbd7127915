//! M4A in fragments: all of them, in their order, and what lacks is told.

use super::made::mp4_box;
use super::mp4::words as numbers;
use super::{assert_refused, fixture, read, read_plainly, read_with_warning};

/// Packets to a fragment.
const FEW: usize = 6;
const PACKET: usize = 1024;

/// The fixture without its audio, and its packets.
struct Source {
    /// What stands before its index, less the audio.
    head: Vec<u8>,
    /// What its index holds.
    index: Vec<u8>,
    packets: Vec<Vec<u8>>,
}

/// Where a box begins behind its kind, and the number at a place in it.
fn find(bytes: &[u8], kind: &[u8]) -> usize {
    bytes.windows(4).position(|four| four == kind).unwrap() + 4
}

fn number(bytes: &[u8], place: usize) -> usize {
    u32::from_be_bytes(bytes[place..place + 4].try_into().unwrap()) as usize
}

fn source() -> Source {
    let bytes = fixture("chorus.m4a");
    let (mdat, moov, stsz) = (find(&bytes, b"mdat"), find(&bytes, b"moov"), find(&bytes, b"stsz"));
    let mut place = mdat;
    let packets = (0..number(&bytes, stsz + 8)).map(|n| {
        let length = number(&bytes, stsz + 12 + 4 * n);
        place += length;
        bytes[place - length..place].to_vec()
    });
    let packets = packets.collect();
    let mut index = bytes[moov..].to_vec();
    for (kind, count) in [(b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4)] {
        let place = find(&index, kind) + count;
        index[place..place + 4].fill(0);
    }
    Source { head: bytes[..mdat - 8].to_vec(), index, packets }
}

impl Source {
    /// The index of a file in fragments, each packet of so many bytes where nothing else is said.
    fn movie(&self, bytes_of_each: u32, length_ms: u32) -> Vec<u8> {
        let trex = mp4_box(b"trex", &numbers(&[0, 1, 1, PACKET as u32, bytes_of_each, 0]));
        let mehd = mp4_box(b"mehd", &numbers(&[0, length_ms]));
        let mvex = mp4_box(b"mvex", &[mehd, trex].concat());
        [&self.head[..], &mp4_box(b"moov", &[&self.index[..], &mvex].concat())].concat()
    }

    /// The fragments of it: when each begins, and its packets.
    fn fragments(&self) -> Vec<(usize, Vec<Vec<u8>>)> {
        let parts = self.packets.chunks(FEW).enumerate();
        parts.map(|(n, packets)| (n * FEW * PACKET, packets.to_vec())).collect()
    }
}

/// A run of packets whose audio lies so far behind its fragment's beginning.
fn run(packets: &[Vec<u8>], offset: u32) -> Vec<u8> {
    let mut body = numbers(&[0x201, packets.len() as u32, offset]);
    body.extend(numbers(&packets.iter().map(|packet| packet.len() as u32).collect::<Vec<_>>()));
    mp4_box(b"trun", &body)
}

/// A fragment of such parts of a track, which each lie so far behind its beginning.
fn fragment(begins_at: usize, runs: &[(&[Vec<u8>], usize)], media: &[u8]) -> Vec<u8> {
    let make = |length: u32| {
        let runs = runs.iter().map(|(packets, place)| run(packets, length + 8 + *place as u32));
        let tfhd = mp4_box(b"tfhd", &numbers(&[0x2_0000, 1]));
        let tfdt = mp4_box(b"tfdt", &numbers(&[0, begins_at as u32]));
        let traf = mp4_box(b"traf", &[tfhd, tfdt, runs.collect::<Vec<_>>().concat()].concat());
        mp4_box(b"moof", &[mp4_box(b"mfhd", &numbers(&[0, 1])), traf].concat())
    };
    let moof = make(make(0).len() as u32);
    [moof, mp4_box(b"mdat", media)].concat()
}

/// A file of such fragments.
fn file(source: &Source, length_ms: u32, fragments: &[(usize, Vec<Vec<u8>>)]) -> Vec<u8> {
    let mut bytes = source.movie(0, length_ms);
    for (begins_at, packets) in fragments {
        bytes.extend(fragment(*begins_at, &[(packets, 0)], &packets.concat()));
    }
    bytes
}

#[test]
fn fragments_are_read_like_the_whole() {
    let (source, whole) = (source(), read_plainly(&fixture("chorus.m4a")));
    for length_ms in [0, 1000] {
        let audio = read_plainly(&file(&source, length_ms, &source.fragments())).audio;
        assert!(audio == whole.audio, "{} frames", audio.frames());
    }
}

#[test]
fn fragments_whose_audio_lies_in_no_order_are_refused() {
    let source = source();
    let (first, second) = (&source.packets[..4], &source.packets[4..8]);
    let (before, behind) = (first.concat(), second.concat());
    let of = |runs: &[(&[Vec<u8>], usize)], media: &[u8]| {
        [source.movie(0, 0), fragment(0, runs, media)].concat()
    };
    let ordered = of(&[(first, 0), (second, before.len())], &[&before[..], &behind].concat());
    let turned = of(&[(first, behind.len()), (second, 0)], &[&behind[..], &before].concat());
    // The list of edits asks for more than there is.
    assert_refused(&ordered, &["truncated"]);
    assert_refused(&turned, &["does not lie in its order"]);
    // From one fragment to the next: the second one's audio lies before the first's.
    let mut bytes = source.movie(0, 0);
    let place = bytes.len() as u32 + 8;
    bytes.extend(mp4_box(b"mdat", &behind));
    bytes.extend(fragment(0, &[(first, 0)], &before));
    let offset = place.wrapping_sub(bytes.len() as u32);
    bytes.extend(moof(4 * PACKET, &run(second, offset), 0x2_0000));
    assert_refused(&bytes, &["does not lie in its order"]);
}

/// A fragment without audio behind it.
fn moof(begins_at: usize, runs: &[u8], flags: u32) -> Vec<u8> {
    let tfhd = mp4_box(b"tfhd", &numbers(&[flags, 1]));
    let tfdt = mp4_box(b"tfdt", &numbers(&[0, begins_at as u32]));
    let traf = mp4_box(b"traf", &[&tfhd[..], &tfdt, runs].concat());
    mp4_box(b"moof", &[mp4_box(b"mfhd", &numbers(&[0, 2])), traf].concat())
}

#[test]
fn a_fragment_that_lacks_is_silence_of_its_length_and_is_told() {
    let (source, whole) = (source(), read_plainly(&fixture("chorus.m4a")).audio);
    let mut fragments = source.fragments();
    fragments.remove(3);
    let words = &["fragments are missing in a place at 0:00.38", "0.13 s lost"];
    let audio = read_with_warning(&file(&source, 0, &fragments), words).audio;
    assert_eq!(audio.frames(), whole.frames());
    // The edit list leaves a packet out at the beginning; the decoder needs one more behind a gap.
    let (from, to) = ((3 * FEW - 1) * PACKET, (4 * FEW - 1) * PACKET);
    assert!(audio.left[..from] == whole.left[..from]);
    assert!(audio.left[from..to].iter().all(|sample| *sample == 0.0));
    // In step: what the encoder left to chance is another noise behind it, but little of it.
    let difference = |late: usize| -> f32 {
        let pairs = audio.left.iter().skip(late).zip(&whole.left).skip(to + PACKET);
        pairs.map(|(a, b)| (a - b).powi(2)).sum()
    };
    let all: f32 = whole.left[to + PACKET..].iter().map(|b| b * b).sum();
    assert!(difference(0) < 0.05 * all && difference(1) > 3.0 * difference(0));
}

#[test]
fn fragments_that_go_back_or_come_twice_are_refused() {
    let source = source();
    let mut fragments = source.fragments();
    let ordered = fragments.clone();
    fragments.swap(2, 3);
    let words = "fragments go back in time";
    assert_refused(&file(&source, 0, &fragments), &[words]);
    fragments = [&ordered[..3], &ordered[2..]].concat();
    assert_refused(&file(&source, 0, &fragments), &[words]);
    // The last ones lack, which the length of the whole tells.
    assert_refused(&file(&source, 1000, &ordered[..2]), &["truncated"]);
    // A track twice in a fragment: one of them would be lost.
    let packets = &source.packets[..4];
    let (tfhd, media) = (mp4_box(b"tfhd", &numbers(&[0x2_0000, 1])), packets.concat());
    let make = |length: u32| {
        let traf = |n: usize, place: usize| {
            let run = run(&packets[2 * n..2 * n + 2], length + 8 + place as u32);
            mp4_box(b"traf", &[&tfhd[..], &run].concat())
        };
        let parts = [traf(0, 0), traf(1, packets[0].len() + packets[1].len())].concat();
        mp4_box(b"moof", &[&mp4_box(b"mfhd", &numbers(&[0, 1]))[..], &parts].concat())
    };
    let bytes = [source.movie(0, 0), make(make(0).len() as u32), mp4_box(b"mdat", &media)];
    assert_refused(&bytes.concat(), &["described in several ways"]);
}

#[test]
fn fragments_have_no_more_packets_than_bytes() {
    // All audio is in a fragment, which claims any number of packets of no bytes.
    let source = source();
    let fragmented = |bytes_of_each: u32, count: u32| {
        let run = mp4_box(b"trun", &numbers(&[0, count]));
        let fragment = [moof(0, &run, 0), mp4_box(b"mdat", &[0; 1000])].concat();
        [source.movie(bytes_of_each, 0), fragment].concat()
    };
    for count in [1_000_000, u32::MAX] {
        assert_refused(&fragmented(0, count), &["more packets than it has bytes"]);
    }
    // Nothing of it can be read, so its rate is not known.
    assert_refused(&fragmented(50_000, 1), &["found none of what its header promises"]);
    assert!(!read(&fragmented(1, 1000)).is_err_and(|text| text.contains("could not deal with")));
}
