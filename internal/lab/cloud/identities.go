package cloud

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
)

// Role is an IAM role as it is made.
type Role struct {
	// Name is unique in the account. Required.
	Name string
	// Path begins and ends with a slash. Default: /.
	Path string
	// Trust says who may assume the role. Required.
	Trust iam.Policy
	// ARN and ID are set by CreateRole.
	ARN, ID string
}

// role is a Role in use.
type role struct {
	Role
	inline  map[string]*history
	managed []string // ARNs
	trust   *history
}

// identities are the account's roles and policies, and the sessions of roles.
type identities struct {
	mu       sync.Mutex
	roles    map[string]*role    // by name
	policies map[string]*history // customer managed, by ARN
	sessions map[string]*session // by access key
	made     uint64
}

func (i *identities) init() {
	i.roles, i.policies, i.sessions = map[string]*role{}, map[string]*history{}, map[string]*session{}
}

var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// CreateRole makes a role and returns it with its ARN and id.
func (c *Cloud) CreateRole(r Role) (Role, error) {
	if !roleName.MatchString(r.Name) {
		return r, awserr.New("ValidationError", "The specified value for roleName is invalid: %q", r.Name)
	}
	if err := r.Trust.ValidateFor(iam.TrustPolicy); err != nil {
		return r, awserr.New("MalformedPolicyDocument", "%v", err)
	}
	if r.Path == "" {
		r.Path = "/"
	}
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	if c.identities.roles[r.Name] != nil {
		return r, awserr.WithStatus(http.StatusConflict, "EntityAlreadyExists", "Role with name %s already exists.", r.Name)
	}
	c.identities.made++
	r.ARN = c.scope.GlobalARN("iam", "role"+r.Path+r.Name)
	r.ID = "AROA" + awsid.Upper(16, "role", r.Name, strconv.FormatUint(c.identities.made, 10))
	made := &role{Role: r, inline: map[string]*history{}, trust: new(history)}
	trust := r.Trust
	// A role that nobody can assume yet would only delay its creation.
	made.trust.put(&trust, c.clock.Now())
	c.identities.roles[r.Name] = made
	return r, nil
}

// UpdateTrust replaces a role's trust policy.
func (c *Cloud) UpdateTrust(name string, trust iam.Policy) error {
	if err := trust.ValidateFor(iam.TrustPolicy); err != nil {
		return awserr.New("MalformedPolicyDocument", "%v", err)
	}
	return c.withRole(name, func(r *role) error {
		r.Trust = trust
		r.trust.put(&trust, c.clock.Now().Add(c.faults.PolicyDelay))
		return nil
	})
}

// DeleteRole deletes a role with its sessions. Policies must be gone before.
func (c *Cloud) DeleteRole(name string) error {
	return c.withRole(name, func(r *role) error {
		for _, h := range r.inline {
			if h.last() != nil {
				return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete entity, must delete policies first.")
			}
		}
		if len(r.managed) > 0 {
			return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
		}
		delete(c.identities.roles, name)
		for key, s := range c.identities.sessions {
			if s.role == r.ARN {
				delete(c.identities.sessions, key)
			}
		}
		return nil
	})
}

// Roles returns the names of the account's roles, sorted.
func (c *Cloud) Roles() []string {
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	names := make([]string, 0, len(c.identities.roles))
	for name := range c.identities.roles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// PutRolePolicy puts an inline policy into the role of this name, in place of one of the same
// name. It takes effect after [Faults.PolicyDelay].
func (c *Cloud) PutRolePolicy(of, name string, p iam.Policy) error {
	if err := p.ValidateFor(iam.IdentityPolicy); err != nil {
		return awserr.New("MalformedPolicyDocument", "%v", err)
	}
	return c.withRole(of, func(r *role) error {
		if r.inline[name] == nil {
			r.inline[name] = new(history)
		}
		r.inline[name].put(&p, c.clock.Now().Add(c.faults.PolicyDelay))
		return nil
	})
}

// DeleteRolePolicy removes an inline policy.
func (c *Cloud) DeleteRolePolicy(of, name string) error {
	return c.withRole(of, func(r *role) error {
		if r.inline[name].last() == nil {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
		}
		r.inline[name].put(nil, c.clock.Now().Add(c.faults.PolicyDelay))
		return nil
	})
}

// AttachRolePolicy attaches a managed policy: one of AWS's that the lab knows,
// or one made by CreatePolicy.
func (c *Cloud) AttachRolePolicy(of, arn string) error {
	return c.withRole(of, func(r *role) error {
		if !c.knownPolicy(arn) {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
		}
		if !slices.Contains(r.managed, arn) {
			r.managed = append(r.managed, arn)
		}
		return nil
	})
}

// DetachRolePolicy detaches a managed policy.
func (c *Cloud) DetachRolePolicy(of, arn string) error {
	return c.withRole(of, func(r *role) error {
		i := slices.Index(r.managed, arn)
		if i < 0 {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
		}
		r.managed = slices.Delete(r.managed, i, i+1)
		return nil
	})
}

// CreatePolicy makes a managed policy, or replaces its default version, and
// returns its ARN.
func (c *Cloud) CreatePolicy(path, name string, p iam.Policy) (string, error) {
	if err := p.ValidateFor(iam.IdentityPolicy); err != nil {
		return "", awserr.New("MalformedPolicyDocument", "%v", err)
	}
	if path == "" {
		path = "/"
	}
	arn := c.scope.GlobalARN("iam", "policy"+path+name)
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	if c.identities.policies[arn] == nil {
		c.identities.policies[arn] = new(history)
	}
	c.identities.policies[arn].put(&p, c.clock.Now().Add(c.faults.PolicyDelay))
	return arn, nil
}

// DeletePolicy deletes a managed policy, which must not be attached.
func (c *Cloud) DeletePolicy(arn string) error {
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	if c.identities.policies[arn] == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	for _, r := range c.identities.roles {
		if slices.Contains(r.managed, arn) {
			return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
		}
	}
	delete(c.identities.policies, arn)
	return nil
}

// withRole runs do on a role under the lock.
func (c *Cloud) withRole(name string, do func(*role) error) error {
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	r := c.identities.roles[name]
	if r == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role with name %s cannot be found.", name)
	}
	return do(r)
}

// roleByARN finds a role; the caller holds the lock.
func (i *identities) roleByARN(arn string) *role {
	for _, r := range i.roles {
		if r.ARN == arn {
			return r
		}
	}
	return nil
}

// policiesOf are the identity policies of a role that are in effect.
func (c *Cloud) policiesOf(arn string) []iam.Policy {
	now := c.clock.Now()
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	r := c.identities.roleByARN(arn)
	if r == nil {
		return nil
	}
	var out []iam.Policy
	for _, h := range r.inline {
		if p := h.at(now); p != nil {
			out = append(out, *p)
		}
	}
	for _, arn := range r.managed {
		if p := c.managedPolicy(arn); p != nil {
			out = append(out, *p)
		} else if p := c.identities.policies[arn].at(now); p != nil {
			out = append(out, *p)
		}
	}
	return out
}
