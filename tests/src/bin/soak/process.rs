//! What the process holds.

/// Memory, open files and threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holds {
    pub(crate) resident_mb: f64,
    pub(crate) files: usize,
    pub(crate) threads: usize,
}

impl Holds {
    /// Read now; zeros where the system does not tell.
    pub(crate) fn now() -> Self {
        // What the allocator keeps for later is nobody's.
        // SAFETY: the C library's own function, which may be called at any time.
        #[cfg(target_env = "gnu")]
        unsafe {
            libc::malloc_trim(0)
        };
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        };
        Self {
            resident_mb: field("VmRSS:").unwrap_or(0.0) / 1024.0,
            files: std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            threads: field("Threads:").unwrap_or(0.0) as usize,
        }
    }
}
