//! What has to be true of a saved state, whatever it is read from. `fuzz/` calls this, too:
//! these readers are the plug-in's, which the library of the tests does not know.

use burnish::{Session, mended_state, read_timeline, write_timeline};

/// A state, a session or a timeline, perhaps of another version, perhaps damaged.
pub fn state(bytes: &[u8]) {
    if let Some(mended) = mended_state(bytes) {
        let again = mended_state(&mended).map(|again| String::from_utf8_lossy(&again).into_owned());
        assert_eq!(again.as_deref(), str::from_utf8(&mended).ok(), "a state is mended once");
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(session) = Session::read(text) {
        assert!(session.clone().mended() == session, "a session is mended once");
        let saved = serde_json::to_string(&session).expect("a session can be saved");
        assert!(Session::read(&saved).as_ref() == Ok(&session), "{saved}");
    }
    if let Ok(contents) = read_timeline(text) {
        assert!(read_timeline(&write_timeline(&contents)) == Ok(contents), "{text}");
    }
}
