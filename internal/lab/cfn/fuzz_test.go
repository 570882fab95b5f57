package cfn

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzReadAssembly reads whatever is in a manifest and an asset manifest: it may
// be refused, in one line, but never do harm.
func FuzzReadAssembly(f *testing.F) {
	f.Add(`{"version":"54.0.0","artifacts":{"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json"},"dependencies":["m"]},"m":{"type":"cdk:asset-manifest","properties":{"file":"m.json"}}}}`,
		`{"files":{"h":{"source":{"path":"A.json"},"destinations":{"d":{"objectKey":"h.zip"}}}},"dockerImages":{}}`)
	f.Add(`{"version":"1","artifacts":{"N":{"type":"cdk:cloud-assembly","properties":{"directoryName":"."}}}}`, `{}`)
	f.Add(`{"version":"1","artifacts":{"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"../A.json"}}}}`, ``)
	f.Add(`[`, `null`)
	f.Fuzz(func(t *testing.T, manifest, assets string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"manifest.json": manifest, "m.json": assets, "A.json": emptyTemplate} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		a, err := ReadAssembly(dir)
		if err == nil && len(a.Stacks) == 0 {
			t.Error("neither stacks nor an error")
		}
		for _, s := range a.Stacks {
			if got, ok := a.Stack(s.ID); !ok || got.ID != s.ID {
				t.Errorf("stack %q is not found by its id", s.ID)
			}
		}
	})
}

// FuzzIntrinsics evaluates whatever JSON it gets, before and after the resource
// that it may refer to exists: what is known before does not change.
func FuzzIntrinsics(f *testing.F) {
	for _, seed := range []string{
		`{"Fn::Sub":["${P}-${A}-${A.Name}-${V}-${!X}",{"V":{"Fn::Join":["+",[1,{"Ref":"A"}]]}}]}`,
		`{"Fn::Select":[1,{"Fn::Split":["-",{"Fn::GetAtt":["A","Name"]}]}]}`,
		`{"Fn::If":["Yes",[{"Ref":"AWS::NoValue"},{"Fn::GetAZs":""}],{"Ref":"L"}]}`,
		`{"Fn::FindInMap":["M","ap",{"Ref":"P"},{"DefaultValue":{"Fn::Base64":"x"}}]}`,
		`{"Fn::Cidr":["2001:db8::/56",{"Fn::Length":{"Ref":"L"}},"64"]}`,
		`{"Fn::ToJsonString":{"a":[true,1.5e3,{"Ref":"A"}]}}`,
		`{"Fn::ImportValue":"exp"}`, `"{{resolve:ssm:/n:1}}"`, `{"Fn::Select":[0,[{"Ref":"A"},1]]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v any
		if decodeJSON([]byte(text), &v) != nil {
			t.Skip()
		}
		before, errs := evaluate(text, false)
		after, late := evaluate(text, true)
		if len(errs) > 0 {
			if len(late) == 0 {
				t.Errorf("refused, but it would have worked: %v, %v", errs, after)
			}
			return
		}
		if Known(before) && len(late) == 0 && !equal(before, after) {
			t.Errorf("%v before, %v after", before, after)
		}
	})
}

// FuzzDeploy deploys whatever is in a template into an in-memory cloud. It is
// refused without a trace, or carried out; then the stack can be deleted and
// nothing is left.
func FuzzDeploy(f *testing.F) {
	for _, seed := range []string{
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"V":{"Fn::Sub":["${X}-${B.Name}",{"X":{"Ref":"AWS::Region"}}]}}},"B":{"Type":"Test::Thing"}}}`,
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"V":{"Fn::Cidr":[{"Fn::GetAtt":["B","Value"]},4,{"Fn::Select":[1,{"Fn::Split":["-","8-9"]}]}]}}},"B":{"Type":"Test::Thing","Properties":{"Value":"10.0.0.0/16"}}}}`,
		`{"Parameters":{"P":{"Type":"CommaDelimitedList","Default":"a,b"}},"Conditions":{"C":{"Fn::Or":[{"Fn::Not":[{"Condition":"D"}]},{"Condition":"D"}]},"D":{"Fn::Equals":[{"Fn::Join":["",{"Ref":"P"}]},"ab"]}},"Resources":{"A":{"Type":"Test::Thing","Condition":"C","DependsOn":"B","Properties":{"V":{"Fn::If":["D",{"Ref":"AWS::NoValue"},1]}}},"B":{"Type":"Test::Thing","DeletionPolicy":"Delete"}},"Outputs":{"O":{"Value":{"Fn::GetAtt":"A.Name"},"Export":{"Name":"x"}}}}`,
		`{"Mappings":{"M":{"a":{"b":"c"}}},"Rules":{"R":{"Assertions":[{"Assert":{"Fn::EachMemberIn":[["a"],["a","b"]]}}]}},"Transform":"AWS::LanguageExtensions","Resources":{"A":{"Type":"Test::Thing","Properties":{"V":{"Fn::FindInMap":["M","a","b",{"DefaultValue":1}]},"W":{"Fn::ToJsonString":{"x":{"Fn::Length":[1]}}},"X":{"Fn::Base64":{"Fn::GetAZs":""}}}}}}`,
		`{"Resources":{"C":{"Type":"Custom::X","Properties":{"ServiceToken":"arn:aws:lambda:r:1:function:f","V":[1,true,null]}},"A":{"Type":"Test::Thing","Properties":{"V":{"Fn::GetAtt":["C","Seen"]}}},"M":{"Type":"AWS::CDK::Metadata"}}}`,
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"V":"{{resolve:ssm:/known}}"},"DependsOn":["A"]}}}`,
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"Ref":"B"}},"B":{"Type":"Test::Thing","Properties":{"Ref":"AWS::NoValue"}}}}`,
		`{"Resources":{"A":1},"Outputs":{"O":{"Value":{"Fn::ImportValue":{"Ref":"A"}}}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, template string) {
		if strings.Contains(template, "AWS::CloudFormation::WaitCondition\"") {
			t.Skip("it would wait for ever on a clock that stands still")
		}
		b := newHarness(t)
		ctx := context.Background()
		_, err := b.deploy(template)
		var refused *Refusal
		var failed *Failure
		switch {
		case errors.As(err, &refused):
			if len(refused.Findings) == 0 || len(b.world.calls) > 0 {
				t.Errorf("refused after %v for %v", b.world.calls, refused.Findings)
			}
			return
		case err != nil && !errors.As(err, &failed):
			t.Errorf("neither refused nor failed: %v", err)
		case err == nil:
			if _, err := b.deploy(template); !errors.Is(err, ErrNoUpdates) {
				t.Errorf("the same again: %v", err)
			}
		}
		if _, err := b.Delete(ctx, "S"); err != nil {
			t.Error(err)
		}
		if left := b.world.ids(); len(left) > 0 && !strings.Contains(template, "Retain") {
			t.Errorf("left %v", left)
		}
	})
}
