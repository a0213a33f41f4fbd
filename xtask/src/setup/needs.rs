//! What a machine must have, what for, and what each system calls it.

use super::system::System;

/// What something is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compiling the core crate.
    Core,
    /// Compiling the app.
    App,
    /// Running the app on a person's desktop.
    Desktop,
    /// A credential store, on a desktop that has none.
    Keyring,
    /// Running it in a virtual display, with a D-Bus, a keyring and a browser of its own.
    Virtual,
    /// Looking into packages and trying them.
    Package,
    /// Launching the app beside others, and counting what it does.
    Bench,
    /// Proving what happens when things go wrong: the core's processes with a keyring, without the app.
    Faults,
}

/// How to see that it is there, where the package manager is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// A program on the path.
    Program(&'static str),
    /// A folder.
    Folder(&'static str),
    /// A library pkg-config knows.
    Library(&'static str),
    /// A font family.
    Font(&'static str),
    /// A library that programs load.
    Shared(&'static str),
    /// A service the session bus can start.
    BusService(&'static str),
}

/// One thing that is needed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// What it is for, in a few words.
    pub(crate) why: &'static str,
    /// How to see it.
    pub(crate) probe: Probe,
    /// When it is needed.
    pub(super) purposes: &'static [Purpose],
    pub(super) debian: &'static str,
    pub(super) fedora: &'static str,
    pub(super) arch: &'static str,
    pub(super) suse: &'static str,
}

impl Need {
    /// What this system's package manager calls it. Systems without one of ours get Debian's name, as a hint.
    pub(crate) fn package(&self, system: System) -> &'static str {
        match system {
            System::Fedora => self.fedora,
            System::Arch => self.arch,
            System::Suse => self.suse,
            System::Debian | System::Ubuntu | System::OtherLinux | System::MacOs | System::Windows => {
                self.debian
            }
        }
    }

    /// Whether it is needed for any of these.
    pub(crate) fn is_for(&self, purposes: &[Purpose]) -> bool {
        self.purposes.iter().any(|purpose| purposes.contains(purpose))
    }

    /// The browser and its driver have other ways to be there, see [`browser`](super::browser).
    pub(crate) fn is_browser(&self) -> bool {
        self.debian.starts_with("chromium")
    }
}

use Purpose::{App, Bench, Core, Desktop, Faults, Keyring, Package, Virtual};

/// Everything, in the order it is installed and told of.
pub(crate) static NEEDS: [Need; 23] = [
    Need {
        why: "a C compiler and linker",
        probe: Probe::Program("cc"),
        purposes: &[Core, App],
        debian: "build-essential",
        fedora: "gcc",
        arch: "base-devel",
        suse: "gcc",
    },
    Need {
        why: "finds the libraries to link",
        probe: Probe::Program("pkg-config"),
        purposes: &[App],
        debian: "pkg-config",
        fedora: "pkgconf-pkg-config",
        arch: "pkgconf",
        suse: "pkgconf-pkg-config",
    },
    Need {
        why: "the window's web view",
        probe: Probe::Library("webkit2gtk-4.1"),
        purposes: &[App],
        debian: "libwebkit2gtk-4.1-dev",
        fedora: "pkgconfig(webkit2gtk-4.1)",
        arch: "webkit2gtk-4.1",
        suse: "pkgconfig(webkit2gtk-4.1)",
    },
    Need {
        why: "opens links and registers the app's own",
        probe: Probe::Program("xdg-mime"),
        purposes: &[Desktop, Virtual],
        debian: "xdg-utils",
        fedora: "xdg-utils",
        arch: "xdg-utils",
        suse: "xdg-utils",
    },
    Need {
        why: "starts the handler of a link",
        probe: Probe::Program("gio"),
        purposes: &[Desktop, Virtual, Faults],
        debian: "libglib2.0-bin",
        fedora: "glib2",
        arch: "glib2",
        suse: "glib2-tools",
    },
    Need {
        why: "makes the handler of a link known",
        probe: Probe::Program("update-desktop-database"),
        purposes: &[Desktop, Virtual],
        debian: "desktop-file-utils",
        fedora: "desktop-file-utils",
        arch: "desktop-file-utils",
        suse: "desktop-file-utils",
    },
    Need {
        why: "the credential store",
        probe: Probe::Program("gnome-keyring-daemon"),
        purposes: &[Keyring, Virtual, Faults],
        debian: "gnome-keyring",
        fedora: "gnome-keyring",
        arch: "gnome-keyring",
        suse: "gnome-keyring",
    },
    Need {
        why: "a session bus of its own",
        probe: Probe::Program("dbus-run-session"),
        purposes: &[Virtual, Faults],
        debian: "dbus",
        fedora: "dbus-daemon",
        arch: "dbus",
        suse: "dbus-1",
    },
    Need {
        why: "looks into the credential store from outside",
        probe: Probe::Program("secret-tool"),
        purposes: &[Virtual],
        debian: "libsecret-tools",
        fedora: "libsecret",
        arch: "libsecret",
        suse: "libsecret-tools",
    },
    Need {
        why: "the virtual display",
        probe: Probe::Program("Xvfb"),
        purposes: &[Virtual, Faults],
        debian: "xvfb",
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
        suse: "xorg-x11-server-Xvfb",
    },
    Need {
        why: "a clock that is wrong",
        probe: Probe::Program("faketime"),
        purposes: &[Virtual, Faults],
        debian: "faketime",
        fedora: "libfaketime",
        arch: "libfaketime",
        suse: "libfaketime",
    },
    Need {
        why: "drives the app's window",
        probe: Probe::Program("WebKitWebDriver"),
        purposes: &[Virtual],
        debian: "webkit2gtk-driver",
        fedora: "/usr/bin/WebKitWebDriver",
        arch: "webkit2gtk-4.1",
        suse: "/usr/bin/WebKitWebDriver",
    },
    Need {
        why: "the person's browser",
        probe: Probe::Program("chromium"),
        purposes: &[Virtual],
        debian: "chromium",
        fedora: "chromium",
        arch: "chromium",
        suse: "chromium",
    },
    Need {
        why: "drives the browser",
        probe: Probe::Program("chromedriver"),
        purposes: &[Virtual],
        debian: "chromium-driver",
        fedora: "chromedriver",
        arch: "chromium",
        suse: "chromedriver",
    },
    Need {
        why: "what a screen reader reads",
        probe: Probe::BusService("org.a11y.Bus"),
        purposes: &[Virtual],
        debian: "at-spi2-core",
        fedora: "at-spi2-core",
        arch: "at-spi2-core",
        suse: "at-spi2-core",
    },
    Need {
        why: "reads an .rpm",
        probe: Probe::Program("rpm"),
        purposes: &[Package],
        debian: "rpm",
        fedora: "rpm",
        arch: "rpm-tools",
        suse: "rpm",
    },
    Need {
        why: "unpacks an .rpm",
        probe: Probe::Program("bsdtar"),
        purposes: &[Package],
        debian: "libarchive-tools",
        fedora: "bsdtar",
        arch: "libarchive",
        suse: "bsdtar",
    },
    Need {
        why: "judges what is told to software centres",
        probe: Probe::Program("appstreamcli"),
        purposes: &[Package],
        debian: "appstream",
        fedora: "appstream",
        arch: "appstream",
        suse: "AppStream",
    },
    Need {
        why: "the letters of the screenshots",
        probe: Probe::Font("Cantarell"),
        purposes: &[Virtual],
        debian: "fonts-cantarell",
        fedora: "abattis-cantarell-fonts",
        arch: "cantarell-fonts",
        suse: "cantarell-fonts",
    },
    Need {
        why: "counts the files a start opens",
        probe: Probe::Program("strace"),
        purposes: &[Bench],
        debian: "strace",
        fedora: "strace",
        arch: "strace",
        suse: "strace",
    },
    Need {
        why: "a window of Qt, to compare with",
        probe: Probe::Shared("libxcb-cursor.so.0"),
        purposes: &[Bench],
        debian: "libxcb-cursor0",
        fedora: "xcb-util-cursor",
        arch: "xcb-util-cursor",
        suse: "libxcb-cursor0",
    },
    Need {
        why: "a window of Qt, to compare with",
        probe: Probe::Shared("libxcb-icccm.so.4"),
        purposes: &[Bench],
        debian: "libxcb-icccm4",
        fedora: "xcb-util-wm",
        arch: "xcb-util-wm",
        suse: "libxcb-icccm4",
    },
    Need {
        why: "a window of Qt, to compare with",
        probe: Probe::Shared("libxcb-keysyms.so.1"),
        purposes: &[Bench],
        debian: "libxcb-keysyms1",
        fedora: "xcb-util-keysyms",
        arch: "xcb-util-keysyms",
        suse: "libxcb-keysyms1",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(purposes: &[Purpose]) -> Vec<&'static str> {
        NEEDS
            .iter()
            .filter(|need| need.is_for(purposes))
            .map(|need| need.package(System::Debian))
            .collect()
    }

    #[test]
    fn the_core_needs_only_a_compiler() {
        assert_eq!(names(&[Core]), ["build-essential"]);
    }

    #[test]
    fn faults_need_neither_the_app_nor_a_browser() {
        let names = names(&[Core, Faults]);
        assert!(names.contains(&"faketime") && names.contains(&"gnome-keyring"));
        assert!(!names.contains(&"libwebkit2gtk-4.1-dev") && !names.contains(&"chromium"));
    }

    #[test]
    fn a_desktop_needs_no_virtual_display() {
        let names = names(&[App, Desktop]);
        assert!(names.contains(&"libwebkit2gtk-4.1-dev"));
        assert!(!names.contains(&"xvfb") && !names.contains(&"chromium"));
    }

    #[test]
    fn every_system_has_a_name_for_everything() {
        for need in &NEEDS {
            for system in [System::Debian, System::Fedora, System::Arch, System::Suse] {
                assert!(!need.package(system).is_empty(), "{}", need.why);
            }
        }
    }
}
