//! The windows of an editor: each opens as the session says by then.
//!
//! The host library reads the size of an editor when the instance is made, before
//! any session is loaded, and keeps it. So every window gets a fresh editor of the
//! library, and all of them the one [`BurnishEditor`] that outlives them.
//!
//! An open window belongs to the person: a session that is loaded meanwhile (hosts do
//! that to undo) leaves it as it is, and says how the next one opens.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize, PhysicalSize, Size};
use nice_plug::editor::{
    Editor, HostMethods, ParentWindowHandle, ResizeHint, SizeConstraints, SpawnedEditor,
};
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{
    EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier,
    create_egui_editor,
};

use super::BurnishEditor;
use crate::desk::{Desk, Session};
use crate::lock::lock;
use crate::parameters::BurnishParameters;
use crate::worker::WorkerKeeper;

/// The smallest window that a host may ask for.
const SMALLEST: LogicalSize<f32> = LogicalSize {
    width: burnish_gui::SMALLEST_SIZE[0] as f32,
    height: burnish_gui::SMALLEST_SIZE[1] as f32,
};

/// As long as no window is open.
///
/// A window draws itself from the moment it appears, one frame asking for the next. The
/// library's timer asks too, from 16 ms after the window is made: on X11 that makes it
/// ask for a frame whose coming it is not told of before it appears, and it then waits
/// for that one for ever. A host that embeds the window and is busy shows it later.
const NEVER: Duration = Duration::from_hours(24 * 365);

/// The editor as the host library knows it.
pub struct EditorWindows {
    desk: Arc<Desk>,
    app: Arc<Mutex<BurnishEditor>>,
    latest: Mutex<Option<LatestWindow>>,
    /// The scale of the person's screen, once a window has told.
    system_scale: Arc<Mutex<Option<f64>>>,
}

/// Makes the editor that the host will open.
pub(crate) fn create(
    desk: Arc<Desk>,
    parameters: Arc<BurnishParameters>,
    worker: Arc<WorkerKeeper>,
) -> EditorWindows {
    EditorWindows::new(Arc::clone(&desk), BurnishEditor::new(desk, parameters, worker))
}

/// The window that was opened last.
struct LatestWindow {
    /// Tells whether it still is.
    state: Arc<EguiEditorState>,
    size: Arc<Mutex<PhysicalSize<u32>>>,
}

/// What one window shows and tells.
struct EditorWindow {
    desk: Arc<Desk>,
    app: Arc<Mutex<BurnishEditor>>,
    size: Arc<Mutex<PhysicalSize<u32>>>,
    system_scale: Arc<Mutex<Option<f64>>>,
    zoom: f32,
}

impl EditorWindows {
    fn new(desk: Arc<Desk>, app: BurnishEditor) -> Self {
        Self {
            desk,
            app: Arc::new(Mutex::new(app)),
            latest: Mutex::default(),
            system_scale: Arc::default(),
        }
    }

    /// The size of a window that opens now.
    fn opening_size(&self, session: &Session, fallback_scale: Option<f64>) -> PhysicalSize<u32> {
        let is_scale = |scale: &f64| scale.is_finite() && *scale > 0.0;
        let scale = lock(&self.system_scale).or(fallback_scale).filter(is_scale).unwrap_or(1.0);
        let (width, height) = session.editor_size;
        let zoom = session.editor_scale;
        LogicalSize::new(width * zoom, height * zoom).to_physical(scale)
    }
}

impl Editor for EditorWindows {
    type Handle = EguiEditorHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Self::Handle>, Box<dyn Error>> {
        let session = self.desk.session();
        let (width, height) = session.editor_size;
        let state = EguiEditorState::from_size(LogicalSize { width, height }, session.editor_scale);
        let size = Arc::new(Mutex::new(self.opening_size(&session, fallback_scale_factor)));
        let window = EditorWindow {
            desk: Arc::clone(&self.desk),
            app: Arc::clone(&self.app),
            size: Arc::clone(&size),
            system_scale: Arc::clone(&self.system_scale),
            zoom: session.editor_scale,
        };
        let mut settings =
            EguiNiceSettings::new().with_tile("Burnish").with_resize_hint(resize_hint());
        if cfg!(target_os = "linux") {
            settings = settings.with_repaint_poll_interval(NEVER);
        }
        let notifier = RepaintNotifier::default();
        let editor = create_egui_editor(Arc::clone(&state), notifier, settings, window)
            .ok_or("the editor was not made")?;
        *lock(&self.latest) = Some(LatestWindow { state, size });
        editor.spawn(parent, wait_for_parent, fallback_scale_factor, gui_context, host)
    }

    fn size(&self) -> NativeSize<u32> {
        let open = lock(&self.latest)
            .as_ref()
            .filter(|window| window.state.is_open())
            .map(|window| *lock(&window.size));
        let size = open.unwrap_or_else(|| self.opening_size(&self.desk.session(), None));
        let system_scale = lock(&self.system_scale).unwrap_or(1.0);
        NativeSize::from_size(Size::Physical(size), system_scale)
    }

    fn resize_hint(&self) -> ResizeHint {
        resize_hint()
    }
}

fn resize_hint() -> ResizeHint {
    ResizeHint::resizable().with_size_constraints(SizeConstraints::min_logical_size(SMALLEST))
}

impl NiceEguiApp for EditorWindow {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        lock(&self.app).open(&context, host);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        lock(&self.app).frame(ui);
    }

    fn resized(&mut self, size: WindowSize) {
        *lock(&self.size) = size.physical;
        // What is told holds the magnification, too.
        let system_scale = size.scale_factor / f64::from(self.zoom);
        if system_scale.is_finite() && system_scale > 0.0 {
            *lock(&self.system_scale) = Some(system_scale);
        }
        let size = (size.logical.width as f32, size.logical.height as f32);
        self.desk.edit_session(|session| session.editor_size = size);
    }

    fn zoom_factor_changed(&mut self, zoom: f32) {
        self.zoom = zoom;
    }
}
