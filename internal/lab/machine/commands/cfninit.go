package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

func init() {
	register(runCfnInit, "cfn-init")
	register(runCfnGetMetadata, "cfn-get-metadata")
	register(runCfnHup, "cfn-hup")
}

// The logs of cfn-init.
const (
	cfnInitLog    = "/var/log/cfn-init.log"
	cfnInitCmdLog = "/var/log/cfn-init-cmd.log"
)

// initKey is the metadata key that cfn-init reads
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html).
const initKey = "AWS::CloudFormation::Init"

// cfnInit is one run of cfn-init.
type cfnInit struct {
	cloudFormation
	log io.Writer
	// authentication is AWS::CloudFormation::Authentication: what files and sources are
	// fetched with.
	authentication map[string]initAuthentication
	// changed are the files that were written and the packages that were installed, which
	// restart services.
	changedFiles, changedPackages map[string]bool
}

// runCfnInit reads the resource's metadata and does what they say, config by config
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-init.html).
func runCfnInit(ctx context.Context, p *Process) int {
	f := p.flags()
	f.status = 1
	o := f.cfn("s", "r")
	sets := f.text("c", "configsets", "")
	f.toggle("v", "")
	f.toggle("", "verbose")
	f.toggle("", "resume")
	words, status := f.parse()
	if status != 0 {
		return status
	}
	switch {
	case len(words) > 0:
		return p.Fail(1, "Error: the lab reads metadata from a stack alone, not from %q", words[0])
	case o.stack.text == "":
		return p.Fail(1, "Error: You must specify a stack name")
	case o.resource.text == "":
		return p.Fail(1, "Error: You must specify a logical resource ID")
	}
	log, err := p.Files.Open(cfnInitLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return p.Fail(1, "cfn-init: %s", reason(err))
	}
	defer log.Close()
	c := &cfnInit{cloudFormation: p.cloudFormation(o), log: log, changedFiles: map[string]bool{}, changedPackages: map[string]bool{}}
	metadata, err := c.metadata(ctx)
	if err == nil {
		err = c.build(ctx, metadata, sets.text)
	}
	if err != nil {
		c.tell("ERROR", "Error encountered during build: %v", err)
		return p.Fail(1, "Error occurred during build: %v", err)
	}
	return 0
}

// tell writes a line to the log.
func (c *cfnInit) tell(level, format string, args ...any) {
	fmt.Fprintf(c.log, "%s [%s] %s\n", c.Clock.Now().UTC().Format("2006-01-02 15:04:05,000"), level, fmt.Sprintf(format, args...))
}

// metadata are the resource's.
func (c cloudFormation) metadata(ctx context.Context) (map[string]json.RawMessage, error) {
	var answer struct {
		Metadata string `xml:"DescribeStackResourceResult>StackResourceDetail>Metadata"`
	}
	if err := c.call(ctx, "DescribeStackResource", nil, &answer); err != nil {
		return nil, err
	}
	var out map[string]json.RawMessage
	if answer.Metadata != "" {
		if err := json.Unmarshal([]byte(answer.Metadata), &out); err != nil {
			return nil, fmt.Errorf("Could not parse metadata: %w", err)
		}
	}
	return out, nil
}

// build runs the configs that the sets name.
func (c *cfnInit) build(ctx context.Context, metadata map[string]json.RawMessage, sets string) error {
	var all map[string]json.RawMessage
	if text, ok := metadata[initKey]; !ok {
		return fmt.Errorf("No metadata found for %s under %s", c.resource.text, initKey)
	} else if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("%s: %w", initKey, err)
	}
	if text, ok := metadata["AWS::CloudFormation::Authentication"]; ok {
		if err := json.Unmarshal(text, &c.authentication); err != nil {
			return fmt.Errorf("AWS::CloudFormation::Authentication: %w", err)
		}
	}
	names, err := configs(all, sets)
	if err != nil {
		return err
	}
	for _, name := range names {
		var config initConfig
		text, ok := all[name]
		if !ok {
			return fmt.Errorf("Config %s is missing", name)
		}
		if err := json.Unmarshal(text, &config); err != nil {
			return fmt.Errorf("Config %s: %w", name, err)
		}
		c.tell("INFO", "Running config %s", name)
		if err := c.run(ctx, config); err != nil {
			return err
		}
	}
	c.tell("INFO", "ConfigSets completed")
	return nil
}

