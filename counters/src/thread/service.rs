//! Threads that serve an object: the object starts them, and ends them when it goes.
//!
//! In an exploration they are the execution's like any other, but the execution does not wait for them before it drops its
//! copies of statics: to drop those is what ends them.

use super::JoinHandle;
use std::io;

/// Starts a thread that serves an object, named after it.
///
/// # Errors
/// If the operating system cannot start one.
#[cfg_attr(feature = "explore", track_caller)]
pub(crate) fn service(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    // A name with a NUL inside would be refused.
    let builder = super::Builder::new().name(name.replace('\0', ""));
    #[cfg(feature = "explore")]
    let builder = builder.service();
    builder.spawn(body)
}
