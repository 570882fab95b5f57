package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/lab/picture"
)

var update = flag.Bool("update", false, "write the golden files anew")

// large is a VPC with three zones, three tiers and twelve endpoints, each reached from the
// private subnets, and one of them not.
func large() picture.Model {
	zones := []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}
	services := []string{"s3", "dynamodb", "kms", "logs", "sqs", "sns", "ssm", "ssmmessages", "ec2messages", "secretsmanager", "ecr.api", "ecr.dkr"}
	v := picture.VPC{ID: "vpc", Name: "Production", Text: "10.20.0.0/16", Zones: zones}
	m := picture.Model{
		Name: "Platform", Summary: "71 of 72 claims hold, 1 refuted", Text: "Three zones, three tiers and twelve endpoints",
		Groups: []picture.Group{
			{ID: "endpoints", Name: "Endpoints", Text: "TCP 443 from 10.20.0.0/16"}, {ID: "probers", Name: "Probers", Text: "admits nothing"},
			{ID: "web", Name: "Web", Text: "TCP 443 from 0.0.0.0/0"}, {ID: "app", Name: "App", Text: "TCP 8080 from Web"}, {ID: "db", Name: "Database", Text: "TCP 5432 from App"},
		},
	}
	v.Edge = append(v.Edge, picture.Thing{ID: "igw", Kind: picture.Gateway, Name: "Internet gateway", Text: "Gateway"})
	m.Outside = append(m.Outside, picture.Thing{ID: "internet", Kind: picture.Internet, Name: "The internet", Text: "everybody", Beside: []string{"igw"}})
	for i, s := range services {
		kind := "interface, private DNS"
		if i < 2 {
			kind = "gateway endpoint"
		}
		v.Edge = append(v.Edge, picture.Thing{ID: "vpce-" + s, Kind: picture.Endpoint, Name: s, Text: kind})
		m.Outside = append(m.Outside, picture.Thing{ID: s, Kind: picture.Service, Name: s, Text: s + ".eu-central-1.amazonaws.com", Beside: []string{"vpce-" + s}})
	}
	for z, zone := range zones {
		for tier, name := range []string{"Public", "App", "Data"} {
			id := fmt.Sprintf("%s%d", name, z+1)
			sub := picture.Subnet{
				ID: id, Name: id, Zone: zone, Row: name, Text: fmt.Sprintf("10.20.%d.0/24", tier*16+z), Tier: []picture.Tier{picture.Public, picture.Private, picture.Isolated}[tier],
				Table: picture.Table{ID: "rtb-" + id, Name: id, Routes: []picture.Route{{Key: "local", Destination: "10.20.0.0/16", Target: "local"}}},
			}
			routes := &sub.Table.Routes
			add := func(kind picture.Kind, name, group string, host int) {
				var groups []string
				if group != "" {
					groups = []string{group}
				}
				sub.Things = append(sub.Things, picture.Thing{ID: name + id, Kind: kind, Name: name, Text: fmt.Sprintf("10.20.%d.%d", tier*16+z, host), Groups: groups})
			}
			switch tier {
			case 0:
				*routes = append(*routes, picture.Route{Key: "0", Destination: "0.0.0.0/0", Target: "internet gateway"})
				add(picture.NAT, "NAT", "", 4)
				add(picture.Balancer, "Web", "web", 5)
			case 1:
				*routes = append(*routes, picture.Route{Key: "0", Destination: "0.0.0.0/0", Target: "NAT gateway NAT" + id}, picture.Route{Key: "s3", Destination: "prefix list s3", Target: "endpoint s3"}, picture.Route{Key: "dynamodb", Destination: "prefix list dynamodb", Target: "endpoint dynamodb"})
				add(picture.Prober, "Prober "+id, "probers", 9)
				add(picture.Instance, "Server", "app", 10)
				for i, s := range services[2:] {
					add(picture.Endpoint, s, "endpoints", 20+i)
				}
			case 2:
				add(picture.Instance, "Database", "db", 7)
			}
			v.Subnets = append(v.Subnets, sub)
		}
	}
	for z := range zones {
		from := fmt.Sprintf("App%d", z+1)
		for i, s := range services {
			path := []picture.Hop{{ID: "Prober " + from + from, Name: "prober " + from}}
			if i < 2 {
				path = append(path, picture.Hop{ID: "rtb-" + from, Route: s, Name: "route prefix list " + s})
			} else {
				path = append(path, picture.Hop{ID: "rtb-" + from, Route: "local", Name: "route 10.20.0.0/16 to local"}, picture.Hop{ID: s + from, Name: s + " interface"})
			}
			path = append(path, picture.Hop{ID: "vpce-" + s, Name: "endpoint " + s}, picture.Hop{ID: s, Name: s + ".eu-central-1.amazonaws.com"})
			for _, what := range []string{"Secures", "CallAllowed"} {
				c := picture.Claim{ID: from + s + what, Name: from + strings.ToUpper(s) + what, State: picture.Holds, Paths: [][]picture.Hop{path}}
				if from == "App2" && s == "sqs" && what == "CallAllowed" {
					c.State, c.Paths, c.Stopped = picture.Refuted, [][]picture.Hop{path[:3]}, "security group Endpoints admits no TCP 443 from 10.20.17.9"
				}
				m.Claims = append(m.Claims, c)
			}
		}
	}
	m.Claims = append(m.Claims, picture.Claim{ID: "sole", Name: "Sole", State: picture.Holds, About: []string{"vpce-kms"}}, picture.Claim{ID: "last", Name: "Last", State: picture.Unproven})
	m.VPCs = []picture.VPC{v}
	return m
}

