// Package awsapi calls AWS's APIs as AWS's published models describe them.
//
// AWS's generated clients have a type and code for everything that a service can do:
// to compile that of EC2 takes a minute, for eleven operations of its 800. This package
// has the calls alone. What travels is written and read by the protocols of AWS's SDK
// for Go (smithy-go/transport/http/protocol/…), which the generated clients use too,
// by schemas that are made of the model at run time; credentials, signatures, retries,
// time-outs and errors are the SDK's as well. The names of parameters, members and pages
// are those of the model: none is written down a second time.
//
// A [Model] is embedded by whoever calls: the verifier has the few operations that it
// makes, the lab's stand-ins for other languages' SDKs have whole services
// (package models).
//
// Not here: S3 (its own signatures, checksums and addresses), event streams, waiters,
// dual-stack and FIPS endpoints, and bodies in rest-xml requests.
package awsapi
