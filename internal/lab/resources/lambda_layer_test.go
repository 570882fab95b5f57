package resources

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A function has the files of its layers, the later ones over the earlier ones, and scripts
// for Lambda's interpreters run with the machine's.
func TestLayers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	layer := func(files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	w.assets = map[string]string{
		"one.zip": layer(map[string]string{"a.txt": "one", "bin/tool": "#!/var/lang/bin/python\nprint(1)\n"}),
		"two.zip": layer(map[string]string{"a.txt": "two", "b/c.txt": "c"}),
	}
	var arns []string
	for _, name := range []string{"one", "two"} {
		made := w.make("AWS::Lambda::LayerVersion", name, props{"LayerName": name, "Content": props{"S3Bucket": "b", "S3Key": name + ".zip"}})
		arns = append(arns, made.id())
	}
	if want := "arn:aws:lambda:ap-northeast-2:123456789012:layer:one:1"; arns[0] != want {
		t.Errorf("ARN %s, want %s", arns[0], want)
	}
	dir, err := w.layersOf(arns)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	if read("a.txt") != "two" || read("b/c.txt") != "c" {
		t.Errorf("files %q, %q", read("a.txt"), read("b/c.txt"))
	}
	if found := interpreters["python"](); found.err == nil && !strings.HasPrefix(read("bin/tool"), "#!"+found.path+"\nprint") {
		t.Errorf("script %q", read("bin/tool"))
	}
	if _, err := w.layersOf([]string{"arn:aws:lambda:us-east-1:1:layer:x:1"}); err == nil {
		t.Error("a layer that nobody made was found")
	}
}

// A version and an alias are the function itself.
func TestVersionsAndAliases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := w.make("AWS::IAM::Role", "Role", props{"AssumeRolePolicyDocument": props{"Version": "2012-10-17", "Statement": []any{props{"Effect": "Allow", "Principal": props{"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}}})
	function := w.make("AWS::Lambda::Function", "F", props{"FunctionName": "f", "Role": role.Attributes["Arn"], "Runtime": "ruby3.3", "Handler": "h", "Code": props{"ImageUri": "x"}, "PackageType": "Image"})
	version := w.make("AWS::Lambda::Version", "V", props{"FunctionName": function.id()})
	if want := function.Attributes["Arn"].(string) + ":1"; version.id() != want || version.Attributes["Version"] != "1" {
		t.Errorf("version %s %v, want %s", version.id(), version.Attributes, want)
	}
	alias := w.make("AWS::Lambda::Alias", "A", props{"FunctionName": function.id(), "FunctionVersion": "1", "Name": "live"})
	for _, name := range []string{version.id(), alias.id(), "f:live", "f:1", "f"} {
		if _, err := w.Functions.Config(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	alias.delete()
	version.delete()
	for _, name := range []string{"f:live", "f:1", "f:2"} {
		if _, err := w.Functions.Config(name); err == nil {
			t.Errorf("%s is there", name)
		}
	}
}
