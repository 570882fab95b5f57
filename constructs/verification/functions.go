//go:build functions

package verification

// The functions' packages are compiled by the app, but nothing imports them. This
// file, which no build includes, makes `go mod tidy` and `go mod vendor` of an app
// keep what they need: both look at every build constraint.
import (
	_ "provenendpoints/lambda/prober"
	_ "provenendpoints/lambda/verifier"
)
