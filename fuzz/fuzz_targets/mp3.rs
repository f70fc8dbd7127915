#![no_main]

burnish_fuzz::keep_lengths!();
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| burnish_tests::fuzzing::mp3(bytes));
