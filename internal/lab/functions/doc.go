// Package functions is the lab's Lambda: it keeps functions, runs their
// handlers, and keeps their logs.
//
// A function's code is known by its asset: the Go build information inside the
// asset's "bootstrap" names the main package, and the main package names the
// [Program] to run in this process. Code that is not in the list is refused by
// name ([Programs.Find]); it is never skipped.
//
// As on AWS, a function runs where its network interface is, with the
// credentials of its role, and is cut off when its timeout is over. Each
// invocation is reported as Lambda reports it: an error of the handler, a
// panic, and a timeout are function errors, not errors of the call.
package functions
