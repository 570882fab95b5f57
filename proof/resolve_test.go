package proof

import (
	"fmt"
	"io"
	"log"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"
)

var quiet = log.New(io.Discard, "", 0)

// equal compares values that hold addresses.
var equal = cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}

// reply writes an answer with these records to whatever was asked.
func reply(t *testing.T, rw dns.ResponseWriter, question *dns.Msg, records ...string) {
	answer := new(dns.Msg).SetReply(question)
	for _, text := range records {
		record, err := dns.NewRR(text)
		if err != nil {
			t.Error(err)
			return
		}
		if kind := record.Header().Rrtype; kind == question.Question[0].Qtype || kind == dns.TypeCNAME {
			answer.Answer = append(answer.Answer, record)
		}
	}
	_ = rw.WriteMsg(answer)
}

func code(rcode int) dns.HandlerFunc {
	return func(rw dns.ResponseWriter, question *dns.Msg) {
		_ = rw.WriteMsg(new(dns.Msg).SetRcode(question, rcode))
	}
}

func silent(dns.ResponseWriter, *dns.Msg) {}

// numbered are 10.0.0.0 and the addresses behind it.
func numbered(n int) []netip.Addr {
	all := []netip.Addr{netip.MustParseAddr("10.0.0.0")}
	for len(all) < n {
		all = append(all, all[len(all)-1].Next())
	}
	return all
}

func asks(question *dns.Msg, kind uint16) bool { return question.Question[0].Qtype == kind }

