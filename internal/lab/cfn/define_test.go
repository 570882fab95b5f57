package cfn

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type ruleProps struct {
	Port     int `cfn:"required"`
	CidrIp   *string
	Weight   float64
	Protocol string `cfn:"only=tcp|udp"`
}

type sampleProps struct {
	Cidr   string `cfn:"required,replace"`
	Dns    *bool
	Rules  []ruleProps
	Labels map[string]string
	Policy any
	Nested *struct {
		Fixed string `cfn:"replace"`
		Free  bool
	}
	Modes []string `cfn:"only=a|b"`
	Tags  Tags     `cfn:"inert"`
}

func sample(seen *TypedRequest[sampleProps]) ResourceType {
	return Define(Definition[sampleProps]{
		Attributes: []string{"Arn"},
		Validate: func(p map[string]any) Findings {
			if s, ok := Literal(p["Cidr"]); ok && !strings.Contains(s, "/") {
				return Findings{"property Cidr has no prefix length"}
			}
			return nil
		},
		Create: func(_ context.Context, c TypedRequest[sampleProps]) (Result, error) {
			*seen = c
			return Result{PhysicalID: "x"}, nil
		},
		Update: func(_ context.Context, c TypedRequest[sampleProps]) (Result, error) {
			*seen = c
			return Result{}, nil
		},
	})
}

