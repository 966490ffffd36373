use std::sync::RwLock;
struct S {
    stopped: RwLock<bool>, //~ arc_mutex_primitive
}
