package cfn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// nestedType is AWS::CloudFormation::Stack: a stack that is a resource of another.
// Its template is an asset of the parent's. Its attributes are Outputs.NAME
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html).
type nestedType struct{ e *Engine }

// nestedProps are the properties that it has. The last three change nothing here:
// nobody is notified, tags are names for people, and a stack fails when its resources do.
var nestedProps = []string{"TemplateURL", "Parameters", "NotificationARNs", "Tags", "TimeoutInMinutes"}

// Check finds what the properties alone show. The template is checked by [compiler.checkNested].
func (n nestedType) Check(p map[string]any) error {
	var f Findings
	for _, k := range sortedKeys(p) {
		if !slices.Contains(nestedProps, k) {
			f = append(f, fmt.Sprintf("property %s is not supported", k))
		}
	}
	if _, ok := p["TemplateURL"]; !ok {
		f = append(f, "property TemplateURL is required")
	}
	switch p["Parameters"].(type) {
	case nil, Unknown, map[string]any:
	default:
		f = append(f, "property Parameters must be an object, not "+typeName(p["Parameters"]))
	}
	if len(f) > 0 {
		return f
	}
	return nil
}

// checkNested checks the template of a nested stack as if it were deployed. The
// parameters that depend on resources of the parent are not known yet.
func (c *compiler) checkNested(label string, p map[string]any) {
	url, ok := Literal(p["TemplateURL"])
	if !ok {
		c.find("%s: property TemplateURL: it cannot depend on a resource", label)
		return
	}
	text, err := c.engine.templateAt(url, c.stack.Assets)
	if err != nil {
		c.find("%s: property TemplateURL: %v", label, err)
		return
	}
	child := Stack{Name: c.stack.Name, Template: text, Assets: c.stack.Assets, Parameters: map[string]string{}}
	unknown := map[string]bool{}
	given, _ := p["Parameters"].(map[string]any)
	for k, v := range given {
		if text, known := parameterText(v); known {
			child.Parameters[k] = text
		} else {
			unknown[k] = true
		}
	}
	nested, findings := c.engine.compileWith(child, c.engine.stackARN(child.Name, checkedID), true, unknown)
	for _, f := range findings {
		c.find("%s: %s", label, f)
	}
	if nested == nil {
		return
	}
	for name := range nested.imports {
		c.imports[name] = true
	}
	for of := range nested.outputsUsed {
		c.outputsUsed[of] = true
	}
}

// parameterText is a parameter's value as text; lists are joined with commas. It is
// not known if it depends on a resource.
func parameterText(v any) (string, bool) {
	list, ok := v.([]any)
	if !ok {
		return scalarText(v)
	}
	parts := make([]string, len(list))
	for i, e := range list {
		if parts[i], ok = scalarText(e); !ok {
			return "", false
		}
	}
	return strings.Join(parts, ","), true
}

// templateAt returns the template that a TemplateURL leads to: a file among the
// assets. It is kept, because a rollback needs it when the assets are those of an update.
func (e *Engine) templateAt(url string, assets map[string]string) ([]byte, error) {
	file := assetAt(url, assets)
	if file == "" {
		e.mu.Lock()
		defer e.mu.Unlock()
		if text, known := e.templates[url]; known {
			return text, nil
		}
		if e.opts.Fetch != nil {
			text, err := e.opts.Fetch(url)
			if err != nil {
				return nil, err
			}
			return TemplateJSON(text)
		}
		return nil, fmt.Errorf("%s is not among the assembly's assets", url)
	}
	text, err := readFile(file)
	if err != nil {
		return nil, err
	}
	text = withZones(text, e.opts.Region)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.templates[url] = text
	return text, nil
}

// assetAt is the file of the asset that a URL of S3 leads to, empty if it leads to none. Keys
// may have a prefix (docs.aws.amazon.com/cdk/v2/guide/customize-synth.html).
func assetAt(url string, assets map[string]string) string {
	var found string
	for key := range assets {
		if strings.HasSuffix(url, "/"+key) && len(key) > len(found) {
			found = key
		}
	}
	return assets[found]
}

// nests reports whether the resource is a nested stack. Each update of the parent
// updates it, whether or not its own properties change: its template may have changed,
// and so may the values of its parameters in Parameter Store, which are fetched anew
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html,
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html).
func (n *node) nests() bool {
	_, nested := n.rt.(nestedType)
	return nested
}

