// Package labtest deploys cloud assemblies in Go tests, without an AWS account, and
// says who can reach whom: with real packets, through real TCP/IP stacks, in the
// process of the test.
//
//	lab := labtest.Deploy(t, "cdk.out")
//	lab.Internet().Reaches("Web:443")
//	lab.Internet().DoesNotReach("Db:5432")
//	lab.Subnet("Private").Reaches("s3.eu-west-1.amazonaws.com:443")
//
// [Deploy] takes the directory that `cdk synth` leaves, whatever language the app is
// written in; [Synth] makes one from an awscdk.App or a Stage. A deployment takes a
// fraction of a second. What costs time is synthesis: synthesize once for many
// tests.
//
//	Deploy, DeployFails ─▶ Lab ─▶ Update, UpdateFails, Destroy
//	                        ├───▶ Place   packets, names, HTTP, AWS's APIs from there: a
//	                        │             subnet, an instance, a function, the internet, a
//	                        │             stranger's VPC
//	                        ├───▶ Connects, DoesNotConnect: other accounts' endpoints
//	                        ├───▶ Stack   status, outputs, events, verdicts, logs
//	                        └───▶ Matrix  everybody to everything
//
// # Names
//
// Things are named as people know them: by logical id, with or without the hash that CDK
// appends, by construct path or its end, or by physical id. Part of a name will do
// where only one thing has it. "subnet:", "instance:", "function:", "endpoint:" or
// "balancer:" before the name says which is meant. What packets are sent to is
// NAME:PORT or NAME:ping, where NAME may also be a DNS name, an address, or internet,
// a host there.
//
// # Assertions
//
// A port is open if a connection is accepted, closed if a refusal comes back, and
// filtered if nothing does. Reaches wants open. DoesNotReach wants filtered: a
// refusal shows that the packets get there. When one fails, it says where the packets
// were dropped and why, such as "the rules of the security group Db (sg-…) of instance
// Db do not admit TCP 5432 from 10.0.0.4".
//
// # Time
//
// A lab has a clock of its own. It runs only while a call of this package waits, or
// something that one returned (a connection, an HTTP client); whenever nothing in the
// process can go on before the next timer, it skips to that. A name that takes minutes
// to time out takes microseconds. It cannot skip while the process works: many busy
// tests in parallel slow each other down, and change no result. While a lab's clock runs,
// goroutines of the process run on one processor (GOMAXPROCS is 1): tests that compute
// for long are better in a package of their own. Time-outs of the test's own, such as a
// context's, are by the wall's clock.
//
// # What it is not
//
// Nothing here was compared with AWS itself; the lab follows AWS's documentation. What
// the lab does not support it refuses by name before anything is created. The course of
// events is one of many: [Seed] chooses another.
//
// Any number of labs may exist at the same time; the tests may be parallel. One Lab is
// for one goroutine at a time, except for its Places.
package labtest
