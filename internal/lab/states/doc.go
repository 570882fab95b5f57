// Package states is the lab's Step Functions: state machines in Amazon States Language
// (states-language.net), as far as CDK's own constructs and simple workflows use it.
//
//	Execution ──▶ Task (a function), Pass, Wait, Choice, Succeed, Fail
//	               ├─ Retry: again after a pause on the lab's clock
//	               └─ Catch: on to another state
//
// The provider framework of CDK's custom resources waits by such a machine until its
// isComplete handler says so. Parallel, Map and JSONata are not here: [Parse] refuses them by
// name, and so the resource is inert. The API is package api/states, the resource type in
// package resources.
package states
