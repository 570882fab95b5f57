package faults

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"provenendpoints/internal/lab/cloud"
	labdns "provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/deployed"
)

// fault is a row of the table: what fails, and how the deployment ends.
type fault struct {
	name, stack string
	faults      func(*world) region.Faults
	// fails are texts in the reason of the failure; none means that it deploys.
	fails []string
	// unanswered means that CloudFormation gets no answer and times out.
	unanswered bool
}

func isProber(i functions.Invocation) bool   { return strings.Contains(i.Function, "Prober") }
func isVerifier(i functions.Invocation) bool { return strings.Contains(i.Function, "Verifier") }

// inVPC reports whether a query comes from a subnet, not from the internet.
func inVPC(q vpc.Query) bool { return q.VPC != "" }

// onEndpoints has new endpoints take no packets for a time.
func onEndpoints(delay time.Duration) func(*world) region.Faults {
	return func(*world) region.Faults {
		return region.Faults{EndpointDelay: func(privatelink.Endpoint) time.Duration { return delay }}
	}
}

func onNetwork(f func(*world) vpc.Faults) func(*world) region.Faults {
	return func(w *world) region.Faults { return region.Faults{Network: f(w)} }
}

func onFunctions(f func(*world) func(functions.Invocation) functions.Fault) func(*world) region.Faults {
	return func(w *world) region.Faults { return region.Faults{Function: f(w)} }
}

func onCalls(f func(*world) func(cloud.Call) cloud.Fault) func(*world) region.Faults {
	return func(w *world) region.Faults { return region.Faults{Cloud: cloud.Faults{Call: f(w)}} }
}

// isLookup reports whether a call asks AWS for facts.
func isLookup(c cloud.Call) bool {
	return c.Service == "ec2" || c.Service == "elasticloadbalancing" || strings.HasPrefix(c.Service, "route53")
}

// isAnswer reports whether a call delivers a custom resource's answer.
func isAnswer(c cloud.Call) bool { return strings.Contains(c.Resource, "custom-resource-response") }

var throttled = cloud.Fault{Status: http.StatusServiceUnavailable, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}

var network = []fault{
	{name: "every 20th packet is lost", stack: gateway, faults: onNetwork(func(*world) vpc.Faults {
		lost := each(20)
		return vpc.Faults{Packet: func(vpc.Packet) vpc.Fate { return vpc.Fate{Drop: lost()} }}
	})},
	{name: "every 20th packet is lost, with a load balancer", stack: service, faults: onNetwork(func(*world) vpc.Faults {
		lost := each(20)
		return vpc.Faults{Packet: func(vpc.Packet) vpc.Fate { return vpc.Fate{Drop: lost()} }}
	})},
	{name: "each packet takes 100 ms", stack: iface, faults: onNetwork(func(*world) vpc.Faults {
		return vpc.Faults{Packet: func(vpc.Packet) vpc.Fate { return vpc.Fate{Delay: 100 * time.Millisecond} }}
	})},
	{name: "the endpoint takes no packets for a minute", stack: gateway, faults: onEndpoints(time.Minute)},
	{name: "the endpoint takes no packets for a minute, private DNS on", stack: privateOn, faults: onEndpoints(time.Minute)},
	{name: "the endpoint never takes packets", stack: iface, faults: onEndpoints(24 * time.Hour), fails: []string{"refuted", "443"}},
	{name: "the web hosts answer only after two minutes", stack: service, faults: onNetwork(func(w *world) vpc.Faults {
		return vpc.Faults{Packet: func(p vpc.Packet) vpc.Fate {
			return vpc.Fate{Drop: w.before(2*time.Minute) && p.Destination.Port() == 80}
		}}
	})},
	{name: "one web host answers two minutes after the other", stack: service, faults: onNetwork(func(w *world) vpc.Faults {
		late := w.secondWebHost()
		return vpc.Faults{Packet: func(p vpc.Packet) vpc.Fate {
			return vpc.Fate{Drop: late(p) && w.before(2*time.Minute)}
		}}
	})},
	{name: "one web host never answers", stack: service, faults: onNetwork(func(w *world) vpc.Faults {
		late := w.secondWebHost()
		return vpc.Faults{Packet: func(p vpc.Packet) vpc.Fate { return vpc.Fate{Drop: late(p)} }}
	}), fails: []string{"refuted", "unhealthy"}},
}

