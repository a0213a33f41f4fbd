//! Which system this is, as far as installing packages goes.

use std::fs;

/// Systems by how packages are installed on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// Debian and what is built on it.
    Debian,
    /// Ubuntu and what is built on it: Debian, but its Chromium is a snap.
    Ubuntu,
    /// Fedora, RHEL and their kin.
    Fedora,
    /// Arch and what is built on it.
    Arch,
    /// openSUSE and SLE.
    Suse,
    /// Another Linux.
    OtherLinux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one we are on.
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::MacOs;
        }
        if cfg!(windows) {
            return Self::Windows;
        }
        let read =
            fs::read_to_string("/etc/os-release").or_else(|_| fs::read_to_string("/usr/lib/os-release"));
        read.map_or(Self::OtherLinux, |text| Self::from_os_release(&text))
    }

    /// From os-release(5): what it is, else what it says it is like.
    fn from_os_release(text: &str) -> Self {
        let value = |key: &str| {
            let line = text
                .lines()
                .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default()
                .trim_matches(['"', '\''])
                .to_ascii_lowercase()
        };
        let ids = format!("{} {}", value("ID"), value("ID_LIKE"));
        let is = |id: &str| {
            ids.split_whitespace()
                .any(|word| word == id || word.starts_with(&format!("{id}-")))
        };
        match () {
            () if is("ubuntu") => Self::Ubuntu,
            () if is("debian") => Self::Debian,
            () if is("fedora") || is("rhel") || is("centos") => Self::Fedora,
            () if is("arch") => Self::Arch,
            () if is("suse") || is("opensuse") || is("sles") => Self::Suse,
            () => Self::OtherLinux,
        }
    }

    /// Whether packages are installed with apt-get.
    pub(crate) fn has_apt(self) -> bool {
        matches!(self, Self::Debian | Self::Ubuntu)
    }

    /// The words that install packages, to be followed by their names.
    pub(crate) fn install_words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Debian | Self::Ubuntu => Some(&["apt-get", "install", "-y", "--no-install-recommends"]),
            Self::Fedora => Some(&["dnf", "install"]),
            Self::Arch => Some(&["pacman", "-S", "--needed"]),
            Self::Suse => Some(&["zypper", "install"]),
            Self::OtherLinux | Self::MacOs | Self::Windows => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_recognised_by_what_they_are_or_are_like() {
        let cases = [
            ("ID=debian\nVERSION_ID=\"12\"\n", System::Debian),
            ("ID=ubuntu\nID_LIKE=debian\n", System::Ubuntu),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Ubuntu),
            ("ID=raspbian\nID_LIKE=debian\n", System::Debian),
            ("NAME=x\nID=fedora\n", System::Fedora),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            (
                "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n",
                System::Suse,
            ),
            ("ID=void\n", System::OtherLinux),
            ("", System::OtherLinux),
        ];
        for (text, system) in cases {
            assert_eq!(System::from_os_release(text), system, "{text}");
        }
    }
}
