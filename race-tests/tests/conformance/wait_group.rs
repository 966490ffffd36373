//! wait_group
