package resources

import (
	"strings"
	"testing"
)

// An inline policy belongs to roles, users or groups, of which there must be one.
func TestPolicyBelongsToSomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	document := props{"Version": "2012-10-17", "Statement": []any{props{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}
	typ, _ := w.Type("AWS::IAM::Policy")
	for _, of := range []string{"Roles", "Users", "Groups"} {
		if err := typ.Check(props{"PolicyName": "p", "PolicyDocument": document, of: []any{"somebody"}}); err != nil {
			t.Errorf("%s: %v", of, err)
		}
	}
	err := typ.Check(props{"PolicyName": "p", "PolicyDocument": document})
	if err == nil || !strings.Contains(err.Error(), "at least one of the properties Roles, Users and Groups is required") {
		t.Errorf("of nobody: %v", err)
	}
}
