// Package escapes deploys the stacks with additions by which traffic leaves
// another way, or strangers get in, and wants the proof to say by which; and with
// additions that do no harm, and wants them to deploy.
//
// A row is one addition, made in the application: the proof knows of it as it
// does of everything that is synthesized. Each file has the rows of one subject.
// Additions behind the application's back are package lifecycle's, faults of the
// network package faults', removals and turns package mutation's.
package escapes