// verifiers are the faults of the function that answers CloudFormation. Its own
// code answers whatever happens; these end the process that runs it.
var verifiers = []fault{
	{name: "the verifier crashes once, each time it is asked", stack: gateway, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Crash: isVerifier(i) && i.Attempt == 1}
		}
	})},
	{name: "the verifier crashes twice, each time it is asked", stack: iface, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Crash: isVerifier(i) && i.Attempt <= 2}
		}
	})},
	{name: "the verifier hangs once", stack: service, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		hang := first(1)
		return func(i functions.Invocation) functions.Fault { return functions.Fault{Hang: isVerifier(i) && hang()} }
	})},
	{name: "the verifier is throttled for a minute", stack: privateOn, faults: onFunctions(func(w *world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Throttle: isVerifier(i) && w.before(time.Minute)}
		}
	})},
	{name: "the verifier crashes whenever it should verify", stack: gateway, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Crash: isVerifier(i) && strings.Contains(string(i.Payload), `"RequestType":"Create"`)}
		}
	}), fails: []string{"did not receive a response"}, unanswered: true},
}

var names = []fault{
	{name: "DNS times out for half a minute", stack: gateway, faults: onNetwork(func(w *world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			return labdns.Effect{Drop: inVPC(q) && w.before(30*time.Second)}
		}}
	})},
	{name: "DNS times out for good", stack: iface, faults: onNetwork(func(*world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect { return labdns.Effect{Drop: inVPC(q)} }}
	}), fails: []string{"did not answer"}},
	{name: "DNS fails for half a minute", stack: iface, faults: onNetwork(func(w *world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			if inVPC(q) && w.before(30*time.Second) {
				return labdns.Effect{Rcode: dns.RcodeServerFailure}
			}
			return labdns.Effect{}
		}}
	})},
	{name: "DNS takes a second", stack: iface, faults: onNetwork(func(*world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			if inVPC(q) {
				return labdns.Effect{Delay: time.Second}
			}
			return labdns.Effect{}
		}}
	})},
	{name: "DNS lies for half a minute", stack: privateOn, faults: onNetwork(func(w *world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			if inVPC(q) && q.Type == "A" && w.before(30*time.Second) {
				return labdns.Effect{Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.99")}}
			}
			return labdns.Effect{}
		}}
	})},
	{name: "DNS lies: a private address that is not the endpoint's", stack: privateOn, faults: onNetwork(func(*world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			if inVPC(q) && q.Type == "A" {
				return labdns.Effect{Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.99")}}
			}
			return labdns.Effect{}
		}}
	}), fails: []string{"refuted", "10.0.0.99"}},
	{name: "DNS lies: a public address outside the prefix list", stack: gateway, faults: onNetwork(func(*world) vpc.Faults {
		return vpc.Faults{DNS: func(q vpc.Query) labdns.Effect {
			if inVPC(q) && q.Type == "A" && strings.HasPrefix(q.Name, "s3.") {
				return labdns.Effect{Addresses: []netip.Addr{netip.MustParseAddr("203.0.113.9")}}
			}
			return labdns.Effect{}
		}}
	}), fails: []string{"refuted", "203.0.113.9"}},
}

