//! The editor in its window.

use std::time::Duration;

use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, Window as ClapWindow};

use super::Host;
use crate::error::Error;
use crate::window::ParentWindow;

/// How long a closed window's thread may take to end.
const WINDOW_CLOSES: Duration = Duration::from_millis(300);

impl Host {
    /// Opens the editor in a window of its own on the X display.
    ///
    /// # Errors
    /// When there is no display or the plug-in has no editor for it.
    pub fn open_editor(&mut self, width: u32, height: u32) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        let window = ParentWindow::open(width, height)?;
        let plugin = self.instance.plugin_handle();
        gui.create(&plugin, configuration)?;
        // SAFETY: the window is kept in `self` until the editor is closed.
        unsafe { gui.set_parent(&plugin, ClapWindow::from_x11_handle(window.id().into()))? };
        gui.set_size(&plugin, GuiSize { width, height })?;
        gui.show(&plugin)?;
        self.window = Some(window);
        Ok(())
    }

    /// Opens the editor in a window that is as large as the plug-in asks for.
    ///
    /// # Errors
    /// When there is no display or the plug-in has no editor for it.
    pub fn open_editor_as_it_is(&mut self) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        let plugin = self.instance.plugin_handle();
        gui.create(&plugin, configuration)?;
        let size = gui.get_size(&plugin).ok_or("the editor has no size")?;
        let window = ParentWindow::open(size.width, size.height)?;
        // SAFETY: the window is kept in `self` until the editor is closed.
        unsafe { gui.set_parent(&plugin, ClapWindow::from_x11_handle(window.id().into()))? };
        gui.show(&plugin)?;
        self.window = Some(window);
        Ok(())
    }

    /// Whether the editor is open.
    pub fn is_editor_open(&self) -> bool {
        self.window.is_some()
    }

    /// The size of the editor, open or not, in pixels.
    ///
    /// # Errors
    /// When the plug-in has no editor.
    pub fn editor_size(&mut self) -> Result<(u32, u32), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        let size = gui.get_size(&self.instance.plugin_handle()).ok_or("the editor has no size")?;
        Ok((size.width, size.height))
    }

    /// Gives the open editor another size.
    ///
    /// # Errors
    /// When no editor is open or it refuses.
    pub fn resize_editor(&mut self, width: u32, height: u32) -> Result<(), Error> {
        let gui = self.extensions.gui.ok_or("the plug-in has no editor")?;
        self.window.as_ref().ok_or("no editor is open")?.resize(width, height)?;
        gui.set_size(&self.instance.plugin_handle(), GuiSize { width, height })?;
        Ok(())
    }

    /// A picture of the open editor: width, height and rows of RGB.
    ///
    /// # Errors
    /// When no editor is open or the display gives no picture.
    pub fn picture(&self) -> Result<(u32, u32, Vec<u8>), Error> {
        self.window.as_ref().ok_or("no editor is open")?.picture()
    }

    /// Closes the editor.
    pub fn close_editor(&mut self) {
        if let (Some(gui), Some(_)) = (self.extensions.gui, &self.window) {
            gui.destroy(&self.instance.plugin_handle());
            // The window's own thread still takes leave of the X server; a program
            // that ends meanwhile pulls the ground from under it.
            std::thread::sleep(WINDOW_CLOSES);
        }
        self.window = None;
    }
}
