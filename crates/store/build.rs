//! The migrations are compiled in: a new file among them must build this crate again.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
