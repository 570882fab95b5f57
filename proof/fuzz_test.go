package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"provenendpoints/internal/template"
)

// FuzzClaims: whatever is decoded is valid, can be judged, and survives the way
// there and back.
func FuzzClaims(f *testing.F) {
	for kind := range kindEntries {
		f.Add(marshal(f, []Claim{validClaim(kind)}))
	}
	f.Add([]byte(`[{"Id":"A","Kind":"connects","From":"p","Host":"a.example","Port":443}]`))
	f.Add([]byte(`[{"Id":"A","Kind":"spreads","From":"p","Host":"a","Hosts":["x","y"],"Requests":"99"}] `))
	f.Fuzz(func(t *testing.T, data []byte) {
		claims, err := DecodeClaims(data)
		if err != nil {
			if claims != nil {
				t.Fatal("claims and an error")
			}
			return
		}
		for _, claim := range claims {
			again, err := DecodeClaims(marshal(t, []Claim{claim}))
			if err != nil || !bytes.Equal(marshal(t, again), marshal(t, []Claim{claim})) {
				t.Fatalf("there and back: %v, %v", again, err)
			}
			verdict := Judge(claim, Facts{}, Observation{Outcome: OK})
			if verdict.State == Holds {
				t.Fatalf("holds without facts and measurement: %+v", verdict)
			}
			_ = Report{Verdicts: []Verdict{verdict}}.Reason()
			if claim.Kind.Measured() {
				probe, err := claim.Probe(targetFactsFor(claim.Kind))
				if err == nil && !template.HasToken(claim.Path) && !template.HasToken(claim.Scheme) {
					if err := (Request{Probes: []Probe{probe}}).Validate(); err != nil {
						t.Fatalf("a valid claim makes a bad probe: %v", err)
					}
				}
			}
		}
	})
}

