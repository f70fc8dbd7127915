//! Parameters as a host is told of them.

use burnish_dsp::settings::parameters;
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags};
use clack_host::prelude::*;
use clack_host::utils::ClapId;

use super::side::{Extensions, Side};
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
