package commands

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

func init() { register(runPing, "ping") }

// pingOptions are ping's flags.
type pingOptions struct {
	count    int           // 0: until stopped
	interval time.Duration // between requests
	wait     time.Duration // for a reply after the last request
	deadline time.Duration // for everything; 0: none
	quiet    bool
	numeric  bool // addresses without names
}

// pingOptions reads the command line. ping has no long flags.
func (p *Process) pingOptions() (o pingOptions, name string, status int) {
	f := p.flags()
	quiet, numeric := f.toggle("q", ""), f.toggle("n", "")
	f.toggle("4", "")
	count := f.text("c", "", "")
	interval, wait, deadline := f.text("i", "", "1"), f.text("W", "", "10"), f.text("w", "", "0")
	operands, status := f.parse()
	if status != 0 {
		return o, "", status
	}
	if len(operands) != 1 {
		return o, "", p.Fail(2, "ping: usage error: Destination address required")
	}
	o.quiet, o.numeric = *quiet, *numeric
	var err error
	for flag, to := range map[*textFlag]*time.Duration{interval: &o.interval, wait: &o.wait, deadline: &o.deadline} {
		if *to, err = ParseInterval(flag.text); err != nil {
			return o, "", p.Fail(2, "ping: invalid argument: '%s'", flag.text)
		}
	}
	if count.given {
		if o.count, err = strconv.Atoi(count.text); err != nil || o.count < 1 {
			return o, "", p.Fail(2, "ping: invalid argument: '%s'", count.text)
		}
	}
	return o, operands[0], 0
}

// runPing is iputils' ping with -c, -i, -W, -w, -q, -n and -4. Each request is an
// ICMP echo through the host. Status 0: at least one reply (with -w and -c:
// that many); 1: too few; 2: it could not be tried.
func runPing(ctx context.Context, p *Process) int {
	o, name, status := p.pingOptions()
	if status != 0 {
		return status
	}
	addrs, err := p.resolve(ctx, name)
	if errors.Is(err, errNoName) {
		return p.Fail(2, "ping: %s: Name or service not known", name)
	}
	if err != nil {
		return p.Fail(2, "ping: %s: Temporary failure in name resolution", name)
	}
	to := addrs[0]
	fmt.Fprintf(p.Out, "PING %s (%s) 56(84) bytes of data.\n", name, to)
	from := to.String()
	if name != from && !o.numeric {
		from = fmt.Sprintf("%s (%s)", to, to)
	}
	s := p.echoes(ctx, to, from, o)
	s.print(p, name)
	if len(s.times) == 0 || o.deadline > 0 && len(s.times) < o.count {
		return 1
	}
	return 0
}

// pingStats is what ping prints at its end.
type pingStats struct {
	mu    sync.Mutex
	sent  int
	times []time.Duration
	took  time.Duration
}

// echoes sends the requests, each at its time whether or not the one before was
// answered, and waits for the last replies.
func (p *Process) echoes(ctx context.Context, to netip.Addr, from string, o pingOptions) *pingStats {
	if o.deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = p.Clock.WithTimeout(ctx, o.deadline)
		defer cancel()
	}
	s := &pingStats{}
	start := p.Clock.Now()
	var replies sync.WaitGroup
	for seq := 1; (o.count == 0 || seq <= o.count) && ctx.Err() == nil; seq++ {
		if seq > 1 && p.Clock.Sleep(ctx, o.interval) != nil {
			break
		}
		s.sent++
		s.took = p.Clock.Now().Sub(start)
		replies.Add(1)
		go func() {
			defer replies.Done()
			limited, cancel := p.Clock.WithTimeout(ctx, o.wait)
			defer cancel()
			rtt, err := p.Host.Ping(limited, to)
			s.mu.Lock()
			defer s.mu.Unlock()
			switch {
			case err == nil:
				s.times = append(s.times, rtt)
				if !o.quiet {
					fmt.Fprintf(p.Out, "64 bytes from %s: icmp_seq=%d time=%s ms\n", from, seq, milliseconds(rtt))
				}
			case limited.Err() == nil && !o.quiet:
				fmt.Fprintf(p.Out, "From %s icmp_seq=%d %v\n", p.Host.Addr(), seq, err)
			}
		}()
	}
	replies.Wait()
	return s
}

func (s *pingStats) print(p *Process, name string) {
	fmt.Fprintf(p.Out, "\n--- %s ping statistics ---\n", name)
	loss := 0
	if s.sent > 0 {
		loss = (s.sent - len(s.times)) * 100 / s.sent
	}
	fmt.Fprintf(p.Out, "%d packets transmitted, %d received, %d%% packet loss, time %dms\n", s.sent, len(s.times), loss, s.took.Milliseconds())
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
	fmt.Fprintf(p.Out, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", ms(float64(least)), ms(mean), ms(float64(most)), ms(deviation))
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
