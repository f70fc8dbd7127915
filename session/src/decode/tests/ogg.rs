//! Ogg: no page that is lost, damaged or without a position costs more than itself.

use opus_pure::{Application, OpusEncoder};

use super::super::ogg::checksum;
use super::made::{FlacPlan, channels, flac_frames, noise, stream_info};
use super::{assert_refused, fixture, read, read_plainly, read_with_warning};
use crate::audio::StereoAudio;

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;
const NO_POSITION: u64 = u64::MAX;

/// A page as it is put together.
#[derive(Clone, Debug)]
struct Page {
    flags: u8,
    position: u64,
    serial: u32,
    sequence: u32,
    lengths: Vec<u8>,
    body: Vec<u8>,
}

impl Page {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"OggS\0".to_vec();
        bytes.push(self.flags);
        bytes.extend(self.position.to_le_bytes());
        bytes.extend(self.serial.to_le_bytes());
        bytes.extend(self.sequence.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.push(self.lengths.len() as u8);
        bytes.extend(&self.lengths);
        bytes.extend(&self.body);
        let sum = checksum(&bytes);
        bytes[22..26].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn add(&mut self, packet: &[u8]) {
        self.lengths.resize(self.lengths.len() + packet.len() / 255, 255);
        self.lengths.push((packet.len() % 255) as u8);
        self.body.extend(packet);
    }
}

/// Takes the pages of a file apart.
fn pages(bytes: &[u8]) -> Vec<Page> {
    let number = |place: usize| u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap());
    let (mut place, mut pages) = (0, Vec::new());
    while place < bytes.len() {
        let lengths = bytes[place + 27..place + 27 + usize::from(bytes[place + 26])].to_vec();
        let start = place + 27 + lengths.len();
        let end = start + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
        pages.push(Page {
            flags: bytes[place + 5],
            position: u64::from(number(place + 10)) << 32 | u64::from(number(place + 6)),
            serial: number(place + 14),
            sequence: number(place + 18),
            lengths,
            body: bytes[start..end].to_vec(),
        });
        place = end;
    }
    pages
}

fn file(pages: &[Page]) -> Vec<u8> {
    pages.iter().flat_map(Page::bytes).collect()
}

/// Headers in pages of their own, then so many packets of audio to a page; each packet comes
/// with the position of its end.
fn paged(serial: u32, headers: &[Vec<u8>], packets: &[(Vec<u8>, u64)], each: usize) -> Vec<Page> {
    let page = |flags: u8, position: u64, sequence: usize| Page {
        flags,
        position,
        serial,
        sequence: sequence as u32,
        lengths: Vec::new(),
        body: Vec::new(),
    };
    let mut pages = Vec::new();
    for header in headers {
        let mut next = page(if pages.is_empty() { FIRST } else { 0 }, 0, pages.len());
        next.add(header);
        pages.push(next);
    }
    for packets in packets.chunks(each) {
        let mut next = page(0, packets[packets.len() - 1].1, pages.len());
        for (packet, _) in packets {
            next.add(packet);
        }
        pages.push(next);
    }
    pages.last_mut().unwrap().flags |= LAST;
    pages
}

/// A second of sines in Opus, in pages of 100 ms, and what comes back of it.
fn opus(serial: u32, count: u8) -> Vec<Page> {
    let mut encoder = OpusEncoder::new(48_000, usize::from(count), Application::Audio).unwrap();
    let run_up = 312;
    let head = [b"OpusHead\x01", &[count][..], &[56, 1, 0x80, 0xBB, 0, 0, 0, 0, 0]].concat();
    let tags = b"OpusTags\0\0\0\0\0\0\0\0".to_vec();
    let packets: Vec<_> = (0..51_u64)
        .map(|n| {
            let sound: Vec<f32> = (0..960 * usize::from(count))
                .map(|k| {
                    let frame = n as f32 * 960.0 + (k / usize::from(count)) as f32;
                    0.3 * (frame * 0.03).sin() * (1.0 + 0.5 * (frame * 0.0007).sin())
                })
                .collect();
            let mut packet = vec![0; 1500];
            let bytes = encoder.encode(&sound, 960, &mut packet).unwrap();
            packet.truncate(bytes);
            (packet, (960 * (n + 1)).min(48_000 + run_up))
        })
        .collect();
    paged(serial, &[head, tags], &packets, 5)
}