// hostile has names that no picture may fail at.
func hostile() picture.Model {
	long := strings.Repeat("long-", 200)
	return picture.Model{
		Name: "</title><script>alert(1)</script>" + long, Summary: long, Text: long + " & <b>\x00\x1b",
		Groups: []picture.Group{{ID: "g", Name: "]]>" + long, Text: long}},
		VPCs: []picture.VPC{{ID: "v", Name: long, Text: long, URL: "javascript:alert(1)", Zones: []string{long, ""}, Subnets: []picture.Subnet{
			{ID: "s", Name: "\"'><svg onload=alert(1)>", Text: long, Zone: "none of them", Things: []picture.Thing{{ID: "t", Name: long + "<", Text: long, Groups: []string{"g", "none"}}}, Table: picture.Table{ID: "r", Routes: []picture.Route{{Key: "k", Destination: long, Target: "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"}}}},
		}, Edge: []picture.Thing{{ID: "e", Kind: "a kind that nobody knows", Name: long}}}},
		Outside: []picture.Thing{{ID: "o", Name: long, Beside: []string{"none"}}},
		Claims: []picture.Claim{
			{ID: "\"><script>", Name: long, State: picture.Refuted, URL: "?a=1&b=\"2\"", Paths: [][]picture.Hop{{{ID: "t", Name: long}, {ID: "r", Route: "none"}, {ID: "none", Name: "<"}, {ID: "e"}, {ID: "o"}}, {{ID: "none"}}}, Stopped: long},
			{ID: "none", Name: "Nothing", State: picture.Holds, Paths: [][]picture.Hop{{{ID: "none"}}}},
			{ID: "alone", Name: "Alone", State: picture.Unproven, Paths: [][]picture.Hop{{{ID: "t"}}}, Stopped: "there"},
			{ID: "odd", Name: "Odd", State: "neither", About: []string{"none"}},
		},
	}
}

// The golden files show the layout; a change of it is seen in their difference.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]picture.Model{"large": large(), "hostile": hostile(), "empty": {Name: "Empty"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := picture.Draw(m, picture.Options{})
			file := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, got) {
				t.Errorf("%s differs; see the difference with -update", file)
			}
		})
	}
}

// A picture is XML, runs nothing, and has each id once.
func TestSafe(t *testing.T) {
	t.Parallel()
	for _, o := range []picture.Options{{}, {Inline: true, Claim: "alone"}} {
		for _, m := range []picture.Model{hostile(), large(), {}} {
			d := xml.NewDecoder(bytes.NewReader(picture.Draw(m, o)))
			ids := map[string]bool{}
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				e, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				if e.Name.Local == "script" {
					t.Error("a script")
				}
				for _, a := range e.Attr {
					switch {
					case strings.HasPrefix(a.Name.Local, "on"):
						t.Errorf("the attribute %s=%q", a.Name.Local, a.Value)
					case strings.Contains(a.Value, "NaN"), strings.Contains(a.Value, "Inf"):
						t.Errorf("the attribute %s=%q", a.Name.Local, a.Value)
					case a.Name.Local == "id" && ids[a.Value]:
						t.Errorf("the id %q is there twice", a.Value)
					case a.Name.Local == "id":
						ids[a.Value] = true
					}
				}
			}
		}
	}
}

// The same model gives the same bytes.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	first := picture.Draw(large(), picture.Options{})
	for range 5 {
		if !bytes.Equal(first, picture.Draw(large(), picture.Options{})) {
			t.Fatal("two pictures of one model differ")
		}
	}
}
