//! What the program needs to start, read from the program itself.

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::task::Task;

/// The oldest C library that has everything the program asks of it: `2.34`.
pub(super) fn libc(program: &Path, interrupt: &Interrupt) -> Result<String> {
    let symbols = Task::new("objdump")
        .args(["--dynamic-syms"])
        .args([program])
        .hint("objdump comes with the linker (Debian's package binutils).")
        .read(interrupt)?;
    newest(&symbols.stdout).ok_or_else(|| Failure::new("the program does not say which C library it needs"))
}

/// The newest version among the symbols that are asked of glibc.
fn newest(symbols: &str) -> Option<String> {
    symbols
        .split(|c: char| c.is_whitespace() || "()".contains(c))
        .filter_map(|word| word.strip_prefix("GLIBC_"))
        .filter_map(|version| {
            let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
            Some((numbers?, version))
        })
        .max()
        .map(|(_, version)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn versions_are_numbers() {
        let symbols = "0000 DF *UND* 0000 (GLIBC_2.9)  pipe2\n0000 DF *UND* 0000 (GLIBC_2.34) dlsym\n\
                       0000 DO *UND* 0000 (GLIBC_2.2.5) environ\n0000 DF *UND* 0000 (GLIBC_PRIVATE) x\n0000 Base g_free\n";
        assert_eq!(newest(symbols).as_deref(), Some("2.34"));
        assert_eq!(newest("nothing"), None);
    }
}
