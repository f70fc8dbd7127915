//! ALAC: the same as another decoder makes of it, and damage that is seen.

use symphonia::core::codecs::audio::well_known::CODEC_ID_ALAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::super::alac::Alac;
use super::made::{Bits, Numbers};

const FRAMES: u32 = 64;

/// A description of so many bits and channels.
fn description(depth: u8, channels: u8) -> Vec<u8> {
    let mut bytes = FRAMES.to_be_bytes().to_vec();
    bytes.extend([0, depth, 40, 10, 14, channels, 0, 255]);
    bytes.extend([0; 8]);
    bytes.extend(48_000_u32.to_be_bytes());
    bytes
}

/// What symphonia makes of a packet.
fn symphonia(description: &[u8], packet: &[u8]) -> Option<Vec<f32>> {
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_ALAC).with_extra_data(description.into());
    let options = AudioDecoderOptions::default();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(&parameters, &options).unwrap();
    let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, packet);
    let decoded = decoder.decode_ref(&packet).ok()?;
    let mut interleaved = Vec::new();
    decoded.copy_to_vec_interleaved(&mut interleaved);
    Some(interleaved)
}

/// An element of any predictors and any residuals.
fn element(numbers: &mut Numbers, channels: u8, depth: u8) -> Bits {
    let mut bits = Bits::default();
    let low_bytes = u64::from(depth > 16 && numbers.below(2) == 0);
    let frames = 1 + numbers.below(u64::from(FRAMES));
    bits.put(u64::from(channels) - 1, 3);
    bits.put(0, 4 + 12);
    bits.put(0b1000 | low_bytes << 1, 4);
    bits.put(frames, 32);
    if channels == 2 {
        bits.put(numbers.below(4), 8);
        bits.put(numbers.below(4), 8);
    } else {
        bits.put(0, 16);
    }
    for _ in 0..channels {
        let order = [0, 1, 4, 8, 30, 31][numbers.below(6) as usize];
        bits.put(15 * numbers.below(2), 4);
        bits.put(numbers.below(16), 4);
        bits.put(numbers.below(8), 3);
        bits.put(order, 5);
        for _ in 0..order {
            bits.put(numbers.below(1 << 16), 16);
        }
    }
    for _ in 0..low_bytes * frames * u64::from(channels) {
        bits.put(numbers.below(256), 8);
    }
    // More zeros than ones: short codes.
    for _ in 0..8 * frames * u64::from(channels) {
        bits.put(numbers.below(256) & numbers.below(256), 8);
    }
    bits
}

/// A packet that ends as it should; `None` where chance made none.
fn packet(numbers: &mut Numbers, channels: u8, depth: u8) -> Option<Vec<u8>> {
    let mut bits = element(numbers, channels, depth);
    let mut alac = Alac::new(&description(depth, channels)).unwrap();
    let end = alac.element_bits(&bits.clone().bytes()).ok()?;
    bits.cut(end);
    bits.put(7, 3);
    Some(bits.bytes())
}

fn decode(description: &[u8], packet: &[u8]) -> Result<Vec<f32>, &'static str> {
    let mut interleaved = Vec::new();
    let frames = Alac::new(description).unwrap().decode(packet, &mut interleaved)?;
    assert_eq!(interleaved.len(), frames * usize::from(description[9]));
    Ok(interleaved)
}

#[test]
fn any_packet_gives_what_another_decoder_makes_of_it() {
    let mut numbers = Numbers::default();
    let mut equal = [0; 2];
    for _ in 0..4000 {
        let channels = 1 + numbers.below(2) as u8;
        let depth = [16, 20, 24][numbers.below(3) as usize];
        let Some(packet) = packet(&mut numbers, channels, depth) else { continue };
        let description = description(depth, channels);
        let ours = decode(&description, &packet).unwrap();
        assert!(Some(ours) == symphonia(&description, &packet), "{channels}, {depth}: {packet:?}");
        equal[usize::from(channels) - 1] += 1;
    }
    // Others have samples beyond full scale, or end too early.
    assert!(equal[0] > 500 && equal[1] > 100, "{equal:?}");
}

#[test]
fn damage_is_seen_where_it_changes_what_a_packet_has_to_keep() {
    let mut numbers = Numbers::default();
    let (mut seen, mut changed) = (0, 0);
    while changed < 3000 {
        let Some(packet) = packet(&mut numbers, 2, 16) else { continue };
        let description = description(16, 2);
        let original = decode(&description, &packet).unwrap();
        let mut damaged = packet.clone();
        let place = numbers.below(packet.len() as u64) as usize;
        damaged[place] ^= 1 + numbers.below(255) as u8;
        let read = decode(&description, &damaged);
        if read.as_ref() != Ok(&original) {
            changed += 1;
            seen += usize::from(read.is_err());
        }
    }
    assert!(seen * 5 > changed * 4, "{seen} of {changed}");
}
