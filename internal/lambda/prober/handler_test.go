package prober

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provenendpoints/proof"
)

// listen opens a real TCP port on loopback.
func listen(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return netip.MustParseAddrPort(listener.Addr().String())
}

// closed returns a port of loopback on which nothing listens.
func closed(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return netip.MustParseAddrPort(listener.Addr().String())
}

func connects(claim string, to netip.AddrPort) proof.Probe {
	return proof.Probe{Claim: claim, Kind: proof.Connects, Host: to.Addr().String(), Port: int(to.Port())}
}

func TestHandle(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := Handler{Network: proof.Network{Local: true}, Log: slog.New(slog.NewJSONHandler(&log, nil))}
	got, err := h.Handle(t.Context(), proof.Request{Probes: []proof.Probe{connects("Open", listen(t)), connects("Closed", closed(t))}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Observations) != 2 || got.Observations[0].Claim != "Open" || got.Observations[0].Outcome != proof.OK ||
		got.Observations[1].Claim != "Closed" || got.Observations[1].Outcome != proof.Refused {
		t.Errorf("observations %+v", got.Observations)
	}
	if lines := strings.Count(log.String(), `"msg":"observation"`); lines != 2 {
		t.Errorf("%d lines of log, want 2:\n%s", lines, log.String())
	}
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	payload, err := json.Marshal(proof.Request{Probes: []proof.Probe{connects("Open", listen(t))}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Handler{Network: proof.Network{Local: true}}.Invoke(t.Context(), payload)
	var response proof.Response
	if err != nil || json.Unmarshal(answer, &response) != nil || len(response.Observations) != 1 || response.Observations[0].Outcome != proof.OK {
		t.Errorf("answer %s, error %v", answer, err)
	}
	for _, bad := range []string{``, `{`, `null`, `[]`, `{"Probes":[]}`, `{"Probes":7}`, `{"Probes":[{"Claim":"A"}]}`, `{"Probes":[{"Claim":"A","Kind":"routed","Host":"h","Port":1}]}`, `{"Probs":[]}`} {
		if answer, err := (Handler{}).Invoke(t.Context(), []byte(bad)); err == nil {
			t.Errorf("%s: answer %s, want an error", bad, answer)
		}
	}
	if _, err := (Handler{}).Handle(t.Context(), proof.Request{Probes: make([]proof.Probe, 10000)}); err == nil {
		t.Error("10,000 probes at once were accepted")
	}
}

// A probe that hangs does not delay the answer beyond the function's deadline, and
// is not taken for an observation of the target.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		h := Handler{Network: proof.Network{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}}
		probe := connects("Hangs", netip.MustParseAddrPort("192.0.2.1:443"))
		probe.Timeout = time.Minute
		got, err := h.Handle(ctx, proof.Request{Probes: []proof.Probe{probe}})
		if err != nil || len(got.Observations) != 1 || got.Observations[0].Outcome != proof.Broken {
			t.Errorf("observations %+v, error %v", got.Observations, err)
		}
		if ctx.Err() != nil {
			t.Error("the answer came after the deadline")
		}
	})
}

// A panic in a probe is an observation, too.
func TestPanic(t *testing.T) {
	t.Parallel()
	h := Handler{Network: proof.Network{Dial: func(context.Context, string, string) (net.Conn, error) { panic("broken") }}}
	got, err := h.Handle(t.Context(), proof.Request{Probes: []proof.Probe{connects("A", netip.MustParseAddrPort("192.0.2.1:443"))}})
	if err != nil || len(got.Observations) != 1 || got.Observations[0].Outcome != proof.Broken || got.Observations[0].Claim != "A" {
		t.Errorf("observations %+v, error %v", got.Observations, err)
	}
}

// panicWriter is a log that panics, outside every probe.
type panicWriter struct{}

func (panicWriter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("observation")) {
		panic("no log")
	}
	return len(line), nil
}

func TestPanicOutsideProbes(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.NewJSONHandler(panicWriter{}, nil))
	got, err := Handler{Log: log}.Handle(t.Context(), proof.Request{Probes: []proof.Probe{connects("A", closed(t))}})
	if err != nil || len(got.Observations) != 1 || got.Observations[0].Outcome != proof.Broken {
		t.Errorf("observations %+v, error %v", got.Observations, err)
	}
}
