// Package region puts the lab together: a Region with a network, AWS's own
// services, functions, instances and a CloudFormation that deploys into it.
//
//	cfn.Engine ──▶ resources ──▶ vpc        packets, DNS, endpoints, load balancers
//	    │               ├─────▶ cloud      S3, STS, EC2, Lambda … over TLS, with IAM
//	    │               ├─────▶ functions  the handlers of the Lambda binaries
//	    │               └─────▶ machine    instances with their user data
//	    └── signals ◀── presigned URLs of cloud, events to functions
//
// A Region is a value: make as many as a test needs, at the same time; closing
// one ends everything in it. Nothing leaves the process.
package region
