//! The controller's side of an instance: parameters, units and the editor.

use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use vst3::ComPtr;
use vst3::Steinberg::Vst::ChannelContext::IInfoListenerTrait;
use vst3::Steinberg::Vst::ViewType::kEditor;
use vst3::Steinberg::Vst::{
    BusDirection, CString, IAttributeList, IComponentHandler, IEditControllerTrait, IUnitInfoTrait,
    MediaType, ParamID, ParamValue, ParameterInfo, ProgramListID, ProgramListInfo, String128,
    TChar, UnitID, UnitInfo,
};
use vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int16, int32, kInvalidArgument, kResultFalse, kResultOk,
    tresult,
};

use super::component::Component;
use super::view::View;

/// A normalised value in its range; what is no number is none.
fn normalized(value: ParamValue) -> Option<ParamValue> {
    value.is_finite().then(|| value.clamp(0.0, 1.0))
}

// SAFETY of all: as of the interface; what a host gives is looked at first.
impl IEditControllerTrait for Component {
    unsafe fn setComponentState(&self, state: *mut IBStream) -> tresult {
        // SAFETY: the framework does not look at it.
        unsafe { self.back.setComponentState(state) }
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        // SAFETY: the framework does not look at it.
        unsafe { IEditControllerTrait::setState(&**self.back, state) }
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        // SAFETY: the framework does not look at it.
        unsafe { IEditControllerTrait::getState(&**self.back, state) }
    }

    unsafe fn getParameterCount(&self) -> int32 {
        // SAFETY: the framework's own function.
        unsafe { self.back.getParameterCount() }
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // SAFETY: the framework's own functions; an index that is one, and a place.
        unsafe {
            if info.is_null() || !(0..self.back.getParameterCount()).contains(&index) {
                return kInvalidArgument;
            }
            self.back.getParameterInfo(index, info)
        }
    }

    unsafe fn getParamStringByValue(
        &self,
        id: ParamID,
        value: ParamValue,
        string: *mut String128,
    ) -> tresult {
        match normalized(value) {
            // SAFETY: not null.
            Some(value) if !string.is_null() => unsafe {
                self.back.getParamStringByValue(id, value, string)
            },
            _ => kInvalidArgument,
        }
    }

    unsafe fn getParamValueByString(
        &self,
        id: ParamID,
        string: *mut TChar,
        value: *mut ParamValue,
    ) -> tresult {
        if string.is_null() || value.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: neither is null; a host's text ends.
        unsafe { self.back.getParamValueByString(id, string, value) }
    }

    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        // SAFETY: numbers.
        normalized(value)
            .map_or(0.0, |value| unsafe { self.back.normalizedParamToPlain(id, value) })
    }

    unsafe fn plainParamToNormalized(&self, id: ParamID, value: ParamValue) -> ParamValue {
        if !value.is_finite() {
            return 0.0;
        }
        // SAFETY: numbers.
        normalized(unsafe { self.back.plainParamToNormalized(id, value) }).unwrap_or(0.0)
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        // SAFETY: a number.
        unsafe { self.back.getParamNormalized(id) }
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        let Some(value) = normalized(value) else { return kInvalidArgument };
        let _call = self.gui.call();
        // SAFETY: numbers.
        unsafe { self.back.setParamNormalized(id, value) }
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // The framework has ours, always.
        // SAFETY: null or a host's.
        unsafe { self.handler.set(handler) };
        kResultOk
    }

    unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
        // SAFETY: null or a string.
        if name.is_null() || unsafe { CStr::from_ptr(name) != CStr::from_ptr(kEditor) } {
            return ptr::null_mut();
        }
        // SAFETY: the framework gives a view that is ours to release, or null.
        let Some(view) = (unsafe { ComPtr::from_raw(self.back.createView(name)) }) else {
            return ptr::null_mut();
        };
        View::before(view, Arc::clone(&self.gui))
    }
}

impl IUnitInfoTrait for Component {
    unsafe fn getUnitCount(&self) -> int32 {
        // SAFETY: the framework's own function.
        unsafe { self.back.getUnitCount() }
    }

    unsafe fn getUnitInfo(&self, index: int32, info: *mut UnitInfo) -> tresult {
        // SAFETY: the framework's own functions; an index that is one, and a place.
        unsafe {
            if info.is_null() || !(0..self.back.getUnitCount()).contains(&index) {
                return kInvalidArgument;
            }
            self.back.getUnitInfo(index, info)
        }
    }

    unsafe fn getProgramListCount(&self) -> int32 {
        0
    }

    unsafe fn getProgramListInfo(&self, _: int32, _: *mut ProgramListInfo) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramName(&self, _: ProgramListID, _: int32, _: *mut String128) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramInfo(
        &self,
        _: ProgramListID,
        _: int32,
        _: CString,
        _: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn hasProgramPitchNames(&self, _: ProgramListID, _: int32) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramPitchName(
        &self,
        _: ProgramListID,
        _: int32,
        _: int16,
        _: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn getSelectedUnit(&self) -> UnitID {
        // SAFETY: the framework's own function.
        unsafe { self.back.getSelectedUnit() }
    }

    unsafe fn selectUnit(&self, _: UnitID) -> tresult {
        kResultFalse
    }

    unsafe fn getUnitByBus(
        &self,
        _: MediaType,
        _: BusDirection,
        _: int32,
        _: int32,
        _: *mut UnitID,
    ) -> tresult {
        kResultFalse
    }

    unsafe fn setUnitProgramData(&self, _: int32, _: int32, _: *mut IBStream) -> tresult {
        kInvalidArgument
    }
}

impl IInfoListenerTrait for Component {
    unsafe fn setChannelContextInfos(&self, list: *mut IAttributeList) -> tresult {
        // Two at once would end the process.
        let Some(_pass) = self.loads.enter(Duration::from_millis(200)) else {
            return kResultFalse;
        };
        let Some(_call) = self.gui.call_if_open() else { return kResultFalse };
        if list.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: not null.
        unsafe { self.back.setChannelContextInfos(list) }
    }
}
