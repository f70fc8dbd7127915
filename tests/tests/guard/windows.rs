//! Hosts that get the editor's window wrong, on a real X server.
//!
//! A window that is touched wrongly ends the program, so every test does its work
//! in a program of its own: this one, under `xvfb-run`, told to run that test alone.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::c_void;
use std::process::Command;
use std::ptr;
use std::thread;
use std::time::Duration;

use burnish_tests::window::ParentWindow;
use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_COCOA, CLAP_WINDOW_API_X11, clap_plugin_gui, clap_window,
    clap_window_handle,
};
use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoop, IRunLoopTrait, ITimerHandler, TimerInterval,
};
use vst3::Steinberg::Vst::IEditControllerTrait;
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, ViewRect, kInvalidArgument, kResultFalse,
    kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

use burnish_tests::raw::clap::{Bus, Events, Raw, block, nothing, row};
use burnish_tests::raw::vst3::Raw as Vst3;

use super::linked;

/// Set in the program that does the work.
const WORKS: &str = "BURNISH_WORKS_ON_A_SCREEN";

/// Does `work` under an X server; `test` is the name of the test that asks.
#[track_caller]
fn on_a_screen(test: &str, work: impl FnOnce()) {
    if std::env::var_os(WORKS).is_some() {
        work();
        return;
    }
    let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    let output = Command::new("xvfb-run")
        .args(["-a", "-s", "-screen 0 1600x1200x24"])
        .arg(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--nocapture"])
        .env(WORKS, "1")
        .output()
        .unwrap_or_else(|error| panic!("expected to run xvfb-run, found that {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("1 passed"), "{test}: {}\n{said}\n{errors}", output.status);
}

fn x11(window: u32) -> clap_window {
    clap_window {
        api: CLAP_WINDOW_API_X11.as_ptr(),
        specific: clap_window_handle { x11: window.into() },
    }
}

#[test]
fn a_clap_window_is_used_wrongly() {
    on_a_screen("a_clap_window_is_used_wrongly", || {
        let parent = ParentWindow::open(1100, 700).unwrap();
        let api = CLAP_WINDOW_API_X11.as_ptr();
        // SAFETY: instances of the plug-in; what they are given is what is tested.
        unsafe {
            let early = Raw::new(linked());
            let gui: clap_plugin_gui = early.extension(CLAP_EXT_GUI);
            assert!(!gui.create.unwrap()(early.plugin, api, false), "not initialised");

            let raw = Raw::playing(linked());
            let plugin = raw.plugin;
            // Before there is a window.
            assert!(!gui.show.unwrap()(plugin));
            assert!(!gui.set_size.unwrap()(plugin, 1100, 700));
            assert!(!gui.set_scale.unwrap()(plugin, 1.0));
            assert!(!gui.set_parent.unwrap()(plugin, &x11(parent.id())));
            gui.destroy.unwrap()(plugin);
            assert!(!gui.create.unwrap()(plugin, ptr::null(), false));
            assert!(!gui.create.unwrap()(plugin, CLAP_WINDOW_API_COCOA.as_ptr(), false));
            assert!(!gui.create.unwrap()(plugin, api, true), "it does not float");
            assert!(!gui.get_size.unwrap()(plugin, nothing(), nothing()));

            // A host that has no clap.gui of its own.
            assert!(gui.create.unwrap()(plugin, api, false));
            assert!(!gui.create.unwrap()(plugin, api, false), "there is one");
            assert!(!gui.show.unwrap()(plugin), "it has no parent");
            assert!(!gui.set_parent.unwrap()(plugin, ptr::null()));
            assert!(!gui.set_parent.unwrap()(plugin, &x11(0)));
            let mut strange = x11(parent.id());
            strange.api = ptr::null();
            assert!(!gui.set_parent.unwrap()(plugin, &raw const strange));
            strange.api = CLAP_WINDOW_API_COCOA.as_ptr();
            assert!(!gui.set_parent.unwrap()(plugin, &raw const strange));
            assert!(gui.set_parent.unwrap()(plugin, &x11(parent.id())));
            assert!(!gui.set_parent.unwrap()(plugin, &x11(parent.id())), "it has one");
            assert!(gui.show.unwrap()(plugin));
            for scale in [f64::NAN, f64::INFINITY, 0.0, -1.0, 1e-30, 1e9] {
                assert!(!gui.set_scale.unwrap()(plugin, scale), "{scale}");
            }
            for (width, height) in [(0, 0), (0, 700), (u32::MAX, 700), (1 << 20, 1 << 20)] {
                assert!(!gui.set_size.unwrap()(plugin, width, height));
            }
            assert!(!gui.adjust_size.unwrap()(plugin, nothing(), nothing()));
            let (mut width, mut height) = (u32::MAX, 0);
            gui.adjust_size.unwrap()(plugin, &raw mut width, &raw mut height);
            assert!(width <= 16_384 && height >= 1);

            // From a thread that has no business with it, while audio plays there.
            thread::scope(|scope| {
                scope.spawn(|| {
                    let parameter = raw.parameter("Trim Gain");
                    let mut inputs = [Bus::new(2, 512, 0.1)];
                    let mut outputs = [Bus::new(2, 512, 0.0)];
                    let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
                    for step in 0..200 {
                        let value = f64::from(step % 9) / 9.0;
                        let events = Events::of(parameter, &[(0, value), (77, 1.0 - value)]);
                        let mut block = block(512, &mut input_row, &mut output_row);
                        block.in_events = events.list();
                        raw.process(&block);
                        raw.flush(&events);
                        raw.on_main_thread();
                        assert!(!gui.show.unwrap()(raw.plugin));
                        assert!(!gui.set_size.unwrap()(raw.plugin, 900, 600));
                        gui.destroy.unwrap()(raw.plugin);
                    }
                });
                for _ in 0..50 {
                    raw.on_main_thread();
                    gui.set_size.unwrap()(plugin, 1000, 640);
                    thread::sleep(Duration::from_millis(2));
                }
            });
            assert!(gui.hide.unwrap()(plugin), "it is still there");
            gui.destroy.unwrap()(plugin);
            gui.destroy.unwrap()(plugin);
            assert!(!gui.hide.unwrap()(plugin));

            // Destroyed with its window open.
            assert!(gui.create.unwrap()(plugin, api, false));
            assert!(gui.set_parent.unwrap()(plugin, &x11(parent.id())));
            assert!(gui.show.unwrap()(plugin));
        }
    });
}

/// What a host's run loop says to whoever wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunLoop {
    Takes,
    Refuses,
}

/// A host's frame with a run loop.
struct Frame {
    run_loop: RunLoop,
    registered: RefCell<Vec<*mut IEventHandler>>,
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, _: *mut IPlugView, _: *mut ViewRect) -> tresult {
        kResultFalse
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        _: FileDescriptor,
    ) -> tresult {
        if self.run_loop == RunLoop::Refuses {
            return kInvalidArgument;
        }
        self.registered.borrow_mut().push(handler);
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        self.registered.borrow_mut().retain(|registered| *registered != handler);
        kResultOk
    }

    unsafe fn registerTimer(&self, _: *mut ITimerHandler, _: TimerInterval) -> tresult {
        kInvalidArgument
    }

    unsafe fn unregisterTimer(&self, _: *mut ITimerHandler) -> tresult {
        kInvalidArgument
    }
}

/// A host's frame without one.
struct BareFrame;

impl Class for BareFrame {
    type Interfaces = (IPlugFrame,);
}

impl IPlugFrameTrait for BareFrame {
    unsafe fn resizeView(&self, _: *mut IPlugView, _: *mut ViewRect) -> tresult {
        kResultFalse
    }
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

const X11_WINDOW: *const std::ffi::c_char = c"X11EmbedWindowID".as_ptr();

fn view(raw: &Vst3) -> ComPtr<IPlugView> {
    // SAFETY: an instance of the plug-in gives a reference.
    unsafe { ComPtr::from_raw(raw.controller.createView(c"editor".as_ptr())).unwrap() }
}

#[test]
fn a_vst3_window_is_used_wrongly() {
    on_a_screen("a_vst3_window_is_used_wrongly", || {
        let parent = ParentWindow::open(1100, 700).unwrap();
        let window = parent.id() as usize as *mut c_void;
        let raw = Vst3::playing(linked());
        let bare = ComWrapper::new(BareFrame);
        let view = view(&raw);
        let rect = |width, height| ViewRect { left: 0, top: 0, right: width, bottom: height };
        // SAFETY: an instance of the plug-in; what it is given is what is tested.
        unsafe {
            assert_eq!(view.removed(), kResultFalse, "there is none");
            assert_eq!(view.onSize(&mut rect(900, 600)), kResultFalse);
            assert_eq!(view.isPlatformTypeSupported(ptr::null()), kInvalidArgument);
            assert_eq!(view.attached(ptr::null_mut(), X11_WINDOW), kInvalidArgument);
            assert_eq!(view.attached(window, ptr::null()), kInvalidArgument);
            assert_eq!(view.attached(window, c"NSView".as_ptr()), kInvalidArgument);
            assert_eq!(view.getSize(ptr::null_mut()), kInvalidArgument);
            view.setFrame(bare.as_com_ref::<IPlugFrame>().unwrap().as_ptr());
            assert_eq!(view.attached(window, X11_WINDOW), kResultOk);
            assert_eq!(view.attached(window, X11_WINDOW), kResultFalse, "there is one");
            for (width, height) in [(0, 0), (-5, 700), (i32::MAX, 700)] {
                assert_eq!(view.onSize(&mut rect(width, height)), kInvalidArgument);
                assert_eq!(view.checkSizeConstraint(&mut rect(width, height)), kInvalidArgument);
            }
            let mut far = ViewRect { left: i32::MIN, top: 0, right: i32::MAX, bottom: 700 };
            assert_eq!(view.onSize(&raw mut far), kInvalidArgument);
            let scaled = view.cast::<IPlugViewContentScaleSupport>().unwrap();
            for scale in [f32::NAN, f32::INFINITY, 0.0, -1.0, 1e-30, 1e30] {
                assert_eq!(scaled.setContentScaleFactor(scale), kInvalidArgument, "{scale}");
            }
            // Changes with the audio, on another thread, while the window is open.
            let parameter = raw.parameter("Trim Gain");
            thread::scope(|scope| {
                scope.spawn(|| {
                    for step in 0..200 {
                        let points = [(step % 512, f64::from(step % 9) / 9.0)];
                        let changes = burnish_tests::raw::vst3::Changes::of(parameter, &points, 0);
                        let mut outputs = [Bus::new(2, 512, 0.0)];
                        raw.played(512, &mut [Bus::new(2, 512, 0.1)], &mut outputs, |block| {
                            block.inputParameterChanges =
                                burnish_tests::raw::vst3::Changes::list(&changes);
                        });
                    }
                });
                for width in 0..50 {
                    view.onSize(&mut rect(1000 + width, 640));
                    thread::sleep(Duration::from_millis(2));
                }
            });
            assert_eq!(view.removed(), kResultOk);
            assert_eq!(view.removed(), kResultFalse);
            // Let go with its window open, before and after its view.
            assert_eq!(view.attached(window, X11_WINDOW), kResultOk);
            drop(raw);
            view.removed();
            drop(view);
        }
    });
}

/// Whether an editor is seen in a window, without its being touched.
fn is_drawn(parent: &ParentWindow) -> bool {
    (0..50).any(|_| {
        thread::sleep(Duration::from_millis(100));
        let (_, _, pixels) = parent.picture().unwrap();
        let colours: HashSet<&[u8]> = pixels.chunks_exact(3).collect();
        colours.len() > 200
    })
}

#[test]
fn a_window_that_appears_late_is_drawn() {
    on_a_screen("a_window_that_appears_late_is_drawn", || {
        let late = Duration::from_millis(300);
        // SAFETY: instances of the plug-in, and windows that live.
        unsafe {
            let raw = Raw::playing(linked());
            let gui: clap_plugin_gui = raw.extension(CLAP_EXT_GUI);
            let plugin = raw.plugin;
            let parent = ParentWindow::open(1100, 700).unwrap();
            assert!(gui.create.unwrap()(plugin, CLAP_WINDOW_API_X11.as_ptr(), false));
            assert!(gui.set_parent.unwrap()(plugin, &x11(parent.id())));
            thread::sleep(late);
            assert!(gui.show.unwrap()(plugin));
            assert!(is_drawn(&parent), "shown late");
            gui.destroy.unwrap()(plugin);

            let raw = Vst3::playing(linked());
            let parent = ParentWindow::open(1100, 700).unwrap();
            parent.hold_back().unwrap();
            let view = view(&raw);
            let window = parent.id() as usize as *mut c_void;
            assert_eq!(view.attached(window, X11_WINDOW), kResultOk);
            thread::sleep(late);
            parent.let_appear().unwrap();
            assert!(is_drawn(&parent), "embedded late");
            assert_eq!(view.removed(), kResultOk);
        }
    });
}

#[test]
fn many_openings_of_a_vst3_window_leave_nothing_behind() {
    on_a_screen("many_openings_of_a_vst3_window_leave_nothing_behind", || {
        let parent = ParentWindow::open(1100, 700).unwrap();
        let window = parent.id() as usize as *mut c_void;
        let raw = Vst3::playing(linked());
        let bare = ComWrapper::new(BareFrame);
        for run_loop in [Some(RunLoop::Takes), Some(RunLoop::Refuses), None] {
            let frame = run_loop.map(|run_loop| {
                ComWrapper::new(Frame { run_loop, registered: RefCell::default() })
            });
            let given = match &frame {
                Some(frame) => frame.as_com_ref::<IPlugFrame>(),
                None => bare.as_com_ref::<IPlugFrame>(),
            };
            let given = given.unwrap().as_ptr();
            let open_and_close = || {
                let view = view(&raw);
                // SAFETY: an instance of the plug-in, a frame and a window that live.
                unsafe {
                    assert_eq!(view.setFrame(given), kResultOk);
                    assert_eq!(view.attached(window, X11_WINDOW), kResultOk, "{run_loop:?}");
                    assert_eq!(view.removed(), kResultOk);
                }
            };
            open_and_close();
            thread::sleep(Duration::from_millis(500));
            let before = open_files();
            for _ in 0..12 {
                open_and_close();
            }
            // A window's thread ends a moment after its window.
            let mut after = open_files();
            for _ in 0..40 {
                if after <= before {
                    break;
                }
                thread::sleep(Duration::from_millis(100));
                after = open_files();
            }
            assert!(after <= before, "{run_loop:?}: {before} files were open, now {after}");
            if let Some(frame) = frame {
                assert!(frame.registered.borrow().is_empty(), "the host has called back yet");
            }
        }
    });
}
