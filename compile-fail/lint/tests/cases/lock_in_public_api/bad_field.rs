use std::sync::Mutex;
pub struct S {
    pub n: Mutex<u32>, //~ lock_in_public_api
}
