//! Streams of a state that lie, and what is kept of one.

use super::*;

/// A stream over some bytes, which answers as it likes.
struct Stream {
    bytes: Vec<u8>,
    position: usize,
    answer: fn(u64) -> i64,
}

unsafe extern "C" fn read(
    stream: *const clap_istream,
    to: *mut std::ffi::c_void,
    size: u64,
) -> i64 {
    // SAFETY: the context is the stream's own; as much is written as there is room for.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<Stream>();
        let answer = (stream.answer)(size);
        let count =
            (answer.clamp(0, size as i64) as usize).min(stream.bytes.len() - stream.position);
        ptr::copy_nonoverlapping(stream.bytes[stream.position..].as_ptr(), to.cast(), count);
        stream.position += count;
        if (0..=size as i64).contains(&answer) { count as i64 } else { answer }
    }
}

unsafe extern "C" fn write(
    stream: *const clap_ostream,
    from: *const std::ffi::c_void,
    size: u64,
) -> i64 {
    // SAFETY: the context is the stream's own; as much is read as there is.
    unsafe {
        let stream = &mut *(*stream).ctx.cast::<Stream>();
        let answer = (stream.answer)(size);
        let count = answer.clamp(0, size as i64) as usize;
        stream.bytes.extend_from_slice(std::slice::from_raw_parts(from.cast(), count));
        answer
    }
}

pub(super) fn load(raw: &Raw, bytes: &[u8], answer: fn(u64) -> i64) -> bool {
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    let mut stream = Stream { bytes: bytes.to_vec(), position: 0, answer };
    let given = clap_istream { ctx: ptr::from_mut(&mut stream).cast(), read: Some(read) };
    // SAFETY: an instance of the plug-in, and a stream.
    unsafe { state.load.unwrap()(raw.plugin, &raw const given) }
}

pub(super) fn save(raw: &Raw, answer: fn(u64) -> i64) -> Option<Vec<u8>> {
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    let mut stream = Stream { bytes: Vec::new(), position: 0, answer };
    let given = clap_ostream { ctx: ptr::from_mut(&mut stream).cast(), write: Some(write) };
    // SAFETY: an instance of the plug-in, and a stream.
    let is_saved = unsafe { state.save.unwrap()(raw.plugin, &raw const given) };
    is_saved.then_some(stream.bytes)
}

#[test]
fn streams_that_lie_are_refused() {
    let raw = Raw::playing(linked());
    let all = |size: u64| size as i64;
    let saved = save(&raw, all).unwrap();
    assert_eq!(save(&raw, |size| size.min(7) as i64), Some(saved.clone()), "in small bites");
    assert!(load(&raw, &saved, all));
    assert!(load(&raw, &saved, |size| size.min(3) as i64), "in small bites");
    let lies: [fn(u64) -> i64; 4] = [|_| -1, |size| size as i64 + 1, |_| i64::MAX, |_| i64::MIN];
    for lie in lies {
        assert!(save(&raw, lie).is_none());
        assert!(!load(&raw, &saved, lie));
    }
    for length in (0..saved.len()).step_by(97) {
        assert!(!load(&raw, &saved[..length], all), "{length} bytes of {}", saved.len());
    }
    for length in [u64::MAX, 1 << 62, 1 << 40, (64 << 20) + 1] {
        let mut bytes = saved.clone();
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert!(!load(&raw, &bytes, all), "{length} bytes are promised");
    }
    let state: clap_plugin_state = raw.extension(CLAP_EXT_STATE);
    // SAFETY: an instance of the plug-in.
    unsafe {
        assert!(!state.load.unwrap()(raw.plugin, nothing()));
        assert!(!state.save.unwrap()(raw.plugin, nothing()));
        let without = clap_istream { ctx: ptr::null_mut(), read: None };
        assert!(!state.load.unwrap()(raw.plugin, &raw const without));
    }
    assert!(load(&raw, &saved, all), "none of it did any harm");
}

#[test]
fn one_value_of_an_odd_kind_costs_no_other() {
    let raw = Raw::playing(linked());
    let gain = raw.parameter("Trim Gain");
    raw.flush(&Events::of(gain, &[(0, 0.75)]));
    let saved = raw.save().unwrap();
    let json = String::from_utf8(saved[8..].to_vec()).unwrap();
    let start = json.find("\"limiter.gain\":").unwrap();
    let end = start + json[start..].find('}').unwrap() + 1;
    let odd = format!("{}\"limiter.gain\":{{\"f32\":null}}{}", &json[..start], &json[end..]);
    let mut bytes = (odd.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(odd.as_bytes());
    raw.flush(&Events::of(gain, &[(0, 0.25)]));
    assert!(raw.load(&bytes));
    assert!((raw.value(gain) - 0.75).abs() < 1e-6);
    // What was loaded can be saved, and loads again.
    let again = raw.save().unwrap();
    assert!(raw.load(&again));
    assert_eq!(raw.save().unwrap(), again);
}
