//! How findings are shown: to people, and to editors.

mod human;
mod json;

pub use human::human;
pub use json::json;

use std::path::Path;

/// A path as it is shown: from the project's root, if it is below it.
fn shown(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
    below.unwrap_or(path).display().to_string()
}