// FuzzRequest: a prober runs whatever request is valid, and answers in order.
func FuzzRequest(f *testing.F) {
	for kind := range kindEntries {
		if kind.Measured() {
			probe, _ := validClaim(kind).Probe(targetFactsFor(kind))
			f.Add(marshal(f, Request{Probes: []Probe{probe}}))
		}
	}
	f.Add([]byte(`{"Probes":[{"Claim":"A","Kind":"answers","Host":"1.2.3.4","Port":80,"Scheme":"http","Path":"/%zz"}]}`))
	f.Add([]byte(`{"Probes":[{"Claim":"A","Kind":"answers","Host":"a\r\nb: c","Port":80,"Scheme":"http","Path":"/"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		request, err := DecodeRequest(data)
		if err != nil || len(request.Probes) > 8 {
			return
		}
		for i := range request.Probes {
			request.Probes[i].Requests = min(request.Probes[i].Requests, 8)
			request.Probes[i].Timeout = time.Second
		}
		// Whoever is called answers with rubbish and is gone.
		network := Network{
			Nameservers: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() {
					_, _ = there.Read(make([]byte, 1<<16))
					_, _ = there.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
					there.Close()
				}()
				return here, nil
			},
		}
		response := marshal(t, Response{Measure(t.Context(), network, request.Probes)})
		if _, err := DecodeResponse(response, request.Probes); err != nil && !strings.Contains(string(response), `\ufffd`) {
			t.Fatal(err)
		}
	})
}

// FuzzResponse: no answer of a prober makes judging panic, and an answer that is
// judged can be printed and sent to CloudFormation.
func FuzzResponse(f *testing.F) {
	for _, seen := range []Observation{
		{Claim: "C", Outcome: OK, Addresses: addrs("10.0.0.1"), Status: 200, Certificate: "CN=a"},
		{Claim: "C", Outcome: OK, Counts: map[string]int{"WEB1": 30, "WEB2": 34}},
		{Claim: "C", Outcome: TimedOut, Detail: "nothing answered", Addresses: addrs("::1")},
		{Claim: "C", Outcome: OK, Status: 403, Code: "AccessDenied", Body: "<Error>"},
	} {
		f.Add(marshal(f, Response{[]Observation{seen}}))
	}
	f.Add([]byte(`{"Observations":[{"Claim":"C","Outcome":"ok","Counts":{"WEB1":-9223372036854775808,"WEB2":9223372036854775807},"Failed":65}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		seen, err := DecodeResponse(data, []Probe{{Claim: "C"}})
		if err != nil {
			return
		}
		facts := Facts{resolvesFacts{targetFacts{testEndpoint}, testInterfaces, prefixes("10.0.0.0/16"), PrefixList{ID: "pl-1", Entries: prefixes("52.0.0.0/8")}}}
		for kind := range kindEntries {
			if !kind.Measured() {
				continue
			}
			verdict := Judge(validClaim(kind), facts, seen[0])
			if verdict.State != Holds && verdict.State != Refuted && verdict.State != Unproven || verdict.Seen == "" {
				t.Fatalf("got %+v", verdict)
			}
			report := Report{Verdicts: []Verdict{verdict}}
			for _, text := range []string{report.Reason(), verdict.Seen} {
				if text != printable(text) {
					t.Fatalf("not fit for a console: %q", text)
				}
			}
			if _, err := json.Marshal(report); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzDNS: whatever bytes a resolver sends, and in whatever transport, only
// addresses of the asked name come out, or a reason.
func FuzzDNS(f *testing.F) {
	question := new(dns.Msg).SetQuestion("a.example.", dns.TypeA)
	question.Id = 0
	for _, text := range []string{"a.example. 1 IN A 10.0.0.1", "a.example. 1 IN CNAME a.example.", "b.example. 1 IN A 10.0.0.1", "a.example. 1 IN AAAA ::1"} {
		answer := new(dns.Msg).SetReply(question)
		record, _ := dns.NewRR(text)
		answer.Answer = []dns.RR{record, record}
		packed, _ := answer.Pack()
		f.Add(packed, false)
		f.Add(packed, true)
	}
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, patch bool) {
		network := Network{
			Nameservers: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() {
					defer there.Close()
					asked, sent := make([]byte, 4096), data
					if n, _ := there.Read(asked); patch && n > 2 && len(data) > 2 {
						sent = append(asked[:2:2], data[2:]...) // with the id that was asked
					}
					_, _ = there.Write(sent)
				}()
				return here, nil
			},
		}
		found, failed := network.withDefaults().resolve(t.Context(), "a.example")
		if (failed == nil) == (len(found) == 0) || len(found) > maxAddresses {
			t.Fatalf("got %v, %v", found, failed)
		}
		if failed != nil && failed.detail != printable(failed.detail) {
			t.Fatalf("not fit for a console: %q", failed.detail)
		}
		for _, address := range found {
			if !address.IsValid() || address.Is4In6() {
				t.Fatalf("got %v", found)
			}
		}
	})
}

// FuzzAWSError: no answer makes reading its error panic.
func FuzzAWSError(f *testing.F) {
	f.Add("", `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`)
	f.Add("", `{"__type":"x#AccessDeniedException:http://a","message":"no"}`)
	f.Add("AccessDeniedException:http://a", `</Error>`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		code, _ := awsError(http.Header{"X-Amzn-Errortype": {kind}}, body)
		if strings.ContainsAny(code, ":") {
			t.Fatalf("got %q", code)
		}
	})
}

// FuzzHTTP: no answer of a web host makes reading it panic or hang.
func FuzzHTTP(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nWEB1"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWEB1\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		network := Network{Dial: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				go func() { _, _ = io.Copy(io.Discard, there) }()
				_, _ = there.Write(data)
				there.Close()
			}()
			return here, nil
		}}
		seen := one(t, network, Probe{Kind: Answers, Host: "10.0.0.1", Port: 80, Scheme: "http"})
		if len(seen.Body) > 3*maxBody || (seen.Outcome == OK) != (seen.Status >= 200) {
			t.Fatalf("got %+v", seen)
		}
	})
}
