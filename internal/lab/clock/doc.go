// Package clock gives the lab a time of its own.
//
// Everything in the lab that waits (TCP retransmissions, health checks,
// time-outs, CloudFormation's ServiceTimeout) waits on one [Clock], so that a
// lab can run faster than the wall without any part knowing. A Clock implements
// the interfaces that its users ask for: proof.Clock for claims and handlers,
// tcpip.Clock for the TCP/IP stacks.
//
// There are four kinds. [New] makes a clock that runs at a fixed multiple of the
// wall's speed. [NewSkipping] makes one that runs at the wall's speed while
// anything in the process has work to do, and skips to the next timer when
// everything waits: waiting costs nothing, and a slow machine never makes a
// time-out fire early. [NewStepping] makes one that skips as well and stands still
// in between: what happens on it happens in the same order and at the same times
// on every machine. [NewAttended] makes one for a lab that serves people: it steps while
// the lab is at work, and runs with the wall in between.
//
// # What skipping relies on
//
// A clock skips when all of this holds in several looks in a row: the metrics
// of the Go scheduler count no goroutine but the observer's as running or
// runnable, and no system call but those registered with [Outside]; no garbage
// collection is in progress, by the metrics that count collections and their
// stops of the world; every registered read or write of a pipe ([Pipe],
// [ExpectRead]) waits, its pipe is not ready, and none has begun, ended or
// changed between the looks. Whatever waits for the operating system in another
// way (a socket, a timer of package time, an unregistered pipe) does not hold
// the clock, so nothing in the lab may wait so. An unregistered system call
// counts as work until it has lasted two seconds.
//
// While a clock is watched, Go runs all goroutines of the process on one processor
// (GOMAXPROCS is 1). The count of what is running is then the observer alone. With more
// processors it includes threads that look for work and have none, for as long as the
// operating system keeps them waiting, and on a machine with other work the clock
// waited for them most of the time: ten stacks took 138 s in place of 19 s, and a third more
// time of the processors. All labs of a process wait for each other anyway.
//
// The runtime calls its counts approximate. Go 1.26 takes them with the
// scheduler's lock held: a processor can neither go idle nor be taken from the
// idle ones meanwhile, so a goroutine that moves between processors is counted
// on one of them. It misses a goroutine in two places. One is what the
// operating system has made ready while the network poller has not yet queued
// it; the registered waits cover that. The other is a goroutine that returns
// from a system call after the scheduler has taken its processor away, for the
// few instructions until it has another one or is queued. A Pipe counts as busy
// across that gap. For other system calls only time helps: once a call or a
// collection has been seen, the process must look idle several times with
// pauses between before the clock skips again. If the operating system keeps a
// thread from running in that gap for longer than that, the clock skips early.
// Nothing in Go can rule this out, but no test has seen it.
//
// # What it cannot be built on
//
// Counting work by hand, with a token for each packet, timer and goroutine,
// cannot be complete: net/http, crypto/tls, the shell's interpreter and gVisor
// hand work from goroutine to goroutine through channels, mutexes and sleepers of
// their own, which carry no token. A bubble of testing/synctest knows waiting
// goroutines exactly, but is open to tests alone and the lab is a command as well.
// It also takes a goroutine that waits for a mutex, a pipe or gVisor's sleeper
// for one at work, and gVisor's processors wait for their sleepers all the time.
package clock
