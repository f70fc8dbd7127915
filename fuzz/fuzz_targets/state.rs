#![no_main]

#[path = "../../tests/tests/fuzzing/state.rs"]
mod state;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| state::state(bytes));
