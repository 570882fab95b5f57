package cfn

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCriticalPath(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var events []Event
	at := func(seconds int, id string, status Status, detailed DetailedStatus) {
		events = append(events, Event{Time: start.Add(time.Duration(seconds) * time.Second), Stack: "S", StackID: "arn", LogicalID: id, PhysicalID: "p-" + id, Type: "T::" + id, Status: status, Detailed: detailed})
	}
	at(0, "Vpc", CreateInProgress, "")
	at(0, "Fast", CreateInProgress, "")
	at(5, "Fast", CreateComplete, "")
	at(10, "Vpc", CreateInProgress, ConfigurationComplete)
	at(10, "Subnet", CreateInProgress, "") // refers to the VPC
	at(12, "Subnet", CreateComplete, "")
	at(20, "Vpc", CreateComplete, "")
	at(20, "Host", CreateInProgress, "") // depends on the VPC, refers to the subnet
	at(50, "Host", CreateComplete, "")
	edges := []Edge{{From: "Subnet", To: "Vpc"}, {From: "Host", To: "Vpc", Explicit: true}, {From: "Host", To: "Subnet"}, {From: "Host", To: "Fast"}}
	second := time.Second
	want := []Span{{"Vpc", "T::Vpc", 0, 20 * second, 20 * second}, {"Host", "T::Host", 20 * second, 50 * second, 50 * second}}
	if diff := cmp.Diff(want, CriticalPath(events, edges, false)); diff != "" {
		t.Error(diff)
	}
	edges[1].Explicit = false // configured is enough: the subnet was later
	want = []Span{
		{"Vpc", "T::Vpc", 0, 10 * second, 20 * second}, {"Subnet", "T::Subnet", 10 * second, 12 * second, 12 * second},
		{"Host", "T::Host", 20 * second, 50 * second, 50 * second},
	}
	if diff := cmp.Diff(want, CriticalPath(events, edges, false)); diff != "" {
		t.Error(diff)
	}
	if got := CriticalPath(nil, edges, false); got != nil {
		t.Errorf("without events: %v", got)
	}

	events = nil
	at(0, "Host", DeleteInProgress, "")
	at(0, "Fast", DeleteInProgress, "")
	at(1, "Fast", DeleteComplete, "")
	at(30, "Host", DeleteComplete, "")
	at(30, "Subnet", DeleteInProgress, "")
	at(31, "Subnet", DeleteComplete, "")
	at(31, "Vpc", DeleteInProgress, "")
	at(33, "Vpc", DeleteComplete, "")
	want = []Span{
		{"Host", "T::Host", 0, 30 * second, 30 * second}, {"Subnet", "T::Subnet", 30 * second, 31 * second, 31 * second},
		{"Vpc", "T::Vpc", 31 * second, 33 * second, 33 * second},
	}
	if diff := cmp.Diff(want, CriticalPath(events, edges, true)); diff != "" {
		t.Error(diff)
	}
}
