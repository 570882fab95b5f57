package proof

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"provenendpoints/internal/template"
)

// Bounds of what one prober does for one request.
const (
	maxProbes   = maxClaims
	maxRequests = 20000
	maxHosts    = 50 // so many need 11,904 connections to be told from chance
	maxHostName = 256
	maxTimeout  = 5 * time.Minute
)

// Validate checks that a prober can and should do what is asked. The error
// names every probe and field that is wrong.
func (r Request) Validate() error {
	if len(r.Probes) == 0 || len(r.Probes) > maxProbes {
		return fmt.Errorf("request: want 1 to %d probes, got %d", maxProbes, len(r.Probes))
	}
	var found []error
	for i, probe := range r.Probes {
		if err := probe.validate(); err != nil {
			found = append(found, fmt.Errorf("probe %d for claim %q: %w", i+1, printable(shorten(probe.Claim, 80)), err))
		}
	}
	return errors.Join(found...)
}

func (p Probe) validate() error {
	measurement := p.Kind.measurement()
	switch {
	case measurement == nil:
		return fmt.Errorf("Kind: want one that is measured, got %q", p.Kind)
	case p.Host == "":
		return errors.New("Host: required")
	case p.Port < 0 || p.Port > 65535:
		return fmt.Errorf("Port: want 1 to 65535, got %d", p.Port)
	case p.Port == 0 && measurement.run != nil:
		return errors.New("Port: required")
	case p.Scheme != "" && p.Scheme != "http" && p.Scheme != "https":
		return fmt.Errorf("Scheme: want http or https, got %q", p.Scheme)
	case !isPath(p.Path):
		return fmt.Errorf("Path: want a path that begins with /, got %q", p.Path)
	case p.Requests < 0 || p.Requests > maxRequests:
		return fmt.Errorf("Requests: want at most %d, got %d", maxRequests, p.Requests)
	case p.Hosts < 0 || p.Hosts > maxHosts:
		return fmt.Errorf("Hosts: want at most %d, got %d", maxHosts, p.Hosts)
	case p.Timeout < 0 || p.Timeout > maxTimeout:
		return fmt.Errorf("Timeout: want at most %v, got %v", maxTimeout, p.Timeout)
	case p.Call != nil && !isPath(p.Call.Path):
		return fmt.Errorf("Call.Path: want a path that begins with /, got %q", p.Call.Path)
	case measurement.validate != nil:
		return measurement.validate(p)
	}
	return nil
}

// isPath reports whether a text is empty or can be the path and query of a URL.
func isPath(text string) bool {
	if text == "" || template.HasToken(text) {
		return true
	}
	_, err := url.ParseRequestURI(text)
	return err == nil && strings.HasPrefix(text, "/") && !strings.ContainsAny(text, " #")
}

// defaultTimeout is the timeout of most measurements, freshTimeout of those that
// make many connections.
const defaultTimeout, freshTimeout = 3 * time.Second, 5 * time.Second

// timeout is the probe's Timeout or its default.
func (p Probe) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	if measurement := p.Kind.measurement(); measurement != nil && measurement.fresh {
		return freshTimeout
	}
	return defaultTimeout
}

// lasts is how long the probe can take once the name is resolved.
func (p Probe) lasts() time.Duration {
	if p.Requests > 1 {
		return p.timeout() + startTime + time.Duration(p.Requests)*connectionTime
	}
	return p.timeout()
}

// longest is how long the probe can take: once for the name, once for the rest.
func (p Probe) longest() time.Duration {
	if measurement := p.Kind.measurement(); measurement != nil && measurement.run == nil {
		return p.timeout()
	}
	return p.timeout() + p.lasts()
}
