struct S;
unsafe trait Marker {}
unsafe impl Marker for S {}
