struct Handle(*mut u8);

// SAFETY: nobody else has the pointer; and the library behind it says that any thread may
// use it.
#[cfg(unix)]
unsafe impl Send for Handle {}
