//! The few loops in which the engine spends its time.
//!
//! Each is plain code in lanes that the compiler turns into vector
//! instructions, compiled once for the baseline of the architecture and once
//! for wider units, chosen when the program runs. No version fuses a product
//! with its sum or changes the order of additions, so all give the same bits.

use multiversion::multiversion;

/// Samples that are worked on side by side.
pub(crate) const LANES: usize = 8;

/// `output[i] = sum of taps[k] * (input[i + k] + input[i + 2 n - 1 - k])` for
/// the `n` taps of half a symmetric filter; `input` holds at least
/// `output.len() + 2 n - 1` samples.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn filter_symmetric(input: &[f32], taps: &[f32], output: &mut [f32]) {
    // Sums that do not wait for each other hide how long an addition takes.
    let done = symmetric_lanes::<32>(input, taps, output);
    let done = done + symmetric_lanes::<8>(&input[done..], taps, &mut output[done..]);
    let done = done + symmetric_lanes::<4>(&input[done..], taps, &mut output[done..]);
    symmetric_lanes::<1>(&input[done..], taps, &mut output[done..]);
}

/// Fills as many whole groups of `LANES` outputs as there are and returns their number.
#[expect(clippy::inline_always, reason = "what is not inlined keeps the baseline's vector units")]
#[inline(always)]
fn symmetric_lanes<const LANES: usize>(input: &[f32], taps: &[f32], output: &mut [f32]) -> usize {
    let far = 2 * taps.len() - 1;
    let (groups, _) = output.as_chunks_mut::<LANES>();
    for (group, output) in groups.iter_mut().enumerate() {
        let input = &input[group * LANES..group * LANES + far + LANES];
        let mut sums = [0.0; LANES];
        for (k, tap) in taps.iter().enumerate() {
            let (near, far) = (&input[k..k + LANES], &input[far - k..far - k + LANES]);
            for lane in 0..LANES {
                sums[lane] += tap * (near[lane] + far[lane]);
            }
        }
        *output = sums;
    }
    groups.len() * LANES
}

/// `output[i] = sum of taps[k] * input[i + k]`; `input` holds at least
/// `output.len() + taps.len() - 1` samples.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn filter(input: &[f32], taps: &[f32], output: &mut [f32]) {
    let done = filter_lanes::<32>(input, taps, output);
    let done = done + filter_lanes::<8>(&input[done..], taps, &mut output[done..]);
    let done = done + filter_lanes::<4>(&input[done..], taps, &mut output[done..]);
    filter_lanes::<1>(&input[done..], taps, &mut output[done..]);
}

#[expect(clippy::inline_always, reason = "what is not inlined keeps the baseline's vector units")]
#[inline(always)]
fn filter_lanes<const LANES: usize>(input: &[f32], taps: &[f32], output: &mut [f32]) -> usize {
    let (groups, _) = output.as_chunks_mut::<LANES>();
    for (group, output) in groups.iter_mut().enumerate() {
        let input = &input[group * LANES..group * LANES + taps.len() - 1 + LANES];
        let mut sums = [0.0; LANES];
        for (tap, input) in taps.iter().zip(input.windows(LANES)) {
            for lane in 0..LANES {
                sums[lane] += tap * input[lane];
            }
        }
        *output = sums;
    }
    groups.len() * LANES
}

/// `output[i] += scale * input[i]`.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn add_scaled(output: &mut [f32], input: &[f32], scale: f32) {
    for (output, input) in output.iter_mut().zip(input) {
        *output += scale * input;
    }
}

/// `output[i] += sum of scales[k] * inputs[k][i]`, added in the order of `k`, for
/// as many whole [`LANES`] of outputs as there are.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn add_all_scaled(output: &mut [f32], inputs: &[Vec<f32>], scales: &[f32]) {
    let (groups, _) = output.as_chunks_mut::<LANES>();
    for (group, output) in groups.iter_mut().enumerate() {
        let start = group * LANES;
        let mut sums = *output;
        for (input, scale) in inputs.iter().zip(scales) {
            let input = &input[start..start + LANES];
            for lane in 0..LANES {
                sums[lane] += scale * input[lane];
            }
        }
        *output = sums;
    }
}

