package resources

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

// generation counts how often a resource was made: a replacement has other ids
// than what it replaces.
func (r *Resources) generation(key string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generations[key]++
	return fmt.Sprint(key, "/", r.generations[key])
}

// resourceKey identifies a resource of a template.
func resourceKey(q cfn.Request) string { return q.StackID + "/" + q.LogicalID }

// id makes a new id for a resource in EC2's form.
func (r *Resources) id(prefix string, q cfn.Request) string { return r.freshID(prefix, resourceKey(q)) }

// freshID makes a new id for what the text identifies.
func (r *Resources) freshID(prefix, text string) string {
	return awsid.EC2(prefix, r.generation(prefix+text))
}

// uuid makes a new UUID for a resource.
func (r *Resources) uuid(q cfn.Request) string {
	return awsid.UUID(r.generation("uuid " + resourceKey(q)))
}

// suffix makes the last part of a load balancing ARN.
func (r *Resources) suffix(q cfn.Request) string { return awsid.Hex(16, r.generation(resourceKey(q))) }

// name makes a physical name of limit characters at most.
func (r *Resources) name(q cfn.Request, limit int) string {
	return awsid.Physical(q.Stack, q.LogicalID, r.generation(resourceKey(q)), limit)
}

// lowerName is name in lower case, as buckets need it.
func (r *Resources) lowerName(q cfn.Request, limit int) string {
	return strings.ToLower(r.name(q, limit))
}
