//! The tray: where Sheaf can be reached while no window is open, for people who want it to go on without one.
//!
//! A program that nobody sees and nobody can reach must not stay behind. So the window goes away only where a tray is really shown: on Linux
//! something has to answer for `org.kde.StatusNotifierWatcher`, and GNOME, for one, has nothing that does. Where there is none the window is
//! minimised instead, and stays in the list of windows.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tauri::AppHandle;
use tauri::menu::{MenuBuilder, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;
use tokio::sync::oneshot;

use crate::window;

const ID: &str = "sheaf";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// Puts Sheaf into the tray, and says whether it is there to be seen.
pub(crate) async fn show(app: &AppHandle) -> bool {
    if !tauri::async_runtime::spawn_blocking(has_host).await.unwrap_or(false) {
        return false;
    }
    let (done, shown) = oneshot::channel();
    let handle = app.clone();
    // Trays, as windows, belong to the main thread.
    let asked = app.run_on_main_thread(move || {
        // Whoever asked waits for it.
        let _ = done.send(build(&handle));
    });
    asked.is_ok() && shown.await.unwrap_or(false)
}

fn build(app: &AppHandle) -> bool {
    if let Some(tray) = app.tray_by_id(ID) {
        return tray.set_visible(true).is_ok();
    }
    // Where the library behind it is missing, it says so by a panic of its own.
    match catch_unwind(AssertUnwindSafe(|| make(app))) {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no tray");
            false
        }
        Err(_) => {
            tracing::warn!("no tray: libayatana-appindicator3 is not installed");
            false
        }
    }
}

fn make(app: &AppHandle) -> tauri::Result<()> {
    let open = MenuItemBuilder::with_id(OPEN, "Open Sheaf").build(app)?;
    let quit = MenuItemBuilder::with_id(QUIT, "Quit Sheaf").build(app)?;
    let menu = MenuBuilder::new(app).items(&[&open]).separator().items(&[&quit]).build()?;
    let mut tray = TrayIconBuilder::with_id(ID).tooltip("Sheaf").menu(&menu).on_menu_event(|app, event| match event.id().as_ref() {
        OPEN => window::come_forward(app),
        QUIT => window::quit(app),
        _ => {}
    });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

/// Takes Sheaf out of the tray. It is kept out of sight: one that is made a second time has no menu on Linux.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(Err(error)) = app.tray_by_id(ID).map(|tray| tray.set_visible(false)) {
        tracing::warn!(%error, "the tray stays");
    }
}

/// Whether this desktop shows trays. Asks the session bus, starts nothing on it.
#[cfg(target_os = "linux")]
fn has_host() -> bool {
    use gtk::gio::prelude::DBusProxyExt;
    use gtk::gio::{BusType, Cancellable, DBusProxy, DBusProxyFlags};
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let watcher = DBusProxy::for_bus_sync(
        BusType::Session,
        DBusProxyFlags::DO_NOT_AUTO_START,
        None,
        WATCHER,
        "/StatusNotifierWatcher",
        WATCHER,
        None::<&Cancellable>,
    );
    let hosted = |watcher: DBusProxy| watcher.cached_property("IsStatusNotifierHostRegistered")?.get::<bool>();
    watcher.ok().and_then(hosted).unwrap_or(false)
}

/// Elsewhere every desktop does.
#[cfg(not(target_os = "linux"))]
fn has_host() -> bool {
    true
}
