// Package topology makes the model of a picture of what exists in a Region, and of the claims
// of the proofs about it.
//
//	world    what exists: VPCs, subnets, tables, groups, interfaces, as EC2 would describe it   world.go
//	names    what people call it: Name tags, construct paths, logical ids                        names.go
//	model    the picture's VPCs, with what is in them, at their edges, and outside               vpcs.go, edge.go, outside.go
//	walk     the way of a packet by route tables, groups and network ACLs                        walk.go, admit.go
//	claims   the verdicts of the last proofs, each with its way                                  claims.go
//
// Nothing here reads a template but for names, and nothing sends a packet: a way is derived
// from what exists, so that a picture disturbs nothing. How a model is drawn is in package
// picture.
package topology
