//! once_lock