// configs are the names of the configs in the sets, in order: those of the set "default",
// or the config "config", where none is named.
func configs(all map[string]json.RawMessage, sets string) ([]string, error) {
	var defined map[string]json.RawMessage
	if text, ok := all["configSets"]; ok {
		if err := json.Unmarshal(text, &defined); err != nil {
			return nil, fmt.Errorf("configSets: %w", err)
		}
	}
	if sets == "" {
		sets = "default"
	}
	if _, ok := defined["default"]; !ok && sets == "default" {
		return []string{"config"}, nil
	}
	var out []string
	var add func(set string, within []string) error
	add = func(set string, within []string) error {
		if slices.Contains(within, set) {
			return fmt.Errorf("Circular ConfigSet reference: %s", strings.Join(append(within, set), " -> "))
		}
		text, ok := defined[set]
		if !ok {
			return fmt.Errorf("ConfigSet not found: %s", set)
		}
		var members []json.RawMessage
		if json.Unmarshal(text, &members) != nil {
			members = []json.RawMessage{text}
		}
		for _, member := range members {
			var name string
			var other struct{ ConfigSet string }
			if json.Unmarshal(member, &name) == nil {
				out = append(out, name)
			} else if err := json.Unmarshal(member, &other); err != nil || other.ConfigSet == "" {
				return fmt.Errorf("ConfigSet %s: %s is neither the name of a config nor a ConfigSet", set, member)
			} else if err := add(other.ConfigSet, append(within, set)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, set := range strings.Split(sets, ",") {
		if err := add(strings.TrimSpace(set), nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// initConfig is a config of [initKey].
type initConfig struct {
	Packages map[string]map[string]json.RawMessage
	Groups   map[string]json.RawMessage
	Users    map[string]json.RawMessage
	Sources  map[string]string
	Files    map[string]initFile
	Commands map[string]initCommand
	Services map[string]map[string]initService
}

// run does what a config says, in the order of the documentation: packages, groups, users,
// sources, files, commands, services.
func (c *cfnInit) run(ctx context.Context, config initConfig) error {
	for _, manager := range slices.Sorted(maps.Keys(config.Packages)) {
		if err := c.install(ctx, manager, slices.Sorted(maps.Keys(config.Packages[manager]))); err != nil {
			return err
		}
	}
	for _, group := range slices.Sorted(maps.Keys(config.Groups)) {
		c.tell("INFO", "Created group %s: the lab's machines have no owners of files", group)
	}
	for _, user := range slices.Sorted(maps.Keys(config.Users)) {
		c.tell("INFO", "Created user %s: the lab's machines have no owners of files", user)
	}
	for _, folder := range slices.Sorted(maps.Keys(config.Sources)) {
		if err := c.unpack(ctx, folder, config.Sources[folder]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(config.Files)) {
		if err := c.write(ctx, name, config.Files[name]); err != nil {
			return fmt.Errorf("file %s: %w", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(config.Commands)) {
		if err := c.command(ctx, name, config.Commands[name]); err != nil {
			return err
		}
	}
	for _, manager := range slices.Sorted(maps.Keys(config.Services)) {
		for _, name := range slices.Sorted(maps.Keys(config.Services[manager])) {
			if err := c.service(ctx, manager, name, config.Services[manager][name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// runCfnGetMetadata prints a resource's metadata
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-get-metadata.html).
func runCfnGetMetadata(ctx context.Context, p *Process) int {
	f := p.flags()
	f.status = 1
	o := f.cfn("s", "r")
	key := f.text("k", "key", "")
	if _, status := f.parse(); status != 0 {
		return status
	}
	metadata, err := p.cloudFormation(o).metadata(ctx)
	if err != nil {
		return p.Fail(1, "Error: %v", err)
	}
	var value any = metadata
	if key.text != "" {
		text, ok := metadata[key.text]
		if !ok {
			return p.Fail(1, "No value at key %s", key.text)
		}
		value = text
	}
	text, err := json.MarshalIndent(value, "", "    ")
	if err != nil {
		return p.Fail(1, "Error: %v", err)
	}
	fmt.Fprintf(p.Out, "%s\n", text)
	return 0
}

// runCfnHup is the daemon that runs hooks when metadata change. The lab's does not look
// for changes, and says so.
func runCfnHup(_ context.Context, p *Process) int {
	return p.Fail(0, "cfn-hup: the lab does not look for changes of metadata: no hook runs")
}

// ensureFolder makes the folder of a file.
func (p *Process) ensureFolder(file string) error { return p.Files.Mkdir(path.Dir(p.path(file)), true) }
