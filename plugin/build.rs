//! Keeps the plug-in in memory once a host has loaded it.
//!
//! Rust's standard library leaves a destructor with every thread that called
//! into the plug-in. A host that unloads the plug-in before such a thread ends
//! would have it run code that is no longer there.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
