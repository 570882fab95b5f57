package commands

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

func init() { register(runDig, "dig") }

// digQuery is one query of a dig command line.
type digQuery struct {
	name     string
	kind     uint16
	servers  []netip.AddrPort
	short    bool
	answer   bool // print only the answer section, in long form
	timeout  time.Duration
	attempts int
}

// runDig asks for names, with +short, +noall +answer, +time=, +tries=, @server,
// -t TYPE and a type as a word. These are not getopt's flags. Status 9: no
// server answered.
func runDig(ctx context.Context, p *Process) int {
	q := digQuery{kind: dns.TypeA, servers: p.Host.Nameservers(), timeout: 5 * time.Second, attempts: 3}
	var names []string
	for i := 0; i < len(p.Args); i++ {
		arg := p.Args[i]
		number := func(prefix string) (int, bool) {
			n, err := strconv.Atoi(strings.TrimPrefix(arg, prefix))
			return n, err == nil && n > 0
		}
		switch {
		case arg == "+short":
			q.short = true
		case arg == "+answer":
			q.answer = true
		case arg == "+noall", arg == "+nocmd", arg == "-4":
		case strings.HasPrefix(arg, "+time="), strings.HasPrefix(arg, "+timeout="):
			n, ok := number(arg[:strings.Index(arg, "=")+1])
			if !ok {
				return p.unknownFlag(arg)
			}
			q.timeout = time.Duration(n) * time.Second
		case strings.HasPrefix(arg, "+tries="):
			n, ok := number("+tries=")
			if !ok {
				return p.unknownFlag(arg)
			}
			q.attempts = n
		case strings.HasPrefix(arg, "@"):
			addrs, err := p.resolve(ctx, arg[1:])
			if err != nil {
				return p.Fail(10, "dig: couldn't get address for '%s': not found", arg[1:])
			}
			q.servers = []netip.AddrPort{netip.AddrPortFrom(addrs[0], 53)}
		case arg == "-t" && i+1 < len(p.Args):
			i++
			kind, ok := dns.StringToType[strings.ToUpper(p.Args[i])]
			if !ok {
				return p.unknownFlag("-t " + p.Args[i])
			}
			q.kind = kind
		case strings.HasPrefix(arg, "+"), strings.HasPrefix(arg, "-"):
			return p.unknownFlag(arg)
		default:
			if kind, ok := dns.StringToType[strings.ToUpper(arg)]; ok && len(names) > 0 {
				q.kind = kind
			} else {
				names = append(names, arg)
			}
		}
	}
	if len(names) == 0 {
		return p.Fail(1, "dig: want a name")
	}
	status := 0
	for _, name := range names {
		q.name = name
		status = max(status, q.run(ctx, p))
	}
	return status
}

func (q digQuery) run(ctx context.Context, p *Process) int {
	query := new(dns.Msg).SetQuestion(dns.Fqdn(q.name), q.kind)
	start := p.Clock.Now()
	resolver := p.resolver()
	resolver.Timeout, resolver.Attempts = q.timeout, q.attempts
	answer, server, err := resolver.Exchange(ctx, q.servers, query)
	if err != nil {
		fmt.Fprintln(p.Out, ";; connection timed out; no servers could be reached")
		return 9
	}
	switch {
	case q.short:
		for _, record := range answer.Answer {
			fmt.Fprintln(p.Out, rdata(record))
		}
	case q.answer:
		for _, record := range answer.Answer {
			fmt.Fprintln(p.Out, record)
		}
	default:
		fmt.Fprintf(p.Out, "\n; <<>> DiG <<>> %s\n%s\n", q.name, answer)
		fmt.Fprintf(p.Out, ";; Query time: %d msec\n;; SERVER: %s#%d(%s)\n", p.Clock.Now().Sub(start).Milliseconds(), server.Addr(), server.Port(), server.Addr())
	}
	return 0
}

// rdata is a record without its name, time to live, class and type.
func rdata(record dns.RR) string {
	return strings.TrimPrefix(record.String(), record.Header().String())
}
