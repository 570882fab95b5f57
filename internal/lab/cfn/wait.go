package cfn

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// waitProps are the properties of AWS::CloudFormation::WaitCondition. Timeout is
// in seconds, at most 12 hours. Without a handle the condition needs a
// CreationPolicy.
type waitProps struct {
	Handle  string
	Timeout int
	Count   *int
}

const waitConditionName = "AWS::CloudFormation::WaitCondition"

const maxWait = 43200 // seconds

// waitConditionType is AWS::CloudFormation::WaitCondition.
func (e *Engine) waitConditionType() ResourceType {
	return Define(Definition[waitProps]{
		Attributes: []string{"Data"},
		Validate: func(p map[string]any) Findings {
			var f Findings
			for name, max := range map[string]int{"Timeout": maxWait, "Count": 1 << 30} {
				if s, ok := Literal(p[name]); ok {
					if n, err := parseCount(s); err == nil && (n < 1 || n > max) {
						f = append(f, fmt.Sprintf("property %s must be 1 to %d, not %d", name, max, n))
					}
				}
			}
			return f
		},
		Create: e.wait,
		Update: func(context.Context, TypedRequest[waitProps]) (Result, error) {
			return Result{}, Unchanged(errors.New("Update to resource type AWS::CloudFormation::WaitCondition is not supported."))
		},
	})
}

func parseCount(s string) (int, error) {
	var n int
	_, err := fmt.Sscanf(s, "%d", &n)
	return n, err
}

// wait returns when enough signals have arrived, or one reports a failure.
func (e *Engine) wait(ctx context.Context, r TypedRequest[waitProps]) (Result, error) {
	if r.Props.Handle == "" {
		return Result{PhysicalID: e.opts.NewID(), Attributes: map[string]any{"Data": "{}"}}, nil // its policy waits
	}
	h := e.waitHandles.get(r.Props.Handle)
	if h == nil {
		return Result{}, fmt.Errorf("%s is not the URL of a wait condition handle", r.Props.Handle)
	}
	count := 1
	if r.Props.Count != nil {
		count = *r.Props.Count
	}
	res := Result{PhysicalID: h.id}
	limit, stop := e.opts.Clock.WithTimeout(ctx, time.Duration(r.Props.Timeout)*time.Second)
	defer stop()
	for {
		signals, failed, changed := h.received()
		if failed != nil {
			return res, failed
		}
		if len(signals) >= count {
			data := map[string]any{}
			for id, s := range signals {
				data[id] = s.Data
			}
			res.Attributes = map[string]any{"Data": encodeJSON(data)}
			return res, nil
		}
		select {
		case <-changed:
		case <-limit.Done():
			if err := ctx.Err(); err != nil {
				return res, err
			}
			return res, fmt.Errorf("WaitCondition timed out. Received %d conditions when expecting %d", len(signals), count)
		}
	}
}
