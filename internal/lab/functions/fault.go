package functions

import "time"

// Invocation is what a fault sees of one run of a function.
type Invocation struct {
	// Function is the function's name.
	Function string
	// Payload is the event.
	Payload []byte
	// Attempt counts the runs of one event, from 1.
	Attempt int
}

// Fault disturbs one invocation. The zero value does nothing.
type Fault struct {
	// Throttle refuses the call as when no concurrency is left.
	Throttle bool
	// Crash ends the process of the function before it answers.
	Crash bool
	// Hang never answers: the function's timeout ends it.
	Hang bool
	// Answer replaces the answer of the function, which does not run.
	Answer []byte
	// Delay postpones the handler, on the lab's clock and within the timeout.
	Delay time.Duration
}
