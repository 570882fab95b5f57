// Package eventbridge has the default event bus with its rules, and the schedules, of
// one account in one Region, by the lab's clock.
//
//	Bus.Put ──▶ rules whose patterns match ──▶ functions that let them
//	clock   ──▶ schedules, by their roles  ──▶ functions
//
// Targets are functions; a target of another kind, and what of a pattern, an expression
// or a transformer is not here, is refused by name, so that whoever makes one can say so.
package eventbridge
