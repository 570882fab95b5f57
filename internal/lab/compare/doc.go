// Package compare sets what a stack did on AWS beside what the lab says of the same
// template: claim by claim, and duration by duration.
//
//	AWS's APIs ──Read──▶ Course ─┐
//	the lab ───FromLab──▶ Course ┴─Of─▶ Comparison ─▶ text, or a file to send in
//
// Nobody who writes the lab can deploy to AWS. What such files show replaces what
// package latency assumes. A file holds no account and no ids.
package compare
