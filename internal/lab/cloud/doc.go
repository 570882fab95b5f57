// Package cloud is AWS's side of the lab: the services that calls go to, on
// the network and over TLS, with IAM in front of them.
//
//	connection ──▶ TLS (lab CA) ──▶ which service? ──▶ who? (SigV4, re-signed)
//	     │                                                │
//	     └─ vpc.Network.Path: endpoint, VPC, source       ▼
//	                    └────▶ aws:SourceVpce … ──▶ allowed? (package iam)
//	                                                      ▼
//	                            every call recorded ◀── answer, as AWS writes it
//
// Nothing that a client sends can claim a path: the condition keys about it
// come from the network alone. S3, the EC2, Elastic Load Balancing,
// CloudFormation, Lambda and STS calls that verifications need are answered
// in the wire formats that AWS's SDKs read; any other call is refused by name.
// Further services only exist as names that something answers at.
package cloud