fn vorbis() -> Vec<Page> {
    // The fixture has all its audio in a page or two: one packet to a page here.
    let pages = pages(&fixture("chorus.ogg"));
    let mut packets = Vec::new();
    let mut packet = Vec::new();
    for page in &pages {
        let mut place = 0;
        for length in &page.lengths {
            packet.extend(&page.body[place..place + usize::from(*length)]);
            place += usize::from(*length);
            if *length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
    }
    let setup = packets[2].clone();
    let positions = positions(&packets);
    let end = pages.last().unwrap().position;
    let audio: Vec<_> =
        packets.drain(3..).zip(positions).map(|(packet, at)| (packet, at.min(end))).collect();
    paged(7, &[packets[0].clone(), packets[1].clone(), setup], &audio, 8)
}

/// Where the packets of the fixture end: its two lengths of blocks are told by the first bits.
fn positions(packets: &[Vec<u8>]) -> Vec<u64> {
    let sizes = packets[0][28];
    let blocks = [1_u64 << (sizes & 15), 1 << (sizes >> 4)];
    let mut before = None;
    let mut at = 0;
    packets[3..]
        .iter()
        .map(|packet| {
            // The fixture's encoder has two modes, the second for long blocks.
            let block = blocks[usize::from(packet[0] >> 1 & 1)];
            at += before.map_or(0, |before| (before + block) / 4);
            before = Some(block);
            at
        })
        .collect()
}

#[track_caller]
fn silent(audio: &StereoAudio, from: usize, to: usize) {
    assert!(audio.left[from..to].iter().all(|x| *x == 0.0));
}

#[test]
fn how_packets_are_laid_out_in_pages_changes_nothing() {
    let original = read_plainly(&fixture("chorus.ogg")).audio;
    assert_eq!(original.frames(), original.sample_rate_hz as usize);
    let pages = vorbis();
    assert!(read_plainly(&file(&pages)).audio == original);
    // Pages without a position, as where a packet goes on in the next one.
    let mut without = pages.clone();
    let last = without.len() - 1;
    without[4..last].iter_mut().step_by(2).for_each(|page| page.position = NO_POSITION);
    assert!(read_plainly(&file(&without)).audio == original);
    let mut without = pages.clone();
    without[3..last].iter_mut().for_each(|page| page.position = NO_POSITION);
    assert!(read_plainly(&file(&without)).audio == original);
    // A packet across two pages.
    let mut split = pages.clone();
    let page = &mut split[5];
    let (lengths, body) = (page.lengths.clone(), page.body.clone());
    let cut = lengths.iter().position(|length| *length == 255);
    if let Some(cut) = cut {
        let bytes: usize = lengths[..=cut].iter().map(|length| usize::from(*length)).sum();
        page.lengths.truncate(cut + 1);
        page.body.truncate(bytes);
        let mut rest = page.clone();
        page.position = NO_POSITION;
        rest.flags = CONTINUED;
        rest.lengths = lengths[cut + 1..].to_vec();
        rest.body = body[bytes..].to_vec();
        split.insert(6, rest);
        (0..).zip(&mut split).for_each(|(n, page)| page.sequence = n);
        assert!(read_plainly(&file(&split)).audio == original);
    }
}

#[test]
fn pages_that_are_lost_or_damaged_are_silence_of_the_same_length_and_are_told() {
    for (pages, first) in [(vorbis(), 3), (opus(9, 2), 2)] {
        let original = read_plainly(&file(&pages)).audio;
        let middle = usize::midpoint(first, pages.len());
        let mut lost = pages.clone();
        lost.remove(middle);
        let mut damaged = file(&pages[..middle]);
        let mut page = pages[middle].bytes();
        let half = page.len() / 2;
        page[half..half + 20].fill(0x55);
        damaged.extend(page);
        damaged.extend(file(&pages[middle + 1..]));
        for bytes in [file(&lost), damaged] {
            let words = ["damaged or missing in a place at 0:00.", "s lost", "silent"];
            let audio = read_with_warning(&bytes, &words).audio;
            assert_eq!(audio.frames(), original.frames());
            let place = audio.left.iter().zip(&original.left).position(|(a, b)| a != b).unwrap();
            silent(&audio, place + 100, place + 2000);
            // Far enough behind it all is as it was.
            let frames = original.frames();
            let nearly = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-3;
            assert!(
                audio.left[frames - 4000..].iter().zip(&original.left[frames - 4000..]).all(nearly)
            );
            assert!(audio.left[..place] == original.left[..place]);
        }
        // Two places, and too many to be believed.
        let mut lost = pages.clone();
        lost.remove(middle + 2);
        lost.remove(middle);
        let audio = read_with_warning(&file(&lost), &["in 2 places"]).audio;
        assert_eq!(audio.frames(), original.frames());
    }
}

#[test]
fn a_chain_goes_on_in_the_same_format_and_is_refused_in_another() {
    for (first, second) in [(vorbis(), vorbis()), (opus(1, 2), opus(2, 2))] {
        let alone = read_plainly(&file(&first)).audio;
        let chained = read_plainly(&[file(&first), file(&second)].concat()).audio;
        assert!(chained.left == [&alone.left[..], &alone.left].concat());
        assert!(chained.right == [&alone.right[..], &alone.right].concat());
    }
    let mono = [file(&opus(1, 2)), file(&opus(2, 1))].concat();
    assert_refused(&mono, &["one format throughout", "1 channel at", "after 2 channels"]);
}

#[test]
fn a_stream_that_was_cut_says_so() {
    for pages in [vorbis(), opus(1, 2)] {
        let whole = read_plainly(&file(&pages)).audio;
        let most = &pages[..pages.len() - 2];
        let cut = read_with_warning(&file(most), &["its last page", "cut short"]).audio;
        assert!(cut.frames() < whole.frames() && cut.frames() > whole.frames() / 2);
        assert!(cut.left == whole.left[..cut.frames()]);
        // The mark alone is missing.
        let mut unmarked = pages.clone();
        unmarked.last_mut().unwrap().flags = 0;
        assert!(read_with_warning(&file(&unmarked), &["its last page"]).audio == whole);
        // In the middle of a page.
        let bytes = file(&pages);
        assert!(!read(&bytes[..bytes.len() * 3 / 4]).unwrap().warnings.is_empty());
        assert_refused(&file(&pages[..2]), &[]);
    }
}

#[test]
fn opus_begins_and_ends_where_it_says_and_is_as_loud() {
    for count in [1, 2] {
        let audio = read_plainly(&file(&opus(5, count))).audio;
        assert_eq!((audio.sample_rate_hz, audio.channels), (48_000, u16::from(count)));
        assert_eq!(audio.frames(), 48_000);
        // The encoder's own run-up is 312 frames: in step with what went in.
        let original = |frame: usize| {
            let frame = frame as f32;
            0.3 * (frame * 0.03).sin() * (1.0 + 0.5 * (frame * 0.0007).sin())
        };
        let error: f32 =
            (0..48_000).map(|n| (audio.left[n] - original(n)).powi(2)).sum::<f32>() / 48_000.0;
        assert!(error.sqrt() < 0.02, "{}", error.sqrt());
        // A gain of -6.02 dB in the header.
        let mut quiet = opus(5, count);
        quiet[0].body[16..18].copy_from_slice(&(-1541_i16).to_le_bytes());
        let quiet = read_plainly(&file(&quiet)).audio;
        assert!((quiet.left[20_000] / audio.left[20_000] - 0.5).abs() < 1e-3);
    }
    let mut surround = opus(5, 2);
    surround[0].body[9] = 6;
    assert_refused(&file(&surround), &["1 or 2 channels, found 6"]);
}

#[test]
fn flac_in_ogg_is_as_strict_as_flac() {
    let samples = noise(30_000);
    let info = stream_info(&samples, 48_000, FlacPlan::default());
    let head = [b"\x7FFLAC\x01\0\0\x01fLaC\0\0\0\x22", &info[..]].concat();
    let remarks = b"\x84\0\0\x08\0\0\0\0\0\0\0\0".to_vec();
    let packets: Vec<_> = (1..)
        .zip(flac_frames(&samples, false))
        .map(|(n, frame)| (frame, (4096 * n).min(30_000)))
        .collect();
    let pages = paged(3, &[head, remarks], &packets, 1);
    let audio = read_plainly(&file(&pages)).audio;
    let [left, right] = channels(&samples);
    assert!(audio.left == left && audio.right == right);
    let mut lost = pages.clone();
    lost.remove(4);
    assert_refused(&file(&lost), &["a part is missing"]);
    let mut wrong = pages;
    wrong[0].body[9 + 8 + 20] ^= 1;
    assert_refused(&file(&wrong), &["MD5"]);
}

#[test]
fn of_several_streams_the_first_is_read_and_that_is_told() {
    let (first, second) = (opus(1, 2), opus(2, 2));
    let mut pages = vec![first[0].clone(), second[0].clone()];
    for (a, b) in first[1..].iter().zip(&second[1..]) {
        pages.extend([a.clone(), b.clone()]);
    }
    let audio = read_with_warning(&file(&pages), &["2 streams of sound"]).audio;
    assert!(audio == read_plainly(&file(&first)).audio);
}

#[test]
fn what_else_is_in_ogg_is_named() {
    let other = |head: &[u8]| file(&paged(1, &[head.to_vec()], &[(vec![0; 20], 1)], 1));
    assert_refused(&other(b"Speex   1.2"), &["Speex in Ogg"]);
    assert_refused(&other(b"\x80theora"), &["a film without sound"]);
    assert_refused(&other(b"something"), &["an unknown encoding in Ogg"]);
}

#[test]
fn no_position_makes_hours_of_silence() {
    let pages = opus(1, 2);
    // Every second page is lost, and the others claim to be a hundred seconds apart.
    let mut far: Vec<Page> = pages[..2].to_vec();
    far.extend(pages[2..].iter().step_by(2).cloned());
    for (n, page) in (0..).zip(&mut far[2..]) {
        page.position += n * 100 * 48_000;
    }
    assert_refused(&file(&far), &["more of it is missing than is there"]);
    // One gap of any length is filled with a minute at most.
    let mut lost = pages.clone();
    lost.remove(5);
    lost[5..].iter_mut().for_each(|page| page.position += 1 << 40);
    let audio = read_with_warning(&file(&lost), &["60.00 s lost"]).audio;
    assert!(audio.frames() < 62 * 48_000);
    // Positions beyond all numbers.
    for position in [u64::MAX - 1, 1 << 63, (1 << 63) - 1] {
        for from in [2, 3, pages.len() - 1] {
            let mut pages = pages.clone();
            pages[from..].iter_mut().for_each(|page| page.position = position);
            assert!(!read(&file(&pages)).is_err_and(|text| text.contains("could not deal with")));
        }
    }
}

#[test]
fn a_rate_that_no_audio_has_makes_no_room_for_itself() {
    let mut pages = vorbis();
    pages[0].body[12..16].copy_from_slice(&4_000_000_000_u32.to_le_bytes());
    // The first one with audio is missing.
    pages.remove(3);
    pages[3..].iter_mut().for_each(|page| page.position += 1 << 40);
    assert_refused(&file(&pages), &["sample rate", "found 4000000000 Hz"]);
}

#[test]
fn what_only_looks_like_pages_is_given_up() {
    let mut bytes = file(&opus(1, 2));
    let half = bytes.len() / 2;
    // Each of them has a sum, of 60,000 bytes, that is wrong.
    let mut wrong = b"OggS\0\0".to_vec();
    wrong.resize(26, 0);
    wrong.push(255);
    wrong.resize(27 + 255, 240);
    bytes.splice(half..half, wrong.repeat(3000));
    assert_refused(&bytes, &["damage in 10", "pages"]);
}
