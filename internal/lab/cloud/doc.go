// Package cloud is the front of AWS's services in the lab: what stands between
// a connection and an operation.
//
//	connection ──▶ TLS (lab CA) ──▶ endpoint ──▶ authenticate (SigV4) ──▶ Service.Route
//	     │                                                                     │
//	     └─ vpc.Network.Path: endpoint, VPC, source                            ▼
//	                    └────▶ aws:SourceVpce … ──────────────────▶ authorise (package iam)
//	                                                                           ▼
//	                    every call is recorded ◀── answer, in the protocol ◀── Run
//
// Nothing that a client sends can claim a path: the condition keys about it
// come from the network alone. The front knows no operation. Services are
// packages below package api; [Cloud.Handle] registers them. An endpoint whose
// service is not registered answers, and refuses every call by name.
package cloud
