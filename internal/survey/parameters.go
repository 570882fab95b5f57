package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// parameters gives a template's parameters without a default some value: the first that is
// allowed, or one that their types or names ask for. It reports false for a template that
// needs what exists before: another stack's exports, a VPC, a bucket with code.
func parameters(path string) (args []string, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil || bytes.Contains(text, []byte("ImportValue")) {
		return nil, false
	}
	assembly, err := cfn.ReadAssembly(path)
	if err != nil {
		return nil, true // the lab says what is wrong with it
	}
	all := assembly.Stacks[0].ParametersWithoutDefault()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value, ok := value(name, all[name])
		if !ok {
			return nil, false
		}
		args = append(args, "-parameter", name+"="+value)
	}
	return args, true
}

// value is a value for a parameter.
func value(name string, definition map[string]any) (string, bool) {
	if allowed, _ := definition["AllowedValues"].([]any); len(allowed) > 0 {
		return fmt.Sprint(allowed[0]), true
	}
	typ, _ := definition["Type"].(string)
	lower := strings.ToLower(name)
	switch {
	case typ == "AWS::EC2::AvailabilityZone::Name":
		zone := "a"
		if n := strings.IndexAny(name, "23"); n >= 0 {
			zone = map[byte]string{'2': "b", '3': "c"}[name[n]]
		}
		return home + zone, true
	case typ == "List<AWS::EC2::AvailabilityZone::Name>":
		return home + "a," + home + "b," + home + "c", true
	case typ == "AWS::EC2::KeyPair::KeyName":
		return "key", true
	case strings.Contains(typ, "::"):
		return "", false
	case typ == "Number":
		if least, ok := definition["MinValue"]; ok {
			return fmt.Sprint(least), true
		}
		return "1", true
	case strings.Contains(lower, "password"):
		return "Passw0rd1234", true
	case strings.Contains(lower, "mail"):
		return "somebody@example.com", true
	case strings.Contains(lower, "ssh"), strings.Contains(lower, "cidr"):
		return "198.51.100.0/24", true
	case strings.Contains(lower, "bucket"), strings.Contains(lower, "vpc"), strings.Contains(lower, "subnet"), strings.Contains(lower, "arn"), strings.Contains(lower, "template"):
		return "", false
	}
	return "example1", true
}
