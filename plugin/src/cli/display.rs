//! Whether there is a screen to open a window on.

/// Without one the window library goes on for ever without a window.
///
/// # Errors
/// Says what is missing.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn check() -> Result<(), String> {
    let display = std::env::var("DISPLAY").unwrap_or_default();
    if display.is_empty() {
        return Err("expected a display for the window, found none (DISPLAY is not set); \
                    `burnish --help` lists what works without"
            .to_owned());
    }
    if is_answering(&display) {
        Ok(())
    } else {
        Err(format!(
            "expected a display for the window, found none that answers at DISPLAY={display}; \
             `burnish --help` lists what works without"
        ))
    }
}

/// Whether somebody listens behind a local display; another machine's is taken to.
#[cfg(all(unix, not(target_os = "macos")))]
fn is_answering(display: &str) -> bool {
    use std::os::unix::net::UnixStream;
    let Some((host, number)) = display.rsplit_once(':') else { return false };
    let number = number.split('.').next().unwrap_or_default();
    if !matches!(host, "" | "unix") {
        return true;
    }
    let path = format!("/tmp/.X11-unix/X{number}");
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::net::SocketAddr;
        // Where the server does not share this machine's files, it has this name all the same.
        if SocketAddr::from_abstract_name(&path)
            .is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
        {
            return true;
        }
    }
    UnixStream::connect(path).is_ok()
}

/// There always is one.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) fn check() -> Result<(), String> {
    Ok(())
}
