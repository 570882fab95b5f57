package route53_test

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/route53"
)

func TestRoutingPolicies(t *testing.T) {
	t.Parallel()
	one, three, zero := 1, 3, 0
	set := func(id string, address string, r route53.Routing) route53.RecordSet {
		r.SetIdentifier = id
		return route53.RecordSet{Zone: "Z1", Name: "app.internal.test", Type: "A", Records: []string{address}, Routing: r}
	}
	for name, test := range map[string]struct {
		sets []route53.RecordSet
		want string // of eight queries, sorted
	}{
		"weighted":        {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Weight: &one}), set("b", "10.0.0.2", route53.Routing{Weight: &three}), set("c", "10.0.0.3", route53.Routing{Weight: &zero})}, "2×10.0.0.1 6×10.0.0.2"},
		"without weights": {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Weight: &zero}), set("b", "10.0.0.2", route53.Routing{Weight: &zero})}, "4×10.0.0.1 4×10.0.0.2"},
		"latency":         {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Region: "eu-west-1"}), set("b", "10.0.0.2", route53.Routing{Region: "ap-northeast-2"})}, "8×10.0.0.2"},
		"failover":        {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Failover: "SECONDARY"}), set("b", "10.0.0.2", route53.Routing{Failover: "PRIMARY"})}, "8×10.0.0.2"},
		"no primary":      {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Failover: "SECONDARY"}), {Zone: "Z1", Name: "app.internal.test", Type: "A", Alias: "gone.internal.test", Routing: route53.Routing{SetIdentifier: "b", Failover: "PRIMARY"}}}, "8×10.0.0.1"},
		"several values":  {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{MultiValue: true}), set("b", "10.0.0.2", route53.Routing{MultiValue: true})}, "8×10.0.0.1 10.0.0.2"},
		"geography":       {[]route53.RecordSet{set("a", "10.0.0.1", route53.Routing{Geography: true}), set("b", "10.0.0.2", route53.Routing{Geography: true, Default: true})}, "8×10.0.0.2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Must(f.names.CreateZone(route53.HostedZone{ID: "Z1", Name: "internal.test", VPCs: []string{"vpc-my"}}))
			for _, s := range test.sets {
				f.Must(f.names.PutRecords(s, false))
			}
			client := f.AddHost("client", "my-a")
			counts := map[string]int{}
			for range 8 {
				_, answer, _ := strings.Cut(f.Lookup(client, "app.internal.test"), " ")
				counts[answer]++
			}
			var got []string
			for answer, n := range counts {
				got = append(got, string(rune('0'+n))+"×"+answer)
			}
			slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("%s, want %s", text, test.want)
			}
			for _, s := range test.sets {
				f.Must(f.names.DeleteRecords("Z1", s.Name, "A", s.Routing.SetIdentifier))
			}
			f.Must(f.names.DeleteZone("Z1"))
		})
	}
}

func TestRoutingThatIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one := 1
	f.Must(f.names.CreateZone(route53.HostedZone{ID: "Z1", Name: "internal.test", VPCs: []string{"vpc-my"}}))
	put := func(r route53.Routing, replace bool) error {
		return f.names.PutRecords(route53.RecordSet{Zone: "Z1", Name: "app.internal.test", Type: "A", Records: []string{"10.0.0.1"}, Routing: r}, replace)
	}
	f.Must(put(route53.Routing{SetIdentifier: "a", Weight: &one}, false))
	f.Must(put(route53.Routing{SetIdentifier: "a", Weight: &one}, true))
	for want, err := range map[string]error{
		"but it already exists":                     put(route53.Routing{SetIdentifier: "a", Weight: &one}, false),
		"another routing policy":                    put(route53.Routing{SetIdentifier: "b", Region: "eu-west-1"}, false),
		"without a routing policy":                  put(route53.Routing{SetIdentifier: "b"}, false),
		"SetIdentifier is needed":                   put(route53.Routing{Weight: &one}, false),
		"Tried to create resource record set [name": put(route53.Routing{}, true),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
