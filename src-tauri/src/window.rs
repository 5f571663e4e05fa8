//! The window's life: start the engine, build the window in the right colours and place, and close without losing a word.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};
use sheaf_engine::{Client, ControlSocket, Engine, Home, Network};
use tauri::webview::{Color, NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindow, WindowEvent, async_runtime};
use tokio::sync::Notify;

use crate::arguments::Arguments;
use crate::first::{self, Launch, launch};
use crate::lanes::{self, Line};
use crate::remembered::{self, Place};
use crate::starting::NoStart;
use crate::{clipboard, links, log, tray, view, webkit};

/// The page's own background (`canvas` of the tokens), so that nothing flashes before it draws.
const CANVAS_LIGHT: Color = Color(0xfb, 0xfa, 0xf8, 0xff);
const CANVAS_DARK: Color = Color(0x14, 0x12, 0x10, 0xff);

/// The one window, as the capability names it.
const MAIN: &str = "main";

/// How long a closing window waits for the engine to answer what the page had asked. A full disk must not keep it open.
const CLOSING_MAX: Duration = Duration::from_secs(3);

/// How long the window stays as it is before its place is kept: a drag is one change, and a power cut soon after costs only the place.
const SETTLED: Duration = Duration::from_millis(500);

/// How often it looks. The page sends its next push as soon as the last is answered, so two quiet looks mean all is told.
const CLOSING_LOOK: Duration = Duration::from_millis(40);

/// Runs the app to its end.
pub(crate) fn run(arguments: Arguments) -> Result<(), NoStart> {
    // Commands run on this thread, in the page's order, and what they ask of the engine starts tasks.
    let runtime = async_runtime::handle();
    let _within = runtime.inner().enter();
    let home = arguments.home.map_or_else(Home::of_environment, |home| Ok(Home::at(home))).map_err(NoStart::Home)?;
    let Launch::First(engine) = async_runtime::block_on(launch(home, arguments.link.as_deref()))? else { return Ok(()) };
    log::begin(&engine.home().logs());
    // Heard from before anybody can ask.
    let raises = engine.raises();
    let mut control = Some(ControlSocket::offer(&engine).map_err(NoStart::Socket)?);
    let network = Arc::new(async_runtime::block_on(Network::start(&engine)));
    let settings = async_runtime::block_on(settings(&engine, None));
    let place = Arc::new(Mutex::new(Place::read(&settings[remembered::KEY])));

    let moved = Arc::new(Notify::new());
    let app = tauri::Builder::default()
        .manage(Line::new(engine.clone(), arguments.link))
        .manage(tray::Menu::default())
        .invoke_handler(tauri::generate_handler![
            lanes::call,
            lanes::call_with_bytes,
            lanes::listen,
            links::open_link,
            view::zoom,
            view::spell,
            clipboard::read_picture,
            clipboard::write_picture,
            links::open_attachment,
            tray::tray_words
        ])
        .build(tauri::generate_context!())
        .map_err(NoStart::Window)?;
    let opened = open(app.handle(), &settings, *lock(&place)).and_then(|window| window.url());
    let page = opened.map_err(NoStart::Window)?;
    app.manage(Desk { engine: engine.clone(), network, place: place.clone(), page, aside: AtomicBool::new(false) });

    async_runtime::spawn(first::heed(app.handle().clone(), raises));
    async_runtime::spawn(keep(engine, place.clone(), moved.clone()));
    app.run(move |app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            close(app);
        }
        RunEvent::WindowEvent { event: WindowEvent::Resized(_) | WindowEvent::Moved(_), .. } => {
            note(app, &place);
            moved.notify_one();
        }
        // The process ends without unwinding: what must be taken away is taken away here.
        RunEvent::Exit => drop(control.take()),
        _ => {}
    });
    Ok(())
}

/// What lives as long as the process, whether or not it has a window.
struct Desk {
    engine: Engine,
    network: Arc<Network>,
    place: Arc<Mutex<Place>>,
    /// Where the page is.
    page: tauri::Url,
    /// The window is hidden, or soon will be: Sheaf is in the tray.
    aside: AtomicBool,
}

fn lock(place: &Mutex<Place>) -> std::sync::MutexGuard<'_, Place> {
    place.lock().expect("nobody panics while holding the place")
}

/// What the page and the window have kept, after keeping something more. A core that does not answer is as one that has
/// kept nothing.
async fn settings(engine: &Engine, more: Option<Value>) -> Value {
    let fields: Map<String, Value> = more.into_iter().map(|more| ("set".to_owned(), more)).collect();
    match Client::ask(engine, "settings", fields).await {
        Ok(answer) => answer["settings"].clone(),
        Err(failure) => {
            tracing::warn!(?failure, "the settings could not be read or kept");
            Value::Null
        }
    }
}

