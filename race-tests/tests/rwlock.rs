//! The built-in types behind a read-write lock.

use raceproof::counter::RwLockCounter;
use raceproof::map::RwLockMap;
use raceproof_test::race_tests;

race_tests!(RwLockCounter, budget = 0.3);
race_tests!(RwLockMap<u8, u8>, budget = 0.3);
