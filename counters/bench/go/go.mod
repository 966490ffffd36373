module raceproof/bench

go 1.19