var probers = []fault{
	{name: "probers crash at first", stack: gateway, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		crash := first(4)
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Crash: isProber(i) && crash()}
		}
	})},
	{name: "probers crash always", stack: gateway, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault { return functions.Fault{Crash: isProber(i)} }
	}), fails: []string{"unproven"}},
	{name: "a prober hangs once", stack: gateway, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		hang := first(1)
		return func(i functions.Invocation) functions.Fault { return functions.Fault{Hang: isProber(i) && hang()} }
	})},
	{name: "probers hang always", stack: iface, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault { return functions.Fault{Hang: isProber(i)} }
	}), fails: []string{"unproven"}},
	{name: "probers answer garbage at first", stack: service, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		garbage := first(3)
		return func(i functions.Invocation) functions.Fault {
			if isProber(i) && garbage() {
				return functions.Fault{Answer: []byte(`{"Observations":[{"Claim":"Another"}]}`)}
			}
			return functions.Fault{}
		}
	})},
	{name: "probers answer garbage always", stack: service, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			if isProber(i) {
				return functions.Fault{Answer: []byte("<html>")}
			}
			return functions.Fault{}
		}
	}), fails: []string{"unproven"}},
	{name: "invocations are throttled at first", stack: privateOn, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		throttle := first(6)
		return func(i functions.Invocation) functions.Fault {
			return functions.Fault{Throttle: isProber(i) && throttle()}
		}
	})},
	{name: "cold starts take ten seconds", stack: iface, faults: onFunctions(func(*world) func(functions.Invocation) functions.Fault {
		return func(i functions.Invocation) functions.Fault {
			if isProber(i) {
				return functions.Fault{Delay: 10 * time.Second}
			}
			return functions.Fault{}
		}
	})},
}

var apis = []fault{
	{name: "look-ups are throttled at first", stack: iface, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		throttle := first(10)
		return func(c cloud.Call) cloud.Fault {
			if isLookup(c) && throttle() {
				return throttled
			}
			return cloud.Fault{}
		}
	})},
	{name: "look-ups are throttled always", stack: iface, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		return func(c cloud.Call) cloud.Fault {
			if isLookup(c) {
				return throttled
			}
			return cloud.Fault{}
		}
	}), fails: []string{"unproven", "RequestLimitExceeded"}},
	{name: "look-ups break off at first", stack: service, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		cut := first(5)
		return func(c cloud.Call) cloud.Fault { return cloud.Fault{Cut: isLookup(c) && cut()} }
	})},
	{name: "the stack's status cannot be read at first", stack: gateway, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		fail := first(2)
		return func(c cloud.Call) cloud.Fault {
			if strings.HasSuffix(c.Action, ":DescribeStacks") && fail() {
				return cloud.Fault{Status: http.StatusInternalServerError, Code: "InternalFailure"}
			}
			return cloud.Fault{}
		}
	})},
	{name: "the answer is refused at first", stack: gateway, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		fail := first(3)
		return func(c cloud.Call) cloud.Fault {
			if isAnswer(c) && fail() {
				return cloud.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
			}
			return cloud.Fault{}
		}
	})},
	{name: "the answer breaks off at first", stack: service, faults: onCalls(func(*world) func(cloud.Call) cloud.Fault {
		cut := first(2)
		return func(c cloud.Call) cloud.Fault { return cloud.Fault{Cut: isAnswer(c) && cut()} }
	})},
	{name: "policies take effect after 45 seconds", stack: gateway, faults: func(*world) region.Faults {
		return region.Faults{Cloud: cloud.Faults{PolicyDelay: 45 * time.Second}}
	}},
	{name: "policies take effect after 45 seconds, interface endpoint", stack: privateOn, faults: func(*world) region.Faults {
		return region.Faults{Cloud: cloud.Faults{PolicyDelay: 45 * time.Second}}
	}},
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for group, table := range map[string][]fault{"network": network, "names": names, "probers": probers, "verifiers": verifiers, "apis": apis} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, f := range table {
				t.Run(f.name, func(t *testing.T) {
					t.Parallel()
					err := run(t, f)
					if f.fails == nil {
						if err != nil {
							t.Fatalf("a passing fault failed a good deployment: %v", err)
						}
						return
					}
					if err == nil {
						t.Fatal("a lasting fault passed")
					}
					for _, text := range f.fails {
						if reason := deployed.Reason(err); !strings.Contains(reason, text) {
							t.Errorf("the reason does not say %q: %s", text, reason)
						}
					}
				})
			}
		})
	}
}
