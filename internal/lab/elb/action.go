package elb

import (
	"fmt"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// The types of actions
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html).
const (
	ActionForward  = "forward"
	ActionRedirect = "redirect"
	ActionFixed    = "fixed-response"
)

// Action is what an Application Load Balancer does with a request.
type Action struct {
	// Type is forward, redirect or fixed-response. Required.
	Type string
	// Groups are the target groups of forward, with their weights.
	Groups []WeightedGroup
	// Redirect is where redirect leads.
	Redirect Redirect
	// Fixed is the answer of fixed-response.
	Fixed FixedResponse
	// Login has clients sign in before. Default: they need not.
	Login *Login
}

// WeightedGroup is a target group with its share of the requests.
type WeightedGroup struct {
	Group  string
	Weight int
}

// Redirect is a URL with #{protocol}, #{host}, #{port}, #{path} and #{query} in it, which
// stand for those of the request and are the defaults.
type Redirect struct{ Protocol, Host, Port, Path, Query, Status string }

// FixedResponse is an answer.
type FixedResponse struct{ Status, ContentType, Body string }

// Condition is met if one of its values matches. Field is path-pattern, host-header,
// http-header, http-request-method, query-string or source-ip
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
type Condition struct {
	Field string
	// Header is the name of the header of http-header.
	Header string
	// Values have * and ? as wildcards. Those of query-string are key=value, or value.
	Values []string
}

// Rule has a listener treat requests that meet all conditions by actions of its own.
type Rule struct {
	// ID is the ARN or any other id, Listener the id of the listener. Required.
	ID, Listener string
	// Priority is the rule's place, from 1 to 50000: the lowest is tried first.
	Priority   int
	Conditions []Condition
	Action     Action
}

// groups are the ids of the target groups of an action.
func (a Action) groups() []string {
	var out []string
	for _, g := range a.Groups {
		out = append(out, g.Group)
	}
	return out
}

func (a Action) check() error {
	switch {
	case a.Type == ActionForward && len(a.Groups) == 0:
		return awserr.New("ValidationError", "A target group ARN must be specified for the forward action")
	case a.Type != ActionForward && a.Type != ActionRedirect && a.Type != ActionFixed:
		return awserr.New("ValidationError", "Action type '%s' is not supported here", a.Type)
	}
	return nil
}

// meets reports whether a request meets a condition.
func (c Condition) meets(r *http.Request, client netip.Addr) bool {
	return slices.ContainsFunc(c.Values, func(pattern string) bool {
		switch c.Field {
		case "path-pattern":
			return wildcard(pattern, r.URL.Path)
		case "host-header":
			host, _, _ := strings.Cut(r.Host, ":")
			return wildcard(strings.ToLower(pattern), strings.ToLower(host))
		case "http-header":
			return slices.ContainsFunc(r.Header.Values(c.Header), func(v string) bool { return wildcard(strings.ToLower(pattern), strings.ToLower(v)) })
		case "http-request-method":
			return pattern == r.Method
		case "query-string":
			return meetsQuery(pattern, r)
		case "source-ip":
			block, err := netip.ParsePrefix(pattern)
			return err == nil && block.Contains(client)
		}
		return false
	})
}

func meetsQuery(pattern string, r *http.Request) bool {
	key, value, both := strings.Cut(pattern, "=")
	if !both {
		key, value = "*", pattern
	}
	for name, values := range r.URL.Query() {
		if wildcard(strings.ToLower(key), strings.ToLower(name)) && slices.ContainsFunc(values, func(v string) bool { return wildcard(strings.ToLower(value), strings.ToLower(v)) }) {
			return true
		}
	}
	return false
}

// wildcard matches * and ?, which also match slashes.
func wildcard(pattern, text string) bool {
	for pattern != "" {
		switch pattern[0] {
		case '*':
			for i := 0; i <= len(text); i++ {
				if wildcard(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case '?':
			if text == "" {
				return false
			}
		default:
			if text == "" || text[0] != pattern[0] {
				return false
			}
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}

// location is the URL that a redirect leads to. The port is left out where it is that of
// the protocol.
func (d Redirect) location(r *http.Request, protocol string, port int) string {
	host, _, _ := strings.Cut(r.Host, ":")
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	fill := strings.NewReplacer("#{protocol}", strings.ToLower(protocol), "#{host}", host, "#{port}", strconv.Itoa(port), "#{path}", strings.TrimPrefix(r.URL.EscapedPath(), "/"), "#{query}", r.URL.RawQuery).Replace
	scheme := strings.ToLower(fill(or(d.Protocol, "#{protocol}")))
	at := fill(or(d.Host, "#{host}"))
	if p := fill(or(d.Port, "#{port}")); p != map[string]string{"http": "80", "https": "443"}[scheme] {
		at += ":" + p
	}
	out := scheme + "://" + at + path.Clean("/"+fill(or(d.Path, "/#{path}")))
	if q := fill(or(d.Query, "#{query}")); q != "" {
		out += "?" + q
	}
	return out
}

// answer writes a fixed response.
func (f FixedResponse) answer(w http.ResponseWriter) {
	status, err := strconv.Atoi(f.Status)
	if err != nil || status < 200 || status > 599 {
		status = http.StatusOK
	}
	if f.ContentType != "" {
		w.Header().Set("Content-Type", f.ContentType)
	}
	w.WriteHeader(status)
	fmt.Fprint(w, f.Body)
}
