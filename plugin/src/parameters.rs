//! The host's parameters, made from the engine's one table.

mod ids;
mod saved;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use burnish_dsp::parameter::{Kind, Taper};
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameters};
use nice_plug::prelude::*;

use self::ids::{BYPASS_ID, SESSION_FIELD, TIMELINE_FIELD};
pub use self::saved::mended_state;
pub(crate) use self::saved::{mend as mend_state, mended_json};
use crate::desk::{Desk, Session};
use crate::lock::lock;
use crate::switches::{Switch, SwitchPositions};

/// One parameter as the host library wants it.
enum HostParameter {
    Continuous(FloatParam),
    Choice(IntParam),
    Switch(BoolParam),
}

/// All parameters of an instance, in the order of the table.
pub struct BurnishParameters {
    list: Vec<HostParameter>,
    switches: Vec<IntParam>,
    bypass: BoolParam,
    desk: Arc<Desk>,
    /// What other versions keep in the host's state. Held while a state is
    /// loaded or saved, so that each is of one piece, whichever thread asks.
    unknown_fields: Mutex<BTreeMap<String, String>>,
}

impl BurnishParameters {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        Self {
            list: parameters().iter().map(HostParameter::new).collect(),
            switches: Switch::ALL.map(host_switch).into(),
            bypass: host_bypass(),
            desk,
            unknown_fields: Mutex::default(),
        }
    }

    /// The settings that the host's values amount to.
    pub(crate) fn settings(&self) -> ChainSettings {
        let mut settings = ChainSettings::default();
        for (parameter, host) in parameters().iter().zip(&self.list) {
            parameter.write(&mut settings, host.value());
        }
        settings
    }

    /// Where the switches stand.
    pub(crate) fn switches(&self) -> SwitchPositions {
        SwitchPositions::read(|switch| self.switches[switch as usize].value().max(0) as usize)
    }

    /// Whether the host has switched the whole plug-in out.
    pub(crate) fn is_bypassed(&self) -> bool {
        self.bypass.value()
    }

    /// Switches the whole plug-in out or in, as a whole gesture.
    pub(crate) fn set_bypass(&self, is_on: bool, setter: &ParamSetter<'_>) {
        setter.begin_set_parameter(&self.bypass);
        setter.set_parameter(&self.bypass, is_on);
        setter.end_set_parameter(&self.bypass);
    }

    /// Moves a switch, as a whole gesture.
    pub(crate) fn set_switch(&self, switch: Switch, position: usize, setter: &ParamSetter<'_>) {
        let parameter = &self.switches[switch as usize];
        if parameter.value() != position as i32 {
            setter.begin_set_parameter(parameter);
            setter.set_parameter(parameter, position as i32);
            setter.end_set_parameter(parameter);
        }
    }

    /// Tells the host that a gesture begins.
    pub(crate) fn begin(&self, index: usize, setter: &ParamSetter<'_>) {
        match &self.list[index] {
            HostParameter::Continuous(parameter) => setter.begin_set_parameter(parameter),
            HostParameter::Choice(parameter) => setter.begin_set_parameter(parameter),
            HostParameter::Switch(parameter) => setter.begin_set_parameter(parameter),
        }
    }

    /// Gives the host a new value in the user's units.
    pub(crate) fn set(&self, index: usize, value: f64, setter: &ParamSetter<'_>) {
        let value = parameters()[index].kind.snap(value);
        if !parameters()[index].is_automatable() {
            self.desk.stream.prepare_change();
        }
        match &self.list[index] {
            HostParameter::Continuous(parameter) => setter.set_parameter(parameter, value as f32),
            HostParameter::Choice(parameter) => setter.set_parameter(parameter, value as i32),
            HostParameter::Switch(parameter) => setter.set_parameter(parameter, value >= 0.5),
        }
    }

    /// Tells the host that a gesture has ended.
    pub(crate) fn end(&self, index: usize, setter: &ParamSetter<'_>) {
        match &self.list[index] {
            HostParameter::Continuous(parameter) => setter.end_set_parameter(parameter),
            HostParameter::Choice(parameter) => setter.end_set_parameter(parameter),
            HostParameter::Switch(parameter) => setter.end_set_parameter(parameter),
        }
    }

    /// Brings every parameter that differs to its value in `settings`, which are
    /// loaded: they belong together.
    pub(crate) fn set_all(&self, settings: &ChainSettings, setter: &ParamSetter<'_>) {
        self.desk.expect_load();
        let now = self.settings();
        for (index, parameter) in parameters().iter().enumerate() {
            let value = parameter.kind.snap(parameter.read(settings));
            if value != parameter.read(&now) {
                self.begin(index, setter);
                self.set(index, value, setter);
                self.end(index, setter);
            }
        }
    }
}

/// The parameter behind a host's own bypass button.
fn host_bypass() -> BoolParam {
    let kind = Kind::Switch;
    BoolParam::new("Bypass", false)
        .make_bypass()
        .with_value_to_string(Arc::new(move |is_on| kind.format(f64::from(u8::from(is_on)))))
        .with_string_to_value(Arc::new(move |text| kind.parse(text).ok().map(|value| value >= 0.5)))
}

