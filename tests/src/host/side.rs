//! The host's side: what the plug-in may call.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl, PluginGui};
use clack_extensions::latency::{HostLatency, HostLatencyImpl, PluginLatency};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
    PluginParams,
};
use clack_extensions::render::PluginRender;
use clack_extensions::state::{HostState, HostStateImpl, PluginState};
use clack_host::prelude::*;
use clack_host::utils::ClapId;

/// What the plug-in has asked its host for.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) callback: AtomicBool,
    pub(super) restart: AtomicBool,
    /// Size packed as CLAP does, 0 when none was asked for.
    pub(super) resize_width: AtomicU32,
    pub(super) resize_height: AtomicU32,
    pub(super) latency_changes: AtomicU32,
}

/// The host's side that the plug-in may call from any thread.
pub(super) struct Shared {
    pub(super) requests: Arc<Requests>,
    pub(super) extensions: OnceLock<Extensions>,
}

/// What the plug-in can do.
#[derive(Clone, Copy)]
pub(super) struct Extensions {
    pub(super) parameters: Option<PluginParams>,
    pub(super) state: Option<PluginState>,
    pub(super) latency: Option<PluginLatency>,
    pub(super) render: Option<PluginRender>,
    pub(super) gui: Option<PluginGui>,
}

impl<'a> SharedHandler<'a> for Shared {
    fn initializing(&self, instance: InitializingPluginHandle<'a>) {
        let extensions = Extensions {
            parameters: instance.get_extension(),
            state: instance.get_extension(),
            latency: instance.get_extension(),
            render: instance.get_extension(),
            gui: instance.get_extension(),
        };
        // Called once for each instance.
        let _ = self.extensions.set(extensions);
    }

    fn request_restart(&self) {
        self.requests.restart.store(true, Ordering::Relaxed);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.requests.callback.store(true, Ordering::Relaxed);
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {}
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        self.requests.resize_width.store(size.width, Ordering::Relaxed);
        self.requests.resize_height.store(size.height, Ordering::Relaxed);
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {}
}

/// The host's side that the plug-in may call from the main thread.
pub(super) struct MainThread<'a> {
    pub(super) shared: &'a Shared,
    pub(super) is_dirty: Cell<bool>,
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, _flags: ParamRescanFlags) {}

    fn clear(&self, _parameter: ClapId, _flags: ParamClearFlags) {}
}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {
        self.shared.requests.latency_changes.fetch_add(1, Ordering::Relaxed);
    }
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {
        self.is_dirty.set(true);
    }
}

/// The host's handlers.
pub(super) struct Side;

impl HostHandlers for Side {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Shared) {
        builder
            .register::<HostParams>()
            .register::<HostLatency>()
            .register::<HostState>()
            .register::<HostGui>();
    }
}
