//! A plain X11 window for an editor to live in, and pictures of it.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, ButtonPressEvent, ChangeWindowAttributesAux, ConfigureWindowAux,
    ConnectionExt, CreateWindowAux, EventMask, ImageFormat, KeyButMask, MOTION_NOTIFY_EVENT,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::error::Error;

/// A window on the display that `DISPLAY` names.
pub struct ParentWindow {
    connection: RustConnection,
    id: u32,
}

impl ParentWindow {
    /// Opens a window.
    ///
    /// # Errors
    /// When there is no display.
    pub fn open(width: u32, height: u32) -> Result<Self, Error> {
        let (connection, screen) = x11rb::connect(None)
            .map_err(|error| format!("expected an X display, found none ({error})"))?;
        let id = connection.generate_id()?;
        let screen = &connection.setup().roots[screen];
        let attributes = CreateWindowAux::new()
            .background_pixel(screen.black_pixel)
            .event_mask(EventMask::STRUCTURE_NOTIFY);
        connection.create_window(
            screen.root_depth,
            id,
            screen.root,
            0,
            0,
            width as u16,
            height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &attributes,
        )?;
        connection.map_window(id)?;
        connection.sync()?;
        Ok(Self { connection, id })
    }

    /// The X11 id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Changes the size.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), Error> {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection.configure_window(self.id, &size)?;
        self.connection.sync()?;
        Ok(())
    }

    /// From now on what asks to appear inside does not, as in hosts that embed windows and are busy.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn hold_back(&self) -> Result<(), Error> {
        let attributes =
            ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_REDIRECT);
        self.connection.change_window_attributes(self.id, &attributes)?;
        self.connection.sync()?;
        Ok(())
    }

    /// Lets appear what was held back.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn let_appear(&self) -> Result<(), Error> {
        self.connection.map_subwindows(self.id)?;
        self.connection.sync()?;
        Ok(())
    }

    /// Presses the left button at a place inside and moves on with it, for an editor
    /// that lives in the window. The button stays down.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn press_inside(&self, x: i16, y: i16) -> Result<(), Error> {
        let Some(&editor) = self.connection.query_tree(self.id)?.reply()?.children.first() else {
            return Ok(());
        };
        let mut press = ButtonPressEvent {
            response_type: BUTTON_PRESS_EVENT,
            detail: 1,
            event: editor,
            event_x: x,
            event_y: y,
            same_screen: true,
            ..ButtonPressEvent::default()
        };
        self.connection.send_event(false, editor, EventMask::BUTTON_PRESS, press)?;
        press.response_type = MOTION_NOTIFY_EVENT;
        press.detail = 0;
        press.event_y = y.saturating_add(20);
        press.state = KeyButMask::BUTTON1;
        self.connection.send_event(false, editor, EventMask::POINTER_MOTION, press)?;
        self.connection.sync()?;
        Ok(())
    }

    /// What is seen in the window: width, height and rows of RGB.
    ///
    /// # Errors
    /// When the display is gone or gives pictures in a form other than 32 bits a pixel.
    pub fn picture(&self) -> Result<(u32, u32, Vec<u8>), Error> {
        let geometry = self.connection.get_geometry(self.id)?.reply()?;
        let image = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.id,
                0,
                0,
                geometry.width,
                geometry.height,
                u32::MAX,
            )?
            .reply()?;
        let (width, height) = (u32::from(geometry.width), u32::from(geometry.height));
        if image.data.len() != (width * height * 4) as usize {
            return Err("expected 32 bits a pixel from the display".into());
        }
        // Blue, green, red, unused.
        let rows = image.data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]);
        Ok((width, height, rows.collect()))
    }
}

impl Drop for ParentWindow {
    fn drop(&mut self) {
        // The display may already be gone.
        let _ = self.connection.destroy_window(self.id);
        let _ = self.connection.flush();
    }
}
