use std::sync::Mutex;
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
async fn send() {}
#[tokio::test]
async fn works() {
    let _alone = ONE_AT_A_TIME.lock().unwrap();
    send().await;
}