func TestResolve(t *testing.T) {
	t.Parallel()
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("a.example. 60 IN A 10.0.0.%d", i)
	}
	tests := map[string]struct {
		handler func(t *testing.T) dns.HandlerFunc
		host    string
		want    Observation
	}{
		"one address": {
			handler: records("a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"several addresses in the order of the answer, each once": {
			handler: records("a.example. 60 IN A 10.0.1.142", "a.example. 60 IN A 10.0.0.115", "a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142", "10.0.0.115")},
		},
		"both families": {
			handler: records("a.example. 60 IN AAAA 2001:db8::1", "a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142", "2001:db8::1")},
		},
		"a mapped address is the IPv4 address it stands for": {
			handler: records("a.example. 60 IN AAAA ::ffff:10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"a name is the same in any case": {
			handler: records("A.eXample. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"aliases are followed": {
			handler: records("a.example. 60 IN CNAME b.example.", "c.example. 60 IN A 10.0.0.7", "b.example. 60 IN CNAME c.example."),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.0.7")},
		},
		"records of another name do not count": {
			handler: records("a.example. 60 IN A 10.0.0.7", "evil.example. 60 IN A 192.0.2.1"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.0.7")},
		},
		"nothing but records of another name": {
			handler: records("evil.example. 60 IN A 192.0.2.1"),
			want:    Observation{Outcome: NoName, Missing: NoData, Detail: "the name a.example has no address"},
		},
		"aliases in a circle": {
			handler: records("a.example. 60 IN CNAME b.example.", "b.example. 60 IN CNAME a.example."),
			want:    Observation{Outcome: NoName, Detail: "the name a.example has too many aliases, according to the resolver 10.0.0.2"},
		},
		"an alias of itself": {
			handler: records("a.example. 60 IN CNAME a.example."),
			want:    Observation{Outcome: NoName, Missing: NoData, Detail: "the name a.example has no address"},
		},
		"no such name": {
			handler: func(*testing.T) dns.HandlerFunc { return code(dns.RcodeNameError) },
			want:    Observation{Outcome: NoName, Missing: NXDomain, Detail: "the name a.example does not exist (NXDOMAIN), according to the resolver 10.0.0.2"},
		},
		"no address": {
			handler: records(),
			want:    Observation{Outcome: NoName, Missing: NoData, Detail: "the name a.example has no address"},
		},
		"the resolver fails": {
			handler: func(*testing.T) dns.HandlerFunc { return code(dns.RcodeServerFailure) },
			want:    Observation{Outcome: NoName, Detail: "the name a.example could not be resolved (SERVFAIL), according to the resolver 10.0.0.2"},
		},
		"a code that nobody knows": {
			handler: func(*testing.T) dns.HandlerFunc { return code(14) },
			want:    Observation{Outcome: NoName, Detail: "the name a.example could not be resolved (code 14), according to the resolver 10.0.0.2"},
		},
		"a cut answer is asked for over TCP": {
			handler: truncated("a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"what is asked": {
			handler: func(t *testing.T) dns.HandlerFunc {
				return func(rw dns.ResponseWriter, question *dns.Msg) {
					// The largest answer that is not cut into fragments (www.dnsflagday.net/2020).
					if extra := question.IsEdns0(); extra == nil || extra.UDPSize() != 1232 || extra.Do() || !question.RecursionDesired {
						t.Errorf("asked %v", question)
					}
					reply(t, rw, question, "a.example. 60 IN A 10.0.1.142")
				}
			},
			want: Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"an old resolver that knows no EDNS": {
			handler: old(dns.RcodeFormatError, "a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"a resolver that understands nothing": {
			handler: func(*testing.T) dns.HandlerFunc { return code(dns.RcodeNotImplemented) },
			want:    Observation{Outcome: NoName, Detail: "the name a.example could not be resolved (NOTIMP), according to the resolver 10.0.0.2"},
		},
		"a record without an address does not count": {
			handler: func(*testing.T) dns.HandlerFunc {
				return func(rw dns.ResponseWriter, question *dns.Msg) {
					answer := new(dns.Msg).SetReply(question)
					header := dns.RR_Header{Name: "a.example.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}
					answer.Answer = []dns.RR{&dns.A{Hdr: header}}
					_ = rw.WriteMsg(answer)
				}
			},
			want: Observation{Outcome: NoName, Missing: NoData, Detail: "the name a.example has no address"},
		},
		"records of another class or family do not count": {
			handler: func(t *testing.T) dns.HandlerFunc {
				return func(rw dns.ResponseWriter, question *dns.Msg) {
					answer := new(dns.Msg).SetReply(question)
					for _, text := range []string{"a.example. 60 CH A 192.0.2.1", "a.example. 60 IN A 10.0.0.7", "a.example. 60 IN AAAA 2001:db8::7"} {
						record, err := dns.NewRR(text)
						if err != nil {
							t.Error(err)
						}
						if asks(question, dns.TypeA) || record.Header().Class == dns.ClassCHAOS {
							answer.Answer = append(answer.Answer, record)
						}
					}
					_ = rw.WriteMsg(answer)
				}
			},
			want: Observation{Outcome: OK, Addresses: addrs("10.0.0.7")},
		},
		"wrong answers before the right one": {
			handler: guessed("a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"as many addresses as can be believed": {
			handler: records(many[:64]...),
			want:    Observation{Outcome: OK, Addresses: numbered(64)},
		},
		"an old resolver that knows even less": {
			handler: old(dns.RcodeNotImplemented, "a.example. 60 IN A 10.0.1.142"),
			want:    Observation{Outcome: OK, Addresses: addrs("10.0.1.142")},
		},
		"more addresses than can be believed": {
			handler: records(many...),
			want:    Observation{Outcome: BadResponse, Detail: "the name a.example has 65 addresses, want at most 64"},
		},
		"IPv6 cannot be told": {
			handler: func(t *testing.T) dns.HandlerFunc {
				return func(rw dns.ResponseWriter, question *dns.Msg) {
					if asks(question, dns.TypeAAAA) {
						code(dns.RcodeServerFailure)(rw, question)
						return
					}
					reply(t, rw, question, "a.example. 60 IN A 10.0.1.142")
				}
			},
			want: Observation{Outcome: NoName, Detail: "the name a.example could not be resolved (SERVFAIL), according to the resolver 10.0.0.2 (asked for IPv6 addresses)"},
		},
		"not a name": {
			host:    strings.Repeat("a", 64) + ".example",
			handler: records(),
			want:    Observation{Outcome: Broken, Detail: `"` + strings.Repeat("a", 64) + `.example" is not a DNS name`},
		},
		"an address stands for itself": {
			host:    "10.9.9.9",
			handler: records(),
			want:    Observation{Outcome: OK, Addresses: addrs("10.9.9.9")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stand(testResolver, serveDNS(t, test.handler(t)))
			if test.host == "" {
				test.host = "a.example"
			}
			got := one(t, w.network(), Probe{Kind: Resolves, Host: test.host})
			if diff := cmp.Diff(test.want, got, equal, cmpopts.IgnoreFields(Observation{}, "Claim", "Took")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func records(texts ...string) func(*testing.T) dns.HandlerFunc {
	return func(t *testing.T) dns.HandlerFunc {
		return func(rw dns.ResponseWriter, question *dns.Msg) { reply(t, rw, question, texts...) }
	}
}

// old takes EDNS for an error of that code.
func old(rcode int, text string) func(*testing.T) dns.HandlerFunc {
	return func(t *testing.T) dns.HandlerFunc {
		return func(rw dns.ResponseWriter, question *dns.Msg) {
			if question.IsEdns0() != nil {
				code(rcode)(rw, question)
				return
			}
			reply(t, rw, question, text)
		}
	}
}

// truncated answers in full over TCP only.
func truncated(text string) func(*testing.T) dns.HandlerFunc {
	return func(t *testing.T) dns.HandlerFunc {
		return func(rw dns.ResponseWriter, question *dns.Msg) {
			if rw.RemoteAddr().Network() == "tcp" {
				reply(t, rw, question, text)
				return
			}
			answer := new(dns.Msg).SetReply(question)
			answer.Truncated = true
			_ = rw.WriteMsg(answer)
		}
	}
}

// guessed sends, before the right answer, what an attacker would try.
func guessed(text string) func(*testing.T) dns.HandlerFunc {
	return func(t *testing.T) dns.HandlerFunc {
		return func(rw dns.ResponseWriter, question *dns.Msg) {
			lie, err := dns.NewRR(question.Question[0].Name + " 60 IN A 192.0.2.1")
			if err != nil {
				t.Error(err)
			}
			for _, spoil := range []func(*dns.Msg){
				func(m *dns.Msg) { m.Id++ },
				func(m *dns.Msg) { m.Question[0].Name = "b.example." },
				func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX },
				func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS },
				func(m *dns.Msg) { m.Question = nil },
				func(m *dns.Msg) { m.Response = false },
			} {
				wrong := new(dns.Msg).SetReply(question)
				wrong.Answer = []dns.RR{lie}
				spoil(wrong)
				_ = rw.WriteMsg(wrong)
			}
			_, _ = rw.Write([]byte("no DNS at all"))
			_, _ = rw.Write(nil)
			reply(t, rw, question, text)
		}
	}
}
