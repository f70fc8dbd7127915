//! Files made on the spot: what encoders, recorders, pipes and editors write.

use symphonia::core::checksum::Md5;
use symphonia::core::io::Monitor;

/// A sound that is nowhere like itself: noise under a slow swell; 16-bit samples of so many frames
/// in two channels.
pub(super) fn noise(frames: usize) -> Vec<i16> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    (0..2 * frames)
        .map(|n| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let swell = 0.4 + 0.3 * (n as f64 / 7000.0).sin();
            (f64::from((state >> 48) as u16 as i16) * swell) as i16
        })
        .collect()
}

/// Numbers that look like chance, always the same ones.
#[derive(Debug)]
pub(super) struct Numbers(u64);

impl Default for Numbers {
    fn default() -> Self {
        Self(0x2545_F491_4F6C_DD1D)
    }
}

impl Numbers {
    /// The next, below a limit.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }
}

/// The same as it has to be read.
pub(super) fn channels(samples: &[i16]) -> [Vec<f32>; 2] {
    [0, 1].map(|channel| {
        samples.iter().skip(channel).step_by(2).map(|x| f32::from(*x) / 32_768.0).collect()
    })
}

pub(super) fn little(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

pub(super) fn big(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
}

/// A box of an MP4.
pub(super) fn mp4_box(kind: &[u8], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// Bits one after another, the highest first.
#[derive(Clone, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    pub(super) fn put(&mut self, value: u64, width: usize) {
        for bit in (0..width).rev() {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (7 - self.count % 8);
            }
            self.count += 1;
        }
    }

    /// Leaves out what lies behind so many bits.
    pub(super) fn cut(&mut self, count: usize) {
        self.bytes.truncate(count.div_ceil(8));
        if let (Some(last), rest @ 1..) = (self.bytes.last_mut(), count % 8) {
            *last &= 0xFF << (8 - rest);
        }
        self.count = count;
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A cyclic redundancy check of up to 16 bits, the highest first.
fn crc(bytes: &[u8], width: usize, polynomial: u32) -> u32 {
    let top = 1 << (width - 1);
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
            let shifted = crc << 1;
            (if crc & top == 0 { shifted } else { shifted ^ polynomial }) & ((top << 1) - 1)
        })
    })
}

/// How a FLAC is made.
#[derive(Clone, Copy)]
pub(super) struct FlacPlan {
    pub(super) shortest_block: u16,
    pub(super) longest_block: u16,
    pub(super) is_variable: bool,
    pub(super) has_length: bool,
    pub(super) has_sum: bool,
    pub(super) bits: u8,
}

impl Default for FlacPlan {
    fn default() -> Self {
        Self {
            shortest_block: FLAC_BLOCK as u16,
            longest_block: FLAC_BLOCK as u16,
            is_variable: false,
            has_length: true,
            has_sum: true,
            bits: 16,
        }
    }
}

pub(super) const FLAC_BLOCK: usize = 4096;

/// The description of a stream of 16-bit stereo.
pub(super) fn stream_info(samples: &[i16], rate_hz: u32, plan: FlacPlan) -> Vec<u8> {
    let frames = if plan.has_length { samples.len() as u64 / 2 } else { 0 };
    let mut info = Bits::default();
    info.put(u64::from(plan.shortest_block), 16);
    info.put(u64::from(plan.longest_block), 16);
    info.put(0, 48);
    info.put(u64::from(rate_hz), 20);
    info.put(1, 3);
    info.put(u64::from(plan.bits) - 1, 5);
    info.put(frames, 36);
    let mut info = info.bytes();
    let mut sum = Md5::default();
    sum.process_buf_bytes(&little(samples));
    info.extend(if plan.has_sum { sum.md5() } else { [0; 16] });
    info
}

/// A frame of 16-bit stereo, uncompressed, at the stream's own rate.
pub(super) fn flac_frame(samples: &[i16], number: u64, is_variable: bool) -> Vec<u8> {
    let frames = samples.len() / 2;
    let mut bits = Bits::default();
    bits.put(if is_variable { 0xFFF9 } else { 0xFFF8 }, 16);
    // Length in 16 bits at the end of the header, the stream's rate and depth, two channels.
    bits.put(0x70, 8);
    bits.put(0x10, 8);
    let mut frame = bits.bytes();
    frame.extend(char::from_u32(number as u32).unwrap().to_string().bytes());
    frame.extend((frames as u16 - 1).to_be_bytes());
    frame.push(crc(&frame, 8, 0x07) as u8);
    for channel in 0..2 {
        // A subframe of plain samples.
        frame.push(0x02);
        frame.extend(samples.iter().skip(channel).step_by(2).flat_map(|x| x.to_be_bytes()));
    }
    let sum = crc(&frame, 16, 0x8005) as u16;
    frame.extend(sum.to_be_bytes());
    frame
}

/// All frames of a stream.
pub(super) fn flac_frames(samples: &[i16], is_variable: bool) -> Vec<Vec<u8>> {
    let blocks = samples.chunks(2 * FLAC_BLOCK).enumerate();
    let number = |n: usize| (if is_variable { n * FLAC_BLOCK } else { n }) as u64;
    blocks.map(|(n, block)| flac_frame(block, number(n), is_variable)).collect()
}

/// A FLAC of 16-bit stereo.
pub(super) fn flac(samples: &[i16], rate_hz: u32, plan: FlacPlan) -> Vec<u8> {
    let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
    bytes.extend(stream_info(samples, rate_hz, plan));
    bytes.extend(flac_frames(samples, plan.is_variable).concat());
    bytes
}
