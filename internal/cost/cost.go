// Package cost estimates what a stack costs per hour while nothing uses it, by its
// template and a dated table of prices.
//
// Counted is what costs by the hour, or by the month, whether it is used or not:
// endpoints, load balancers, NAT gateways, public addresses, instances and their volumes,
// attachments, zones, alarms, keys. What costs by use (data, requests, capacity units,
// logs, function calls) is not; for a verification that is next to nothing. Whatever else
// is in a template is named as not priced.
package cost

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// Line is one kind of thing that costs.
type Line struct {
	// What it is, for people, and how many of it there are.
	What  string
	Count float64
	// Each is the price of one, in US dollars per hour.
	Each float64
}

// Estimate is what a stack costs.
type Estimate struct {
	// Region is the one whose prices they are, Date when those were read.
	Region, Date string
	// Lines are what costs, sorted. What is free is not there.
	Lines []Line
	// Unpriced is what may cost by the hour, and has no price here: the types of resources,
	// or of instances.
	Unpriced []string
}

// PerHour is the sum, in US dollars per hour.
func (e Estimate) PerHour() float64 {
	sum := 0.0
	for _, line := range e.Lines {
		sum += line.Count * line.Each
	}
	return sum
}

// Text is the estimate in one line for people.
func (e Estimate) Text() string {
	return "about " + e.Amounts() + ", by prices of " + e.Date
}

// Amounts are the sum, what it is made of, and what has no price here.
func (e Estimate) Amounts() string {
	var parts []string
	for _, line := range e.Lines {
		parts = append(parts, fmt.Sprintf("%g %s", line.Count, line.What))
	}
	text := fmt.Sprintf("%.3f US dollars an hour in %s", e.PerHour(), e.Region)
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if len(e.Unpriced) > 0 {
		text += ", and what is not priced here: " + strings.Join(e.Unpriced, ", ")
	}
	return text
}

// Regions are the Regions with prices, sorted.
func Regions() []string { return slices.Sorted(maps.Keys(table)) }

// Of estimates what the stack of a template costs in a Region. It fails where there are
// no prices of the Region.
func Of(t *template.Template, region string) (Estimate, error) {
	prices, known := table[region]
	if !known {
		return Estimate{}, fmt.Errorf("region: must be one with prices (%s), got %q", strings.Join(Regions(), ", "), region)
	}
	c := &counter{template: t, prices: prices, lines: map[string]*Line{}, unpriced: map[string]bool{}}
	for _, id := range t.IDs() {
		resource := t.Resource(id)
		if count := counters[resource.Type()]; count != nil {
			count(c, resource.Properties())
		} else if !isByUse(resource.Type()) {
			c.unpriced[resource.Type()] = true
		}
	}
	estimate := Estimate{Region: region, Date: Date, Unpriced: slices.Sorted(maps.Keys(c.unpriced))}
	for _, what := range slices.Sorted(maps.Keys(c.lines)) {
		estimate.Lines = append(estimate.Lines, *c.lines[what])
	}
	return estimate, nil
}

// counter adds up what costs.
type counter struct {
	template *template.Template
	prices   Prices
	lines    map[string]*Line
	unpriced map[string]bool
}

func (c *counter) add(what string, count, each float64) {
	if count == 0 {
		return
	}
	if c.lines[what] == nil {
		c.lines[what] = &Line{What: what, Each: each}
	}
	c.lines[what].Count += count
}
