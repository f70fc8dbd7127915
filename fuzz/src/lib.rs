//! How made-up files are changed.

/// Makes half of all changes leave the length as it is: containers count their bytes, and a
/// file of which one was moved is refused before much of it was read.
#[macro_export]
macro_rules! keep_lengths {
    () => {
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutate(data, size, max_size, seed)
        });
    };
}

/// Changes some bytes of the first `size`; the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    const MOST_BYTES: usize = 64;
    if seed & 1 == 0 || size < 2 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let seed = (seed >> 1) as usize;
    // Headers are where most is decided.
    let end = if seed & 1 == 0 { size } else { size.min(1024) };
    let place = (seed >> 1).wrapping_mul(0x9E37_79B1) % end;
    let length = (1 + (seed >> 8) % MOST_BYTES).min(size - place);
    let mut bytes = data[place..place + length].to_vec();
    let changed = libfuzzer_sys::fuzzer_mutate(&mut bytes, length, length);
    data[place..place + changed].copy_from_slice(&bytes[..changed]);
    size
}
