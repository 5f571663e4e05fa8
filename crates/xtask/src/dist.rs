//! `cargo xtask dist`: a .deb with the app, the command line, icons and the desktop entry; and the proof that it works.
//!
//! Made with dpkg's own tools, so that its dependencies are what the binaries really link. Uploads nothing.

mod proof;

use std::path::{Path, PathBuf};

use crate::shell::{Outcome, Stop, must, program, read, root, target};
use crate::{run, setup};

/// The package's name, and the name that binds desktop entry, icon and window together.
const PACKAGE: &str = "sheaf";
const APP_ID: &str = "org.sheaf.Sheaf";

const BINARIES: &[&str] = &["sheaf-desktop", "sheaf"];

/// Icon sizes that desktops ask for.
const ICONS: &[&str] = &["16", "32", "48", "128", "256", "512"];

const DESKTOP_ENTRY: &str = "[Desktop Entry]
Type=Application
Name=Sheaf
GenericName=Document Editor
Comment=Write together; every device holds the whole document
Exec=sheaf-desktop %u
Icon=org.sheaf.Sheaf
Terminal=false
Categories=Office;WordProcessor;
Keywords=document;text;editor;collaboration;offline;
MimeType=x-scheme-handler/sheaf;application/x-sheaf-invitation;
StartupWMClass=sheaf-desktop
StartupNotify=true
";

/// What the desktop is to make of an invitation in a file.
const MIME_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-sheaf-invitation">
    <comment>invitation to a document</comment>
    <comment xml:lang="de">Einladung zu einem Dokument</comment>
    <sub-class-of type="text/plain"/>
    <glob pattern="*.sheaf"/>
  </mime-type>
</mime-info>
"#;

const COPYRIGHT: &str = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Sheaf

Files: *
Copyright: 2026 The Sheaf authors
License: MIT or Apache-2.0
";

/// Makes the package and proves it. With `--release` the binaries are optimised; CI takes the ones it has.
pub(crate) fn make(arguments: &[String]) -> Outcome {
    let release = match arguments {
        [] => false,
        [one] if one == "--release" => true,
        _ => return Err(Stop("dist takes --release or nothing".to_owned())),
    };
    setup::install(setup::Need::Test)?;
    run::page()?;
    let mut build = program("cargo", &["build", "--locked", "-p", "sheaf-desktop", "-p", "sheaf-cli"]);
    if release {
        build.arg("--release");
    }
    must(&mut build)?;
    let package = pack(&target().join(if release { "release" } else { "debug" }), &target().join("dist"))?;
    println!("dist: {}", package.display());
    proof::prove(&package)
}

/// Lays the files of `built` out in `place` as they will be installed, and packs them.
fn pack(built: &Path, place: &Path) -> Outcome<PathBuf> {
    let tree = place.join("tree");
    if tree.exists() {
        std::fs::remove_dir_all(&tree).map_err(|error| Stop::while_(format_args!("cannot clear {}", tree.display()), error))?;
    }
    for binary in BINARIES {
        let installed = put(&tree, &format!("usr/bin/{binary}"), &built.join(binary), "755")?;
        must(program("strip", &["--strip-unneeded"]).arg(installed))?;
    }
    for size in ICONS {
        let icon = format!("usr/share/icons/hicolor/{size}x{size}/apps/{APP_ID}.png");
        put(&tree, &icon, &root().join(format!("icons/{size}.png")), "644")?;
    }
    put(&tree, &format!("usr/share/icons/hicolor/scalable/apps/{APP_ID}.svg"), &root().join("icons/icon.svg"), "644")?;
    write(&tree, &format!("usr/share/applications/{APP_ID}.desktop"), DESKTOP_ENTRY)?;
    write(&tree, &format!("usr/share/mime/packages/{APP_ID}.xml"), MIME_TYPES)?;
    write(&tree, &format!("usr/share/doc/{PACKAGE}/copyright"), COPYRIGHT)?;

    let architecture = read(&mut program("dpkg", &["--print-architecture"]))?.trim().to_owned();
    write(&tree, "DEBIAN/control", &control(&architecture, &dependencies(&tree, place)?))?;
    let package = place.join(format!("{PACKAGE}_{}_{architecture}.deb", env!("CARGO_PKG_VERSION")));
    let stamp = read(&mut program("git", &["log", "-1", "--format=%ct"]))?;
    // The time of the commit, so that the same commit makes the same package.
    let mut pack = program("dpkg-deb", &["--root-owner-group", "-Zxz", "-z1", "--build"]);
    must(pack.arg(&tree).arg(&package).env("SOURCE_DATE_EPOCH", stamp.trim()))?;
    Ok(package)
}

