package verification

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// watcher makes the resource's Watched property: what the proof rests on and
// the claims do not say. A change there is a change of the resource, and so
// CloudFormation runs the proof again.
//
// It is asked at synthesis, not when the construct is made, so that it sees
// routes, rules and statements that are added later. CDK asks several times;
// the last answer is what goes into the template.
type watcher struct {
	stack   awscdk.Stack
	watched []constructs.IConstruct
	texts   map[string]any
}

// watch returns the Watched property as a token.
func watch(v *verification, props *Props) awscdk.IResolvable {
	w := &watcher{stack: awscdk.Stack_Of(v), watched: props.Watch, texts: map[string]any{}}
	for _, point := range props.VantagePoints {
		if point.Subnet != nil {
			w.texts["vantage point "+point.Name] = point.Subnet.SubnetId()
		}
	}
	if grant := props.Grant; grant != nil {
		w.texts["grant"] = fmt.Sprintf("%s on %s through %s", grant.Action, grant.Resource, grant.Endpoint)
	}
	return awscdk.Lazy_UncachedAny(w, nil)
}

// Produce implements awscdk.IAnyProducer. JavaScript calls it: it must not panic.
func (w *watcher) Produce(awscdk.IResolveContext) any {
	watched := make(map[string]any, len(w.texts))
	for name, text := range w.texts {
		watched[name] = text
	}
	for _, construct := range w.watched {
		for _, child := range *construct.Node().FindAll(constructs.ConstructOrder_PREORDER) {
			resource, ok := child.(awscdk.CfnResource)
			if ok && *resource.ShouldSynthesize() {
				watched[w.name(resource)] = digest(w.stack.Resolve(resource.CfnProperties()))
			}
		}
	}
	return watched
}

// name is the path of a resource as a person finds it in the code: without the
// resource's own stack, if that is the verification's, and without the last
// part that every L2 has.
func (w *watcher) name(resource awscdk.CfnResource) string {
	path := *resource.Node().Path()
	path = strings.TrimPrefix(path, *w.stack.Node().Path()+"/")
	return strings.TrimSuffix(path, "/Resource")
}

// digest is a hash of a resource's properties as they stand in the template,
// but for its tags, which no traffic depends on. Its type needs no mention: a
// resource of another type has another logical id or replaces the old one.
func digest(properties any) string {
	if named, ok := properties.(map[string]any); ok {
		delete(named, "tags")
		delete(named, "tagSpecifications")
	}
	// Maps are written with their keys sorted: equal properties, equal text.
	text, err := json.Marshal(properties)
	if err != nil {
		text = fmt.Append(nil, properties)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
