package ssm

import (
	"context"
	"maps"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html and its
// like: the tags of parameters. CDK's references between Regions mark by them what is in use.
func init() {
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, addTagsRequest]{
		Name: "AddTagsToResource", Resource: func(s *Store, q addTagsRequest) string { return s.arn(q.ResourceID) },
		Run: func(_ context.Context, s *Store, q addTagsRequest) (any, error) {
			if err := s.taggable(q.ResourceType, q.ResourceID); err != nil {
				return nil, err
			}
			s.tag(q.ResourceID, q.Tags)
			return struct{}{}, nil
		},
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, removeTagsRequest]{
		Name: "RemoveTagsFromResource", Resource: func(s *Store, q removeTagsRequest) string { return s.arn(q.ResourceID) },
		Run: func(_ context.Context, s *Store, q removeTagsRequest) (any, error) {
			if err := s.taggable(q.ResourceType, q.ResourceID); err != nil {
				return nil, err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, key := range q.TagKeys {
				delete(s.tags[q.ResourceID], key)
			}
			return struct{}{}, nil
		},
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, listTagsRequest]{
		Name: "ListTagsForResource", Resource: func(s *Store, q listTagsRequest) string { return s.arn(q.ResourceID) },
		Run: func(_ context.Context, s *Store, q listTagsRequest) (any, error) {
			if err := s.taggable(q.ResourceType, q.ResourceID); err != nil {
				return nil, err
			}
			return struct{ TagList []tagJSON }{s.tagsOf(q.ResourceID)}, nil
		},
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, deleteManyRequest]{
		Name: "DeleteParameters", Resource: func(s *Store, q deleteManyRequest) string { return s.arn(first(q.Names)) },
		Run: func(_ context.Context, s *Store, q deleteManyRequest) (any, error) {
			out := struct{ DeletedParameters, InvalidParameters []string }{[]string{}, []string{}}
			for _, name := range q.Names {
				if s.Delete(name) == nil {
					out.DeletedParameters = append(out.DeletedParameters, name)
				} else {
					out.InvalidParameters = append(out.InvalidParameters, name)
				}
			}
			return out, nil
		},
	})
}

type (
	tagJSON        struct{ Key, Value string }
	addTagsRequest struct {
		ResourceType string
		ResourceID   string `json:"ResourceId"`
		Tags         []tagJSON
	}
	removeTagsRequest struct {
		ResourceType string
		ResourceID   string `json:"ResourceId"`
		TagKeys      []string
	}
	listTagsRequest struct {
		ResourceType string
		ResourceID   string `json:"ResourceId"`
	}
	deleteManyRequest struct{ Names []string }
)

// taggable returns an error for what is no parameter.
func (s *Store) taggable(kind, name string) error {
	if kind != "Parameter" {
		return awserr.New("InvalidResourceType", "the lab has tags of parameters alone, not of %q", kind)
	}
	if _, ok := s.made(name); !ok {
		return awserr.New("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
	}
	return nil
}

func (s *Store) tag(name string, tags []tagJSON) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tags {
		if s.tags[name] == nil {
			s.tags[name] = map[string]string{}
		}
		s.tags[name][t.Key] = t.Value
	}
}

func (s *Store) tagsOf(name string) []tagJSON {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []tagJSON{}
	for _, key := range slices.Sorted(maps.Keys(s.tags[name])) {
		out = append(out, tagJSON{key, s.tags[name][key]})
	}
	return out
}
