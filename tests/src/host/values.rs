//! Parameters as a host sees them: what it is told of them, their values and texts.

use std::ffi::CString;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameters};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags};
use clack_host::prelude::*;
use clack_host::utils::ClapId;

use super::side::{Extensions, Side};
use super::{Change, Host};
use crate::error::Error;

/// What a host shows of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownParameter {
    /// Full name.
    pub name: String,
    /// Group.
    pub module: String,
    /// Lowest value as the host carries it.
    pub minimum: f64,
    /// Highest value.
    pub maximum: f64,
    /// Default.
    pub default: f64,
    /// Whether the host's own bypass button is to move it.
    pub is_bypass: bool,
}

impl Host {
    /// The value as the host carries it of a parameter's value in the user's
    /// units, through the plug-in's own text conversion.
    ///
    /// # Errors
    /// When the plug-in does not understand the text.
    pub fn host_value(&mut self, index: usize, value: f64) -> Result<f64, Error> {
        let parameter = &parameters()[index];
        let text = exact_text(parameter, value);
        let extension = self.extensions.parameters.ok_or("the plug-in has no parameters")?;
        extension
            .text_to_value(
                &self.instance.plugin_handle(),
                self.ids[index],
                &CString::new(text.clone())?,
            )
            .ok_or_else(|| format!("{}: \"{text}\" was not understood", parameter.id).into())
    }

    /// The text that the plug-in shows for a value as the host carries it.
    ///
    /// # Errors
    /// When the plug-in has none.
    pub fn text(&mut self, index: usize, host_value: f64) -> Result<String, Error> {
        let extension = self.extensions.parameters.ok_or("the plug-in has no parameters")?;
        let mut buffer = [0; 128];
        let text = extension
            .value_to_text(&self.instance.plugin_handle(), self.ids[index], host_value, &mut buffer)
            .map_err(|_| format!("{}: no text for {host_value}", parameters()[index].id))?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// A parameter's present value, as the host carries it.
    pub fn value(&mut self, index: usize) -> Option<f64> {
        let extension = self.extensions.parameters?;
        extension.get_value(&self.instance.plugin_handle(), self.ids[index])
    }

    /// The changes, at the start of a block, that bring every parameter to `settings`.
    ///
    /// # Errors
    /// When the plug-in does not understand a value.
    pub fn changes_to(&mut self, settings: &ChainSettings) -> Result<Vec<Change>, Error> {
        (0..parameters().len())
            .map(|index| {
                let value = parameters()[index].read(settings);
                Ok(Change { frame: 0, index, host_value: self.host_value(index, value)? })
            })
            .collect()
    }
}

/// A value in full precision, as a person would type it.
fn exact_text(parameter: &ChainParameter, value: f64) -> String {
    match parameter.kind {
        Kind::Continuous { .. } => format!("{}", parameter.kind.snap(value)),
        Kind::Choice(_) | Kind::Switch => parameter.kind.format(value),
    }
}

/// What the plug-in tells of its parameters.
pub(super) struct Told {
    pub(super) ids: Vec<ClapId>,
    pub(super) shown: Vec<ShownParameter>,
    pub(super) switches: Vec<(ClapId, ShownParameter)>,
}

/// What the plug-in tells of its parameters, matched by name with the table.
pub(super) fn read_parameters(
    instance: &mut PluginInstance<Side>,
    extensions: &Extensions,
) -> Result<Told, Error> {
    let extension = extensions.parameters.ok_or("the plug-in has no parameters")?;
    let plugin = instance.plugin_handle();
    let count = extension.count(&plugin);
    let mut buffer = ParamInfoBuffer::new();
    let mut told = Vec::new();
    for index in 0..count {
        let info = extension
            .get_info(&plugin, index, &mut buffer)
            .ok_or_else(|| format!("the plug-in tells nothing of parameter {index}"))?;
        let shown = ShownParameter {
            name: String::from_utf8_lossy(info.name).into_owned(),
            module: String::from_utf8_lossy(info.module).into_owned(),
            minimum: info.min_value,
            maximum: info.max_value,
            default: info.default_value,
            is_bypass: info.flags.contains(ParamInfoFlags::IS_BYPASS),
        };
        told.push((info.id, shown));
    }
    let is_setting = |name: &str| parameters().iter().any(|parameter| parameter.name == name);
    let switches = told.iter().filter(|(_, shown)| !is_setting(&shown.name)).cloned().collect();
    let (ids, shown) = parameters()
        .iter()
        .map(|parameter| {
            told.iter().find(|(_, shown)| shown.name == parameter.name).cloned().ok_or_else(|| {
                format!("the plug-in has no parameter \"{}\"", parameter.name).into()
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Told { ids, shown, switches })
}
