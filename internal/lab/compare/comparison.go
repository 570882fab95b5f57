package compare

import (
	"fmt"
	"strings"
	"time"

	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/latency"
)

// Comparison is a stack's creation in both places. It is what is sent in.
type Comparison struct {
	Stack string
	// SameTemplate reports whether AWS has the template that the lab deployed.
	SameTemplate bool
	AWS, Lab     Course
	Claims       []ClaimPair
	Durations    []DurationPair
}

// ClaimPair is a claim in both places; an empty state is one that is missing there.
type ClaimPair struct {
	Proof, ID, Kind      string
	AWS, Lab             string
	AWSRounds, LabRounds int
	// Differ reports whether the states are not the same.
	Differ bool
}

// DurationPair is how long a resource took in both places, in seconds, until it was
// stable; 0 where it was not.
type DurationPair struct {
	LogicalID, Type string
	AWS, Lab        float64
	// Least and Most are the bounds that the lab's table has for it, with the time that
	// CloudFormation takes itself; both 0: it has none. Source is the table's.
	Least, Most float64 `json:",omitempty"`
	Source      string  `json:",omitempty"`
	// Outside reports whether AWS's duration is not within the bounds: the table is wrong.
	Outside bool
}

// FromLab reads the course of a stack that the lab deployed.
func FromLab(s deployment.Stack, seed uint64) Course {
	var texts []string
	for _, l := range s.Logs {
		texts = append(texts, l.Text)
	}
	return courseOf(fmt.Sprintf("the lab, seed %d", seed), fromLab(s.Events), strings.Join(texts, "\n"))
}

// Of compares two courses of a stack.
func Of(stack string, same bool, onAWS, inLab Course) Comparison {
	return Comparison{
		Stack: stack, SameTemplate: same, AWS: onAWS, Lab: inLab,
		Claims: claims(onAWS, inLab), Durations: durations(onAWS, inLab),
	}
}

func claims(onAWS, inLab Course) []ClaimPair {
	type key struct{ proof, id string }
	at := map[key]int{}
	var out []ClaimPair
	pair := func(c Claim) *ClaimPair {
		k := key{c.Proof, c.ID}
		if _, known := at[k]; !known {
			at[k] = len(out)
			out = append(out, ClaimPair{Proof: c.Proof, ID: c.ID, Kind: c.Kind})
		}
		return &out[at[k]]
	}
	for _, c := range onAWS.Claims {
		p := pair(c)
		p.AWS, p.AWSRounds = c.State, c.Rounds
	}
	for _, c := range inLab.Claims {
		p := pair(c)
		p.Lab, p.LabRounds = c.State, c.Rounds
	}
	for i := range out {
		out[i].Differ = out[i].AWS != out[i].Lab
	}
	return out
}

func durations(onAWS, inLab Course) []DurationPair {
	at := map[string]int{}
	var out []DurationPair
	for _, r := range onAWS.Resources {
		at[r.LogicalID] = len(out)
		out = append(out, DurationPair{LogicalID: r.LogicalID, Type: r.Type, AWS: r.Ended})
	}
	for _, r := range inLab.Resources {
		if _, known := at[r.LogicalID]; !known {
			at[r.LogicalID] = len(out)
			out = append(out, DurationPair{LogicalID: r.LogicalID, Type: r.Type})
		}
		out[at[r.LogicalID]].Lab = r.Ended
	}
	for i := range out {
		out[i].bound()
	}
	return out
}

// bound looks up what the lab's table says. Gateway endpoints have the type of
// interface endpoints and a row of their own.
func (d *DurationPair) bound() {
	row, known := latency.RowOf(latency.Stable(d.Type))
	if !known {
		return
	}
	least := row.Min
	if d.Type == "AWS::EC2::VPCEndpoint" {
		gateway, _ := latency.RowOf(latency.GatewayEndpointStable)
		least = gateway.Min
	}
	call, _ := latency.RowOf(latency.Call)
	d.Least, d.Most, d.Source = least.Seconds(), (max(row.Max, row.Rarely) + call.Max).Seconds(), row.Source
	d.Outside = d.AWS > 0 && (d.AWS < d.Least || d.AWS > d.Most)
}

// Differences counts claims whose states differ, and durations outside their bounds.
func (c Comparison) Differences() (claims, durations int) {
	for _, p := range c.Claims {
		if p.Differ {
			claims++
		}
	}
	for _, d := range c.Durations {
		if d.Outside {
			durations++
		}
	}
	return claims, durations
}

// Text is the comparison for people.
func (c Comparison) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in %s (%s), %s in %s (%s)\n", c.Stack,
		orNone(c.AWS.Status), short(c.AWS.Seconds), c.AWS.Place, orNone(c.Lab.Status), short(c.Lab.Seconds), c.Lab.Place)
	if !c.SameTemplate {
		b.WriteString("The template on AWS is not the one that the lab deployed: synthesize and deploy again to compare like with like.\n")
	}
	b.WriteString("\nClaims (state, rounds)\n")
	wide := 0
	for _, p := range c.Claims {
		wide = max(wide, len(p.ID))
	}
	for _, p := range c.Claims {
		fmt.Fprintf(&b, "  %s %-*s  AWS %-8s %3d  lab %-8s %3d\n", mark(p.Differ), wide, p.ID, orNone(p.AWS), p.AWSRounds, orNone(p.Lab), p.LabRounds)
	}
	b.WriteString("\nDurations until stable\n")
	wide = 0
	for _, d := range c.Durations {
		wide = max(wide, len(d.Type))
	}
	for _, d := range c.Durations {
		bounds := ""
		if d.Most > 0 {
			bounds = fmt.Sprintf("  table %s to %s", short(d.Least), short(d.Most))
		}
		fmt.Fprintf(&b, "  %s %-*s  AWS %7s  lab %7s%s  %s\n", mark(d.Outside), wide, d.Type, short(d.AWS), short(d.Lab), bounds, d.LogicalID)
	}
	claims, outside := c.Differences()
	fmt.Fprintf(&b, "\n%d of %d claims differ; %d of %d durations are outside the lab's table.\n", claims, len(c.Claims), outside, len(c.Durations))
	return b.String()
}

func mark(differs bool) string {
	if differs {
		return "!"
	}
	return " "
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func short(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}
