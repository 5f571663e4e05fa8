//! The tray: where Sheaf can be reached while no window is open, for people who want it to go on without one.
//!
//! A program that nobody sees and nobody can reach must not stay behind. So the window goes away only where a tray is really shown: on Linux
//! something has to answer for `org.kde.StatusNotifierWatcher`, and GNOME, for one, has nothing that does. Where there is none the window is
//! minimised instead, and stays in the list of windows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, State, Wry};
use tokio::sync::oneshot;

use crate::window;

const ID: &str = "sheaf";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// Longer than the words of any menu.
const WORDS_MAX: usize = 64;

/// What the menu says. The page has the words of the person's language and tells them whenever they change; a window that goes into the tray has
/// told them before, and these are what is said until then.
pub(crate) struct Menu(Mutex<Entries>);

struct Entries {
    open: String,
    quit: String,
    /// The entries, once there is a tray.
    shown: Option<(MenuItem<Wry>, MenuItem<Wry>)>,
}

impl Default for Menu {
    fn default() -> Self {
        Menu(Mutex::new(Entries { open: "Open Sheaf".to_owned(), quit: "Quit Sheaf".to_owned(), shown: None }))
    }
}

impl Menu {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From now on the menu says this.
#[tauri::command]
pub(crate) fn tray_words(menu: State<'_, Menu>, open: String, quit: String) -> Result<(), String> {
    if [&open, &quit].iter().any(|words| words.is_empty() || words.len() > WORDS_MAX) {
        return Err("These are no words for a menu.".to_owned());
    }
    let mut entries = menu.entries();
    if let Some((opens, quits)) = &entries.shown {
        opens.set_text(&open).and_then(|()| quits.set_text(&quit)).map_err(|error| error.to_string())?;
    }
    (entries.open, entries.quit) = (open, quit);
    Ok(())
}

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
    let words = app.state::<Menu>();
    let mut entries = words.entries();
    let open = MenuItemBuilder::with_id(OPEN, &entries.open).build(app)?;
    let quit = MenuItemBuilder::with_id(QUIT, &entries.quit).build(app)?;
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
    entries.shown = Some((open, quit));
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
