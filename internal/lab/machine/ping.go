package machine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// pingOptions are ping's flags.
type pingOptions struct {
	count    int           // 0: until stopped
	interval time.Duration // between requests
	wait     time.Duration // for a reply after the last request
	deadline time.Duration // for everything; 0: none
	quiet    bool
}

// ping is iputils' ping with -c, -i, -W, -w, -q, -n and -4. Each request is an
// ICMP echo through the host. Status 0: at least one reply (with -w and -c:
// that many); 1: too few; 2: it could not be tried.
func ping(ctx context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "qn4", "ciWw")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) != 1 {
		return p.fail(2, "ping: usage error: Destination address required")
	}
	o := pingOptions{interval: time.Second, wait: 10 * time.Second, quiet: f.on["q"]}
	var err error
	for flag, to := range map[string]*time.Duration{"i": &o.interval, "W": &o.wait, "w": &o.deadline} {
		if text, ok := f.values[flag]; ok {
			if *to, err = seconds(text); err != nil {
				return p.fail(2, "ping: invalid argument: '%s'", text)
			}
		}
	}
	if text, ok := f.values["c"]; ok {
		if o.count, err = strconv.Atoi(text); err != nil || o.count < 1 {
			return p.fail(2, "ping: invalid argument: '%s'", text)
		}
	}
	name := f.operands[0]
	addrs, err := p.resolve(ctx, name)
	if errors.Is(err, errNoName) {
		return p.fail(2, "ping: %s: Name or service not known", name)
	}
	if err != nil {
		return p.fail(2, "ping: %s: Temporary failure in name resolution", name)
	}
	to := addrs[0]
	fmt.Fprintf(p.out, "PING %s (%s) 56(84) bytes of data.\n", name, to)
	from := to.String()
	if name != from && !f.on["n"] {
		from = fmt.Sprintf("%s (%s)", to, to)
	}
	s := p.echoes(ctx, to, from, o)
	s.print(p, name)
	if len(s.times) == 0 || o.deadline > 0 && len(s.times) < o.count {
		return 1
	}
	return 0
}

// pingStats is what ping sums up at its end.
type pingStats struct {
	mu    sync.Mutex
	sent  int
	times []time.Duration
	took  time.Duration
}

// echoes sends the requests, each on its time whether or not the one before
// was answered, and waits for the last replies.
func (p *process) echoes(ctx context.Context, to netip.Addr, from string, o pingOptions) *pingStats {
	if o.deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = p.clock.WithTimeout(ctx, o.deadline)
		defer cancel()
	}
	s := &pingStats{}
	start := p.clock.Now()
	var replies sync.WaitGroup
	for seq := 1; (o.count == 0 || seq <= o.count) && ctx.Err() == nil; seq++ {
		if seq > 1 && p.clock.Sleep(ctx, o.interval) != nil {
			break
		}
		s.sent++
		s.took = p.clock.Now().Sub(start)
		replies.Add(1)
		go func() {
			defer replies.Done()
			limited, cancel := p.clock.WithTimeout(ctx, o.wait)
			defer cancel()
			rtt, err := p.host.Ping(limited, to)
			s.mu.Lock()
			defer s.mu.Unlock()
			switch {
			case err == nil:
				s.times = append(s.times, rtt)
				if !o.quiet {
					fmt.Fprintf(p.out, "64 bytes from %s: icmp_seq=%d time=%s ms\n", from, seq, milliseconds(rtt))
				}
			case limited.Err() == nil && !o.quiet:
				fmt.Fprintf(p.out, "From %s icmp_seq=%d %v\n", p.host.Addr(), seq, err)
			}
		}()
	}
	replies.Wait()
	return s
}

func (s *pingStats) print(p *process, name string) {
	fmt.Fprintf(p.out, "\n--- %s ping statistics ---\n", name)
	loss := 0
	if s.sent > 0 {
		loss = (s.sent - len(s.times)) * 100 / s.sent
	}
	fmt.Fprintf(p.out, "%d packets transmitted, %d received, %d%% packet loss, time %dms\n", s.sent, len(s.times), loss, s.took.Milliseconds())
	if len(s.times) == 0 {
		return
	}
	least, most, sum, squares := s.times[0], s.times[0], 0.0, 0.0
	for _, t := range s.times {
		least, most = min(least, t), max(most, t)
		sum += float64(t)
		squares += float64(t) * float64(t)
	}
	n := float64(len(s.times))
	mean := sum / n
	deviation := math.Sqrt(max(0, squares/n-mean*mean))
	fmt.Fprintf(p.out, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", ms(float64(least)), ms(mean), ms(float64(most)), ms(deviation))
}

func ms(nanoseconds float64) float64 { return nanoseconds / float64(time.Millisecond) }

// milliseconds prints like ping: three significant digits.
func milliseconds(d time.Duration) string {
	switch v := ms(float64(d)); {
	case v < 1:
		return fmt.Sprintf("%.3f", v)
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.0f", v)
	}
}
