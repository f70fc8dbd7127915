//! What the host plays, and what of it leaves the chain, which is some frames late.

use std::collections::VecDeque;

/// The host's transport at one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// Whether the song is moving.
    pub is_playing: bool,
    /// Position of the frame in the song; `None` where the host gives none.
    pub position_frames: Option<i64>,
}

impl Transport {
    /// The same some frames later.
    #[must_use]
    pub fn advanced(self, frames: usize) -> Self {
        let moved = if self.is_playing { frames as i64 } else { 0 };
        Self {
            position_frames: self.position_frames.map(|position| position.saturating_add(moved)),
            ..self
        }
    }
}

/// Jumps that can be under way through the chain; a host that jumps more often
/// within the latency has no position that could be measured.
const MOST_CHANGES: usize = 64;
/// Hosts round their positions: what differs by less is no jump.
const TOLERANCE_S: f64 = 0.001;

/// Follows the transport at the input, and gives it at the output.
///
/// Only what is not continuous travels through the chain as a change; in
/// between positions are counted on.
#[derive(Debug)]
pub(crate) struct TransportDelay {
    tolerance_frames: i64,
    latency_frames: u64,
    /// Frames since the start.
    clock: u64,
    /// Of the next frame at the input, as counted on.
    input: Transport,
    /// The position that the host gave last.
    reported: Option<i64>,
    /// Of the next frame at the output.
    output: Transport,
    /// What the output will change to, and when.
    changes: VecDeque<(u64, Transport)>,
}

impl TransportDelay {
    pub(crate) fn new(sample_rate_hz: f64) -> Self {
        Self {
            tolerance_frames: (TOLERANCE_S * sample_rate_hz) as i64,
            latency_frames: 0,
            clock: 0,
            input: Transport::default(),
            reported: None,
            output: Transport::default(),
            changes: VecDeque::with_capacity(MOST_CHANGES),
        }
    }

    /// The audio in the chain is gone; what comes out is of no position until
    /// what enters next arrives. A song that plays still plays.
    pub(crate) fn reset(&mut self) {
        self.input.position_frames = None;
        self.reported = None;
        self.output = self.input;
        self.changes.clear();
    }

    /// Takes the host's word for the next frame at the input, which leaves the
    /// chain after `latency_frames`.
    pub(crate) fn enter(&mut self, transport: Transport, latency_frames: usize) {
        if self.latency_frames != latency_frames as u64 {
            self.latency_frames = latency_frames as u64;
            self.reset();
        }
        let reported = std::mem::replace(&mut self.reported, transport.position_frames);
        let is_continuous = transport.is_playing == self.input.is_playing
            && match (transport.position_frames, self.input.position_frames) {
                (Some(told), Some(counted)) => {
                    told.saturating_sub(counted).saturating_abs() <= self.tolerance_frames
                        // A block that was cut for automation, in CLAP without a
                        // tempo: the host library repeats the position of the whole.
                        || (transport.is_playing && reported == Some(told))
                }
                (told, counted) => told == counted,
            };
        if is_continuous {
            return;
        }
        self.input = transport;
        if self.changes.len() == MOST_CHANGES {
            self.changes.clear();
            self.output.position_frames = None;
        }
        self.changes.push_back((self.clock + self.latency_frames, transport));
    }

    /// The transport of the next frame at the input.
    pub(crate) fn input(&self) -> Transport {
        self.input
    }

    /// The transport of the next frame at the output, and for how many of
    /// `frames` it can be counted on.
    pub(crate) fn output(&mut self, frames: usize) -> (Transport, usize) {
        while let Some((_, transport)) = self.changes.pop_front_if(|(at, _)| *at <= self.clock) {
            self.output = transport;
        }
        let left = self.changes.front().map_or(u64::MAX, |(at, _)| at - self.clock);
        (self.output, usize::try_from(left).unwrap_or(usize::MAX).min(frames))
    }

    /// Moves on; at most as far as [`Self::output`] could be counted on.
    pub(crate) fn advance(&mut self, frames: usize) {
        self.clock += frames as u64;
        self.input = self.input.advanced(frames);
        self.output = self.output.advanced(frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATENCY: usize = 100;

    fn at(position: i64) -> Transport {
        Transport { is_playing: true, position_frames: Some(position) }
    }

    const STOPPED: Transport = Transport { is_playing: false, position_frames: Some(0) };

    /// The position at the output of every frame of some blocks.
    fn positions(delay: &mut TransportDelay, blocks: &[(Transport, usize)]) -> Vec<Option<i64>> {
        let mut positions = Vec::new();
        for &(transport, frames) in blocks {
            delay.enter(transport, LATENCY);
            let mut left = frames;
            while left > 0 {
                let (now, run) = delay.output(left);
                assert!(run > 0);
                for frame in 0..run {
                    let moving = now.is_playing.then_some(now.position_frames).flatten();
                    positions.push(moving.map(|position| position + frame as i64));
                }
                delay.advance(run);
                left -= run;
            }
        }
        positions
    }

    #[test]
    fn the_output_is_as_late_as_the_chain() {
        let mut delay = TransportDelay::new(48_000.0);
        // A start, a jump back within the latency, another, a stop.
        let blocks =
            [(STOPPED, 30), (at(1000), 64), (at(1064), 64), (at(500), 40), (at(2000), 300)];
        let found = positions(&mut delay, &blocks);
        let mut expected = vec![None; 30 + LATENCY];
        for (start, frames) in [(1000, 128), (500, 40), (2000, 200)] {
            expected.extend((start..start + frames).map(Some));
        }
        assert_eq!(found, expected);
        let found = positions(&mut delay, &[(STOPPED, 200)]);
        let expected: Vec<_> = (2200..2300).map(Some).chain(vec![None; 100]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn rounding_is_no_jump_and_neither_is_a_position_that_is_repeated_for_a_cut_block() {
        let mut delay = TransportDelay::new(48_000.0);
        let blocks: Vec<_> = [(0, 64), (63, 64), (130, 64), (191, 100), (191, 200), (490, 10)]
            .map(|(position, frames)| (at(position), frames))
            .into();
        let found = positions(&mut delay, &blocks);
        for (n, position) in found.into_iter().enumerate() {
            assert_eq!(position, n.checked_sub(LATENCY).map(|n| n as i64));
        }
    }

    #[test]
    fn a_reset_and_another_latency_leave_nothing_behind() {
        let mut delay = TransportDelay::new(48_000.0);
        positions(&mut delay, &[(at(0), 300)]);
        delay.reset();
        let found = positions(&mut delay, &[(at(5000), 150)]);
        assert!(found[..LATENCY].iter().all(Option::is_none));
        assert_eq!(found[LATENCY], Some(5000));
        delay.enter(at(5150), 10);
        assert_eq!(delay.output(64), (Transport { is_playing: true, position_frames: None }, 10));
    }

    #[test]
    fn a_host_that_jumps_all_the_time_makes_no_position() {
        let mut delay = TransportDelay::new(48_000.0);
        let capacity = delay.changes.capacity();
        let blocks: Vec<_> = (0..500).map(|n| (at(n * 7919 % 60_000), 1)).collect();
        positions(&mut delay, &blocks);
        assert_eq!(delay.changes.capacity(), capacity, "nothing was allocated");
    }
}
