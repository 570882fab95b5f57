package cfn

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dag"
)

// Stack is a stack to deploy: a template with what belongs to it.
type Stack struct {
	// ID is the stack's id in the assembly, by which `cdk deploy` knows it.
	// Default: Name.
	ID string
	// Name is the stack's name. Required.
	Name string
	// Template is the template as JSON. Required.
	Template []byte
	// Parameters are values for the template's parameters. Default: their defaults.
	Parameters map[string]string
	// Fetched are values from Parameter Store that were fetched before, by the names of the
	// template's parameters, as a change set has them. Default: none; Deploy fetches them.
	Fetched map[string]any
	// Awaited are the names of the parameters in Parameter Store that other stacks of the same
	// deployment make. What names them is checked as far as that is possible without a value.
	Awaited map[string]bool
	// Assets maps S3 object keys to paths of files or directories.
	Assets map[string]string
	// Published are the assets as `cdk deploy` publishes them before it deploys the stack.
	Published []Asset
	// Dependencies are the ids of the stacks that must be deployed first.
	Dependencies []string
	// Region and Account are where the stack must be deployed. Empty: anywhere.
	Region, Account string
	// Source is the template as it was given, where that was not JSON. Default: Template.
	Source []byte
	// NoRollback leaves what a failed operation has made as it is.
	NoRollback bool
	// RetainExceptOnCreate deletes what a failed operation has made also where its
	// DeletionPolicy is Retain.
	RetainExceptOnCreate bool
	// Tags are the stack's, Role the ARN of the role that CloudFormation was given for
	// it. Nothing in the lab is decided by either.
	Tags map[string]string
	Role string
	// Findings are reasons to refuse the stack that were found in the assembly.
	Findings Findings
	// Existing are the VPCs that it uses and that exist before it.
	Existing []ExistingVPC
	// Notes are what was assumed of the stack, for people.
	Notes []string
}

// Asset is a file, or a folder that is zipped, in a bucket.
type Asset struct{ Bucket, Key, Path string }

// Empty reports whether the template has no resources. `cdk deploy` skips such a stack.
func (s Stack) Empty() bool {
	var t struct{ Resources map[string]any }
	return decodeJSON(s.Template, &t) == nil && len(t.Resources) == 0
}

// ParameterNames returns the names of the template's parameters, sorted.
func (s Stack) ParameterNames() []string {
	var t struct{ Parameters map[string]any }
	_ = decodeJSON(s.Template, &t) // a broken template has none
	return sortedKeys(t.Parameters)
}

// ParametersWithoutDefault returns the template's parameters that need a value, with
// what the template says of them.
func (s Stack) ParametersWithoutDefault() map[string]map[string]any {
	t, _ := parseTemplate(s.Template, s.Parameters) // what is wrong with it is found when it is deployed
	maps.DeleteFunc(t.parameters, func(_ string, definition map[string]any) bool {
		_, ok := definition["Default"]
		return ok
	})
	return t.parameters
}

// Assembly is a cloud assembly: what `cdk synth` leaves in its output directory.
type Assembly struct {
	// Stacks are the stacks, those of nested assemblies (stages) included, each
	// after the stacks that it depends on, otherwise in the order of their ids.
	Stacks []Stack
}

// Stack returns the stack with this id or name.
func (a Assembly) Stack(name string) (Stack, bool) {
	for _, match := range []func(Stack) bool{
		func(s Stack) bool { return s.ID == name },
		func(s Stack) bool { return s.Name == name },
	} {
		if i := slices.IndexFunc(a.Stacks, match); i >= 0 {
			return a.Stacks[i], true
		}
	}
	return Stack{}, false
}

// manifest is the part of manifest.json that is used here. The schema is that of
// github.com/aws/aws-cdk-cli, packages/@aws-cdk/cloud-assembly-schema.
type manifest struct {
	Version   string              `json:"version"`
	Artifacts map[string]artifact `json:"artifacts"`
	Missing   []missingContext    `json:"missing"`
}

