//! The window's life: start the engine, build the window in the right colours and place, and close without losing a word.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tauri::webview::{Color, NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindow, WindowEvent, async_runtime};

use crate::arguments::Arguments;
use crate::core::Core;
use crate::lanes::{self, Line};
use crate::remembered::{self, Place};
use crate::{links, webkit};

/// The page's own background (`canvas` of the tokens), so that nothing flashes before it draws.
const CANVAS_LIGHT: Color = Color(0xfb, 0xfa, 0xf8, 0xff);
const CANVAS_DARK: Color = Color(0x14, 0x12, 0x10, 0xff);

/// How long a closing window waits for the engine to answer what the page had asked. A full disk must not keep it open.
const CLOSING_MAX: Duration = Duration::from_secs(3);

/// How often it looks. The page sends its next push as soon as the last is answered, so two quiet looks mean all is told.
const CLOSING_LOOK: Duration = Duration::from_millis(40);

/// Runs the app to its end. The error is a sentence for the person.
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    let core = async_runtime::block_on(Core::start(arguments.home))?;
    let settings = async_runtime::block_on(settings(&core));
    let place = Arc::new(Mutex::new(Place::read(&settings[remembered::KEY])));

    let line = Line::new(core.clone(), arguments.link);
    let app = tauri::Builder::default()
        .manage(line)
        .invoke_handler(tauri::generate_handler![lanes::call, lanes::listen, links::open_link])
        .build(tauri::generate_context!())
        .map_err(|error| format!("Sheaf could not open a window: {error}."))?;
    open(app.handle(), &settings, *lock(&place)).map_err(|error| format!("Sheaf could not open a window: {error}."))?;

    app.run(move |app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            close(app, &core, *lock(&place));
        }
        RunEvent::WindowEvent { event: WindowEvent::Resized(_) | WindowEvent::Moved(_), .. } => note(app, &place),
        _ => {}
    });
    Ok(())
}

fn lock(place: &Mutex<Place>) -> std::sync::MutexGuard<'_, Place> {
    place.lock().expect("nobody panics while holding the place")
}

/// What the page and the window have kept. A core that does not answer is as one that has kept nothing.
async fn settings(core: &Core) -> Value {
    let (client, _events) = core.client();
    let reply = client.call(json!({ "id": 0, "call": "settings" }).to_string()).await;
    serde_json::from_str::<Value>(&reply).map(|reply| reply["ok"]["settings"].clone()).unwrap_or_default()
}

fn open(app: &AppHandle, settings: &Value, place: Place) -> tauri::Result<WebviewWindow> {
    // Under a test driver WebKit wants its ordinary context; for people nothing but the profile keeps anything.
    let driven = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    let mut builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Sheaf")
        .inner_size(place.width, place.height)
        .min_inner_size(remembered::SMALLEST.0, remembered::SMALLEST.1)
        .maximized(place.maximized)
        .theme(chosen_theme(settings))
        .visible(false)
        .incognito(!driven)
        .zoom_hotkeys_enabled(true)
        // The page's own drag and drop; the native handler would swallow it.
        .disable_drag_drop_handler()
        .on_navigation(is_our_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_document_title_changed(|window, title| {
            let _ = window.set_title(if title.is_empty() { "Sheaf" } else { &title });
        });
    if let Some((x, y)) = place.position {
        builder = builder.position(x, y);
    }
    let window = builder.build()?;
    webkit::settle_view(&window);
    let dark = chosen_theme(settings).map_or_else(|| webkit::desktop_is_dark(&window), |theme| theme == tauri::Theme::Dark);
    window.set_background_color(Some(if dark { CANVAS_DARK } else { CANVAS_LIGHT }))?;
    window.show()?;
    Ok(window)
}

/// The theme that the person chose; none follows the desktop.
fn chosen_theme(settings: &Value) -> Option<tauri::Theme> {
    match settings["theme"].as_str() {
        Some("dark") => Some(tauri::Theme::Dark),
        Some("light") => Some(tauri::Theme::Light),
        _ => None,
    }
}

/// A link in a document must never replace the page: the page opens it outside, or not at all.
fn is_our_page(url: &tauri::Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || url.as_str() == "about:blank"
}

fn note(app: &AppHandle, place: &Mutex<Place>) {
    let Some(window) = app.get_webview_window("main") else { return };
    let before = *lock(place);
    if let Ok(now) = Place::of(&window, before) {
        *lock(place) = now;
    }
}

/// Hides the window at once, lets what was typed reach the disk, keeps the place, and ends.
fn close(app: &AppHandle, core: &Core, place: Place) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.hide();
    }
    let (app, core) = (app.clone(), core.clone());
    async_runtime::spawn(async move {
        if tokio::time::timeout(CLOSING_MAX, all_told(&app)).await.is_err() {
            tracing::warn!("closed while the engine still owed the page an answer");
        }
        let (client, _events) = core.client();
        client.call(json!({ "id": 0, "call": "settings", "set": { remembered::KEY: place.write() } }).to_string()).await;
        core.stop().await;
        app.exit(0);
    });
}

async fn all_told(app: &AppHandle) {
    let mut quiet = 0;
    while quiet < 2 {
        tokio::time::sleep(CLOSING_LOOK).await;
        quiet = if app.state::<Line>().is_quiet() { quiet + 1 } else { 0 };
    }
}
