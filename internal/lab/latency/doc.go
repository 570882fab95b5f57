// Package latency says how slow and how late AWS is in the lab: one table of what
// takes time, how long, and who says so.
//
// The lab cannot measure AWS. Each row therefore names its source, and whether
// somebody has seen it on AWS with this project's stacks. A duration lies between
// two bounds. Which one it is follows from a seed and from what it is about, and
// from nothing else: one seed makes one course of events, and an unrelated
// resource in the template does not change it.
package latency