type artifact struct {
	Type         string   `json:"type"`
	DisplayName  string   `json:"displayName"`
	Dependencies []string `json:"dependencies"`
	// Environment is aws://ACCOUNT/REGION.
	Environment string `json:"environment"`
	Properties  struct {
		TemplateFile  string            `json:"templateFile"`
		StackName     string            `json:"stackName"`
		Parameters    map[string]string `json:"parameters"`
		File          string            `json:"file"`
		DirectoryName string            `json:"directoryName"`
	} `json:"properties"`
}

// assetManifest is the part of STACK.assets.json that is used here.
type assetManifest struct {
	Files map[string]struct {
		Source struct {
			Path       string   `json:"path"`
			Packaging  string   `json:"packaging"`
			Executable []string `json:"executable"`
		} `json:"source"`
		Destinations map[string]struct {
			BucketName string `json:"bucketName"`
			ObjectKey  string `json:"objectKey"`
		} `json:"destinations"`
	} `json:"files"`
	// Container images are no findings: what would run them says that it does not.
}

// ReadAssembly reads the cloud assembly in dir, or the one template that the file dir
// is, in JSON or YAML. Errors are one line and name the file that is missing or broken.
func ReadAssembly(dir string) (Assembly, error) {
	if info, err := os.Stat(dir); err == nil && info.Mode().IsRegular() {
		return readTemplate(dir)
	}
	stacks, err := readStacks(dir, nil)
	if err != nil {
		return Assembly{}, err
	}
	if len(stacks) == 0 {
		return Assembly{}, fmt.Errorf("assembly %s has no stacks", dir)
	}
	if err := addExisting(dir, stacks); err != nil {
		return Assembly{}, err
	}
	ids, deps, byID := make([]string, len(stacks)), map[string][]string{}, map[string]Stack{}
	names := map[[3]string]string{}
	for i, s := range stacks {
		if _, dup := byID[s.ID]; dup {
			return Assembly{}, fmt.Errorf("assembly %s has two stacks with the id %s", dir, s.ID)
		}
		place := [3]string{s.Name, s.Region, s.Account}
		if other, dup := names[place]; dup {
			return Assembly{}, fmt.Errorf("assembly %s has two stacks with the name %s: %s and %s", dir, s.Name, other, s.ID)
		}
		names[place] = s.ID
		ids[i], byID[s.ID], deps[s.ID] = s.ID, s, s.Dependencies
	}
	graph, err := dag.New(ids, deps)
	if err != nil {
		return Assembly{}, fmt.Errorf("assembly %s: %w", dir, err)
	}
	var a Assembly
	for _, id := range graph.Order() {
		a.Stacks = append(a.Stacks, byID[id])
	}
	return a, nil
}

// notInNames is what a stack's name cannot hold
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html).
var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// readTemplate makes an assembly of a template's file. The stack is named after it.
func readTemplate(path string) (Assembly, error) {
	text, err := readFile(path)
	if err != nil {
		return Assembly{}, err
	}
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	name = strings.Trim(notInNames.ReplaceAllString(name, "-"), "-")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "Stack-" + name
	}
	s := Stack{ID: name, Name: name, Assets: map[string]string{}}
	if s.Template, err = TemplateJSON(text); err != nil {
		return Assembly{}, fmt.Errorf("%s is not a template: %w", path, err)
	}
	return Assembly{Stacks: []Stack{s}}, nil
}

