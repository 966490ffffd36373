// The counter of the talks in Go, four ways: every task adds 1 and reads once in 1,000 adds.
//
// It prints what counters/bench's talk table reads: one line of JSON a way, the median nanoseconds an operation for 1,
// 10 and 100 tasks. The number of CPUs is GOMAXPROCS. The naive counter is a data race on purpose.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const (
	runs      = 11
	readEvery = 1000
	target    = 20 * time.Millisecond
)

type counter interface {
	increment()
	get() uint64
	close()
}

type naive struct{ value uint64 }

func (c *naive) increment()  { c.value++ }
func (c *naive) get() uint64 { return c.value }
func (c *naive) close()      {}

type atomically struct{ value uint64 }

func (c *atomically) increment()  { atomic.AddUint64(&c.value, 1) }
func (c *atomically) get() uint64 { return atomic.LoadUint64(&c.value) }
func (c *atomically) close()      {}

type locked struct {
	lock  sync.Mutex
	value uint64
}

func (c *locked) increment() {
	c.lock.Lock()
	c.value++
	c.lock.Unlock()
}

func (c *locked) get() uint64 {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.value
}
func (c *locked) close() {}

// owned has an unbuffered channel in and one out, and a goroutine that selects between them.
type owned struct {
	adds  chan uint64
	reads chan uint64
	done  chan struct{}
}

func newOwned() *owned {
	c := &owned{make(chan uint64), make(chan uint64), make(chan struct{})}
	go func() {
		var value uint64
		for {
			select {
			case n := <-c.adds:
				value += n
			case c.reads <- value:
			case <-c.done:
				return
			}
		}
	}()
	return c
}

func (c *owned) increment()  { c.adds <- 1 }
func (c *owned) get() uint64 { return <-c.reads }
func (c *owned) close()      { close(c.done) }

var sink uint64

func once(make func() counter, tasks, operations int) time.Duration {
	c := make()
	defer c.close()
	var ready, done sync.WaitGroup
	ready.Add(tasks)
	done.Add(tasks)
	gate := new(sync.WaitGroup)
	gate.Add(1)
	for i := 0; i < tasks; i++ {
		go func() {
			defer done.Done()
			ready.Done()
			gate.Wait()
			var seen uint64
			for left := operations; left > 0; left -= readEvery {
				for i := 0; i < readEvery; i++ {
					c.increment()
				}
				seen += c.get()
			}
			atomic.AddUint64(&sink, seen)
		}()
	}
	ready.Wait()
	start := time.Now()
	gate.Done()
	done.Wait()
	return time.Since(start)
}

func nanoseconds(make func() counter, tasks int) float64 {
	operations := readEvery
	for {
		took := once(make, tasks, operations)
		if took > target/4 {
			operations = int(float64(operations)*float64(target)/float64(took))/readEvery*readEvery + readEvery
			break
		}
		operations *= 4
	}
	var all []float64
	for i := 0; i < runs; i++ {
		all = append(all, float64(once(make, tasks, operations))/float64(tasks*operations))
	}
	sort.Float64s(all)
	return all[len(all)/2]
}

func main() {
	ways := []struct {
		name string
		make func() counter
	}{
		{"Go naive", func() counter { return new(naive) }},
		{"Go atomic", func() counter { return new(atomically) }},
		{"Go mutex", func() counter { return new(locked) }},
		{"Go channel", func() counter { return newOwned() }},
	}
	for _, way := range ways {
		line := struct {
			Name string    `json:"name"`
			Ns   []float64 `json:"ns"`
		}{Name: way.name}
		for _, tasks := range []int{1, 10, 100} {
			line.Ns = append(line.Ns, nanoseconds(way.make, tasks))
		}
		text, err := json.Marshal(line)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		fmt.Println(string(text))
	}
}
