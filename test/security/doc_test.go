// Package security compares what the stacks may do with what they do, and what
// the binaries are made of with what the documents say.
//
//	template ──deploy, update, delete in the lab──▶ policies as they stand
//	                                            └─▶ calls as they were made
//
// Nothing may be granted that is never used, and nothing may be used, or tried,
// that is not granted, but for the negative controls of the proof itself. The
// comparison is by action, resource and condition.
package security
