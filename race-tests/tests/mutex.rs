//! The built-in types behind a mutex, and the guarded types of this file, by `race_tests!`.

use raceproof::counter::MutexCounter;
use raceproof::map::MutexMap;
use raceproof_test::race_tests;

race_tests!(MutexCounter);
race_tests!(MutexMap<u8, u8>, budget = 0.3);