// nests reports whether there is a nested stack. An update of the stack then has something
// to do, even if nothing changes.
func (p *plan) nests() bool {
	for _, n := range p.nodes {
		if n.nests() {
			return true
		}
	}
	return false
}

// nestedChanges reports, for each nested stack of a stack as it is, whether an update that
// leaves its properties alone would change it, or one that is nested in it.
func (e *Engine) nestedChanges(s *stack) map[string]bool {
	out := map[string]bool{}
	for id, n := range s.plan.nodes {
		e.mu.Lock()
		r := s.resources[id]
		e.mu.Unlock()
		if n.nests() && r != nil {
			out[id] = e.nestedChange(r, s.plan.stack.Assets)
		}
	}
	return out
}

func (e *Engine) nestedChange(r *resource, assets map[string]string) bool {
	info, known := e.Stack(r.physical)
	if !known {
		return true
	}
	child, err := nestedType{e}.stack(Request{Properties: r.props, Assets: assets}, info.Name)
	if err != nil {
		return true // the update says why
	}
	e.mu.Lock()
	s := e.stacks[info.Name]
	e.mu.Unlock()
	p, findings := e.compile(child, s.id, false)
	if len(findings) > 0 || s.status.Failed() || p.fingerprint != s.plan.fingerprint {
		return true
	}
	for _, changes := range e.nestedChanges(s) {
		if changes {
			return true
		}
	}
	return false
}

// Replaces reports false: a nested stack is updated.
func (n nestedType) Replaces(_, _ map[string]any) bool { return false }

func (n nestedType) Create(ctx context.Context, r Request) (Result, error) {
	return n.deploy(ctx, r, awsid.Physical(r.Stack, r.LogicalID, n.e.opts.NewID(), maxStackName))
}

func (n nestedType) Update(ctx context.Context, r Request) (Result, error) {
	info, ok := n.e.Stack(r.PhysicalID)
	if !ok {
		return Result{}, fmt.Errorf("Stack with id %s does not exist", r.PhysicalID)
	}
	return n.deploy(ctx, r, info.Name)
}

func (n nestedType) Delete(ctx context.Context, r Request) error {
	info, ok := n.e.Stack(r.PhysicalID)
	if !ok || info.Status == DeleteComplete {
		return nil
	}
	out, err := n.e.Delete(ctx, info.Name)
	if failure := (*Failure)(nil); errors.As(err, &failure) {
		return fmt.Errorf("Embedded stack %s was not successfully deleted: %s", r.PhysicalID, reasonOf(out))
	}
	return err
}

// stack is the stack of this name that a request is about.
func (n nestedType) stack(r Request, name string) (Stack, error) {
	url, _ := Literal(r.Properties["TemplateURL"])
	text, err := n.e.templateAt(url, r.Assets)
	if err != nil {
		return Stack{}, err
	}
	child := Stack{ID: r.Stack + "/" + r.LogicalID, Name: name, Template: text, Assets: r.Assets, Parameters: map[string]string{}}
	given, _ := r.Properties["Parameters"].(map[string]any)
	for k, v := range given {
		text, ok := parameterText(v)
		if !ok {
			return Stack{}, fmt.Errorf("property Parameters.%s must be a string, not %s", k, typeName(v))
		}
		child.Parameters[k] = text
	}
	return child, nil
}

// deploy creates or updates the stack of this name.
func (n nestedType) deploy(ctx context.Context, r Request, name string) (Result, error) {
	child, err := n.stack(r, name)
	if err != nil {
		return Result{}, err
	}
	out, err := n.e.Deploy(ctx, child)
	if errors.Is(err, ErrNoUpdates) {
		err = nil
	}
	res := Result{PhysicalID: out.ID, Attributes: map[string]any{}}
	for _, o := range out.Outputs {
		res.Attributes["Outputs."+o.Key] = o.Value
	}
	if failure := (*Failure)(nil); errors.As(err, &failure) {
		what := "created"
		if r.PhysicalID != "" {
			what = "updated"
		}
		err = fmt.Errorf("Embedded stack %s was not successfully %s: %s", out.ID, what, reasonOf(out))
	}
	return res, err
}

// reasonOf names every resource that failed in an operation, with its reason.
func reasonOf(out Outcome) string {
	if len(out.Failures) == 0 {
		return out.Reason
	}
	var parts []string
	for _, f := range out.Failures {
		parts = append(parts, fmt.Sprintf("%s (%s): %s", f.LogicalID, f.Type, f.Reason))
	}
	return strings.Join(parts, "; ")
}