fn put(tree: &Path, path: &str, from: &Path, mode: &str) -> Outcome<PathBuf> {
    let to = tree.join(path);
    must(program("install", &["-D", "-m", mode]).arg(from).arg(&to))?;
    Ok(to)
}

fn write(tree: &Path, path: &str, text: &str) -> Outcome {
    let to = tree.join(path);
    let folder = to.parent().expect("every packaged file lies in a folder");
    std::fs::create_dir_all(folder).map_err(|error| Stop::while_(format_args!("cannot make {}", folder.display()), error))?;
    std::fs::write(&to, text).map_err(|error| Stop::while_(format_args!("cannot write {}", to.display()), error))
}

/// What the binaries link, as Debian packages with versions. dpkg-shlibdeps wants to stand in a source package, so it gets one.
fn dependencies(tree: &Path, place: &Path) -> Outcome<String> {
    write(place, "debian/control", "Source: sheaf\nPackage: sheaf\nArchitecture: any\n")?;
    let mut ask = program("dpkg-shlibdeps", &["-O", "--warnings=0"]);
    ask.args(BINARIES.iter().map(|binary| tree.join("usr/bin").join(binary))).current_dir(place);
    let said = read(&mut ask)?;
    let linked = said.trim().strip_prefix("shlibs:Depends=").ok_or_else(|| Stop(format!("dpkg-shlibdeps said {said:?}")))?;
    Ok(linked.to_owned())
}

fn control(architecture: &str, dependencies: &str) -> String {
    format!(
        "Package: {PACKAGE}
Version: {}
Architecture: {architecture}
Maintainer: The Sheaf authors <sheaf@localhost>
Section: editors
Priority: optional
Depends: {dependencies}
Recommends: libayatana-appindicator3-1, xdg-utils, hunspell-en-us | hunspell-dictionary
Description: document editor for people who write together
 Every device holds the whole document; what you type is on your own disk
 before anything else happens; devices that can reach each other talk
 directly, and no account is needed. Holds the app and the command sheaf.
",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_hands_links_over_and_knows_its_icon() {
        assert!(DESKTOP_ENTRY.contains("\nExec=sheaf-desktop %u\n"), "without %u a sheaf:// link is dropped");
        assert!(DESKTOP_ENTRY.contains("\nMimeType=x-scheme-handler/sheaf;application/x-sheaf-invitation;\n"));
        assert!(MIME_TYPES.contains("type=\"application/x-sheaf-invitation\"") && MIME_TYPES.contains("*.sheaf"));
        assert!(DESKTOP_ENTRY.contains(&format!("\nIcon={APP_ID}\n")));
        assert!(ICONS.iter().all(|size| root().join(format!("icons/{size}.png")).exists()));
    }

    #[test]
    fn the_package_holds_what_a_desktop_looks_for() {
        if !crate::shell::has("dpkg-shlibdeps") {
            return;
        }
        let place = std::env::temp_dir().join(format!("sheaf-dist-{}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        for binary in BINARIES {
            std::fs::copy("/bin/true", place.join(binary)).unwrap();
        }
        let package = pack(&place, &place).unwrap();
        let listed = read(program("dpkg-deb", &["--contents"]).arg(&package)).unwrap();
        for path in
            ["/usr/bin/sheaf\n", "/usr/bin/sheaf-desktop\n", "/applications/org.sheaf.Sheaf.desktop", "/256x256/apps/org.sheaf.Sheaf.png"]
        {
            assert!(listed.contains(path), "{path} in\n{listed}");
        }
        assert!(listed.lines().all(|line| line.contains("root/root")), "nothing belongs to whoever built it");
        let depends = read(program("dpkg-deb", &["--field"]).arg(&package).arg("Depends")).unwrap();
        assert!(depends.contains("libc6"), "{depends}");
        std::fs::remove_dir_all(&place).unwrap();
    }
}
