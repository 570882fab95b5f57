package vpc

import (
	"provenendpoints/internal/lab/awserr"
)

// refuse returns EC2's error for what it refuses.
func refuse(code, format string, args ...any) error { return awserr.New(code, format, args...) }

// dependency is EC2's answer to the deletion of something that is in use.
func dependency(what, id, user string) error {
	return refuse("DependencyViolation", "The %s '%s' has dependencies and cannot be deleted: %s uses it.", what, id, user)
}
