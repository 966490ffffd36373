// SAFETY: this is about something else.
struct Handle(*mut u8);

// Needed by the pool.
unsafe impl Send for Handle {} //~ unsafe_send_sync
