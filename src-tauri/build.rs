//! Embeds the built page and names the commands that a capability may grant. Without a built page it embeds a sentence that
//! says so, so that `cargo build` and clippy need no Node.

use std::path::Path;

const NO_PAGE: &str =
    "<!doctype html><meta charset=utf-8><title>Sheaf</title><p>This build holds no page. Run <code>cargo xtask run</code>.";

fn main() {
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        let folder = page.parent().expect("index.html lies in dist");
        std::fs::create_dir_all(folder).expect("ui/dist can be made");
        std::fs::write(page, NO_PAGE).expect("ui/dist can be written");
    }
    println!("cargo::rerun-if-changed=../ui/dist");
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "call_with_bytes",
        "listen",
        "open_link",
        "open_attachment",
        "zoom",
        "spell",
        "read_picture",
        "write_picture",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)).expect("the window's configuration is sound");
}
