// Package functions is the lab's Lambda: it stores functions, runs their handlers,
// and stores their logs. Lambda's API is package api/lambda.
//
// A function's code is known by its asset: the Go build information inside the
// asset's "bootstrap" names the main package, and the main package names the
// [Program] to run in this process ([Programs.Find]). All other code is [External]: it
// runs in a process of its own, in a sandbox, with the machine's interpreter. Such a
// process reaches the network through a relay, which starts its connections from the
// function's interface. The SDKs that Lambda's runtimes bring along are stood in for.
//
// As on AWS, a function's packets start from its network interface, it has the
// credentials of its role, and it is cut off when its timeout is over. An error of
// the handler, a panic and a timeout are function errors, not errors of the call.
package functions
