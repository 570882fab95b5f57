package main

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of outcomes.
const (
	deployed   = "deployed"
	inert      = "inert"   // deployed, and parts of it do nothing
	refused    = "refused" // before anything was created
	failed     = "failed"
	unreadable = "unreadable" // the assembly lacks files
	elsewhere  = "elsewhere"  // it needs what exists before; not counted
)

// outcome is what became of one assembly or template.
type outcome struct {
	Repository, Commit, Path string
	Kind                     string
	// Inert are the types that do nothing.
	Inert []string
	// Findings are why it is refused or failed.
	Findings []string
}

// why is the outcome's reason in one line.
func (o outcome) why() string {
	switch {
	case o.Kind == inert:
		return strings.Join(o.Inert, ", ")
	case len(o.Findings) == 0:
		return ""
	}
	first, _, _ := strings.Cut(o.Findings[0], "\n")
	if len(o.Findings) > 1 {
		return fmt.Sprintf("%s (and %d more)", first, len(o.Findings)-1)
	}
	return first
}

// result is the part of the lab's JSON document that is used here.
type result struct {
	OK     bool
	Left   string
	Stacks []struct {
		ID, Status, Reason string
		Refused            []string
		Inert              []struct{ Type string }
	}
}

func (r result) outcome() outcome {
	var o outcome
	for _, s := range r.Stacks {
		for _, i := range s.Inert {
			if !slices.Contains(o.Inert, i.Type) {
				o.Inert = append(o.Inert, i.Type)
			}
		}
		switch {
		case len(s.Refused) > 0:
			o.Kind = refused
			for _, f := range s.Refused {
				if !slices.Contains(o.Findings, f) {
					o.Findings = append(o.Findings, f)
				}
			}
		case s.Reason != "" && o.Kind == "":
			o.Kind = failed
			o.Findings = append(o.Findings, strings.ReplaceAll(s.Reason, "\n", " "))
		}
	}
	slices.Sort(o.Inert)
	switch {
	case o.Kind != "":
	case !r.OK:
		o.Kind, o.Findings = failed, []string{r.Left}
	case len(o.Inert) > 0:
		o.Kind = inert
	default:
		o.Kind = deployed
	}
	return o
}

// listFindings lists all findings, for who wants to know what blocks most.
func listFindings(all []outcome) string {
	var b strings.Builder
	for _, o := range all {
		for _, f := range o.Findings {
			fmt.Fprintf(&b, "%s\t%s\t%s\n", o.Kind, o.Path, strings.ReplaceAll(f, "\n", " "))
		}
	}
	return b.String()
}

// write writes the table.
func write(all []outcome, beyond bool) string {
	count := map[string]int{}
	for _, o := range all {
		count[o.Kind]++
	}
	var b strings.Builder
	title, flag := "Public applications and templates in the lab", ""
	if beyond {
		title, flag = "Public applications without a VPC in the lab", " -beyond"
	}
	fmt.Fprintf(&b, `# %s

Written by `+"`go run ./internal/survey%s -clones DIR`"+`, which says what is in it and why. Nothing of
these repositories is part of this project.

| outcome | number |
|---|---|
| deployed, and every part of it does what it says | %d |
| deployed; parts do nothing here, and the lab lists them | %d |
| refused before anything was created | %d |
| failed | %d |
| not readable: the repository leaves files of the assembly out | %d |
| all | %d |
`, title, flag, count[deployed], count[inert], count[refused], count[failed], count[unreadable], len(all))
	var at string
	for _, o := range all {
		if here := o.Repository + "@" + o.Commit; here != at {
			at = here
			fmt.Fprintf(&b, "\n## %s\n\n| assembly or template | outcome | inert parts, or the reason |\n|---|---|---|\n", at)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name(o.Path), o.Kind, escape(o.why()))
	}
	return b.String()
}

// name leaves out what all paths have.
func name(path string) string {
	path = strings.TrimSuffix(path, ".js.snapshot")
	for _, prefix := range []string{"packages/@aws-cdk-testing/framework-integ/test/", "source/patterns/@aws-solutions-constructs/"} {
		path = strings.TrimPrefix(path, prefix)
	}
	return path
}

// escape makes a text one cell of a table.
func escape(text string) string {
	text = strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;").Replace(text)
	const most = 200
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}
