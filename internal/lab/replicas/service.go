package replicas

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/api"
)

// With notes what the calls of a service change.
func (r *Reads) With(service api.Service) api.Service {
	route := service.Route
	service.Route = func(q *api.Request) (*api.Operation, error) {
		op, err := route(q)
		if err != nil || reads(op.Action) {
			return op, err
		}
		run := op.Run
		op.Run = func(ctx context.Context) (*api.Reply, error) {
			defer r.Changed()
			return run(ctx)
		}
		return op, nil
	}
	return service
}

// reads reports whether an IAM action changes nothing, by its name.
func reads(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	for _, verb := range []string{"Describe", "Get", "List"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return name == ""
}
