// Package region puts the lab together: a Region with a network, AWS's own
// services, functions, instances and a CloudFormation that deploys into it.
//
//	cfn.Engine ──▶ resources ──▶ vpc        packets, DNS, endpoints, load balancers
//	    │               ├─────▶ roles      roles, policies, sessions
//	    │               ├─────▶ api/s3     buckets
//	    │               ├─────▶ functions  the handlers of the Lambda binaries
//	    │               └─────▶ machine    instances with their user data
//	    └── signals ◀── presigned URLs of api/s3, events to functions
//
//	cloud ──▶ api/…    the APIs on all these, over TLS, with IAM
//
// What takes how long, and in which order what is independent happens, follows from
// a seed (package latency): on the Region's own clock, which stands still while
// anything works, one seed is one course of events.
//
// A test may have any number of Regions at the same time. Closing one ends
// everything in it. No packet goes outside: functions that are not ours run as processes
// of their own, whose only network is the one in here (package sandbox).
package region
