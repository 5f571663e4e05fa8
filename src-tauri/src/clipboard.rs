//! Pictures on the clipboard, where the view hands the page none: WebKitGTK tells a paste of what other programs put there as text, and of a
//! screenshot nothing (WebKit 218519). The page asks only when a paste brought nothing else. Text never passes here.

use serde_json::Value;
use sheaf_engine::Failure;
use tauri::ipc::{InvokeBody, Request, Response};
use tauri::{AppHandle, async_runtime};

/// The largest picture that is handed over. A screenshot of four large screens is a tenth of it.
const PICTURE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The first bytes of every PNG.
const PNG_BEGINS: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The picture on the clipboard as PNG; no bytes when there is none. The error is a call's.
#[tauri::command]
pub(crate) async fn read_picture(app: AppHandle) -> Result<Response, Value> {
    let (tell, mut told) = async_runtime::channel(1);
    // Whatever belongs to GTK is asked on its own thread.
    let asked = app.run_on_main_thread(move || {
        native::read(move |picture| {
            let _ = tell.try_send(picture);
        });
    });
    asked.map_err(|error| Failure::clipboard_unread(error.to_string()).to_json())?;
    let picture = told.recv().await.flatten().unwrap_or_default();
    if picture.len() > PICTURE_BYTES_MAX {
        return Err(Failure::picture_too_large(PICTURE_BYTES_MAX as u64).to_json());
    }
    Ok(Response::new(picture))
}

/// Puts a picture on the clipboard: the request's body, a PNG. The error is a call's.
#[tauri::command]
pub(crate) async fn write_picture(app: AppHandle, request: Request<'_>) -> Result<(), Value> {
    let unwritten = || Failure::clipboard_unwritten().to_json();
    // The page makes nothing else: whatever else comes is put nowhere.
    let is_picture = |bytes: &[u8]| bytes.starts_with(PNG_BEGINS) && bytes.len() <= PICTURE_BYTES_MAX;
    let InvokeBody::Raw(picture) = request.body() else { return Err(unwritten()) };
    let picture = Some(picture).filter(|bytes| is_picture(bytes)).ok_or_else(unwritten)?.clone();
    let (tell, mut told) = async_runtime::channel(1);
    let asked = app.run_on_main_thread(move || {
        let _ = tell.try_send(native::write(picture));
    });
    asked.map_err(|_| unwritten())?;
    if told.recv().await == Some(true) { Ok(()) } else { Err(unwritten()) }
}

#[cfg(target_os = "linux")]
mod native {
    use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
    use gtk::{TargetEntry, TargetFlags};

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

    /// Offers a picture to other programs for as long as this one runs, or until something else is copied.
    pub(super) fn write(picture: Vec<u8>) -> bool {
        /// The only format, so the number that stands for it is never looked at.
        const INFO: u32 = 0;
        /// Bits of one unit of the data.
        const BYTE: i32 = 8;
        let targets = [TargetEntry::new(PNG, TargetFlags::empty(), INFO)];
        gtk::Clipboard::get(&SELECTION_CLIPBOARD).set_with_data(&targets, move |_, asked, _| asked.set(&Atom::intern(PNG), BYTE, &picture))
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    /// Other views hand a pasted picture to the page themselves.
    pub(super) fn read(told: impl FnOnce(Option<Vec<u8>>)) {
        told(None);
    }

    /// Other views let the page write pictures itself.
    pub(super) fn write(_: Vec<u8>) -> bool {
        false
    }
}
