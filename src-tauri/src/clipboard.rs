//! Pictures on the clipboard, where the view hands the page none: WebKitGTK tells a paste of what other programs put there as text, and of a
//! screenshot nothing (WebKit 218519). The page asks only when a paste brought nothing else. Text never passes here.

use tauri::ipc::Response;
use tauri::{AppHandle, async_runtime};

/// The largest picture that is handed over. A screenshot of four large screens is a tenth of it.
const PICTURE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The picture on the clipboard as PNG; no bytes when there is none. The error is a sentence.
#[tauri::command]
pub(crate) async fn read_picture(app: AppHandle) -> Result<Response, String> {
    let (tell, mut told) = async_runtime::channel(1);
    // Whatever belongs to GTK is asked on its own thread.
    let asked = app.run_on_main_thread(move || {
        native::read(move |picture| {
            let _ = tell.try_send(picture);
        });
    });
    asked.map_err(|error| format!("The clipboard cannot be read: {error}."))?;
    let picture = told.recv().await.flatten().unwrap_or_default();
    if picture.len() > PICTURE_BYTES_MAX {
        return Err(format!("The picture on the clipboard is larger than {} MB.", PICTURE_BYTES_MAX / (1024 * 1024)));
    }
    Ok(Response::new(picture))
}

#[cfg(target_os = "linux")]
mod native {
    use gtk::gdk::{Atom, SELECTION_CLIPBOARD};

    /// What nearly every program offers a picture as. These bytes are taken as they are, and looked at by nobody here.
    const PNG: &str = "image/png";

    /// Gives the picture, now or when the program that has it answers. GTK gives up on one that does not.
    pub(super) fn read(told: impl FnOnce(Option<Vec<u8>>) + 'static) {
        let clipboard = gtk::Clipboard::get(&SELECTION_CLIPBOARD);
        clipboard.request_contents(&Atom::intern("TARGETS"), move |clipboard, offered| {
            let (png, offered) = (Atom::intern(PNG), offered.targets().unwrap_or_default());
            if offered.contains(&png) {
                clipboard.request_contents(&png, move |_, contents| told(Some(contents.data())));
            } else {
                // Any other format that this desktop can read, written anew.
                clipboard.request_image(move |_, picture| told(picture.and_then(|picture| picture.save_to_bufferv("png", &[]).ok())));
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    /// Other views hand a pasted picture to the page themselves.
    pub(super) fn read(told: impl FnOnce(Option<Vec<u8>>)) {
        told(None);
    }
}
