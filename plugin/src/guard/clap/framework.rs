//! What the framework's plug-in can do.

use std::ffi::CStr;

use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_plugin_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::remote_controls::{CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls};
use clap_sys::ext::render::{CLAP_EXT_RENDER, clap_plugin_render};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_plugin_track_info};
use clap_sys::plugin::clap_plugin;

/// The extensions that it has.
pub(super) struct Extensions {
    pub(super) gui: Option<clap_plugin_gui>,
    pub(super) params: Option<clap_plugin_params>,
    pub(super) state: Option<clap_plugin_state>,
    pub(super) latency: Option<clap_plugin_latency>,
    pub(super) tail: Option<clap_plugin_tail>,
    pub(super) render: Option<clap_plugin_render>,
    pub(super) ports: Option<clap_plugin_audio_ports>,
    pub(super) layouts: Option<clap_plugin_audio_ports_config>,
    pub(super) remote_controls: Option<clap_plugin_remote_controls>,
    pub(super) track_info: Option<clap_plugin_track_info>,
}

impl Extensions {
    /// Asks the framework.
    ///
    /// # Safety
    ///
    /// `back` is the framework's plug-in.
    pub(super) unsafe fn of(back: *const clap_plugin) -> Self {
        // SAFETY: each type is the one that belongs to its name.
        unsafe {
            Self {
                gui: extension(back, CLAP_EXT_GUI),
                params: extension(back, CLAP_EXT_PARAMS),
                state: extension(back, CLAP_EXT_STATE),
                latency: extension(back, CLAP_EXT_LATENCY),
                tail: extension(back, CLAP_EXT_TAIL),
                render: extension(back, CLAP_EXT_RENDER),
                ports: extension(back, CLAP_EXT_AUDIO_PORTS),
                layouts: extension(back, CLAP_EXT_AUDIO_PORTS_CONFIG),
                remote_controls: extension(back, CLAP_EXT_REMOTE_CONTROLS),
                track_info: extension(back, CLAP_EXT_TRACK_INFO),
            }
        }
    }

    /// Channels of a port of the chosen layout; 0 where there is no such port.
    pub(super) fn channels(&self, back: *const clap_plugin, is_input: bool, port: u32) -> usize {
        let Some(clap_plugin_audio_ports { count: Some(count), get: Some(get) }) = self.ports
        else {
            return 0;
        };
        // SAFETY: the framework's own functions and object; a zeroed info is one.
        unsafe {
            let mut info: clap_audio_port_info = std::mem::zeroed();
            let is_there = port < count(back, is_input) && get(back, port, is_input, &raw mut info);
            if is_there { info.channel_count as usize } else { 0 }
        }
    }
}

/// # Safety
///
/// `T` belongs to the name, `back` is the framework's plug-in.
unsafe fn extension<T: Copy>(back: *const clap_plugin, name: &CStr) -> Option<T> {
    // SAFETY: the caller's promise.
    unsafe {
        let found = (*back).get_extension?(back, name.as_ptr()).cast::<T>();
        (!found.is_null()).then(|| *found)
    }
}
