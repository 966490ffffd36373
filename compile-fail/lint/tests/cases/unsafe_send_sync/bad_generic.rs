struct S<T>(*const T);
unsafe impl<T: Send> Send for S<T> {} //~ unsafe_send_sync
