//! Blocks between two marks, for a tracer of system calls.

use burnish_tests::error::Error;
use burnish_tests::raw::Library;
use burnish_tests::raw::clap::{Bus, Events, Raw, block, row};

use crate::noise::{Chance, Signal};

/// Blocks before the first mark: what is made once is made by then.
const WARM_UP: u64 = 2_000;

/// Plays `blocks` blocks of 64 frames with everything moving, after some that the
/// marks do not hold. The marks are closings of file -1111, which does nothing.
///
/// # Errors
/// When the plug-in refuses.
pub(crate) fn play(library: Library, blocks: u64) -> Result<(), Error> {
    const FRAMES: u32 = 64;
    let raw = Raw::initialised(library);
    if !raw.activate(48_000.0, FRAMES) || !raw.start() {
        return Err("expected the plug-in to start, found that it refuses".into());
    }
    let mut chance = Chance::new(1);
    let parameters = raw.parameters();
    let mut inputs = [Bus::new(2, FRAMES as usize, 0.0), Bus::new(2, FRAMES as usize, 0.1)];
    let mut outputs = [Bus::new(2, FRAMES as usize, 0.0)];
    let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
    // All made before: what the system is asked for then is the test's own.
    let automated: Vec<_> =
        parameters.iter().filter(|parameter| parameter.is_automatable).collect();
    let events: Vec<_> = (0..97)
        .map(|_| {
            let parameter = automated[chance.below(automated.len())];
            let time = chance.below(FRAMES as usize) as u32;
            Events::of(parameter.id, &[(time, parameter.most * chance.unit())])
        })
        .collect();
    for number in 0..blocks + WARM_UP {
        if number == WARM_UP {
            mark();
        }
        for samples in inputs.iter_mut().flat_map(|bus| &mut bus.samples) {
            Signal::Noise(0.5).fill(samples, &mut chance);
        }
        let mut block = block(FRAMES, &mut input_row, &mut output_row);
        if number % 4 == 0 {
            block.in_events = events[(number / 4) as usize % events.len()].list();
        }
        raw.process(&block);
    }
    mark();
    Ok(())
}

fn mark() {
    // SAFETY: there is no such file.
    unsafe { libc::close(-1111) };
}
