//! Values of parameters as a host carries them, and their texts.

use std::ffi::CString;

use burnish_dsp::parameter::Kind;
use burnish_dsp::settings::{ChainParameter, ChainSettings, parameters};

use super::{Change, Host};
use crate::error::Error;

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
#[must_use]
pub fn exact_text(parameter: &ChainParameter, value: f64) -> String {
    match parameter.kind {
        Kind::Continuous { .. } => format!("{}", parameter.kind.snap(value)),
        Kind::Choice(_) | Kind::Switch => parameter.kind.format(value),
    }
}
