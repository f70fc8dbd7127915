#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| burnish_tests::fuzzing::preset(bytes));
