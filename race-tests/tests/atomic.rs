//! The built-in types in an atomic word.

use raceproof::counter::AtomicCounter;
use raceproof_test::race_tests;

race_tests!(AtomicCounter);