func object1(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := decodeJSON([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDefineDecodesAsCloudFormationConverts(t *testing.T) {
	t.Parallel()
	var got TypedRequest[sampleProps]
	rt := sample(&got)
	props := object1(t, `{"Cidr":"10.0.0.0/16","Dns":"true","Rules":[{"Port":"443","CidrIp":"0.0.0.0/0","Weight":"1.5","Protocol":"tcp"},{"Port":80}],
		"Labels":{"a":1,"b":true},"Policy":{"Version":1},"Nested":{"Fixed":"f","Free":false},"Modes":["a"],"Tags":[{"Key":"Name","Value":"n"}]}`)
	if err := rt.Check(props); err != nil {
		t.Fatal(err)
	}
	if _, err := rt.Create(context.Background(), Request{Properties: props}); err != nil {
		t.Fatal(err)
	}
	yes, all := true, "0.0.0.0/0"
	want := sampleProps{
		Cidr: "10.0.0.0/16", Dns: &yes,
		Rules:  []ruleProps{{Port: 443, CidrIp: &all, Weight: 1.5, Protocol: "tcp"}, {Port: 80}},
		Labels: map[string]string{"a": "1", "b": "true"},
		Policy: map[string]any{"Version": json.Number("1")},
		Nested: &struct {
			Fixed string `cfn:"replace"`
			Free  bool
		}{Fixed: "f"},
		Modes: []string{"a"}, Tags: Tags{{"Name", "n"}},
	}
	if d := cmp.Diff(want, got.Props); d != "" {
		t.Error(d)
	}
	if got.Props.Tags.Get("Name") != "n" || got.Props.Tags.Get("Nom") != "" {
		t.Error("Tags.Get")
	}
}

func TestDefineRefusesByName(t *testing.T) {
	t.Parallel()
	rt := sample(new(TypedRequest[sampleProps]))
	for _, c := range []struct{ props, want string }{
		{`{}`, "property Cidr is required"},
		{`{"Cidr":"a/8","Ipam":1}`, "property Ipam is not supported"},
		{`{"Cidr":"a/8","Rules":[{"Port":1,"Prefix":"p"}]}`, "property Rules[0].Prefix is not supported"},
		{`{"Cidr":"a/8","Rules":[{}]}`, "property Rules[0].Port is required"},
		{`{"Cidr":"a/8","Rules":{}}`, "property Rules must be a list, not an object"},
		{`{"Cidr":"a/8","Labels":[]}`, "property Labels must be an object, not a list"},
		{`{"Cidr":"a/8","Nested":"x"}`, "property Nested must be an object, not a string"},
		{`{"Cidr":["a"]}`, "property Cidr must be a scalar, not a list"},
		{`{"Cidr":"a/8","Dns":"yes"}`, `property Dns: "yes" is not a boolean`},
		{`{"Cidr":"a/8","Rules":[{"Port":"x"}]}`, `property Rules[0].Port: "x" is not an integer`},
		{`{"Cidr":"a/8","Rules":[{"Port":1,"Weight":"x"}]}`, `property Rules[0].Weight: "x" is not a number`},
		{`{"Cidr":"a/8","Rules":[{"Port":1,"Protocol":"icmp"}]}`, `property Rules[0].Protocol: "icmp" is not supported, only tcp, udp`},
		{`{"Cidr":"a/8","Modes":["a","c"]}`, `property Modes: "c" is not supported, only a, b`},
		{`{"Cidr":"a"}`, "property Cidr has no prefix length"},
		{`{"X":1,"Cidr":"a","B":2}`, "property B is not supported\nproperty Cidr has no prefix length\nproperty X is not supported"},
	} {
		err := rt.Check(object1(t, c.props))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %q", c.props, err, c.want)
		}
	}
}

func TestDefineTakesUnknownValuesButChecksThemLater(t *testing.T) {
	t.Parallel()
	rt := sample(new(TypedRequest[sampleProps]))
	u := Unknown{`{"Ref":"A"}`}
	props := map[string]any{"Cidr": u, "Rules": []any{u, map[string]any{"Port": u, "Protocol": u}}, "Nested": u, "Labels": u}
	if err := rt.Check(props); err != nil {
		t.Errorf("unknown values were refused: %v", err)
	}
	_, err := rt.Create(context.Background(), Request{Properties: map[string]any{"Cidr": "a/8", "Rules": "no"}})
	if err == nil || err.Error() != "property Rules must be a list, not a string" {
		t.Errorf("a wrong value that appeared later: %v", err)
	}
}

func TestDefineReplaces(t *testing.T) {
	t.Parallel()
	rt := sample(new(TypedRequest[sampleProps]))
	for _, c := range []struct {
		old, new string
		want     bool
	}{
		{`{"Cidr":"a/8"}`, `{"Cidr":"a/8"}`, false},
		{`{"Cidr":"a/8"}`, `{"Cidr":"b/8"}`, true},
		{`{"Cidr":"1"}`, `{"Cidr":1}`, false},
		{`{"Cidr":"a/8","Dns":true}`, `{"Cidr":"a/8"}`, false},
		{`{"Cidr":"a/8","Nested":{"Fixed":"x","Free":true}}`, `{"Cidr":"a/8","Nested":{"Fixed":"x","Free":false}}`, false},
		{`{"Cidr":"a/8","Nested":{"Fixed":"x"}}`, `{"Cidr":"a/8"}`, true},
	} {
		if got := rt.Replaces(object1(t, c.old), object1(t, c.new)); got != c.want {
			t.Errorf("%s → %s: %v", c.old, c.new, got)
		}
	}
}

func TestDefinePanicsOnMistakes(t *testing.T) {
	t.Parallel()
	create := func(ctx context.Context) (Result, error) { return Result{}, nil }
	for name, c := range map[string]struct {
		want string
		def  func()
	}{
		"no update": {"Free can change in place", func() {
			Define(Definition[struct{ Free string }]{Create: func(ctx context.Context, _ TypedRequest[struct{ Free string }]) (Result, error) { return create(ctx) }})
		}},
		"no create": {"no Create", func() { Define(Definition[struct{}]{}) }},
		"bad tag": {"unknown option", func() {
			Define(Definition[struct {
				A string `cfn:"requird"`
			}]{})
		}},
		"bad type":   {"is not for properties", func() { Define(Definition[struct{ A chan int }]{}) }},
		"not struct": {"not a struct", func() { Define(Definition[string]{}) }},
		"unexported": {"not exported", func() { Define(Definition[struct{ a int }]{}) }},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), c.want) {
					t.Errorf("%s: %v, want a panic with %q", name, r, c.want)
				}
			}()
			c.def()
		}()
	}
}
