// Package faults holds the tests of what must hold when networks, functions
// and AWS's own APIs fail: every deployment ends in an answer to CloudFormation
// within the resource's ServiceTimeout, what passes does not fail a good
// deployment, what lasts does not pass a bad one.
package faults
