package proof

import (
	"fmt"
	"slices"
	"testing"

	"github.com/miekg/dns"
)

func TestRead(t *testing.T) {
	t.Parallel()
	// chain is so many aliases, one leading to the next, and what stands at its end.
	chain := func(aliases int, end ...string) []string {
		records := []string{}
		for i := range aliases {
			records = append(records, fmt.Sprintf("%s 60 IN CNAME n%d.", name(i), i+1))
		}
		for _, text := range end {
			records = append(records, fmt.Sprintf("%s 60 IN %s", name(aliases), text))
		}
		return records
	}
	tests := map[string]struct {
		records []string
		rcode   int
		want    []string
		err     string
		final   bool // whether an error settles the question
	}{
		"an address":                     {records: []string{"a.example. 60 IN A 10.0.0.1"}, want: []string{"10.0.0.1"}},
		"an address of another kind":     {records: []string{"a.example. 60 IN AAAA ::1"}},
		"an address of another class":    {records: []string{"a.example. 60 CH A 10.0.0.1"}},
		"nothing":                        {},
		"an address beside an alias":     {records: []string{"a.example. 60 IN A 10.0.0.1", "a.example. 60 IN CNAME b.", "b. 60 IN A 10.0.0.2"}, want: []string{"10.0.0.1"}},
		"an alias of itself":             {records: []string{"a.example. 60 IN CNAME a.example."}},
		"aliases in a circle":            {records: []string{"a.example. 60 IN CNAME b.", "b. 60 IN CNAME a.example."}, err: "the name a.example has too many aliases", final: true},
		"as many aliases as may be":      {records: chain(maxAliases-1, "A 10.0.0.1"), want: []string{"10.0.0.1"}},
		"that many that lead to nothing": {records: chain(maxAliases - 1)},
		"one more":                       {records: chain(maxAliases, "A 10.0.0.1"), err: "the name a.example has too many aliases", final: true},
		"no such name":                   {rcode: dns.RcodeNameError, err: "the name a.example does not exist (NXDOMAIN)", final: true},
		"a resolver that cannot tell":    {rcode: dns.RcodeServerFailure, err: "the name a.example could not be resolved (SERVFAIL)"},
		"a code without a name":          {rcode: 4000, err: "the name a.example could not be resolved (code 4000)"},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			reply := &dns.Msg{MsgHdr: dns.MsgHdr{Rcode: test.rcode}}
			for _, text := range test.records {
				record, err := dns.NewRR(text)
				if err != nil {
					t.Fatal(err)
				}
				reply.Answer = append(reply.Answer, record)
			}
			got, final, err := readAddresses(reply, "a.example", dns.TypeA)
			if message := fmt.Sprint(err); err != nil && (message != test.err || final != test.final) || err == nil && test.err != "" {
				t.Errorf("got %v, final %t, want %q, final %t", err, final, test.err, test.final)
			}
			if !slices.Equal(got, addrs(test.want...)) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if maxAliases != 16 {
		t.Errorf("%d aliases are followed, want 16, as resolvers do", maxAliases)
	}
}

// name is the nth of a chain.
func name(n int) string {
	if n == 0 {
		return "a.example."
	}
	return fmt.Sprintf("n%d.", n)
}
