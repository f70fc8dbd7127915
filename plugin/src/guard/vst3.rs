//! The VST3 entry, and the objects that it hands out.

mod arrangement;
mod changes;
mod component;
mod controller;
mod frame;
mod handler;
mod process;
mod processor;
mod stream;
mod view;

use std::ffi::c_void;

use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::PluginInfo;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo,
    TUID, int32, kInvalidArgument, kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

use self::component::Component;
use crate::Burnish;

/// What tells a host of the plug-in, and makes it.
struct Factory(PluginInfo);

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

/// Writes one of the descriptions, where there is one and a place for it.
///
/// # Safety
///
/// `to` is null or a place for it.
unsafe fn describe<T>(index: int32, to: *mut T, description: impl FnOnce() -> T) -> tresult {
    if index != 0 || to.is_null() {
        return kInvalidArgument;
    }
    // SAFETY: the caller's promise, and not null.
    unsafe { to.write(description()) };
    kResultOk
}

// SAFETY of the three: as of the interface; what a host gives is looked at first.
impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: a host's place is null or one.
        unsafe { describe(0, info, || self.0.create_factory_info()) }
    }

    unsafe fn countClasses(&self) -> int32 {
        1
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: a host's place is null or one.
        unsafe { describe(index, info, || self.0.create_class_info()) }
    }

    unsafe fn createInstance(
        &self,
        class: FIDString,
        interface: FIDString,
        object: *mut *mut c_void,
    ) -> tresult {
        if class.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null; both names are of 16 bytes, and the object just made
        // answers for itself.
        unsafe {
            *object = std::ptr::null_mut();
            if class.cast::<[u8; 16]>().read_unaligned() != *self.0.cid {
                return kInvalidArgument;
            }
            let component = ComWrapper::new(Component::new());
            let Some(unknown) = component.as_com_ref::<FUnknown>() else { return kInvalidArgument };
            let unknown = unknown.as_ptr();
            ((*(*unknown).vtbl).queryInterface)(unknown, interface.cast::<TUID>(), object)
        }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: a host's place is null or one.
        unsafe { describe(index, info, || self.0.create_class_info_2()) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: a host's place is null or one.
        unsafe { describe(index, info, || self.0.create_class_info_unicode()) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}

/// The symbol that a VST3 host looks for.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = ComWrapper::new(Factory(PluginInfo::for_plugin::<Burnish>()));
    factory
        .to_com_ptr::<IPluginFactory>()
        .map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// What a host on Linux calls after loading the library.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
    setup_logger::<Burnish>();
    true
}

/// What a host on Linux calls before it lets the library go.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
extern "C" fn ModuleExit() -> bool {
    true
}

/// What a host on macOS calls after loading the bundle.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "macos")]
extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
    setup_logger::<Burnish>();
    true
}

/// What a host on macOS calls before it lets the bundle go.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "macos")]
extern "C" fn bundleExit() -> bool {
    true
}

/// What a host on Windows calls after loading the library.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "windows")]
extern "system" fn InitDll() -> bool {
    setup_logger::<Burnish>();
    true
}

/// What a host on Windows calls before it lets the library go.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
#[cfg(target_os = "windows")]
extern "system" fn ExitDll() -> bool {
    true
}
