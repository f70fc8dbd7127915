//! Calls of the framework's extensions.

/// Calls a function of one of the framework's extensions; `None` where it is missing.
macro_rules! ask {
    ($instance:ident => $extension:ident . $method:ident ( $($argument:expr),* )) => {
        $instance
            .extensions()
            .$extension
            .and_then(|extension| extension.$method)
            // SAFETY: the framework's own function and object, with arguments
            // that were looked at.
            .map(|ask| unsafe { ask($instance.back() $(, $argument)*) })
    };
}
pub(super) use ask;

/// The same for what a host holds; `None` for null too.
macro_rules! ask_plugin {
    ($plugin:ident => $extension:ident . $method:ident ( $($argument:expr),* )) => {{
        // SAFETY: a host gives what it was given.
        let instance = unsafe { $crate::guard::clap::instance::Instance::of($plugin) };
        instance.and_then(|instance| {
            $crate::guard::clap::ask::ask!(
                instance => $extension.$method($($argument),*)
            )
        })
    }};
}
pub(super) use ask_plugin;
