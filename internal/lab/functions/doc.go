// Package functions is the lab's Lambda: it stores functions, runs their handlers,
// and stores their logs. Lambda's API is package api/lambda.
//
// A function's code is known by its asset: the Go build information inside the
// asset's "bootstrap" names the main package, and the main package names the
// [Program] to run in this process. Code that is not in the list is refused by
// name ([Programs.Find]).
//
// As on AWS, a function's packets start from its network interface, it has the
// credentials of its role, and it is cut off when its timeout is over. An error of
// the handler, a panic and a timeout are function errors, not errors of the call.
package functions
