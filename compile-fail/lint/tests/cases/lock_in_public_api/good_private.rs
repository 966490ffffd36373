use std::sync::Mutex;
pub struct S { n: Mutex<u32> }
pub(crate) struct T { pub n: Mutex<u32> }