fn open(app: &AppHandle, settings: &Value, place: Place) -> tauri::Result<WebviewWindow> {
    // Under a test driver WebKit wants its ordinary context; for people nothing but the profile keeps anything.
    let driven = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Sheaf")
        .inner_size(place.width, place.height)
        .min_inner_size(remembered::SMALLEST.0, remembered::SMALLEST.1)
        .maximized(place.maximized)
        .theme(chosen_theme(settings))
        .visible(false)
        .incognito(!driven)
        // The page has the keys and keeps what was chosen; two that zoom would zoom twice.
        .zoom_hotkeys_enabled(false)
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
    window.set_zoom(view::kept_zoom(settings))?;
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
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let before = *lock(place);
    if let Ok(now) = Place::of(&window, before) {
        *lock(place) = now;
    }
}

/// Keeps the place whenever the window has come to rest in another one.
async fn keep(engine: Engine, place: Arc<Mutex<Place>>, moved: Arc<Notify>) {
    let mut kept = *lock(&place);
    loop {
        moved.notified().await;
        tokio::time::sleep(SETTLED).await;
        let now = *lock(&place);
        if now != kept {
            kept = now;
            settings(&engine, Some(json!({ remembered::KEY: now.write() }))).await;
        }
    }
}

/// The window is closed: with it Sheaf ends, unless the person has chosen that it goes on without one.
fn close(app: &AppHandle) {
    let app = app.clone();
    // From now on whoever asks for the window takes this back.
    app.state::<Desk>().aside.store(true, Ordering::SeqCst);
    async_runtime::spawn(async move {
        let desk = app.state::<Desk>();
        if !goes_on(&settings(&desk.engine, None).await) {
            return quit(&app);
        }
        if !tray::show(&app).await {
            tracing::info!("this desktop shows no tray: the window is minimised");
            desk.aside.store(false, Ordering::SeqCst);
            let _ = app.get_webview_window(MAIN).map(|window| window.minimize());
        } else if desk.aside.load(Ordering::SeqCst) {
            put_away(&app).await;
            let handle = app.clone();
            let _ = app.run_on_main_thread(move || let_go(&handle));
        }
    });
}

/// Lets the page go, unless somebody has asked for the window meanwhile. The hidden window is kept empty: it costs little, and comes back at once.
fn let_go(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if !app.state::<Desk>().aside.load(Ordering::SeqCst) {
        let _ = window.show();
        return;
    }
    tracing::info!("the window is in the tray");
    if let Err(error) = window.navigate(empty()) {
        tracing::warn!(%error, "the page stays in the hidden window");
    }
    // Its views are closed: whoever looks for this person does not find them.
    app.state::<Line>().hang_up();
}

/// A page with nothing on it.
fn empty() -> tauri::Url {
    tauri::Url::parse("about:blank").expect("the address of an empty page is well-formed")
}

/// Whether Sheaf goes on when its window is closed. Off unless somebody has switched it on.
fn goes_on(settings: &Value) -> bool {
    settings["background"] == true
}

/// Ends Sheaf.
pub(crate) fn quit(app: &AppHandle) {
    let app = app.clone();
    async_runtime::spawn(async move {
        put_away(&app).await;
        let desk = app.state::<Desk>();
        desk.network.stop().await;
        desk.engine.clone().close().await;
        app.exit(0);
    });
}

/// Hides the window at once, lets what was typed reach the disk, and keeps the place.
async fn put_away(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let _ = window.hide();
    if tokio::time::timeout(CLOSING_MAX, all_told(app)).await.is_err() {
        let owed = app.state::<Line>().owed();
        tracing::warn!(owed, "closed while the engine still owed the page an answer");
    }
    let desk = app.state::<Desk>();
    let place = *lock(&desk.place);
    settings(&desk.engine, Some(json!({ remembered::KEY: place.write() }))).await;
}

/// Brings the window to the front, from wherever it is.
pub(crate) fn come_forward(app: &AppHandle) {
    let handle = app.clone();
    if let Err(error) = app.run_on_main_thread(move || show_again(&handle)) {
        tracing::error!(%error, "the window could not be asked to come to the front");
    }
}

fn show_again(app: &AppHandle) {
    let desk = app.state::<Desk>();
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let away = desk.aside.swap(false, Ordering::SeqCst);
    // Whoever comes back before the page has gone finds it as it was.
    if away
        && window.url().is_ok_and(|url| url == empty())
        && let Err(error) = window.navigate(desk.page.clone())
    {
        tracing::error!(%error, "the page could not be opened again");
    }
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
    tray::hide(app);
}

async fn all_told(app: &AppHandle) {
    let mut quiet = 0;
    while quiet < 2 {
        tokio::time::sleep(CLOSING_LOOK).await;
        quiet = if app.state::<Line>().owed() == 0 { quiet + 1 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_window_ends_sheaf_unless_somebody_said_otherwise() {
        for (settings, expected) in [
            (json!({}), false),
            (json!({ "background": false }), false),
            (Value::Null, false),
            (json!({ "background": "yes" }), false),
            (json!({ "background": true }), true),
        ] {
            assert_eq!(goes_on(&settings), expected, "{settings}");
        }
    }
}
