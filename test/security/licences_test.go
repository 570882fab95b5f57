package security

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the list of dependencies instead of comparing with it")

const dependencies = "../../docs/dependencies.md"

// The list of dependencies is true. After a change of go.mod:
//
//	go test ./test/security -run Dependencies -update
func TestDependencies(t *testing.T) {
	t.Parallel()
	list, err := modules()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(dependencies)
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := cutTable(string(data))
	if !found {
		t.Fatalf("%s has no table of modules", dependencies)
	}
	want := before + table(list) + after
	if *update {
		if err := os.WriteFile(dependencies, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("%s is not true any more; go test ./test/security -run Dependencies -update (-want +got):\n%s", dependencies, diff)
	}
}

// cutTable finds the text before and after the table of modules.
func cutTable(text string) (before, after string, found bool) {
	before, table, found := strings.Cut(text, "| Module |")
	if end := strings.Index(table, "\n\n"); end >= 0 {
		after = table[end+1:]
	}
	return before, after, found
}

// What goes to AWS stays small: the functions link no CDK and nothing of the lab.
func TestFunctionsLinkLittle(t *testing.T) {
	t.Parallel()
	list, err := modules()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{
		"github.com/aws/aws-lambda-go", "github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go",
		"github.com/miekg/dns", "golang.org/x/",
	}
	for _, m := range list {
		known := slices.ContainsFunc(allowed, func(prefix string) bool { return strings.HasPrefix(m.path, prefix) })
		if (m.in["prober"] || m.in["verifier"]) && !known {
			t.Errorf("a function links %s", m.path)
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	const bsd = "Redistribution and use in source and\n binary forms, with or without modification"
	for text, want := range map[string][]string{
		"Apache License\n  Version 2.0, January 2004": {"Apache-2.0"},
		bsd: {"BSD-2-Clause"},
		bsd + " … Neither the name of Google Inc. nor":                                                                                              {"BSD-3-Clause"},
		"Permission is hereby granted, free of charge, to any person obtaining a copy of":                                                           {"MIT-0"},
		"Permission is hereby granted, free of charge, to any person obtaining a copy … and this permission notice shall be included in all copies": {"MIT"},
		"Apache License Version 2.0, January 2004 … " + bsd:                                                                                         {"Apache-2.0", "BSD-2-Clause"},
		"GNU GENERAL PUBLIC LICENSE Version 3, or Apache License Version 2.0, January 2004":                                                         nil,
		"All rights reserved.": nil,
	} {
		if diff := cmp.Diff(want, identify(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
