// Package changeset is what CloudFormation's API adds to its engine (package cfn): change
// sets, operations that go on after the call that began them has returned, and what
// protects a stack.
//
//	Input ──template, parameters──▶ cfn.Stack ──▶ ChangeSet ──Execute──▶ Engine.Deploy
//	                                     └──────── Create, Update ──────────▲
//
// How requests and answers look on the wire is in package api/cloudformation. Every call
// returns when the stack's status says what is under way, so that a caller who asks for it
// next sees no older one.
package changeset