/// The dot product of slices of equal length, summed in sixteen lanes.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0f32; LANES];
    for (x, y) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0] + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

/// The highest magnitude, 0 for no samples; what is not a number does not count.
///
/// Not compiled for wider units: the samples have often just been written in
/// narrower pieces, and a wide read has to wait until those have reached the cache.
pub(crate) fn highest_magnitude(samples: &[f32]) -> f32 {
    let (groups, rest) = samples.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for group in groups {
        for lane in 0..LANES {
            lanes[lane] = higher(group[lane].abs(), lanes[lane]);
        }
    }
    rest.iter().fold(highest_of(lanes), |highest, sample| higher(sample.abs(), highest))
}

/// Writes magnitudes and returns the highest; both slices are equally long.
pub(crate) fn magnitudes(samples: &[f32], magnitudes: &mut [f32]) -> f32 {
    debug_assert_eq!(samples.len(), magnitudes.len());
    let (groups, rest) = samples.as_chunks::<LANES>();
    let (to_groups, to_rest) = magnitudes.as_chunks_mut::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for (group, to) in groups.iter().zip(to_groups) {
        for lane in 0..LANES {
            to[lane] = group[lane].abs();
            lanes[lane] = higher(to[lane], lanes[lane]);
        }
    }
    let mut highest = highest_of(lanes);
    for (sample, to) in rest.iter().zip(to_rest) {
        *to = sample.abs();
        highest = higher(*to, highest);
    }
    highest
}

/// What a vector unit's maximum gives: the second if the first is not a number.
fn higher(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

fn highest_of(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = higher(lanes[lane + width], lanes[lane]);
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize) -> Vec<f32> {
        let mut state = 3u32;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state as i32 as f32 / 2_147_483_648.0
            })
            .collect()
    }

    #[test]
    fn many_scaled_inputs_are_added_in_their_order() {
        let inputs: Vec<_> = (0..5).map(|k| noise(32 + k)[k..].to_vec()).collect();
        let scales = noise(5);
        let mut together = noise(32);
        let mut one_by_one = together.clone();
        add_all_scaled(&mut together, &inputs, &scales);
        for (input, scale) in inputs.iter().zip(&scales) {
            add_scaled(&mut one_by_one, input, *scale);
        }
        assert_eq!(together, one_by_one);
        assert_ne!(together, noise(32));
    }

    #[test]
    fn filters_equal_their_definition_however_the_output_is_cut() {
        let (input, taps) = (noise(200), noise(12));
        let both: Vec<f32> = taps.iter().chain(taps.iter().rev()).copied().collect();
        let mut whole = vec![0.0; 100];
        filter_symmetric(&input, &taps, &mut whole);
        let mut plain = vec![0.0; 100];
        filter(&input, &both, &mut plain);
        for i in 0..100 {
            let expected: f64 = (0..24).map(|k| f64::from(both[k]) * f64::from(input[i + k])).sum();
            assert!((f64::from(whole[i]) - expected).abs() < 1e-6);
            assert!((f64::from(plain[i]) - expected).abs() < 1e-6);
        }
        for cut in [1, 3, 7, 16, 33] {
            let mut pieces = vec![0.0; 100];
            for (n, piece) in pieces.chunks_mut(cut).enumerate() {
                filter_symmetric(&input[n * cut..], &taps, piece);
            }
            assert_eq!(pieces, whole);
            for (n, piece) in pieces.chunks_mut(cut).enumerate() {
                filter(&input[n * cut..], &both, piece);
            }
            assert_eq!(pieces, plain);
        }
    }

    #[test]
    fn the_dot_product_equals_its_definition() {
        for length in [0, 1, 15, 16, 48, 65, 192] {
            let (a, b) = (noise(length), noise(length + 1));
            let expected: f64 =
                a.iter().zip(&b[1..]).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            assert!((f64::from(dot(&a, &b[1..])) - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn the_highest_magnitude_is_found_whatever_its_sign() {
        assert_eq!(highest_magnitude(&[]), 0.0);
        assert_eq!(highest_magnitude(&[0.1, -0.7, 0.3, -0.0]), 0.7);
    }
}
