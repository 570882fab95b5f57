package verdict

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"provenendpoints/proof"
)

const log = `10:00:00.000 START RequestId: 1 Version: $LATEST
10:00:00.100 {"level":"INFO","msg":"custom resource request","requestType":"Create","requestId":"r1","resource":"Proof"}
10:00:01.000 {"level":"INFO","msg":"verdict","requestType":"Create","requestId":"r1","resource":"Proof","claim":"B","kind":"connects","from":"private","measured":{"by":"arn:p","host":"x","port":443,"addresses":["1.2.3.4"]},"what":"private: connects x","state":"holds","expected":"e","seen":"s","hint":"","rounds":2}
10:00:02.000 {"level":"WARN","msg":"verdict","requestType":"Create","requestId":"r1","resource":"Proof","claim":"A","kind":"routed","from":"","what":"routed y","state":"refuted","expected":"to be","seen":"it is not","hint":"there","rounds":1}
10:00:03.000 {"level":"INFO","msg":"report","requestType":"Create","requestId":"r1","resource":"Proof","subject":"S","text":"S: 1 of 2 claims hold, 1 refuted (1s)\nrefuted   A  routed y  it is not\n          expected: to be\nholds     B  private: connects x  s\n"}
10:00:09.000 {"level":"INFO","msg":"custom resource request","requestType":"Delete","requestId":"r2","resource":"Proof"}
`

func TestRead(t *testing.T) {
	t.Parallel()
	want := []Report{{Resource: "Proof", Request: "Create", RequestID: "r1", Subject: "S", Verdicts: []Verdict{
		{Claim: "A", Kind: "routed", What: "routed y", State: proof.Refuted, Expected: "to be", Seen: "it is not", Hint: "there", Rounds: 1},
		{Claim: "B", Kind: "connects", From: "private", What: "private: connects x", State: proof.Holds, Expected: "e", Seen: "s", Rounds: 2,
			Measured: Measured{By: "arn:p", Host: "x", Port: 443, Addresses: []netip.Addr{netip.MustParseAddr("1.2.3.4")}}},
	}}}
	if diff := cmp.Diff(want, Read("a line of another function\n{\"msg\":\"verdict\"}\n", log), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := Read(log)[0].Summary(); got != "1 of 2 claims hold, 1 refuted" {
		t.Errorf("summary %q", got)
	}
	again := log + `10:01:00.000 {"msg":"verdict","requestType":"Update","requestId":"r3","resource":"Proof","claim":"A","state":"holds"}` + "\n"
	if got := Read(again); len(got) != 1 || got[0].Request != "Update" || len(got[0].Verdicts) != 1 || got[0].Verdicts[0].State != proof.Holds {
		t.Errorf("after an update: %+v", got)
	}
	if got := Read("nothing"); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
}