// readStacks reads one assembly and those nested in it; seen are the
// directories on the way here.
func readStacks(dir string, seen []string) ([]Stack, error) {
	dir = filepath.Clean(dir)
	if slices.Contains(seen, dir) {
		return nil, fmt.Errorf("assembly %s contains itself", dir)
	}
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	if err := readJSON(file, &m); err != nil {
		return nil, err
	}
	if m.Version == "" {
		return nil, fmt.Errorf("%s is not a cloud assembly: it has no version", file)
	}
	var stacks []Stack
	for _, id := range sortedKeys(m.Artifacts) {
		a := m.Artifacts[id]
		switch a.Type {
		case "aws:cloudformation:stack":
			s, err := readStack(dir, file, id, m)
			if err != nil {
				return nil, err
			}
			s.fillZones(m.Missing)
			stacks = append(stacks, s)
		case "cdk:cloud-assembly":
			if a.Properties.DirectoryName == "" {
				return nil, fmt.Errorf("%s: nested assembly %s has no directoryName", file, id)
			}
			nested, err := readStacks(filepath.Join(dir, a.Properties.DirectoryName), append(seen, dir))
			if err != nil {
				return nil, err
			}
			stacks = append(stacks, nested...)
		}
	}
	return stacks, contextError(dir, m.Missing)
}

func readStack(dir, file, id string, m manifest) (Stack, error) {
	a := m.Artifacts[id]
	s := Stack{ID: id, Name: a.Properties.StackName, Parameters: a.Properties.Parameters, Assets: map[string]string{}}
	if s.Name == "" {
		s.Name = id
	}
	// Within a stage the artifact id contains a hash. People and `cdk deploy` use
	// the display name, which the stack's name may follow.
	if name, _, _ := strings.Cut(a.DisplayName, " "); name != "" {
		s.ID = name
	}
	var err error
	if s.Account, s.Region, err = environment(a.Environment); err != nil {
		return s, fmt.Errorf("%s: stack %s: %w", file, id, err)
	}
	if a.Properties.TemplateFile == "" {
		return s, fmt.Errorf("%s: stack %s has no templateFile", file, id)
	}
	path := filepath.Join(dir, a.Properties.TemplateFile)
	if s.Template, err = readFile(path); err != nil {
		return s, err
	}
	var any map[string]any
	if err := decodeJSON(s.Template, &any); err != nil {
		return s, fmt.Errorf("%s is not a JSON object: %w", path, err)
	}
	for _, dep := range a.Dependencies {
		d, ok := m.Artifacts[dep]
		switch {
		case !ok:
			return s, fmt.Errorf("%s: stack %s depends on %s, which is not in the manifest", file, id, dep)
		case d.Type == "cdk:asset-manifest":
			if err := s.readAssets(dir, d.Properties.File); err != nil {
				return s, err
			}
		case d.Type == "aws:cloudformation:stack":
			name, _, _ := strings.Cut(d.DisplayName, " ")
			if name == "" {
				name = dep
			}
			s.Dependencies = append(s.Dependencies, name)
		}
	}
	return s, nil
}

// readAssets adds the assets of an asset manifest. Relative paths start at the
// manifest's directory.
func (s *Stack) readAssets(dir, name string) error {
	path := filepath.Join(dir, name)
	var m assetManifest
	if err := readJSON(path, &m); err != nil {
		return err
	}
	for _, hash := range sortedKeys(m.Files) {
		f := m.Files[hash]
		if len(f.Source.Executable) > 0 {
			s.Findings = append(s.Findings, fmt.Sprintf("asset %s is made by an executable, which is not supported", hash))
			continue
		}
		if f.Source.Path == "" {
			return fmt.Errorf("%s: asset %s has no path", path, hash)
		}
		source := f.Source.Path
		if !filepath.IsAbs(source) {
			source = filepath.Join(dir, source)
		}
		if _, err := os.Stat(source); err != nil {
			return fmt.Errorf("%s: asset %s is missing: %w", path, hash, withoutPath(err))
		}
		for _, d := range f.Destinations {
			s.Assets[d.ObjectKey] = source
			if d.BucketName != "" { // assemblies of CDK before 2.0 name none
				s.Published = append(s.Published, Asset{d.BucketName, d.ObjectKey, source})
			}
		}
	}
	return nil
}

func readJSON(path string, into any) error {
	data, err := readFile(path)
	if err != nil {
		return err
	}
	if err := decodeJSON(data, into); err != nil {
		return fmt.Errorf("%s is not valid: %w", path, err)
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, withoutPath(err))
	}
	return data, nil
}

// withoutPath strips the path, which the messages name already.
func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
