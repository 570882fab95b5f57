package logs

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Groups holds the log groups of an account in a Region that somebody made: templates, and
// functions by a call. Their lines are the functions'.
type Groups struct {
	scope  awsid.Scope
	mu     sync.Mutex
	groups map[string]Group
}

// Group is a log group.
type Group struct {
	// Name is unique in the account and Region. Required.
	Name string
	// Retention is in days. 0: forever.
	Retention int
	// Template says that a template made it, and not a call.
	Template bool
}

// NewGroups returns a store without groups.
func NewGroups(scope awsid.Scope) *Groups { return &Groups{scope: scope, groups: map[string]Group{}} }

// Create makes a log group.
func (s *Groups) Create(g Group) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.groups[g.Name]; exists {
		return awserr.New("ResourceAlreadyExistsException", "The specified log group already exists: %s", g.Name)
	}
	s.groups[g.Name] = g
	return nil
}

// Delete deletes a log group.
func (s *Groups) Delete(name string) error {
	return s.change(name, func(Group) (Group, bool) { return Group{}, false })
}

// Retain sets for how many days a group keeps its lines; 0: forever.
func (s *Groups) Retain(name string, days int) error {
	return s.change(name, func(g Group) (Group, bool) { g.Retention = days; return g, true })
}

// change changes a group, or deletes it if stays is false.
func (s *Groups) change(name string, to func(Group) (changed Group, stays bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.groups[name]
	if !ok {
		return awserr.New("ResourceNotFoundException", "The specified log group does not exist.")
	}
	if g, ok = to(g); !ok {
		delete(s.groups, name)
		return nil
	}
	s.groups[name] = g
	return nil
}

// retention is for how many days a group keeps its lines; 0: forever, or there is none.
func (s *Groups) retention(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[name].Retention
}

// Has reports whether a log group exists.
func (s *Groups) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.groups[name]
	return ok
}

// All returns all log groups by their names.
func (s *Groups) All() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.groups), func(a, b Group) int { return cmp.Compare(a.Name, b.Name) })
}

// ARN is a log group's ARN without the ":*" that stands for its streams.
func (s *Groups) ARN(name string) string { return s.scope.ARN("logs", "log-group:"+name) }

type (
	nameRequest struct {
		LogGroupName string `json:"logGroupName"`
	}
	createRequest struct {
		LogGroupName  string            `json:"logGroupName"`
		Tags          map[string]string `json:"tags"`
		LogGroupClass string            `json:"logGroupClass"`
	}
	retentionRequest struct {
		LogGroupName string `json:"logGroupName"`
		Days         int    `json:"retentionInDays"`
	}
	tagRequest struct {
		LogGroupName string            `json:"logGroupName"`
		ResourceARN  string            `json:"resourceArn"`
		Tags         map[string]string `json:"tags"`
		TagKeys      []string          `json:"tagKeys"`
	}
)

// retentions are the days that PutRetentionPolicy takes
// (docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func init() {
	api.RegisterTarget(&logs, api.TargetOperation[account, createRequest]{
		Name: "CreateLogGroup", Resource: func(a account, q createRequest) string { return a.groups.ARN(q.LogGroupName) },
		Run: func(_ context.Context, a account, q createRequest) (any, error) {
			return struct{}{}, a.groups.Create(Group{Name: q.LogGroupName})
		},
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, nameRequest]{
		Name: "DeleteLogGroup", Resource: groupOf,
		Run: func(_ context.Context, a account, q nameRequest) (any, error) {
			return struct{}{}, a.groups.Delete(q.LogGroupName)
		},
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, retentionRequest]{
		Name: "PutRetentionPolicy", Resource: func(a account, q retentionRequest) string { return a.groups.ARN(q.LogGroupName) + ":*" },
		Run: func(_ context.Context, a account, q retentionRequest) (any, error) {
			if !slices.Contains(retentions, q.Days) {
				return nil, awserr.New("InvalidParameterException", "1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint", q.Days)
			}
			return struct{}{}, a.groups.Retain(q.LogGroupName, q.Days)
		},
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, nameRequest]{
		Name: "DeleteRetentionPolicy", Resource: groupOf,
		Run: func(_ context.Context, a account, q nameRequest) (any, error) {
			return struct{}{}, a.groups.Retain(q.LogGroupName, 0)
		},
	})
	// Nothing reads tags.
	for _, name := range []string{"TagResource", "UntagResource", "TagLogGroup", "UntagLogGroup"} {
		api.RegisterTarget(&logs, api.TargetOperation[account, tagRequest]{
			Name: name, Resource: func(a account, q tagRequest) string { return cmp.Or(q.ResourceARN, a.groups.ARN(q.LogGroupName)) },
			Run: func(context.Context, account, tagRequest) (any, error) { return struct{}{}, nil },
		})
	}
}

// groupOf is the log group that a request is authorised on, with all its streams.
func groupOf(a account, q nameRequest) string { return a.groups.ARN(q.LogGroupName) + ":*" }
