//! What every Tauri app has here.

fn main() {
    tauri_build::build();
}
