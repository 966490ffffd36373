// The counter of the talks in Go, four ways: every task adds 1 and reads once in 1,000 adds.
//
// The benchmark starts it once and asks for one run after the other, so that they stand between the runs of the others:
// a line "channel 10 5000" asks for a run of 10 tasks with 5,000 adds each, and is answered by the nanoseconds from the
// first start to the last end, and by what the counter came to. The number of CPUs is GOMAXPROCS. The naive counter is a
// data race on purpose.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const readEvery = 1000

// counter adds many times in one call, so that no call through the interface is measured.
type counter interface {
	add(times int)
	get() uint64
	close()
}

type naive struct{ value uint64 }

func (c *naive) add(times int) {
	for ; times > 0; times-- {
		c.value++
	}
}
func (c *naive) get() uint64 { return c.value }
func (c *naive) close()      {}

type atomically struct{ value uint64 }

func (c *atomically) add(times int) {
	for ; times > 0; times-- {
		atomic.AddUint64(&c.value, 1)
	}
}
func (c *atomically) get() uint64 { return atomic.LoadUint64(&c.value) }
func (c *atomically) close()      {}

type locked struct {
	lock  sync.Mutex
	value uint64
}

func (c *locked) add(times int) {
	for ; times > 0; times-- {
		c.lock.Lock()
		c.value++
		c.lock.Unlock()
	}
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

func (c *owned) add(times int) {
	for ; times > 0; times-- {
		c.adds <- 1
	}
}
func (c *owned) get() uint64 { return <-c.reads }
func (c *owned) close()      { close(c.done) }

var sink uint64

func once(c counter, tasks, operations int) time.Duration {
	var ready, done, gate sync.WaitGroup
	ready.Add(tasks)
	done.Add(tasks)
	gate.Add(1)
	for i := 0; i < tasks; i++ {
		go func() {
			defer done.Done()
			ready.Done()
			gate.Wait()
			var seen uint64
			for left := operations; left > 0; left -= readEvery {
				c.add(readEvery)
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

func main() {
	ways := map[string]func() counter{
		"naive":   func() counter { return new(naive) },
		"atomic":  func() counter { return new(atomically) },
		"mutex":   func() counter { return new(locked) },
		"channel": func() counter { return newOwned() },
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var way string
		var tasks, operations int
		_, err := fmt.Sscan(lines.Text(), &way, &tasks, &operations)
		make, known := ways[way]
		if err != nil || !known || tasks < 1 || operations < 1 || operations%readEvery != 0 {
			fmt.Fprintf(os.Stderr, "what is %q? A way, a number of tasks, and a multiple of %d\n", lines.Text(), readEvery)
			os.Exit(2)
		}
		c := make()
		took := once(c, tasks, operations)
		fmt.Println(took.Nanoseconds(), c.get())
		c.close()
	}
}
