use parking_lot::Mutex;
struct Point { x: u32, y: u32 }
struct S { at: Mutex<Point> }
impl S {
    fn copy(&self) -> Point {
        Point {
            x: self.at.lock().x,
            y: self.at.lock().y, //~ double_lock
        }
    }
}
