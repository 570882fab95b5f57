package mutation

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/test/assembled"
)

// tableFile has the table of all mutants for people.
const tableFile = "../../docs/mutants.md"

// TestTable holds the table in the documentation against the golden files. With -update it
// writes it.
func TestTable(t *testing.T) {
	t.Parallel()
	got := table(t)
	if *update {
		if err := os.WriteFile(tableFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the golden files say: run go test ./test/mutation -run TestTable -update, and read the difference", tableFile)
	}
}

// tableHead says what the table is.
const tableHead = `# What becomes of the mutants

Made by ` + "`go test ./test/mutation -run TestTable -update`" + ` from what was deployed in the lab
([test/mutation](../test/mutation)). Each mutant is a scenario's template with something removed, turned or pointed
elsewhere, or with something added: before the proof, while it runs, after it, or by an update of the running stack, with
or without the app's knowledge. Pairs have two such edits, at their creation and by an update; the pairs are a sample.
Each edit is deployed once more without its proof, and the oracle finds out by packets whether somebody can do more than
declared.

- **killed**: worse than declared, and it does not deploy.
- **harmful**: worse than declared, and it deploys.
- **harmless**: not worse, and it deploys.
- **strict**: not worse, and it does not deploy.
- **guarded**: the proof itself, or what measures for it, was changed, and it does not deploy. The oracle is not asked.
- **invalid**: the template is none, or does not deploy without a proof either.
`

// table is the text of the table, with the reasons for what is harmful or strict.
func table(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(tableHead)
	counts := map[Class]map[string]int{Harmful: {}, Strict: {}}
	for _, id := range assembled.Scenarios {
		r := report{}
		for name, line := range read(t, goldenFile(id)) {
			class := classOf(line)
			r.count(name, class)
			if counts[class] != nil {
				e, _ := explain(id, class, name)
				counts[class][e.Why]++
			}
		}
		for name, line := range read(t, pairsFile(id)) {
			class := classOf(line)
			r.add("pairs", class)
			if e, own := explain(id, class, name); own && counts[class] != nil {
				counts[class][e.Why]++
			} else if _, half, because := strings.Cut(line, reasonMark); because {
				half, _, _ = strings.Cut(half, "; ")
				e, _ := explain(id, class, half)
				counts[class][cmp.Or(e.Why, "a pair: one half of it alone does not deploy either")]++
			}
		}
		fmt.Fprintf(&b, "\n## %s\n\n|  |", id)
		for _, c := range Classes {
			fmt.Fprintf(&b, " %s |", strings.ToLower(string(c)))
		}
		b.WriteString("\n|---|" + strings.Repeat("--:|", len(Classes)))
		sum := map[Class]int{}
		for _, kind := range append(slices.Clone(kinds), "pairs") {
			fmt.Fprintf(&b, "\n| %s |", kindTitle(kind))
			for _, c := range Classes {
				fmt.Fprintf(&b, " %d |", r[kind][c])
				sum[c] += r[kind][c]
			}
		}
		b.WriteString("\n| **all** |")
		for _, c := range Classes {
			fmt.Fprintf(&b, " **%d** |", sum[c])
		}
		b.WriteString("\n")
	}
	for _, part := range []struct {
		title string
		class Class
	}{{"Why some deploy that are worse than declared", Harmful}, {"Why some are refused that are not", Strict}} {
		fmt.Fprintf(&b, "\n## %s\n\n| mutants | why |\n|--:|---|\n", part.title)
		for _, why := range ordered(counts[part.class]) {
			fmt.Fprintf(&b, "| %d | %s |\n", counts[part.class][why], why)
		}
	}
	return b.String()
}

// kindTitle is a kind of mutants for people.
func kindTitle(kind string) string {
	if slices.Contains(Whens, When(kind)) {
		return "add, " + kind
	}
	return kind
}

// ordered are the keys, those with the greatest counts first.
func ordered(counts map[string]int) []string {
	var keys []string
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return keys
}