fn host_switch(switch: Switch) -> IntParam {
    let range = IntRange::Linear { min: 0, max: switch.positions() as i32 - 1 };
    IntParam::new(switch.name(), switch.default_position() as i32, range)
        .with_value_to_string(Arc::new(move |position| switch.format(position.max(0) as usize)))
        .with_string_to_value(Arc::new(move |text| {
            switch.parse(text).map(|position| position as i32)
        }))
}

impl HostParameter {
    fn new(parameter: &'static ChainParameter) -> Self {
        let name = parameter.name.clone();
        let kind = &parameter.kind;
        match *kind {
            Kind::Continuous { min, max, step, taper, .. } => {
                let (min, max) = (min as f32, max as f32);
                let range = match taper {
                    Taper::Linear => FloatRange::Linear { min, max },
                    // The geometric mean in the middle of the control.
                    Taper::Logarithmic => FloatRange::Skewed {
                        min,
                        max,
                        factor: 0.5f32.ln() / (((min * max).sqrt() - min) / (max - min)).ln(),
                    },
                };
                Self::Continuous(
                    FloatParam::new(name, parameter.default as f32, range)
                        .with_step_size(step as f32)
                        .with_value_to_string(Arc::new(|value| kind.format(f64::from(value))))
                        .with_string_to_value(Arc::new(|text| {
                            kind.parse(text).ok().map(|value| value as f32)
                        })),
                )
            }
            Kind::Choice(names) => {
                let range = IntRange::Linear { min: 0, max: names.len() as i32 - 1 };
                let choice = IntParam::new(name, parameter.default as i32, range)
                    .with_value_to_string(Arc::new(|value| kind.format(f64::from(value))))
                    .with_string_to_value(Arc::new(|text| {
                        kind.parse(text).ok().map(|value| value as i32)
                    }));
                Self::Choice(if parameter.is_automatable() {
                    choice
                } else {
                    choice.non_automatable()
                })
            }
            Kind::Switch => Self::Switch(
                BoolParam::new(name, parameter.default >= 0.5)
                    .with_value_to_string(Arc::new(|value| kind.format(f64::from(u8::from(value)))))
                    .with_string_to_value(Arc::new(|text| {
                        kind.parse(text).ok().map(|value| value >= 0.5)
                    })),
            ),
        }
    }

    /// The value in the user's units.
    fn value(&self) -> f64 {
        match self {
            HostParameter::Continuous(parameter) => f64::from(parameter.value()),
            HostParameter::Choice(parameter) => f64::from(parameter.value()),
            HostParameter::Switch(parameter) => f64::from(u8::from(parameter.value())),
        }
    }

    fn pointer(&self) -> ParamPtr {
        match self {
            HostParameter::Continuous(parameter) => parameter.as_ptr(),
            HostParameter::Choice(parameter) => parameter.as_ptr(),
            HostParameter::Switch(parameter) => parameter.as_ptr(),
        }
    }
}

// SAFETY: the pointers lead to `bypass` and into `list` and `switches`, which are built once and never
// change their length, and the host library keeps this object alive in an `Arc`.
unsafe impl Params for BurnishParameters {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        parameters()
            .iter()
            .zip(&self.list)
            .map(|(parameter, host)| {
                let group = match parameter.band {
                    Some(band) => format!("{}/Band {}", parameter.stage.name(), band + 1),
                    None => parameter.stage.name().to_owned(),
                };
                (parameter.id.clone(), host.pointer(), group)
            })
            .chain(Switch::ALL.into_iter().zip(&self.switches).map(|(switch, parameter)| {
                (switch.id().to_owned(), parameter.as_ptr(), "Compare".to_owned())
            }))
            .chain([(BYPASS_ID.to_owned(), self.bypass.as_ptr(), String::new())])
            .collect()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        let unknown_fields = lock(&self.unknown_fields);
        let mut fields = unknown_fields.clone();
        // What is mended always serialises.
        let session = serde_json::to_string(&self.desk.save()).unwrap_or_default();
        fields.insert(SESSION_FIELD.to_owned(), session);
        fields.insert(TIMELINE_FIELD.to_owned(), self.desk.integration.save_timeline());
        fields
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        let mut unknown_fields = lock(&self.unknown_fields);
        *unknown_fields = saved::unknown_fields(fields);
        // Sessions of before there was a timeline have none: nothing is measured yet.
        self.desk.expect_load();
        self.desk.restore_timeline(fields.get(TIMELINE_FIELD).map_or("", String::as_str));
        let Some(text) = fields.get(SESSION_FIELD) else { return };
        match Session::read(text) {
            Ok(session) => self.desk.restore(session),
            Err(message) => self.desk.messages.say(message),
        }
        // The parameters have been given their values before.
        self.desk.prepare_paths(&self.settings());
    }
}
